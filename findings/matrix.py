"""The comparison matrix as a read model: one view of `/vergelijking/`, for the page and every export of it."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef
from django.db.models.functions import JSONObject
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import localdate

from findings.models import Absence, FindingCitation, FindingVersion, Participation, RoundAspect, State
from findings.query import STATE_PATHS, MatrixQuery, in_words
from focusareas.models import FocusArea
from nplv_portal.lib import dutch
from nplv_portal.lib.moments import Moment
from nplv_portal.sources.citations import REFERENCE_AS_JSON, Reference, reference


class Authors(StrEnum):
    """Who wrote findings and chose their states: whom a reader is told that it was."""

    EDITORS = "editors"  # of the portal; no audit office confirmed it
    OFFICES = "offices"
    BOTH = "both"  # then each finding of the editors says so

    @classmethod
    def of(cls, cells: Iterable[Cell]) -> Authors:
        found = {cell.is_confirmed for cell in cells if cell.is_finding}
        return cls.BOTH if len(found) > 1 else cls.OFFICES if True in found else cls.EDITORS


LABELS = {choice.value: str(choice.label) for choice in [*State, *Absence]}


@dataclass(frozen=True, slots=True)
class Cell:
    """One finding as published, or the reason why there is none (`absence`)."""

    area: str
    municipality: str
    slug: str = ""
    headline: str = ""
    text: str = ""
    state: str = ""
    absence: str = ""
    remark: str = ""
    sources: tuple[Reference, ...] = ()
    published_on: date | None = None
    is_confirmed: bool = False  # entered by an audit office, not by the editors of the portal
    erratum: str = ""  # what was put right in this version
    before: Cell | None = None  # the same aspect here in the previous round, where that is asked for

    @property
    def label(self) -> str:
        return LABELS.get(self.absence or self.state, "")

    @property
    def says(self) -> tuple[str, str, str, str]:
        """What makes two cells say the same."""
        return self.headline, self.text, self.state, self.absence

    @property
    def is_finding(self) -> bool:
        return bool(self.headline)

    @property
    def is_gap(self) -> bool:
        """Not arranged, or not yet: a council may want to know how others do it."""
        return self.state in {State.NOT_IN_PLACE, State.DEVELOPING}

    @property
    def corrected(self) -> str:
        """ "Erratum, 3 maart 2026"."""
        return f"Erratum, {date_format(self.published_on, 'j F Y')}" if self.published_on else "Erratum"

    @property
    def note(self) -> str:
        """What stands beside the text, for a foot note."""
        return " ".join(filter(None, [self.remark, f"{self.corrected}: {self.erratum}" if self.erratum else ""]))

    @property
    def written_by(self) -> str:
        """For a cell of a spreadsheet."""
        if not self.is_finding:
            return ""
        return "rekenkamer" if self.is_confirmed else "redactie van het portaal, nog niet bevestigd door de rekenkamer"

    @property
    def source_kinds(self) -> str:
        return dutch.listed(list(dict.fromkeys(dutch.capitalised(source.kind) for source in self.sources)))


Cells = Mapping[tuple[str, str], Cell]  # by aspect and area


@dataclass(frozen=True, slots=True)
class Column:
    area: str
    area_name: str
    municipality: str
    name: str
    office: str = ""
    takes_part: bool = False
    shares_municipality: bool = False

    @property
    def label(self) -> str:
        return f"{self.name} ({self.area_name})" if self.shares_municipality else self.name


@dataclass(frozen=True, slots=True)
class Row:
    aspect: str
    title: str
    wording: str
    question: str
    not_comparable: str
    cells: tuple[Cell, ...]
    is_full: bool = False

    @property
    def same(self) -> Cell | None:
        """The one thing that all columns say, if they do."""
        is_same = len(self.cells) > 1 and self.cells[0].is_finding and len({cell.says for cell in self.cells}) == 1
        is_same = is_same and not any(cell.before for cell in self.cells)
        return self.cells[0] if is_same else None

    @property
    def same_label(self) -> str:
        return f"{dutch.all_of(len(self.cells))} gelijk"


@dataclass(frozen=True, slots=True)
class Role:
    slug: str
    name: str
    short_name: str
    question: str
    aspect_count: int
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class Round:
    slug: str
    name: str
    short_name: str
    published_at: datetime | None  # since when all that was found is public, so that what is empty was not examined
    roles: tuple[Role, ...]  # rows hold no cells yet

    def is_published(self, moment: datetime) -> bool:
        return self.published_at is not None and self.published_at <= moment


@dataclass(frozen=True, slots=True)
class Area:
    slug: str
    name: str
    municipality: str
    municipality_name: str
    shares_municipality: bool
    rounds: Mapping[str, tuple[int, str]] = field(hash=False)  # round slug: order of the column, name of the office


@dataclass(frozen=True)
class Matrix:
    query: MatrixQuery
    round: Round | None
    opening: Round | None  # the round of an address that names none
    begun: Round | None  # a later one, of which the first findings are public; for who reads the opening one
    previous: Round | None  # the one before it
    rounds: tuple[Round, ...]
    roles: tuple[Role, ...]
    columns: tuple[Column, ...]
    choices: tuple[Column, ...]  # every area one may choose as a column
    notices: tuple[str, ...]
    published_on: date | None

    @classmethod
    def of(cls, query: MatrixQuery, *, revision: int) -> Matrix:
        rounds, areas = rounds_of(revision), areas_of(revision)
        query, notices = query.checked(rounds, areas)
        if not rounds:
            return cls(query, None, None, None, None, (), (), (), (), notices, None)
        asked = rounds_with(query.municipalities, rounds, areas) or rounds
        opening = opening_round(asked, areas, revision, query.moment)
        round_ = next((r for r in rounds if r.slug == query.round), opening)
        later = asked[: asked.index(round_)] if round_ == opening else ()
        begun = next((r for r in later if published_cells(revision, r.slug, query.moment.past)), None)
        previous = next(iter(rounds[rounds.index(round_) + 1 :]), None)
        choices = columns_of(round_, areas)
        columns = chosen(choices, query)
        if query.shown not in {column.area for column in columns[1:]}:
            query = replace(query, shown="")  # the first is shown anyway
        cells = published_cells(revision, round_.slug, query.moment.past)
        before: Cells = {}
        if query.with_previous and previous:
            before = published_cells(revision, previous.slug, query.moment.past)
        empty = [why_empty(round_, column, query.moment.at) for column in columns]
        narrow = (narrowed(role, columns, cells, before, empty, query) for role in round_.roles)
        roles = tuple(role for role in narrow if role.rows)
        shown = [cell.published_on for role in roles for row in role.rows for cell in row.cells if cell.published_on]
        last = max(shown, default=None)
        return cls(query, round_, opening, begun, previous, rounds, roles, columns, choices, notices, last)

    @property
    def begun_address(self) -> str:
        return self.query.address(round=self.begun.slug) if self.begun else ""

    @property
    def authors(self) -> Authors:
        return Authors.of(cell for row in self.rows for cell in row.cells)

    @property
    def rows(self) -> list[Row]:
        return [row for role in self.roles for row in role.rows]

    @property
    def shown(self) -> int:
        """Which column a phone shows."""
        return next((i for i, column in enumerate(self.columns) if column.area == self.query.shown), 0)

    @property
    def municipality_count(self) -> int:
        return len({column.municipality for column in self.columns})

    @property
    def title(self) -> str:
        """ "Vier gemeenten naast elkaar", with how many areas where that is another number."""
        if self.municipality_count == 1:
            return self.columns[0].name
        places, areas = self.municipality_count, len(self.columns)
        areas_told = f" ({areas} gebieden)" if areas > places else ""
        return dutch.capitalised(f"{dutch.number(places)} gemeenten{areas_told} naast elkaar")

    @property
    def chosen(self) -> str:
        """The filters in words."""
        query, roles = self.query, self.round.roles if self.round else ()
        places = {column.municipality: column.name for column in self.choices}
        return in_words(
            {
                "rol": [role.name.lower() for role in roles if role.slug in query.roles],
                "aspect": [row.title for role in roles for row in role.rows if row.aspect in query.aspects],
                "gemeente": [places[slug] for slug in query.municipalities],
                "stand": [LABELS.get(STATE_PATHS[state], "geen stand") for state in query.states],
                "tekst": [f"“{query.text}”"] if query.text else [],
                "rijen": ["alleen verschillen"] if query.only_differences else [],
            }
        )

    @property
    def aspect_total(self) -> int:
        return sum(role.aspect_count for role in self.round.roles) if self.round else 0

    @property
    def published_text(self) -> str:
        return date_format(self.published_on, "j F Y") if self.published_on else ""

    @property
    def summary(self) -> str:
        """ "6 van 13 aspecten · 4 van 4 gemeenten · stand van 30 januari 2025" """
        taking_part = {column.municipality for column in self.choices if column.takes_part}
        shown = {column.municipality for column in self.columns}
        parts = [
            f"{len(self.rows)} van {self.aspect_total} aspecten",
            f"{len(shown & taking_part)} van {len(taking_part)} gemeenten",
        ]
        if absent := len(shown - taking_part):
            parts.append(f"{dutch.number(absent)} {'doet' if absent == 1 else 'doen'} niet mee")
        if self.published_text:
            parts.append(f"stand van {self.published_text}")
        if self.query.moment.day:
            parts.append(f"zoals te lezen op {self.query.moment.text}")
        return " · ".join(parts)


@lru_cache(maxsize=4)
def rounds_of(revision: int) -> tuple[Round, ...]:
    """Rounds that have aspects, the latest first, with their roles and rows. The revision is what keeps this fresh."""
    found: dict[Any, dict[Any, list[RoundAspect]]] = defaultdict(lambda: defaultdict(list))
    for entry in RoundAspect.objects.select_related("round", "aspect__role").order_by("-round__number", "order"):
        found[entry.round][entry.aspect.role].append(entry)
    return tuple(
        Round(
            round_.slug,
            round_.name,
            round_.short_name,
            round_.published_at,
            tuple(
                Role(
                    role.slug,
                    role.name,
                    role.short_name,
                    role.question,
                    len(entries),
                    tuple(
                        Row(
                            entry.aspect.slug,
                            entry.short_wording,
                            entry.wording,
                            entry.question,
                            entry.comparable_note if entry.comparable == RoundAspect.Comparable.NO else "",
                            (),
                        )
                        for entry in entries
                    ),
                )
                for role, entries in sorted(roles.items(), key=lambda item: item[0].order)
            ),
        )
        for round_, roles in found.items()
    )


@lru_cache(maxsize=4)
def areas_of(revision: int) -> tuple[Area, ...]:
    """All focus areas in their own order, with the rounds they take part in."""
    areas = FocusArea.objects.select_related("municipality").annotate(
        rounds=ArraySubquery(
            Participation.objects.filter(focus_area=OuterRef("pk")).values(
                json=JSONObject(round="round__slug", order="order", office="audit_office__name")
            )
        )
    )
    per_municipality: dict[int, int] = defaultdict(int)
    for area in areas:
        per_municipality[area.municipality_id] += 1
    return tuple(
        Area(
            area.slug,
            area.name,
            area.municipality.slug,
            area.municipality.name,
            per_municipality[area.municipality_id] > 1,
            {entry["round"]: (entry["order"], entry["office"]) for entry in area.rounds},
        )
        for area in areas
    )


def rounds_with(municipalities: Iterable[str], rounds: tuple[Round, ...], areas: Iterable[Area]) -> tuple[Round, ...]:
    """Those in which one of these takes part."""
    slugs = {slug for area in areas if area.municipality in municipalities for slug in area.rounds}
    return tuple(round_ for round_ in rounds if round_.slug in slugs)


def opening_round(rounds: tuple[Round, ...], areas: Iterable[Area], revision: int, moment: Moment) -> Round:
    """The last round that is public, or of which most cells are. One that has only begun is there to choose."""

    def cell_count(round_: Round) -> int:
        return sum(role.aspect_count for role in round_.roles) * sum(round_.slug in area.rounds for area in areas)

    begun = None
    for round_ in rounds:
        public = len(published_cells(revision, round_.slug, moment.past))
        if public and (round_.is_published(moment.at) or 2 * public > cell_count(round_)):
            return round_
        begun = begun or (round_ if public else None)
    return begun or rounds[0]


def columns_of(round_: Round, areas: Iterable[Area]) -> tuple[Column, ...]:
    """Those who take part in their order, then the others."""
    ordered = sorted(areas, key=lambda area: (round_.slug not in area.rounds, area.rounds.get(round_.slug, (0,))[0]))
    return tuple(
        Column(
            area.slug,
            area.name,
            area.municipality,
            area.municipality_name,
            area.rounds.get(round_.slug, (0, ""))[1],
            round_.slug in area.rounds,
            area.shares_municipality,
        )
        for area in ordered
    )


def chosen(choices: tuple[Column, ...], query: MatrixQuery) -> tuple[Column, ...]:
    if query.municipalities:
        return tuple(column for column in choices if column.municipality in query.municipalities)
    return tuple(column for column in choices if column.takes_part)


def narrowed(
    role: Role, columns: tuple[Column, ...], cells: Cells, before: Cells, empty: list[Cell], query: MatrixQuery
) -> Role:
    """The role with the rows, cells filled in, that the filters leave; each with what stood there `before`.

    `empty`: for each column the cell of which nothing is public.
    """
    if query.roles and role.slug not in query.roles:
        return replace(role, rows=())
    rows = []
    for row in role.rows:
        if query.aspects and row.aspect not in query.aspects:
            continue
        filled = tuple(
            cells.get((row.aspect, column.area)) or nothing for column, nothing in zip(columns, empty, strict=True)
        )
        if before:
            filled = tuple(replace(cell, before=before.get((row.aspect, cell.area))) for cell in filled)
        shown = replace(row, cells=filled, is_full=query.is_full or row.aspect in query.opened)
        if matches(shown, query):
            rows.append(shown)
    return replace(role, rows=tuple(rows))


def why_empty(round_: Round, column: Column, moment: datetime) -> Cell:
    """The cell of which nothing is public."""
    absence = Absence.NOT_EXAMINED if round_.is_published(moment) else Absence.NOT_PUBLISHED
    if not column.takes_part:
        absence = Absence.NOT_TAKING_PART
    return Cell(column.area, column.municipality, absence=absence.value)


def matches(row: Row, query: MatrixQuery) -> bool:
    if query.only_differences and row.same:
        return False
    if query.states and not any(cell.is_finding and cell.state in query.state_values for cell in row.cells):
        return False
    return not query.text or any(plain(query.text) in plain(text) for text in searched(row))


def searched(row: Row) -> Iterable[str]:
    yield from (row.title, row.wording, row.question)
    for cell in row.cells:
        yield from (cell.headline, cell.text)


def plain(text: str) -> str:
    """Without capitals and accents, as people type when they search."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))


