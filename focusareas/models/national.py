"""The national frame that every focus area shares."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from nplv_portal.sources.models import SourcedRecord


class NationalElement(SourcedRecord):
    class Kind(models.TextChoices):
        GOAL = "goal", "doel"
        ACTION_LINE = "action_line", "actielijn"
        MEASURE = "measure", "maatregel"
        PART = "part", "onderdeel"
        COMMITMENT = "commitment", "afspraak"

    kind = models.CharField("soort", max_length=15, choices=Kind.choices)
    order = models.PositiveSmallIntegerField("volgorde")
    title = models.CharField("naam", max_length=200)
    text = models.TextField("uitleg")
    plan = models.CharField("actieplan", max_length=100, blank=True)
    action_line = models.PositiveSmallIntegerField("actielijn", null=True, blank=True)
    positions: ArrayField[list[str], list[str]] = ArrayField(
        models.TextField(), default=list, blank=True, verbose_name="positie van de focusgebieden"
    )
    under = models.SlugField("onderdeel van", max_length=100, blank=True)  # the record of a measure
    remark = models.TextField("opmerking van de redactie", blank=True)
