"""Who and where: the municipalities, their focus areas, the audit offices that look after them."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from nplv_portal.lib.partial_dates import PartialDateField
from nplv_portal.lib.triggers import append_only, bump_revision
from nplv_portal.sources.models import Source


class Municipality(models.Model):
    slug = models.SlugField(unique=True)
    name = models.CharField("naam", max_length=100)
    official_name = models.CharField("officiële naam", max_length=100)
    province = models.CharField("provincie", max_length=50)
    cbs_code = models.CharField("CBS-code", max_length=6, unique=True)
    # Place on the schematic map: a tile, counted from the north-west. A choice of layout, not a fact.
    tile_x = models.PositiveSmallIntegerField()
    tile_y = models.PositiveSmallIntegerField()
    source = models.ForeignKey(Source, models.PROTECT, related_name="+", verbose_name="vindplaats")

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="focusareas_cbs_code",
                violation_error_message="Een CBS-code is GM met vier cijfers, bijvoorbeeld GM0917.",
                condition=Q(cbs_code__regex=r"^GM[0-9]{4}$"),
            ),
            models.UniqueConstraint(fields=["tile_x", "tile_y"], name="focusareas_tile"),
        ]
        triggers = bump_revision()

    def __str__(self) -> str:
        return self.name


class FocusArea(models.Model):
    slug = models.SlugField(unique=True)
    name = models.CharField("naam", max_length=100)
    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="areas", verbose_name="gemeente")
    number = models.PositiveSmallIntegerField("volgorde", unique=True)
    joined = PartialDateField("toegevoegd op", null=True, blank=True)
    joined_source = models.ForeignKey(
        Source, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="vindplaats van de datum"
    )
    source = models.ForeignKey(Source, models.PROTECT, related_name="+", verbose_name="vindplaats")

    class Meta:
        ordering = ["number"]
        triggers = bump_revision()

    def __str__(self) -> str:
        return self.name


class AuditOffice(models.Model):
    """A rekenkamer. It may serve several municipalities, and a municipality may change office."""

    slug = models.SlugField(unique=True)
    name = models.CharField("naam", max_length=100)
    municipalities = models.ManyToManyField(Municipality, related_name="audit_offices", verbose_name="gemeenten")
    source = models.ForeignKey(
        Source, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="vindplaats"
    )

    class Meta:
        ordering = ["name"]
        triggers = bump_revision()

    def __str__(self) -> str:
        return self.name


class CouncilTerm(models.Model):
    """A raadsperiode, between two municipal elections."""

    slug = models.SlugField(unique=True)
    first_year = models.PositiveSmallIntegerField("eerste jaar")
    last_year = models.PositiveSmallIntegerField("laatste jaar")

    class Meta:
        ordering = ["first_year"]
        constraints = [
            models.CheckConstraint(name="focusareas_term_years", condition=Q(first_year__lt=F("last_year"))),
        ]
        triggers = bump_revision()

    def __str__(self) -> str:
        return f"{self.first_year}-{self.last_year}"


class QuestionArticleQuerySet(models.QuerySet):  # type: ignore[type-arg]
    def known_by(self, moment: datetime) -> Self:
        """What had been entered by then, the last first: that is the one that counts."""
        return self.filter(entered_at__lte=moment).order_by("-entered_at", "-pk")


class QuestionArticle(models.Model):
    """Append-only: the article of a council's rules of order under which its members put written questions.

    The last that was entered counts; a correction is a next one.
    """

    slug = models.SlugField(max_length=100, unique=True)
    municipality = models.ForeignKey(
        Municipality, models.PROTECT, related_name="question_articles", verbose_name="gemeente"
    )
    article = models.CharField("artikel", max_length=60)
    note = models.TextField("opmerking", blank=True)
    link = models.URLField("adres van het reglement", max_length=500, blank=True)
    source = models.ForeignKey(
        Source, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="vindplaats"
    )
    entered_at = models.DateTimeField("ingevoerd op")
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects: ClassVar = QuestionArticleQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="focusareas_article_named",
                violation_error_message="Noem het artikel.",
                condition=~Q(article=""),
            ),
            models.CheckConstraint(
                name="focusareas_article_proof",
                violation_error_message="Geef een adres of een vindplaats.",
                condition=~Q(link="") | Q(source__isnull=False),
            ),
        ]
        triggers = [*append_only(), *bump_revision()]

    def __str__(self) -> str:
        return f"{self.article} ({self.municipality})"
