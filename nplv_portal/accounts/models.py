"""Who signs in, and who works for which office or municipality, in which role, since and until when."""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property
from typing import Any, Self

import pghistory
import pgtrigger
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from procrastinate.contrib.django import app

from focusareas.models import AuditOffice, Municipality
from nplv_portal.accounts.rights import Rights
from nplv_portal.lib.keys import hash_of, new_seed, token_of
from nplv_portal.lib.triggers import never_deleted

INVITATION_DAYS = 14


def remembered(name: str, *trackers: pghistory.RowEvent, fields: list[str] | None = None) -> Any:
    """Every change of access stays, with who made it: a trigger writes it in a table of its own, for good."""
    return pghistory.track(
        *trackers,
        fields=fields,
        model_name=name,
        append_only=True,
        context_field=pghistory.ContextJSONField(),
        context_id_field=None,  # type: ignore[arg-type]  # pghistory documents it
    )


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **values: Any) -> User:
        user = self.model(email=email.lower(), **values)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **values: Any) -> User:
        return self.create_user(email, password, is_superuser=True, is_staff=True, **values)


@remembered(
    "UserEvent",
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    fields=["email", "first_name", "last_name", "is_active", "is_superuser"],
)
class User(AbstractUser):
    """Named people only: an office or a municipality never shares a login."""

    username = None  # type: ignore[assignment]  # people sign in with their address
    email = models.EmailField(
        "e-mailadres", unique=True, error_messages={"unique": "Dit e-mailadres is al in gebruik."}
    )
    # Part of what a session is checked against: a new moment here ends them all.
    sessions_ended_at = models.DateTimeField(null=True, editable=False)
    is_reminded = models.BooleanField("krijgt herinneringen", default=True)  # of deadlines, by mail

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = []

    objects = UserManager()  # type: ignore[misc,assignment]

    class Meta:
        constraints = [
            models.CheckConstraint(name="accounts_user_email_lower", condition=Q(email=Lower("email"))),
        ]
        triggers = never_deleted()

    def __str__(self) -> str:
        return self.get_full_name() or self.email

    @cached_property
    def rights(self) -> Rights:
        """What this person may do today. One query, once a request."""
        return Rights.of(self.memberships.current().with_municipalities())

    def may_enter(self) -> bool:
        return self.is_active and (self.is_superuser or self.rights.is_any)

    @property
    def needs_second_factor(self) -> bool:
        return self.is_superuser or self.rights.needs_second_factor

    @property
    def administers_people(self) -> bool:
        return self.is_superuser or bool(self.rights.administered_offices or self.rights.administers)

    def second_factors(self) -> models.QuerySet[Authenticator]:
        """Recovery codes are not one: they stand in for it."""
        found: models.QuerySet[Authenticator] = Authenticator.objects.filter(user_id=self.pk)
        return found.exclude(type=Authenticator.Type.RECOVERY_CODES)

    def lacks_second_factor(self) -> bool:
        return self.needs_second_factor and not self.second_factors().exists()

    def end_sessions(self) -> None:
        self.sessions_ended_at = timezone.now()
        self.save(update_fields=["sessions_ended_at"])

    def disable(self) -> None:
        """Out at once. Whoever may come back later signs in again."""
        self.is_active, self.sessions_ended_at = False, timezone.now()
        self.save(update_fields=["is_active", "sessions_ended_at"])

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Django's own follows the password only."""
        return salted_hmac(
            "nplv_portal.accounts.models.User.session",
            f"{self.password} {self.sessions_ended_at}",
            secret=secret,
            algorithm="sha256",
        ).hexdigest()


@remembered(
    "SecondFactorEvent", pghistory.InsertEvent(), pghistory.DeleteEvent(), fields=["user", "type", "created_at"]
)
class SecondFactor(Authenticator):  # type: ignore[misc]
    """allauth's own table, for the history of it alone. Without the secrets."""

    class Meta:
        proxy = True


def administered(user: User) -> Q:
    """Of the organisations whose people this person looks after."""
    if user.is_superuser:
        return Q()
    return Q(office__in=user.rights.administered_offices) | Q(municipality__in=user.rights.administers)


class OfOrganisation(models.QuerySet):  # type: ignore[type-arg]
    """What belongs to an audit office or a municipality."""

    def administered_by(self, user: User) -> Self:
        return self.filter(administered(user))

    def with_organisation(self) -> Self:
        return self.select_related("office", "municipality")


