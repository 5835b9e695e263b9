"""Everything that is entered, reviewed and published, in one list: the same pages serve each kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import Http404

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

    @property
    def versions(self) -> VersionQuerySet:
        found: VersionQuerySet = self.model._default_manager.all()
        return found.select_related(*self.related) if self.related else found

    @property
    def record_model(self) -> Any:
        """Where the record is a row of its own, that other records point at."""
        meta: Any = self.model._meta
        return meta.get_field("record").related_model

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
    ),
    Kind(
        "cijfers",
        "cijfer",
        "cijfers",
        Indicator,
        ("table", "group", "order", "name", "definition", "unit", "measured", "remark"),
        lambda version: version.name,
        (FIGURES,),
    ),
    Kind(
        "kernindicatoren",
        "kernindicator",
        "kernindicatoren",
        KeyIndicator,
        ("action_line", "order", "name", "measured_by", "remark"),
        lambda version: version.name,
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
    ),
    Kind(
        "begroting",
        "plaats in de begroting",
        "plaatsen in de begroting",
        BudgetLine,
        ("focus_area", "order", "programme", "key_theme", "theme", "part", "remark"),
        lambda version: f"{version.programme}: {version.part}",
    ),
    Kind(
        "organen",
        "orgaan",
        "organen",
        Body,
        ("focus_area", "name", "tier", "position", "text", "relations", "remark"),
        lambda version: version.name,
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
    ),
    Kind(
        "doelen",
        "doel of KPI",
        "doelen en KPI’s",
        Goal,
        ("theme", "kind", "order", "text", "projects", "partners", "remark"),
        lambda version: shortened(version.text),
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
    ),
    Kind(
        "landelijk",
        "onderdeel van het landelijke programma",
        "landelijk programma",
        NationalElement,
        ("kind", "order", "title", "text", "plan", "action_line", "positions", "under", "remark"),
        lambda version: version.title,
    ),
    Kind(
        "vragen",
        "onderzoeksvraag",
        "onderzoeksvragen en antwoorden",
        ResearchQuestion,
        ("document", "kind", "group", "order", "text", "answer", "corresponds_to"),
        lambda version: shortened(version.text),
    ),
    Kind(
        "onderzoek",
        "feit over een onderzoek",
        "feiten over onderzoek en rapport",
        ResearchNote,
        ("topic", "text"),
        lambda version: f"{version.get_topic_display()}: {shortened(version.text)}",
    ),
    Kind(
        "onderzoekslijnen",
        "onderzoekslijn",
        "onderzoekslijnen",
        ResearchLine,
        ("title", "text", "order", "for_round"),
        lambda version: version.title,
    ),
    Kind(
        "suggesties",
        "suggestie voor onderzoek",
        "suggesties voor onderzoek",
        ResearchSuggestion,
        ("heading", "order", "text", "under"),
        lambda version: shortened(version.text),
    ),
    Kind(
        "verschillen",
        "verschil tussen bronnen",
        "verschillen tussen bronnen",
        Contradiction,
        ("municipality", "section", "subject", "note"),
        lambda version: version.subject,
        (CLAIMS,),
    ),
    Kind(
        "ontbreekt",
        "wat ontbreekt",
        "wat ontbreekt",
        Gap,
        ("subject", "text", "municipality", "document"),
        lambda version: version.subject,
    ),
    Kind(
        "begrippen",
        "begrip",
        "begrippen",
        GlossaryTerm,
        ("term", "abbreviation", "text", "see"),
        lambda version: version.term,
    ),
)
BY_SLUG = {kind.slug: kind for kind in KINDS}
BY_MODEL = {kind.model: kind for kind in KINDS}


def kind_or_404(slug: str) -> Kind:
    if slug not in BY_SLUG:
        raise Http404("Deze soort bestaat niet.")
    return BY_SLUG[slug]
