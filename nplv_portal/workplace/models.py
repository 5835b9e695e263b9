"""What people did with the texts they prepare, and what they asked each other about them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import CharField, Count, Exists, Max, OuterRef, Q, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from focusareas.models import AuditOffice, Municipality
from nplv_portal.lib.triggers import append_only, never_deleted
from recommendations.models import Reply


class WorkEvent(models.Model):
    """Append-only: who did what with which version, and what it said then. Nothing that was typed is ever lost."""

    class What(models.TextChoices):
        STARTED = "started", "begonnen"
        SAVED = "saved", "opgeslagen"
        SUBMITTED = "submitted", "ter beoordeling gegeven"
        SENT_BACK = "sent_back", "teruggegeven"
        APPROVED = "approved", "goedgekeurd"
        RELEASED = "released", "gepubliceerd"
        CANCELLED = "cancelled", "publicatie afgeblazen"
        WITHDRAWN = "withdrawn", "ingetrokken"
        REMARKED = "remarked", "opmerking gemaakt"
        ANSWERED = "answered", "opmerking beantwoord"
        CLOSED = "closed", "gesloten"  # these three of a right of reply
        REOPENED = "reopened", "weer opengezet"
        TOLD = "told", "nawoord gestuurd"

    kind = models.CharField("soort", max_length=30)
    version_id = models.PositiveBigIntegerField("versie")
    what = models.CharField("wat", max_length=10, choices=What.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="wie")
    at = models.DateTimeField("wanneer", default=timezone.now)
    edition = models.PositiveIntegerField("stand van de tekst")
    content = models.JSONField("wat er stond", default=dict)
    note = models.TextField("toelichting", blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["kind", "version_id"], name="workplace_event_of")]
        triggers = append_only()


class Remark(models.Model):
    """What a reviewer wants to know or changed. It must be answered before the text can be approved."""

    kind = models.CharField("soort", max_length=30)
    version_id = models.PositiveBigIntegerField("versie")
    text = models.TextField("opmerking")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="van")
    at = models.DateTimeField("op", default=timezone.now)
    answer = models.TextField("antwoord", blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="antwoord van"
    )
    answered_at = models.DateTimeField("beantwoord op", null=True, blank=True)

    class Meta:
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["kind", "version_id"], name="workplace_remark_of")]
        constraints = [
            models.CheckConstraint(
                name="workplace_remark_answered",
                condition=Q(answer="", answered_by__isnull=True, answered_at__isnull=True)
                | (~Q(answer="") & Q(answered_by__isnull=False, answered_at__isnull=False)),
            )
        ]
        triggers = never_deleted()


class Sent(models.Model):
    """A form that was sent and had its effect (once.py)."""

    key = models.CharField("wie zond wat waarheen", max_length=64, unique=True)
    where = models.CharField("waar dat toe leidde", max_length=300)
    made_at = models.DateTimeField("wanneer", default=timezone.now)


class HearingQuerySet(models.QuerySet):  # type: ignore[type-arg]
    def held_by(self, user: Any) -> Self:
        """Of the offices that this person works for."""
        return self.filter(office__in=user.rights.offices)

    def addressed_to(self, user: Any) -> Self:
        """Of the municipality whose official this person is."""
        return self.filter(municipality__in=user.rights.replies)

    def open(self) -> Self:
        """One may still react."""
        return self.filter(closed_at__isnull=True, deadline__gte=timezone.localdate())

    def seen_by(self, user: Any) -> Self:
        return self.held_by(user) | self.addressed_to(user)

    def counted(self) -> Self:
        """With how many texts (`texts`), reactions (`received`, the last at `last_at`), and reactions to which the
        office did nothing yet (`unanswered`)."""
        sent = Q(items__reaction__sent_at__isnull=False)
        taken_up = Reply.objects.filter(record=Concat(Value(Reply.key_of("")), Cast(OuterRef("pk"), CharField())))
        waiting = HearingItem.objects.filter(reaction__sent_at__isnull=False, reaction__answer_sent_at__isnull=True)
        return self.annotate(
            texts=Count("items"),
            received=Count("items", filter=sent),
            last_at=Max("items__reaction__sent_at"),
            unanswered=Count("items", filter=Q(items__in=waiting.exclude(Exists(taken_up)))),
        )


class Hearing(models.Model):
    """Right of reply: officials of one municipality read texts that are not public yet, and react before a date."""

    Kind = Reply.Kind

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+", verbose_name="gemeente")
    office = models.ForeignKey(AuditOffice, models.PROTECT, related_name="+", verbose_name="rekenkamer")
    kind = models.CharField("soort", max_length=10, choices=Kind.choices)
    text = models.TextField("begeleidende tekst", blank=True)
    deadline = models.DateField("reageren tot en met")
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    started_at = models.DateTimeField(default=timezone.now)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = HearingQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at"]
        triggers = never_deleted()

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.municipality}"

    @property
    def is_open(self) -> bool:
        return self.closed_at is None and timezone.localdate() <= self.deadline

    @property
    def days_left(self) -> int:
        return (self.deadline - timezone.localdate()).days


class HearingItem(models.Model):
    """A text as it was sent out: what one reacts to does not move."""

    hearing = models.ForeignKey(Hearing, models.PROTECT, related_name="items")
    kind = models.CharField(max_length=30)
    version_id = models.PositiveBigIntegerField()
    title = models.CharField(max_length=300)
    content = models.JSONField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["hearing", "kind", "version_id"], name="workplace_item_once"),
        ]
        triggers = append_only()


class Reaction(models.Model):
    """What the municipality says of one text, and what the office answers. Sent is sent, of both.

    The afterword is the office's own until it is sent; once the reaction is taken up in what is published, it is the
    afterword of that Reply.
    """

    item = models.OneToOneField(HearingItem, models.PROTECT, related_name="reaction")
    text = models.TextField("reactie")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    saved_at = models.DateTimeField(default=timezone.now)
    edition = models.PositiveIntegerField("stand van de tekst", default=0)  # 0: not saved yet
    sent_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField("nawoord", blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    answer_sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        triggers = [
            *never_deleted(),
            pgtrigger.Protect(
                name="answer_sent_is_sent",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__answer_sent_at__isnull=False)
                & (
                    pgtrigger.Q(old__answer__df=pgtrigger.F("new__answer"))
                    | pgtrigger.Q(new__answer_sent_at__isnull=True)
                ),
            ),
            pgtrigger.Protect(
                name="sent_is_sent",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__sent_at__isnull=False)
                & (pgtrigger.Q(old__text__df=pgtrigger.F("new__text")) | pgtrigger.Q(new__sent_at__isnull=True)),
            ),
        ]


class UploadQuerySet(models.QuerySet):  # type: ignore[type-arg]
    def of(self, user: Any) -> Self:
        """What this person may still confirm: their own, of a day at most, of an area that they write for."""
        kept = self.filter(by=user, created_at__gt=timezone.now() - Upload.KEPT)
        return kept.filter(focus_area__municipality__in=user.rights.writes)

    def expired(self) -> Self:
        return self.filter(created_at__lte=timezone.now() - Upload.KEPT)


class Upload(models.Model):
    """What stood in a sheet, between its rehearsal and its confirmation. The file itself is not kept."""

    KEPT: ClassVar = timedelta(days=1)

    kind = models.CharField("soort", max_length=30)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="van")
    round = models.ForeignKey("findings.AuditRound", models.CASCADE, related_name="+", verbose_name="ronde")
    focus_area = models.ForeignKey("focusareas.FocusArea", models.CASCADE, related_name="+", verbose_name="focusgebied")
    rows = models.JSONField("rijen")  # emptied once they are drafts
    unused = models.JSONField("koppen die niet worden overgenomen", default=list)
    created_at = models.DateTimeField("gestuurd op", default=timezone.now)
    outcome = models.CharField("wat ervan kwam", max_length=200, blank=True)  # empty: not confirmed yet

    objects: ClassVar = UploadQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["created_at"], name="workplace_upload_age")]
