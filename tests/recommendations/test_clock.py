"""The clock of a recommendation: odd days, the order of what happened, and what stays true whatever happens."""

import json
import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.http import QueryDict
from django.test import Client
from django.utils.formats import date_format
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from icalendar import Calendar
from openpyxl import load_workbook

from nplv_portal.lib.moments import Moment
from recommendations.chain import TAKEN_OVER, Standing, a_year_after, latest_day
from recommendations.matrix import FollowUpMatrix
from recommendations.models import OUTCOMES, FollowUpEvent, Outcome, Step
from recommendations.published import advice_as_of
from recommendations.query import FollowUpQuery
from tests.conftest import forget_pages
from tests.recommendations.test_chain import chain, event
from tests.recommendations.test_pages import page, text_of, told

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


# Odd days


@pytest.mark.parametrize(
    ("decided", "deadline"),
    [
        ("2024-02-29", "2025-02-28"),
        ("2023-02-28", "2024-02-28"),
        ("2024-02", "2025-02-28"),
        ("2023-02", "2024-02-28"),
        ("2027-03-01", "2028-03-01"),
        ("2023-12-31", "2024-12-31"),
        ("2024-12", "2025-12-31"),
        ("2024", "2025-12-31"),
        ("2025-03-30", "2026-03-30"),  # summer time begins
        ("2025-10-26", "2026-10-26"),  # and ends
        ("2037-01-19", "2038-01-19"),  # the last day of 32 bits
        ("2045-06-30", "2046-06-30"),
        ("2099-02-28", "2100-02-28"),
    ],
)
def test_the_last_day_of_the_term_is_in_time_and_the_day_after_is_late(decided: str, deadline: str) -> None:
    taken, day = event(Step.DECISION, Outcome.ADOPTED, decided), date.fromisoformat(deadline)
    last, after = chain(taken, today=deadline), chain(taken, today=(day + timedelta(days=1)).isoformat())
    assert (last.deadline, last.standing, last.days_left, last.days_past_due) == (day, Standing.RUNNING, 0, 0)
    assert (after.deadline, after.standing, after.days_left, after.days_past_due) == (day, Standing.PAST_DUE, None, 1)
    assert last.told == f"loopt tot en met {date_format(day, 'j F Y')}"


@pytest.mark.parametrize("year", [2024, 2025, 2028, 2100])
def test_every_day_of_a_year_has_a_day_a_year_later_and_they_never_go_back(year: int) -> None:
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(366)]
    deadlines = [a_year_after(day) for day in days]
    assert deadlines == sorted(deadlines)
    assert {(later - day).days for day, later in zip(days, deadlines, strict=True)} <= {365, 366}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM)


def standing_at(instant: datetime, place: str = "heerlen") -> tuple[Standing, date | None]:
    found = FollowUpMatrix.of(FollowUpQuery(Moment(instant), municipalities=(place,), kinds=("overkoepelend",)))
    item = next(item for item in found.items if item.advice.slug == "rol")
    return item.chain.standing, item.chain.deadline


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("evening", "after_midnight"),
    [
        ("2025-03-29 23:30", "2025-03-30 00:30"),  # the night in which summer time begins
        ("2025-03-30 23:30", "2025-03-31 00:30"),
        ("2025-10-25 23:30", "2025-10-26 00:30"),  # and ends
        ("2025-10-26 23:30", "2025-10-27 00:30"),
        ("2025-12-31 23:30", "2026-01-01 00:30"),
    ],
)
def test_a_day_ends_at_midnight_in_amsterdam(visitor: Client, evening: str, after_midnight: str) -> None:
    """In Greenwich both are the same day, or both are not."""
    first, second = evening[:10], after_midnight[:10]
    told("decision", "adopted", first, entered=evening)
    told("decision", "adopted", first, entered=after_midnight, municipality="arnhem")
    shown = {day: json.loads(visitor.get(f"/aanbevelingen.json?op={day}").content) for day in (first, second)}
    decided = {
        day: {entry["gemeente"] for entry in answer["opvolging"] if entry["besluit"]} for day, answer in shown.items()
    }
    assert decided == {first: {"Heerlen"}, second: {"Heerlen", "Arnhem"}}
    assert [answer["op"] for answer in shown.values()] == [first, second]


