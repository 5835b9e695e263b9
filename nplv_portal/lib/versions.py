"""One mechanism for everything that is published: versions of a record, each public during its own stretch of time."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import F, Q
from django.utils import timezone

from nplv_portal.lib.triggers import bump_revision_when_public, protect_published


class Stage(models.TextChoices):
    DRAFT = "draft", "concept"
    IN_REVIEW = "in_review", "in beoordeling"
    PUBLISHED = "published", "gepubliceerd"
    WITHDRAWN = "withdrawn", "ingetrokken"


class VersionQuerySet(models.QuerySet):  # type: ignore[type-arg]
    def as_of(self, moment: datetime) -> Self:
        """What the public could read at that moment: at most one version of a record."""
        return self.filter(public_during__contains=moment)

    def ever_public(self) -> Self:
        return self.filter(public_during__isnull=False)

    def public_by(self, moment: datetime) -> Self:
        """Every version that had been published by then, the superseded and withdrawn ones included."""
        return self.filter(public_during__startswith__lte=moment)


class Version(models.Model):
    """Abstract. A subclass adds `record`: the foreign key, or the slug, that says what this is a version of.

    A published version is immutable; a correction is the next version, with an erratum. Whether a version is superseded
    follows from `public_during`, and is not stored twice.
    """

    number = models.PositiveSmallIntegerField("versie", default=1)
    stage = models.CharField("fase", max_length=10, choices=Stage.choices, default=Stage.DRAFT)
    public_during = DateTimeRangeField("openbaar", null=True, blank=True, editable=False)
    erratum = models.TextField("erratum", blank=True)
    withdrawal_reason = models.TextField("reden van intrekken", blank=True)
    written_at = models.DateTimeField("geschreven op", default=timezone.now, editable=False)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )

    objects = VersionQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            ExclusionConstraint(
                name="%(app_label)s_%(class)s_one_public",
                expressions=[("record", RangeOperators.EQUAL), ("public_during", RangeOperators.OVERLAPS)],
            ),
            models.UniqueConstraint(fields=["record", "number"], name="%(app_label)s_%(class)s_number"),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_public_by_stage",
                condition=Q(stage__in=[Stage.PUBLISHED, Stage.WITHDRAWN], public_during__isnull=False)
                | Q(stage__in=[Stage.DRAFT, Stage.IN_REVIEW], public_during__isnull=True),
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_range",
                condition=Q(public_during__isnull=True)
                | Q(public_during__isempty=False, public_during__lower_inf=False, public_during__lower_inc=True),
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_withdrawn_why",
                condition=~Q(stage=Stage.WITHDRAWN) | (~Q(withdrawal_reason="") & Q(public_during__upper_inf=False)),
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_correction_says_what",
                condition=Q(number=1) | Q(public_during__isnull=True) | ~Q(erratum=""),
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_four_eyes",
                condition=Q(written_by__isnull=True) | Q(published_by__isnull=True) | ~Q(written_by=F("published_by")),
            ),
        ]
        triggers = [*protect_published(), *bump_revision_when_public()]

    @property
    def siblings(self) -> VersionQuerySet:
        """All versions of the same record."""
        return VersionQuerySet(type(self)).filter(record=self.record)  # type: ignore[attr-defined]

    @property
    def published_at(self) -> datetime | None:
        return self.public_during.lower if self.public_during else None

    @property
    def closed_at(self) -> datetime | None:
        return self.public_during.upper if self.public_during else None

    @transaction.atomic
    def publish(self, *, at: datetime, by: Any = None) -> None:
        """Open this version to the public at a moment, and close the one that was public until then."""
        for current in self.siblings.as_of(at).select_for_update():
            current.close(at=at, by=by)
        self.stage = Stage.PUBLISHED
        self.published_by = by
        self.public_during = DateTimeTZRange(at, None)
        self.save()

    def withdraw(self, *, at: datetime, reason: str, by: Any = None) -> None:
        """Take this version from the public; that it stood there, and why it went, stays visible."""
        self.stage = Stage.WITHDRAWN
        self.withdrawal_reason = reason
        self.close(at=at, by=by)

    def close(self, *, at: datetime, by: Any = None) -> None:
        self.public_during = DateTimeTZRange(self.public_during.lower, at)
        self.closed_by = by
        self.save()
