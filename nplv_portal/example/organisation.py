"""Who does what in each area, and what it wants to reach."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from focusareas.models import Body, FocusArea, Goal, ProgrammeTheme, Seat
from nplv_portal.example.batch import Batch, Life, lives
from nplv_portal.example.programme_texts import BODIES, GOALS, PROGRAMME_THEMES, SEATS
from nplv_portal.example.world import World, names_of, published_at, told

SINCE = published_at(0)


def add_organisation(batch: Batch, world: World) -> None:
    bodies, seats, goals = lives(4), lives(4), lives(4)
    for area in world.described:
        add_bodies(batch, world, area, bodies)
        add_seats(batch, world, area, seats)
        add_goals(batch, world, area, goals)


def add_bodies(batch: Batch, world: World, area: FocusArea, coming: Iterator[Life]) -> None:
    for key, fields in BODIES.items():
        relations = [{"to": f"{area.slug}-{to}", "words": words} for to, words in fields["relations"]]
        make = partial(
            Body,
            record=f"{area.slug}-{key}",
            focus_area=area,
            source=world.report_on(area.municipality, "Hoofdstuk 4, de organen"),
            **told(fields, **names_of(area)) | {"relations": relations},
        )
        batch.tell(next(coming), make, SINCE)


def add_seats(batch: Batch, world: World, area: FocusArea, coming: Iterator[Life]) -> None:
    """In every second area the source gives the size of each function at the bureau."""
    for order, fields in enumerate(SEATS, start=1):
        if area.number % 2 and "fte" in fields and fields["fte"] is None:
            continue
        make = partial(
            Seat,
            record=f"{area.slug}-zetel-{order}",
            focus_area=area,
            order=order,
            source=world.report_on(area.municipality, "Hoofdstuk 4, wie waarin zit"),
            **told(fields, **names_of(area)) | {"body": f"{area.slug}-{fields['body']}"},
        )
        batch.tell(next(coming), make, SINCE)


def add_goals(batch: Batch, world: World, area: FocusArea, coming: Iterator[Life]) -> None:
    source = world.report_on(area.municipality, "Hoofdstuk 3, doelen")
    themes = {
        slug: batch.add(
            ProgrammeTheme(
                slug=f"{area.slug}-{slug}", focus_area=area, name=name, text=text, order=order, source=source
            )
        )
        for order, (slug, name, text) in enumerate(PROGRAMME_THEMES, start=1)
    }
    for order, (theme, kind, text, projects, partners, remark) in enumerate(GOALS, start=1):
        make = partial(
            Goal,
            record=f"{area.slug}-doel-{order}",
            theme=themes[theme],
            kind=kind,
            order=order,
            text=text.format(**names_of(area)),
            projects=projects,
            partners=[partner.format(**names_of(area)) for partner in partners],
            remark=remark,
            source=source,
        )
        batch.tell(next(coming), make, SINCE)
