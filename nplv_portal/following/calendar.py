"""Deadlines, promises and meetings as a calendar that other programs read (RFC 5545)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils.timezone import localdate
from icalendar import Calendar, Event

from focusareas.models import Municipality
from recommendations.chain import Chain, Standing
from recommendations.models import Step
from recommendations.published import Advice, advice_as_of

PRODUCT = "-//Raadsportaal NPLV//NL"
ENDED = {Standing.CLOSED, Standing.ESTABLISHED, Standing.REPORTED_DONE}


@dataclass(frozen=True)
class Day:
    """Something that falls on one day."""

    key: str  # the same for as long as it is the same thing, also when its day moves
    on: date
    title: str
    text: str
    url: str


def days_of(municipality: Municipality, moment: datetime) -> list[Day]:
    """One query."""
    found: list[Day] = []
    for advice in advice_as_of(moment):
        if advice.is_umbrella or advice.municipality == municipality.slug:
            chain = Chain.of(advice.actions_in(municipality.slug), advice.issued, localdate(moment))
            found += [*deadline(municipality, advice, chain), *actions(municipality, advice, chain)]
    return sorted(found, key=lambda day: (day.on, day.key))


def deadline(municipality: Municipality, advice: Advice, chain: Chain) -> Iterable[Day]:
    if chain.deadline and chain.standing not in ENDED:
        title = f"Termijn: {advice.title} ({municipality.name})"
        text = "Eén jaar na het besluit van de raad." if not chain.extensions else "Verlengde termijn."
        yield Day(
            f"termijn-{municipality.slug}-{advice.slug}", chain.deadline, title, text, address(municipality, advice)
        )


def actions(municipality: Municipality, advice: Advice, chain: Chain) -> Iterable[Day]:
    for action in chain.actions:
        if action.step == Step.AGENDA and len(action.happened_iso) == len("2025-01-01"):
            on, what = date.fromisoformat(action.happened_iso), "Op de agenda"
        elif action.step == Step.COMMITMENT and action.due_on:
            on, what = date.fromisoformat(action.due_on), "Toegezegd"
        else:
            continue
        title = f"{what}: {advice.title} ({municipality.name})"
        yield Day(f"stap-{action.id}", on, title, action.text, address(municipality, advice))


def address(municipality: Municipality, advice: Advice) -> str:
    return f"{settings.PORTAL_URL}{reverse('recommendation', args=[advice.slug])}#gemeente-{municipality.slug}"


def as_ical(name: str, days: Iterable[Day], made_on: date) -> bytes:
    """The same bytes all day, as long as nothing changes."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval;value=duration", "PT12H")
    host = urlsplit(settings.PORTAL_URL).hostname
    for day in days:
        event = Event()
        event.add("uid", f"{day.key}@{host}")
        event.add("dtstamp", datetime.combine(made_on, time(), UTC))
        event.add("dtstart", day.on)
        event.add("dtend", day.on + timedelta(days=1))
        event.add("summary", day.title)
        event.add("description", day.text)
        event.add("url", day.url)
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content
