"""Read models that span the apps: plain data for the pages, the PDFs and the other exports alike."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import JSONObject, Lower
from django.utils.formats import date_format
from django.utils.timezone import localdate

from findings.matrix import LABELS, Cell, Citation
from findings.models import (
    Absence,
    AuditRound,
    CouncilRole,
    Finding,
    FindingCitation,
    FindingVersion,
    Gap,
    RoundAspect,
)
from focusareas.models import AreaFact, CouncilTerm, FocusArea, Municipality
from nplv_portal.lib import dutch
from nplv_portal.lib.moments import Moment
from nplv_portal.lib.partial_dates import PartialDate
from nplv_portal.sources.models import PublicRevision
from recommendations.models import (
    FollowUpEvent,
    GoodPracticeCitation,
    GoodPracticeVersion,
    Recommendation,
    RecommendationCitation,
    RecommendationPoint,
    RecommendationVersion,
)

SOURCE = {"document": "source__document__title", "kind": "source__document__kind", "place": "source__place"}


def cited(entry: dict[str, Any]) -> Citation:
    return Citation(entry["document"], entry["kind"], entry["place"])


def partial(iso: str | None) -> str:
    return str(PartialDate(iso)) if iso else ""


@dataclass(frozen=True)
class Point:
    text: str
    parts: list[str]


@dataclass(frozen=True)
class Action:
    """What a council, an executive or a bureau did or announced, as a source reports it."""

    municipality: str
    municipality_name: str
    actor: str
    modality: str
    addressed_to: str
    text: str
    happened: str
    source: Citation
    recommendation: str

    @classmethod
    def of(cls, entry: dict[str, Any]) -> Action:
        return cls(
            entry["municipality"],
            entry["municipality_name"],
            str(FollowUpEvent.Actor(entry["actor"]).label),
            str(FollowUpEvent.Modality(entry["modality"]).label),
            str(FollowUpEvent.Addressee(entry["addressed_to"]).label) if entry["addressed_to"] else "",
            entry["text"],
            partial(entry["happened"]),
            cited(entry),
            entry["recommendation"] or "",
        )


@dataclass(frozen=True)
class Link:
    slug: str
    title: str
    where: str = ""


@dataclass(frozen=True)
class Advice:
    """One recommendation as published, with what is known to have happened since."""

    slug: str
    is_umbrella: bool
    number: int
    municipality: str
    municipality_name: str
    report: str
    title: str
    headline: str
    text: str
    addressee: str
    issued: str
    points: list[Point]
    conclusion_title: str
    conclusion_text: str
    sources: list[Citation]
    serves: list[Link]
    served_by: list[Link]
    serves_basis: str
    actions: list[Action]
    practices: list[Link]
    version: int
    erratum: str
    published_on: str

    def actions_in(self, municipality: str) -> list[Action]:
        return [action for action in self.actions if action.municipality == municipality]


def actions_as_json(moment: datetime, **where: object) -> ArraySubquery:
    return ArraySubquery(
        FollowUpEvent.objects.known_by(moment)
        .filter(**where)
        .order_by("pk")
        .values(
            json=JSONObject(
                municipality="municipality__slug",
                municipality_name="municipality__name",
                actor="actor",
                modality="modality",
                addressed_to="addressed_to",
                text="text",
                happened="happened",
                recommendation="recommendation__slug",
                **SOURCE,
            )
        )
    )


def advice_as_of(moment: datetime, *conditions: Q) -> list[Advice]:
    """Recommendations that were public at that moment, umbrella first, with all that hangs on them, in one query."""
    points = RecommendationPoint.objects.filter(version=OuterRef("pk")).order_by("order")
    linked = RecommendationVersion.objects.as_of(moment)
    serves = linked.filter(record__served_by=OuterRef("record")).order_by("record__number")
    served_by = linked.filter(record__serves=OuterRef("record")).order_by("record__municipality__name", "record__number")
    practices = GoodPracticeVersion.objects.as_of(moment).filter(recommendations=OuterRef("record"))
    link = JSONObject(slug="record__slug", title="title", where="record__municipality__name")
    versions = (
        RecommendationVersion.objects.as_of(moment)
        .filter(*conditions)
        .select_related("record__municipality", "record__report")
        .annotate(
            cited=ArraySubquery(
                RecommendationCitation.objects.filter(version=OuterRef("pk")).values(json=JSONObject(**SOURCE))
            ),
            listed=ArraySubquery(points.values(json=JSONObject(id="pk", under="under", kind="kind", text="text"))),
            serving=ArraySubquery(serves.values(json=link)),
            served=ArraySubquery(served_by.values(json=link)),
            shown_by=ArraySubquery(practices.order_by("record__order").values(json=link)),
            actions=actions_as_json(moment, recommendation=OuterRef("record")),
        )
        .order_by("-record__kind", "record__municipality__name", "record__number")
    )
    return [advice_of(version) for version in versions]


def advice_of(version: Any) -> Advice:
    record: Recommendation = version.record
    municipality = record.municipality
    return Advice(
        slug=record.slug,
        is_umbrella=record.kind == Recommendation.Kind.UMBRELLA,
        number=record.number,
        municipality=municipality.slug if municipality else "",
        municipality_name=municipality.name if municipality else "",
        report=record.report.title,
        title=version.title,
        headline=version.headline,
        text=version.text,
        addressee=version.get_addressee_display(),
        issued=str(version.issued),
        points=[
            Point(point["text"], [part["text"] for part in version.listed if part["under"] == point["id"]])
            for point in version.listed
            if point["under"] is None
        ],
        conclusion_title=version.conclusion_title,
        conclusion_text=version.conclusion_text,
        sources=[cited(entry) for entry in version.cited],
        serves=[Link(**entry) for entry in version.serving],
        served_by=[Link(**entry) for entry in version.served],
        serves_basis=record.serves_basis,
        actions=[Action.of(entry) for entry in version.actions],
        practices=[Link(**entry) for entry in version.shown_by],
        version=version.number,
        erratum=version.erratum,
        published_on=date_format(localdate(version.published_at), "j F Y"),
    )


@dataclass(frozen=True)
class Practice:
    slug: str
    title: str
    municipality: str
    municipality_name: str
    theme: str
    text: str
    sources: list[Citation]
    aspects: list[str]
    recommendations: list[Link]

    @classmethod
    def of(cls, entry: dict[str, Any]) -> Practice:
        sources = [cited(source) for source in entry.pop("sources")]
        links = [Link(**link) for link in entry.pop("recommendations")]
        return cls(sources=sources, recommendations=links, **entry)


def practices_as_json(moment: datetime) -> QuerySet[Any]:
    """Good examples that were public at that moment, in the order of their themes."""
    linked = RecommendationVersion.objects.as_of(moment).filter(record__practice_versions=OuterRef("pk"))
    aspects = GoodPracticeVersion.aspects.through.objects.filter(goodpracticeversion=OuterRef("pk"))
    sources = GoodPracticeCitation.objects.filter(version=OuterRef("pk")).order_by("pk")
    return (
        GoodPracticeVersion.objects.as_of(moment)
        .order_by("theme__order", "record__order")
        .values(
            json=JSONObject(
                slug="record__slug",
                title="title",
                municipality="record__municipality__slug",
                municipality_name="record__municipality__name",
                theme="theme__slug",
                text="text",
                sources=ArraySubquery(sources.values(json=JSONObject(**SOURCE))),
                aspects=ArraySubquery(aspects.values("aspect__slug")),
                recommendations=ArraySubquery(
                    linked.order_by("record__number").values(json=JSONObject(slug="record__slug", title="title"))
                ),
            )
        )
    )


@dataclass(frozen=True)
class Statement:
    """What one source says of an area. Several of one topic stand side by side."""

    text: str
    happened: str
    remark: str
    source: Citation
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
        return dutch.counted(len(self.lines), "aspect", "aspecten").capitalize()


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
    def published_text(self) -> str:
        days = [cell.published_on for area in self.areas for r in area.rounds for cell in r.cells if cell.published_on]
        return date_format(max(days), "j F Y") if days else ""

    @property
    def finding_count(self) -> int:
        return sum(area.latest.finding_count for area in self.areas if area.latest)

    def actions_for(self, recommendation: str) -> list[Action]:
        return [action for action in self.actions if action.recommendation == recommendation]

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
        topic="topic", text="text", happened="happened", remark="remark", url="source__document__url", **SOURCE
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
        statement = Statement(fact["text"], partial(fact["happened"]), fact["remark"], cited(fact), fact["url"])
        by_topic[fact["topic"]].append(statement)
    topics = [Topic(t.value, str(t.label), by_topic[t.value]) for t in AreaFact.Topic if t.value in by_topic]
    return AreaReport(area["slug"], area["name"], rounds, topics)


def rounds_by_area(moment: datetime, municipality: str) -> dict[str, list[RoundReport]]:
    """Per area the rounds it takes part in, the latest first, a line for every aspect, found or not. One query."""
    versions = FindingVersion.objects.as_of(moment).filter(
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
                        cell_of(line.found[0], line.area, municipality)
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
        FindingCitation.objects.filter(version=OuterRef("pk")).order_by("pk").values(json=JSONObject(**SOURCE))
    ),
    published_at=F("public_during__startswith"),
)


def cell_of(entry: dict[str, Any], area: str, municipality: str) -> Cell:
    return Cell(
        area,
        municipality,
        entry["slug"],
        entry["headline"],
        entry["text"],
        entry["state"],
        entry["absence"],
        entry["remark"],
        tuple(cited(source) for source in entry["sources"]),
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
            .annotate(sources_list=CITED)
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
            "",
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
                for row in practices_as_json(moment.at).filter(aspects=entry.aspect).exclude(record__municipality=area.municipality)
            ],
        )


CITED = ArraySubquery(
    FindingCitation.objects.filter(version=OuterRef("pk")).order_by("pk").values(json=JSONObject(**SOURCE))
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
        tuple(cited(source) for source in version.sources_list),
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
    found = FindingVersion.objects.as_of(moment).filter(
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
        cell = entry.found[0] if entry.found else None
        lines.append(
            LifeLine(
                entry.round.name,
                f"{entry.round.first_year}-{entry.round.last_year}",
                dutch.listed(sorted(entry.terms)),
                entry.wording,
                entry.comparable_note,
                cell["slug"] if cell else "",
                cell["headline"] if cell else "",
                (cell["absence"] or cell["state"]) if cell else Absence.NOT_EXAMINED.value,
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
    practices = GoodPracticeVersion.objects.as_of(moment)
    umbrella = RecommendationVersion.objects.as_of(moment)
    counts = PublicRevision.objects.aggregate(
        findings=Subquery(findings.order_by().values(x=Value(1)).annotate(n=Count("pk")).values("n")),
        municipalities=Subquery(
            findings.order_by().values(x=Value(1)).annotate(n=Count("record__focus_area__municipality", distinct=True)).values("n")
        ),
        aspects=Subquery(
            findings.order_by().values(x=Value(1)).annotate(n=Count("record__round_aspect__aspect", distinct=True)).values("n")
        ),
        practices=Subquery(practices.order_by().values(x=Value(1)).annotate(n=Count("pk")).values("n")),
        recommendations=Subquery(umbrella.order_by().values(x=Value(1)).annotate(n=Count("pk")).values("n")),
    )
    return {name: str(count or 0) for name, count in counts.items()}
