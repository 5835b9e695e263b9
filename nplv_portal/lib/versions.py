"""One mechanism for everything that is published: versions of a record, each public during its own stretch of time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.db import models, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import F, Q
from django.utils import timezone

from nplv_portal.lib.triggers import bump_revision_when_public, protect_published


class Stage(models.TextChoices):
    DRAFT = "draft", "concept"
    IN_REVIEW = "in_review", "in beoordeling"
    APPROVED = "approved", "goedgekeurd"
    PUBLISHED = "published", "gepubliceerd"
    WITHDRAWN = "withdrawn", "ingetrokken"


PREPARED = (Stage.DRAFT, Stage.IN_REVIEW, Stage.APPROVED)

# What people may do with a version, from which stage, and what it then is. docs/model.md draws it.
MOVES: dict[str, tuple[tuple[Stage, ...], Stage]] = {
    "submit": ((Stage.DRAFT,), Stage.IN_REVIEW),
    "send_back": ((Stage.IN_REVIEW, Stage.APPROVED), Stage.DRAFT),
    "approve": ((Stage.IN_REVIEW,), Stage.APPROVED),
    "release": ((Stage.APPROVED,), Stage.PUBLISHED),
    "withdraw": ((Stage.PUBLISHED,), Stage.WITHDRAWN),
}


class MoveRefusedError(Exception):
    """What was asked cannot be done with this version as it is now. The message is for the person who asked."""


class StaleError(MoveRefusedError):
    """Someone else saved in the meantime."""


class ReleaseRefusedError(MoveRefusedError):
    """Some of what was to be released together cannot be: `reasons` says for each which and why."""

    def __init__(self, reasons: list[tuple[Any, str]]) -> None:
        super().__init__(" ".join(why for _, why in reasons))
        self.reasons = reasons


class VersionQuerySet(models.QuerySet):  # type: ignore[type-arg]
    def as_of(self, moment: datetime) -> Self:
        """What the public could read at that moment: at most one version of a record."""
        return self.filter(public_during__contains=moment)

    def ever_public(self) -> Self:
        return self.filter(public_during__isnull=False)

    def public_by(self, moment: datetime) -> Self:
        """Every version that had been published by then, the superseded and withdrawn ones included."""
        return self.filter(public_during__startswith__lte=moment)

    def opening_later(self) -> Self:
        """Released, for a moment that has yet to come (embargo)."""
        return self.filter(stage=Stage.PUBLISHED, public_during__startswith__gt=timezone.now())

    def prepared(self) -> Self:
        """What is being written, reviewed or waits to be published."""
        return self.filter(stage__in=PREPARED)

    def kept_for(self, municipalities: Iterable[int], *, joint: bool) -> Self:
        """Of these municipalities; `joint`: also what belongs to none of them, or to all."""
        if not self.model.municipality_path:
            return self if joint else self.none()
        own = Q(**{f"{self.model.municipality_path}__in": list(municipalities)})
        return self.filter(own | Q(**{f"{self.model.municipality_path}__isnull": True}) if joint else own)


class Version(models.Model):
    """Abstract. A subclass adds `record`: the foreign key, or the slug, that says what this is a version of.

    A published version is immutable; a correction is the next version, with an erratum. Whether a version is superseded
    follows from `public_during`, and is not stored twice.
    """

    # The lookup that leads to the municipality whose audit office keeps the record; empty: all offices together do.
    municipality_path: ClassVar[str] = ""

    number = models.PositiveSmallIntegerField("versie", default=1)
    stage = models.CharField("fase", max_length=10, choices=Stage.choices, default=Stage.DRAFT)
    public_during = DateTimeRangeField("openbaar", null=True, blank=True, editable=False)
    erratum = models.TextField("erratum", blank=True)
    withdrawal_reason = models.TextField("reden van intrekken", blank=True)
    written_at = models.DateTimeField("geschreven op", default=timezone.now, editable=False)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    # Everyone who ever saved this version: none of them may approve or publish it.
    writers: ArrayField[list[int], list[int]] = ArrayField(
        models.BigIntegerField(), default=list, blank=True, editable=False
    )
    edition = models.PositiveIntegerField(default=1, editable=False)  # rises with every save by a person
    approved_by = models.ForeignKey(
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
                | Q(stage__in=PREPARED, public_during__isnull=True),
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
                condition=(Q(written_by__isnull=True) | Q(published_by__isnull=True) | ~Q(written_by=F("published_by")))
                & (Q(published_by__isnull=True) | ~Q(writers__contains=[F("published_by")]))
                & (Q(approved_by__isnull=True) | ~Q(writers__contains=[F("approved_by")])),
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_published_approved",
                condition=Q(published_by__isnull=True) | Q(approved_by__isnull=False),
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

    # What people do. Each move happens once, in the database, and only from the edition that the person saw.

    def submit(self, *, by: Any) -> None:
        self._move("submit", by=by)

    def send_back(self, *, by: Any) -> None:
        self._move("send_back", by=by, approved_by=None)

    def approve(self, *, by: Any) -> None:
        self._refuse_writer(by)
        self._move("approve", by=by, approved_by=by)

    @transaction.atomic
    def release(self, *, at: datetime, by: Any) -> None:
        """Open to the public at a moment, now or later. Who wrote a version never releases it."""
        self.hold(*MOVES["release"][0])
        self._refuse_writer(by)
        if self.approved_by_id is None:
            raise MoveRefusedError(
                "Niemand keurde deze tekst goed. Geef haar terug, en laat een collega haar opnieuw beoordelen."
            )
        if self.number > 1 and not self.erratum:
            raise MoveRefusedError("Er staat nog niet bij wat er verbeterd is. Geef haar terug om dat in te vullen.")
        if self.siblings.filter(public_during__startswith__gte=at).exists():
            raise MoveRefusedError("Een andere versie wordt later openbaar. Blaas die af, of kies een later moment.")
        self.edition += 1  # a page from before this release releases nothing again
        self.publish(at=at, by=by)

    @transaction.atomic
    def cancel_release(self, *, by: Any) -> None:
        """Take back what has not opened yet; what it would have replaced stays public."""
        self.hold(Stage.PUBLISHED)
        opens = self.published_at
        if opens is None or opens <= timezone.now():
            raise MoveRefusedError("Deze tekst is al openbaar. U kunt haar alleen nog intrekken of verbeteren.")
        if self.closed_at:
            raise MoveRefusedError("Na deze tekst staat er nog een klaar. Blaas die eerst af.")
        self.stage, self.public_during, self.published_by = Stage.APPROVED, None, None
        self.save()
        for earlier in self.siblings.filter(public_during__endswith=opens, stage=Stage.PUBLISHED):
            earlier.public_during, earlier.closed_by = DateTimeTZRange(earlier.public_during.lower, None), None
            earlier.save()

    def _move(self, name: str, *, by: Any, **values: Any) -> None:
        start, end = MOVES[name]
        moved = (
            type(self)
            ._default_manager.filter(pk=self.pk, stage__in=start, edition=self.edition)
            .update(stage=end, edition=F("edition") + 1, **values)
        )
        if not moved:
            raise StaleError(self._why_not())
        self.refresh_from_db()

    def hold(self, *stages: str) -> None:
        """Let nobody else move this record, and make sure that the version still is what the person saw."""
        held = {version.pk: version for version in self.siblings.select_for_update().order_by("number")}
        if held[self.pk].stage not in stages or held[self.pk].edition != self.edition:
            raise StaleError(self._why_not())
        self.refresh_from_db()

    def _why_not(self) -> str:
        now = type(self)._default_manager.get(pk=self.pk)
        if now.edition != self.edition:
            return (
                "Iemand anders heeft deze tekst intussen opgeslagen. Bekijk wat er veranderde en probeer het opnieuw."
            )
        return f"Dit kan niet, want deze tekst is nu {now.get_stage_display()}."

    def _refuse_writer(self, by: Any) -> None:
        if by.pk in self.writers:
            raise MoveRefusedError("U schreef mee aan deze tekst. Een collega moet haar goedkeuren en publiceren.")
