"""Who does what: the bodies of an alliance, who sits in them, and the themes and goals that they work on."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models

from focusareas.models.places import FocusArea
from nplv_portal.lib.partial_dates import PartialDateField
from nplv_portal.lib.triggers import bump_revision
from nplv_portal.sources.models import Source, SourcedRecord


def check_relations(value: Any) -> None:
    keys = {"to", "words"}
    if not isinstance(value, list) or any(not isinstance(entry, dict) or entry.keys() != keys for entry in value):
        raise ValidationError("Elke lijn heeft precies to (het andere orgaan) en words (wat de lijn betekent).")


class Body(SourcedRecord):
    """A box of the organisation chart, and the lines that go out from it."""

    municipality_path = "focus_area__municipality"

    focus_area = models.ForeignKey(FocusArea, models.PROTECT, related_name="bodies", verbose_name="focusgebied")
    name = models.CharField("naam", max_length=100)
    tier = models.PositiveSmallIntegerField("rij in de tekening, van boven")
    position = models.PositiveSmallIntegerField("plaats in de rij, van links")
    text = models.TextField("wat het is en doet")
    relations = models.JSONField("lijnen", default=list, blank=True, validators=[check_relations])
    remark = models.TextField("opmerking van de redactie", blank=True)


class Seat(SourcedRecord):
    """A place in a body, or a function at a bureau: by office, never by name."""

    municipality_path = "focus_area__municipality"

    focus_area = models.ForeignKey(FocusArea, models.PROTECT, related_name="seats", verbose_name="focusgebied")
    body = models.SlugField("orgaan", max_length=100)  # the record of a Body
    order = models.PositiveSmallIntegerField("volgorde")
    sector = models.CharField("sector", max_length=100, blank=True)
    organisation = models.CharField("organisatie", max_length=150, blank=True)
    function = models.CharField("functie", max_length=150)
    represents = models.CharField("vertegenwoordigt", max_length=150, blank=True)
    fte = models.DecimalField("omvang in fte", max_digits=5, decimal_places=2, null=True, blank=True)
    situation = PartialDateField("stand van", null=True, blank=True)
    remark = models.TextField("opmerking van de redactie", blank=True)


class ProgrammeTheme(models.Model):
    slug = models.SlugField(unique=True)
    focus_area = models.ForeignKey(FocusArea, models.PROTECT, related_name="themes", verbose_name="focusgebied")
    name = models.CharField("naam", max_length=100)
    order = models.PositiveSmallIntegerField("volgorde")
    text = models.TextField("toelichting", blank=True)
    source = models.ForeignKey(Source, models.PROTECT, related_name="+", verbose_name="vindplaats")

    class Meta:
        ordering = ["focus_area__number", "order"]
        constraints = [models.UniqueConstraint(fields=["focus_area", "order"], name="focusareas_theme_order")]
        triggers = bump_revision()

    def __str__(self) -> str:
        return self.name


class Goal(SourcedRecord):
    municipality_path = "theme__focus_area__municipality"

    class Kind(models.TextChoices):
        GOAL = "goal", "doel"
        KPI = "kpi", "KPI"

    theme = models.ForeignKey(ProgrammeTheme, models.PROTECT, related_name="goals", verbose_name="thema")
    kind = models.CharField("soort", max_length=5, choices=Kind.choices)
    order = models.PositiveSmallIntegerField("volgorde")
    text = models.TextField("tekst")
    projects: ArrayField[list[str], list[str]] = ArrayField(
        models.CharField(max_length=300), default=list, blank=True, verbose_name="projecten"
    )
    partners: ArrayField[list[str], list[str]] = ArrayField(
        models.CharField(max_length=200), default=list, blank=True, verbose_name="partners"
    )
    remark = models.TextField("opmerking van de redactie", blank=True)
