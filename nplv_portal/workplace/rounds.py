"""Starting the next round from the last one, and taking part in it. Nothing is filled in as if it was examined."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from findings.models import Aspect, AuditRound, CouncilRole, FindingVersion, Participation, RoundAspect
from focusareas.models import AuditOffice, FocusArea
from nplv_portal.lib.versions import MoveRefusedError
from nplv_portal.sources.models import Document
from nplv_portal.workplace.forms import field_for, new_key, preselect
from nplv_portal.workplace.models import WorkEvent
from nplv_portal.workplace.parts import LONG, MOST_ROWS, Rows, place

NEW_ASPECTS = 2
Comparable = RoundAspect.Comparable
Status = AuditRound.Status
NEXT: dict[str, Status] = {Status.RUNNING: Status.PUBLISHED}  # one that was announced runs once it is started


def source_field() -> forms.ModelChoiceField:  # type: ignore[type-arg]
    documents = Document.objects.order_by("title")
    return forms.ModelChoiceField(documents, label="Vindplaats: document", empty_label="Kies")


class RoundForm(forms.ModelForm):  # type: ignore[type-arg]
    document = source_field()
    place = forms.CharField(label="Vindplaats: plaats in het document", max_length=300)

    class Meta:
        model = AuditRound
        fields = ("name", "short_name", "first_year", "last_year", "text")
        formfield_callback = field_for

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["document"].initial = self.instance.source.document_id
            self.fields["place"].initial = self.instance.source.place

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if (cleaned.get("first_year") or 0) > (cleaned.get("last_year") or 9999):
            self.add_error("last_year", "Het laatste jaar ligt voor het eerste.")
        others = AuditRound.objects.exclude(pk=self.instance.pk)
        if others.filter(name__iexact=cleaned.get("name", "")).exists():
            self.add_error("name", "Er is al een ronde met deze naam.")
        return cleaned


class CarriedAspectForm(forms.Form):
    """An aspect of the last round: carried over, reworded, not comparable, or dropped."""

    aspect = forms.ModelChoiceField(
        Aspect.objects.select_related("role"), to_field_name="slug", widget=forms.HiddenInput
    )
    is_kept = forms.BooleanField(label="Ook in deze ronde", required=False)
    wording = forms.CharField(label="Naam in deze ronde", max_length=200)
    short_wording = forms.CharField(label="Korte naam", max_length=60)
    question = forms.CharField(label="Vraag van een raadslid", max_length=150)
    is_comparable = forms.BooleanField(label="Vergelijkbaar met de vorige ronde", required=False)
    comparable_note = forms.CharField(label="Waarom niet vergelijkbaar", required=False, validators=[LONG])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("is_kept") and not cleaned.get("is_comparable") and not cleaned.get("comparable_note"):
            self.add_error("comparable_note", "Zeg waarom het aspect niet vergelijkbaar is met de vorige ronde.")
        return cleaned


class NewAspectForm(forms.Form):
    role = forms.ModelChoiceField(CouncilRole.objects.all(), label="Rol van de raad", empty_label="Kies")
    wording = forms.CharField(label="Naam", max_length=200)
    short_wording = forms.CharField(label="Korte naam", max_length=60)
    question = forms.CharField(label="Vraag van een raadslid", max_length=150)

    def clean_short_wording(self) -> str:
        short: str = self.cleaned_data["short_wording"]
        if Aspect.objects.filter(slug=slugify(short)).exists():
            raise forms.ValidationError("Dit aspect bestaat al: neem het over uit de vorige ronde.")
        return short


class CarriedRows(Rows):
    once = ("aspect",)


CarriedAspects = forms.formset_factory(
    CarriedAspectForm, CarriedRows, extra=0, absolute_max=MOST_ROWS, max_num=MOST_ROWS
)
NewAspects = forms.formset_factory(NewAspectForm, extra=NEW_ASPECTS, absolute_max=NEW_ASPECTS, max_num=NEW_ASPECTS)


def last_round() -> AuditRound | None:
    """The last round that has aspects: what the next one starts from."""
    return AuditRound.objects.filter(round_aspects__isnull=False).order_by("-number").first()


def announced_round() -> AuditRound | None:
    """A round that was announced and has no aspects yet: what one starts now is that one."""
    return (
        AuditRound.objects.filter(status=AuditRound.Status.ANNOUNCED, round_aspects__isnull=True)
        .order_by("number")
        .first()
    )


def carried_from(round_: AuditRound | None) -> list[dict[str, Any]]:
    entries = RoundAspect.objects.filter(round=round_).select_related("aspect").order_by("order") if round_ else []
    return [
        {
            "aspect": entry.aspect.slug,
            "is_kept": True,
            "wording": entry.wording,
            "short_wording": entry.short_wording,
            "question": entry.question,
            "is_comparable": True,
        }
        for entry in entries
    ]


@transaction.atomic
def start_round(*, form: RoundForm, carried: Any, added: Any, by: Any) -> AuditRound:
    """The round with its aspects, in the order of the roles. One that was only announced keeps its name and number."""
    latest = AuditRound.objects.order_by("-number").first()
    round_: AuditRound = form.instance
    if round_.pk is None:
        round_.slug = new_key(AuditRound.objects, "slug", round_.name, 50)
        round_.number = latest.number + 1 if latest else 1
    round_.status = AuditRound.Status.RUNNING
    round_.source = place(form.cleaned_data)
    round_.full_clean()
    round_.save()
    rows: list[tuple[Aspect, dict[str, Any], Comparable, str]] = []
    for row in (r.cleaned_data for r in carried if r.cleaned_data.get("is_kept")):
        comparable = Comparable.YES if row["is_comparable"] else Comparable.NO
        rows.append((row["aspect"], row, comparable, "" if row["is_comparable"] else row["comparable_note"]))
    for row in (r.cleaned_data for r in added if r.cleaned_data):
        key = new_key(Aspect.objects, "slug", row["short_wording"], 50)
        aspect = Aspect.objects.create(slug=key, role=row["role"])
        rows.append((aspect, row, Comparable.FIRST, ""))
    rows.sort(key=lambda entry: entry[0].role.order)
    for order, (aspect, row, comparable, note) in enumerate(rows, start=1):
        RoundAspect.objects.create(
            round=round_,
            aspect=aspect,
            wording=row["wording"],
            short_wording=row["short_wording"],
            question=row["question"],
            order=order,
            comparable=comparable,
            comparable_note=note,
            source=round_.source,
        )
    log(round_, by=by, note=f"{round_.name} begonnen met {len(rows)} aspecten")
    return round_


@dataclass(frozen=True)
class Column:
    """Of an area that takes part: how much of it readers do not see yet."""

    area: str
    office: str
    unseen: int
    all: int


def columns(round_: AuditRound) -> list[Column]:
    parts = Participation.objects.filter(round=round_).select_related("focus_area", "audit_office").order_by("order")
    public = FindingVersion.objects.as_of(timezone.now()).filter(record__round_aspect__round=round_)
    seen = Counter(public.values_list("record__focus_area", flat=True))
    count = round_.round_aspects.count()
    return [
        Column(part.focus_area.name, part.audit_office.name, count - seen[part.focus_area_id], count) for part in parts
    ]


def follower(round_: AuditRound) -> AuditRound | None:
    """A later round that has begun: from then on this one is final."""
    later = AuditRound.objects.filter(number__gt=round_.number, round_aspects__isnull=False)
    return later.order_by("number").first()


@transaction.atomic
def go_back(round_: AuditRound, *, by: Any) -> None:
    """From published to running, while no later round built on it."""
    held = list(AuditRound.objects.select_for_update().order_by("number"))
    now = next(found for found in held if found.pk == round_.pk)
    if now.status != Status.PUBLISHED:
        raise MoveRefusedError("Een collega zette deze ronde intussen terug. Bekijk hoe zij er nu voor staat.")
    if later := follower(round_):
        raise MoveRefusedError(f"Terug kan niet meer: {later} is begonnen en bouwt op deze ronde voort.")
    round_.status, round_.published_at = Status.RUNNING, None
    round_.save(update_fields=["status", "published_at"])
    log(round_, by=by, note=f"{round_}: terug naar {round_.get_status_display()}")


@transaction.atomic
def advance(round_: AuditRound, *, seen: str, by: Any) -> None:
    """To the next status, once, from the one that the person saw."""
    status = AuditRound.objects.select_for_update().get(pk=round_.pk).status
    if status != seen or status not in NEXT:
        raise MoveRefusedError("Een collega zette deze ronde intussen verder. Bekijk hoe zij er nu voor staat.")
    round_.status = NEXT[status]
    round_.published_at = timezone.now() if round_.status == Status.PUBLISHED else None
    round_.save(update_fields=["status", "published_at"])
    log(round_, by=by, note=f"{round_}: nu {round_.get_status_display()}")


def log(round_: AuditRound, *, by: Any, note: str) -> None:
    WorkEvent.objects.create(
        kind="ronde", version_id=round_.pk, what=WorkEvent.What.STARTED, by=by, edition=1, note=note
    )


class ParticipationForm(forms.Form):
    """Which area takes part, examined by which office. Earlier rounds stay as they were."""

    area = forms.ModelChoiceField(FocusArea.objects.none(), label="Focusgebied", empty_label="Kies")
    office = forms.ModelChoiceField(AuditOffice.objects.none(), label="Rekenkamer", empty_label="Kies")
    document = source_field()
    place = forms.CharField(label="Vindplaats: plaats in het document", max_length=300)

    def __init__(self, *args: Any, round_: AuditRound, areas: Any, offices: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.round = round_
        self.fields["area"].queryset = areas.exclude(participations__round=round_)  # type: ignore[attr-defined]
        self.fields["office"].queryset = offices  # type: ignore[attr-defined]
        self.fields["document"].help_text = "Waar staat dat dit gebied meedoet: een onderzoeksopzet, brief of besluit."
        preselect(self)

    @transaction.atomic
    def save(self, *, by: Any) -> Participation:
        last = Participation.objects.filter(round=self.round).order_by("-order").first()
        area, office = self.cleaned_data["area"], self.cleaned_data["office"]
        made, _ = Participation.objects.get_or_create(
            round=self.round,
            focus_area=area,
            defaults={
                "audit_office": office,
                "order": last.order + 1 if last else 1,
                "source": place(self.cleaned_data),
            },
        )
        log(self.round, by=by, note=f"{area} doet mee aan {self.round}, onderzocht door {office}")
        return made


class OfficeForm(forms.Form):
    """An audit office that joins, and the municipalities that it looks after."""

    name = forms.CharField(label="Naam van de rekenkamer", max_length=100)
    areas = forms.ModelMultipleChoiceField(
        FocusArea.objects.select_related("municipality").order_by("name"),
        label="Focusgebieden die zij onderzoekt",
        widget=forms.CheckboxSelectMultiple,
    )
    document = source_field()
    place = forms.CharField(label="Vindplaats: plaats in het document", max_length=300)

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if AuditOffice.objects.filter(name__iexact=name).exists():
            raise forms.ValidationError("Deze rekenkamer is er al.")
        return name

    @transaction.atomic
    def save(self) -> AuditOffice:
        office = AuditOffice.objects.create(
            slug=new_key(AuditOffice.objects, "slug", self.cleaned_data["name"], 50),
            name=self.cleaned_data["name"],
            source=place(self.cleaned_data),
        )
        office.municipalities.set({area.municipality for area in self.cleaned_data["areas"]})
        return office
