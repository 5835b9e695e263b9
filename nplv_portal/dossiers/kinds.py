"""The kinds of dossier: what each is for, what may be chosen in it, and in which forms it is made."""

from __future__ import annotations

from dataclasses import dataclass

from nplv_portal.dossiers.models import Dossier, Kind
from nplv_portal.reports.municipality import SECTIONS

PAPER = ("pdf", "xlsx", "json")
EDITED = ("pdf", "docx", "odt", "xlsx", "json")  # what a griffie writes on in


@dataclass(frozen=True)
class Recipe:
    kind: Kind
    purpose: str
    sections: tuple[tuple[str, str], ...]  # slug and name of what may be left out; a chapter has that name
    formats: tuple[str, ...]
    has_items: bool = False  # one chooses recommendations and findings
    has_columns: bool = False  # one chooses municipalities
    has_round: bool = False
    has_year: bool = False

    @property
    def slug(self) -> str:
        return self.kind.value

    @property
    def name(self) -> str:
        return str(self.kind.label)

    @property
    def parts(self) -> int:
        """What a dossier is made in: the facts, and each of the forms."""
        return 1 + len(self.formats)

    def title_for(self, place: str, year: int | None = None) -> str:
        return f"{self.name} {place}{f' {year}' if year else ''}"


RECIPES = (
    Recipe(
        Kind.MEETING,
        "Voor één agendapunt: de gekozen aanbevelingen en bevindingen, een tekst voor de agenda, vragen die de raad kan"
        " stellen, de termijn en de bronnen.",
        (
            ("agenda", "Tekst voor de agenda"),
            ("inhoud", "Aanbevelingen en bevindingen, met wat ermee gebeurde"),
            ("vragen", "Vragen die de raad kan stellen"),
            ("bronnen", "Bronnen"),
        ),
        EDITED,
        has_items=True,
    ),
    Recipe(
        Kind.HANDOVER,
        "Voor een nieuwe raad: hoe het staat met elke rol, wat er is aanbevolen, besloten en toegezegd, en hoe dat in"
        " eerdere rondes was.",
        (
            ("inleiding", "Inleiding"),
            ("rollen", "Stand per rol van de raad"),
            ("aanbevelingen", "Aanbevelingen en hun opvolging"),
            ("besluiten", "Wie besloot wat"),
            ("toezeggingen", "Toezeggingen"),
            ("levenslijn", "Geschiedenis over alle rondes"),
            ("bronnen", "Bronnen"),
        ),
        EDITED,
        has_round=True,
    ),
    Recipe(
        Kind.YEARLY,
        "Voor het jaarverslag: elke aanbeveling met haar stand aan het begin en het eind van een jaar, en wat er in dat"
        " jaar gebeurde.",
        (
            ("samenvatting", "Samenvatting"),
            ("aanbevelingen", "Elke aanbeveling, met wat ermee gebeurde"),
            ("gebeurtenissen", "Wat er in het jaar gebeurde"),
            ("toezeggingen", "Toezeggingen"),
        ),
        EDITED,
        has_year=True,
    ),
    Recipe(
        Kind.REPORT,
        "Alles wat het portaal over de gemeente weet, of de onderdelen die u kiest.",
        tuple((section.slug, section.name) for section in SECTIONS),
        PAPER,
    ),
    Recipe(
        Kind.COMPARISON,
        "De tabel met aspecten in de rijen en gemeenten in de kolommen, met de volledige teksten.",
        (),
        PAPER,
        has_columns=True,
        has_round=True,
    ),
)
BY_SLUG = {recipe.slug: recipe for recipe in RECIPES}


def recipe_of(dossier: Dossier) -> Recipe:
    return BY_SLUG[dossier.kind]
