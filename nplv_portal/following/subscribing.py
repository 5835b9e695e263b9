"""Beginning and ending to follow by mail. Nothing is mailed to an address that did not confirm."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.timezone import localdate
from procrastinate.contrib.django import app

from findings.models import CouncilRole
from findings.query import readable
from nplv_portal.following.models import (
    DAYS_TO_CONFIRM,
    MOST_TOPICS,
    Confirmation,
    MailDay,
    Subscriber,
    Subscription,
)
from recommendations.models import RecommendationVersion
from recommendations.published import participants

CONFIRMATIONS_A_DAY = 3  # to one address
AGAIN = timedelta(minutes=10)
ABOUT = ("municipality_id", "role_id", "recommendation_id", "words")
LETTERS, MOST_WORDS = (3, 100), 8
DAYS_COUNTED = 31  # that the numbers of mails stay


class FullError(Exception):
    """So many mails were made today that the portal makes no more."""


class TopicsForm(forms.Form):
    """What one may follow, by the names that the address of the page can hold too."""

    alles = forms.BooleanField(label="Alles in het portaal", required=False)
    gemeente = forms.MultipleChoiceField(label="Gemeenten", required=False, widget=forms.CheckboxSelectMultiple)
    rol = forms.MultipleChoiceField(label="Rollen van de raad", required=False, widget=forms.CheckboxSelectMultiple)
    aanbeveling = forms.MultipleChoiceField(label="Aanbevelingen", required=False, widget=forms.CheckboxSelectMultiple)
    woorden = forms.CharField(
        label="Zoekwoorden",
        help_text="U krijgt wat er verandert in teksten waarin al deze woorden staan, bijvoorbeeld: jeugd monitoring.",
        required=False,
        max_length=LETTERS[1],
    )

    def __init__(self, data: Any = None, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        self.places = {place.slug: place for place in participants()}
        self.roles = {role.slug: role for role in CouncilRole.objects.all()}
        public = RecommendationVersion.objects.as_of(timezone.now()).select_related("record__municipality")
        self.advice = {
            version.record.slug: version
            for version in public.order_by("-record__kind", "record__municipality__name", "record__number")
        }
        self.choices("gemeente", [(slug, place.name) for slug, place in self.places.items()])
        self.choices("rol", [(slug, role.name) for slug, role in self.roles.items()])
        self.choices("aanbeveling", [(slug, self.named(version)) for slug, version in self.advice.items()])

    def choices(self, field: str, options: list[tuple[str, str]]) -> None:
        self.fields[field].choices = options  # type: ignore[attr-defined]

    def named(self, version: Any) -> str:
        return f"{version.title} ({version.record.municipality or 'alle gemeenten'})"

    def clean_woorden(self) -> str:
        words = readable(self.cleaned_data["woorden"]).split()
        typed = " ".join(words)
        if typed and (len(typed) < LETTERS[0] or not any(letter.isalnum() for letter in typed)):
            raise ValidationError(f"Geef ten minste {LETTERS[0]} letters.")
        if len(words) > MOST_WORDS:
            raise ValidationError(f"Geef ten hoogste {MOST_WORDS} woorden.")
        return typed

    def clean(self) -> None:
        if not {"gemeente", "rol", "aanbeveling", "woorden"} & self.errors.keys() and not self.topics():
            raise ValidationError("Kies wat u wilt volgen.")

    def topics(self) -> list[dict[str, Any]]:
        """The fields of a Subscription for each thing chosen; with everything, nothing else is needed."""
        chosen = self.cleaned_data
        if chosen["alles"]:
            return [{}]
        return [
            *({"municipality": self.places[slug]} for slug in chosen["gemeente"]),
            *({"role": self.roles[slug]} for slug in chosen["rol"]),
            *({"recommendation": self.advice[slug].record} for slug in chosen["aanbeveling"]),
            *([{"words": chosen["woorden"]}] if chosen["woorden"] else []),
        ]


class FollowForm(TopicsForm):
    email = forms.EmailField(
        label="Uw e-mailadres",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "autocapitalize": "none", "spellcheck": "false"}),
    )
    field_order = ["email"]

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].lower()
        validate_email(email)  # a letter that becomes another in lower case
        return email


@transaction.atomic
def ask(*, email: str, topics: Iterable[dict[str, Any]]) -> None:
    """Mail the address whether it wants to follow this. Of a known and an unknown address the same is done.

    The same form sent again within ten minutes is one request.
    """
    now = timezone.now()
    if MailDay.is_full(MailDay.Kind.CONFIRMATION, localdate(now)):
        raise FullError
    fresh = Subscriber(email=email, told_until=now)
    fresh.give_key()
    Subscriber.objects.bulk_create([fresh], ignore_conflicts=True)
    subscriber = Subscriber.objects.select_for_update().get(email=email)
    lately = Confirmation.objects.filter(
        asked_at__gt=now - timedelta(days=1), subscriptions__subscriber=subscriber
    ).distinct()
    if lately.count() >= CONFIRMATIONS_A_DAY:
        return
    wanted = [Subscription(subscriber=subscriber, asked_at=now, **topic) for topic in topics]
    waiting = subscriber.subscriptions.filter(confirmed_at=None, asked_at__gt=now - AGAIN).values_list(*ABOUT)
    if {tuple(getattr(item, name) for name in ABOUT) for item in wanted} <= set(waiting):
        return
    if not MailDay.take(MailDay.Kind.CONFIRMATION, localdate(now)):
        return
    confirmation = Confirmation(asked_at=now)
    confirmation.give_key()
    confirmation.save()
    for item in wanted:
        item.confirmation = confirmation
    Subscription.objects.bulk_create(wanted)
    app.configure_task("nplv_portal.following.tasks.mail_confirmation").defer(confirmation=confirmation.pk)


@transaction.atomic
def confirm(confirmation: Confirmation) -> Subscriber | None:
    """Who follows this from now on; none where all of it was stopped again. A second time changes nothing."""
    asked = confirmation.subscriptions.with_topic()
    subscriber = Subscriber.objects.select_for_update().filter(pk__in=asked.values("subscriber")).first()
    if subscriber:
        for subscription in asked.filter(confirmed_at__isnull=True):
            begin(subscription)
    return subscriber


def begin(subscription: Subscription) -> None:
    """Unless the address follows it already, or as much as it can."""
    same = {name: getattr(subscription, name) for name in ABOUT}
    follows = subscription.subscriber.follows()
    if follows.filter(**same).exists() or follows.count() >= MOST_TOPICS:
        if subscription.pk:
            subscription.delete()
        return
    subscription.confirmed_at = timezone.now()
    subscription.save()


@transaction.atomic
def add(subscriber: Subscriber, *, topics: Iterable[dict[str, Any]]) -> None:
    """By whoever holds the link to manage: the address confirmed already."""
    held = Subscriber.objects.select_for_update().get(pk=subscriber.pk)
    for topic in topics:
        begin(Subscription(subscriber=held, **topic))


@transaction.atomic
def stop(subscriber: Subscriber, *, subscription: str) -> bool:
    """One of what is followed; with the last one the address goes. Whether it goes."""
    held = Subscriber.objects.select_for_update().get(pk=subscriber.pk)
    if subscription.isascii() and subscription.isdigit() and len(subscription) < len(str(2**63)):
        held.subscriptions.filter(pk=int(subscription)).delete()
    if held.subscriptions.exists():
        return False
    held.delete()
    return True


@transaction.atomic
def forget(now: datetime) -> None:
    """What was not confirmed in time, the addresses that then follow nothing, and old numbers."""
    Subscription.objects.expired(now).delete()
    Confirmation.objects.filter(asked_at__lte=now - timedelta(days=DAYS_TO_CONFIRM)).delete()
    Subscriber.objects.without_topics().delete()
    MailDay.objects.filter(day__lt=localdate(now) - timedelta(days=DAYS_COUNTED)).delete()
