"""What should change, and what came of it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from findings.models import Aspect, AuditRound, Finding
from focusareas.models import Municipality
from nplv_portal.lib.partial_dates import PartialDateField
from nplv_portal.lib.triggers import append_only, bump_revision, protect_part_of_published
from nplv_portal.lib.versions import Version
from nplv_portal.sources.models import Citation, Document, Source, SourcedRecord


class Recommendation(models.Model):
    """An aanbeveling: umbrella (for every council) or local (for one). What it says stands in its versions."""

    class Kind(models.TextChoices):
        UMBRELLA = "umbrella", "overkoepelend"
        LOCAL = "local", "lokaal"

    slug = models.SlugField(unique=True)
    kind = models.CharField("soort", max_length=10, choices=Kind.choices)
    municipality = models.ForeignKey(
        Municipality, models.PROTECT, null=True, blank=True, related_name="recommendations", verbose_name="gemeente"
    )
    report = models.ForeignKey(Document, models.PROTECT, related_name="recommendations", verbose_name="rapport")
    number = models.PositiveSmallIntegerField("nummer")
    serves = models.ManyToManyField(
        "self", symmetrical=False, related_name="served_by", blank=True, verbose_name="hoort bij de aanbevelingen"
    )
    serves_basis = models.TextField("waarop het verband rust", blank=True)

    class Meta:
        ordering = ["kind", "number"]
        constraints = [
            models.UniqueConstraint(fields=["report", "number"], name="recommendations_number_once_a_report"),
            models.CheckConstraint(
                name="recommendations_local_has_municipality",
                violation_error_message="Een lokale aanbeveling hoort bij één gemeente, een overkoepelende bij geen.",
                condition=Q(kind="umbrella", municipality__isnull=True) | Q(kind="local", municipality__isnull=False),
            ),
        ]
        triggers = bump_revision()

    def __str__(self) -> str:
        return self.slug

    @property
    def name(self) -> str:
        """As its last version calls it."""
        latest = self.versions.order_by("number").last()
        return f"{latest.title} ({self.municipality or 'alle gemeenten'})" if latest else self.slug


class RecommendationVersion(Version):
    municipality_path = "record__municipality"

    class Addressee(models.TextChoices):
        COUNCIL = "council", "aan de raad"
        COUNCIL_TO_EXECUTIVE = "council_to_executive", "aan de raad, als vraag aan het college"

    record = models.ForeignKey(Recommendation, models.PROTECT, related_name="versions", verbose_name="aanbeveling")
    title = models.CharField("naam", max_length=100)
    headline = models.CharField("kernzin", max_length=70)
    text = models.TextField("tekst")
    addressee = models.CharField("gericht aan", max_length=25, choices=Addressee.choices)
    issued = PartialDateField("uitgebracht")
    conclusion_title = models.CharField("conclusie", max_length=150, blank=True)
    conclusion_text = models.TextField("tekst van de conclusie", blank=True)
    sources = models.ManyToManyField(
        Source, through="RecommendationCitation", related_name="+", verbose_name="vindplaatsen"
    )

    class Meta(Version.Meta):
        pass


class RecommendationCitation(Citation):
    version = models.ForeignKey(RecommendationVersion, models.CASCADE, related_name="citations")

    class Meta(Citation.Meta):
        triggers = protect_part_of_published("recommendations_recommendationversion")


class RecommendationPoint(models.Model):
    class Kind(models.TextChoices):
        CHECK = "check", "punt"
        SUB = "sub", "uitwerking"

    version = models.ForeignKey(RecommendationVersion, models.CASCADE, related_name="points")
    kind = models.CharField("soort", max_length=5, choices=Kind.choices)
    under = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="parts")
    order = models.PositiveSmallIntegerField("volgorde")
    text = models.TextField("tekst")

    class Meta:
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["version", "order"], name="recommendations_point_order")]
        triggers = protect_part_of_published("recommendations_recommendationversion")


class Theme(models.Model):
    class Group(models.TextChoices):
        COUNCIL = "council", "De rol van de raad"
        CONTENT = "content", "De inhoud van het programma"

    slug = models.SlugField(unique=True)
    name = models.CharField("naam", max_length=100)
    text = models.TextField("toelichting", blank=True)
    group = models.CharField("groep", max_length=10, choices=Group.choices)
    order = models.PositiveSmallIntegerField("volgorde", unique=True)
    source = models.ForeignKey(
        Source, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="vindplaats"
    )

    class Meta:
        ordering = ["order"]
        triggers = bump_revision()

    def __str__(self) -> str:
        return self.name


class GoodPractice(models.Model):
    """A goed voorbeeld in one municipality. What is said of it stands in its versions."""

    slug = models.SlugField(unique=True)
    municipality = models.ForeignKey(
        Municipality, models.PROTECT, related_name="good_practices", verbose_name="gemeente"
    )
    order = models.PositiveSmallIntegerField("volgorde")

    class Meta:
        ordering = ["order"]
        triggers = bump_revision()

    def __str__(self) -> str:
        return self.slug


class GoodPracticeVersion(Version):
    municipality_path = "record__municipality"

    record = models.ForeignKey(GoodPractice, models.PROTECT, related_name="versions", verbose_name="voorbeeld")
    title = models.CharField("titel", max_length=100)
    theme = models.ForeignKey(Theme, models.PROTECT, related_name="practices", verbose_name="thema")
    text = models.TextField("tekst", blank=True)
    sources = models.ManyToManyField(
        Source, through="GoodPracticeCitation", related_name="+", verbose_name="vindplaatsen"
    )
    aspects = models.ManyToManyField(Aspect, related_name="practice_versions", blank=True, verbose_name="aspecten")
    recommendations = models.ManyToManyField(
        Recommendation, related_name="practice_versions", blank=True, verbose_name="aanbevelingen"
    )

    class Meta(Version.Meta):
        pass


class GoodPracticeCitation(Citation):
    version = models.ForeignKey(GoodPracticeVersion, models.CASCADE, related_name="citations")

    class Meta(Citation.Meta):
        triggers = protect_part_of_published("recommendations_goodpracticeversion")


class Reply(Version):
    """What a municipality answered in a right of reply, and what the office said to that, as far as it is published.

    What was sent stays in the hearing (nplv_portal.workplace). The record is the text that it was about.
    """

    municipality_path = "municipality"

    class Kind(models.TextChoices):
        OFFICIAL = "official", "ambtelijk wederhoor (feiten)"
        EXECUTIVE = "executive", "bestuurlijk wederhoor (conclusies)"

    record = models.SlugField("sleutel", max_length=100, editable=False)
    municipality = models.ForeignKey(
        Municipality, models.PROTECT, related_name="replies", editable=False, verbose_name="gemeente"
    )
    finding = models.ForeignKey(
        Finding, models.PROTECT, null=True, related_name="replies", editable=False, verbose_name="bevinding"
    )
    recommendation = models.ForeignKey(
        Recommendation, models.PROTECT, null=True, related_name="replies", editable=False, verbose_name="aanbeveling"
    )
    kind = models.CharField("soort", max_length=10, choices=Kind.choices, editable=False)
    received_on = models.DateField("ontvangen op", editable=False)
    reaction = models.TextField("reactie van de gemeente")
    afterword = models.TextField("nawoord van de rekenkamer", blank=True)

    class Meta(Version.Meta):
        constraints = [
            *Version.Meta.constraints,
            models.CheckConstraint(
                name="recommendations_reply_of_one",
                condition=Q(finding__isnull=True) ^ Q(recommendation__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.municipality}"

    @classmethod
    def key_of(cls, item: int) -> str:
        """The record of what is published of the reaction to this text of a hearing."""
        return f"wederhoor-{item}"

    @property
    def item_key(self) -> int:
        return int(self.record.removeprefix("wederhoor-"))


class ResearchLine(SourcedRecord):
    """A candidate subject for a coming round, put to the councils."""

    title = models.CharField("titel", max_length=100)
    text = models.TextField("vraag")
    order = models.PositiveSmallIntegerField("volgorde")
    for_round = models.ForeignKey(AuditRound, models.PROTECT, related_name="research_lines", verbose_name="ronde")


class ResearchSuggestion(SourcedRecord):
    """What people who were interviewed would like to see examined; nobody has chosen it yet."""

    heading = models.CharField("kop", max_length=100)
    order = models.PositiveSmallIntegerField("volgorde")
    text = models.TextField("suggestie")
    under = models.SlugField("hoort bij", max_length=100, blank=True)  # the record of another suggestion


class FollowUpQuerySet(models.QuerySet):  # type: ignore[type-arg]
    def known_by(self, moment: object) -> FollowUpQuerySet:
        """What had been entered by then, without what a later entry (by then) corrected."""
        entered = self.filter(entered_at__lte=moment)
        return entered.exclude(pk__in=entered.filter(corrects__isnull=False).values("corrects"))


class FollowUpEvent(models.Model):
    """Append-only log of what was done with a recommendation. A mistake is corrected by a correcting event."""

    class Actor(models.TextChoices):
        COUNCIL = "council", "raad"
        EXECUTIVE = "executive", "college"
        PROGRAMME_BUREAU = "programme_bureau", "programmabureau"
        UNKNOWN = "unknown", "niet genoemd"

    class Addressee(models.TextChoices):
        EXECUTIVE = "executive", "college"
        AGENDA_COMMITTEE = "agenda_committee", "agendacommissie"

    class Modality(models.TextChoices):
        DECIDED = "decided", "besloten"
        INSTRUCTED = "instructed", "opdracht gegeven"
        REQUESTED = "requested", "gevraagd"
        PROMISED = "promised", "toegezegd"
        INTENDED = "intended", "voorgenomen"
        ESTABLISHED = "established", "ingesteld"

    slug = models.SlugField(max_length=100, unique=True)
    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="follow_up", verbose_name="gemeente")
    recommendation = models.ForeignKey(
        Recommendation, models.PROTECT, null=True, blank=True, related_name="follow_up", verbose_name="aanbeveling"
    )
    actor = models.CharField("wie", max_length=20, choices=Actor.choices)
    addressed_to = models.CharField("aan wie", max_length=20, choices=Addressee.choices, blank=True)
    modality = models.CharField("wat", max_length=15, choices=Modality.choices)
    text = models.TextField("tekst")
    happened = PartialDateField("wanneer", null=True, blank=True)
    source = models.ForeignKey(Source, models.PROTECT, related_name="+", verbose_name="vindplaats")
    corrects = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="corrected_by")
    entered_at = models.DateTimeField("ingevoerd op")

    objects: ClassVar = FollowUpQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        triggers = [*append_only(), *bump_revision()]
