"""What was found: the rounds, the aspects that the offices look at, and one finding a cell."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import F, Q

from focusareas.models import AuditOffice, FocusArea, Municipality
from nplv_portal.lib.triggers import bump_revision, protect_part_of_published
from nplv_portal.lib.versions import Stage, Version, VersionQuerySet
from nplv_portal.sources.models import Citation, Document, Source, SourcedRecord


class AuditRound(models.Model):
    class Status(models.TextChoices):
        ANNOUNCED = "announced", "aangekondigd"
        RUNNING = "running", "loopt"
        PUBLISHED = "published", "gepubliceerd"

    slug = models.SlugField(unique=True)
    name = models.CharField("naam", max_length=100)
    short_name = models.CharField("korte naam", max_length=40)
    number = models.PositiveSmallIntegerField("volgnummer", unique=True)
    first_year = models.PositiveSmallIntegerField("eerste jaar")
    last_year = models.PositiveSmallIntegerField("laatste jaar")
    status = models.CharField("status", max_length=10, choices=Status.choices)
    published_at = models.DateTimeField("sinds wanneer alles openbaar is", null=True, blank=True)
    text = models.TextField("toelichting")
    source = models.ForeignKey(Source, models.PROTECT, related_name="+", verbose_name="vindplaats")

    class Meta:
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(name="findings_round_years", condition=Q(first_year__lte=F("last_year"))),
            models.CheckConstraint(
                name="findings_round_published",
                condition=Q(status="published", published_at__isnull=False)
                | (~Q(status="published") & Q(published_at__isnull=True)),
            ),
        ]
        triggers = bump_revision()

    def __str__(self) -> str:
        return self.name

    def is_published(self, moment: datetime) -> bool:
        return self.published_at is not None and self.published_at <= moment


class CouncilRole(models.Model):
    slug = models.SlugField(unique=True)
    name = models.CharField("naam", max_length=100)
    short_name = models.CharField("korte naam", max_length=40)
    question = models.CharField("vraag van een raadslid", max_length=150)
    explanation = models.TextField("uitleg")
    order = models.PositiveSmallIntegerField("volgorde", unique=True)
    source = models.ForeignKey(
        Source, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="vindplaats"
    )

    class Meta:
        ordering = ["order"]
        triggers = bump_revision()

    def __str__(self) -> str:
        return self.name


class Aspect(models.Model):
    """A row of the matrix. It stays the same over all rounds; its wording stands in RoundAspect."""

    slug = models.SlugField(unique=True)
    role = models.ForeignKey(CouncilRole, models.PROTECT, related_name="aspects", verbose_name="rol")

    class Meta:
        triggers = bump_revision()

    def __str__(self) -> str:
        return self.slug

    @property
    def name(self) -> str:
        """As the last round calls it."""
        latest = self.round_aspects.last()
        return latest.short_wording if latest else self.slug


class RoundAspect(models.Model):
    class Comparable(models.TextChoices):
        FIRST = "first", "eerste keer"
        YES = "yes", "vergelijkbaar met de vorige ronde"
        NO = "no", "niet vergelijkbaar met de vorige ronde"

    round = models.ForeignKey(AuditRound, models.PROTECT, related_name="round_aspects", verbose_name="ronde")
    aspect = models.ForeignKey(Aspect, models.PROTECT, related_name="round_aspects", verbose_name="aspect")
    wording = models.CharField("naam in deze ronde", max_length=200)
    short_wording = models.CharField("korte naam", max_length=60)
    question = models.CharField("vraag van een raadslid", max_length=150)
    order = models.PositiveSmallIntegerField("volgorde")
    comparable = models.CharField("vergelijkbaar", max_length=5, choices=Comparable.choices)
    comparable_note = models.TextField("waarom niet vergelijkbaar", blank=True)
    source = models.ForeignKey(
        Source, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="vindplaats"
    )

    class Meta:
        ordering = ["round__number", "order"]
        constraints = [
            models.UniqueConstraint(fields=["round", "aspect"], name="findings_aspect_once_a_round"),
            models.UniqueConstraint(fields=["round", "order"], name="findings_aspect_order"),
            models.CheckConstraint(
                name="findings_not_comparable_why",
                violation_error_message="Zeg waarom het aspect niet vergelijkbaar is met de vorige ronde.",
                condition=~Q(comparable="no") | ~Q(comparable_note=""),
            ),
        ]
        triggers = bump_revision()

    def __str__(self) -> str:
        return self.short_wording


class Participation(models.Model):
    """That a focus area takes part in a round, examined by which office, told in which report."""

    round = models.ForeignKey(AuditRound, models.PROTECT, related_name="participations", verbose_name="ronde")
    focus_area = models.ForeignKey(FocusArea, models.PROTECT, related_name="participations", verbose_name="focusgebied")
    audit_office = models.ForeignKey(
        AuditOffice, models.PROTECT, related_name="participations", verbose_name="rekenkamer"
    )
    report = models.ForeignKey(
        Document, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="rapport"
    )
    order = models.PositiveSmallIntegerField("volgorde van de kolom")
    source = models.ForeignKey(Source, models.PROTECT, related_name="+", verbose_name="vindplaats")

    class Meta:
        ordering = ["round__number", "order"]
        constraints = [
            models.UniqueConstraint(fields=["round", "focus_area"], name="findings_area_once_a_round"),
        ]
        triggers = bump_revision()


class State(models.TextChoices):
    """A neutral label that helps to search, never a score. Empty where the source's own words give none."""

    IN_PLACE = "in_place", "geregeld"
    DEVELOPING = "developing", "in ontwikkeling"
    NOT_IN_PLACE = "not_in_place", "niet geregeld"