@pytest.mark.django_db
@pytest.mark.parametrize("deadline", ["2025-03-29", "2025-03-30", "2025-10-25", "2025-10-26", "2025-12-31"])
def test_a_term_ends_at_midnight_in_amsterdam(deadline: str) -> None:
    day = date.fromisoformat(deadline)
    told("decision", "adopted", day.replace(year=2024).isoformat(), entered="2025-02-01")
    assert standing_at(at(f"{deadline} 23:59:59")) == (Standing.RUNNING, day)
    assert standing_at(at(f"{day + timedelta(days=1)} 00:00:00")) == (Standing.PAST_DUE, day)
    assert standing_at(Moment.on(day).at) == (Standing.RUNNING, day)


# The order of what happened


DECIDED = event(Step.DECISION, Outcome.ADOPTED, "2025-06-01")


def test_an_extension_of_before_a_newer_decision_extends_nothing() -> None:
    extended = event(Step.EXTENSION, on="2025-09-01", due="2027-01-01", id=2)
    again = event(Step.DECISION, Outcome.AMENDED, "2025-10-01", id=3)
    assert chain(DECIDED, extended).deadline == date(2027, 1, 1)
    assert chain(DECIDED, extended, again).deadline == date(2026, 10, 1)
    assert chain(DECIDED, extended, again).first_deadline == date(2026, 10, 1)


@pytest.mark.parametrize(
    ("order", "deadline"),
    [(("extension", "decision"), date(2026, 10, 1)), (("decision", "extension"), date(2027, 1, 1))],
)
def test_of_two_steps_of_one_day_the_last_that_was_entered_came_last(order: tuple[str, str], deadline: date) -> None:
    steps = {
        "extension": event(Step.EXTENSION, on="2025-10-01", due="2027-01-01"),
        "decision": event(Step.DECISION, Outcome.AMENDED, "2025-10-01"),
    }
    entered = [replace(steps[name], id=number, place=number) for number, name in enumerate(order, 2)]
    assert chain(replace(DECIDED, place=1), *entered).deadline == deadline


@pytest.mark.parametrize("on", ["2025", "2025-06", "2025-06-01", "2025-12"])
def test_an_extension_of_which_the_day_is_vague_counts_if_it_may_have_come_after(on: str) -> None:
    extended = event(Step.EXTENSION, on=on, due="2027-01-01", id=2)
    assert chain(DECIDED, replace(extended, place=2)).deadline == date(2027, 1, 1)
    assert chain(replace(DECIDED, place=3), replace(extended, happened_iso="2024")).deadline == date(2026, 6, 1)


def test_a_report_of_the_day_on_which_the_office_looked_counts_if_it_came_after() -> None:
    partly = event(Step.ESTABLISHED, Outcome.PARTLY_FOLLOWED, "2026-02-01", id=2)
    done = event(Step.REPORTED, Outcome.DONE, "2026-02-01", id=3)
    assert chain(DECIDED, replace(partly, place=2), replace(done, place=3)).standing == Standing.REPORTED_DONE
    assert chain(DECIDED, replace(partly, place=3), replace(done, place=2)).standing == Standing.RUNNING


def test_that_the_office_cannot_tell_does_not_undo_what_the_municipality_reports() -> None:
    done = event(Step.REPORTED, Outcome.DONE, "2026-01-01", id=2)
    unclear = event(Step.ESTABLISHED, Outcome.UNCLEAR, "2026-02-01", id=3)
    found = chain(DECIDED, done, unclear, today="2027-01-01")
    assert found.standing == Standing.REPORTED_DONE
    assert found.told == "afgerond volgens de gemeente, niet vast te stellen volgens de rekenkamer"


@pytest.mark.django_db
def test_at_the_instant_of_a_correction_the_correction_counts() -> None:
    wrong = told("decision", "rejected", entered="2025-06-02 10:00")
    better = told("decision", "adopted", "2025-06-03", corrects=wrong, entered="2025-06-20 16:30:15")
    tick = timedelta(microseconds=1)
    assert standing_at(better.entered_at - tick) == (Standing.REJECTED, None)
    assert standing_at(better.entered_at) == (Standing.RUNNING, date(2026, 6, 3))
    assert standing_at(wrong.entered_at - tick) == (Standing.NO_DECISION, None)
    told("retracted", happened="2025-07-01", corrects=better, entered="2025-07-01 09:00")
    assert standing_at(at("2025-07-01 08:59:59")) == (Standing.RUNNING, date(2026, 6, 3))
    assert standing_at(at("2025-07-01 09:00")) == (Standing.NO_DECISION, None)


