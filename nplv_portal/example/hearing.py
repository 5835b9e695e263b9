"""A right of reply that runs, to react in: for the officials among the people who do not exist."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from findings.models import FindingVersion
from nplv_portal.accounts.models import Membership, User
from nplv_portal.workplace import work
from nplv_portal.workplace.desk import Item
from nplv_portal.workplace.hearings import HearingForm, start
from nplv_portal.workplace.kinds import BY_SLUG
from nplv_portal.workplace.models import Hearing

KIND = BY_SLUG["bevindingen"]
ABOUT = 3  # findings
TEXT = "Wij horen graag of de feiten kloppen, en wat wij misten."


def start_hearing(people: Iterable[Membership]) -> None:
    """One for each municipality that has an official, about what its office prepares. Once."""
    writers = [person.user for person in people if person.role == Membership.Role.RESEARCHER]
    for place in (person.municipality for person in people if person.role == Membership.Role.OFFICIAL):
        writer = next((user for user in writers if place and place.pk in user.rights.writes), None)
        if place is None or writer is None or Hearing.objects.filter(municipality=place).exists():
            continue
        deadline = timezone.localdate() + timedelta(days=21)
        data = {"municipality": place.pk, "kind": Hearing.Kind.OFFICIAL, "deadline": deadline, "text": TEXT}
        form = HearingForm(data, places=writer.rights.writes)
        if (texts := texts_about(place, writer)) and form.is_valid():
            start(form=form, chosen=[Item(KIND, text) for text in texts], by=writer)


def texts_about(place: Any, writer: User) -> list[FindingVersion]:
    """What is prepared, and where that is little, corrections that the writer begins."""
    here = FindingVersion.objects.filter(record__focus_area__municipality=place).order_by("pk")
    found = list(here.prepared()[:ABOUT])
    public = here.as_of(timezone.now()).exclude(headline="").exclude(record__versions__in=here.prepared())
    latest = public.order_by("-record__round_aspect__round__number", "pk")[: ABOUT - len(found)]
    return [*found, *(work.start_next(KIND, version, by=writer) for version in latest)]