class Absence(models.TextChoices):
    """Why a cell holds no finding. The first two are said by an office; the others follow from round and versions."""

    NO_INFORMATION = "no_information", "geen informatie"
    NOT_EXAMINED = "not_examined", "niet onderzocht in deze ronde"
    NOT_PUBLISHED = "not_published", "nog niet gepubliceerd"
    NOT_TAKING_PART = "not_taking_part", "doet niet mee"
    WITHDRAWN = "withdrawn", "ingetrokken"


class Finding(models.Model):
    """The identity of one cell. What it says stands in its versions."""

    slug = models.SlugField(max_length=200, unique=True)
    round_aspect = models.ForeignKey(RoundAspect, models.PROTECT, related_name="findings", verbose_name="aspect")
    focus_area = models.ForeignKey(FocusArea, models.PROTECT, related_name="findings", verbose_name="focusgebied")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round_aspect", "focus_area"], name="findings_one_finding_a_cell"),
        ]
        triggers = bump_revision()

    def __str__(self) -> str:
        return self.slug


class FindingVersionQuerySet(VersionQuerySet):
    def as_of_or_withdrawn(self, moment: datetime) -> Self:
        """What the public could read at that moment, after what had been withdrawn by then (`is_gone`)."""
        gone = Q(stage=Stage.WITHDRAWN, public_during__endswith__lte=moment)
        is_gone = Q(public_during__endswith__lte=moment)
        return (
            self.filter(Q(public_during__contains=moment) | gone)
            .annotate(is_gone=is_gone)
            .order_by(F("is_gone").desc(nulls_last=True))
        )


class FindingVersion(Version):
    municipality_path = "record__focus_area__municipality"

    record = models.ForeignKey(Finding, models.PROTECT, related_name="versions", verbose_name="bevinding")
    headline = models.CharField("kernzin", max_length=70, blank=True)
    text = models.TextField("tekst", blank=True, validators=[MaxLengthValidator(5000)])
    state = models.CharField("stand", max_length=15, choices=State.choices, blank=True)
    state_reason = models.CharField("waarop de stand rust", max_length=200, blank=True)
    absence = models.CharField("waarom leeg", max_length=15, choices=Absence.choices, blank=True)
    remark = models.TextField("opmerking van de redactie", blank=True)
    sources = models.ManyToManyField(Source, through="FindingCitation", related_name="+", verbose_name="vindplaatsen")

    objects: ClassVar = FindingVersionQuerySet.as_manager()

    class Meta(Version.Meta):
        constraints = [
            *Version.Meta.constraints,
            models.CheckConstraint(
                name="findings_text_or_reason",
                violation_error_message="Vul kernzin en tekst in, of zeg met alleen een reden waarom de cel leeg is.",
                condition=(~Q(headline="") & ~Q(text="") & Q(absence=""))
                | (Q(stage=Stage.DRAFT, absence="") & (~Q(headline="") | ~Q(text="")))
                | (Q(headline="", text="", state="") & Q(absence__in=[Absence.NO_INFORMATION, Absence.NOT_EXAMINED])),
            ),
            models.CheckConstraint(
                name="findings_state_says_why",
                violation_error_message="Bij een stand hoort waarop hij rust, en zonder stand blijft dat leeg.",
                condition=Q(state="", state_reason="") | (~Q(state="") & ~Q(state_reason="")),
            ),
        ]


class FindingCitation(Citation):
    version = models.ForeignKey(FindingVersion, models.CASCADE, related_name="citations")

    class Meta(Citation.Meta):
        triggers = protect_part_of_published("findings_findingversion")


