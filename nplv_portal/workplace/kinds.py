"""Everything that is entered, reviewed and published, in one list: the same pages serve each kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import Http404
from django.urls import reverse

from findings.models import (
    Contradiction,
    FindingVersion,
    Gap,
    GlossaryTerm,
    ResearchNote,
    ResearchQuestion,
)
from focusareas.models import (
    Amount,
    AreaFact,
    Body,
    BudgetLine,
    Event,
    Goal,
    Indicator,
    KeyIndicator,
    NationalElement,
    Seat,
)
from nplv_portal.lib import dutch
from nplv_portal.lib.versions import Version, VersionQuerySet
from nplv_portal.workplace.models import Reaction
from nplv_portal.workplace.parts import CITATIONS, CLAIMS, FIGURES, POINTS, Part
from recommendations.models import GoodPracticeVersion, RecommendationVersion, Reply, ResearchLine, ResearchSuggestion

# Sections of a municipality, and the page with what is about none.
SECTIONS = {
    "programma": "programme",
    "cijfers": "programme",
    "geld": "programme",
    "organisatie": "programme",
    "tijdlijn": "timeline",
}


@dataclass(frozen=True)
class Kind:
    """`fields` in the order of the form; `title` names a version in a list; `parts` belong to a version.

    `identity`: what a new record says about itself, where the record is a row of its own. `begins` says where one
    begins a record that no page of its own starts.
    """

    slug: str
    name: str
    plural: str
    model: type[Version]
    fields: tuple[str, ...]
    title: Callable[[Any], str]
    parts: tuple[Part, ...] = ()
    related: tuple[str, ...] = ()
    identity: tuple[str, ...] = ()
    begins: str = ""
    check: Callable[[Any, dict[str, Any]], dict[str, str]] = lambda version, typed: {}  # field → what is wrong
    shown: str = ""  # the public page, or the section of a municipality, that shows it

    @property
    def versions(self) -> VersionQuerySet:
        found: VersionQuerySet = self.model._default_manager.all()
        related = [*self.related, *filter(None, [self.model.municipality_path])]
        return found.select_related(*related) if related else found

    @property
    def record_model(self) -> Any:
        """Where the record is a row of its own, that other records point at."""
        meta: Any = self.model._meta
        return meta.get_field("record").related_model

    def place(self, version: Version) -> Any:
        """The municipality whose office keeps it; None where all offices together do."""
        found: Any = version
        for name in filter(None, self.model.municipality_path.split("__")):
            found = getattr(found, name, None)
        return None if found is version else found

    def page(self, version: Any) -> str:
        """Where the public reads it."""
        if self.shown in {"finding", "recommendation", "good_practice"}:
            return reverse(self.shown, args=[version.record.slug])
        if isinstance(version, Reply):
            about = version.finding or version.recommendation
            assert about is not None  # noqa: S101  # nosec B101: the constraint `reply_of_one`
            return reverse("finding" if version.finding else "recommendation", args=[about.slug])
        if self.shown in SECTIONS:
            place = self.place(version)
            if place is None:
                return reverse(SECTIONS[self.shown])
            return reverse("municipality_section", args=[place.slug, self.shown])
        return reverse(self.shown)

    def editable_by(self, user: Any) -> VersionQuerySet:
        rights = user.rights
        return self.versions.prepared().kept_for(rights.writes, joint=rights.is_of_office)

    def publishable_by(self, user: Any) -> VersionQuerySet:
        rights = user.rights
        return self.versions.prepared().kept_for(rights.publishes, joint=rights.may_publish)

    def correctable_by(self, user: Any) -> VersionQuerySet:
        """Published versions of which the user may start the next."""
        rights = user.rights
        return self.versions.ever_public().kept_for(rights.writes, joint=rights.is_of_office)

    def early_for(self, user: Any) -> VersionQuerySet:
        """What will open later, for who may read it under embargo."""
        rights = user.rights
        return self.versions.opening_later().kept_for(rights.reads_early | rights.writes, joint=rights.is_of_office)


def shortened(text: str) -> str:
    return text if len(text) <= 90 else f"{text[:88].rsplit(' ', 1)[0]} …"


def cell_name(version: Any) -> str:
    entry = version.record.round_aspect
    return f"{entry.short_wording}: {version.record.focus_area.name}, {entry.round.short_name}"


def leaves_words_as_they_are(version: Any, typed: dict[str, Any]) -> dict[str, str]:
    """An office may leave out paragraphs of what a municipality sent, and changes nothing in the others."""
    sent = Reaction.objects.filter(item=version.item_key).values_list("text", flat=True).first()
    known = {" ".join(line.split()) for line in sent.splitlines()} if sent else set()
    changed = [line for line in typed.get("reaction", "").splitlines() if " ".join(line.split()) not in {*known, ""}]
    if not sent or not changed:
        return {}
    wrong = shortened(changed[0])
    return {"reaction": f"“{wrong}” stuurde de gemeente niet zo. Laat een alinea heel, of laat haar weg."}


def text_or_reason(version: Any, typed: dict[str, Any]) -> dict[str, str]:
    """A cell holds a text or the reason why not, and a state says what it rests on."""
    found, is_said = {}, typed.get("headline") or typed.get("text")
    if typed.get("absence") and (is_said or typed.get("state")):
        found["absence"] = (
            "U koos waarom de cel leeg is, maar er staat ook een tekst of een stand. Laat een van beide weg."
        )
    elif not is_said and not typed.get("absence") and typed.keys() >= {"headline", "text"}:
        found["headline"] = (
            "Vul kernzin en tekst in, of kies bij ‘Waarom leeg’ een reden. Een van beide is genoeg om op te slaan."
        )
    if typed.get("state") and not typed.get("state_reason"):
        found["state_reason"] = "U koos een stand. Schrijf de woorden waaruit die volgt, of kies geen stand."
    elif typed.get("state_reason") and not typed.get("state"):
        found["state"] = "U schreef waarop de stand rust. Kies ook de stand, of haal die woorden weg."
    return {name: what for name, what in found.items() if name in typed}


KINDS = (
    Kind(
        "bevindingen",
        "bevinding",
        "bevindingen",
        FindingVersion,
        ("headline", "text", "state", "state_reason", "absence", "remark"),
        cell_name,
        (CITATIONS,),
        ("record__round_aspect__round", "record__focus_area"),
        begins="Begin een bevinding in de tabel van uw ronde, op de werkplek.",
        check=text_or_reason,
        shown="finding",
    ),
    Kind(
        "aanbevelingen",
        "aanbeveling",
        "aanbevelingen",
        RecommendationVersion,
        ("title", "headline", "text", "addressee", "issued", "conclusion_title", "conclusion_text"),
        lambda version: version.title,
        (POINTS, CITATIONS),
        ("record__municipality",),
        identity=("kind", "municipality", "report", "number", "serves", "serves_basis"),
        shown="recommendation",
    ),
    Kind(
        "voorbeelden",
        "goed voorbeeld",
        "goede voorbeelden",
        GoodPracticeVersion,
        ("title", "theme", "text", "aspects", "recommendations"),
        lambda version: version.title,
        (CITATIONS,),
        ("record__municipality",),
        identity=("municipality",),
        shown="good_practice",
    ),
    Kind(
        "reacties",
        "reactie uit een wederhoor",
        "reacties uit wederhoor",
        Reply,
        ("reaction", "afterword"),
        lambda version: dutch.capitalised(f"{version}: {shortened(version.reaction)}"),
        related=("municipality",),
        begins="Kies bij het wederhoor welke reactie u opneemt.",
        check=leaves_words_as_they_are,
    ),
    Kind(
        "feiten",
        "feit over een gebied",
        "feiten over gebieden",
        AreaFact,
        ("focus_area", "topic", "text", "happened", "remark"),
        lambda version: f"{version.get_topic_display()}: {shortened(version.text)}",
        shown="programma",
    ),
    Kind(
        "cijfers",
        "cijfer",
        "cijfers",
        Indicator,
        ("table", "group", "order", "name", "definition", "unit", "measured", "remark"),
        lambda version: version.name,
        (FIGURES,),
        shown="cijfers",
    ),
    Kind(
        "kernindicatoren",
        "kernindicator",
        "kernindicatoren",
        KeyIndicator,
        ("action_line", "order", "name", "measured_by", "remark"),
        lambda version: version.name,
        shown="programme",
    ),
    Kind(
        "bedragen",
        "bedrag",
        "bedragen",
        Amount,
        (
            "focus_area",
            "order",
            "name",
            "text",
            "euros",
            "printed",
            "is_rounded",
            "scope",
            "scope_text",
            "frequency",
            "first_year",
            "last_year",
            "period_text",
            "kind",
            "kind_basis",
            "stage_text",
            "decides",
            "council_say",
            "part_of",
            "remark",
        ),
        lambda version: version.name,
        shown="geld",
    ),
    Kind(
        "begroting",
        "plaats in de begroting",
        "plaatsen in de begroting",
        BudgetLine,
        ("focus_area", "order", "programme", "key_theme", "theme", "part", "remark"),
        lambda version: f"{version.programme}: {version.part}",
        shown="geld",
    ),
    Kind(
        "organen",
        "orgaan",
        "organen",
        Body,
        ("focus_area", "name", "tier", "position", "text", "relations", "remark"),
        lambda version: version.name,
        shown="organisatie",
    ),
    Kind(
        "zetels",
        "zetel of functie",
        "zetels en functies",
        Seat,
        (
            "focus_area",
            "body",
            "order",
            "sector",
            "organisation",
            "function",
            "represents",
            "fte",
            "situation",
            "remark",
        ),
        lambda version: f"{version.function} {version.organisation}".strip(),
        shown="organisatie",
    ),
    Kind(
        "doelen",
        "doel of KPI",
        "doelen en KPI’s",
        Goal,
        ("theme", "kind", "order", "text", "projects", "partners", "remark"),
        lambda version: shortened(version.text),
        shown="programma",
    ),
    Kind(
        "gebeurtenissen",
        "gebeurtenis",
        "gebeurtenissen",
        Event,
        (
            "municipality",
            "happened",
            "until",
            "kind",
            "actor",
            "channel",
            "title",
            "text",
            "answers",
            "remark",
        ),
        lambda version: f"{version.happened}: {version.title}",
        shown="tijdlijn",
    ),
    Kind(
        "landelijk",
        "onderdeel van het landelijke programma",
        "landelijk programma",
        NationalElement,
        ("kind", "order", "title", "text", "plan", "action_line", "positions", "under", "remark"),
        lambda version: version.title,
        shown="programme",
    ),
    Kind(
        "vragen",
        "onderzoeksvraag",
        "onderzoeksvragen en antwoorden",
        ResearchQuestion,
        ("document", "kind", "group", "order", "text", "answer", "corresponds_to"),
        lambda version: shortened(version.text),
        shown="questions",
    ),
    Kind(
        "onderzoek",
        "feit over een onderzoek",
        "feiten over onderzoek en rapport",
        ResearchNote,
        ("topic", "text"),
        lambda version: f"{version.get_topic_display()}: {shortened(version.text)}",
        shown="research",
    ),
    Kind(
        "onderzoekslijnen",
        "onderzoekslijn",
        "onderzoekslijnen",
        ResearchLine,
        ("title", "text", "order", "for_round"),
        lambda version: version.title,
        shown="research",
    ),
    Kind(
        "suggesties",
        "suggestie voor onderzoek",
        "suggesties voor onderzoek",
        ResearchSuggestion,
        ("heading", "order", "text", "under"),
        lambda version: shortened(version.text),
        shown="research",
    ),
    Kind(
        "verschillen",
        "verschil tussen bronnen",
        "verschillen tussen bronnen",
        Contradiction,
        ("municipality", "section", "subject", "note"),
        lambda version: version.subject,
        (CLAIMS,),
        shown="contradictions",
    ),
    Kind(
        "ontbreekt",
        "wat ontbreekt",
        "wat ontbreekt",
        Gap,
        ("subject", "text", "municipality", "document"),
        lambda version: version.subject,
        shown="missing",
    ),
    Kind(
        "begrippen",
        "begrip",
        "begrippen",
        GlossaryTerm,
        ("term", "abbreviation", "text", "see"),
        lambda version: version.term,
        shown="glossary",
    ),
)
BY_SLUG = {kind.slug: kind for kind in KINDS}
BY_MODEL = {kind.model: kind for kind in KINDS}


def kind_or_404(slug: str) -> Kind:
    if slug not in BY_SLUG:
        raise Http404("Deze soort bestaat niet.")
    return BY_SLUG[slug]
