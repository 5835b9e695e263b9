"""One aspect over all municipalities and all rounds."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace

from findings.matrix import (
    Authors,
    Cell,
    Column,
    Role,
    Round,
    Row,
    areas_of,
    cells_of,
    columns_of,
    rounds_of,
    why_empty,
)
from nplv_portal.lib.moments import Moment


@dataclass(frozen=True)
class AspectRound:
    round: Round
    row: Row
    columns: list[Column]

    @property
    def has_findings(self) -> bool:
        return any(cell.is_finding for cell in self.row.cells)

    @property
    def authors(self) -> Authors:
        return Authors.of(self.row.cells)

    @property
    def pairs(self) -> list[tuple[Column, Cell]]:
        return list(zip(self.columns, self.row.cells, strict=True))


@dataclass(frozen=True)
class AspectPage:
    slug: str
    title: str
    role: Role
    rounds: list[AspectRound]  # the latest first
    moment: Moment

    @classmethod
    def of(cls, slug: str, moment: Moment, *, revision: int) -> AspectPage | None:
        """None where no round has this aspect."""
        found: dict[str, dict[str, Cell]] = defaultdict(dict)
        for round_slug, _, cell in cells_of(moment.at, record__round_aspect__aspect__slug=slug):
            found[round_slug][cell.area] = cell
        rounds, role = [], None
        for round_ in rounds_of(revision):
            for role_ in round_.roles:
                for row in role_.rows:
                    if row.aspect == slug:
                        role = role or role_
                        rounds.append(in_round(round_, row, found[round_.slug], moment, revision))
        return cls(slug, rounds[0].row.title, role, rounds, moment) if role else None

    @property
    def latest(self) -> AspectRound:
        return self.rounds[0]


def in_round(round_: Round, row: Row, found: dict[str, Cell], moment: Moment, revision: int) -> AspectRound:
    columns = [column for column in columns_of(round_, areas_of(revision)) if column.takes_part]
    cells = tuple(found.get(column.area) or why_empty(round_, column, moment.at) for column in columns)
    return AspectRound(round_, replace(row, cells=cells, is_full=True), columns)
