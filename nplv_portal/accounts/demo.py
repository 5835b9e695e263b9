"""People who do not exist, to try the portal with. Only in the example set, which every page says is fictional."""

from __future__ import annotations

from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.apps import apps
from django.conf import settings
from django.db import transaction

from focusareas.models import AuditOffice, Municipality
from nplv_portal.accounts.models import Membership, User
from nplv_portal.accounts.sealing import seal
from nplv_portal.lib.versions import Stage, Version, VersionQuerySet

PASSWORD = "oefenen in het portaal"  # noqa: S105  # nosec B105: everyone may know it
SECRET = "OEFENSETOEFENSETOEFENSETOEFENSET"  # noqa: S105  # nosec B105
DOMAIN = "oefenset.example"
NAMES = {
    Membership.Role.RESEARCHER: ("onderzoeker", "Ote"),
    Membership.Role.SECRETARY: ("secretaris", "Sien"),
    Membership.Role.ADMINISTRATOR: ("beheerder", "Bas"),
    Membership.Role.CLERK: ("griffier", "Gerda"),
    Membership.Role.OFFICIAL: ("ambtenaar", "Amir"),
    Membership.Role.COUNCILLOR: ("raadslid", "Rosa"),
}
SECOND_SECRETARY = "tweede.secretaris", "Saar"  # who wrote, does not publish


@dataclass(frozen=True)
class Demo:
    password: str
    memberships: list[Membership]


def accounts() -> Demo | None:
    """For the page on which one signs in."""
    if not settings.FICTIONAL_DATA:
        return None
    found = Membership.objects.current().filter(user__email__endswith=f"@{DOMAIN}")
    memberships = list(found.with_organisation().select_related("user").order_by("pk"))
    return Demo(PASSWORD, memberships) if memberships else None


def code() -> str:
    """The code of this half minute."""
    if not settings.FICTIONAL_DATA:
        return ""
    *_, now, _ = yield_hotp_counters_from_time()
    return str(format_hotp_value(hotp_value(SECRET, now)))


@transaction.atomic
def load() -> list[Membership]:
    """Every role at the first two audit offices and their first municipality. Doing it again changes nothing."""
    made: list[Membership] = []
    for office in AuditOffice.objects.filter(municipalities__isnull=False).distinct().order_by("pk")[:2]:
        municipality = office.municipalities.order_by("name").first()
        assert municipality is not None  # noqa: S101  # nosec B101: filtered above
        people = [account(role, office) for role in Membership.OF_OFFICE]
        people.insert(2, account(Membership.Role.SECRETARY, office, SECOND_SECRETARY))
        give_work(people, is_first=not made)
        made += people
        made += [account(role, municipality) for role in Membership.OF_MUNICIPALITY]
    return made


def give_work(people: list[Membership], *, is_first: bool) -> None:
    """Whoever wrote the drafts of the example set: the researcher or one of the secretaries. Of some of what the
    researcher wrote, that secretary says that it is good. What belongs to all offices, the first one prepares."""
    writers = {person.user.first_name: person.user for person in people}
    researcher, second = writers[NAMES[Membership.Role.RESEARCHER][1]], writers[SECOND_SECRETARY[1]]
    for model in (model for model in apps.get_models() if issubclass(model, Version)):
        versions: VersionQuerySet = model._default_manager.all()
        mine = versions.prepared().filter(writers=[]).kept_for(second.rights.writes, joint=is_first)
        for number, pk in enumerate(mine.order_by("pk").values_list("pk", flat=True)):
            writer = second if number % 4 == 1 else researcher
            model._default_manager.filter(pk=pk).update(written_by=writer, writers=[writer.pk])
            if number % 4 == 2:
                in_review = model._default_manager.filter(pk=pk, stage=Stage.IN_REVIEW)
                in_review.update(stage=Stage.APPROVED, approved_by=second)


def account(role: Membership.Role, place: AuditOffice | Municipality, who: tuple[str, str] | None = None) -> Membership:
    title, first_name = who or NAMES[role]
    user, is_new = User.objects.get_or_create(
        email=f"{title}.{place.slug}@{DOMAIN}", defaults={"first_name": first_name, "last_name": place.name.split()[-1]}
    )
    if is_new:
        user.set_password(PASSWORD)
        user.save()
        Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": seal(SECRET)})
        RecoveryCodes.activate(user)
    where = {"office": place} if isinstance(place, AuditOffice) else {"municipality": place}
    return Membership.objects.get_or_create(user=user, role=role, ended_at=None, **where)[0]
