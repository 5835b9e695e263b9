"""Whatever is typed into the forms of signing in and of people: an answer in Dutch, and nothing that was not asked."""

import json
from collections.abc import Callable

import pytest
from allauth.account.forms import EmailAwarePasswordResetTokenGenerator as Keys
from allauth.account.utils import user_pk_to_url_str
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from nplv_portal.accounts.models import Invitation, Membership, User
from tests.accounts.actors import PASSWORD, give_password, is_in, signed_in, someone
from tests.accounts.test_invitations import NEW, invited
from tests.bad_input import MARKS, VALUES, Page, as_html
from tests.conftest import work_through
from tests.workplace.test_bad_input import ENGLISH, everything

pytestmark = pytest.mark.django_db
LONG = f"{'a' * 64}@{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 60}.nl"
ALL = [value for values in VALUES.values() for value in values if value] + [
    LONG,
    "\u0130@\u0130.nl",
    "a@b",
    "x" * 500_000,
]
KEYS = ["", "{}", "[]", "1", "null", '{"id":1}', '{"a":' * 5_000 + "1" + "}" * 5_000, "[" * 100_000, '"\\ud800"', "{"]
KEYS += [
    json.dumps({"id": key, "rawId": key, "type": "public-key", "response": answer})
    for key, answer in [
        ("x", {}),
        ("YQ", {"clientDataJSON": "e30", "authenticatorData": "YWFh", "attestationObject": "oA", "signature": "YQ"}),
        (
            "YQ",
            {
                "clientDataJSON": "AAAA",
                "authenticatorData": "YWFh" * 20,
                "attestationObject": "AAAA",
                "signature": "YQ",
            },
        ),
    ]
]
Opened = tuple[Client, str, dict[str, str]]  # who, where, and what a browser would send


@pytest.fixture(autouse=True)
def mail(settings: Settings) -> None:
    settings.EMAIL_URL = "smtp://127.0.0.1:9"


def halfway() -> Client:
    client = Client()
    give_password(client, someone("ans", "administrator"))
    client.get("/inloggen/code/")
    return client


def inside(factor: bool = True) -> Client:
    return signed_in(someone("ans", "administrator", factor=factor))


def reset() -> Opened:
    user, client = someone("ans", "councillor", factor=False), Client()
    address = f"/inloggen/wachtwoord-vergeten/{user_pk_to_url_str(user)}/{Keys().make_token(user)}/"
    return client, client.get(address)["Location"], {"password1": ""}


def ending() -> Opened:
    client, other = inside(), someone("oth", "researcher").memberships.get()
    return client, f"/werkplek/mensen/{other.pk}/beeindigen/", {"successor": "x"}


FORMS: dict[str, Callable[[], Opened]] = {
    "login": lambda: (Client(), "/inloggen/", {"login": "", "password": "", "next": ""}),
    "code": lambda: (halfway(), "/inloggen/code/", {"code": ""}),
    "forgotten": lambda: (Client(), "/inloggen/wachtwoord-vergeten/", {"email": ""}),
    "reset": reset,
    "invited": lambda: (Client(), invited(), NEW),
    "password": lambda: (inside(), "/account/wachtwoord/", {"oldpassword": "", "password1": "", "password2": ""}),
    "confirm": lambda: (inside(), "/account/bevestigen/", {"password": ""}),
    "confirm by code": lambda: (inside(), "/account/bevestigen/code/", {"code": ""}),
    "app": lambda: (inside(factor=False), "/account/app/", {"code": ""}),
    "invite": lambda: (inside(), "/werkplek/mensen/uitnodigen/", {"email": "", "place": "", "role": ""}),
    "end": ending,
}


@pytest.mark.parametrize("name", FORMS)
def test_whatever_is_typed_is_refused_in_dutch_and_comes_back_unless_it_is_secret(name: str) -> None:
    client, address, asked = FORMS[name]()
    before, form = everything(), Page(client.get(address)).form()
    for value in ALL[:: 1 if len(asked) > 1 else 3]:
        cache.clear()  # this is about what is typed, not about how often
        response = client.post(address, form.values | asked | dict.fromkeys(asked, value))
        if name == "forgotten" and response.status_code == 302:
            work_through()  # the same answer for every address, and of an unknown one nothing comes
            continue
        assert response.status_code in {200, 422}, value[:50]
        html = response.content.decode()
        assert not any(mark in html for mark in MARKS)
        assert not ENGLISH.search(html)
        back = Page(response).form().values
        for field in asked.keys() & form.typed.keys():
            is_secret = "password" in field
            assert as_html(back[field]) == ("" if is_secret else as_html(value)), value[:50]
    assert everything() == before


