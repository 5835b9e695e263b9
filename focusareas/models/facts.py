"""What sources say of a focus area, as sentences."""

from __future__ import annotations

from django.db import models

from focusareas.models.places import FocusArea
from nplv_portal.lib.partial_dates import PartialDateField
from nplv_portal.sources.models import SourcedRecord


class AreaFact(SourcedRecord):
    """One statement about a focus area by one source. Sources that differ stand side by side."""

    municipality_path = "focus_area__municipality"

    class Topic(models.TextChoices):
        PROGRAMME = "programme", "Programma"
        ALLIANCE = "alliance", "Alliantie"
        CHAIR = "chair", "Voorzitter"
        BUREAU = "bureau", "Programmabureau"
        GOAL = "goal", "Doel"
        HORIZON = "horizon", "Looptijd"
        SHARE = "share", "Aandeel van de inwoners"
        INHABITANTS = "inhabitants", "Inwoners"
        NEIGHBOURHOODS = "neighbourhoods", "Wijken en buurten"
        MILESTONE = "milestone", "Mijlpaal"
        WEBSITE = "website", "Website"
        REGISTRY = "registry", "Raadsinformatie"
        PLANS = "plans", "Plannen en voorstellen"
        GOVERNANCE = "governance", "Sturing en verantwoording"
        CITY = "city", "Rol van de gemeente"
        PARTNERS = "partners", "Partners"
        RESIDENTS = "residents", "Bewoners betrekken"
        AGREEMENTS = "agreements", "Afspraken over informatie aan de raad"
        MONITORING = "monitoring", "Monitoring en kennis"
        MONEY = "money", "Hoe het geld werkt"
        MONEY_KIND = "money_kind", "Soorten geld"

    focus_area = models.ForeignKey(FocusArea, models.PROTECT, related_name="facts", verbose_name="focusgebied")
    topic = models.CharField("onderwerp", max_length=20, choices=Topic.choices)
    text = models.TextField("tekst")
    happened = PartialDateField("datum", null=True, blank=True)
    remark = models.TextField("opmerking van de redactie", blank=True)
