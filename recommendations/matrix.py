"""Recommendations by municipality as a read model: one view of `/aanbevelingen/`, for the page and every export."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace

from django.utils.timezone import localdate

from nplv_portal.lib import dutch
from recommendations.chain import Standing
from recommendations.follow_up import FollowUp, decisions_told
from recommendations.published import Advice, advice_as_of, participants
from recommendations.query import KINDS, STANDINGS, FollowUpQuery

NO_LOCAL = "geen in onze bronnen"
NOT_CHOSEN = "niets in deze keuze"


@dataclass(frozen=True, slots=True)
class Column:
    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class Cell:
    """What the table shows of one recommendation in one municipality."""

    slug: str
    title: str
    municipality: str
    name: str
    is_umbrella: bool
    standing: Standing
    deadline: str
    reported: str
    contested: str
    addressee: str  # of what is past due: who has to act

    @classmethod
    def of(cls, item: FollowUp) -> Cell:
        advice, chain = item.advice, item.chain
        return cls(
            advice.slug,
            advice.title,
            item.municipality,
            item.name,
            advice.is_umbrella,
            chain.standing,
            chain.deadline_text,
            chain.reported_text,
            item.contested,
            advice.addressee if chain.standing == Standing.PAST_DUE else "",
        )


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a row and a column meet: cells, or why there are none."""

    column: Column
    cells: tuple[Cell, ...] = ()
    elsewhere: tuple[tuple[str, str], ...] = ()  # slug and title of local ones that stand in a block above
    why_empty: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    is_umbrella: bool
    slots: tuple[Slot, ...]

    @property
    def cells(self) -> Iterator[Cell]:
        return (cell for slot in self.slots for cell in slot.cells)


@dataclass(frozen=True, slots=True)
class Block:
    """An umbrella recommendation with the local ones that serve it, or those that serve none."""

    slug: str
    title: str
    headline: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Count:
    """How many have a standing, within the other filters, and the list of those."""

    slug: str
    value: str  # the standing in words
    number: str
    address: str
    is_chosen: bool


@dataclass(frozen=True)
class FollowUpMatrix:
    query: FollowUpQuery
    choices: tuple[Column, ...]  # every municipality one may choose
    columns: tuple[Column, ...]
    blocks: tuple[Block, ...]
    items: tuple[FollowUp, ...]  # what the table shows, in its order
    total: int  # without any filter
    counts: tuple[Count, ...]
    told: str  # of the decisions, whatever standing is asked for
    notices: tuple[str, ...]

    @classmethod
    def of(cls, query: FollowUpQuery) -> FollowUpMatrix:
        """Two queries."""
        advice = advice_as_of(query.moment.at)
        choices = columns_of(advice)
        query, notices = query.checked({column.slug for column in choices})
        everything = [item for one in advice for item in follow_ups(one, choices, query)]
        within = [item for item in everything if is_within(item, query)]
        items = [item for item in within if query.takes(item.chain.standing)]
        columns = chosen(choices, items, query)
        blocks = blocks_of(advice, items, columns, query)
        in_order = {(cell.slug, cell.municipality): n for n, cell in enumerate(cells_of(blocks))}
        items.sort(key=lambda item: in_order[item.advice.slug, item.municipality])
        return cls(
            query,
            choices,
            columns,
            blocks,
            tuple(items),
            len(everything),
            counts_of(within, query),
            decisions_told(within),
            notices,
        )

    @property
    def cells(self) -> list[Cell]:
        return list(cells_of(self.blocks))

    @property
    def title(self) -> str:
        return f"Aanbevelingen voor {self.columns[0].name}" if len(self.columns) == 1 else "Aanbevelingen per gemeente"

    @property
    def summary(self) -> str:
        """ "3 van 22, geteld per aanbeveling en gemeente · 2 van 4 gemeenten · zoals te lezen op 1 februari 2025" """
        parts = [
            f"{len(self.items)} van {self.total}, geteld per aanbeveling en gemeente",
            f"{len(self.columns)} van {len(self.choices)} gemeenten",
        ]
        if self.query.moment.day:
            parts.append(f"zoals te lezen op {self.query.moment.text}")
        return " · ".join(parts)

    @property
    def chosen(self) -> str:
        """The filters in words."""
        return self.query.told({column.slug: column.name for column in self.choices})

    @property
    def why_empty(self) -> str:
        if self.query.only_past_due:
            return "Van geen enkele aanbeveling in deze keuze is de termijn verstreken"
        return "Geen aanbeveling past bij deze keuze"

    @property
    def never_due(self) -> list[Count]:
        """Without a decision there is no deadline, so these cannot be past one."""
        undecided = {Standing.NO_DECISION.slug, Standing.POSTPONED.slug}
        return [count for count in self.counts if count.slug in undecided]

    @property
    def within(self) -> str:
        """How many there are of all standings."""
        return str(sum(int(count.number) for count in self.counts))


def columns_of(advice: Iterable[Advice]) -> tuple[Column, ...]:
    """Who takes part in a round, and who has a recommendation or did something with one; by name."""
    found = {Column(place.slug, place.name) for place in participants()}
    for item in advice:
        found |= {Column(action.municipality, action.municipality_name) for action in item.actions}
        if item.municipality:
            found.add(Column(item.municipality, item.municipality_name))
    return tuple(sorted(found, key=lambda column: column.name))


