"""What should change, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils import timezone

from findings.models import Aspect, AuditRound, Finding
from focusareas.models import Municipality
from nplv_portal.lib.partial_dates import PartialDateField
from nplv_portal.lib.triggers import append_only, bump_revision, protect_part_of_published
from nplv_portal.lib.uploads import CheckedFile
from nplv_portal.lib.versions import Version
from nplv_portal.sources.models import Citation, Document, Source, SourcedRecord

# Who proposes to close is not who closes.
SECOND_PERSON = pgtrigger.Trigger(
    name="second_person",
    operation=pgtrigger.Insert,
    when=pgtrigger.Before,
    condition=pgtrigger.Q(new__confirms__isnull=False),
    func="""
    IF EXISTS (
        SELECT 1 FROM recommendations_followupevent p WHERE p.id = NEW.confirms_id AND (
            p.step <> 'closing' OR p.entered_by_id IS NOT DISTINCT FROM NEW.entered_by_id OR p.outcome <> NEW.outcome
            OR p.municipality_id <> NEW.municipality_id
            OR p.recommendation_id IS DISTINCT FROM NEW.recommendation_id)
    ) THEN
        RAISE EXCEPTION 'closing takes a second person' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
    """,
)


# One takes over what another does, once at a time; a correction stays about the same example in the same municipality.
REUSE_FITS = pgtrigger.Trigger(
    name="reuse_fits",
    operation=pgtrigger.Insert,
    when=pgtrigger.Before,
    declare=[("place", "bigint")],
    func="""
    SELECT municipality_id INTO place FROM recommendations_goodpractice WHERE id = NEW.practice_id FOR NO KEY UPDATE;
    IF place = NEW.municipality_id THEN
        RAISE EXCEPTION 'reuse of what is one''s own' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.corrects_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM recommendations_reuse r WHERE r.id = NEW.corrects_id AND NOT r.is_retraction
        AND r.municipality_id = NEW.municipality_id AND r.practice_id = NEW.practice_id)
    THEN
        RAISE EXCEPTION 'a correction of another reuse' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.corrects_id IS NULL AND EXISTS (
        SELECT FROM recommendations_reuse r WHERE NOT r.is_retraction
        AND r.municipality_id = NEW.municipality_id AND r.practice_id = NEW.practice_id
        AND NOT EXISTS (SELECT FROM recommendations_reuse c WHERE c.corrects_id = r.id))
    THEN
        RAISE EXCEPTION 'this reuse is known already' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
    """,
)

# What others took over stays where they took it from.
STAYS_WHERE_IT_IS = pgtrigger.Trigger(
    name="stays_where_it_is",
    operation=pgtrigger.Update,
    when=pgtrigger.Before,
    condition=pgtrigger.Q(old__municipality__df=pgtrigger.F("new__municipality")),
    func="""
    IF EXISTS (SELECT FROM recommendations_reuse r WHERE r.practice_id = NEW.id) THEN
        RAISE EXCEPTION 'an example that was taken over stays with its municipality' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
    """,
)


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
            models.UniqueConstraint(
                name="recommendations_number_once_a_report",
                fields=["report", "number"],
                violation_error_message="Dit rapport heeft al een aanbeveling met dit nummer.",
            ),
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
        triggers = [*bump_revision(), STAYS_WHERE_IT_IS]

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
    def key_of(cls, item: int | str) -> str:
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


class EvidenceQuerySet(models.QuerySet):  # type: ignore[type-arg]
    def of_places(self, municipalities: Iterable[int]) -> Self:
        return self.filter(municipality__in=list(municipalities))


class Evidence(models.Model):
    """A file that proves what was recorded. Kept in the database: one backup, one transaction, and private."""

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+", verbose_name="gemeente")
    name = models.CharField("naam", max_length=150)
    media_type = models.CharField("soort bestand", max_length=100)
    sha256 = models.CharField("SHA-256", max_length=64)
    content = models.BinaryField("inhoud")
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar = EvidenceQuerySet.as_manager()

    class Meta:
        triggers = append_only()

    def __str__(self) -> str:
        return self.name


class HeldFileQuerySet(models.QuerySet):  # type: ignore[type-arg]
    def of(self, user: Any) -> Self:
        """What this person chose, of a day at most."""
        return self.filter(by=user, held_at__gt=timezone.now() - HeldFile.KEPT)

    def expired(self) -> Self:
        return self.filter(held_at__lte=timezone.now() - HeldFile.KEPT)


class HeldFile(models.Model):
    """A file from a form that came back with something else wrong in it: a browser would forget it. No evidence yet."""

    KEPT: ClassVar = timedelta(days=1)

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="van")
    key = models.UUIDField("formulier")
    name = models.CharField("naam", max_length=150)
    media_type = models.CharField("soort bestand", max_length=100)
    sha256 = models.CharField("SHA-256", max_length=64)
    content = models.BinaryField("inhoud")
    held_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar = HeldFileQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(name="recommendations_heldfile_one", fields=["by", "key"])]
        indexes = [models.Index(name="recommendations_heldfile_age", fields=["held_at"])]

    def __str__(self) -> str:
        return self.name

    @property
    def file(self) -> CheckedFile:
        return CheckedFile(self.name, self.media_type, self.sha256, bytes(self.content))


class FollowUpQuerySet(models.QuerySet):  # type: ignore[type-arg]
    def entered_until(self, moment: object) -> Self:
        return self.filter(entered_at__lte=moment)

    def known_by(self, moment: object) -> Self:
        """What had been entered by then, without what a later entry (by then) corrected."""
        entered = self.entered_until(moment)
        return entered.exclude(pk__in=entered.filter(corrects__isnull=False).values("corrects"))

    def waiting_for_a_second(self) -> Self:
        """Proposals to close that nobody confirmed, the first one first."""
        closed = FollowUpEvent.objects.filter(
            step=Step.CLOSED,
            corrected_by__isnull=True,
            municipality=OuterRef("municipality"),
            recommendation=OuterRef("recommendation"),
        )
        proposed = self.filter(step=Step.CLOSING, confirmed_by__isnull=True, corrected_by__isnull=True)
        return proposed.filter(~Exists(closed)).order_by("entered_at", "pk")

    def told_to_readers(self) -> Self:
        """A proposal to close, and what corrects one or takes it away, stays with the audit office."""
        return self.exclude(step=Step.CLOSING).exclude(corrects__step=Step.CLOSING)


class Step(models.TextChoices):
    """The links of the chain, in their order."""

    POSITION = "position", "standpunt van het college"
    AFTERWORD = "afterword", "nawoord van de rekenkamer"
    DECISION = "decision", "besluit van de raad"
    AGENDA = "agenda", "op de agenda"
    EXTENSION = "extension", "nieuwe termijn"
    COMMITMENT = "commitment", "toezegging"
    REPORTED = "reported", "gemeld door de gemeente"
    ESTABLISHED = "established", "vastgesteld door de rekenkamer"
    CLOSING = "closing", "voorstel om af te sluiten"
    CLOSED = "closed", "afgesloten"
    RETRACTED = "retracted", "vervallen"


class Outcome(models.TextChoices):
    ADOPTED = "adopted", "overgenomen"
    PARTLY = "partly", "deels overgenomen"
    AMENDED = "amended", "gewijzigd overgenomen"
    REJECTED = "rejected", "niet overgenomen"
    NO_RESPONSE = "no_response", "geen reactie"
    POSTPONED = "postponed", "nog niet behandeld"
    STARTED = "started", "bezig"
    DONE = "done", "afgerond"
    FOLLOWED = "followed", "opgevolgd"
    PARTLY_FOLLOWED = "partly_followed", "deels opgevolgd"
    NOT_FOLLOWED = "not_followed", "niet opgevolgd"
    UNCLEAR = "unclear", "niet vast te stellen"
    IMPLEMENTED = "implemented", "uitgevoerd"
    NOT_IMPLEMENTED = "not_implemented", "niet uitgevoerd"


# What a step must come to. What is reported may come to nothing in particular: the sources often do not say.
OUTCOMES: dict[Step, tuple[Outcome, ...]] = {
    Step.POSITION: (Outcome.ADOPTED, Outcome.PARTLY, Outcome.REJECTED, Outcome.NO_RESPONSE),
    Step.DECISION: (Outcome.ADOPTED, Outcome.PARTLY, Outcome.AMENDED, Outcome.REJECTED, Outcome.POSTPONED),
    Step.REPORTED: (Outcome.STARTED, Outcome.DONE),
    Step.ESTABLISHED: (Outcome.FOLLOWED, Outcome.PARTLY_FOLLOWED, Outcome.NOT_FOLLOWED, Outcome.UNCLEAR),
    Step.CLOSING: (Outcome.IMPLEMENTED, Outcome.NOT_IMPLEMENTED),
    Step.CLOSED: (Outcome.IMPLEMENTED, Outcome.NOT_IMPLEMENTED),
}


def outcome_fits() -> Q:
    fits = Q(outcome="") & ~Q(step__in=[step for step in OUTCOMES if step != Step.REPORTED])
    for step, outcomes in OUTCOMES.items():
        fits |= Q(step=step, outcome__in=outcomes)
    return fits


class FollowUpEvent(models.Model):
    """Append-only: one thing that was decided, done, reported or established, on its own day and with its own proof.

    The state of a recommendation in a municipality is derived from these (chain.py), for any day. A mistake is
    corrected by an event that `corrects` it.
    """

    class Actor(models.TextChoices):
        COUNCIL = "council", "raad"
        EXECUTIVE = "executive", "college"
        PROGRAMME_BUREAU = "programme_bureau", "programmabureau"
        AUDIT_OFFICE = "audit_office", "rekenkamer"
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
    step = models.CharField("stap", max_length=11, choices=Step.choices, default=Step.REPORTED)
    outcome = models.CharField("uitkomst", max_length=15, choices=Outcome.choices, blank=True)
    actor = models.CharField("wie", max_length=20, choices=Actor.choices)
    addressed_to = models.CharField("aan wie", max_length=20, choices=Addressee.choices, blank=True)
    modality = models.CharField("wat", max_length=15, choices=Modality.choices, blank=True)
    text = models.TextField("tekst")
    happened = PartialDateField("wanneer", null=True, blank=True)
    due_on = models.DateField("uiterlijk", null=True, blank=True)
    link = models.URLField("adres van het stuk", max_length=500, blank=True)
    evidence = models.ForeignKey(
        Evidence, models.PROTECT, null=True, blank=True, related_name="events", verbose_name="bestand"
    )
    source = models.ForeignKey(
        Source, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="vindplaats"
    )
    corrects = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="corrected_by")
    confirms = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="confirmed_by")
    entered_at = models.DateTimeField("ingevoerd op")
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects: ClassVar = FollowUpQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="recommendations_followup_outcome",
                violation_error_message="Deze uitkomst hoort niet bij deze stap.",
                condition=outcome_fits(),
            ),
            models.CheckConstraint(
                name="recommendations_followup_due",
                violation_error_message="Een toezegging of een nieuwe termijn heeft een datum; andere stappen niet.",
                condition=Q(step="extension", due_on__isnull=False)
                | Q(step="commitment")
                | (~Q(step__in=["extension", "commitment"]) & Q(due_on__isnull=True)),
            ),
            models.CheckConstraint(
                name="recommendations_followup_proof",
                violation_error_message="Geef een adres, een bestand of een vindplaats.",
                condition=~Q(link="") | Q(evidence__isnull=False) | Q(source__isnull=False) | Q(step="retracted"),
            ),
            models.CheckConstraint(
                name="recommendations_followup_day",
                violation_error_message="Noem de dag: hiervan loopt een termijn.",
                condition=Q(entered_by__isnull=True) | Q(happened__isnull=False),
            ),
            models.CheckConstraint(
                name="recommendations_followup_confirms",
                violation_error_message="Afsluiten bevestigt het voorstel van een collega.",
                condition=Q(step="closed", confirms__isnull=False) | (~Q(step="closed") & Q(confirms__isnull=True)),
            ),
            models.CheckConstraint(
                name="recommendations_followup_retracts",
                violation_error_message="Wat vervalt, is een eerdere stap.",
                condition=~Q(step="retracted") | Q(corrects__isnull=False),
            ),
        ]
        triggers = [*append_only(), *bump_revision(), SECOND_PERSON]


class ReuseQuerySet(FollowUpQuerySet):
    def of_public(self, moment: datetime) -> Self:
        """About examples that were public then, with what each was called (`title`)."""
        public = GoodPracticeVersion.objects.as_of(moment).filter(record=OuterRef("practice"))
        return self.annotate(title=Subquery(public.values("title"))).filter(title__isnull=False)

    def with_titles(self) -> Self:
        """With what each example was last called, also where that is no longer public."""
        ever = GoodPracticeVersion.objects.ever_public().filter(record=OuterRef("practice")).order_by("-number")
        return self.annotate(title=Subquery(ever.values("title")[:1]))


class Reuse(models.Model):
    """Append-only: that a municipality took a good example of another over, since when, and what it made of it.

    It says so itself. A mistake is corrected by a next one that `corrects` it, or falls away by one that is a
    retraction, of which the text is the reason.
    """

    slug = models.SlugField(max_length=100, unique=True)
    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="reuses", verbose_name="gemeente")
    practice = models.ForeignKey(GoodPractice, models.PROTECT, related_name="reuses", verbose_name="goed voorbeeld")
    since = PartialDateField("sinds", null=True, blank=True)
    text = models.TextField("wat u ervan maakte")
    aspect = models.ForeignKey(
        Aspect, models.PROTECT, null=True, blank=True, related_name="reuses", verbose_name="voor welk aspect"
    )
    recommendation = models.ForeignKey(
        Recommendation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="reuses",
        verbose_name="voor welke aanbeveling",
    )
    link = models.URLField("adres van het stuk", max_length=500, blank=True)
    evidence = models.ForeignKey(
        Evidence, models.PROTECT, null=True, blank=True, related_name="reuses", verbose_name="bestand"
    )
    corrects = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="corrected_by")
    is_retraction = models.BooleanField(default=False)
    entered_at = models.DateTimeField("ingevoerd op")
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects: ClassVar = ReuseQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="recommendations_reuse_says_what",
                violation_error_message="Zeg sinds wanneer, wat u ervan maakte, en waar dat staat.",
                condition=~Q(text="")
                & (
                    Q(is_retraction=True, corrects__isnull=False, since__isnull=True)
                    | Q(is_retraction=False, since__isnull=False) & (~Q(link="") | Q(evidence__isnull=False))
                ),
            ),
        ]
        triggers = [*append_only(), *bump_revision(), REUSE_FITS]
