"""A right of reply that runs, to react in: for the official among the people who do not exist."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.utils import timezone

from nplv_portal.accounts.models import Membership
from nplv_portal.workplace.hearings import HearingForm, start, texts_for
from nplv_portal.workplace.models import Hearing

ABOUT = 3  # texts
TEXT = "Wij horen graag of de feiten kloppen, en wat wij misten."


def start_hearing(people: Iterable[Membership]) -> None:
    """Of some findings that are being prepared, for each municipality that has an official. Once."""
    secretaries = [person for person in people if person.role == Membership.Role.SECRETARY]
    for official in (person for person in people if person.role == Membership.Role.OFFICIAL):
        place = official.municipality
        sender = next((s.user for s in secretaries if place and place.pk in s.user.rights.writes), None)
        if place is None or sender is None or Hearing.objects.filter(municipality=place).exists():
            continue
        texts = [
            item
            for item in texts_for(sender)
            if item.kind.slug == "bevindingen" and item.version.record.focus_area.municipality_id == place.pk  # type: ignore[attr-defined]
        ]
        deadline = timezone.localdate() + timedelta(days=21)
        data = {"municipality": place.pk, "kind": Hearing.Kind.OFFICIAL, "deadline": deadline, "text": TEXT}
        form = HearingForm(data, places=sender.rights.writes)
        if texts and form.is_valid():
            start(form=form, chosen=texts[:ABOUT], by=sender)
