"""The alliance as the pages show it: a drawn chart, the seats, the themes and the goals."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import count, groupby
from typing import Any

from django.db.models import QuerySet

from focusareas.models import Body, Goal, Seat
from nplv_portal.lib import dutch
from nplv_portal.lib.charts import Box, Line, OrganisationChart
from nplv_portal.lib.partial_dates import partial
from nplv_portal.lib.tables import exact
from nplv_portal.sources.citations import Reference, published_as_json, reference


@dataclass(frozen=True)
class SeatRow:
    body: str
    sector: str
    organisation: str
    function: str
    represents: str
    fte: Decimal | None
    situation: str
    remark: str
    source: Reference

    @classmethod
    def of(cls, entry: dict[str, Any]) -> SeatRow:
        return cls(
            entry["body"],
            entry["sector"],
            entry["organisation"],
            entry["function"],
            entry["represents"],
            None if entry["fte"] is None else exact(entry["fte"]),
            partial(entry["situation"]),
            entry["remark"],
            reference(entry),
        )

    @property
    def fte_text(self) -> str:
        return "" if self.fte is None else dutch.decimal(self.fte)


@dataclass(frozen=True)
class Relation:
    number: int
    to: str
    words: str


@dataclass(frozen=True)
class BodyBox:
    record: str
    name: str
    tier: int
    position: int
    text: str
    relations: list[Relation]
    remark: str
    source: Reference
    seats: list[SeatRow]

    @property
    def anchor(self) -> str:
        return f"orgaan-{self.record}"

    @property
    def essence(self) -> str:
        """The first sentence."""
        return re.split(r"(?<=[.;:]) ", self.text)[0].rstrip(";:")

    @property
    def fte_total(self) -> str:
        """Empty unless the source gives the size of every function."""
        sizes = [seat.fte for seat in self.seats if seat.fte is not None]
        return dutch.decimal(sum(sizes, Decimal(0))) if sizes and len(sizes) == len(self.seats) else ""

    @property
    def situation(self) -> str:
        return next((seat.situation for seat in self.seats if seat.situation), "")

    @property
    def seat_columns(self) -> list[tuple[str, str]]:
        """(field, heading) of what the source gives for these seats."""
        known = [("sector", "Sector"), ("organisation", "Organisatie"), ("represents", "Namens"), ("fte_text", "Fte")]
        return [(name, heading) for name, heading in known if any(getattr(seat, name) for seat in self.seats)]

    @property
    def seat_table(self) -> list[tuple[SeatRow, list[tuple[str, str]]]]:
        """Each seat with (heading, text) of its cells."""
        return [(s, [(heading, getattr(s, name)) for name, heading in self.seat_columns]) for s in self.seats]


@dataclass(frozen=True)
class Organisation:
    """The bodies of one focus area."""

    area: str
    bodies: list[BodyBox]

    @property
    def chart(self) -> OrganisationChart | None:
        if len(self.bodies) < 2:
            return None
        names = {body.name: body.record for body in self.bodies}
        return OrganisationChart(
            tuple(Box(body.record, body.name, body.tier, body.position) for body in self.bodies),
            tuple(Line(r.number, body.record, names[r.to]) for body in self.bodies for r in body.relations),
        )

    @property
    def line_texts(self) -> list[tuple[int, str]]:
        """The lines of the drawing in words."""
        return [(r.number, f"{body.name} – {r.to}: {r.words}") for body in self.bodies for r in body.relations]


def bodies_as_json(moment: datetime, **where: Any) -> QuerySet[Any]:
    names = ("record", "name", "tier", "position", "text", "relations", "remark")
    return published_as_json(
        Body,
        moment,
        "focus_area__number",
        "tier",
        "position",
        where=where,
        area="focus_area__name",
        **{name: name for name in names},
    )


def seats_as_json(moment: datetime, **where: Any) -> QuerySet[Any]:
    names = ("body", "sector", "organisation", "function", "represents", "fte", "situation", "remark")
    return published_as_json(Seat, moment, "body", "order", where=where, **{name: name for name in names})


def organisations(bodies: Iterable[dict[str, Any]], seats: Iterable[dict[str, Any]]) -> list[Organisation]:
    rows = [SeatRow.of(entry) for entry in seats]
    found = []
    for area, group in groupby(bodies, key=lambda entry: entry["area"]):
        entries = list(group)
        names = {entry["record"]: entry["name"] for entry in entries}
        numbers = count(1)
        boxes = [
            BodyBox(
                entry["record"],
                entry["name"],
                entry["tier"],
                entry["position"],
                entry["text"],
                [
                    Relation(next(numbers), names[line["to"]], line["words"])
                    for line in entry["relations"]
                    if line["to"] in names
                ],
                entry["remark"],
                reference(entry),
                [row for row in rows if row.body == entry["record"]],
            )
            for entry in entries
        ]
        found.append(Organisation(area, boxes))
    return found


@dataclass(frozen=True)
class GoalRow:
    kind: str
    text: str
    projects: list[str]
    partners: list[str]
    remark: str
    source: Reference


@dataclass(frozen=True)
class ThemeOfGoals:
    slug: str
    name: str
    text: str
    goals: list[GoalRow]
    kpis: list[GoalRow]


def goals_as_json(moment: datetime, **where: Any) -> QuerySet[Any]:
    names = ("kind", "text", "projects", "partners", "remark")
    return published_as_json(
        Goal,
        moment,
        "theme__focus_area__number",
        "theme__order",
        "order",
        where=where,
        theme="theme__slug",
        theme_name="theme__name",
        theme_text="theme__text",
        **{name: name for name in names},
    )


def themes(entries: Iterable[dict[str, Any]]) -> list[ThemeOfGoals]:
    found = []
    for slug, group in groupby(entries, key=lambda entry: entry["theme"]):
        rows = list(group)
        goals = [GoalRow(e["kind"], e["text"], e["projects"], e["partners"], e["remark"], reference(e)) for e in rows]
        found.append(
            ThemeOfGoals(
                slug,
                rows[0]["theme_name"],
                rows[0]["theme_text"],
                [goal for goal in goals if goal.kind == Goal.Kind.GOAL],
                [goal for goal in goals if goal.kind == Goal.Kind.KPI],
            )
        )
    return found
