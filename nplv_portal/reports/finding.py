"""One finding: what it says, its versions, the same aspect over the rounds, and how others do it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, OuterRef, Subquery, Value
from django.db.models.functions import Cast, Concat, JSONObject
from django.utils.formats import date_format
from django.utils.timezone import localdate

from findings.matrix import LABELS, Cell
from findings.models import (
    Absence,
    Finding,
    FindingCitation,
    FindingVersion,
    Participation,
    RoundAspect,
    State,
)
from focusareas.models import CouncilTerm
from nplv_portal.lib import dutch
from nplv_portal.lib.moments import Moment
from nplv_portal.reports.council import CELL, cell_of
from nplv_portal.sources.citations import REFERENCE_AS_JSON, reference
from recommendations.published import Practice, PublishedReply, practices_as_json, replies_as_json
from recommendations.reuse import Reused, reused, reuses_as_json, standing

YEARS = Concat(Cast("first_year", CharField()), Value("-"), Cast("last_year", CharField()))


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
class Elsewhere:
    """Where the same aspect is arranged, as the last round that looked at it found."""

    slug: str
    headline: str
    municipality: str
    municipality_name: str
    area_name: str
    round: str
    state: str


@dataclass(frozen=True)
class FindingPage:
    slug: str
    aspect: str
    title: str
    wording: str
    question: str
    role: str
    round: str
    round_slug: str
    office: str
    area_name: str
    municipality: str
    municipality_name: str
    moment: Moment
    cell: Cell | None  # None where what was public has been withdrawn
    state_reason: str
    versions: list[VersionLine]  # the latest first
    lifeline: list[LifeLine]  # the first round first
    practices: list[Practice]  # of others, for this aspect
    elsewhere: list[Elsewhere]  # by name: there is no order of merit
    reuses: list[Reused]  # what this municipality took over for this aspect
    replies: list[PublishedReply]

    @classmethod
    def of(cls, slug: str, moment: Moment) -> FindingPage | None:
        """Two queries. None where nothing of this finding was public by then."""
        versions = list(
            FindingVersion.objects.public_by(moment.at)
            .filter(record__slug=slug)
            .select_related("record__round_aspect__aspect__role", "record__round_aspect__round")
            .select_related("record__focus_area__municipality")
            .annotate(
                sources_list=CITED,
                replies=replies_as_json(moment.at, finding=OuterRef("record")),
                practices=practices_elsewhere(moment.at),
                arranged=arranged_elsewhere(moment.at),
                reuses=reuses_as_json(moment.at, municipality=OuterRef("record__focus_area__municipality")),
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
        practices = [Practice.of(entry) for entry in versions[0].practices]
        elsewhere = [Elsewhere(**entry) for entry in versions[0].arranged]
        return cls(
            slug,
            entry.aspect.slug,
            entry.short_wording,
            entry.wording,
            entry.question,
            entry.aspect.role.name,
            entry.round.name,
            entry.round.slug,
            versions[0].office or "",
            area.name,
            area.municipality.slug,
            area.municipality.name,
            moment,
            cell_from(current) if current else None,
            dutch.sentence(current.state_reason) if current else "",
            [version_line(v, v.headline, LABELS.get(v.absence or v.state, ""), moment.at) for v in versions],
            lifeline(finding, moment.at),
            practices,
            sorted(
                (other for other in elsewhere if other.state == State.IN_PLACE),
                key=lambda other: (other.municipality_name, other.area_name),
            ),
            reused_for(entry.aspect.slug, practices, reused(versions[0].reuses)),
            [PublishedReply.of(entry) for entry in versions[0].replies],
        )

    @property
    def is_gap(self) -> bool:
        return self.cell is not None and self.cell.is_gap

    @property
    def shows_others(self) -> bool:
        return self.is_gap or bool(self.practices or self.reuses)


HERE = OuterRef("record__focus_area__municipality")
ASPECT = OuterRef("record__round_aspect__aspect")


def practices_elsewhere(moment: datetime) -> ArraySubquery:
    return ArraySubquery(practices_as_json(moment).filter(aspects=ASPECT).exclude(record__municipality=HERE))


def arranged_elsewhere(moment: datetime) -> ArraySubquery:
    """Of every other area the last finding about the aspect, whatever its state."""
    return ArraySubquery(
        FindingVersion.objects.as_of(moment)
        .filter(record__round_aspect__aspect=ASPECT)
        .exclude(record__focus_area__municipality=HERE)
        .order_by("record__focus_area_id", "-record__round_aspect__round__number")
        .distinct("record__focus_area_id")
        .values(
            json=JSONObject(
                slug="record__slug",
                headline="headline",
                municipality="record__focus_area__municipality__slug",
                municipality_name="record__focus_area__municipality__name",
                area_name="record__focus_area__name",
                round="record__round_aspect__round__name",
                state="state",
            )
        )
    )


def reused_for(aspect: str, practices: list[Practice], items: list[Reused]) -> list[Reused]:
    """What was taken over for this aspect, or for none in particular while the example is about this one."""
    about = {practice.slug for practice in practices}
    return [item for item in standing(items) if aspect == item.aspect or (not item.aspect and item.practice in about)]


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
        version.approved_by_id is not None,
        version.erratum,
    )


def version_line(version: Any, headline: str, state: str, moment: datetime) -> VersionLine:
    has_ended = version.closed_at is not None and version.closed_at <= moment
    return VersionLine(
        version.number,
        headline,
        version.text,
        state,
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
        .annotate(
            found=ArraySubquery(found.values(json=CELL)),
            terms=ArraySubquery(terms.values(years=YEARS)),
        )
        .order_by("round__number")
    )
    lines = []
    for entry in entries:
        absence = Absence.NOT_EXAMINED if entry.round.is_published(moment) else Absence.NOT_PUBLISHED
        cell = cell_of(entry.found[-1], "", "") if entry.found else Cell("", "", absence=absence.value)
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
