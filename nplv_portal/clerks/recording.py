"""Recording a step of the decision chain: one form, whose fields follow from the step."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from focusareas.models import Municipality
from nplv_portal.lib.uploads import FileRefused, checked
from recommendations.models import OUTCOMES, Evidence, FollowUpEvent, Outcome, Recommendation, Step

ACTORS = {
    Step.POSITION: FollowUpEvent.Actor.EXECUTIVE,
    Step.AFTERWORD: FollowUpEvent.Actor.AUDIT_OFFICE,
    Step.DECISION: FollowUpEvent.Actor.COUNCIL,
    Step.AGENDA: FollowUpEvent.Actor.COUNCIL,
    Step.EXTENSION: FollowUpEvent.Actor.COUNCIL,
    Step.COMMITMENT: FollowUpEvent.Actor.EXECUTIVE,
    Step.REPORTED: FollowUpEvent.Actor.EXECUTIVE,
    Step.ESTABLISHED: FollowUpEvent.Actor.AUDIT_OFFICE,
    Step.CLOSING: FollowUpEvent.Actor.AUDIT_OFFICE,
    Step.CLOSED: FollowUpEvent.Actor.AUDIT_OFFICE,
}
WHEN = {
    Step.POSITION: "Dag van het standpunt",
    Step.DECISION: "Dag van het raadsbesluit",
    Step.AGENDA: "Dag van de vergadering",
    Step.EXTENSION: "Dag waarop de termijn is verlengd",
    Step.COMMITMENT: "Dag van de toezegging",
}
FOR_SEVERAL = (Step.POSITION, Step.DECISION, Step.AGENDA)  # often one paper about all recommendations of a report
DUE = {Step.EXTENSION: "Nieuwe termijn, tot en met", Step.COMMITMENT: "Toegezegd voor"}
WHY = {
    Outcome.REJECTED: "Zeg waarom de aanbeveling niet is overgenomen.",
    Outcome.PARTLY: "Zeg wat niet is overgenomen, en waarom.",
    Outcome.AMENDED: "Zeg wat er gewijzigd is, en waarom.",
    Outcome.NOT_IMPLEMENTED: "Zeg waarom de aanbeveling wordt afgesloten zonder dat zij is uitgevoerd.",
}
TEXTS = {
    Step.AGENDA: "De aanbeveling staat op de agenda.",
    Step.DECISION: "De raad nam een besluit over de aanbeveling.",
}


def today_field(label: str, *, required: bool = True) -> forms.DateField:
    return forms.DateField(label=label, required=required, widget=forms.DateInput(attrs={"type": "date"}))


class StepForm(forms.Form):
    """What happened, on which day, and where that can be read."""

    key = forms.UUIDField(widget=forms.HiddenInput)  # the same form sent twice is one event
    outcome = forms.ChoiceField(label="Uitkomst", widget=forms.RadioSelect)
    happened = today_field("Wanneer")
    due_on = today_field("Uiterlijk")
    text = forms.CharField(
        label="Toelichting",
        required=False,
        max_length=3000,
        help_text="Eén of twee zinnen. Lezers zien ze bij deze stap.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    link = forms.URLField(
        label="Adres van het stuk",
        required=False,
        max_length=500,
        assume_scheme="https",
        help_text="Van de besluitenlijst, de brief of het raadsvoorstel in uw raadsinformatiesysteem.",
    )
    file = forms.FileField(
        label="Of een bestand",
        required=False,
        help_text="Pdf, Word, Excel, ODF, png of jpg. Alleen uw gemeente en de rekenkamer kunnen het openen.",
    )

    also = forms.MultipleChoiceField(
        label="Ging het ook over andere aanbevelingen?",
        required=False,
        help_text="Dan komt deze stap ook daar te staan.",
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(
        self,
        *args: Any,
        step: Step,
        event: FollowUpEvent | None = None,
        others: Sequence[tuple[str, str]] = (),
        **kwargs: Any,
    ) -> None:
        """`others`: key and title of what the same step may be about too."""
        super().__init__(*args, **kwargs)
        if others and step in FOR_SEVERAL:
            self.fields["also"].choices = others  # type: ignore[attr-defined]
        else:
            del self.fields["also"]
        self.step, self.event = step, event
        self.use_required_attribute = False
        self.fields["key"].initial = uuid.uuid4()
        outcomes = OUTCOMES.get(step)
        if outcomes:
            self.fields["outcome"].choices = [(value.value, value.label) for value in outcomes]  # type: ignore[attr-defined]
        else:
            del self.fields["outcome"]
        self.fields["happened"].label = WHEN.get(step, "Wanneer")
        if step in DUE:
            self.fields["due_on"].label = DUE[step]
            self.fields["due_on"].required = step == Step.EXTENSION
        else:
            del self.fields["due_on"]
        if step not in TEXTS:
            self.fields["text"].required = True

    def clean_happened(self) -> Any:
        day = self.cleaned_data["happened"]
        if self.step != Step.AGENDA and day > timezone.localdate():
            raise ValidationError("Deze dag moet nog komen. Noteer wat er gebeurd is.")
        if day.year < 2020:
            raise ValidationError("Deze dag ligt vóór het programma. Kijk het jaar na.")
        return day

    def clean_due_on(self) -> Any:
        day = self.cleaned_data["due_on"]
        if day and day.year > timezone.localdate().year + 30:
            raise ValidationError("Deze dag ligt te ver weg. Kijk het jaar na.")
        return day

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file is None:
            return None
        try:
            return checked(file)
        except FileRefused as refusal:
            raise ValidationError(str(refusal)) from refusal

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        has_proof = cleaned.get("link") or cleaned.get("file") or (self.event and self.event.evidence_id)
        if not has_proof and not {"link", "file"} & set(self.errors):
            self.add_error("link", "Geef het adres van het stuk, of voeg het stuk als bestand toe.")
        why = WHY.get(Outcome(cleaned["outcome"])) if cleaned.get("outcome") else None
        if why and not cleaned.get("text"):
            self.add_error("text", why)
        day, due = cleaned.get("happened"), cleaned.get("due_on")
        if day and due and due < day:
            self.add_error("due_on", "Deze dag ligt vóór de dag van de stap zelf.")
        return cleaned


class WithdrawForm(forms.Form):
    why = forms.CharField(
        label="Waarom (lezers zien dit)",
        max_length=3000,
        error_messages={"required": "Zeg waarom deze stap vervalt. Lezers zien die reden."},
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False


def initial_of(event: FollowUpEvent) -> dict[str, Any]:
    """What a correction starts from."""
    return {
        "outcome": event.outcome,
        "happened": event.happened.iso if event.happened and len(event.happened.iso) == 10 else None,
        "due_on": event.due_on,
        "text": event.text,
        "link": event.link,
    }


def record(
    form: StepForm,
    *,
    municipality: Municipality,
    recommendation: Recommendation,
    by: Any,
    corrects: FollowUpEvent | None = None,
) -> FollowUpEvent:
    """One event, and one for each other recommendation that it was about. The same form sent again adds nothing."""
    typed = form.cleaned_data
    slug = f"{municipality.slug}-{typed['key']}"
    others = Recommendation.objects.filter(slug__in=typed.get("also") or []).order_by("slug")
    try:
        with transaction.atomic():
            proof = evidence(typed["file"], municipality, by) or (corrects.evidence if corrects else None)
            made = [
                FollowUpEvent.objects.create(
                    slug=f"{slug}-{number}" if number else slug,
                    municipality=municipality,
                    recommendation=about,
                    step=form.step,
                    outcome=typed.get("outcome", ""),
                    actor=ACTORS[form.step],
                    text=typed["text"] or TEXTS.get(form.step, ""),
                    happened=typed["happened"].isoformat(),
                    due_on=typed.get("due_on"),
                    link=typed["link"],
                    evidence=proof,
                    corrects=corrects,
                    entered_at=timezone.now(),
                    entered_by=by,
                )
                for number, about in enumerate([recommendation, *others])
            ]
            return made[0]
    except IntegrityError:
        found: FollowUpEvent | None = FollowUpEvent.objects.filter(slug=slug, entered_by=by).first()
        if found is None:
            raise
        return found


def evidence(file: Any, municipality: Municipality, by: Any) -> Evidence | None:
    if file is None:
        return None
    made: Evidence = Evidence.objects.create(municipality=municipality, added_by=by, **vars(file))
    return made


def close(proposal: FollowUpEvent, *, by: Any) -> None:
    """What a colleague proposed, closed by a second person (a trigger sees to that too)."""
    with transaction.atomic():
        FollowUpEvent.objects.create(
            slug=f"afgesloten-{proposal.pk}",
            municipality=proposal.municipality,
            recommendation=proposal.recommendation,
            step=Step.CLOSED,
            outcome=proposal.outcome,
            actor=FollowUpEvent.Actor.AUDIT_OFFICE,
            text=proposal.text,
            happened=timezone.localdate().isoformat(),
            link=proposal.link,
            evidence=proposal.evidence,
            confirms=proposal,
            entered_at=timezone.now(),
            entered_by=by,
        )


def retract(event: FollowUpEvent, *, why: str, by: Any) -> None:
    """The event counts no longer. Raises ValueError where no reason is given, IntegrityError where it is corrected."""
    if not why.strip():
        raise ValueError("Zeg waarom deze stap vervalt. Lezers zien die reden.")
    with transaction.atomic():
        FollowUpEvent.objects.create(
            slug=f"vervallen-{event.pk}",
            municipality=event.municipality,
            recommendation=event.recommendation,
            step=Step.RETRACTED,
            actor=event.actor,
            text=why.strip(),
            happened=timezone.localdate().isoformat(),
            corrects=event,
            entered_at=timezone.now(),
            entered_by=by,
        )
