"""Who follows what by mail, and who was reminded of what. Of a reader no more is kept than an address."""

from __future__ import annotations

import logging
from datetime import date, datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import connection, models
from django.db.models import Q
from django.db.models.functions import Coalesce, Lower
from django.urls import reverse
from django.utils import timezone

from findings.models import CouncilRole
from focusareas.models import Municipality
from nplv_portal.following.changes import Topic
from nplv_portal.lib.keys import hash_of, new_seed, token_again, token_of
from nplv_portal.lib.triggers import append_only
from recommendations.models import Recommendation, RecommendationVersion

logger = logging.getLogger(__name__)

DAYS_TO_CONFIRM = 7
MOST_TOPICS = 50  # that one address follows


class WithKey(models.QuerySet):  # type: ignore[type-arg]
    def of_token(self, token: str) -> Self:
        return self.filter(key_hash=hash_of(token))


class Keyed(models.Model):
    """Whoever holds the link may. The link itself stands nowhere: see lib/keys.py."""

    seed = models.CharField(max_length=43, editable=False)
    key_hash = models.CharField(max_length=64, unique=True, editable=False)

    class Meta:
        abstract = True

    def give_key(self) -> None:
        self.seed = new_seed()
        self.key_hash = hash_of(token_of(self.seed))

    @property
    def token(self) -> str:
        """Anew where SECRET_KEY got lost, which ends the links that were mailed before."""
        token = token_again(self.seed, self.key_hash)
        if not token:
            self.give_key()
            self.save(update_fields=["seed", "key_hash"])
        return token or token_of(self.seed)


class SubscriberQuerySet(WithKey):
    def to_be_told(self, until: datetime) -> Self:
        """Who was not yet told of what changed before that moment."""
        confirmed = Subscription.objects.filter(confirmed_at__lt=until)
        return self.filter(told_until__lt=until, pk__in=confirmed.values("subscriber")).order_by("told_until", "pk")

    def without_topics(self) -> Self:
        return self.filter(subscriptions__isnull=True)


class Subscriber(Keyed):
    """An address. It goes with the last thing that it follows."""

    email = models.EmailField("e-mailadres", unique=True)
    # What changed before this was mailed, or is being mailed. It moves first and by whole days: so nobody is told
    # twice, and nobody gets two mails in a day, whatever stops halfway.
    told_until = models.DateTimeField(default=timezone.now)
    refusals = models.PositiveSmallIntegerField(default=0)  # in a row, by the mail server of the address

    objects = SubscriberQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(name="following_email_lower", condition=Q(email=Lower("email")))]

    def __str__(self) -> str:
        return self.email

    @property
    def manage_url(self) -> str:
        return settings.PORTAL_URL + reverse("manage_following", args=[self.token])

    @property
    def stop_url(self) -> str:
        return settings.PORTAL_URL + reverse("stop_following", args=[self.token])

    def follows(self) -> models.QuerySet[Subscription]:
        return self.subscriptions.filter(confirmed_at__isnull=False).with_topic()


class Confirmation(Keyed):
    """A mail that asks whether this address wants to follow what was asked for it."""

    asked_at = models.DateTimeField(default=timezone.now)

    objects = WithKey.as_manager()

    @property
    def is_late(self) -> bool:
        return timezone.now() >= self.asked_at + timedelta(days=DAYS_TO_CONFIRM)

    @property
    def url(self) -> str:
        return settings.PORTAL_URL + reverse("confirm_following", args=[self.token])


class SubscriptionQuerySet(models.QuerySet):  # type: ignore[type-arg]
    def with_topic(self) -> Self:
        return self.select_related("municipality", "role", "recommendation__municipality").order_by("pk")

    def expired(self, now: datetime) -> Self:
        """Asked for, and not confirmed in time."""
        return self.filter(confirmed_at__isnull=True, asked_at__lte=now - timedelta(days=DAYS_TO_CONFIRM))


