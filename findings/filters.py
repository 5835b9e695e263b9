"""The choices that the filter form of the matrix offers, as strings ready for the template."""

from __future__ import annotations

from dataclasses import dataclass

from findings.matrix import LABELS, Matrix
from findings.query import STATE_PATHS, MatrixQuery
from nplv_portal.lib import dutch


@dataclass(frozen=True)
class Choice:
    slug: str
    name: str
    is_chosen: bool
    count: str = ""
    takes_part: bool = True
    value: str = ""


@dataclass(frozen=True)
class Filters:
    roles: tuple[Choice, ...]
    rounds: tuple[Choice, ...]
    states: tuple[Choice, ...]
    municipalities: tuple[Choice, ...]
    aspects: tuple[Choice, ...]
    day: str
    text: str
    is_full: bool
    only_differences: bool
    previous: str  # name of the round before this one
    with_previous: bool
    chosen: str  # what of the folded filters is in use
    made_for: str  # the rounds that the choices follow from: with the same ones a swap leaves the form as it is

    @classmethod
    def of(cls, matrix: Matrix) -> Filters:
        query, roles = matrix.query, matrix.round.roles if matrix.round else ()
        municipalities = {column.municipality: column for column in reversed(matrix.choices)}
        chosen_names = [column.name for slug, column in municipalities.items() if slug in query.municipalities]
        in_order = sorted(municipalities.values(), key=lambda column: (not column.takes_part, column.name))
        return cls(
            roles=tuple(Choice(r.slug, r.short_name, r.slug in query.roles, str(r.aspect_count)) for r in roles),
            rounds=tuple(
                Choice(r.slug, r.name, matrix.round == r, value="" if r == matrix.opening else r.slug)
                for r in matrix.rounds
            ),
            states=tuple(
                Choice(slug, LABELS.get(value, "geen stand"), slug in query.states)
                for slug, value in STATE_PATHS.items()
            ),
            municipalities=tuple(
                Choice(c.municipality, c.name, c.municipality in query.municipalities, takes_part=c.takes_part)
                for c in in_order
            ),
            aspects=tuple(
                Choice(row.aspect, row.title, row.aspect in query.aspects) for role in roles for row in role.rows
            ),
            day=query.moment.day.isoformat() if query.moment.day else "",
            text=query.text,
            is_full=query.is_full,
            only_differences=query.only_differences,
            previous=matrix.previous.short_name if matrix.previous else "",
            with_previous=query.with_previous,
            chosen=dutch.listed([*in_use(query), *chosen_names]),
            made_for=",".join(r.slug for r in (matrix.round, matrix.opening) if r),
        )


def in_use(query: MatrixQuery) -> list[str]:
    folded = {"ronde": query.round, "datum": query.moment.day, "stand": query.states, "aspect": query.aspects}
    return [name for name, value in folded.items() if value]