@pytest.mark.django_db
def test_a_decision_that_is_corrected_to_an_earlier_day_takes_its_extension_along() -> None:
    wrong = told("decision", "adopted", "2025-06-10", entered="2025-06-11")
    told("extension", happened="2025-06-10", due_on="2026-12-01", entered="2025-06-12")
    told("decision", "adopted", "2025-06-10", corrects=wrong, text="Zonder tikfout.", entered="2025-06-13")
    assert standing_at(at("2025-06-14 12:00")) == (Standing.RUNNING, date(2026, 12, 1))


# Whatever happens


FIRST, LAST = date(2025, 2, 1), date(2026, 11, 1)
STEPS = [step for step in Step if step not in {Step.CLOSING, Step.CLOSED, Step.RETRACTED}]
DAYS = st.dates(FIRST, LAST)
ENDED = {"afgerond volgens de gemeente", "opgevolgd volgens de rekenkamer", "afgesloten"}


class Entry(NamedTuple):
    """An event to enter; `mends` says which earlier one it corrects or takes away, if there is one that it fits."""

    step: Step
    outcome: str
    happened: str
    due_on: date | None
    entered: date
    mends: int | None
    takes_away: bool


@st.composite
def entries(draw: Any) -> Entry:
    step = draw(st.sampled_from([*STEPS, Step.DECISION, Step.DECISION, Step.EXTENSION, Step.REPORTED]))
    entered, before = draw(DAYS), draw(st.integers(0, 500))
    length = draw(st.sampled_from([10, 10, 10, 7, 4]))
    happened = (entered - timedelta(days=before)).isoformat()[:length]
    has_due = step == Step.EXTENSION or (step == Step.COMMITMENT and draw(st.booleans()))
    return Entry(
        step,
        draw(st.sampled_from([outcome.value for outcome in OUTCOMES.get(step, ())] or [""])),
        happened,
        draw(st.dates(date(2025, 6, 1), date(2046, 12, 31))) if has_due else None,
        entered,
        draw(st.none() | st.none() | st.integers(0, 5)),
        draw(st.booleans()),
    )


def enter(entry: Entry, earlier: list[FollowUpEvent]) -> FollowUpEvent:
    more: dict[str, Any] = {"due_on": entry.due_on} if entry.due_on else {}
    mended = {event.corrects_id for event in earlier}
    open_ = [e for e in earlier if e.pk not in mended and e.step != Step.RETRACTED]
    fits = [e for e in open_ if entry.takes_away or e.step == entry.step]
    if entry.mends is None or not fits:
        return told(entry.step, entry.outcome, entry.happened, entered=entry.entered.isoformat(), **more)
    wrong = fits[entry.mends % len(fits)]
    if entry.takes_away:
        day = entry.entered.isoformat()
        return told(Step.RETRACTED, "", day, entered=day, corrects=wrong)
    return told(entry.step, entry.outcome, entry.happened, entered=entry.entered.isoformat(), corrects=wrong, **more)


class Shown(NamedTuple):
    standing: str
    deadline: date | None


def in_json(visitor: Client, day: date) -> Shown:
    answer = json.loads(visitor.get(f"/aanbevelingen.json?gemeente=heerlen&op={day}").content)["opvolging"]
    entry = next(entry for entry in answer if entry["aanbeveling"] == "rol")
    return Shown(entry["stand"], date.fromisoformat(entry["termijn"]) if entry["termijn"] else None)


def in_sheet(visitor: Client, day: date) -> Shown:
    content = visitor.get(f"/aanbevelingen.xlsx?gemeente=heerlen&soort=overkoepelend&op={day}").content
    head, *rows = load_workbook(BytesIO(content)).worksheets[0].iter_rows(values_only=True)
    row = next(dict(zip(head, row, strict=True)) for row in rows if "Rol" in row)
    termijn = str(row["Termijn"])
    return Shown(str(row["Stand"]), date.fromisoformat(termijn) if re.match(r"\d{4}-", termijn) else None)


