"""Read model: how access changed. Triggers write the records (models.remembered); nothing edits or deletes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db.models import Q

from focusareas.models import AuditOffice, Municipality
from nplv_portal.accounts.models import Membership, SecondFactor, User, administered

NEWEST = 300  # lines on the page
OPERATOR = "technisch beheer"


@dataclass(frozen=True)
class Change:
    at: datetime
    who: str  # made the change
    whom: str  # whose access it is
    what: str


@dataclass(frozen=True)
class Names:
    people: dict[int, str]
    offices: dict[int, str]
    municipalities: dict[int, str]

    @classmethod
    def all(cls) -> Names:
        return cls(
            {user.pk: str(user) for user in User.objects.all()},
            dict(AuditOffice.objects.values_list("pk", "name")),
            dict(Municipality.objects.values_list("pk", "name")),
        )

    def role(self, event: Any) -> str:
        place = self.offices.get(event.office_id) or self.municipalities.get(event.municipality_id, "")
        return f"{Membership.Role(event.role).label}, {place}"


def access_history(user: User) -> list[Change]:
    """Newest first, of the organisations whose people this person looks after."""
    names = Names.all()
    people = Membership.objects.administered_by(user).values("user")
    changes = [
        *of("MembershipEvent", administered(user), membership_change, names),
        *of("InvitationEvent", administered(user), invitation_change, names),
        *of("UserEvent", Q(pgh_obj__in=people), account_change, names),
        *of("SecondFactorEvent", Q(user__in=people), second_factor_change, names),
    ]
    return sorted(changes, key=lambda change: change.at, reverse=True)[:NEWEST]


def of(model: str, which: Q, words: Callable[[Any, Names], tuple[int | str, str]], names: Names) -> Iterator[Change]:
    for event in apps.get_model("accounts", model)._default_manager.filter(which).order_by("-pgh_id")[:NEWEST]:
        whose, what = words(event, names)
        whom = names.people.get(whose, "") if isinstance(whose, int) else whose
        yield Change(event.pgh_created_at, who(event.pgh_context or {}, whom, names), whom, what)


def who(context: dict[str, Any], whom: str, names: Names) -> str:
    """Whoever accepts an invitation is not yet signed in; a command of the operator never is."""
    if context.get("with_invitation"):
        return whom
    return names.people.get(context.get("user", 0), OPERATOR)


def membership_change(event: Any, names: Names) -> tuple[int | str, str]:
    if event.ended_at is None:
        return event.user_id, f"kreeg de rol {names.role(event)}"
    after = f", overgedragen aan {names.people[event.successor_id]}" if event.successor_id else ""
    return event.user_id, f"rol beëindigd: {names.role(event)}{after}"


def invitation_change(event: Any, names: Names) -> tuple[int | str, str]:
    if event.accepted_at:
        return event.email, f"nam de uitnodiging aan: {names.role(event)}"
    done = "uitnodiging ingetrokken" if event.revoked_at else "uitgenodigd"
    return event.email, f"{done}: {names.role(event)}"


def account_change(event: Any, names: Names) -> tuple[int | str, str]:
    if event.pgh_label == "insert":
        return event.pgh_obj_id, f"account gemaakt, met adres {event.email}"
    if not event.is_active:
        return event.pgh_obj_id, "account uitgeschakeld"
    return event.pgh_obj_id, f"account gewijzigd: {event.first_name} {event.last_name}, {event.email}"


def second_factor_change(event: Any, names: Names) -> tuple[int | str, str]:
    kind = {"totp": "app met codes", "webauthn": "beveiligingssleutel", "recovery_codes": "herstelcodes"}[event.type]
    if event.type == SecondFactor.Type.RECOVERY_CODES:
        return event.user_id, "herstelcodes gemaakt" if event.pgh_label == "insert" else "herstelcodes vervallen"
    done = "gekoppeld" if event.pgh_label == "insert" else "verwijderd"
    return event.user_id, f"tweede stap {done}: {kind}"
