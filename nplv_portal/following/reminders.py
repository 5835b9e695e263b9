"""Reminders to clerks and officials of what their municipality must do before a day: 30, 7 and 1 days ahead."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.timezone import localdate, localtime
from procrastinate.contrib.django import app

from nplv_portal.accounts.models import Membership, User
from nplv_portal.clerks.following import REMINDED, Followed, places
from nplv_portal.following.digests import FROM_HOUR
from nplv_portal.following.models import MailDay, Reminder
from nplv_portal.lib.mail import send
from recommendations.models import Recommendation, Step

What = Reminder.What
Key = tuple[int, str, str, date]


@dataclass(frozen=True)
class Due:
    """A day before which something must be done, and that is still to come."""

    municipality: int
    place: str
    recommendation: str
    title: str
    what: str
    on: date
    days_left: int
    url: str

    @property
    def key(self) -> Key:
        return self.municipality, self.recommendation, self.what, self.on

    @property
    def mark(self) -> int | None:
        """The nearest one that has been reached: whoever was away for a while hears it once."""
        return next((mark for mark in sorted(REMINDED) if self.days_left <= mark), None)

    @property
    def what_label(self) -> str:
        return str(What(self.what).label)

    @property
    def when(self) -> str:
        return {0: "vandaag", 1: "morgen"}.get(self.days_left, f"over {self.days_left} dagen")


def reminded_people() -> QuerySet[User]:
    """Clerks and officials who work for a municipality now, and did not say no."""
    roles = [Membership.Role.CLERK, Membership.Role.OFFICIAL]
    here = Membership.objects.current().filter(role__in=roles)
    return User.objects.filter(is_active=True, is_reminded=True, pk__in=here.values("user")).order_by("pk")


def municipalities_of(user: User) -> frozenset[int]:
    return user.rights.records | user.rights.replies


def due_of(user: User, now: datetime) -> list[Due]:
    """The first one first."""
    found = [
        due for place in places(municipalities_of(user), now) for item in place.followed for due in days_of(item, now)
    ]
    return sorted(found, key=lambda due: (due.on, due.place, due.title))


def days_of(item: Followed, now: datetime) -> Iterator[Due]:
    """None of what is done or closed."""
    if item.chain.is_ended:
        return
    today = localdate(now)
    days = {(What.DEADLINE, item.chain.deadline)} if item.chain.deadline else set()
    for action in item.chain.all(Step.COMMITMENT):
        if action.due_on:
            days.add((What.COMMITMENT, date.fromisoformat(action.due_on)))
    for what, on in sorted(days):
        if on >= today:
            place, slug = item.municipality, item.advice.slug
            url = settings.PORTAL_URL + reverse("followed", args=[place.slug, slug])
            yield Due(place.pk, place.name, slug, item.advice.title, what, on, (on - today).days, url)


def make_reminders(now: datetime) -> int:
    """Notes who is reminded of what, and queues the mail, in one transaction. How many mails were queued."""
    if not settings.EMAIL_URL or localtime(now).hour < FROM_HOUR:
        return 0
    made = 0
    numbers = dict(Recommendation.objects.values_list("slug", "pk"))
    for pk in list(reminded_people().values_list("pk", flat=True)):
        with transaction.atomic():
            user = reminded_people().select_for_update(of=("self",), skip_locked=True).filter(pk=pk).first()
            if user is None or user.reminders.filter(made_on=localdate(now)).exists():
                continue
            known = told(user)
            new = [(due, due.mark) for due in due_of(user, now) if due.mark and (*due.key, due.mark) not in known]
            if not new:
                continue
            if not MailDay.take(MailDay.Kind.REMINDER, localdate(now)):
                break
            Reminder.objects.bulk_create(
                Reminder(
                    user=user,
                    municipality_id=due.municipality,
                    recommendation_id=numbers[due.recommendation],
                    what=due.what,
                    due_on=due.on,
                    mark=mark,
                    made_on=localdate(now),
                )
                for due, mark in new
            )
            mail = app.configure_task("nplv_portal.following.tasks.mail_reminder")
            mail.defer(user=pk, made_on=localdate(now).isoformat())
            made += 1
    return made


def told(user: User, **which: object) -> set[tuple[int, str, str, date, int]]:
    fields = "municipality_id", "recommendation__slug", "what", "due_on", "mark"
    return set(user.reminders.filter(**which).values_list(*fields))


def write_reminder(user: User, made_on: date, now: datetime) -> str:
    """The text of the mail, without what changed, was done or passed meanwhile; empty where nothing is left."""
    keys = {reminded[:-1] for reminded in told(user, made_on=made_on)}
    left = [due for due in due_of(user, now) if due.key in keys]
    if not left:
        return ""
    return render_to_string(
        "following/mail/reminder.txt", {"user": user, "days": left, "PORTAL_URL": settings.PORTAL_URL}
    )


def remind(user: User, made_on: date, now: datetime) -> None:
    if text := write_reminder(user, made_on, now):
        send(user.email, "Termijnen die aflopen", text, {"Auto-Submitted": "auto-generated"})
