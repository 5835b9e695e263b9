"""Read models that span the apps: plain data for the pages, the PDFs and the other exports alike."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.lookups import Unaccent
from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, TextField, Value, When
from django.db.models.functions import Cast, JSONObject, Lower, TruncDate
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localdate

from findings.matrix import LABELS, Cell
from findings.models import (
    Absence,
    AuditRound,
    CouncilRole,
    Finding,
    FindingCitation,
    FindingVersion,
    Gap,
    Participation,
    RoundAspect,
)
from focusareas.models import AreaFact, CouncilTerm, FocusArea, Municipality
from nplv_portal.lib import dutch
from nplv_portal.lib.moments import Moment
from nplv_portal.sources.citations import REFERENCE, REFERENCE_AS_JSON, Reference, reference
from nplv_portal.sources.models import PublicRevision
from recommendations.models import GoodPracticeVersion, RecommendationVersion
from recommendations.published import (
    Action,
    Advice,
    Practice,
    actions_as_json,
    advice_as_of,
    partial,
    practices_as_json,
)


@dataclass(frozen=True)
class Statement:
    """What one source says of an area. Several of one topic stand side by side."""

    text: str
    happened: str
    remark: str
    source: Reference
    url: str


@dataclass(frozen=True)
class Topic:
    slug: str
    name: str
    statements: list[Statement]


@dataclass(frozen=True)
class ReportLine:
    aspect: str
    title: str
    wording: str
    question: str
    cell: Cell


@dataclass(frozen=True)
class ReportRole:
    slug: str
    name: str
    question: str
    lines: list[ReportLine]

    @property
    def count_text(self) -> str:
        return dutch.capitalised(dutch.counted(len(self.lines), "aspect", "aspecten"))


@dataclass(frozen=True)
class RoundReport:
    """What one round found in one focus area."""

    slug: str
    name: str
    office: str
    report: str
    report_is_held: bool
    roles: list[ReportRole]

    @property
    def cells(self) -> list[Cell]:
        return [line.cell for role in self.roles for line in role.lines]

    @property
    def finding_count(self) -> int:
        return sum(cell.is_finding for cell in self.cells)


@dataclass(frozen=True)
class AreaReport:
    slug: str
    name: str
    rounds: list[RoundReport]  # the latest first
    topics: list[Topic]

    @property
    def latest(self) -> RoundReport | None:
        """The last round that published something here, else the last one it takes part in."""
        return next((r for r in self.rounds if r.finding_count), next(iter(self.rounds), None))

    @property
    def by_topic(self) -> dict[str, Topic]:
        return {topic.slug: topic for topic in self.topics}


@dataclass(frozen=True)
class MunicipalityReport:
    slug: str
    name: str
    province: str
    cbs_code: str
    moment: Moment
    areas: list[AreaReport]
    umbrella: list[Advice]
    local: list[Advice]
    actions: list[Action]
    practices: list[Practice]
    gaps: list[dict[str, str]]  # subject, text

    @classmethod
    def of(cls, slug: str, moment: Moment) -> MunicipalityReport:
        """Three queries. Raises Municipality.DoesNotExist."""
        found = with_all_that_is_known(moment.at).get(slug=slug)
        rounds = rounds_by_area(moment.at, slug)
        advice = advice_as_of(moment.at, Q(record__municipality=None) | Q(record__municipality__slug=slug))
        return cls(
            found.slug,
            found.name,
            found.province,
            found.cbs_code,
            moment,
            [area_report(area, rounds[area["slug"]]) for area in found.area_list],
            [item for item in advice if item.is_umbrella],
            [item for item in advice if not item.is_umbrella],
            [Action.of(entry) for entry in found.action_list],
            [Practice.of(entry) for entry in found.practice_list],
            found.gap_list,
        )

    @property
    def takes_part(self) -> bool:
        return any(area.rounds for area in self.areas)

    @property
    def introduction(self) -> str:
        """What the programme wants here, and for how many, as the first source says it."""
        said = [self.facts[topic][0].text for topic in ("goal", "share") if topic in self.facts]
        return " ".join(said) or f"Wat de rekenkamer vond over de rol van de raad in {self.area_names}."

    @property
    def area_names(self) -> str:
        return dutch.listed([area.name for area in self.areas])

    @property
    def published_text(self) -> str:
        days = [cell.published_on for area in self.areas for r in area.rounds for cell in r.cells if cell.published_on]
        return date_format(max(days), "j F Y") if days else ""

    @property
    def finding_count(self) -> int:
        return sum(area.latest.finding_count for area in self.areas if area.latest)

    @property
    def content(self) -> dict[str, Any]:
        """All that the report says, as plain data; without the moment, which does not change what it says."""
        return {name: value for name, value in asdict(self).items() if name != "moment"}

    @property
    def advice_with_actions(self) -> list[tuple[Advice, list[Action]]]:
        """Umbrella recommendations first, each with what was done here."""
        return [
            (advice, [action for action in self.actions if action.recommendation == advice.slug])
            for advice in [*self.umbrella, *self.local]
        ]

    @property
    def other_actions(self) -> list[Action]:
        """What was done without a recommendation that it evidently serves."""
        return [action for action in self.actions if not action.recommendation]

    @property
    def facts(self) -> dict[str, list[Statement]]:
        """Topic → statements, of all areas of the municipality."""
        found: dict[str, list[Statement]] = defaultdict(list)
        for area in self.areas:
            for topic in area.topics:
                found[topic.slug] += topic.statements
        return dict(found)

    @property
    def figures(self) -> list[tuple[str, str]]:
        """Numbers in a sentence: (number, what it counts and what it does not say)."""
        decided = sum(action.actor == "raad" for action in self.actions)
        return [
            (str(self.finding_count), "aspecten zijn onderzocht in de laatste ronde"),
            (
                str(decided),
                "besluiten, opdrachten en verzoeken van de raad staan in de bronnen, meestal zonder datum",
            ),
            ("0", "aanbevelingen hebben een bekende termijn; de besluiten van de raad staan niet in de bronnen"),
        ]

    @property
    def sources(self) -> dict[str, list[str]]:
        """Document → the places in it that this report rests on."""
        cells = [cell for area in self.areas for r in area.rounds for cell in r.cells]
        statements = [s for area in self.areas for topic in area.topics for s in topic.statements]
        citations = [
            *[source for cell in cells for source in cell.sources],
            *[source for item in [*self.umbrella, *self.local] for source in item.sources],
            *[action.source for action in self.actions],
            *[statement.source for statement in statements],
            *[source for practice in self.practices for source in practice.sources],
        ]
        places: dict[str, list[str]] = defaultdict(list)
        for citation in dict.fromkeys(citations):
            places[citation.document].append(citation.place)
        return dict(places)


def with_all_that_is_known(moment: datetime) -> QuerySet[Any]:
    """Municipalities with their areas, actions and examples, as lists of plain data in the same row."""
    facts = AreaFact.objects.as_of(moment).filter(focus_area=OuterRef("pk")).order_by("pk")
    gaps = Gap.objects.as_of(moment).filter(municipality=OuterRef("pk")).order_by("pk")
    fact = JSONObject(
        topic="topic", text="text", happened="happened", remark="remark", url="source__document__url", **REFERENCE
    )
    areas = FocusArea.objects.filter(municipality=OuterRef("pk")).values(
        json=JSONObject(
            slug="slug",
            name="name",
            facts=ArraySubquery(facts.values(json=fact)),
        )
    )
    practices = practices_as_json(moment).filter(record__municipality=OuterRef("pk"))
    return Municipality.objects.annotate(
        area_list=ArraySubquery(areas),
        action_list=actions_as_json(moment, municipality=OuterRef("pk")),
        practice_list=ArraySubquery(practices),
        gap_list=ArraySubquery(gaps.values(json=JSONObject(subject="subject", text="text"))),
    )


def area_report(area: dict[str, Any], rounds: list[RoundReport]) -> AreaReport:
    by_topic: dict[str, list[Statement]] = defaultdict(list)
    for fact in area["facts"]:
        statement = Statement(fact["text"], partial(fact["happened"]), fact["remark"], reference(fact), fact["url"])
        by_topic[fact["topic"]].append(statement)
    topics = [Topic(t.value, str(t.label), by_topic[t.value]) for t in AreaFact.Topic if t.value in by_topic]
    return AreaReport(area["slug"], area["name"], rounds, topics)


def rounds_by_area(moment: datetime, municipality: str) -> dict[str, list[RoundReport]]:
    """Per area the rounds it takes part in, the latest first, a line for every aspect, found or not. One query."""
    versions = FindingVersion.objects.as_of_or_withdrawn(moment).filter(
        record__round_aspect=OuterRef("pk"), record__focus_area=OuterRef("round__participations__focus_area")
    )
    lines = (
        RoundAspect.objects.filter(round__participations__focus_area__municipality__slug=municipality)
        .select_related("round", "aspect__role")
        .annotate(
            area=F("round__participations__focus_area__slug"),
            office=F("round__participations__audit_office__name"),
            report=F("round__participations__report__title"),
            report_is_held=F("round__participations__report__is_held"),
            found=ArraySubquery(versions.values(json=CELL)),
        )
        .order_by("-round__number", "aspect__role__order", "order")
    )
    grouped: dict[str, dict[Any, dict[Any, list[Any]]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
    for line in lines:
        grouped[line.area][line.round][line.aspect.role].append(line)
    return defaultdict(
        list,
        {
            area: [round_report(round_, roles, municipality) for round_, roles in rounds.items()]
            for area, rounds in grouped.items()
        },
    )


def round_report(round_: AuditRound, roles: dict[CouncilRole, list[Any]], municipality: str) -> RoundReport:
    lines = [line for entries in roles.values() for line in entries]
    is_published = any(line.found for line in lines)
    absence = (Absence.NOT_EXAMINED if is_published else Absence.NOT_PUBLISHED).value
    return RoundReport(
        round_.slug,
        round_.name,
        lines[0].office,
        lines[0].report or "",
        bool(lines[0].report_is_held),
        [
            ReportRole(
                role.slug,
                role.name,
                role.question,
                [
                    ReportLine(
                        line.aspect.slug,
                        line.short_wording,
                        line.wording,
                        line.question,
                        cell_of(line.found[-1], line.area, municipality)
                        if line.found
                        else Cell(line.area, municipality, absence=absence),
                    )
                    for line in entries
                ],
            )
            for role, entries in roles.items()
        ],
    )


CELL = JSONObject(
    slug="record__slug",
    headline="headline",
    text="text",
    state="state",
    absence="absence",
    remark="remark",
    sources=ArraySubquery(
        FindingCitation.objects.filter(version=OuterRef("pk")).order_by("pk").values(json=REFERENCE_AS_JSON)
    ),
    published_at=F("public_during__startswith"),
    is_gone="is_gone",
)


def cell_of(entry: dict[str, Any], area: str, municipality: str) -> Cell:
    if entry["is_gone"]:
        return Cell(area, municipality, entry["slug"], absence=Absence.WITHDRAWN.value)
    return Cell(
        area,
        municipality,
        entry["slug"],
        entry["headline"],
        entry["text"],
        entry["state"],
        entry["absence"],
        entry["remark"],
        tuple(reference(source) for source in entry["sources"]),
        localdate(datetime.fromisoformat(entry["published_at"])),
    )


@dataclass(frozen=True)
class VersionLine:
    """One published version in the history of a finding."""

    number: int
    headline: str
    text: str
    state: str
    published_on: str
    until: str
    erratum: str
    withdrawal_reason: str


@dataclass(frozen=True)
class LifeLine:
    """The same aspect in the same area, in one of the rounds."""

    round: str
    years: str
    terms: str
    wording: str
    not_comparable: str
    slug: str
    headline: str
    state: str
    is_this: bool


@dataclass(frozen=True)
class FindingPage:
    slug: str
    aspect: str
    title: str
    wording: str
    question: str
    role: str
    round: str
    office: str
    area_name: str
    municipality: str
    municipality_name: str
    moment: Moment
    cell: Cell | None  # None where what was public has been withdrawn
    state_reason: str
    versions: list[VersionLine]  # the latest first
    lifeline: list[LifeLine]  # the first round first
    practices: list[Practice]

    @classmethod
    def of(cls, slug: str, moment: Moment) -> FindingPage | None:
        """Three queries. None where nothing of this finding was public by then."""
        versions = list(
            FindingVersion.objects.public_by(moment.at)
            .filter(record__slug=slug)
            .select_related("record__round_aspect__aspect__role", "record__round_aspect__round")
            .select_related("record__focus_area__municipality")
            .annotate(
                sources_list=CITED,
                office=Subquery(
                    Participation.objects.filter(
                        round=OuterRef("record__round_aspect__round"), focus_area=OuterRef("record__focus_area")
                    ).values("audit_office__name")
                ),
            )
            .order_by("-number")
        )
        if not versions:
            return None
        finding = versions[0].record
        current = next((v for v in versions if is_public(v, moment.at)), None)
        entry, area = finding.round_aspect, finding.focus_area
        return cls(
            slug,
            entry.aspect.slug,
            entry.short_wording,
            entry.wording,
            entry.question,
            entry.aspect.role.name,
            entry.round.name,
            versions[0].office or "",
            area.name,
            area.municipality.slug,
            area.municipality.name,
            moment,
            cell_from(current) if current else None,
            current.state_reason if current else "",
            [version_line(version, moment.at) for version in versions],
            lifeline(finding, moment.at),
            [
                Practice.of(row["json"])
                for row in practices_as_json(moment.at)
                .filter(aspects=entry.aspect)
                .exclude(record__municipality=area.municipality)
            ],
        )


CITED = ArraySubquery(
    FindingCitation.objects.filter(version=OuterRef("pk")).order_by("pk").values(json=REFERENCE_AS_JSON)
)


def is_public(version: Any, moment: datetime) -> bool:
    return bool(version.published_at <= moment and (version.closed_at is None or moment < version.closed_at))


def cell_from(version: Any) -> Cell:
    area = version.record.focus_area
    return Cell(
        area.slug,
        area.municipality.slug,
        version.record.slug,
        version.headline,
        version.text,
        version.state,
        version.absence,
        version.remark,
        tuple(reference(source) for source in version.sources_list),
        localdate(version.published_at),
    )


def version_line(version: Any, moment: datetime) -> VersionLine:
    has_ended = version.closed_at is not None and version.closed_at <= moment
    return VersionLine(
        version.number,
        version.headline,
        version.text,
        LABELS.get(version.absence or version.state, ""),
        date_format(localdate(version.published_at), "j F Y"),
        date_format(localdate(version.closed_at), "j F Y") if has_ended else "",
        version.erratum,
        version.withdrawal_reason if has_ended else "",
    )


def lifeline(finding: Finding, moment: datetime) -> list[LifeLine]:
    """All rounds that have the aspect and in which the area takes part, with the council that sat then."""
    found = FindingVersion.objects.as_of_or_withdrawn(moment).filter(
        record__round_aspect=OuterRef("pk"), record__focus_area=finding.focus_area_id
    )
    terms = CouncilTerm.objects.filter(
        first_year__lte=OuterRef("round__last_year"), last_year__gte=OuterRef("round__first_year")
    )
    entries = (
        RoundAspect.objects.filter(
            aspect=finding.round_aspect.aspect_id, round__participations__focus_area=finding.focus_area_id
        )
        .select_related("round")
        .annotate(found=ArraySubquery(found.values(json=CELL)), terms=ArraySubquery(terms.values("slug")))
        .order_by("round__number")
    )
    lines = []
    for entry in entries:
        cell = cell_of(entry.found[-1], "", "") if entry.found else Cell("", "", absence=Absence.NOT_EXAMINED.value)
        lines.append(
            LifeLine(
                entry.round.name,
                f"{entry.round.first_year}-{entry.round.last_year}",
                dutch.listed(sorted(entry.terms)),
                entry.wording,
                entry.comparable_note,
                cell.slug,
                cell.headline,
                cell.absence or cell.state,
                entry.pk == finding.round_aspect_id,
            )
        )
    return lines


@dataclass(frozen=True)
class AreaTile:
    """A municipality on the schematic map and in the list of areas."""

    slug: str
    name: str
    province: str
    areas: str
    has_report: bool
    tile_x: str
    tile_y: str


def area_tiles(moment: datetime) -> list[AreaTile]:
    """All municipalities by name, with whether anything found there was public at that moment. One query."""
    found = FindingVersion.objects.as_of(moment).filter(record__focus_area__municipality=OuterRef("pk"))
    municipalities = Municipality.objects.annotate(
        has_report=Exists(found),
        area_names=ArraySubquery(FocusArea.objects.filter(municipality=OuterRef("pk")).values("name")),
    ).order_by(Lower(Unaccent("name")))
    return [
        AreaTile(m.slug, m.name, m.province, dutch.listed(m.area_names), m.has_report, str(m.tile_x), str(m.tile_y))
        for m in municipalities
    ]


@dataclass(frozen=True)
class Published:
    """Something that became public, for the list of latest changes."""

    date_text: str
    text: str
    url: str


def totals(moment: datetime) -> dict[str, str]:
    """How much is public, as ready strings. One query."""
    findings = FindingVersion.objects.as_of(moment).exclude(headline="")
    counted_by = {
        "findings": (findings, "pk"),
        "municipalities": (findings, "record__focus_area__municipality"),
        "aspects": (findings, "record__round_aspect__aspect"),
        "practices": (GoodPracticeVersion.objects.as_of(moment), "pk"),
        "recommendations": (RecommendationVersion.objects.as_of(moment), "pk"),
    }
    counts = PublicRevision.objects.annotate(
        **{
            name: Subquery(found.order_by().values(all=Value(1)).annotate(n=Count(what, distinct=True)).values("n"))
            for name, (found, what) in counted_by.items()
        }
    )
    return {name: str(count or 0) for name, count in counts.values(*counted_by)[0].items()}


def latest_changes(moment: datetime, limit: int = 6) -> list[Published]:
    """What became public last, by day and kind. One query."""
    day = Cast(TruncDate("public_during__startswith"), TextField())
    is_correction = Case(When(number__gt=1, then=Value(1)), default=Value(0))
    found = (
        FindingVersion.objects.as_of(moment)
        .exclude(headline="")
        .annotate(kind=is_correction, day=day, shown=day)
        .values_list("kind", "day", "shown", "record__round_aspect__round__name")
        .annotate(count=Count("pk"), places=Count("record__focus_area__municipality", distinct=True))
    )
    advised = (
        RecommendationVersion.objects.as_of(moment)
        .annotate(kind=Value(2), day=day, shown=Cast("issued", TextField()))
        .values_list("kind", "day", "shown", "record__report__title")
        .annotate(count=Count("pk"), places=Value(1))
    )
    rows = found.order_by().union(advised.order_by(), all=True).order_by("-day", "kind")[:limit]
    return [change(*row) for row in rows]


def change(kind: int, day: str, shown: str, name: str, count: int, places: int) -> Published:
    if kind == 2:
        number = dutch.capitalised(dutch.counted(count, "aanbeveling", "aanbevelingen"))
        return Published(partial(shown), f"{number} in “{name}”", reverse("recommendations"))
    found = (
        dutch.counted(count, "bevinding", "bevindingen")
        if kind == 0
        else f"erratum bij {dutch.counted(count, 'bevinding', 'bevindingen')}"
    )
    return Published(
        partial(shown), f"{name}: {found} over {dutch.counted(places, 'gemeente', 'gemeenten')}", reverse("matrix")
    )
