"""Recording that a municipality took a good example of another one over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from findings.models import Aspect, RoundAspect
from focusareas.models import Municipality
from nplv_portal.clerks.recording import ProofForm, evidence
from nplv_portal.lib.partial_dates import PartialDate
from recommendations.models import GoodPractice, GoodPracticeVersion, Recommendation, RecommendationVersion, Reuse

FIRST_YEAR = "2020"  # nothing in this programme is older
Choices = list[tuple[str, str | list[tuple[str, str]]]]


@dataclass(frozen=True)
class Offer:
    """What a municipality may choose from: what is public, and of other municipalities."""

    practices: Choices  # by municipality
    aspects: Choices  # by role of the council
    recommendations: Choices

    @classmethod
    def of(cls, municipality: Municipality) -> Offer:
        """Four queries."""
        now = timezone.now()
        known = Reuse.objects.known_by(now).filter(municipality=municipality, is_retraction=False)
        taken = set(known.values_list("practice", flat=True))
        practices: dict[str, list[tuple[str, str]]] = {}
        public = GoodPracticeVersion.objects.as_of(now).exclude(record__municipality=municipality)
        for version in public.select_related("record__municipality").order_by("record__municipality__name", "title"):
            title = f"{version.title} (al genoteerd)" if version.record_id in taken else version.title
            practices.setdefault(version.record.municipality.name, []).append((version.record.slug, title))
        aspects: dict[str, dict[str, str]] = {}
        for entry in RoundAspect.objects.select_related("aspect__role").order_by("round__number", "order"):
            aspects.setdefault(entry.aspect.role.name, {})[entry.aspect.slug] = entry.short_wording
        here = Q(record__municipality=None) | Q(record__municipality=municipality)
        advice = RecommendationVersion.objects.as_of(now).filter(here).order_by("-record__kind", "record__number")
        return cls(
            [("", "Kies een voorbeeld"), *practices.items()],
            [("", "Geen aspect in het bijzonder"), *((role, list(found.items())) for role, found in aspects.items())],
            [("", "Geen aanbeveling in het bijzonder"), *advice.values_list("record__slug", "title")],
        )


class ReuseForm(ProofForm):
    field_order = ("key", "practice", "since", "text", "link", "file", "without_file", "aspect", "recommendation")

    practice = forms.ChoiceField(
        label="Welk voorbeeld",
        help_text="Uit andere gemeenten, per gemeente.",
        error_messages={"required": "Kies het voorbeeld dat uw gemeente overnam."},
    )
    since = forms.CharField(label="Sinds wanneer", max_length=10, help_text="Schrijf jjjj, jjjj-mm of jjjj-mm-dd.")
    text = forms.CharField(
        label="Wat maakte u ervan",
        max_length=3000,
        help_text="Eén of twee zinnen: wat u overnam, en wat u anders doet. Lezers zien ze bij het voorbeeld.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Zeg in een zin wat uw gemeente ervan maakte."},
    )
    aspect = forms.ChoiceField(label="Voor welk aspect", required=False, help_text="Mag leeg blijven.")
    recommendation = forms.ChoiceField(label="Voor welke aanbeveling", required=False, help_text="Mag leeg blijven.")

    def __init__(self, *args: Any, offer: Offer, corrects: Reuse | None = None, **kwargs: Any) -> None:
        super().__init__(*args, proof=corrects.evidence if corrects else None, **kwargs)
        self.fields["practice"].choices = offer.practices  # type: ignore[attr-defined]
        self.fields["aspect"].choices = offer.aspects  # type: ignore[attr-defined]
        self.fields["recommendation"].choices = offer.recommendations  # type: ignore[attr-defined]
        if corrects:
            del self.fields["practice"]  # another example is another record

    def clean_since(self) -> PartialDate:
        typed = self.cleaned_data["since"]
        try:
            since = PartialDate(typed)
        except ValueError as error:
            raise ValidationError(f"“{typed}” is geen datum. Schrijf jjjj, jjjj-mm of jjjj-mm-dd.") from error
        if since.iso > timezone.localdate().isoformat()[: len(since.iso)]:
            raise ValidationError("Deze dag moet nog komen. Noteer wat er gebeurd is.")
        if since.iso < FIRST_YEAR:
            raise ValidationError("Deze dag ligt vóór het programma. Kijk het jaar na.")
        return since


def initial_of(reuse: Reuse) -> dict[str, Any]:
    """What a correction starts from."""
    return {
        "since": reuse.since.iso if reuse.since else "",
        "text": reuse.text,
        "link": reuse.link,
        "aspect": reuse.aspect.slug if reuse.aspect else "",
        "recommendation": reuse.recommendation.slug if reuse.recommendation else "",
    }


def record(form: ReuseForm, *, municipality: Municipality, by: Any, corrects: Reuse | None = None) -> Reuse:
    """The same form sent again adds nothing. Raises IntegrityError where a colleague was first."""
    typed = form.cleaned_data
    slug = f"{municipality.slug}-{typed['key']}"
    practice = corrects.practice if corrects else GoodPractice.objects.get(slug=typed["practice"])
    try:
        with transaction.atomic():
            made: Reuse = Reuse.objects.create(
                slug=slug,
                municipality=municipality,
                practice=practice,
                since=typed["since"].iso,
                text=typed["text"],
                aspect=Aspect.objects.filter(slug=typed["aspect"]).first(),
                recommendation=Recommendation.objects.filter(slug=typed["recommendation"]).first(),
                link=typed["link"],
                evidence=evidence(typed["file"], municipality, by) or (corrects.evidence if corrects else None),
                corrects=corrects,
                entered_at=timezone.now(),
                entered_by=by,
            )
            return made
    except IntegrityError:
        found: Reuse | None = Reuse.objects.filter(slug=slug, entered_by=by).first()
        if found is None:
            raise
        return found


def retract(reuse: Reuse, *, why: str, by: Any) -> None:
    """It counts no longer, and readers see why. Raises IntegrityError where it was corrected meanwhile."""
    with transaction.atomic():
        Reuse.objects.create(
            slug=f"vervallen-{reuse.pk}",
            municipality=reuse.municipality,
            practice=reuse.practice,
            text=why,
            corrects=reuse,
            is_retraction=True,
            entered_at=timezone.now(),
            entered_by=by,
        )
