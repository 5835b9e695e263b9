"""Figures about the areas, with every way in which a source leaves them out, and the national indicators."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from decimal import Decimal
from functools import partial
from itertools import cycle
from typing import Any

from focusareas.models import Figure, FigureTable, FocusArea, Indicator, KeyIndicator, Region
from nplv_portal.example.batch import Batch, Life, as_secret_as, lives
from nplv_portal.example.programme_texts import (
    ALL,
    INDICATORS,
    KEY_INDICATORS,
    LATER_INDICATORS,
    NEIGHBOURHOODS,
    TABLE_TEXTS,
    TOO_FEW,
)
from nplv_portal.example.world import World, pick, published_at
from nplv_portal.lib import dutch

SINCE = published_at(0)
MEASURED = ["2023", "2023-09", "2023-09-14", None]
PRINTED = {"percent": "{}%", "euro": "€ {}", "per_1000": "{} per 1.000", "years": "{} jaar"}
SHARES = {  # of the figure of the country
    Region.Kind.NEIGHBOURHOOD: ["1.4", "1.25", "0.7"],
    Region.Kind.FOCUS_AREA: ["1.2", "1.15", "0.8"],
    Region.Kind.MUNICIPALITY: ["1.05", "0.95"],
    Region.Kind.COUNTRY: ["1"],
}
NARROW = {kind: shares if shares == ["1"] else ["0.93", "0.96", "0.99", "1.01"] for kind, shares in SHARES.items()}


def add_figures(batch: Batch, world: World) -> None:
    coming = lives(4)
    regions, all_indicators = add_regions(batch, world), {slug for slug, *_ in INDICATORS}
    for area in world.described:
        add_table(batch, world, area, regions[area.slug], 0, all_indicators, coming)
        for round_ in world.reported(area):
            if round_:
                add_table(batch, world, area, regions[area.slug], round_, LATER_INDICATORS, coming)
    add_key_indicators(batch, world)


def add_regions(batch: Batch, world: World) -> dict[str, list[Region]]:
    """The columns of the tables of each area. They stand in the order of their kinds, not in that of the areas."""
    areas, cities = len(world.areas), len(world.municipalities)
    country = Region(slug="voorbeeldland", name="Voorbeeldland", kind="country", order=2 * areas + cities)
    around = [
        Region(slug=city.slug, name=city.name, kind="municipality", order=2 * areas + number)
        for number, city in enumerate(world.municipalities)
    ]
    found = {
        area.slug: [
            Region(
                slug=f"{area.slug}-wijk",
                name=NEIGHBOURHOODS[number % len(NEIGHBOURHOODS)],
                kind="neighbourhood",
                focus_area=area,
                order=number,
            ),
            Region(slug=area.slug, name=area.name, kind="focus_area", focus_area=area, order=areas + number),
            around[world.of_area(number)],
            country,
        ]
        for number, area in enumerate(world.areas)
    }
    for region in [own for regions in found.values() for own in regions[:2]] + [*around, country]:
        batch.add(region)
    return found


def add_table(
    batch: Batch,
    world: World,
    area: FocusArea,
    regions: list[Region],
    round_: int,
    shown: Collection[str],
    coming: Iterator[Life],
) -> None:
    year, place = world.rounds[round_].first_year, f"Bijlage 2, tabel {round_ + 1}"
    table = batch.add(
        FigureTable(
            slug=f"{area.slug}-{year}",
            focus_area=area,
            title=f"Tabel {round_ + 1}: {area.name} in {year}" if round_ else f"Tabel 1: {area.name} bij de start",
            text=TABLE_TEXTS[(area.number + round_) % len(TABLE_TEXTS)].format(area=area.name),
            order=round_ + 1,
            source=world.report_on(area.municipality, place),
        )
    )
    for order, (slug, group, name, definition, unit, figure, missing, remark) in enumerate(INDICATORS, start=1):
        if slug not in shown:
            continue
        make = partial(
            Indicator,
            record=indicator_of(area, slug, round_, world),
            table=table,
            group=group,
            order=order,
            name=name,
            definition=definition,
            unit=unit,
            measured=str(year + 1) if round_ else MEASURED[(area.number + order) % len(MEASURED)],
            remark=remark,
            source=world.report_on(area.municipality, f"{place}, rij {order}"),
        )
        values = [(region, *value(region, unit, Decimal(figure), missing, slug, year)) for region in regions]
        batch.tell(next(coming), make, published_at(round_), partial(fill_in, batch, values))


def indicator_of(area: FocusArea, slug: str, round_: int, world: World) -> str:
    return f"{area.slug}-{slug}-{world.rounds[round_].first_year}"


def value(region: Region, unit: str, of_country: Decimal, missing: str, *key: object) -> tuple[Decimal | None, str]:
    """The figure, and how the source writes it."""
    if missing in {region.kind, ALL}:
        return None, ""
    if missing == TOO_FEW and region.kind == Region.Kind.NEIGHBOURHOOD:
        return None, "minder dan 5"
    shares = NARROW if unit in {"years", "score"} else SHARES
    share = Decimal(pick(shares[Region.Kind(region.kind)], region.slug, *key))
    found = (of_country * share).quantize(Decimal("0.1") if of_country % 1 else Decimal(1))
    return found, PRINTED.get(unit, "{}").format(dutch.decimal(found))


def fill_in(batch: Batch, values: list[tuple[Region, Decimal | None, str]], version: Any) -> None:
    for region, number, printed in values:
        text = as_secret_as(version.name, printed)[:40]
        batch.add(Figure(version=version, region=region, value=number if text == printed else None, printed=text))


def add_key_indicators(batch: Batch, world: World) -> None:
    for number, (life, (line, name, measures, remark)) in enumerate(zip(cycle(Life), KEY_INDICATORS), start=1):
        make = partial(
            KeyIndicator,
            record=f"kern-{number}",
            action_line=line,
            order=number,
            name=name,
            measured_by=[indicator_of(area, slug, 0, world) for area in world.described[:2] for slug in measures],
            remark=remark,
            source=world.source("voorbeeldnotitie", f"Bijlage 1, kernindicator {number}"),
        )
        batch.tell(life, make, SINCE)