def in_calendar(visitor: Client, day: date) -> date | None:
    days = Calendar.from_ical(visitor.get(f"/volgen/gemeente/heerlen.ics?op={day}").content).walk("VEVENT")
    found = [event.decoded("dtstart") for event in days if str(event["summary"]) == "Termijn: Rol (Heerlen)"]
    assert len(found) <= 1
    return found[0] if found else None


def on_day(visitor: Client, day: date) -> Shown:
    """What every page and file says of it, which is one thing."""
    shown = in_json(visitor, day)
    assert in_sheet(visitor, day) == shown
    assert in_calendar(visitor, day) == (None if shown.standing in ENDED else shown.deadline)
    words = f"Termijn {date_format(shown.deadline, 'j F Y')}" if shown.deadline else ""
    html = (
        page(visitor, f"/aanbevelingen/rol/?op={day}").partition('id="gemeente-heerlen"')[2].partition("</article>")[0]
    )
    assert words in text_of(html) if words else re.search(r"Termijn (Geen, want|Niet bekend)", text_of(html))
    table = page(visitor, f"/aanbevelingen/?gemeente=heerlen&op={day}").partition('<table class="matrix')[2]
    assert words in text_of(table) if words else "Termijn" not in text_of(table)
    report = page(visitor, f"/gemeenten/heerlen/aanbevelingen/?op={day}").partition('id="aanbeveling-rol"')[2]
    assert (words or "Termijn") in text_of(report.partition("</article>")[0])
    counts_are_lists(day)
    return shown


def counts_are_lists(day: date) -> None:
    query = QueryDict(f"gemeente=heerlen&op={day}")
    whole = FollowUpMatrix.of(FollowUpQuery.of(query))
    assert sum(int(count.number) for count in whole.counts) == len(whole.items) == len(whole.cells)
    for count in whole.counts:
        behind = FollowUpMatrix.of(FollowUpQuery.of(QueryDict(count.address.removeprefix("?"))))
        assert len(behind.items) == int(count.number)
        assert {item.chain.standing.value for item in behind.items} <= {count.value}


def rules(day: date, shown: Shown) -> None:
    """What holds of any chain, from what counts on that day according to the database."""
    counted = FollowUpEvent.objects.known_by(Moment.on(day).at)
    here = counted.filter(municipality__slug="heerlen", recommendation__slug="rol")
    decisions = [event for event in here if event.step == Step.DECISION]
    taken = [event for event in decisions if event.outcome in TAKEN_OVER]
    possible = {a_year_after(latest_day(event.happened.iso)) for event in taken}
    possible |= {event.due_on for event in here if event.step == Step.EXTENSION}
    if not decisions:
        assert shown.standing in {"geen besluit bekend", *ENDED}
    if not taken:
        assert shown.deadline is None
    assert shown.deadline is None or shown.deadline in possible
    assert shown.standing != "termijn verstreken" or (shown.deadline and shown.deadline < day)
    assert shown.standing != "loopt" or not shown.deadline or shown.deadline >= day
    advice = next(advice for advice in advice_as_of(Moment.on(day).at) if advice.slug == "rol")
    assert {action.id for action in advice.actions_in("heerlen")} == {event.pk for event in here}


@pytest.mark.django_db
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(planned=st.lists(entries(), min_size=1, max_size=7), days=st.lists(DAYS, min_size=1, max_size=2, unique=True))
def test_whatever_happens_every_page_and_file_says_the_same_and_a_day_that_was_stays(
    visitor: Client, planned: list[Entry], days: list[date]
) -> None:
    planned.sort(key=lambda entry: entry.entered)
    with transaction.atomic():
        earlier: list[FollowUpEvent] = []
        seen: dict[date, Shown] = {}
        for day in sorted(days):
            while planned and planned[0].entered <= day:
                earlier.append(enter(planned.pop(0), earlier))
            forget_pages()
            seen[day] = on_day(visitor, day)
            rules(day, seen[day])
        for entry in planned:
            earlier.append(enter(entry, earlier))
        forget_pages()
        assert {day: in_json(visitor, day) for day in seen} == seen
        transaction.set_rollback(True)
