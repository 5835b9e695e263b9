"""Drawings: bars from zero, and an organisation in which nothing lies over anything else."""

import re
from base64 import b64decode
from itertools import combinations
from xml.etree import ElementTree

import pytest
from django.utils import timezone

from focusareas.organisation import bodies_as_json, organisations
from nplv_portal.lib.charts import (
    BAR_WIDTH,
    BOX_HEIGHT,
    BOX_WIDTH,
    Bar,
    BarChart,
    Box,
    DrawnLine,
    Line,
    OrganisationChart,
)

FOUR = ["Heerlen-Noord", "Lelystad Oost", "Arnhem-Oost", "Groningen-Noord"]


def bars(*values: float, full: float = 0) -> BarChart:
    drawn = tuple(Bar(f"Gebied {n}", f"{value:g}%", value, n == 0) for n, value in enumerate(values))
    return BarChart("In woorden.", drawn, full)


def widths(chart: BarChart) -> list[float]:
    return [float(drawn.width) for drawn in chart.drawn]


def shipped(area: str) -> OrganisationChart:
    found = {o.area: o for o in organisations((row["json"] for row in bodies_as_json(timezone.now())), [])}
    chart = found[area].chart
    assert chart
    return chart


def rectangle(line: DrawnLine) -> tuple[float, float, float, float]:
    badge = line.badge
    return float(badge["x"]), float(badge["y"]), float(badge["width"]), 20