@pytest.mark.parametrize(
    ("field", "value"), [("email", LONG), ("email", "\u0130@\u0130.nl"), ("email", "x\x00@example.nl")]
)
def test_an_address_that_cannot_be_kept_invites_nobody(field: str, value: str) -> None:
    form = {"email": "bob@example.nl", "place": "rekenkamer:rekenkamer-heerlen", "role": "researcher"} | {field: value}
    response = inside().post("/werkplek/mensen/uitnodigen/", form)
    assert "De uitnodiging is niet gemaakt" in response.content.decode()
    assert not Invitation.objects.exists()


@pytest.mark.parametrize("key", KEYS, ids=range(len(KEYS)))
def test_what_no_security_key_says_lets_nobody_in(key: str) -> None:
    client = halfway()
    assert client.post("/inloggen/code/", {"credential": key}).status_code == 200
    assert not is_in(client)


@pytest.mark.parametrize("key", KEYS, ids=range(len(KEYS)))
def test_what_no_security_key_says_is_not_added(key: str) -> None:
    client = inside()
    before = everything()
    for address in ("/account/sleutels/nieuw/", "/account/bevestigen/sleutel/"):
        client.get(address)
        assert client.post(address, {"name": "x" * 51, "credential": key}).status_code in {200, 302}
    assert everything() == before


@pytest.mark.parametrize(
    "more",
    [{"is_superuser": "1", "is_staff": "on"}, {"role": "administrator"}, {"email": "eve@example.nl"}, {"office": "1"}],
)
def test_who_accepts_gets_what_was_offered_and_no_more(more: dict[str, str]) -> None:
    Client().post(invited(), NEW | more)
    bob = User.objects.get(email="bob@example.nl")
    assert (bob.is_superuser, bob.is_staff, bob.memberships.get().role) == (False, False, "researcher")


def test_names_are_kept_as_typed_and_shown_escaped() -> None:
    names = {"first_name": "<script>alert(1)</script> \u202ee\u0301", "last_name": 'O\'Brien & "Zn" {{ x }}'}
    client = Client()
    client.post(invited(role="administrator"), NEW | names)
    bob = User.objects.get(email="bob@example.nl")
    assert {"first_name": bob.first_name, "last_name": bob.last_name} == names
    page = signed_in(someone("ans", "administrator")).get("/werkplek/mensen/").content.decode()
    assert "<script>alert" not in page


@pytest.mark.parametrize(
    "address",
    [
        "/inloggen/wachtwoord-vergeten/{}/{}/".format(*pair)
        for pair in [("x" * 500, "x"), ("zzzzzzzzzzzzzz", "a-b"), ("-", "-"), ("0", "set-password"), ("1", "x" * 3_000)]
    ],
)
def test_a_link_that_nobody_was_sent_resets_nothing(address: str) -> None:
    user = someone("ans", "councillor", factor=False)
    for method in (Client().get, Client().post):
        assert (
            method(
                address, {"password1": "een zin van zes woorden", "password2": "een zin van zes woorden"}
            ).status_code
            < 500
        )
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_a_membership_elsewhere_is_not_ended_nor_handed_to_a_stranger() -> None:
    client = inside()
    elsewhere, here = someone("gro", "researcher", "groningen"), someone("col", "researcher").memberships.get()
    assert client.post(f"/werkplek/mensen/{elsewhere.memberships.get().pk}/beeindigen/", {}).status_code == 404
    response = client.post(f"/werkplek/mensen/{here.pk}/beeindigen/", {"successor": elsewhere.pk})
    assert "Selecteer een geldige keuze" in response.content.decode()
    assert Membership.objects.current().filter(pk=here.pk).exists()
