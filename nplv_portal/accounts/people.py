"""Read model: who works where, now and before."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any, Self

from django.db.models import Exists, OuterRef

from nplv_portal.accounts.models import Invitation, Membership, SecondFactor, User


@dataclass(frozen=True)
class Team:
    name: str
    here: list[Membership]
    before: list[Membership]
    invited: list[Invitation]

    @classmethod
    def all_of(cls, user: User) -> list[Self]:
        """One for each organisation whose people this person looks after."""
        factors = SecondFactor.objects.filter(user=OuterRef("user")).exclude(type=SecondFactor.Type.RECOVERY_CODES)
        memberships = (
            Membership.objects.administered_by(user)
            .with_organisation()
            .select_related("user", "successor")
            .annotate(has_second_factor=Exists(factors))
            .order_by("user__first_name", "user__last_name", "-started_at")
        )
        teams: dict[tuple[str, Any], tuple[list[Any], list[Any], list[Any]]] = defaultdict(lambda: ([], [], []))
        for membership in memberships:
            teams[place(membership)][membership.ended_at is not None].append(membership)
        for invitation in Invitation.objects.administered_by(user).open().with_organisation():
            teams[place(invitation)][2].append(invitation)
        return [cls(name, *lists) for (name, _), lists in sorted(teams.items())]


def place(record: Membership | Invitation) -> tuple[str, Any]:
    return str(record.organisation), (record.office_id or 0, record.municipality_id or 0)
