"""What the rounds found about the role of one council."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef
from django.db.models.functions import JSONObject
from django.utils.formats import date_format
from django.utils.timezone import localdate

from findings.matrix import Authors, Cell
from findings.models import (
    Absence,
    AuditRound,
    CouncilRole,
    FindingCitation,
    FindingVersion,
    RoundAspect,
)
from nplv_portal.lib import dutch
from nplv_portal.sources.citations import REFERENCE_AS_JSON, reference


@dataclass(frozen=True)
class ReportLine:
    aspect: str
    title: str
    wording: str
    question: str
    cell: Cell
    before: Before | None = None  # while nothing of this round is public here


@dataclass(frozen=True)
class Before:
    """What the last round that is public found of the same aspect."""

    round: str
    cell: Cell

    @property
    def told(self) -> str:
        return f"{self.round}: {self.cell.headline}" + (f" ({self.cell.label})" if self.cell.label else "")


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
    is_published: bool
    roles: list[ReportRole]

    @property
    def cells(self) -> list[Cell]:
        return [line.cell for role in self.roles for line in role.lines]

    @property
    def authors(self) -> Authors:
        return Authors.of(self.cells)

    @property
    def published_text(self) -> str:
        days = [cell.published_on for cell in self.cells if cell.published_on]
        return date_format(max(days), "j F Y") if days else ""

    @property
    def shows_earlier(self) -> bool:
        return any(line.before for role in self.roles for line in role.lines)

    @property
    def finding_count(self) -> int:
        return sum(cell.is_finding for cell in self.cells)


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
    found: dict[str, list[RoundReport]] = defaultdict(list)
    for area, rounds in grouped.items():
        earlier: dict[str, Before] = {}  # by aspect
        for round_, roles in reversed(rounds.items()):
            report = round_report(round_, roles, municipality, moment, earlier)
            found[area].insert(0, report)
            earlier |= {
                line.aspect: Before(report.name, line.cell)
                for role in report.roles
                for line in role.lines
                if line.cell.is_finding
            }
    return found


def round_report(
    round_: AuditRound,
    roles: dict[CouncilRole, list[Any]],
    municipality: str,
    moment: datetime,
    earlier: dict[str, Before],
) -> RoundReport:
    lines = [line for entries in roles.values() for line in entries]
    is_published = round_.is_published(moment)
    absence = (Absence.NOT_EXAMINED if is_published else Absence.NOT_PUBLISHED).value
    return RoundReport(
        round_.slug,
        round_.name,
        lines[0].office,
        lines[0].report or "",
        bool(lines[0].report_is_held),
        is_published,
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
                        None if line.found or is_published else earlier.get(line.aspect.slug),
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
    approver="approved_by",
    erratum="erratum",
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
        entry["approver"] is not None,
        entry["erratum"],
    )
