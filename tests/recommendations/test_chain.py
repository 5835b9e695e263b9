"""What follows from the events of one recommendation in one municipality, on any day."""

from dataclasses import replace
from datetime import date

import pytest

from recommendations.chain import Chain, Standing, a_year_after, latest_day
from recommendations.models import Outcome, Step
from recommendations.published import Action

EMPTY = Action(0, "heerlen", "Heerlen", "rol", "reported", "", "raad", "", "", "", "", "", "", None, "x", "", "", False)


def event(step: Step, outcome: str = "", on: str = "", due: str = "", id: int = 1) -> Action:
    return replace(EMPTY, step=step, outcome=outcome, happened=on, happened_iso=on, due_on=due, id=id)


def chain(*events: Action, today: str = "2026-06-01") -> Chain:
    return Chain.of(events, "30 januari 2025", date.fromisoformat(today))


DECIDED = event(Step.DECISION, Outcome.ADOPTED, "2025-06-01")


def test_without_a_decision_nothing_is_ever_late() -> None:
    found = chain(event(Step.REPORTED), today="2045-01-01")
    assert (found.standing, found.deadline, found.days_past_due) == (Standing.NO_DECISION, None, 0)


@pytest.mark.parametrize(
    ("today", "standing"),
    [("2026-06-01", Standing.RUNNING), ("2026-06-02", Standing.PAST_DUE)],
)
def test_the_year_runs_from_the_decision_of_that_council(today: str, standing: Standing) -> None:
    assert chain(DECIDED, today=today).standing == standing


@pytest.mark.parametrize("outcome", [Outcome.REJECTED, Outcome.POSTPONED])
def test_what_a_council_did_not_take_over_has_no_deadline(outcome: Outcome) -> None:
    assert chain(event(Step.DECISION, outcome, "2020-01-01")).deadline is None


def test_an_extension_adds_a_date_and_the_first_one_stays() -> None:
    found = chain(DECIDED, event(Step.EXTENSION, on="2026-05-01", due="2026-12-31"))
    assert found.first_deadline == date(2026, 6, 1)
    assert found.deadline == date(2026, 12, 31)
    assert (
        chain(DECIDED, event(Step.EXTENSION, on="2026-05-01", due="2026-12-31"), today="2027-01-01").days_past_due == 1
    )


def test_a_new_decision_starts_a_new_year() -> None:
    found = chain(
        event(Step.DECISION, Outcome.POSTPONED, "2025-03-01"),
        DECIDED,
        event(Step.EXTENSION, on="2025-01-01", due="2030-01-01"),
    )
    assert found.deadline == date(2026, 6, 1)


def test_what_the_municipality_reports_is_not_what_the_office_established() -> None:
    done = event(Step.REPORTED, Outcome.DONE, "2026-01-01", id=2)
    assert chain(DECIDED, done).told == "afgerond volgens de gemeente, nog niet vastgesteld"
    partly = event(Step.ESTABLISHED, Outcome.PARTLY_FOLLOWED, "2026-02-01", id=3)
    assert chain(DECIDED, done, partly).standing == Standing.RUNNING
    assert (
        chain(DECIDED, done, event(Step.ESTABLISHED, Outcome.FOLLOWED, "2026-02-01")).standing == Standing.ESTABLISHED
    )


def test_closed_without_being_carried_out_is_an_end_too() -> None:
    closed = event(Step.CLOSED, Outcome.NOT_IMPLEMENTED, "2026-02-01")
    found = chain(DECIDED, closed, today="2030-01-01")
    assert (found.standing, found.told) == (Standing.CLOSED, "afgesloten: niet uitgevoerd")


def test_events_count_in_the_order_in_which_they_happened_not_in_which_they_were_entered() -> None:
    later = event(Step.DECISION, Outcome.REJECTED, "2024-01-01", id=9)
    assert chain(DECIDED, later).standing == Standing.RUNNING


@pytest.mark.parametrize(
    ("iso", "day"), [("2024", (2024, 12, 31)), ("2024-02", (2024, 2, 29)), ("2024-02-03", (2024, 2, 3))]
)
def test_a_vague_date_counts_as_its_last_day(iso: str, day: tuple[int, int, int]) -> None:
    assert latest_day(iso) == date(*day)


def test_a_year_after_a_leap_day_is_the_last_of_february() -> None:
    assert a_year_after(date(2028, 2, 29)) == date(2029, 2, 28)


@pytest.mark.parametrize(
    ("step", "outcome", "name"),
    [
        (Step.POSITION, Outcome.NO_RESPONSE, "Standpunt college"),
        (Step.DECISION, Outcome.POSTPONED, "Besluit raad"),
        (Step.ESTABLISHED, Outcome.UNCLEAR, "Vastgesteld"),
    ],
)
def test_a_station_at_which_nothing_was_decided_is_open(step: Step, outcome: Outcome, name: str) -> None:
    (station,) = (s for s in chain(event(step, outcome)).stations if s.name == name)
    assert station.what.startswith(str(outcome.label))
    assert not station.is_reached


def test_a_promise_is_no_report_and_the_line_names_it() -> None:
    (station,) = (s for s in chain(event(Step.COMMITMENT)).stations if s.name == "Gemeld")
    assert (station.what or station.unknown, station.is_reached) == ("alleen een toezegging", False)
    (station,) = (s for s in chain(event(Step.COMMITMENT), event(Step.REPORTED)).stations if s.name == "Gemeld")
    assert station.is_reached


def test_the_line_says_what_is_not_known() -> None:
    stations = chain(DECIDED).stations
    assert [(s.name, s.what or s.unknown) for s in stations] == [
        ("Aanbevolen", "30 januari 2025"),
        ("Standpunt college", "niet bekend"),
        ("Besluit raad", "overgenomen, 2025-06-01"),
        ("Gemeld", "niets"),
        ("Vastgesteld", "nog niet"),
    ]


def test_a_promise_without_a_term_says_so() -> None:
    assert event(Step.COMMITMENT, on="16 mei 2024").heading == "Toezegging (zonder termijn), 16 mei 2024"
