"""What happened when, in a city or in the whole programme."""

from __future__ import annotations

from django.db import models

from focusareas.models.places import Municipality
from nplv_portal.lib.partial_dates import PartialDateField
from nplv_portal.sources.models import SourcedRecord


class Event(SourcedRecord):
    """No citizen is named; who holds an office is called by the office."""

    municipality_path = "municipality"

    class Kind(models.TextChoices):
        """The first nine are those of VNG's Open Raadsinformatie; the others are the portal's own."""

        QUESTION = "vraag", "vraag"
        ANSWER = "antwoord", "antwoord"
        MOTION = "motie", "motie"
        AMENDMENT = "amendement", "amendement"
        PROPOSAL = "voorstel", "voorstel"
        DECISION_PAPER = "besluitvormingsstuk", "besluitvormingsstuk"
        COMMITMENT = "toezegging", "toezegging"
        NOTIFICATION = "mededeling", "mededeling"
        INCOMING = "ingekomen_stuk", "ingekomen stuk"
        DECISION = "besluit", "besluit"
        MEETING = "bijeenkomst", "bijeenkomst"
        SPEAKER = "inspraak", "inspraak"
        MILESTONE = "mijlpaal", "mijlpaal"
        PUBLICATION = "publicatie", "publicatie"
        REGULATION = "regeling", "regeling"

    class Actor(models.TextChoices):
        COUNCIL = "council", "raad"
        EXECUTIVE = "executive", "college"
        COUNCIL_AND_EXECUTIVE = "council_and_executive", "raad en college"
        ALLIANCE = "alliance", "alliantie"
        PROGRAMME_BUREAU = "programme_bureau", "programmabureau"
        STATE = "state", "rijk"
        MUNICIPALITY = "municipality", "gemeente"
        RESIDENT = "resident", "inwoner"
        AUDIT_OFFICE = "audit_office", "rekenkamer"
        OTHER = "other", "anderen"

    municipality = models.ForeignKey(
        Municipality, models.PROTECT, null=True, blank=True, related_name="events", verbose_name="gemeente"
    )
    happened = PartialDateField("wanneer")
    until = PartialDateField("tot en met", null=True, blank=True)
    kind = models.CharField("soort", max_length=20, choices=Kind.choices)
    actor = models.CharField("van wie", max_length=25, choices=Actor.choices)
    channel = models.CharField("hoe", max_length=150, blank=True)
    title = models.CharField("wat", max_length=120)
    text = models.TextField("toelichting", blank=True)
    answers = models.SlugField("antwoord op", max_length=100, blank=True)  # the record of another event
    remark = models.TextField("opmerking van de redactie", blank=True)
