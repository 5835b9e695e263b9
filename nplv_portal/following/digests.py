"""One mail with all that changed in what someone follows, at most one a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.timezone import localtime, make_aware
from procrastinate.contrib.django import app

from nplv_portal.following.changes import Change, Topic, changes
from nplv_portal.following.models import MailDay, Subscriber
from nplv_portal.lib.dutch import counted
from nplv_portal.lib.mail import Refused, send

FROM_HOUR = 7  # in the Netherlands; no mail before that
MOST = 30  # changes of one topic that a mail tells
LETTERS = 600  # of one text; the rest stands in the portal
REFUSALS = 3  # in a row, after which the address is forgotten

Memory = dict[tuple[Topic, datetime], list[Change]]


@dataclass(frozen=True)
class Part:
    """What changed in one topic, as far as no earlier topic in the same mail told it."""

    title: str
    changes: list[Change]
    has_more: bool


def midnight(now: datetime) -> datetime:
    """When today began. What a mail tells ends there, so that nothing is still being saved meanwhile."""
    return make_aware(datetime.combine(localtime(now).date(), time.min))


def parts_of(subscriber: Subscriber, since: datetime, until: datetime, memory: Memory) -> list[Part]:
    """`memory`: what this run already looked up; most people follow the same things since the same day."""
    parts, told = [], set[str]()
    for subscription in subscriber.follows().filter(confirmed_at__lt=until):
        after = max(since, subscription.confirmed_at or until)
        key = subscription.topic, after
        if key not in memory:
            memory[key] = changes(subscription.topic, until, after, MOST + 1)
        fresh = [change for change in memory[key][:MOST] if change.key not in told]
        if fresh:
            told |= {change.key for change in fresh}
            parts.append(Part(subscription.title, fresh, len(memory[key]) > MOST))
    return parts


def make_digests(now: datetime) -> int:
    """Notes of each reader up to when they are told, and queues the mail, in one transaction. How many were queued."""
    if not settings.EMAIL_URL or localtime(now).hour < FROM_HOUR:
        return 0
    until, made = midnight(now), 0
    memory: Memory = {}
    for pk in list(Subscriber.objects.to_be_told(until).values_list("pk", flat=True)):
        with transaction.atomic():
            waiting = Subscriber.objects.to_be_told(until).select_for_update(skip_locked=True, of=("self",))
            subscriber = waiting.filter(pk=pk).first()
            if subscriber is None:
                continue  # another run has this one
            since = subscriber.told_until
            if parts_of(subscriber, since, until, memory):
                if not MailDay.take(MailDay.Kind.DIGEST, localtime(now).date()):
                    break  # who is left is first tomorrow
                moments = {"since": since.isoformat(), "until": until.isoformat()}
                app.configure_task("nplv_portal.following.tasks.mail_digest").defer(subscriber=pk, **moments)
                made += 1
            subscriber.told_until = until
            subscriber.save(update_fields=["told_until"])
    return made


def write_digest(subscriber: Subscriber, since: datetime, until: datetime) -> dict[str, Any] | None:
    """The mail, as the arguments of `send`; nothing where no change or topic is left."""
    parts = parts_of(subscriber, since, until, {})
    if not parts:
        return None
    context = {"parts": parts, "subscriber": subscriber, "PORTAL_URL": settings.PORTAL_URL, "letters": LETTERS}
    others = len(parts) - 1
    more = f" en {counted(others, 'ander onderwerp', 'andere onderwerpen')}" if others else ""
    return {
        "subject": f"Wat er veranderde: {parts[0].title}{more}",
        "text": render_to_string("following/mail/digest.txt", context),
        "headers": stop_headers(subscriber),
    }


def stop_headers(subscriber: Subscriber) -> dict[str, str]:
    """With these a mail program offers to stop, with one click (RFC 8058)."""
    return {
        "List-Unsubscribe": f"<{subscriber.stop_url}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Auto-Submitted": "auto-generated",
    }


def deliver(subscriber: Subscriber, mail: dict[str, Any]) -> None:
    """An address that keeps being refused is forgotten."""
    try:
        send(subscriber.email, **mail)
    except Refused as refusal:
        if not refusal.is_address:
            raise
        subscriber.refusals += 1
        if subscriber.refusals >= REFUSALS:
            subscriber.delete()
        else:
            subscriber.save(update_fields=["refusals"])
    else:
        if subscriber.refusals:
            Subscriber.objects.filter(pk=subscriber.pk).update(refusals=0)
