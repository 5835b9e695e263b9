"""Figures as the pages show them: a table of a source stays a table, and is never mixed with another."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, Func, IntegerField, OuterRef, QuerySet
from django.db.models.functions import JSONObject

from focusareas.models import Figure, Indicator, KeyIndicator, Region
from nplv_portal.lib import dutch
from nplv_portal.lib.charts import Bar, BarChart
from nplv_portal.lib.partial_dates import partial
from nplv_portal.sources.citations import Reference, published_as_json, reference

OURS = {Region.Kind.NEIGHBOURHOOD, Region.Kind.FOCUS_AREA}  # drawn in the colour of the area itself


@dataclass(frozen=True)
class Value:
    region: str
    region_kind: str
    printed: str  # empty where the source leaves the cell empty
    number: float | None


@dataclass(frozen=True)
class IndicatorRow:
    record: str
    group: str
    name: str
    definition: str
    unit: str  # empty where the name says it
    is_share: bool  # of a hundred
    measured: str
    remark: str
    values: list[Value]
    source: Reference

    @classmethod
    def of(cls, entry: dict[str, Any]) -> IndicatorRow:
        values = [
            Value(v["region"], v["kind"], v["printed"], None if v["value"] is None else float(v["value"]))
            for v in entry["figures"]
        ]
        unit = "" if "per 1" in entry["name"] else str(Indicator.Unit(entry["unit"]).label)
        return cls(
            entry["record"],
            entry["group"],
            entry["name"],
            entry["definition"],
            unit,
            entry["unit"] == Indicator.Unit.PERCENT,
            partial(entry["measured"]),
            entry["remark"],
            values,
            reference(entry),
        )

    @property
    def anchor(self) -> str:
        return f"cijfer-{self.record}"

    @property
    def is_known(self) -> bool:
        return any(value.printed for value in self.values)

    @property
    def known_text(self) -> str:
        """The figures as a sentence, for who does not see the bars."""
        said = [f"{value.region} {value.printed}" for value in self.values if value.printed]
        unknown = [value.region for value in self.values if not value.printed]
        text = f"{self.name}: {dutch.listed(said)}."
        return f"{text} Niet gegeven voor {dutch.listed(unknown)}." if unknown else text

    @property
    def chart(self) -> BarChart | None:
        """None where fewer than two figures can be compared."""
        bars = [Bar(v.region, v.printed, v.number, v.region_kind in OURS) for v in self.values if v.number is not None]
        return BarChart(self.known_text, tuple(bars), 100 if self.is_share else 0) if len(bars) > 1 else None

    @property
    def titled_chart(self) -> BarChart | None:
        return self.chart and replace(self.chart, title=f"{self.name} ({self.unit})" if self.unit else self.name)


@dataclass(frozen=True)
class IndicatorGroup:
    name: str
    rows: list[IndicatorRow]


@dataclass(frozen=True)
class FigureSet:
    """One table of a source."""

    slug: str
    title: str
    text: str
    regions: list[str]
    rows: list[IndicatorRow]

    @property
    def groups(self) -> list[IndicatorGroup]:
        return [IndicatorGroup(name, list(rows)) for name, rows in groupby(self.rows, key=lambda row: row.group)]

    @property
    def drawn(self) -> list[IndicatorRow]:
        return [row for row in self.rows if row.chart]

    @property
    def highlights(self) -> list[IndicatorRow]:
        """The first of every group that can be drawn."""
        return [drawn[0] for group in self.groups if (drawn := [row for row in group.rows if row.chart])]

    @property
    def empty_count(self) -> int:
        return sum(not row.is_known for row in self.rows)

    @property
    def empty_text(self) -> str:
        many = dutch.counted(self.empty_count, "rij is", "rijen zijn")
        return f"{dutch.capitalised(many)} leeg in de bron." if self.empty_count else ""


def indicators_as_json(moment: datetime, **where: Any) -> QuerySet[Any]:
    figures = Figure.objects.filter(version=OuterRef("pk")).order_by("region__order")
    return published_as_json(
        Indicator,
        moment,
        "table__focus_area__number",
        "table__order",
        "order",
        where=where,
        record="record",
        table="table__slug",
        title="table__title",
        text="table__text",
        group="group",
        name="name",
        definition="definition",
        unit="unit",
        measured="measured",
        remark="remark",
        figures=ArraySubquery(
            figures.values(
                json=JSONObject(region="region__name", kind="region__kind", value="value", printed="printed")
            )
        ),
    )


def figure_sets(entries: Iterable[dict[str, Any]]) -> list[FigureSet]:
    sets = []
    for slug, group in groupby(entries, key=lambda entry: entry["table"]):
        found = list(group)
        rows = [IndicatorRow.of(entry) for entry in found]
        regions = list(dict.fromkeys(value.region for row in rows for value in row.values))
        sets.append(FigureSet(slug, found[0]["title"], found[0]["text"], regions, rows))
    return sets


@dataclass(frozen=True)
class Measure:
    """A figure in the portal that says something about a national indicator."""

    record: str
    name: str
    table: str
    municipality: str
    municipality_name: str


@dataclass(frozen=True)
class KeyIndicatorRow:
    record: str
    action_line: int
    name: str
    measures: list[Measure]
    remark: str
    source: Reference


def key_indicators(moment: datetime) -> list[KeyIndicatorRow]:
    """In the order of the action lines, each with the figures that say something about it. One query."""
    place = Func(OuterRef("measured_by"), F("record"), function="array_position", output_field=IntegerField())
    measures = Indicator.objects.as_of(moment).annotate(place=place).filter(place__isnull=False).order_by("place")
    measure = JSONObject(
        record="record",
        name="name",
        table="table__title",
        municipality="table__focus_area__municipality__slug",
        municipality_name="table__focus_area__municipality__name",
    )
    rows = published_as_json(
        KeyIndicator,
        moment,
        "action_line",
        "order",
        where={},
        record="record",
        action_line="action_line",
        name="name",
        remark="remark",
        measures=ArraySubquery(measures.values(json=measure)),
    )
    return [
        KeyIndicatorRow(
            entry["record"],
            entry["action_line"],
            entry["name"],
            [Measure(**found) for found in entry["measures"]],
            entry["remark"],
            reference(entry),
        )
        for entry in (row["json"] for row in rows)
    ]
