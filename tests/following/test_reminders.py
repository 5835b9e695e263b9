"""Reminders to clerks and officials, 30, 7 and 1 days ahead: never too late, never twice, never to who left."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import Error, IntegrityError, transaction
from django.test import Client
from pytest_django import Settings

from focusareas.models import Municipality
from nplv_portal.accounts.models import User
from nplv_portal.following.models import Reminder
from nplv_portal.following.reminders import make_reminders
from recommendations.models import FollowUpEvent, Recommendation
from tests.accounts.actors import text_of
from tests.conftest import Mailbox, body_of, work_through
from tests.workplace.people import person, signed_in

pytestmark = pytest.mark.django_db
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
RECOMMENDATION = "heerlen-2-inzicht-financien"
DECIDED, DUE = date(2027, 3, 1), date(2028, 3, 1)


def step(kind: str, on: date = DECIDED, **values: Any) -> FollowUpEvent:
    """As entered at the beginning of that day."""
    slug = values.pop("recommendation", RECOMMENDATION)
    event: FollowUpEvent = FollowUpEvent.objects.create(
        slug=f"{kind}-{slug}-{on}-{FollowUpEvent.objects.count()}",
        municipality=Municipality.objects.get(slug=values.pop("place", "heerlen")),
        recommendation=Recommendation.objects.get(slug=slug),
        step=kind,
        actor="council",
        text="Zie de lijst.",
        link="https://example.nl/1",
        happened=on.isoformat(),
        entered_at=at(on, 0),
        **values,
    )
    return event


def decided(on: date = DECIDED, **values: Any) -> FollowUpEvent:
    return step("decision", on, outcome="adopted", **values)


def at(day: date, hour: int = 8) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=AMSTERDAM)


def before(days: int, due: date = DUE) -> datetime:
    return at(due - timedelta(days=days))


@pytest.fixture
def sent(mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], list[str]]:
    """Lets the worker do what it does at that moment. The texts that came in."""
    User.objects.update(is_reminded=False)  # whom tests in a browser left behind

    def send(now: datetime) -> list[str]:
        monkeypatch.setattr("nplv_portal.following.tasks.timezone.now", lambda: now)
        make_reminders(now)
        work_through()
        texts = [body_of(mail) for mail in mailbox.messages]
        mailbox.messages.clear()
        return texts

    return send


Sent = Callable[[datetime], list[str]]


def test_a_clerk_and_an_official_hear_it_30_7_and_1_days_ahead_once(sent: Sent, mailbox: Mailbox) -> None:
    person("gea", "clerk")
    person("ofa", "official")
    person("rik", "researcher")
    person("cor", "councillor")
    person("elders", "clerk", "arnhem")
    decided()
    heard = {}
    for days in range(40, -3, -1):
        for hour in (6, 8, 20):
            if texts := sent(at(DUE - timedelta(days=days), hour)):
                heard[days, hour] = texts
    assert {when: len(texts) for when, texts in heard.items()} == {(30, 8): 2, (7, 8): 2, (1, 8): 2}
    assert "Over 30 dagen, woensdag 1 maart 2028: termijn" in heard[30, 8][0]
    assert "Morgen, woensdag 1 maart 2028" in heard[1, 8][0]
    assert "Inzicht in de financiën (Heerlen)" in heard[1, 8][0]
    assert f"/griffie/heerlen/{RECOMMENDATION}/" in heard[1, 8][0]


def test_all_that_falls_due_is_one_mail(sent: Sent) -> None:
    person("gea", "clerk")
    decided()
    decided(recommendation="heerlen-1-rol-netwerksturing")
    step("commitment", due_on=DUE - timedelta(days=3))
    (text,) = sent(before(7))
    assert text.count("Over 7 dagen") == 2
    assert "Over 4 dagen, zondag 27 februari 2028: toezegging" in text


def test_after_days_without_a_worker_only_the_nearest_is_sent(sent: Sent) -> None:
    person("gea", "clerk")
    decided()
    (text,) = sent(before(5))
    assert "Over 5 dagen" in text
    for days in (4, 3, 2):
        assert sent(before(days)) == []
    assert len(sent(before(1))) == 1
    assert sent(before(0)) == []


def test_after_the_day_nobody_is_reminded(sent: Sent) -> None:
    person("gea", "clerk")
    decided()
    assert sent(before(-1)) == []
    assert not Reminder.objects.exists()


def test_a_new_date_cancels_the_old_reminders_and_begins_new_ones(sent: Sent) -> None:
    person("gea", "clerk")
    decided()
    assert len(sent(before(30))) == 1
    later = DUE + timedelta(days=90)
    step("extension", DUE - timedelta(days=20), due_on=later)
    assert sent(before(7)) == sent(before(1)) == []
    assert [len(sent(before(days, later))) for days in (30, 7, 1)] == [1, 1, 1]


@pytest.mark.parametrize(
    "what",
    [
        lambda: step("reported", DUE - timedelta(days=10), outcome="done"),
        lambda: step("established", DUE - timedelta(days=10), outcome="followed"),
        lambda: step("decision", DUE - timedelta(days=10), outcome="rejected"),
    ],
    ids=["done", "followed", "rejected"],
)
def test_what_is_done_or_no_longer_wanted_reminds_nobody(sent: Sent, what: Callable[[], Any]) -> None:
    person("gea", "clerk")
    decided()
    assert len(sent(before(30))) == 1
    what()
    assert sent(before(7)) == sent(before(1)) == []


def test_a_closed_recommendation_reminds_nobody(sent: Sent) -> None:
    person("gea", "clerk")
    decided()
    step("commitment", due_on=DUE)
    day, a, b = DUE - timedelta(days=9), person("a", "researcher"), person("b", "researcher")
    proposal = step("closing", day, outcome="not_implemented", entered_by=a)
    assert len(sent(before(8))) == 1  # proposed is not closed
    step("closed", day, outcome="not_implemented", confirms=proposal, entered_by=b)
    assert sent(before(7)) == sent(before(1)) == []


def test_what_fell_away_between_queueing_and_sending_is_left_out(sent: Sent, mailbox: Mailbox) -> None:
    person("gea", "clerk")
    decision = decided()
    decided(recommendation="heerlen-1-rol-netwerksturing")
    make_reminders(before(7))
    step("retracted", DUE - timedelta(days=7), corrects=decision)
    (text,) = sent(before(7))
    assert "Inzicht in de financiën" not in text


def test_who_left_who_moved_and_who_was_disabled_hear_nothing(sent: Sent) -> None:
    left, moved, disabled = person("lia", "clerk"), person("mo", "official"), person("dis", "clerk")
    decided()
    decided(place="arnhem", recommendation="rol")
    make_reminders(before(30))
    for user in (left, moved):
        user.memberships.get().end(by=None)
    moved.memberships.create(role="official", municipality=Municipality.objects.get(slug="arnhem"))
    disabled.disable()
    texts = sent(before(30))  # what had been queued before they left
    texts += sent(before(7))
    assert len(texts) == 1  # of Arnhem, to who works there now
    assert "(Arnhem)" in texts[0]
    assert "Heerlen" not in texts[0]


def test_a_person_sees_and_turns_off_and_on_what_is_mailed(sent: Sent) -> None:
    gea = person("gea", "clerk")
    client = signed_in(gea)
    decided()
    assert "30, 7 of 1 dag" in text_of(client.get("/account/"))
    assert "geen mail over termijnen" in text_of(client.post("/account/herinneringen/", {"aan": "0"}, follow=True))
    assert sent(before(30)) == []
    signed_in(gea).post("/account/herinneringen/", {"aan": "1"})
    assert len(sent(before(29))) == 1


def test_who_is_never_reminded_is_not_asked_about_it() -> None:
    assert "Herinneringen" not in text_of(signed_in(person("rik", "researcher")).get("/account/"))


def test_a_decision_on_a_leap_day_reminds_before_the_28th(sent: Sent) -> None:
    person("gea", "clerk")
    decided(date(2028, 2, 29))
    assert len(sent(before(30, date(2029, 2, 28)))) == 1
    (text,) = sent(before(1, date(2029, 2, 28)))
    assert "Morgen, woensdag 28 februari 2029" in text


def test_days_are_counted_as_in_the_netherlands_when_the_clock_changes(sent: Sent) -> None:
    person("gea", "clerk")
    decided(date(2026, 3, 29))  # in 2027 the clock goes forward on 28 March
    due = date(2027, 3, 29)
    assert len(sent(at(due - timedelta(days=7), 7))) == 1
    (text,) = sent(at(due - timedelta(days=1), 23))
    assert "Morgen, maandag 29 maart 2027" in text


def test_a_date_of_which_only_the_month_is_known_reminds_before_its_last_day(sent: Sent) -> None:
    person("gea", "clerk")
    FollowUpEvent.objects.create(
        slug="maand",
        municipality=Municipality.objects.get(slug="heerlen"),
        recommendation=Recommendation.objects.get(slug=RECOMMENDATION),
        step="decision",
        outcome="adopted",
        actor="council",
        text="In juni.",
        link="https://example.nl/1",
        happened="2027-06",
        entered_at=at(date(2027, 7, 1)),
    )
    assert sent(at(date(2028, 5, 30))) == []
    assert len(sent(at(date(2028, 5, 31)))) == 1


def test_without_a_mail_server_nothing_is_noted_as_sent() -> None:
    person("gea", "clerk")
    decided()
    assert make_reminders(before(7)) == 0
    assert not Reminder.objects.exists()


def test_above_the_cap_people_are_reminded_the_next_day(sent: Sent, settings: Settings) -> None:
    settings.MAILS_PER_DAY = 5
    for number in range(7):
        person(f"gea{number}", "clerk")
    decided()
    assert [len(sent(before(days))) for days in (7, 6, 5)] == [5, 2, 0]


def test_the_log_of_reminders_is_never_rewritten_and_holds_each_once(sent: Sent) -> None:
    person("gea", "clerk")
    decided()
    sent(before(7))
    reminder = Reminder.objects.get()
    with pytest.raises(Error), transaction.atomic():
        Reminder.objects.update(mark=30)
    with pytest.raises(Error), transaction.atomic():
        reminder.delete()
    reminder.pk = None
    with pytest.raises(IntegrityError, match="following_reminded_once"), transaction.atomic():
        reminder.save(force_insert=True)


def test_only_who_is_signed_in_turns_reminders_off() -> None:
    gea = person("gea", "clerk")
    assert Client().post("/account/herinneringen/", {"aan": "0"}).status_code == 302
    assert User.objects.get(pk=gea.pk).is_reminded
