"""Recording a step of the decision chain: one form, whose fields follow from the step."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.formats import date_format

from focusareas.models import Municipality
from nplv_portal.lib.uploads import FileRefused, checked
from recommendations.chain import a_year_after
from recommendations.models import OUTCOMES, Evidence, FollowUpEvent, HeldFile, Outcome, Recommendation, Step

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
    Step.AFTERWORD: "Dag van het nawoord",
    Step.DECISION: "Dag van het raadsbesluit",
    Step.AGENDA: "Dag van de vergadering",
    Step.EXTENSION: "Dag waarop de termijn is verlengd",
    Step.COMMITMENT: "Dag van de toezegging",
    Step.REPORTED: "Op welke dag was dit zo?",
    Step.ESTABLISHED: "Dag waarop de rekenkamer dit vaststelde",
    Step.CLOSING: "Dag van het voorstel",
}
FOR_SEVERAL = (Step.POSITION, Step.DECISION, Step.AGENDA)  # often one paper about all recommendations of a report
DUE = {Step.EXTENSION: "Nieuwe termijn, tot en met", Step.COMMITMENT: "Toegezegd uiterlijk op"}
REPORTED_ON = "Afgerond: de dag waarop het klaar was. Bezig: de dag waarvan u de stand meldt, meestal vandaag."
MAY_BE_UNKNOWN = "Tot en met deze dag. Laat leeg als er geen termijn is toegezegd."
WHY = {
    Outcome.REJECTED: "Zeg waarom de aanbeveling niet is overgenomen.",
    Outcome.PARTLY: "Zeg wat niet is overgenomen, en waarom.",
    Outcome.AMENDED: "Zeg wat er gewijzigd is, en waarom.",
    Outcome.NOT_IMPLEMENTED: "Zeg waarom de aanbeveling wordt afgesloten zonder dat zij is uitgevoerd.",
}
SPEAKS_FOR_ITSELF = (Step.POSITION, Step.AGENDA, Step.DECISION)  # without a word of explanation
READERS_SEE = "Eén of twee zinnen. Lezers zien ze bij deze stap."
MAY_BE_EMPTY = "Laat u dit leeg, dan zien lezers alleen de stap en de dag."
REASONS = {
    Step.POSITION: f"{READERS_SEE} Bij ‘deels’ en ‘niet’: zeg ook waarom. {MAY_BE_EMPTY}",
    Step.DECISION: f"{READERS_SEE} Bij ‘deels’, ‘gewijzigd’ en ‘niet’: zeg ook waarom. {MAY_BE_EMPTY}",
    Step.AGENDA: f"{READERS_SEE} {MAY_BE_EMPTY}",
    Step.CLOSING: "Eén of twee zinnen. Lezers zien ze zodra een collega het afsluiten bevestigt.",
}


def day_field(label: str) -> forms.DateField:
    return forms.DateField(
        label=label,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),  # the only way a browser reads it
        error_messages={"required": "Vul de dag in.", "invalid": "Dit is geen datum. Schrijf dag-maand-jaar."},
    )


class ProofForm(forms.Form):
    """Something to record, and where it can be read: on the web, or in a file."""

    key = forms.UUIDField(widget=forms.HiddenInput)  # the same form sent twice is one event
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

    without_file = forms.BooleanField(label="Toch zonder dit bestand", required=False)

    def __init__(self, *args: Any, by: Any, proof: Evidence | None = None, **kwargs: Any) -> None:
        """`by`: who fills it in; `proof`: the file of what is being corrected."""
        super().__init__(*args, **kwargs)
        self.by, self.proof = by, proof
        self.use_required_attribute = False
        self.fields["key"].initial = uuid.uuid4()
        if proof:
            self.fields["file"].help_text = f"Laat leeg om “{proof.name}” erbij te houden."
        self.show_held()

    @property
    def held(self) -> HeldFile | None:
        """The file that this person chose when this form was sent before."""
        try:
            found: HeldFile | None = HeldFile.objects.of(self.by).filter(key=self.data.get("key")).first()
        except ValidationError:  # no key of a form
            return None
        return found

    def show_held(self) -> None:
        held = self.held
        if held:
            size = filesizeformat(len(held.content))
            kept = "Het blijft een dag bewaard; u hoeft het niet opnieuw te kiezen."
            self["file"].help_text = f"U koos: {held.name} ({size}). {kept}"
            self.fields["without_file"] = self.base_fields["without_file"]
            self.order_fields(self.field_order)
        else:
            self["file"].help_text = self.fields["file"].help_text
            self.fields.pop("without_file", None)

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
        held = None if cleaned.get("file") or cleaned.get("without_file") else self.held
        if held:
            cleaned["file"] = held.file
        has_proof = cleaned.get("link") or cleaned.get("file") or self.proof
        if not has_proof and not {"link", "file"} & set(self.errors):
            self.add_error("link", "Geef het adres van het stuk, of voeg het stuk als bestand toe.")
        return cleaned

    def hold_file(self) -> None:
        """Before a form with something wrong in it is shown again: a browser forgets which file was chosen."""
        file, key = self.cleaned_data.get("file"), self.cleaned_data.get("key")
        if file and key:
            held = vars(file) | {"held_at": timezone.now()}
            HeldFile.objects.update_or_create(by=self.by, key=key, defaults=held)
        elif key and self.cleaned_data.get("without_file"):
            HeldFile.objects.of(self.by).filter(key=key).delete()
        self.show_held()


class StepForm(ProofForm):
    """What happened, and on which day."""

    field_order = ("key", "outcome", "happened", "due_on", "text", "link", "file", "without_file", "also")

    outcome = forms.ChoiceField(
        label="Uitkomst", widget=forms.RadioSelect, error_messages={"required": "Kies een uitkomst."}
    )
    happened = day_field("Wanneer")
    due_on = day_field("Uiterlijk")
    text = forms.CharField(
        label="Toelichting",
        required=False,
        max_length=3000,
        error_messages={"required": "Zeg in één of twee zinnen wat er gebeurde."},
        help_text=READERS_SEE,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    also = forms.MultipleChoiceField(
        label="Ook over andere aanbevelingen?",
        required=False,
        help_text="Ging hetzelfde stuk ook hierover, dan komt deze stap ook daar te staan.",
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(
        self,
        *args: Any,
        step: Step,
        event: FollowUpEvent | None = None,
        others: Sequence[tuple[str, str]] = (),
        deadline: date | None = None,
        **kwargs: Any,
    ) -> None:
        """`others`: key and title of what the same step may be about too; `deadline`: what an extension comes after."""
        super().__init__(*args, proof=event.evidence if event else None, **kwargs)
        if others and step in FOR_SEVERAL:
            self.fields["also"].choices = others  # type: ignore[attr-defined]
        else:
            del self.fields["also"]
        self.step, self.deadline = step, deadline
        outcomes = OUTCOMES.get(step)
        if outcomes:
            self.fields["outcome"].choices = [(value.value, value.label) for value in outcomes]  # type: ignore[attr-defined]
        else:
            del self.fields["outcome"]
        self.fields["happened"].label = WHEN[step]
        if step == Step.REPORTED:
            self.fields["happened"].help_text = REPORTED_ON
        if step in DUE:
            self.fields["due_on"].label = DUE[step]
            self.fields["due_on"].required = step == Step.EXTENSION
            if step == Step.COMMITMENT:
                self.fields["due_on"].help_text = MAY_BE_UNKNOWN
        else:
            del self.fields["due_on"]
        if step == Step.DECISION:
            day = date_format(a_year_after(timezone.localdate()), "j F Y")
            self.fields["outcome"].help_text = (
                "Neemt de raad de aanbeveling over, ook deels of gewijzigd, dan begint op de dag van het besluit een"
                f" termijn van één jaar. Bij een besluit van vandaag loopt die tot en met {day}."
            )
        self.fields["text"].required = step not in SPEAKS_FOR_ITSELF
        self.fields["text"].help_text = REASONS.get(step, self.fields["text"].help_text)

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
        if self.step == Step.EXTENSION and self.deadline is None:
            raise ValidationError("Er loopt geen termijn. Noteer eerst het besluit van de raad.")
        if self.step == Step.EXTENSION and self.deadline and day <= self.deadline:
            current = date_format(self.deadline, "j F Y")
            raise ValidationError(f"Een nieuwe termijn komt na de termijn die er al is: {current}.")
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        why = WHY.get(Outcome(cleaned["outcome"])) if cleaned.get("outcome") else None
        if why and not cleaned.get("text"):
            self.add_error("text", why)
        day, due = cleaned.get("happened"), cleaned.get("due_on")
        if day and due and due < day:
            self.add_error("due_on", "Deze dag ligt vóór de dag van de stap zelf.")
        return cleaned


class RetractionForm(forms.Form):
    why = forms.CharField(
        label="Waarom (lezers zien dit)",
        max_length=3000,
        error_messages={"required": "Zeg waarom deze regel vervalt. Lezers zien die reden."},
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
                    text=typed["text"],
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
    """The event counts no longer; asked again by the same person, nothing more happens.

    Raises IntegrityError where it is corrected.
    """
    try:
        with transaction.atomic():
            FollowUpEvent.objects.create(
                slug=f"vervallen-{event.pk}",
                municipality=event.municipality,
                recommendation=event.recommendation,
                step=Step.RETRACTED,
                actor=event.actor,
                text=why,
                happened=timezone.localdate().isoformat(),
                corrects=event,
                entered_at=timezone.now(),
                entered_by=by,
            )
    except IntegrityError:
        if not FollowUpEvent.objects.filter(slug=f"vervallen-{event.pk}", entered_by=by).exists():
            raise