class ResearchQuestion(SourcedRecord):
    class Kind(models.TextChoices):
        CENTRAL = "central", "centrale vraag"
        SUB = "sub", "deelvraag"
        FOLLOW_UP = "follow_up", "vraag over vervolgonderzoek"
        DETAIL = "detail", "uitgewerkte vraag"

    document = models.ForeignKey(Document, models.PROTECT, related_name="+", verbose_name="onderzoek")
    kind = models.CharField("soort", max_length=10, choices=Kind.choices)
    group = models.CharField("groep", max_length=100, blank=True)
    order = models.PositiveSmallIntegerField("nummer", default=0)
    text = models.TextField("vraag")
    answer = models.TextField("antwoord", blank=True)
    answer_source = models.ForeignKey(
        Source, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="vindplaats van het antwoord"
    )
    # Records of the same question in another set-up, where that is evident.
    corresponds_to: ArrayField[list[str], list[str]] = ArrayField(
        models.SlugField(max_length=100), default=list, blank=True, verbose_name="komt overeen met"
    )

    class Meta(Version.Meta):
        constraints = [
            *Version.Meta.constraints,
            models.CheckConstraint(
                name="findings_answer_has_source",
                violation_error_message="Noem bij een antwoord de vindplaats.",
                condition=Q(answer="", answer_source__isnull=True) | (~Q(answer="") & Q(answer_source__isnull=False)),
            ),
        ]


class ResearchNote(SourcedRecord):
    """What a source says of the research itself: rhythm, method, terms of joining, and of the report it led to."""

    class Topic(models.TextChoices):
        REPORT = "report", "Het rapport"
        RESPONDENTS = "respondents", "Met wie is gesproken"
        RHYTHM = "rhythm", "Ritme"
        APPROACH = "approach", "Aanpak"
        METHOD = "method", "Werkwijze"
        JOINING = "joining", "Meedoen"
        FOLLOW_UP = "follow_up", "Opvolging"

    topic = models.CharField("onderwerp", max_length=15, choices=Topic.choices)
    text = models.TextField("tekst")


class Contradiction(Version):
    """Sources that say different things of one fact, side by side, and what the portal does with it."""

    municipality_path = "municipality"

    class Section(models.TextChoices):
        COUNCIL = "council", "De rol van de raad"
        PROGRAMME = "programme", "Het programma"
        FIGURES = "figures", "Cijfers"
        MONEY = "money", "Geld"
        ORGANISATION = "organisation", "Organisatie"
        TIMELINE = "timeline", "Tijdlijn"
        RESEARCH = "research", "Onderzoek"

    record = models.SlugField("sleutel", max_length=100)
    municipality = models.ForeignKey(
        Municipality, models.PROTECT, null=True, blank=True, related_name="contradictions", verbose_name="gemeente"
    )
    section = models.CharField("waar het bij hoort", max_length=15, choices=Section.choices)
    subject = models.CharField("onderwerp", max_length=100)
    note = models.TextField("wat het portaal doet, en waarom")

    class Meta(Version.Meta):
        pass


class Claim(Citation):
    """What one place says of it."""

    version = models.ForeignKey(Contradiction, models.CASCADE, related_name="claims")
    text = models.TextField("wat de bron zegt")

    class Meta(Citation.Meta):
        triggers = protect_part_of_published("findings_contradiction")


class Gap(Version):
    """What the portal knows that it does not hold: a statement of the portal itself, so without a vindplaats."""

    municipality_path = "municipality"

    record = models.SlugField("sleutel", max_length=100)
    subject = models.CharField("wat ontbreekt", max_length=150)
    text = models.TextField("toelichting")
    municipality = models.ForeignKey(
        Municipality, models.PROTECT, null=True, blank=True, related_name="gaps", verbose_name="gemeente"
    )
    document = models.ForeignKey(
        Document, models.PROTECT, null=True, blank=True, related_name="gaps", verbose_name="document"
    )

    class Meta(Version.Meta):
        pass


class GlossaryTerm(Version):
    """One word for one thing. A term that the portal itself coined has no vindplaats."""

    record = models.SlugField("sleutel", max_length=100)
    term = models.CharField("begrip", max_length=100)
    abbreviation = models.CharField("afkorting", max_length=20, blank=True)
    text = models.TextField("uitleg")
    source = models.ForeignKey(Source, models.PROTECT, null=True, blank=True, related_name="+")
    see = models.JSONField("zie ook", default=list, blank=True)

    class Meta(Version.Meta):
        pass
