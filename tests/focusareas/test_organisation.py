"""The alliance: a total only where every size is given, and lines only to what is there."""

import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.html import escape

from focusareas.organisation import (
    BodyBox,
    Organisation,
    bodies_as_json,
    goals_as_json,
    organisations,
    seats_as_json,
    themes,
)

pytestmark = pytest.mark.django_db
SOURCE = {"document": "Rapport", "document_kind": "rapport", "document_short": "", "document_slug": "S2", "place": "§4"}


def shipped() -> dict[str, Organisation]:
    now = timezone.now()
    found = organisations((row["json"] for row in bodies_as_json(now)), (row["json"] for row in seats_as_json(now)))
    return {organisation.area: organisation for organisation in found}


def a_body(record: str, to: list[str] | None = None, **fields: Any) -> dict[str, Any]:
    lines = [{"to": other, "words": "stuurt"} for other in to or []]
    known = {"area": "Noord", "record": record, "name": record.capitalize(), "tier": 1, "position": 1}
    return known | {"text": "Doet iets.", "relations": lines, "remark": ""} | SOURCE | fields


def a_seat(fte: float | None = None, **fields: Any) -> dict[str, Any]:
    texts = dict.fromkeys(["sector", "organisation", "represents", "remark"], "")
    return texts | {"body": "raad", "function": "lid", "fte": fte, "situation": None} | SOURCE | fields


def box(*seats: dict[str, Any], **fields: Any) -> BodyBox:
    return organisations([a_body("raad", **fields)], seats)[0].bodies[0]


@pytest.mark.parametrize(
    ("sizes", "total"),
    [([1, 0.5, 0.67], "2,17"), ([1, None], ""), ([None], ""), ([], ""), ([0.5, 0.5], "1"), ([0], "0")],
)
def test_there_is_a_total_only_where_every_size_is_given(sizes: list[float | None], total: str) -> None:
    assert box(*[a_seat(size) for size in sizes]).fte_total == total


def test_only_the_bureau_of_heerlen_has_a_total() -> None:
    totals = {body.record: body.fte_total for o in shipped().values() for body in o.bodies if body.fte_total}
    assert totals == {"heerlen-programmabureau": "7,77"}


def test_a_reader_sees_the_total_under_the_functions(visitor: Client) -> None:
    html = visitor.get("/gemeenten/heerlen/organisatie/").content.decode()
    assert html.count("<tfoot>") == 1
    assert "<strong>7,77 fte</strong>" in html


def test_a_line_to_a_body_that_is_not_public_is_left_out_and_the_numbers_go_on() -> None:
    found = organisations([a_body("raad", ["weg", "bureau"]), a_body("bureau", ["raad"])], [])
    assert [(r.number, r.to) for body in found[0].bodies for r in body.relations] == [(1, "Bureau"), (2, "Raad")]


def test_bodies_of_two_areas_are_two_organisations_that_each_count_from_one() -> None:
    north = [a_body("raad", ["bureau"]), a_body("bureau")]
    south = [a_body("kring", ["team"], area="Zuid"), a_body("team", ["raad"], area="Zuid")]
    found = organisations([*north, *south], [])
    assert [o.line_texts for o in found] == [[(1, "Raad – Bureau: stuurt")], [(1, "Kring – Team: stuurt")]]


def test_one_body_alone_is_not_drawn() -> None:
    [alone] = organisations([a_body("raad")], [])
    assert alone.chart is None


def test_the_drawing_has_every_body_and_every_line_in_words() -> None:
    for organisation in shipped().values():
        assert organisation.chart
        assert [drawn.key for drawn in organisation.chart.boxes] == [body.record for body in organisation.bodies]
        assert [line.number for line in organisation.chart.lines] == [number for number, _ in organisation.line_texts]


def test_a_reader_finds_the_number_of_each_line_in_the_list(visitor: Client) -> None:
    html = visitor.get("/gemeenten/heerlen/organisatie/").content.decode()
    words = html.partition('<ol class="lines">')[2].partition("</ol>")[0]
    texts = shipped()["Heerlen-Noord"].line_texts
    assert re.findall(r"<li>(.*?)</li>", words) == [escape(text) for _, text in texts]
    assert [number for number, _ in texts] == list(range(1, len(texts) + 1))
    assert "Programmabureau – Alliantiebestuur: legt verantwoording af aan" in [text for _, text in texts]


def test_seats_show_only_what_the_source_gives() -> None:
    found = box(a_seat(sector="Rijk"), a_seat(sector="Wonen", fte=None))
    assert found.seat_columns == [("sector", "Sector")]
    assert [cells for _, cells in found.seat_table] == [[("Sector", "Rijk")], [("Sector", "Wonen")]]


def test_a_seat_stands_with_its_own_body_only() -> None:
    for organisation in shipped().values():
        for body in organisation.bodies:
            assert {seat.body for seat in body.seats} <= {body.record}


def test_the_essence_is_the_first_sentence() -> None:
    assert box(text="Stuurt het bureau aan. Vergadert vaak.").essence == "Stuurt het bureau aan."
    assert box(text="Drie dingen: sturen, meten.").essence == "Drie dingen"


def test_the_situation_is_the_day_of_the_source() -> None:
    assert box(a_seat(), a_seat(situation="2023-09")).situation == "september 2023"
    assert box(a_seat()).situation == ""


def test_the_size_of_a_function_is_written_with_a_comma() -> None:
    seats = box(a_seat(0.67), a_seat(None)).seats
    assert [(seat.fte, seat.fte_text) for seat in seats] == [(Decimal("0.67"), "0,67"), (None, "")]


def test_goals_and_kpis_stand_under_their_theme() -> None:
    found = themes(row["json"] for row in goals_as_json(timezone.now()))
    assert [(theme.slug, len(theme.goals), len(theme.kpis)) for theme in found] == [
        ("talentontwikkeling", 3, 1),
        ("werk-en-bestaanszekerheid", 2, 3),
        ("gezondheid-en-leefomgeving", 4, 3),
        ("leefbaarheid-en-veiligheid", 3, 2),
    ]
    assert all(goal.kind == "goal" for theme in found for goal in theme.goals)
