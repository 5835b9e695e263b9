"""Feeds and calendars, read by other people's programs."""

import re
from datetime import date, timedelta
from typing import Any

import feedparser
import pytest
from django.test import Client
from django.utils import timezone
from icalendar import Calendar

from tests.clerks.test_recording import ROOT, clerk, typed
from tests.conftest import forget_pages
from tests.workplace.people import person, signed_in
from tests.workplace.test_life import current, draft_of, move, publish, save

pytestmark = pytest.mark.django_db


def feed(address: str) -> Any:
    forget_pages()
    response = Client().get(address)
    assert response["Content-Type"].startswith("application/atom+xml")
    assert not response.cookies
    found = feedparser.parse(response.content)
    assert not found.bozo
    return found


def days(address: str = "/volgen/gemeente/heerlen.ics") -> dict[str, date]:
    """Summary → day, without the rounds."""
    return {title: begins for title, (begins, _) in events(address).items() if not title.startswith("Onderzoeksronde")}


def events(address: str) -> dict[str, tuple[date, date]]:
    """Summary → first day, and the day after the last."""
    forget_pages()
    response = Client().get(address)
    assert response["Content-Type"].startswith("text/calendar")
    found = Calendar.from_ical(response.content).walk("VEVENT")
    assert len({str(event["uid"]) for event in found}) == len(found)
    return {str(event["summary"]): (event.decoded("dtstart"), event.decoded("dtend")) for event in found}


def test_a_feed_tells_what_was_corrected_and_points_at_it() -> None:
    writer, reviewer = signed_in(person("ans", "researcher")), signed_in(person("bob", "researcher"))
    secretary, old = signed_in(person("cis", "secretary")), current()
    draft = draft_of(writer, old)
    save(writer, draft, headline="Een nieuwe kernzin", erratum="Kernzin verbeterd.")
    assert "Een nieuwe kernzin" not in str(feed("/volgen/gemeente/heerlen.atom").entries)
    move(writer, draft, "ter-beoordeling")
    move(reviewer, draft, "goedkeuren")
    publish(secretary, draft)
    newest = feed("/volgen/gemeente/heerlen.atom").entries[0]
    assert newest.title.endswith("Een nieuwe kernzin")
    assert "Kernzin verbeterd." in newest.summary
    assert newest.link.endswith(f"/bevindingen/{old.record.slug}/")
    move(secretary, type(draft).objects.get(pk=draft.pk), "intrekken", "De bron klopte niet.")
    assert feed("/volgen/gemeente/heerlen.atom").entries[0].summary == "De bron klopte niet."


def test_a_feed_is_about_what_one_follows() -> None:
    clerk().post(f"{ROOT}decision/", typed(outcome="adopted"))
    title = "Heerlen: besluit van de raad, overgenomen"
    assert feed("/volgen/gemeente/heerlen.atom").entries[0].title == title
    assert feed("/volgen/aanbeveling/heerlen-2-inzicht-financien.atom").entries[0].title == title
    assert feed("/volgen/alles.atom").entries[0].title == title
    for other in ("gemeente/arnhem", "rol/controlerend", "aanbeveling/rol"):
        assert title not in {entry.title for entry in feed(f"/volgen/{other}.atom").entries}


def test_every_entry_has_a_lasting_name_of_its_own() -> None:
    entries = feed("/volgen/alles.atom").entries
    assert len(entries) > 10
    assert len({entry.id for entry in entries}) == len(entries)
    assert [entry.id for entry in feed("/volgen/alles.atom").entries] == [entry.id for entry in entries]


def test_the_calendar_moves_with_the_deadline() -> None:
    gea, today = clerk(), timezone.localdate()
    gea.post(f"{ROOT}decision/", typed(outcome="adopted", happened=today.isoformat()))
    title = "Termijn: Inzicht in de financiën (Heerlen)"
    first = days()[title]
    assert (first - today).days in {365, 366}
    later = first + timedelta(days=90)
    gea.post(f"{ROOT}extension/", typed(happened=today.isoformat(), due_on=later.isoformat()))
    assert days()[title] == later
    signed_in(person("ofa", "official")).post(f"{ROOT}reported/", typed(outcome="done", happened=today.isoformat()))
    assert title not in days()


