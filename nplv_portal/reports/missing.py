"""What the portal does not hold, worked out from what it does hold: an empty list means that nothing is missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import JSONObject
from django.db.models.lookups import IsNull

from findings.models import FindingVersion, Participation, ResearchQuestion
from focusareas.models import (
    Amount,
    Body,
    Event,
    Figure,
    FocusArea,
    Goal,
    Indicator,
    KeyIndicator,
    Municipality,
    QuestionArticle,
)
from nplv_portal.lib import dutch
from nplv_portal.lib.partial_dates import partial
from nplv_portal.sources.models import Document, PublicRevision
from recommendations.models import FollowUpEvent, GoodPracticeVersion, RecommendationVersion, Step


@dataclass(frozen=True)
class Absent:
    """One thing that is not there, and where it would stand."""

    name: str
    municipality: str = ""
    part: str = ""  # section of the municipality's report
    anchor: str = ""
    count: int = 1  # one line may name several


@dataclass(frozen=True)
class AbsentKind:
    slug: str
    title: str
    text: str
    things: list[Absent]

    @property
    def count_text(self) -> str:
        return str(sum(thing.count for thing in self.things))


@dataclass(frozen=True)
class Holding:
    """How much of each kind the portal holds of one municipality that takes part."""

    slug: str
    name: str
    has_report: bool  # of its own audit office
    counts: list[tuple[str, str, str]]  # section, heading, number; empty where nothing is known


@dataclass(frozen=True)
class Missing:
    holdings: list[Holding]
    kinds: list[AbsentKind]

    @property
    def without_report(self) -> str:
        """ "Arnhem, Groningen en Lelystad"."""
        return dutch.listed([holding.name for holding in self.holdings if not holding.has_report])

    @classmethod
    def as_of(cls, moment: datetime) -> Missing:
        """Two queries."""
        counted = Municipality.objects.filter(Exists(participations())).annotate(
            has_report=Exists(participations().filter(report__is_held=True)),
            **{name: count(found) for name, _, _, found in holdings(moment)},
        )
        rows = [
            Holding(
                municipality.slug,
                municipality.name,
                municipality.has_report,
                [
                    (part, heading, str(getattr(municipality, name) or ""))
                    for name, part, heading, _ in holdings(moment)
                ],
            )
            for municipality in counted.order_by("name")
        ]
        lists = PublicRevision.objects.annotate(
            **{slug: ArraySubquery(found.values(json=JSONObject(**fields))) for slug, found, fields in absent(moment)}
        ).get()
        kinds = [
            AbsentKind(slug, title, text, [absent_of(slug, entry) for entry in getattr(lists, slug)])
            for slug, title, text in TEXTS
        ]
        return cls(rows, [kind for kind in kinds if kind.things])


def participations() -> QuerySet[Participation]:
    return Participation.objects.filter(focus_area__municipality=OuterRef("pk"))


def count(found: QuerySet[Any]) -> Subquery:
    return Subquery(found.order_by().values(all=Value(1)).annotate(n=Count("pk")).values("n"))


def holdings(moment: datetime) -> list[tuple[str, str, str, QuerySet[Any]]]:
    """(name, section, heading, what is counted) for each column of the table."""
    here = Q(focus_area__municipality=OuterRef("pk"))
    return [
        (
            "finding_count",
            "raad",
            "Bevindingen",
            FindingVersion.objects.as_of(moment)
            .exclude(headline="")
            .filter(record__focus_area__municipality=OuterRef("pk")),
        ),
        (
            "advice_count",
            "aanbevelingen",
            "Eigen aanbevelingen",
            RecommendationVersion.objects.as_of(moment).filter(record__municipality=OuterRef("pk")),
        ),
        (
            "goal_count",
            "programma",
            "Doelen",
            Goal.objects.as_of(moment).filter(theme__focus_area__municipality=OuterRef("pk"), kind=Goal.Kind.GOAL),
        ),
        (
            "figure_count",
            "cijfers",
            "Cijfers",
            Indicator.objects.as_of(moment).filter(table__focus_area__municipality=OuterRef("pk")),
        ),
        ("amount_count", "geld", "Bedragen", Amount.objects.as_of(moment).filter(here, part_of="")),
        ("body_count", "organisatie", "Organen", Body.objects.as_of(moment).filter(here)),
        ("event_count", "tijdlijn", "Gebeurtenissen", Event.objects.as_of(moment).filter(municipality=OuterRef("pk"))),
        (
            "practice_count",
            "voorbeelden",
            "Voorbeelden",
            GoodPracticeVersion.objects.as_of(moment).filter(record__municipality=OuterRef("pk")),
        ),
    ]


TEXTS = [
    (
        "areas",
        "Gebieden zonder onderzoek",
        "In deze focusgebieden heeft nog geen rekenkamer meegedaan aan het gezamenlijke onderzoek.",
    ),
    ("documents", "Documenten die wij niet hebben", "Wij weten dat zij bestaan. De inhoud staat niet in het portaal."),
    (
        "decisions",
        "Aanbevelingen zonder bekend besluit",
        "Van deze raden is geen besluit over de aanbeveling zelf bekend. Daarom loopt er daar ook geen termijn.",
    ),
    (
        "articles",
        "Raden zonder bekend artikel voor schriftelijke vragen",
        "Onze bronnen noemen het artikel van het reglement van orde niet. De griffie kan het in het portaal invullen.",
    ),
    (
        "questions",
        "Vragen en moties van de raad zonder bekend antwoord",
        "De bronnen noemen geen antwoord, of zij leggen het verband niet. Dat betekent niet dat er geen antwoord kwam.",
    ),
    (
        "figures",
        "Cijfers die in de bron leeg zijn",
        "De bron noemt deze indicatoren in een tabel, maar vult geen waarde in.",
    ),
    (
        "key_indicators",
        "Landelijke kernindicatoren zonder cijfer",
        "De minister rapporteert hierover aan de Tweede Kamer. Onze bronnen geven geen waarde voor een focusgebied.",
    ),
    ("kinds", "Bedragen zonder soort", "De bron zegt niet of dit geld bureau, programma, extra of regulier is."),
    (
        "answers",
        "Onderzoeksvragen zonder eigen antwoord",
        "Het rapport geeft op deze vragen geen apart antwoord, of wij hebben dat rapport niet.",
    ),
    ("practices", "Goede voorbeelden zonder beschrijving", "Onze bronnen noemen alleen de titel."),
]


def absent(moment: datetime) -> list[tuple[str, QuerySet[Any], dict[str, str]]]:
    """(slug, what is missing, the fields that name it)."""
    examined = FindingVersion.objects.as_of(moment).filter(record__focus_area=OuterRef("pk"))
    answered = Event.objects.as_of(moment).filter(answers=OuterRef("record"))
    known = Figure.objects.filter(version=OuterRef("pk")).exclude(printed="")
    events = Event.objects.as_of(moment).filter(kind__in=[Event.Kind.QUESTION, Event.Kind.MOTION])
    indicators, key_indicators = Indicator.objects.as_of(moment), KeyIndicator.objects.as_of(moment)
    return [
        ("areas", FocusArea.objects.filter(~Exists(examined)).order_by("name"), {"name": "name"}),
        ("documents", Document.objects.filter(is_held=False).order_by("title"), {"name": "title"}),
        (
            "decisions",
            RecommendationVersion.objects.as_of(moment)
            .annotate(councils=ArraySubquery(undecided(moment).values("name")))
            .exclude(councils=[])
            .order_by("-record__kind", "record__number"),
            {"name": "title", "councils": "councils"},
        ),
        (
            "articles",
            Municipality.objects.filter(
                Exists(participations()),
                ~Exists(QuestionArticle.objects.known_by(moment).filter(municipality=OuterRef("pk"))),
            ).order_by("name"),
            {"name": "name"},
        ),
        (
            "questions",
            events.filter(~Exists(answered)).order_by("happened"),
            {
                "name": "title",
                "happened": "happened",
                "municipality": "municipality__slug",
                "place": "municipality__name",
                "record": "record",
            },
        ),
        (
            "figures",
            indicators.filter(~Exists(known)).order_by("table__order", "order"),
            {
                "name": "name",
                "municipality": "table__focus_area__municipality__slug",
                "place": "table__focus_area__municipality__name",
                "record": "record",
            },
        ),
        ("key_indicators", key_indicators.filter(measured_by=[]).order_by("action_line", "order"), {"name": "name"}),
        (
            "kinds",
            Amount.objects.as_of(moment).filter(kind="").order_by("order"),
            {
                "name": "name",
                "municipality": "focus_area__municipality__slug",
                "place": "focus_area__municipality__name",
                "record": "record",
            },
        ),
        (
            "answers",
            ResearchQuestion.objects.as_of(moment).filter(answer="").order_by("pk"),
            {"name": "text"},
        ),
        (
            "practices",
            GoodPracticeVersion.objects.as_of(moment).filter(text="").order_by("title"),
            {"name": "title", "municipality": "record__municipality__slug", "place": "record__municipality__name"},
        ),
    ]


def undecided(moment: datetime) -> QuerySet[Municipality]:
    """The councils that a recommendation is for, of which no decision about it was known."""
    decided = FollowUpEvent.objects.known_by(moment).filter(
        step=Step.DECISION, municipality=OuterRef("pk"), recommendation=OuterRef(OuterRef("record"))
    )
    is_for = Q(pk=OuterRef("record__municipality")) | Q(Exists(participations()), _umbrella=True)
    return (
        Municipality.objects.annotate(_umbrella=IsNull(OuterRef("record__municipality"), True))
        .filter(is_for, ~Exists(decided))
        .order_by("name")
    )


PLACES = {"questions": ("tijdlijn", "gebeurtenis"), "figures": ("cijfers", "cijfer"), "kinds": ("geld", "bedrag")}


def absent_of(slug: str, entry: dict[str, Any]) -> Absent:
    name = f"{dutch.capitalised(partial(entry['happened']))}: {entry['name']}" if "happened" in entry else entry["name"]
    if entry.get("place"):
        name = f"{name} ({entry['place']})"
    if slug == "decisions":
        return Absent(f"{entry['name']}: {dutch.listed(entry['councils'])}", count=len(entry["councils"]))
    if slug == "practices":
        return Absent(name, entry["municipality"], "voorbeelden")
    if slug not in PLACES:
        return Absent(name)
    part, word = PLACES[slug]
    return Absent(name, entry["municipality"] or "", part, f"{word}-{entry['record']}")