def follow_ups(advice: Advice, columns: Iterable[Column], query: FollowUpQuery) -> list[FollowUp]:
    """Of an umbrella recommendation in every municipality, of a local one in its own."""
    today = localdate(query.moment.at)
    places = [column for column in columns if advice.municipality in {"", column.slug}]
    return [FollowUp.of(advice, place.slug, place.name, advice.actions_in(place.slug), today) for place in places]


def is_within(item: FollowUp, query: FollowUpQuery) -> bool:
    """Whether it passes the filters on kind and municipality."""
    is_kind = not query.kinds or item.advice.kind in query.kinds
    return is_kind and (not query.municipalities or item.municipality in query.municipalities)


def chosen(columns: Iterable[Column], items: Iterable[FollowUp], query: FollowUpQuery) -> tuple[Column, ...]:
    """The municipalities asked for; else all, or of a standing those where something has it."""
    if query.municipalities:
        return tuple(column for column in columns if column.slug in query.municipalities)
    if not query.asks_a_standing:
        return tuple(columns)
    places = {item.municipality for item in items}
    return tuple(column for column in columns if column.slug in places)


def blocks_of(
    advice: Iterable[Advice], items: Iterable[FollowUp], columns: tuple[Column, ...], query: FollowUpQuery
) -> tuple[Block, ...]:
    umbrella = [one for one in advice if one.is_umbrella]
    order = {one.slug: number for number, one in enumerate(umbrella)}
    own: dict[str, list[FollowUp]] = {}
    also: dict[str, list[FollowUp]] = {}
    for item in items:
        under = sorted({link.slug for link in item.advice.serves} & order.keys(), key=lambda slug: order[slug])
        first, *others = [item.advice.slug] if item.advice.is_umbrella else under or [""]
        own.setdefault(first, []).append(item)
        for slug in others:
            also.setdefault(slug, []).append(item)
    blocks = [
        Block(one.slug, one.title, one.headline, rows_of(own.get(one.slug, []), also.get(one.slug, []), columns, query))
        for one in umbrella
    ]
    blocks.append(Block("", "Zonder overkoepelende aanbeveling", "", rows_of(own.get("", []), [], columns, query)))
    return tuple(block for block in blocks if block.rows)


def rows_of(
    own: list[FollowUp], also: list[FollowUp], columns: tuple[Column, ...], query: FollowUpQuery
) -> tuple[Row, ...]:
    """The row for all councils and the local one, as far as anything stands in them."""
    rows = []
    for is_umbrella in (True, False):
        cells = [Cell.of(item) for item in own if item.advice.is_umbrella == is_umbrella]
        others = [] if is_umbrella else [Cell.of(item) for item in also]
        why_empty = NOT_CHOSEN if query.asks_a_standing else "" if is_umbrella else NO_LOCAL
        if cells or others:
            rows.append(Row(is_umbrella, tuple(slot_of(column, cells, others, why_empty) for column in columns)))
    return tuple(rows)


def slot_of(column: Column, cells: list[Cell], others: list[Cell], why_empty: str) -> Slot:
    here = tuple(cell for cell in cells if cell.municipality == column.slug)
    elsewhere = tuple((cell.slug, cell.title) for cell in others if cell.municipality == column.slug)
    return Slot(column, here, elsewhere, "" if here or elsewhere else why_empty)


def cells_of(blocks: Iterable[Block]) -> Iterator[Cell]:
    return (cell for block in blocks for row in block.rows for cell in row.cells)


def counts_of(within: Collection[FollowUp], query: FollowUpQuery) -> tuple[Count, ...]:
    """Every standing that occurs, and always what is past due: that there is nothing is an answer too."""
    numbers = Counter(item.chain.standing for item in within)
    return tuple(
        Count(
            standing.slug,
            standing.value,
            str(numbers[standing]),
            query.address(standings=(standing.slug,), only_past_due=False),
            query.asks_a_standing and query.takes(standing),
        )
        for standing in Standing
        if numbers[standing] or standing == Standing.PAST_DUE
    )


@dataclass(frozen=True, slots=True)
class Choice:
    slug: str
    name: str
    is_chosen: bool


@dataclass(frozen=True)
class Filters:
    """The choices of the form."""

    kinds: tuple[Choice, ...]
    municipalities: tuple[Choice, ...]
    standings: tuple[Choice, ...]
    only_past_due: bool
    day: str
    chosen: str  # what of the folded filters is in use
    made_for: str  # the day that the choices follow from: on the same one a swap leaves the form as it is

    @classmethod
    def of(cls, matrix: FollowUpMatrix) -> Filters:
        query = matrix.query
        day = query.moment.day.isoformat() if query.moment.day else ""
        folded = {"stand": query.standings, "datum": query.moment.day}
        return cls(
            tuple(Choice(slug, name, slug in query.kinds) for slug, name in KINDS.items()),
            tuple(Choice(c.slug, c.name, c.slug in query.municipalities) for c in matrix.choices),
            tuple(Choice(slug, standing.value, slug in query.standings) for slug, standing in STANDINGS.items()),
            query.only_past_due,
            day,
            dutch.listed([name for name, value in folded.items() if value]),
            day or "vandaag",
        )


def part_of(matrix: FollowUpMatrix, cut: slice) -> tuple[tuple[Column, ...], tuple[Block, ...]]:
    """Some of the columns, with all rows: what fits side by side on paper."""
    blocks = [
        replace(block, rows=tuple(replace(row, slots=row.slots[cut]) for row in block.rows)) for block in matrix.blocks
    ]
    return matrix.columns[cut], tuple(blocks)