def test_meetings_and_promises_are_in_the_calendar() -> None:
    gea = clerk()
    gea.post(f"{ROOT}agenda/", typed(happened="2026-12-03"))
    gea.post(f"{ROOT}commitment/", typed(happened="2026-10-01", due_on="2027-03-01"))
    gea.post(f"{ROOT}commitment/", typed(happened="2026-10-02"))
    assert days() == {
        "Op de agenda: Inzicht in de financiën (Heerlen)": date(2026, 12, 3),
        "Toegezegd: Inzicht in de financiën (Heerlen)": date(2027, 3, 1),
    }


def test_a_calendar_is_about_what_one_follows() -> None:
    clerk().post(f"{ROOT}agenda/", typed(happened="2026-12-03"))
    title = "Op de agenda: Inzicht in de financiën (Heerlen)"
    for address in ("alles", "gemeente/heerlen", "aanbeveling/heerlen-2-inzicht-financien"):
        assert days(f"/volgen/{address}.ics")[title] == date(2026, 12, 3)
    for address in ("gemeente/arnhem", "rol/controlerend", "aanbeveling/rol"):
        assert title not in days(f"/volgen/{address}.ics")


@pytest.mark.parametrize("topic", ["alles", "gemeente/heerlen", "rol/controlerend"])
def test_a_round_takes_the_years_that_are_known_of_it(topic: str) -> None:
    rounds = {title: when for title, when in events(f"/volgen/{topic}.ics").items() if title.startswith("Onderzoeks")}
    assert (date(2023, 1, 1), date(2026, 1, 1)) in rounds.values()


def test_a_feed_of_words_finds_them_inside_longer_words_in_other_forms_and_without_accents() -> None:
    clerk().post(f"{ROOT}decision/", typed(outcome="adopted", text="Een jaarlijks overzicht van de schuldenmonitor."))
    title = "Heerlen: besluit van de raad, overgenomen"
    for words in ("schulden", "MONITOR jaar", "overzichten", "financien"):  # the last: its title
        assert title in {entry.title for entry in feed(f"/volgen/zoeken.atom?q={words}").entries}, words
    for words in ("waterstof", "schulden waterstof"):
        assert title not in {entry.title for entry in feed(f"/volgen/zoeken.atom?q={words}").entries}, words


@pytest.mark.parametrize("words", ["", "%20", "%00", "a" * 101, "a%20" * 9, "%25", "%27%29%3B--", "%26|!:*"])
def test_words_that_are_none_give_a_feed_without_entries(words: str) -> None:
    assert not feed(f"/volgen/zoeken.atom?q={words}").entries


@pytest.mark.parametrize(
    "address", ["/volgen/gemeente/nergens.atom", "/volgen/gemeente/nergens.ics", "/volgen/rol/x.atom"]
)
def test_what_does_not_exist_cannot_be_followed(address: str) -> None:
    assert Client().get(address).status_code == 404


@pytest.mark.parametrize(
    ("asked", "feed_address", "calendar_address"),
    [
        ("", "alles.atom", "alles.ics"),
        ("?gemeente=heerlen", "gemeente/heerlen.atom", "gemeente/heerlen.ics"),
        ("?rol=controlerend", "rol/controlerend.atom", "rol/controlerend.ics"),
        ("?aanbeveling=rol", "aanbeveling/rol.atom", "aanbeveling/rol.ics"),
        ("?woorden=jeugd+monitoring", "zoeken.atom?q=jeugd+monitoring", ""),
    ],
)
def test_the_addresses_to_subscribe_to_can_be_read_and_taken_along(
    asked: str, feed_address: str, calendar_address: str
) -> None:
    page = Client().get(f"/volgen/{asked}").content.decode()
    shown = re.findall(r'<input type="text" [^>]*value="http://127.0.0.1:8000/volgen/([^"]+)" readonly', page)
    assert shown == [address for address in (calendar_address, feed_address) if address]
    assert (f'href="webcal://127.0.0.1:8000/volgen/{calendar_address}"' in page) == bool(calendar_address)
    assert all(Client().get(f"/volgen/{address}").status_code == 200 for address in shown)


@pytest.mark.parametrize("asked", ["gemeente=nergens", "rol=x", "aanbeveling=%00", "gemeente=%00"])
def test_one_cannot_ask_for_the_addresses_of_what_does_not_exist(asked: str) -> None:
    assert Client().get(f"/volgen/?{asked}").status_code == 404
