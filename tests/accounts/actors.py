"""People of the shipped offices and municipalities, with a password and a second factor that the tests know."""

import re
import time
from html import unescape
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.http import HttpResponse
from django.test import Client

from focusareas.models import AuditOffice, Municipality
from nplv_portal.accounts.models import Membership, User

PASSWORD = "een zin van vijf woorden"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
OF_OFFICE = {"researcher", "secretary"}


def someone(
    name: str,
    role: str = "",
    place: str = "heerlen",
    *,
    factor: bool = True,
    of_city: bool = False,
    password: str = PASSWORD,
) -> User:
    """With a role at the office of a municipality, or for the municipality itself where the role or of_city says so."""
    user = User.objects.create_user(f"{name}@example.nl", password, first_name=name.capitalize(), last_name="Test")
    if factor:
        Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": SECRET})
        RecoveryCodes.activate(user)
    if role:
        give(user, role, place, of_city=of_city)
    return user


def give(user: User, role: str, place: str = "heerlen", *, of_city: bool = False) -> Membership:
    if role in OF_OFFICE or (role == "administrator" and not of_city):
        office = AuditOffice.objects.get(slug=f"rekenkamer-{place}")
        return Membership.objects.create(user=user, role=role, office=office)
    return Membership.objects.create(user=user, role=role, municipality=Municipality.objects.get(slug=place))


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def code(later: int = 0, secret: str = SECRET) -> str:
    """Of this half minute, or of a later one."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + later))  # type: ignore[no-any-return]


def give_password(client: Client, user: User, password: str = PASSWORD, **extra: Any) -> HttpResponse:
    return client.post("/inloggen/", {"login": user.email, "password": password}, **extra)  # type: ignore[return-value]


def sign_in(user: User, password: str = PASSWORD) -> Client:
    """Through the pages, as people do."""
    client = Client()
    assert give_password(client, user, password)["Location"] == "/inloggen/code/"
    assert client.post("/inloggen/code/", {"code": code()}).status_code == 302
    return client


def is_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def text_of(response: Any) -> str:
    html = re.sub(r"<(script|svg).*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())