def overlap(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    (x1, y1, w1, h1), (x2, y2, w2, h2) = one, other
    return x1 < x2 + w2 and x2 < x1 + w1 and y1 < y2 + h2 and y2 < y1 + h1


@pytest.mark.parametrize("values", [[10, 20, 40], [66.9, 76.8, 77.5, 78.6], [126_000, 230_000], [0.22, 0.16]])
def test_bars_are_as_long_as_their_values_from_zero(values: list[float]) -> None:
    lengths = widths(bars(*values))
    assert max(lengths) == BAR_WIDTH
    for value, length in zip(values, lengths, strict=True):
        assert length == pytest.approx(value / max(values) * BAR_WIDTH, abs=0.06)


@pytest.mark.parametrize("values", [[0], [0, 0], [0, 5]])
def test_a_value_of_zero_divides_nothing_and_is_a_mark_at_the_start(values: list[float]) -> None:
    assert widths(bars(*values))[0] == 1


@pytest.mark.parametrize("values", [[10, 20, 40], [66.9, 100], [0.5, 0]])
def test_of_a_whole_the_bars_take_their_share_of_the_width(values: list[float]) -> None:
    for value, length in zip(values, widths(bars(*values, full=100)), strict=True):
        assert length == pytest.approx(max(value / 100 * BAR_WIDTH, 1), abs=0.06)


def test_what_is_more_than_the_whole_still_fits() -> None:
    assert widths(bars(60, 120, full=100)) == [BAR_WIDTH / 2, BAR_WIDTH]


def test_no_bars_are_no_drawing_of_anything() -> None:
    chart = bars()
    assert (chart.drawn, chart.height) == ([], "0")
    assert "<text" not in chart.svg


def test_bars_stand_below_each_other_inside_the_drawing() -> None:
    chart = bars(1, 2, 3)
    tops = [float(drawn.bar_y) for drawn in chart.drawn]
    assert tops == sorted(set(tops))
    assert tops[-1] + 8 <= float(chart.height)


def test_the_drawing_names_every_value_and_area_in_text() -> None:
    chart = BarChart(
        "Werk: Noord 53% en Nederland 69%.", (Bar("Noord", "53%", 53, True), Bar("Nederland", "69%", 69, False))
    )
    root = ElementTree.fromstring(chart.svg)
    assert [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")] == [
        "Noord",
        "53%",
        "Nederland",
        "69%",
    ]
    assert (root.get("role"), root.get("aria-label")) == ("img", chart.text)


def test_text_in_a_drawing_of_bars_is_escaped() -> None:
    hostile = '<script>alert("1")</script>&'
    svg = BarChart(hostile, (Bar(hostile, hostile, 1, True),)).svg
    assert "<script" not in svg
    root = ElementTree.fromstring(svg)
    assert root.get("aria-label") == hostile
    assert [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")] == [hostile, hostile]


def test_the_drawing_for_paper_is_the_same_drawing() -> None:
    chart = bars(1, 2)
    head, _, body = chart.data_uri.partition(",")
    assert head == "data:image/svg+xml;base64"
    assert b64decode(body).decode() == chart.svg


@pytest.mark.django_db
@pytest.mark.parametrize("area", FOUR)
def test_no_two_numbers_in_the_organisation_overlap(area: str) -> None:
    lines = shipped(area).drawn_lines
    for one, other in combinations(lines, 2):
        assert not overlap(rectangle(one), rectangle(other)), (one.numbers, other.numbers)


@pytest.mark.django_db
@pytest.mark.parametrize("area", FOUR)
def test_no_number_covers_a_box(area: str) -> None:
    chart = shipped(area)
    for line in chart.drawn_lines:
        for box in chart.drawn_boxes:
            place = float(box.x), float(box.y), float(BOX_WIDTH), float(BOX_HEIGHT)
            assert not overlap(rectangle(line), place), (line.numbers, box.words)


@pytest.mark.django_db
@pytest.mark.parametrize("area", FOUR)
def test_every_box_and_number_lies_inside_the_drawing(area: str) -> None:
    chart = shipped(area)
    left, top, width, height = map(float, re.search(r'viewBox="([^"]+)"', chart.svg)[1].split())  # type: ignore[index]
    places = [(float(box.x), float(box.y), float(BOX_WIDTH), float(BOX_HEIGHT)) for box in chart.drawn_boxes]
    for x, y, w, h in [*places, *map(rectangle, chart.drawn_lines)]:
        assert left <= x
        assert x + w <= left + width
        assert top <= y
        assert y + h <= top + height


@pytest.mark.django_db
@pytest.mark.parametrize("area", FOUR)
def test_no_two_boxes_overlap_and_each_name_is_whole(area: str) -> None:
    chart = shipped(area)
    places = [(float(box.x), float(box.y), float(BOX_WIDTH), float(BOX_HEIGHT)) for box in chart.drawn_boxes]
    assert not any(overlap(one, other) for one, other in combinations(places, 2))
    for drawn, box in zip(chart.drawn_boxes, chart.boxes, strict=True):
        assert "".join(word.replace(" ", "") for *_, word in drawn.words) == box.name.replace(" ", "")


@pytest.mark.django_db
@pytest.mark.parametrize("area", FOUR)
def test_every_line_has_its_number_in_the_drawing(area: str) -> None:
    chart = shipped(area)
    numbers = [number for line in chart.drawn_lines for number in line.numbers.split(", ")]
    assert sorted(map(int, numbers)) == [line.number for line in chart.lines]
    shown = {e.text for e in ElementTree.fromstring(chart.svg).iter("{http://www.w3.org/2000/svg}text")}
    assert {line.numbers for line in chart.drawn_lines} <= shown


def test_lines_between_the_same_two_boxes_share_one_stroke() -> None:
    boxes = (Box("a", "Raad", 1, 1), Box("b", "College", 2, 1))
    chart = OrganisationChart(boxes, (Line(1, "a", "b"), Line(2, "b", "a"), Line(3, "a", "b")))
    assert [line.numbers for line in chart.drawn_lines] == ["1, 2, 3"]


def test_tiers_with_gaps_in_their_numbers_leave_no_empty_row() -> None:
    chart = OrganisationChart((Box("a", "Raad", 1, 2), Box("b", "College", 7, 1), Box("c", "Rijk", 1, 1)), ())
    assert [[box.key for box in row] for row in chart.rows] == [["c", "a"], ["b"]]
    assert chart.height == str(2 * BOX_HEIGHT + 64)


def test_text_in_a_drawing_of_the_organisation_is_escaped() -> None:
    boxes = (Box("a", "<b>Raad</b> & co", 1, 1), Box("b", "College", 2, 1))
    chart = OrganisationChart(boxes, (Line(1, "a", "b"),), 'Tekening "van" <alles>')
    root = ElementTree.fromstring(chart.svg)
    assert root.get("aria-label") == 'Tekening "van" <alles>'
    assert "<b>" not in chart.svg
    assert "<b>Raad</b> & co" in {e.text for e in root.iter("{http://www.w3.org/2000/svg}text")}
