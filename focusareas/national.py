"""The national frame as its page shows it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

from focusareas.models import NationalElement
from nplv_portal.sources.citations import Reference, published_as_json, reference

Kind = NationalElement.Kind
SHOWN = ("record", "kind", "order", "title", "text", "plan", "action_line", "positions", "under", "remark")


@dataclass(frozen=True)
class Element:
    record: str
    kind: str
    order: int
    title: str
    text: str
    plan: str
    action_line: int | None
    positions: list[str]
    under: str
    remark: str
    source: Reference
    parts: list[Element] = field(default_factory=list)


@dataclass(frozen=True)
class Plan:
    name: str
    measures: list[Element]


@dataclass(frozen=True)
class NationalFrame:
    elements: list[Element]

    @classmethod
    def as_of(cls, moment: datetime) -> NationalFrame:
        """One query."""
        rows = published_as_json(NationalElement, moment, "order", where={}, **{name: name for name in SHOWN})
        elements = [element_of(row["json"]) for row in rows]
        by_record = {element.record: element for element in elements}
        for element in elements:
            if element.under in by_record:
                by_record[element.under].parts.append(element)
        return cls(elements)

    def of_kind(self, kind: str) -> list[Element]:
        return [element for element in self.elements if element.kind == kind]

    @property
    def goals(self) -> list[Element]:
        return self.of_kind(Kind.GOAL)

    @property
    def action_lines(self) -> list[Element]:
        return self.of_kind(Kind.ACTION_LINE)

    @property
    def commitments(self) -> list[Element]:
        return self.of_kind(Kind.COMMITMENT)

    @property
    def plans(self) -> list[Plan]:
        measures = self.of_kind(Kind.MEASURE)
        return [Plan(name, list(group)) for name, group in groupby(measures, key=lambda measure: measure.plan)]


def element_of(entry: dict[str, Any]) -> Element:
    return Element(**{name: entry[name] for name in SHOWN}, source=reference(entry))