class Subscription(models.Model):
    """One thing that an address follows; without any of the four: everything."""

    subscriber = models.ForeignKey(Subscriber, models.CASCADE, related_name="subscriptions")
    municipality = models.ForeignKey(Municipality, models.PROTECT, null=True, related_name="+")
    role = models.ForeignKey(CouncilRole, models.PROTECT, null=True, related_name="+")
    recommendation = models.ForeignKey(Recommendation, models.PROTECT, null=True, related_name="+")
    words = models.CharField(max_length=100, blank=True)
    confirmation = models.ForeignKey(Confirmation, models.SET_NULL, null=True, related_name="subscriptions")
    asked_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="following_one_topic",
                condition=Q(municipality=None, role=None, recommendation=None)
                | Q(municipality=None, role=None, words="")
                | Q(municipality=None, recommendation=None, words="")
                | Q(role=None, recommendation=None, words=""),
            ),
            models.UniqueConstraint(
                "subscriber",
                Coalesce("municipality", 0),
                Coalesce("role", 0),
                Coalesce("recommendation", 0),
                "words",
                name="following_topic_once",
                condition=Q(confirmed_at__isnull=False),
            ),
        ]

    @property
    def topic(self) -> Topic:
        return Topic(
            self.title,
            municipality=self.municipality.slug if self.municipality else "",
            role=self.role.slug if self.role else "",
            recommendation=self.recommendation.slug if self.recommendation else "",
            words=self.words,
        )

    @property
    def title(self) -> str:
        if self.municipality:
            return f"Gemeente {self.municipality.name}"
        if self.role:
            return f"Rol van de raad: {self.role.name}"
        if self.recommendation:
            public = RecommendationVersion.objects.as_of(timezone.now()).filter(record=self.recommendation).first()
            where = self.recommendation.municipality or "alle gemeenten"
            return f"Aanbeveling: {public.title} ({where})" if public else "Een aanbeveling die is ingetrokken"
        return f"Zoekwoorden: {self.words}" if self.words else "Alles in het portaal"


class Reminder(models.Model):
    """That someone was reminded of a day, so many days ahead: once, for good."""

    class What(models.TextChoices):
        DEADLINE = "deadline", "termijn"
        COMMITMENT = "commitment", "toezegging"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="reminders")
    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+")
    recommendation = models.ForeignKey(Recommendation, models.PROTECT, related_name="+")
    what = models.CharField(max_length=10, choices=What.choices)
    due_on = models.DateField()
    mark = models.PositiveSmallIntegerField()  # days ahead
    made_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="following_reminded_once",
                fields=["user", "municipality", "recommendation", "what", "due_on", "mark"],
            )
        ]
        triggers = append_only()


class MailDay(models.Model):
    """How many mails were made on a day, of each kind. More than the portal may send are never made."""

    class Kind(models.TextChoices):
        DIGEST = "digests", "overzicht"
        REMINDER = "reminders", "herinnering"
        CONFIRMATION = "confirmations", "bevestiging"

    day = models.DateField(primary_key=True)
    digests = models.PositiveIntegerField(default=0)
    reminders = models.PositiveIntegerField(default=0)
    confirmations = models.PositiveIntegerField(default=0)

    @classmethod
    def most(cls, kind: Kind) -> int:
        """Whoever asks for mail in the name of others leaves room for those who follow."""
        return settings.MAILS_PER_DAY // (5 if kind == cls.Kind.CONFIRMATION else 1)

    @classmethod
    def is_full(cls, kind: Kind, day: date) -> bool:
        found = cls.objects.filter(day=day).first()
        return found is not None and (
            getattr(found, kind) >= cls.most(kind)
            or found.digests + found.reminders + found.confirmations >= settings.MAILS_PER_DAY
        )

    @classmethod
    def take(cls, kind: Kind, day: date) -> bool:
        """Whether one more may be made today; if so it counts, in the transaction in which it is made."""
        column = str(kind)
        cls._default_manager.bulk_create([cls(day=day)], ignore_conflicts=True)
        with connection.cursor() as cursor:
            cursor.execute(
                f"""
                UPDATE following_mailday SET {column} = {column} + 1
                WHERE day = %s AND {column} < %s AND digests + reminders + confirmations < %s
                """,  # noqa: S608  # nosec B608: our own name
                [day, cls.most(kind), settings.MAILS_PER_DAY],
            )
            if cursor.rowcount:
                return True
        logger.error("Vandaag zijn %s mails gemaakt; meer maakt het portaal er niet (MAILS_PER_DAY).", cls.most(kind))
        return False
