"""What lies on the desk of who follows recommendations, in the municipalities that one may record for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.timezone import localdate

from focusareas.models import Municipality
from recommendations.chain import Chain, Standing
from recommendations.models import FollowUpEvent, Step
from recommendations.published import Advice, advice_as_of

REMINDED = (1, 7, 30)  # days before a deadline

# Who records what: the clerk what council and executive decide, the official what was done, the office what it found.
CLERK = (Step.POSITION, Step.DECISION, Step.AGENDA, Step.EXTENSION, Step.COMMITMENT)
OFFICIAL = (Step.REPORTED,)
OFFICE = (Step.AFTERWORD, Step.ESTABLISHED, Step.CLOSING, Step.CLOSED)


def steps_of(user: Any, municipality: int) -> list[Step]:
    """What this person may record for this municipality."""
    rights = user.rights
    return [
        *(CLERK if municipality in rights.records else ()),
        *(OFFICIAL if municipality in rights.replies else ()),
        *(OFFICE if municipality in rights.writes else ()),
    ]


@dataclass(frozen=True)
class Followed:
    """One recommendation in one municipality."""

    municipality: Municipality
    advice: Advice
    chain: Chain

    @property
    def key(self) -> str:
        return f"{self.municipality.slug}-{self.advice.slug}"


@dataclass(frozen=True)
class Place:
    municipality: Municipality
    followed: list[Followed]
    proposals: dict[int, FollowUpEvent]  # to close, that nobody confirmed; by their key

    def standing_in(self, *standings: Standing) -> list[Followed]:
        return [item for item in self.followed if item.chain.standing in standings]

    @property
    def past_due(self) -> list[Followed]:
        return self.standing_in(Standing.PAST_DUE)

    @property
    def soon(self) -> list[Followed]:
        """Within thirty days, the first one first."""
        found = [item for item in self.standing_in(Standing.RUNNING) if days_left(item) <= max(REMINDED)]
        return sorted(found, key=days_left)

    @property
    def without_decision(self) -> list[Followed]:
        return self.standing_in(Standing.NO_DECISION, Standing.POSTPONED)

    @property
    def to_establish(self) -> list[Followed]:
        """Reported as done; the audit office has not looked yet."""
        return self.standing_in(Standing.REPORTED_DONE)

    @property
    def to_confirm(self) -> list[tuple[Followed, FollowUpEvent]]:
        """What someone proposed to close, and the last proposal."""
        last = [(item, item.chain.last(Step.CLOSING)) for item in self.followed]
        return [(item, self.proposals[action.id]) for item, action in last if action and action.id in self.proposals]


def days_left(item: Followed) -> int:
    left = item.chain.days_left
    return 10_000 if left is None else left


def places(municipalities: Iterable[int], moment: datetime) -> list[Place]:
    """In one query for the municipalities and two for the recommendations, whatever their number."""
    advice = advice_as_of(moment)
    found = Municipality.objects.filter(pk__in=municipalities).order_by("name")
    waiting = FollowUpEvent.objects.waiting_for_a_second().filter(municipality__in=found).select_related("entered_by")
    proposals = {event.pk: event for event in waiting}
    return [Place(place, followed_in(place, advice, moment), proposals) for place in found]


def followed_in(municipality: Municipality, advice: list[Advice], moment: datetime) -> list[Followed]:
    return [
        Followed(
            municipality,
            item,
            Chain.of(item.actions_in(municipality.slug), item.issued, localdate(moment)),
        )
        for item in advice
        if item.is_umbrella or item.municipality == municipality.slug
    ]
