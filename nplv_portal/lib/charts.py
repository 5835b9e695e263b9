"""Drawings for pages and PDFs alike: where everything stands is worked out here, what it looks like is in templates.

A drawing never says more than the text beside it, and names every value: no colour carries a meaning of its own.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from textwrap import wrap

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

WIDTH, BAR_ROW, BAR_WIDTH = 320, 42, 320
TITLE_LINE, TITLE_LINES, TITLE_WIDTH = 20, 2, 42  # pixels, lines, characters
BOX_WIDTH, BOX_HEIGHT, BOX_GAP, TIER_GAP = 208, 64, 36, 64
BETWEEN_TIERS = BOX_HEIGHT + TIER_GAP
BOX_CHARACTERS = 27
Point = tuple[float, float]


@dataclass(frozen=True)
class Bar:
    label: str
    printed: str
    value: float
    is_ours: bool  # of the area that the page is about


@dataclass(frozen=True)
class DrawnBar:
    bar: Bar
    label_y: str
    bar_y: str
    width: str


@dataclass(frozen=True)
class BarChart:
    """Bars from zero, one below the other. `text` says the same in words."""

    text: str
    bars: tuple[Bar, ...]
    full: float = 0  # what the whole width stands for; by default the longest bar
    title: str = ""  # drawn in the picture itself: on paper, where words beside a picture are painted before it

    @property
    def width(self) -> str:
        return str(WIDTH)

    @property
    def top(self) -> int:
        return TITLE_LINE * TITLE_LINES + 6 if self.title else 0

    @property
    def height(self) -> str:
        return str(self.top + BAR_ROW * len(self.bars))

    @property
    def title_lines(self) -> list[tuple[str, str]]:
        """(y, words)."""
        lines = wrap(self.title, TITLE_WIDTH, max_lines=TITLE_LINES, placeholder=" …")
        return [(str(TITLE_LINE * number + 16), words) for number, words in enumerate(lines)]

    @property
    def drawn(self) -> list[DrawnBar]:
        longest = max([self.full, *(bar.value for bar in self.bars)]) or 1
        return [
            DrawnBar(
                bar,
                str(self.top + BAR_ROW * place + 16),
                str(self.top + BAR_ROW * place + 22),
                f"{max(bar.value / longest * BAR_WIDTH, 1):.1f}",
            )
            for place, bar in enumerate(self.bars)
        ]

    @property
    def svg(self) -> SafeString:
        return render_to_string("charts/bars.svg", {"chart": self})

    @property
    def data_uri(self) -> str:
        return data_uri(self.svg)


@dataclass(frozen=True)
class Box:
    key: str
    name: str
    tier: int
    position: int


@dataclass(frozen=True)
class Line:
    """From one box to another. The number leads to the words."""

    number: int
    start: str
    end: str


@dataclass(frozen=True)
class DrawnBox:
    x: str
    y: str
    words: list[tuple[str, str, str]]  # x, y, text


@dataclass(frozen=True)
class DrawnLine:
    path: str
    x: float  # the middle of its numbers
    y: float
    width: float
    numbers: str

    @property
    def badge(self) -> dict[str, str]:
        return {
            "x": f"{self.x - self.width / 2:.1f}",
            "y": f"{self.y - 10:.1f}",
            "width": f"{self.width:g}",
            "text_x": f"{self.x:.1f}",
            "text_y": f"{self.y + 5:.1f}",
        }


@dataclass(frozen=True)
class OrganisationChart:
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    text: str = "Tekening van de organisatie. De organen en de genummerde lijnen staan hieronder in woorden."

    @property
    def rows(self) -> list[list[Box]]:
        tiers = sorted({box.tier for box in self.boxes})
        return [sorted((b for b in self.boxes if b.tier == tier), key=lambda b: b.position) for tier in tiers]

    @property
    def size(self) -> tuple[int, int]:
        widest = max(len(row) for row in self.rows)
        return row_width(max(widest, 3)), len(self.rows) * BETWEEN_TIERS - TIER_GAP

    @property
    def width(self) -> str:
        return str(self.size[0])

    @property
    def height(self) -> str:
        return str(self.size[1])

    @property
    def places(self) -> dict[str, Point]:
        """Key → the middle of the box."""
        return {
            box.key: (
                (self.size[0] - row_width(len(row))) / 2 + place * (BOX_WIDTH + BOX_GAP) + BOX_WIDTH / 2,
                tier * BETWEEN_TIERS + BOX_HEIGHT / 2,
            )
            for tier, row in enumerate(self.rows)
            for place, box in enumerate(row)
        }

    @property
    def drawn_boxes(self) -> list[DrawnBox]:
        places = self.places
        drawn = []
        for box in self.boxes:
            x, y = places[box.key]
            lines = wrap(box.name, BOX_CHARACTERS)[:3]
            top = y - (len(lines) - 1) * 9 + 5
            words = [(f"{x:g}", f"{top + 18 * n:g}", line) for n, line in enumerate(lines)]
            drawn.append(DrawnBox(f"{x - BOX_WIDTH / 2:g}", f"{y - BOX_HEIGHT / 2:g}", words))
        return drawn

    @property
    def drawn_lines(self) -> list[DrawnLine]:
        """One line for each pair of boxes, with the numbers of all that it stands for."""
        places = self.places
        numbers: dict[tuple[str, str], list[str]] = {}
        for line in self.lines:
            pair = (line.start, line.end)
            numbers.setdefault(pair if pair in numbers or pair[::-1] not in numbers else pair[::-1], []).append(
                str(line.number)
            )
        drawn: list[DrawnLine] = []
        for (start, end), found in numbers.items():
            drawn.append(drawn_line(places[start], places[end], ", ".join(found), drawn))
        return drawn

    @property
    def svg(self) -> SafeString:
        return render_to_string("charts/organisation.svg", {"chart": self})

    @property
    def data_uri(self) -> str:
        return data_uri(self.svg)


def row_width(boxes: int) -> int:
    return boxes * (BOX_WIDTH + BOX_GAP) - BOX_GAP


def drawn_line(start: Point, end: Point, numbers: str, earlier: list[DrawnLine]) -> DrawnLine:
    """A line between two boxes, with its numbers where no earlier ones stand.

    Straight between neighbours; around what stands in between where the boxes are further apart.
    """
    (x1, y1), (x2, y2) = sorted((start, end), key=lambda place: (place[1], place[0]))
    bend: Point | None = None
    if y1 == y2 and x2 - x1 > BOX_WIDTH + BOX_GAP:
        bend = (x1 + x2) / 2, y1 + BETWEEN_TIERS * 1.15
    elif y2 - y1 > BETWEEN_TIERS and abs(x1 - x2) < BOX_WIDTH / 2:
        bend = max(x1, x2) + BOX_WIDTH + BOX_GAP, (y1 + y2) / 2
    path = f"Q{bend[0]:g} {bend[1]:g} {x2:g} {y2:g}" if bend else f"L{x2:g} {y2:g}"
    width = 12 + 7 * len(numbers)
    x, y = free_place([along((x1, y1), (x2, y2), bend, share) for share in SHARES], width, earlier)
    return DrawnLine(f"M{x1:g} {y1:g}{path}", x, y, width, numbers)


# How far along a line its numbers may stand, in twentieths, the best place first.
SHARES = [part / 20 for part in (10, 9, 11, 8, 12, 7, 13, 6, 14, 5, 15, 4, 16)]


def along(start: Point, end: Point, bend: Point | None, share: float) -> Point:
    (x1, y1), (x2, y2), rest = start, end, 1 - share
    if bend is None:
        return rest * x1 + share * x2, rest * y1 + share * y2
    return (
        rest * rest * x1 + 2 * rest * share * bend[0] + share * share * x2,
        rest * rest * y1 + 2 * rest * share * bend[1] + share * share * y2,
    )


def free_place(places: list[Point], width: float, earlier: list[DrawnLine]) -> Point:
    """The first place between the tiers, or beside the boxes, that keeps clear of the numbers of other lines."""
    for x, y in places:
        within_tier = y % BETWEEN_TIERS
        is_clear = BOX_HEIGHT + 11 < within_tier < BETWEEN_TIERS - 11
        if is_clear and all(abs(x - o.x) > (width + o.width) / 2 + 3 or abs(y - o.y) > 23 for o in earlier):
            return x, y
    return places[0]


def data_uri(svg: str) -> str:
    return f"data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}"
