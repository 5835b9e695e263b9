"""What people fill in to invite, to accept and to hand over."""

from __future__ import annotations

import struct
import time
from collections.abc import Iterable
from typing import Any

from allauth.account.forms import ResetPasswordForm
from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpRequest

from focusareas.models import AuditOffice, Municipality
from nplv_portal.accounts.models import Invitation, Membership, User
from nplv_portal.accounts.tasks import mail_password_reset

Role = Membership.Role
Place = AuditOffice | Municipality
FITTING: dict[type[Place], tuple[Membership.Role, ...]] = {
    AuditOffice: Membership.OF_OFFICE,
    Municipality: Membership.OF_MUNICIPALITY,
}


def places_of(user: User) -> dict[str, Place]:
    """The organisations whose people this person looks after, by the value of their option."""
    offices, municipalities = AuditOffice.objects.all(), Municipality.objects.all()
    if not user.is_superuser:
        offices = offices.filter(pk__in=user.rights.administered_offices)
        municipalities = municipalities.filter(pk__in=user.rights.administers)
    return {f"rekenkamer:{office.slug}": office for office in offices} | {
        f"gemeente:{municipality.slug}": municipality for municipality in municipalities
    }


def roles_of(places: Iterable[Place]) -> list[tuple[str, str]]:
    fitting = {role for place in places for role in FITTING[type(place)]}
    return [(value, label) for value, label in Role.choices if value in fitting]


class InvitationForm(forms.Form):
    email = forms.EmailField(
        label="E-mailadres", help_text="Een persoonlijk adres van het werk, niet van een afdeling.", max_length=254
    )
    place = forms.ChoiceField(label="Organisatie")
    role = forms.ChoiceField(label="Rol", widget=forms.RadioSelect)

    def __init__(self, user: User, data: Any = None) -> None:
        super().__init__(data)
        self.places = places_of(user)
        names = [(value, place.name) for value, place in self.places.items()]
        self.fields["place"].choices = names  # type: ignore[attr-defined]
        self.fields["role"].choices = roles_of(self.places.values())  # type: ignore[attr-defined]
        self.invitation = Invitation()

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].lower()
        validate_email(email)  # a letter that becomes another in lower case
        return email

    def clean(self) -> None:
        data = self.cleaned_data
        if self.errors:
            return
        place = self.places[data["place"]]
        kind = "office" if isinstance(place, AuditOffice) else "municipality"
        where = {"role": data["role"], kind: place}
        if Membership.objects.current().filter(user__email=data["email"], **where).exists():
            raise ValidationError("Deze persoon heeft deze rol al.")
        self.invitation = Invitation(email=data["email"], **where)
        if data["role"] not in FITTING[type(place)]:
            self.add_error("role", "Deze rol hoort niet bij deze organisatie.")


class NewPersonForm(forms.Form):
    first_name = forms.CharField(label="Voornaam", max_length=150)
    last_name = forms.CharField(label="Achternaam", max_length=150)
    password1 = forms.CharField(label="Wachtwoord", strip=False, widget=forms.PasswordInput)
    password2 = forms.CharField(label="Nog eens hetzelfde wachtwoord", strip=False, widget=forms.PasswordInput)

    def __init__(self, email: str, data: Any = None, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        self.email = email

    def clean(self) -> None:
        data = self.cleaned_data
        first, second = data.get("password1"), data.get("password2")
        if first and second and first != second:
            self.add_error("password2", "Dit is een ander wachtwoord dan hierboven.")
        if first:
            names = {name: data.get(name, "") for name in ("first_name", "last_name")}
            try:
                validate_password(first, User(email=self.email, **names))
            except ValidationError as error:
                self.add_error("password1", error)


class Colleague(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, user: Any) -> str:
        return f"{user} ({user.email})"


class HandOverForm(forms.Form):
    successor = Colleague(
        User.objects.none(), label="Wie neemt het werk over?", required=False, empty_label="Niemand in het bijzonder"
    )

    def __init__(self, membership: Membership, data: Any = None) -> None:
        super().__init__(data)
        here = Membership.objects.of_same_organisation(membership).current().exclude(user=membership.user_id)
        colleagues = User.objects.filter(pk__in=here.values("user")).order_by("first_name", "last_name")
        self.fields["successor"].queryset = colleagues  # type: ignore[attr-defined]


class ForgottenForm(ResetPasswordForm):  # type: ignore[misc]
    """Does the same for every address: how long it takes tells nothing."""

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        if settings.EMAIL_URL:
            known = self.users[0].pk if self.users else 0
            mail_password_reset.defer(user=known, asked_at=int(time.time()))
        email: str = self.cleaned_data["email"]
        return email


class KeyForm(forms.Form):
    """Around a form of allauth that reads what a security key says. Any other text makes those fail in many ways."""

    def full_clean(self) -> None:
        try:
            super().full_clean()
        except (LookupError, RecursionError, TypeError, ValueError, struct.error):
            self.add_error(None, get_adapter().validation_error("incorrect_code"))


class AddKeyForm(KeyForm, webauthn.AddWebAuthnForm):  # type: ignore[misc]
    name = forms.CharField(required=False, max_length=50)


class GiveKeyForm(KeyForm, webauthn.AuthenticateWebAuthnForm):  # type: ignore[misc]
    pass


class ConfirmByKeyForm(KeyForm, webauthn.ReauthenticateWebAuthnForm):  # type: ignore[misc]
    pass
