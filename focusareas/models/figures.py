"""Figures about an area. What differs in definition, area or year is never one series."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from focusareas.models.places import FocusArea
from nplv_portal.lib.partial_dates import PartialDateField
from nplv_portal.lib.triggers import bump_revision, protect_part_of_published
from nplv_portal.sources.models import Source, SourcedRecord


class Region(models.Model):
    """A place that a figure is about: a neighbourhood, a focus area, a municipality or the country."""

    class Kind(models.TextChoices):
        NEIGHBOURHOOD = "neighbourhood", "wijk"
        FOCUS_AREA = "focus_area", "focusgebied"
        MUNICIPALITY = "municipality", "gemeente"
        COUNTRY = "country", "land"

    slug = models.SlugField(unique=True)
    name = models.CharField("naam", max_length=100)
    kind = models.CharField("soort", max_length=15, choices=Kind.choices)
    focus_area = models.ForeignKey(
        FocusArea, models.PROTECT, null=True, blank=True, related_name="regions", verbose_name="focusgebied"
    )
    order = models.PositiveSmallIntegerField("volgorde", unique=True)

    class Meta:
        ordering = ["order"]
        triggers = bump_revision()

    def __str__(self) -> str:
        return self.name


class FigureTable(models.Model):
    """Figures that a source gives in one table, so that they may stand side by side."""

    slug = models.SlugField(unique=True)
    focus_area = models.ForeignKey(FocusArea, models.PROTECT, related_name="figure_tables", verbose_name="focusgebied")
    title = models.CharField("titel", max_length=150)
    text = models.TextField("wat de tabel toont en wat niet", blank=True)
    order = models.PositiveSmallIntegerField("volgorde")
    source = models.ForeignKey(Source, models.PROTECT, related_name="+", verbose_name="vindplaats")

    class Meta:
        ordering = ["focus_area__number", "order"]
        constraints = [models.UniqueConstraint(fields=["focus_area", "order"], name="focusareas_table_order")]
        triggers = bump_revision()

    def __str__(self) -> str:
        return self.title


class Indicator(SourcedRecord):
    """One row of a table: what is measured and how. Its figures, one a region, stand in Figure."""

    municipality_path = "table__focus_area__municipality"

    class Unit(models.TextChoices):
        PERCENT = "percent", "procent"
        EURO = "euro", "euro"
        PER_1000 = "per_1000", "per 1.000 inwoners"
        PER_10000 = "per_10000", "per 10.000 inwoners"
        YEARS = "years", "jaar"
        SCORE = "score", "score"
        NONE_GIVEN = "none_given", "geen eenheid genoemd"

    table = models.ForeignKey(FigureTable, models.PROTECT, related_name="indicators", verbose_name="tabel")
    group = models.CharField("groep", max_length=100, blank=True)
    order = models.PositiveSmallIntegerField("volgorde")
    name = models.CharField("naam", max_length=150)
    definition = models.TextField("hoe gemeten", blank=True)
    unit = models.CharField("eenheid", max_length=10, choices=Unit.choices)
    measured = PartialDateField("peildatum", null=True, blank=True)
    remark = models.TextField("opmerking van de redactie", blank=True)


class Figure(models.Model):
    """The value of an indicator in one region. Both empty: the source leaves the cell empty, and so do we."""

    version = models.ForeignKey(Indicator, models.CASCADE, related_name="figures")
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="gebied")
    value = models.DecimalField("waarde", max_digits=14, decimal_places=4, null=True, blank=True)
    printed = models.CharField("zoals de bron het schrijft", max_length=40, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "region"], name="focusareas_figure_once_a_region"),
            models.CheckConstraint(
                name="focusareas_figure_as_printed",
                violation_error_message="Schrijf bij een waarde ook hoe de bron haar schrijft.",
                condition=Q(value__isnull=True) | ~Q(printed=""),
            ),
        ]
        triggers = protect_part_of_published("focusareas_indicator")


class KeyIndicator(SourcedRecord):
    """A kernindicator: what the minister reports on to parliament, for every focus area alike."""

    action_line = models.PositiveSmallIntegerField("actielijn")
    order = models.PositiveSmallIntegerField("volgorde")
    name = models.CharField("naam", max_length=150)
    measured_by: ArrayField[list[str], list[str]] = ArrayField(
        models.SlugField(max_length=100), default=list, blank=True, verbose_name="cijfers die er iets over zeggen"
    )
    remark = models.TextField("opmerking van de redactie", blank=True)
