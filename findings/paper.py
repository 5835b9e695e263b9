"""The matrix on paper: as many columns side by side as a page holds, and the remarks and errata as numbered notes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from findings.matrix import Column, Matrix, Role

COLUMNS_ON_A4 = 5
COLUMNS_ON_A3 = 8


@dataclass(frozen=True)
class Note:
    slug: str
    about: str
    text: str


@dataclass(frozen=True)
class Part:
    """Some of the columns, with all rows."""

    name: str
    columns: tuple[Column, ...]
    roles: list[Role]

    @property
    def notes(self) -> list[Note]:
        """In the order of the cells that refer to them."""
        return [
            Note(cell.slug, f"{column.label}, {row.title}", cell.note)
            for role in self.roles
            for row in role.rows
            if row.is_full
            for column, cell in zip(self.columns, row.cells, strict=True)
            if cell.note
        ]


@dataclass(frozen=True)
class PaperMatrix:
    matrix: Matrix
    is_wide: bool  # A3
    parts: list[Part]

    @classmethod
    def of(cls, matrix: Matrix) -> PaperMatrix:
        is_wide = len(matrix.columns) > COLUMNS_ON_A4
        slices = list(even_slices(len(matrix.columns), COLUMNS_ON_A3 if is_wide else COLUMNS_ON_A4))
        return cls(matrix, is_wide, [part_of(matrix, cut, i, len(slices)) for i, cut in enumerate(slices, 1)])


def even_slices(count: int, most: int) -> Iterator[slice]:
    """As few as possible, and of about the same length."""
    parts = -(-count // most)
    for i in range(parts):
        yield slice(i * count // parts, (i + 1) * count // parts)


def part_of(matrix: Matrix, cut: slice, number: int, total: int) -> Part:
    columns = matrix.columns[cut]
    name = f"Deel {number} van {total}: {columns[0].label} tot en met {columns[-1].label}" if total > 1 else ""
    return Part(name, columns, [with_cells(role, cut) for role in matrix.roles])


def with_cells(role: Role, cut: slice) -> Role:
    return replace(role, rows=tuple(replace(row, cells=row.cells[cut]) for row in role.rows))
