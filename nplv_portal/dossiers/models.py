"""What was asked of a dossier, how far it is, and the files that came of it. These stay."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar, Self

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from findings.models import AuditRound
from focusareas.models import Municipality
from nplv_portal.lib.triggers import append_only, never_deleted


class Kind(models.TextChoices):
    MEETING = "vergaderpakket", "Vergaderpakket"
    HANDOVER = "overdrachtsdossier", "Overdrachtsdossier"
    YEARLY = "jaaroverzicht", "Jaaroverzicht opvolging"
    REPORT = "rapport", "Rapport van de gemeente"
    COMPARISON = "vergelijking", "Vergelijking van gemeenten"


class OfPlaces(models.QuerySet):  # type: ignore[type-arg]
    def of_places(self, municipalities: Iterable[int]) -> Self:
        return self.filter(municipality__in=list(municipalities))


class Template(models.Model):
    """A choice that an organisation makes again and again."""

    municipality = models.ForeignKey(Municipality, models.CASCADE, related_name="+", verbose_name="gemeente")
    kind = models.CharField("soort", max_length=20, choices=Kind.choices)
    name = models.CharField("naam", max_length=80)
    title = models.CharField("titel", max_length=120)
    round = models.ForeignKey(AuditRound, models.PROTECT, null=True, related_name="+", verbose_name="ronde")
    sections = ArrayField(models.SlugField(), default=list, verbose_name="onderdelen")
    items = ArrayField(models.SlugField(max_length=150), default=list, verbose_name="gemeenten")
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    saved_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar = OfPlaces.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "kind", "name"],
                name="dossiers_template_name",
                violation_error_message="Er is al een sjabloon met deze naam.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Dossier(models.Model):
    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="dossiers", verbose_name="gemeente")
    kind = models.CharField("soort", max_length=20, choices=Kind.choices)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    started_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar = OfPlaces.as_manager()

    class Meta:
        ordering = ["-pk"]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.municipality}"


class Stage(models.TextChoices):
    WAITING = "waiting", "in de wachtrij"
    MAKING = "making", "wordt gemaakt"
    MADE = "made", "klaar"
    FAILED = "failed", "mislukt"
    CANCELLED = "cancelled", "geannuleerd"


UNFINISHED = (Stage.WAITING, Stage.MAKING)


class EditionQuerySet(models.QuerySet):  # type: ignore[type-arg]
    def of_places(self, municipalities: Iterable[int]) -> Self:
        return self.filter(dossier__municipality__in=list(municipalities))

    def unfinished(self) -> Self:
        return self.filter(stage__in=UNFINISHED)


class Edition(models.Model):
    """One version of a dossier: what was asked, by whom, and what became of it. Once made it stands."""

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="editions")
    number = models.PositiveSmallIntegerField("versie")
    key = models.UUIDField(default=uuid.uuid4, unique=True)  # the same form sent twice is one dossier
    title = models.CharField("titel", max_length=120)
    meeting = models.CharField("vergadering", max_length=120, blank=True)  # which, and when: in the words of the clerk
    day = models.DateField("zoals op", null=True)  # None: of the moment that it is made
    year = models.PositiveSmallIntegerField("jaar", null=True)
    round = models.ForeignKey(AuditRound, models.PROTECT, null=True, related_name="+", verbose_name="ronde")
    sections = ArrayField(models.SlugField(), default=list, verbose_name="onderdelen")
    items = ArrayField(models.SlugField(max_length=150), default=list, verbose_name="keuze")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)

    stage = models.CharField(max_length=9, choices=Stage.choices, default=Stage.WAITING)
    job = models.BigIntegerField(null=True)
    part = models.PositiveSmallIntegerField(default=0)  # how many of its parts are ready
    reason = models.TextField(blank=True)  # why it failed, and what one can do
    ended_at = models.DateTimeField(null=True)
    moment = models.DateTimeField(null=True)  # whose state it shows
    checksum = models.CharField(max_length=64, blank=True)  # of what it says

    objects: ClassVar = EditionQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["dossier", "number"], name="dossiers_edition_number"),
            models.UniqueConstraint(
                fields=["dossier"], condition=Q(stage__in=["waiting", "making"]), name="dossiers_one_in_the_making"
            ),
            models.CheckConstraint(name="dossiers_edition_stage", condition=Q(stage__in=Stage.values)),
            models.CheckConstraint(
                name="dossiers_made_is_known",
                condition=~Q(stage="made") | (Q(moment__isnull=False) & Q(checksum__regex="^[0-9a-f]{64}$")),
            ),
            models.CheckConstraint(
                name="dossiers_ended",
                condition=Q(stage__in=["waiting", "making"], ended_at__isnull=True)
                | (~Q(stage__in=["waiting", "making"]) & Q(ended_at__isnull=False, ended_at__gte=F("asked_at"))),
            ),
        ]
        triggers = [
            *never_deleted(),
            pgtrigger.Protect(name="made_stands", operation=pgtrigger.Update, condition=pgtrigger.Q(old__stage="made")),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_busy(self) -> bool:
        return self.stage in UNFINISHED

    @property
    def successor(self) -> Edition | None:
        """The last version that was made after this one."""
        later = self.dossier.editions.filter(stage=Stage.MADE, number__gt=self.number)
        found: Edition | None = later.order_by("-number").first()
        return found

    def end(self, stage: Stage, *, reason: str = "", at: datetime | None = None) -> None:
        self.stage, self.reason, self.ended_at = stage, reason, at or timezone.now()
        self.save(update_fields=["stage", "reason", "ended_at"])


class DossierFile(models.Model):
    """What was made. This stays, also after an operator cleared the bytes: a copy can still be recognised."""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="files")
    format = models.CharField(max_length=5)
    name = models.CharField(max_length=150)
    sha256 = models.CharField("SHA-256", max_length=64)
    size = models.PositiveIntegerField()
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "format"], name="dossiers_file_once"),
            models.CheckConstraint(name="dossiers_file_sha256", condition=Q(sha256__regex="^[0-9a-f]{64}$")),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return self.name


class FileContent(models.Model):
    """The bytes. In the database, as evidence is: one backup, one transaction, and nowhere that a web server looks."""

    file = models.OneToOneField(DossierFile, models.PROTECT, primary_key=True, related_name="kept")
    content = models.BinaryField()

    class Meta:
        triggers = [pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update)]
