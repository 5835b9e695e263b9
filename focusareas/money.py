"""Money as the pages show it. Parts add up to their own whole; amounts of a different scope never add up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.db.models import QuerySet

from focusareas.models import Amount, BudgetLine
from nplv_portal.lib import dutch
from nplv_portal.lib.tables import exact
from nplv_portal.sources.citations import Reference, published_as_json, reference

SHOWN = """
    record name text euros printed is_rounded scope scope_text frequency first_year last_year period_text
    kind kind_basis stage_text decides council_say part_of remark
""".split()
BUDGET = ("programme", "key_theme", "theme", "part", "remark")


@dataclass(frozen=True)
class Sum:
    """An amount, and the parts that a source divides it into."""

    record: str
    area: str
    name: str
    text: str
    euros: Decimal
    printed: str
    is_rounded: bool
    scope: str
    scope_text: str
    frequency: str
    years: str
    period_text: str
    kind: str
    kind_basis: str
    stage: str
    decides: str
    council_say: str
    part_of: str
    remark: str
    source: Reference
    parts: list[Sum] = field(default_factory=list)

    @classmethod
    def of(cls, entry: dict[str, Any]) -> Sum:
        return cls(
            entry["record"],
            entry["area"],
            entry["name"],
            entry["text"],
            exact(entry["euros"]),
            entry["printed"],
            entry["is_rounded"],
            str(Amount.Scope(entry["scope"]).label),
            entry["scope_text"],
            str(Amount.Frequency(entry["frequency"]).label),
            years_of(entry["first_year"], entry["last_year"]),
            entry["period_text"],
            str(Amount.Kind(entry["kind"]).label) if entry["kind"] else "",
            entry["kind_basis"],
            entry["stage_text"],
            entry["decides"],
            entry["council_say"],
            entry["part_of"],
            entry["remark"],
            reference(entry),
        )

    @property
    def anchor(self) -> str:
        return f"bedrag-{self.record}"

    @property
    def often(self) -> str:
        """ "per jaar, 2022-2025"."""
        return ", ".join(part for part in (self.frequency, self.years) if part)

    @property
    def beside(self) -> str:
        """How often and when, as far as what the source prints does not say it."""
        return self.years if "per jaar" in self.printed else self.often

    @property
    def parts_total(self) -> str:
        return f"€ {dutch.decimal(sum((part.euros for part in self.parts), Decimal(0)))}"

    @property
    def parts_match(self) -> bool:
        """Whether the parts are the whole, as exact as the source prints it."""
        off = abs(sum((part.euros for part in self.parts), Decimal(0)) - self.euros)
        last_digit = Decimal(10) ** int(self.euros.normalize().as_tuple().exponent)
        return off == 0 or (self.is_rounded and off * 2 <= last_digit)


@dataclass(frozen=True)
class BudgetRow:
    programme: str
    key_theme: str
    theme: str
    part: str
    remark: str
    source: Reference

    @classmethod
    def of(cls, entry: dict[str, Any]) -> BudgetRow:
        return cls(**{name: entry[name] for name in BUDGET}, source=reference(entry))


@dataclass(frozen=True)
class BudgetProgramme:
    name: str
    rows: list[BudgetRow]


def amounts_as_json(moment: datetime, **where: Any) -> QuerySet[Any]:
    return published_as_json(
        Amount,
        moment,
        "focus_area__number",
        "order",
        where=where,
        area="focus_area__name",
        **{name: name for name in SHOWN},
    )


def years_of(first: int | None, last: int | None) -> str:
    """ "2022-2025", "2022", "vanaf 2022" or "tot en met 2025"."""
    if first and last:
        return str(first) if first == last else f"{first}-{last}"
    return f"vanaf {first}" if first else f"tot en met {last}" if last else ""


def sums(entries: Iterable[dict[str, Any]]) -> list[Sum]:
    """Whole amounts in their order, each with its parts. A part whose whole is not public stands by itself."""
    found = [Sum.of(entry) for entry in entries]
    by_record = {amount.record: amount for amount in found}
    whole = []
    for amount in found:
        if amount.part_of in by_record:
            by_record[amount.part_of].parts.append(amount)
        else:
            whole.append(amount)
    return whole


def budget_as_json(moment: datetime, **where: Any) -> QuerySet[Any]:
    return published_as_json(
        BudgetLine, moment, "focus_area__number", "order", where=where, **{name: name for name in BUDGET}
    )


def budget(entries: Iterable[dict[str, Any]]) -> list[BudgetProgramme]:
    rows = [BudgetRow.of(entry) for entry in entries]
    return [BudgetProgramme(name, list(group)) for name, group in groupby(rows, key=lambda row: row.programme)]
