"""Amounts, each with its own scope, and where they sit in the budget."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from typing import Any

from focusareas.models import Amount, BudgetLine, FocusArea
from nplv_portal.example.batch import Batch, Life, lives
from nplv_portal.example.programme_texts import AMOUNTS, BUDGET, BUREAU_AMOUNT, COUNCIL_SAY, DECIDES
from nplv_portal.example.world import World, names_of, published_at, told
from nplv_portal.lib import dutch

MILLION = 1_000_000


def add_money(batch: Batch, world: World) -> None:
    amounts, lines = lives(4), lives(4)
    for area in world.described:
        for order, (key, fields) in enumerate(AMOUNTS.items(), start=1):
            add_amount(batch, world, area, key, order, told(fields, **names_of(area)), amounts)
        for round_ in world.reported(area):
            year = world.rounds[round_].first_year
            fields = told(BUREAU_AMOUNT, year=str(year), **names_of(area)) | {"first_year": year, "last_year": year}
            order = len(AMOUNTS) + round_ + 1
            add_amount(batch, world, area, f"bureau-{year}", order, fields, amounts, round_)
        add_budget(batch, world, area, lines)


def add_amount(
    batch: Batch,
    world: World,
    area: FocusArea,
    key: str,
    order: int,
    fields: dict[str, Any],
    coming: Iterator[Life],
    round_: int = 0,
) -> None:
    euros = Decimal(fields["euros"]) * (1 + area.number % 3)
    is_rounded = fields.get("is_rounded", False)
    printed = f"€ {dutch.decimal(euros / MILLION)} mln" if is_rounded else f"€ {dutch.decimal(euros)}"
    part_of = fields.get("part_of", "")
    fields |= {
        "euros": euros,
        "is_rounded": is_rounded,
        "printed": f"{printed} per jaar" if fields["frequency"] == "per_year" else printed,
        "part_of": part_of and f"{area.slug}-{part_of}",
    }
    make = partial(
        Amount,
        record=f"{area.slug}-{key}",
        focus_area=area,
        order=order,
        source=world.report_on(area.municipality, f"Hoofdstuk 6, bedrag {order}"),
        **{"decides": DECIDES, "council_say": COUNCIL_SAY} | fields,
    )
    batch.tell(next(coming), make, published_at(round_))


def add_budget(batch: Batch, world: World, area: FocusArea, coming: Iterator[Life]) -> None:
    for order, (programme, key_theme, theme, part, remark) in enumerate(BUDGET, start=1):
        make = partial(
            BudgetLine,
            record=f"{area.slug}-begroting-{order}",
            focus_area=area,
            order=order,
            programme=programme,
            key_theme=key_theme,
            theme=theme,
            part=part.format(**names_of(area)),
            remark=remark.format(**names_of(area)),
            source=world.report_on(area.municipality, f"Hoofdstuk 6, begroting, rij {order}"),
        )
        batch.tell(next(coming), make, published_at(0))