class MembershipQuerySet(OfOrganisation):
    def current(self) -> Self:
        return self.filter(ended_at__isnull=True)

    def of_same_organisation(self, membership: Membership) -> Self:
        return self.filter(office=membership.office_id, municipality=membership.municipality_id)

    def with_municipalities(self) -> list[tuple[str, int | None, int | None]]:
        """(role, office, municipality that it is about) of each; one of an office counts for all that it serves."""
        about = Coalesce("municipality", "office__municipalities")
        return list(self.annotate(about=about).values_list("role", "office", "about"))


ROLE_FITS = Q(
    office__isnull=False, municipality__isnull=True, role__in=["researcher", "secretary", "administrator"]
) | Q(
    office__isnull=True,
    municipality__isnull=False,
    role__in=["clerk", "official", "councillor", "administrator"],
)


@remembered("MembershipEvent", pghistory.InsertEvent(), pghistory.UpdateEvent())
class Membership(models.Model):
    """Never deleted: that someone worked here stays known. It ends."""

    class Role(models.TextChoices):
        RESEARCHER = "researcher", "onderzoeker"
        SECRETARY = "secretary", "secretaris van de rekenkamer"
        CLERK = "clerk", "griffie"
        OFFICIAL = "official", "ambtenaar"
        COUNCILLOR = "councillor", "raadslid"
        ADMINISTRATOR = "administrator", "beheerder van de organisatie"

    OF_OFFICE = (Role.RESEARCHER, Role.SECRETARY, Role.ADMINISTRATOR)
    OF_MUNICIPALITY = (Role.CLERK, Role.OFFICIAL, Role.COUNCILLOR, Role.ADMINISTRATOR)

    user = models.ForeignKey(User, models.PROTECT, related_name="memberships", verbose_name="wie")
    role = models.CharField("rol", max_length=15, choices=Role.choices)
    office = models.ForeignKey(
        AuditOffice, models.PROTECT, null=True, blank=True, related_name="memberships", verbose_name="rekenkamer"
    )
    municipality = models.ForeignKey(
        Municipality, models.PROTECT, null=True, blank=True, related_name="memberships", verbose_name="gemeente"
    )
    started_at = models.DateTimeField("sinds", default=timezone.now)
    ended_at = models.DateTimeField("tot", null=True, blank=True)
    granted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    successor = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="overgedragen aan"
    )

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at"]
        constraints = [
            models.CheckConstraint(
                name="accounts_membership_fits",
                violation_error_message="Deze rol hoort niet bij deze organisatie.",
                condition=ROLE_FITS,
            ),
            models.UniqueConstraint(
                name="accounts_membership_once_office",
                fields=["user", "role", "office"],
                condition=Q(ended_at__isnull=True, office__isnull=False),
                violation_error_message="Deze persoon heeft deze rol al.",
            ),
            models.UniqueConstraint(
                name="accounts_membership_once_municipality",
                fields=["user", "role", "municipality"],
                condition=Q(ended_at__isnull=True, municipality__isnull=False),
                violation_error_message="Deze persoon heeft deze rol al.",
            ),
            models.CheckConstraint(
                name="accounts_membership_ends_after_start",
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")),
            ),
            models.CheckConstraint(
                name="accounts_membership_successor_is_another",
                condition=Q(successor__isnull=True) | (Q(ended_at__isnull=False) & ~Q(successor=F("user"))),
            ),
        ]
        triggers = never_deleted()

    def __str__(self) -> str:
        return f"{self.get_role_display()}, {self.organisation}"

    @property
    def organisation(self) -> Any:
        return self.office or self.municipality

    @transaction.atomic
    def end(self, *, by: User | None, successor: User | None = None) -> None:
        """Access ends at once; the record stays. The last administrator of an organisation cannot leave."""
        others = Membership.objects.of_same_organisation(self).current().exclude(pk=self.pk)
        list(others.select_for_update())  # two administrators who end each other: the second one sees the first
        if self.role == self.Role.ADMINISTRATOR and not others.filter(role=self.Role.ADMINISTRATOR).exists():
            raise ValidationError("Dit is de enige beheerder van deze organisatie. Nodig eerst een andere uit.")
        self.ended_at, self.ended_by, self.successor = timezone.now(), by, successor
        self.save(update_fields=["ended_at", "ended_by", "successor"])
        if not self.user.memberships.current().exists():
            self.user.end_sessions()


