"""Asking for a dossier: one form whose fields follow from the kind, and the place in the queue that it gets."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import islice
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max, QuerySet
from django.forms.boundfield import BoundWidget
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob, ProcrastinateWorker

from findings.models import AuditRound, FindingVersion
from focusareas.models import Municipality
from nplv_portal.dossiers.kinds import Recipe
from nplv_portal.dossiers.models import Dossier, Edition, Stage, Template
from nplv_portal.dossiers.tasks import LOCK, make_dossier
from nplv_portal.lib.moments import FIRST_YEAR, Moment

MOST_ITEMS = 25  # of one item on the agenda

Choices = Sequence[tuple[str, str | list[tuple[str, str]]]]  # key and name, or a group and what is in it


NOT_YET = (
    "Die dag is nog niet geweest. Hier kiest u van welke dag de gegevens zijn, niet de dag van de vergadering. Laat "
    "het leeg voor vandaag."
)


def years() -> range:
    """Of which there may be an overview, the last first."""
    return range(timezone.localdate().year, FIRST_YEAR - 1, -1)


class ComposeForm(forms.Form):
    key = forms.UUIDField(widget=forms.HiddenInput)  # the same form sent twice is one dossier
    title = forms.CharField(
        label="Titel", max_length=120, help_text="Komt op de voorkant en in de naam van het bestand."
    )
    meeting = forms.CharField(
        label="Vergadering",
        required=False,
        max_length=120,
        help_text="Hoeft niet. Bijvoorbeeld: commissie Samenleving, 8 december 2026. Komt op de voorkant en in de "
        "tekst voor de agenda.",
    )
    items = forms.MultipleChoiceField(
        label="",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Kies ten minste één aanbeveling of bevinding."},
    )
    year = forms.TypedChoiceField(label="Over welk jaar", coerce=int)
    round = forms.ModelChoiceField(
        AuditRound.objects.none(),
        to_field_name="slug",
        label="Onderzoeksronde",
        required=False,
        empty_label="De laatste die is gepubliceerd",
    )
    sections = forms.MultipleChoiceField(
        label="Onderdelen",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Kies ten minste één onderdeel."},
    )
    day = forms.DateField(
        label="Gegevens zoals op",
        required=False,
        help_text="De gegevens zoals ze op deze dag waren. Leeg: vandaag.",
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    keep_as = forms.CharField(
        label="Bewaar deze keuze als sjabloon, onder de naam",
        required=False,
        max_length=80,
        help_text="Hoeft niet. Iedereen die voor deze gemeente dossiers maakt, kan een sjabloon gebruiken.",
    )

    def __init__(
        self, *args: Any, recipe: Recipe, municipality: Municipality, items: Choices = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.recipe, self.municipality = recipe, municipality
        self.use_required_attribute = False
        self.fields["key"].initial = uuid.uuid4()
        if recipe.has_items or recipe.has_columns:
            self.fields["items"].choices = items  # type: ignore[attr-defined]
        else:
            del self.fields["items"]
        self.choose("sections", recipe.sections)
        if recipe.has_items:
            self.fields["items"].label = "Waar gaat het agendapunt over?"
        else:
            del self.fields["meeting"]
        if recipe.has_columns:
            self.fields["items"].label, self.fields["items"].required = "Gemeenten", False
            self.fields["items"].help_text = "Kiest u er geen, dan staan ze er allemaal in."
        last_year = timezone.localdate().year - 1
        if recipe.has_year:
            self.choose("year", [(str(year), str(year)) for year in years()])
            self.fields["year"].initial = str(last_year)
        else:
            del self.fields["year"]
        self.fields["title"].initial = recipe.title_for(municipality.name, last_year if recipe.has_year else None)
        if recipe.has_round:
            self.fields["round"].queryset = self.rounds_on(None)  # type: ignore[attr-defined]
        else:
            del self.fields["round"]

    def rounds_on(self, day: date | None) -> QuerySet[AuditRound]:
        """Of which something was public at the end of that day, or is now."""
        found = FindingVersion.objects.as_of(Moment.on(day).at)
        if not self.recipe.has_columns:
            found = found.filter(record__focus_area__municipality=self.municipality)
        rounds = found.values("record__round_aspect__round")
        return AuditRound.objects.filter(pk__in=rounds).order_by("-number")

    @property
    def groups(self) -> list[tuple[str, list[BoundWidget]]]:
        """What may be chosen as items, each with its box, below the name of its kind; nothing where there are none."""
        if not self.recipe.has_items:
            return []
        boxes = iter(self["items"].subwidgets)
        return [(name, list(islice(boxes, len(group)))) for name, group in self.fields["items"].choices]  # type: ignore[attr-defined]

    def choose(self, name: str, choices: Choices) -> None:
        if choices:
            self.fields[name].choices = choices  # type: ignore[attr-defined]
            if name == "sections":
                self.fields[name].initial = [slug for slug, _ in choices]
        else:
            del self.fields[name]

    def clean_title(self) -> str:
        title = " ".join(str(self.cleaned_data["title"]).split())
        if not any(character.isalnum() for character in title):
            raise ValidationError("Geef een titel met woorden.")
        return title

    def clean_items(self) -> list[str]:
        items: list[str] = self.cleaned_data["items"]
        if self.recipe.has_items and len(items) > MOST_ITEMS:
            raise ValidationError(f"Kies er ten hoogste {MOST_ITEMS}. Maak anders twee vergaderpakketten.")
        return items

    def clean_day(self) -> date | None:
        day: date | None = self.cleaned_data["day"]
        if day and day > timezone.localdate():
            raise ValidationError(NOT_YET)
        if day and day.year < FIRST_YEAR:
            raise ValidationError(f"Het portaal gaat niet verder terug dan {FIRST_YEAR}.")
        return None if day == timezone.localdate() else day

    def clean_keep_as(self) -> str:
        name = " ".join(str(self.cleaned_data["keep_as"]).split())
        same = Template.objects.filter(municipality=self.municipality, kind=self.recipe.slug, name=name)
        was_sent = (
            Edition.objects.filter(key=self.cleaned_data["key"]).exists() if "key" in self.cleaned_data else False
        )
        if name and same.exists() and not was_sent:
            raise ValidationError("Er is al een sjabloon met deze naam. Kies een andere, of verwijder het oude eerst.")
        return name

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        day, year = cleaned.get("day"), cleaned.get("year")
        if day and year and day.year < year:
            self.add_error("day", f"Deze dag ligt vóór {year}. Kies een dag in dat jaar of later.")
        round_ = cleaned.get("round")
        if day and round_ and not self.rounds_on(day).filter(pk=round_.pk).exists():
            self.add_error(
                "round", "Van deze ronde was op die dag nog niets openbaar. Kies een andere, of een latere dag."
            )
        place = self.municipality.name
        if year and cleaned.get("title") in {self.recipe.title_for(place, one) for one in years()}:
            cleaned["title"] = self.recipe.title_for(place, year)  # as offered for another year
        return cleaned

    @property
    def choice(self) -> dict[str, Any]:
        """What an edition keeps of it."""
        typed = self.cleaned_data
        return {
            "title": typed["title"],
            "meeting": typed.get("meeting", ""),
            "day": typed["day"],
            "year": typed.get("year"),
            "round": typed.get("round"),
            "sections": typed.get("sections", []),
            "items": typed.get("items", []),
        }


def initial_of(found: Edition | Template) -> dict[str, Any]:
    """What a form starts from."""
    initial: dict[str, Any] = {
        "title": found.title,
        "sections": found.sections,
        "items": found.items,
        "round": found.round.slug if found.round else None,
    }
    if isinstance(found, Edition):
        initial |= {"year": found.year, "day": found.day, "meeting": found.meeting}
    return {name: value for name, value in initial.items() if value not in (None, [])}


def compose(form: ComposeForm, *, by: Any, dossier: Dossier | None = None) -> Edition:
    """The edition and its job, in one transaction. The same form sent again gives the same one.

    Raises ValidationError where the dossier already has an edition in the making.
    """
    key = form.cleaned_data["key"]
    try:
        with transaction.atomic():
            if dossier is None:
                dossier = Dossier.objects.create(municipality=form.municipality, kind=form.recipe.slug, started_by=by)
            last = dossier.editions.aggregate(last=Max("number"))["last"] or 0
            edition = Edition.objects.create(dossier=dossier, number=last + 1, key=key, asked_by=by, **form.choice)
            queue(edition)
            if form.cleaned_data["keep_as"]:
                save_template(form, by=by)
            return edition
    except IntegrityError as error:
        found: Edition | None = Edition.objects.filter(key=key, asked_by=by).first()
        if found is None:
            raise ValidationError(
                "Van dit dossier wordt al een nieuwe versie gemaakt. Wacht tot die klaar is, of annuleer haar."
            ) from error
        return found


def save_template(form: ComposeForm, *, by: Any) -> None:
    kept = {name: value for name, value in form.choice.items() if name not in {"day", "year", "meeting"}}
    if form.recipe.has_items:
        kept["items"] = []  # another meeting is about something else
    Template.objects.create(
        municipality=form.municipality,
        kind=form.recipe.slug,
        name=form.cleaned_data["keep_as"],
        saved_by=by,
        **kept,
    )


def queue(edition: Edition) -> None:
    """The more someone has waiting, the later the next: fifty of one do not hold up the one of another."""
    waiting = Edition.objects.unfinished().filter(asked_by=edition.asked_by).exclude(pk=edition.pk).count()
    edition.job = make_dossier.configure(priority=-1 - waiting).defer(edition=edition.pk)
    edition.save(update_fields=["job"])


def cancel(edition: Edition, *, by: Any) -> bool:
    """Whether there was anything to cancel. What is being made at this moment is thrown away."""
    with transaction.atomic():
        now = Edition.objects.select_for_update(of=("self",)).get(pk=edition.pk)
        if not now.is_busy:
            return False
        now.end(Stage.CANCELLED, reason=f"Geannuleerd door {by}.")
        if now.job:
            app.job_manager.cancel_job_by_id(now.job, abort=True, delete_job=True)
    return True


def again(edition: Edition, *, by: Any) -> bool:
    """The same question, once more. Whether it could be asked: not of what is made, or while another is."""
    try:
        with transaction.atomic():
            now = Edition.objects.select_for_update(of=("self",)).get(pk=edition.pk)
            if now.stage not in {Stage.FAILED, Stage.CANCELLED}:
                return False
            now.stage, now.reason, now.ended_at, now.part = Stage.WAITING, "", None, 0
            now.asked_by, now.asked_at = by, timezone.now()
            now.save()
            queue(now)
    except IntegrityError:
        return False
    return True


def ahead(edition: Edition) -> int:
    """How many come before this one, the one that is being made included."""
    job = ProcrastinateJob.objects.filter(pk=edition.job, status="todo").first()
    if job is None:
        return 0
    others = ProcrastinateJob.objects.filter(lock=LOCK)
    sooner = others.filter(status="todo", priority__gt=job.priority) | others.filter(
        status="todo", priority=job.priority, pk__lt=job.pk
    )
    return sooner.count() + others.filter(status="doing").count()


def nobody_works() -> bool:
    """No worker gave a sign of life for a minute."""
    since = timezone.now() - timedelta(minutes=1)
    return not ProcrastinateWorker.objects.filter(last_heartbeat__gte=since).exists()
