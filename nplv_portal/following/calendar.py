"""Deadlines, promises and meetings as a calendar that other programs read (RFC 5545)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils.timezone import localdate
from icalendar import Calendar, Event

from findings.models import AuditRound
from focusareas.models import Municipality
from nplv_portal.following.changes import Topic
from nplv_portal.lib.dutch import capitalised
from recommendations.chain import Chain
from recommendations.models import Step
from recommendations.published import Advice, advice_as_of, participants

PRODUCT = "-//Raadsportaal NPLV//NL"


@dataclass(frozen=True)
class Day:
    """Something that falls on one day."""

    key: str  # the same for as long as it is the same thing, also when its day moves
    on: date
    title: str
    text: str
    url: str
    until: date | None = None  # the last day, where it takes more than one


def days_of(topic: Topic, moment: datetime) -> list[Day]:
    """Three queries, whatever the number of municipalities. A role has rounds only: advice is not given to a role."""
    found: list[Day] = [] if topic.recommendation else list(rounds(topic))
    if not topic.role:
        about = [Q(record__slug=topic.recommendation)] if topic.recommendation else []
        advice = advice_as_of(moment, *about)
        one = topic.municipality
        for place in Municipality.objects.filter(slug=one) if one else participants():
            for item in advice:
                if item.is_umbrella or item.municipality == place.slug:
                    chain = Chain.of(item.actions_in(place.slug), item.issued, localdate(moment))
                    found += [*deadline(place, item, chain), *actions(place, item, chain)]
    return sorted(found, key=lambda day: (day.on, day.key))


def rounds(topic: Topic) -> Iterable[Day]:
    """Only the years of a round are known."""
    found = AuditRound.objects.all()
    if topic.municipality:
        found = found.filter(participations__focus_area__municipality__slug=topic.municipality)
    if topic.role:
        found = found.filter(round_aspects__aspect__role__slug=topic.role)
    for round_ in found.distinct():
        yield Day(
            f"ronde-{round_.slug}",
            date(round_.first_year, 1, 1),
            f"Onderzoeksronde: {round_.name}",
            f"{capitalised(round_.get_status_display())}. Van een ronde zijn alleen de jaren bekend.",
            f"{settings.PORTAL_URL}{reverse('research')}",
            date(round_.last_year, 12, 31),
        )


def deadline(municipality: Municipality, advice: Advice, chain: Chain) -> Iterable[Day]:
    if chain.deadline and not chain.is_ended:
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
    return f"{settings.PORTAL_URL}{reverse('recommendation', args=[advice.slug])}?gemeente={municipality.slug}"


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
        event.add("dtend", (day.until or day.on) + timedelta(days=1))
        event.add("summary", day.title)
        event.add("description", day.text)
        event.add("url", day.url)
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content