class InvitationQuerySet(OfOrganisation):
    def open(self) -> Self:
        """Neither accepted nor revoked; it may be too late for it."""
        return self.filter(accepted_at__isnull=True, revoked_at__isnull=True)

    def of_token(self, token: str) -> Self:
        return self.filter(token_hash=hash_of(token))


@remembered(
    "InvitationEvent",
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    fields=["id", "email", "role", "office", "municipality", "accepted_at", "accepted_by", "revoked_at"],
)
class Invitation(models.Model):
    """To work for an organisation. Only whoever holds the link can accept it; here stands its hash. Never deleted."""

    email = models.EmailField("e-mailadres")
    role = models.CharField("rol", max_length=15, choices=Membership.Role.choices)
    office = models.ForeignKey(AuditOffice, models.PROTECT, null=True, blank=True, verbose_name="rekenkamer")
    municipality = models.ForeignKey(Municipality, models.PROTECT, null=True, blank=True, verbose_name="gemeente")
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(editable=False)
    accepted_at = models.DateTimeField(null=True, editable=False)
    accepted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)
    revoked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    refused_at = models.DateTimeField(null=True, editable=False)  # by the mail server of that address

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                name="accounts_invitation_fits",
                violation_error_message="Deze rol hoort niet bij deze organisatie.",
                condition=ROLE_FITS,
            ),
            models.CheckConstraint(
                name="accounts_invitation_ends_once",
                condition=Q(accepted_at__isnull=True) | Q(revoked_at__isnull=True),
            ),
            models.CheckConstraint(
                name="accounts_invitation_accepted_by_someone",
                condition=Q(accepted_at__isnull=True, accepted_by__isnull=True)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False),
            ),
            models.CheckConstraint(name="accounts_invitation_expires", condition=Q(expires_at__gt=F("created_at"))),
        ]
        triggers = [
            *never_deleted(),
            pgtrigger.ReadOnly(
                name="fixed",
                fields=["email", "role", "office", "municipality", "token_hash", "invited_by", "expires_at"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()}, {self.organisation}"

    @property
    def organisation(self) -> Any:
        return self.office or self.municipality

    @property
    def is_late(self) -> bool:
        return timezone.now() >= self.expires_at

    @property
    def is_open(self) -> bool:
        return self.accepted_at is None and self.revoked_at is None and not self.is_late

    @transaction.atomic
    def issue(self, *, by: User | None, is_mailed: bool = False) -> str:
        """Save this new invitation, in place of an earlier one like it. Returns the link, which is kept nowhere."""
        self.email = self.email.lower()
        same = Invitation.objects.open().filter(
            email=self.email, role=self.role, office=self.office, municipality=self.municipality
        )
        for earlier in same.select_for_update():
            earlier.revoke(by=by)
        seed = new_seed()
        token = token_of(seed)
        self.token_hash, self.invited_by = hash_of(token), by
        self.expires_at = self.created_at + timedelta(days=INVITATION_DAYS)
        self.full_clean()
        self.save()
        if is_mailed:
            app.configure_task("nplv_portal.accounts.tasks.mail_invitation").defer(invitation=self.pk, seed=seed)
        return settings.PORTAL_URL + reverse("invitation", args=[token])

    def revoke(self, *, by: User | None) -> None:
        self.revoked_at, self.revoked_by = timezone.now(), by
        self.save(update_fields=["revoked_at", "revoked_by"])

    @transaction.atomic
    def accept(self, *, by: User) -> None:
        """Once only, also when the link is used twice at the same time."""
        now = Invitation.objects.select_for_update(of=("self",)).get(pk=self.pk)
        if not now.is_open:
            raise ValidationError("Deze uitnodiging is al gebruikt, ingetrokken of verlopen.")
        place = {"role": self.role, "office": self.office, "municipality": self.municipality}
        if not by.memberships.current().filter(**place).exists():
            Membership.objects.create(user=by, granted_by=self.invited_by, **place)
        self.accepted_at, self.accepted_by = timezone.now(), by
        self.save(update_fields=["accepted_at", "accepted_by"])

    @transaction.atomic
    def accept_as_new(self, *, password: str, **names: str) -> User:
        """For someone without access, also when they had it before: whoever comes back finds the same account."""
        Invitation.objects.select_for_update(of=("self",)).get(pk=self.pk)
        user = User.objects.filter(email=self.email).first() or User(email=self.email)
        user.first_name, user.last_name = names["first_name"], names["last_name"]
        user.set_password(password)
        user.save()
        self.accept(by=user)
        return user
