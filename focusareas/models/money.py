"""Money: amounts that each keep their own scope, and where the programme sits in a city's budget."""

from __future__ import annotations

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q

from focusareas.models.places import FocusArea
from nplv_portal.lib.versions import Version
from nplv_portal.sources.models import SourcedRecord


class Amount(SourcedRecord):
    municipality_path = "focus_area__municipality"

    class Scope(models.TextChoices):
        FOCUS_AREA = "focus_area", "focusgebied"
        MUNICIPALITY = "municipality", "hele gemeente"
        REGION = "region", "regio"
        ORGANISATION = "organisation", "organisatie"
        OTHER = "other", "anders"

    class Frequency(models.TextChoices):
        TOTAL = "total", "in totaal"
        PER_YEAR = "per_year", "per jaar"
        ONCE = "once", "eenmalig"

    class Kind(models.TextChoices):
        BUREAU = "bureau", "bureau"
        PROGRAMME = "programme", "programma"
        EXTRA = "extra", "extra"
        REGULAR = "regular", "regulier"

    focus_area = models.ForeignKey(FocusArea, models.PROTECT, related_name="amounts", verbose_name="focusgebied")
    order = models.PositiveSmallIntegerField("volgorde")
    name = models.CharField("naam", max_length=150)
    text = models.TextField("waarvoor")
    euros = models.DecimalField("bedrag in euro", max_digits=14, decimal_places=2, validators=[MinValueValidator(0)])
    printed = models.CharField("zoals de bron het schrijft", max_length=60)
    is_rounded = models.BooleanField("door de bron afgerond")
    scope = models.CharField("voor welk gebied", max_length=15, choices=Scope.choices)
    scope_text = models.CharField("toelichting op het gebied", max_length=300)
    frequency = models.CharField("hoe vaak", max_length=10, choices=Frequency.choices)
    first_year = models.PositiveSmallIntegerField("eerste jaar", null=True, blank=True)
    last_year = models.PositiveSmallIntegerField("laatste jaar", null=True, blank=True)
    period_text = models.CharField("toelichting op de periode", max_length=300, blank=True)
    kind = models.CharField("soort geld", max_length=10, choices=Kind.choices, blank=True)
    kind_basis = models.CharField("waarop de soort rust", max_length=300, blank=True)
    stage_text = models.CharField("hoe vast het staat", max_length=500, blank=True)
    decides = models.TextField("wie beslist")
    council_say = models.TextField("wat de raad mag")
    part_of = models.SlugField("onderdeel van", max_length=100, blank=True)  # the record of another amount
    remark = models.TextField("opmerking van de redactie", blank=True)

    class Meta(Version.Meta):
        constraints = [
            *Version.Meta.constraints,
            models.CheckConstraint(name="focusareas_amount_positive", condition=Q(euros__gte=0)),
            models.CheckConstraint(
                name="focusareas_amount_years",
                violation_error_message="Het laatste jaar ligt niet voor het eerste.",
                condition=Q(first_year__isnull=True) | Q(last_year__isnull=True) | Q(first_year__lte=F("last_year")),
            ),
            models.CheckConstraint(
                name="focusareas_amount_kind_basis",
                violation_error_message="Zeg waar een bron de soort geld noemt, of laat de soort leeg.",
                condition=Q(kind="", kind_basis="") | (~Q(kind="") & ~Q(kind_basis="")),
            ),
            models.CheckConstraint(
                name="focusareas_amount_not_its_own_part",
                violation_error_message="Een bedrag is geen deel van zichzelf.",
                condition=Q(part_of="") | ~Q(part_of=F("record")),
            ),
        ]


class BudgetLine(SourcedRecord):
    """Where a part of the programme sits in the budget of the municipality."""

    municipality_path = "focus_area__municipality"

    focus_area = models.ForeignKey(FocusArea, models.PROTECT, related_name="budget_lines", verbose_name="focusgebied")
    order = models.PositiveSmallIntegerField("volgorde")
    programme = models.CharField("begrotingsprogramma", max_length=150)
    key_theme = models.CharField("kernthema", max_length=100)
    theme = models.CharField("thema van het programma", max_length=100)
    part = models.CharField("onderdeel", max_length=200)
    remark = models.TextField("opmerking van de redactie", blank=True)