@lru_cache(maxsize=16)
def published_cells(revision: int, round_slug: str, past: datetime | None) -> dict[tuple[str, str], Cell]:
    """(aspect, area) → what the public could read then, or now, in one query. The revision keeps this fresh."""
    found = cells_of(past or timezone.now(), record__round_aspect__round__slug=round_slug)
    return {(aspect, cell.area): cell for _, aspect, cell in found}


def cells_of(moment: datetime, **where: object) -> Iterable[tuple[str, str, Cell]]:
    """(round, aspect, cell) of every finding that was public at that moment, or had been withdrawn by then.

    What was withdrawn comes first, so that a later version of the same cell takes its place.
    """
    sources = FindingCitation.objects.filter(version=OuterRef("pk")).order_by("pk").values(json=REFERENCE_AS_JSON)
    versions = (
        FindingVersion.objects.as_of_or_withdrawn(moment)
        .filter(**where)
        .values_list(
            "record__round_aspect__round__slug",
            "record__round_aspect__aspect__slug",
            "record__focus_area__slug",
            "record__focus_area__municipality__slug",
            "record__slug",
            "headline",
            "text",
            "state",
            "absence",
            "remark",
            ArraySubquery(sources),
            F("public_during__startswith"),
            "approved_by",
            "erratum",
            "is_gone",
        )
    )
    for (
        round_,
        aspect,
        area,
        municipality,
        slug,
        headline,
        text,
        state,
        absence,
        remark,
        cited,
        since,
        approver,
        erratum,
        is_gone,
    ) in versions:
        if is_gone:
            yield round_, aspect, Cell(area, municipality, slug, absence=Absence.WITHDRAWN.value)
            continue
        yield (
            round_,
            aspect,
            Cell(
                area,
                municipality,
                slug,
                headline,
                text,
                state,
                absence,
                remark,
                tuple(reference(entry) for entry in cited),
                localdate(since),
                approver is not None,
                erratum,
            ),
        )
