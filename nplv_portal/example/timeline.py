"""What happened when, and the national frame in which it happened."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import chain, repeat
from typing import Any

from focusareas.models import Event, FocusArea, NationalElement
from nplv_portal.example.batch import Batch, Life, lives
from nplv_portal.example.programme_texts import ELEMENTS, EVENTS, NATIONAL_EVENTS, ROUND_EVENTS
from nplv_portal.example.world import World, names_of, published_at, told
from nplv_portal.sources.models import Source

SINCE = published_at(0)


def add_timeline(batch: Batch, world: World) -> None:
    coming = lives(4)
    for area in world.described_first:
        add_events(batch, world, area, coming)
    for number, fields in enumerate(NATIONAL_EVENTS, start=1):
        source = world.source("voorbeeldnotitie", f"Bijlage 2, rij {number}")
        batch.tell(next(coming), partial(Event, record=f"landelijk-{number}", source=source, **fields), SINCE)


def add_events(batch: Batch, world: World, area: FocusArea, coming: Iterator[Life]) -> None:
    """Of a municipality, told of the first of its areas."""
    slug = area.municipality.slug
    for order, (key, fields) in enumerate(EVENTS.items(), start=1):
        source = world.report_on(area.municipality, f"Bijlage 3, rij {order}")
        answers = fields.get("answers", "") and f"{slug}-{fields['answers']}"
        make = event(area, key, told(fields, **names_of(area)) | {"answers": answers}, source)
        batch.tell(next(coming), make, SINCE)
    for round_ in world.reported(area):
        told_in = world.rounds[round_]
        names = names_of(area) | {"year": str(told_in.last_year), "round": told_in.name}
        for key, fields in ROUND_EVENTS.items():
            source = world.source("voorbeeldpagina", f"Nieuws uit {told_in.last_year}")
            make = event(area, f"{key}-{told_in.last_year}", told(fields, **names), source)
            batch.tell(next(coming), make, published_at(round_))


def event(area: FocusArea, key: str, fields: dict[str, Any], source: Source) -> Any:
    record = f"{area.municipality.slug}-{key}"
    return partial(Event, record=record, municipality=area.municipality, source=source, **fields)


def add_national_frame(batch: Batch, world: World) -> None:
    """The first elements, measures, have each a life of their own. The others are simply published."""
    coming = chain(Life, repeat(Life.PUBLISHED))
    for number, (kind, slug, title, text, more) in enumerate(ELEMENTS, start=1):
        under = more.get("under", "") and f"landelijk-{more['under']}"
        make = partial(
            NationalElement,
            record=f"landelijk-{slug}",
            kind=kind,
            order=int(slug.removeprefix("lijn-")) if kind == "action_line" else number,
            title=title,
            text=text,
            source=world.source("voorbeeldnotitie", f"Hoofdstuk 2, punt {number}"),
            **more | {"under": under},
        )
        batch.tell(next(coming), make, SINCE)
