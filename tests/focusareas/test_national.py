"""The national frame: plans with their measures, and measures with their parts."""

from datetime import UTC, datetime

import pytest
from django.test import Client
from django.utils import timezone

from focusareas.models import NationalElement
from focusareas.national import NationalFrame

pytestmark = pytest.mark.django_db


def frame() -> NationalFrame:
    return NationalFrame.as_of(timezone.now())


def test_the_plans_hold_the_nine_measures_in_the_order_of_figure_3() -> None:
    assert [(plan.name, len(plan.measures)) for plan in frame().plans] == [
        ("Actieplan woningen en wijken", 4),
        ("Actieplan veiligheid", 2),
        ("Actieplan meedoen", 3),
    ]


def test_a_part_stands_under_its_measure_and_nowhere_else() -> None:
    measures = [measure for plan in frame().plans for measure in plan.measures]
    with_parts = {measure.record: [part.order for part in measure.parts] for measure in measures if measure.parts}
    assert with_parts == {"nplv-maatregel-kansrijke-wijk": [1, 2, 3, 4, 5, 6]}
    assert all(measure.kind == "measure" for measure in measures)


def test_every_element_is_shown_in_one_place() -> None:
    found = frame()
    shown = [*found.goals, *found.action_lines, *found.commitments]
    for plan in found.plans:
        for measure in plan.measures:
            shown += [measure, *measure.parts]
    assert len(shown) == len(found.elements)
    assert {element.record for element in shown} == set(NationalElement.objects.values_list("record", flat=True))


def test_action_lines_stand_in_their_order() -> None:
    assert [line.action_line for line in frame().action_lines] == [1, 2, 3, 4]


def test_a_measure_keeps_each_position_of_the_focus_areas() -> None:
    counts = {measure.record: len(measure.positions) for plan in frame().plans for measure in plan.measures}
    assert counts.pop("nplv-maatregel-vhf") == 2
    assert set(counts.values()) == {1}


def test_a_measure_that_no_line_names_has_no_line() -> None:
    lines = {measure.record: measure.action_line for plan in frame().plans for measure in plan.measures}
    assert lines["nplv-maatregel-preventie-met-gezag"] == 4
    assert lines["nplv-maatregel-regio-deals"] is None


def test_a_reader_sees_every_measure_with_its_parts(visitor: Client) -> None:
    html = visitor.get("/programma/").content.decode()
    measure = html.partition('id="maatregel-nplv-maatregel-kansrijke-wijk"')[2].partition("</div></li>")[0]
    assert measure.count("<li><strong>") == 6
    assert html.count('id="maatregel-') == 9


def test_before_the_day_of_publication_there_is_no_frame(visitor: Client) -> None:
    before = NationalFrame.as_of(datetime(2025, 1, 1, tzinfo=UTC))
    assert (before.elements, before.plans, before.goals) == ([], [], [])
    assert "Op deze datum stond hier nog niets." in visitor.get("/programma/?op=2025-01-01").content.decode()
