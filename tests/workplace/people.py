"""People who work for the shipped offices and municipalities."""

from allauth.mfa.models import Authenticator
from django.test import Client

from focusareas.models import AuditOffice, Municipality
from nplv_portal.accounts.models import Membership, User

OF_OFFICE = {"researcher", "secretary"}


def person(name: str, role: str = "", place: str = "heerlen") -> User:
    """Someone with a role for a municipality: at its office, or for the municipality itself."""
    user = User.objects.create_user(email=f"{name}@example.nl", first_name=name.capitalize())
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "not used here"})
    if role in OF_OFFICE:
        Membership.objects.create(user=user, role=role, office=AuditOffice.objects.get(slug=f"rekenkamer-{place}"))
    elif role:
        Membership.objects.create(user=user, role=role, municipality=Municipality.objects.get(slug=place))
    return user


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client
