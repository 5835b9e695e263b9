"""The right of reply: sending texts out, reacting, answering."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.db import transaction
from django.utils import timezone

from focusareas.models import Municipality
from nplv_portal.lib.tables import Sheet
from nplv_portal.lib.versions import MoveRefusedError
from nplv_portal.workplace.content import content_of
from nplv_portal.workplace.desk import Item
from nplv_portal.workplace.kinds import BY_SLUG
from nplv_portal.workplace.models import Hearing, HearingItem, Reaction

HEARD = ("bevindingen", "aanbevelingen")  # the kinds that one reacts to
COLUMNS = ["Tekst", "Wat er stond", "Reactie", "Nawoord van de rekenkamer"]


class HearingForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Hearing
        fields = ("municipality", "kind", "deadline", "text")
        widgets = {"deadline": forms.DateInput(attrs={"type": "date"}), "text": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args: Any, places: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False
        self.fields["municipality"].queryset = Municipality.objects.filter(pk__in=places)  # type: ignore[attr-defined]

    def clean_deadline(self) -> date:
        deadline: date = self.cleaned_data["deadline"]
        if deadline < timezone.localdate():
            raise forms.ValidationError("Deze datum is voorbij. Kies een dag waarop nog te reageren is.")
        return deadline


def texts_for(user: Any) -> list[Item]:
    """What is being prepared and can be sent out."""
    return [Item(BY_SLUG[slug], v) for slug in HEARD for v in BY_SLUG[slug].editable_by(user).order_by("pk")]


@transaction.atomic
def start(*, form: HearingForm, chosen: Sequence[Item], by: Any) -> Hearing:
    """Freeze the chosen texts as they are now, for the officials of that municipality alone."""
    place = form.cleaned_data["municipality"]
    office = place.audit_offices.filter(pk__in=by.rights.offices).first()
    wrong = [
        item for item in chosen if not item.kind.versions.kept_for([place.pk], joint=False).filter(pk=item.version.pk)
    ]
    if not chosen or wrong or office is None:
        raise MoveRefusedError("Kies minstens één tekst, en alleen teksten over deze gemeente.")
    hearing: Hearing = form.save(commit=False)
    hearing.office, hearing.started_by = office, by
    hearing.save()
    for item in chosen:
        HearingItem.objects.create(
            hearing=hearing,
            kind=item.kind.slug,
            version_id=item.version.pk,
            title=item.title[:300],
            content=content_of(item.kind, item.version),
        )
    return hearing


@transaction.atomic
def react(item: HearingItem, *, text: str, send: bool, by: Any) -> None:
    """Keep what an official typed; once sent it stands."""
    if not item.hearing.is_open:
        raise MoveRefusedError("De termijn is voorbij. Neem contact op met de rekenkamer.")
    reaction = Reaction.objects.select_for_update().filter(item=item).first() or Reaction(item=item, by=by)
    if reaction.sent_at:
        raise MoveRefusedError("Deze reactie is al verstuurd en staat vast.")
    if not text.strip():
        raise MoveRefusedError("Schrijf uw reactie. Hebt u er geen, schrijf dan: geen opmerkingen.")
    reaction.text, reaction.by, reaction.saved_at = text.strip(), by, timezone.now()
    reaction.sent_at = timezone.now() if send else None
    reaction.save()


@transaction.atomic
def answer(item: HearingItem, *, text: str, by: Any) -> None:
    reaction = Reaction.objects.select_for_update().filter(item=item, sent_at__isnull=False).first()
    if reaction is None:
        raise MoveRefusedError("De gemeente heeft hierop nog niet gereageerd.")
    if not text.strip():
        raise MoveRefusedError("Schrijf wat u met de reactie doet.")
    reaction.answer, reaction.answered_by, reaction.answered_at = text.strip(), by, timezone.now()
    reaction.save()


def close(hearing: Hearing, *, by: Any) -> None:
    Hearing.objects.filter(pk=hearing.pk, closed_at__isnull=True).update(closed_at=timezone.now(), closed_by=by)


def items_of(hearing: Hearing, user: Any) -> list[tuple[HearingItem, Reaction | None]]:
    """Each text with its reaction. The office sees a reaction only once it has been sent."""
    is_office = hearing.office_id in user.rights.offices
    found = []
    for item in hearing.items.select_related("reaction__by", "reaction__answered_by"):
        reaction = getattr(item, "reaction", None)
        hidden = reaction is not None and is_office and reaction.sent_at is None
        found.append((item, None if hidden else reaction))
    return found


def sheet(hearing: Hearing, user: Any) -> Sheet:
    rows = [
        [
            item.title,
            "\n".join(f"{label}: {text}" for label, text in item.content.items()),
            reaction.text if reaction else "",
            reaction.answer if reaction else "",
        ]
        for item, reaction in items_of(hearing, user)
    ]
    notes = [str(hearing), f"Reageren kon tot en met {hearing.deadline:%d-%m-%Y}.", "Niet openbaar."]
    return Sheet("Wederhoor", COLUMNS, rows, notes)
