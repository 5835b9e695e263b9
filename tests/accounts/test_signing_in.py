"""Signing in, staying in, and getting out."""

import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings as portal_settings
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import Settings

from nplv_portal.accounts.models import User
from nplv_portal.accounts.signing_in import SEEN_AT, SIGNED_IN_AT, AccountAdapter
from tests.accounts.actors import PASSWORD, code, give, give_password, is_in, sign_in, signed_in, someone, text_of
from tests.addresses import SIGNED_IN
from tests.conftest import Mailbox, work_through

pytestmark = pytest.mark.django_db

ADDRESS_IN_MAIL = re.compile(r"https?://[^/]+(/inloggen/wachtwoord-vergeten/\S+/)")


@pytest.fixture
def hashes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every password that is hashed, to check it or to pretend so."""
    seen: list[str] = []
    real = MD5PasswordHasher.encode

    def encode(self: Any, password: str, salt: str) -> str:
        seen.append(password)
        return real(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", encode)
    return seen


# --- With a password and a code ---


def test_a_researcher_signs_in_with_password_and_code_and_begins_at_the_workplace() -> None:
    user, client = someone("ans", "researcher"), Client()
    assert give_password(client, user)["Location"] == "/inloggen/code/"
    assert not is_in(client)
    client.post("/inloggen/code/", {"code": code()})
    assert is_in(client)
    assert client.get("/account/verder/")["Location"] == "/werkplek/"


@pytest.mark.parametrize(
    ("role", "begins_at"),
    [("secretary", "/werkplek/"), ("administrator", "/werkplek/mensen/"), ("councillor", "/werkplek/onder-embargo/")],
)
def test_everyone_begins_where_their_work_is(role: str, begins_at: str) -> None:
    assert signed_in(someone("ans", role)).get("/account/verder/")["Location"] == begins_at


def test_after_signing_in_one_gets_the_page_that_was_asked_for() -> None:
    user, client = someone("ans", "administrator"), Client()
    assert client.get("/werkplek/mensen/")["Location"] == "/inloggen/?next=/werkplek/mensen/"
    client.post("/inloggen/", {"login": user.email, "password": PASSWORD, "next": "/werkplek/mensen/"})
    assert client.post("/inloggen/code/", {"code": code()})["Location"] == "/werkplek/mensen/"


def test_signing_in_never_leads_to_another_site() -> None:
    user, client = someone("rosa", "councillor", factor=False), Client()
    response = client.post("/inloggen/", {"login": user.email, "password": PASSWORD, "next": "https://example.com/"})
    assert response["Location"] == "/account/verder/"


def test_the_address_may_be_typed_in_capitals() -> None:
    someone("rosa", "councillor", factor=False)
    response = Client().post("/inloggen/", {"login": " ROSA@Example.nl ", "password": PASSWORD})
    assert response.status_code == 302


def test_a_wrong_code_does_not_let_in_and_after_five_the_right_one_neither() -> None:
    user, client = someone("ans", "researcher"), Client()
    give_password(client, user)
    for _ in range(5):
        assert "Deze code klopt niet" in text_of(client.post("/inloggen/code/", {"code": "000000"}))
    assert "Te veel pogingen" in text_of(client.post("/inloggen/code/", {"code": code()}))
    assert not is_in(client)


def test_a_code_works_once() -> None:
    user = someone("ans", "researcher")
    used = code()
    first, second = Client(), Client()
    for client in (first, second):
        give_password(client, user)
        client.post("/inloggen/code/", {"code": used})
    assert is_in(first)
    assert not is_in(second)


def test_a_recovery_code_stands_in_for_the_app_once() -> None:
    user = someone("ans", "researcher")
    spare = Authenticator.objects.get(user=user, type="recovery_codes").wrap().get_unused_codes()[0]
    first, second = Client(), Client()
    for client in (first, second):
        give_password(client, user)
        client.post("/inloggen/code/", {"code": spare})
    assert is_in(first)
    assert not is_in(second)


def test_the_page_for_the_code_opens_only_after_the_password() -> None:
    assert Client().get("/inloggen/code/")["Location"] == "/inloggen/"


# --- Guessing ---


def test_a_known_and_an_unknown_address_get_the_same_answer_for_the_same_work(hashes: list[str]) -> None:
    user = someone("ans", "researcher")
    hashes.clear()
    answers = []
    for email in (user.email, "bob@example.nl"):
        response = Client().post("/inloggen/", {"login": email, "password": "verkeerd wachtwoord"})
        html = response.content.decode().replace(email, "")
        answers.append((response.status_code, re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", html)))
    assert answers[0] == answers[1]
    assert "Dit e-mailadres en wachtwoord horen niet bij elkaar" in answers[0][1]
    assert hashes == ["verkeerd wachtwoord"] * 2


def test_someone_without_access_is_told_so_only_with_the_right_password() -> None:
    user = someone("oud")
    assert give_password(Client(), user)["Location"] == "/inloggen/geen-toegang/"
    assert "horen niet bij elkaar" in text_of(give_password(Client(), user, "verkeerd wachtwoord"))


def test_after_five_wrong_passwords_the_right_one_is_not_even_hashed(hashes: list[str]) -> None:
    user = someone("ans", "researcher")
    for _ in range(5):
        give_password(Client(), user, "verkeerd wachtwoord")
    hashes.clear()
    assert "Te veel pogingen" in text_of(give_password(Client(), user))
    assert hashes == []


def test_another_port_in_the_host_gives_no_new_attempts() -> None:
    user = someone("ans", "researcher")
    for number in range(5):
        give_password(Client(), user, "verkeerd wachtwoord", headers={"Host": f"127.0.0.1:{9000 + number}"})
    assert "Te veel pogingen" in text_of(give_password(Client(), user))


def test_one_machine_cannot_try_many_addresses() -> None:
    someone("ans", "researcher")
    for number in range(10):
        Client().post("/inloggen/", {"login": f"wie{number}@example.nl", "password": "verkeerd"})
    response = Client().post("/inloggen/", {"login": "ans@example.nl", "password": PASSWORD})
    assert "Te veel pogingen" in text_of(response)


def test_thirty_requests_a_minute_are_too_many() -> None:
    client = Client()
    codes = [client.post("/inloggen/", {"login": "", "password": ""}).status_code for _ in range(31)]
    assert set(codes[:30]) == {200}
    assert codes[30] == 429
    assert "Te veel pogingen" in text_of(client.post("/inloggen/", {}))


@pytest.mark.parametrize(
    ("direct", "headers", "trusted", "is_taken_for"),
    [
        ("127.0.0.1", {"X-Forwarded-For": "203.0.113.7"}, "", "203.0.113.7"),
        ("127.0.0.1", {"X-Forwarded-For": "198.51.100.1, 203.0.113.7"}, "", "203.0.113.7"),
        ("127.0.0.1", {"X-Forwarded-For": "onzin"}, "", "127.0.0.1"),
        ("127.0.0.1", {}, "", "127.0.0.1"),
        ("198.51.100.1", {"X-Forwarded-For": "203.0.113.7"}, "", "198.51.100.1"),
        ("198.51.100.1", {"X-Real-IP": "203.0.113.7"}, "X-Real-IP", "203.0.113.7"),
    ],
)
def test_only_a_proxy_that_we_know_says_who_asks(
    settings: Settings, direct: str, headers: dict[str, str], trusted: str, is_taken_for: str
) -> None:
    settings.PROXY_IP_HEADER = trusted
    request: HttpRequest = RequestFactory().get("/", headers=headers, REMOTE_ADDR=direct)
    assert AccountAdapter(request).get_client_ip(request) == is_taken_for


# --- The second factor ---


@pytest.mark.parametrize("role", ["researcher", "secretary", "clerk", "official", "administrator"])
def test_whoever_writes_must_first_set_up_a_second_factor(role: str) -> None:
    client = signed_in(someone("ans", role, factor=False))
    without = {"/account/", "/account/app/", "/account/sleutels/nieuw/", "/account/wachtwoord/", "/account/bevestigen/"}
    without.add("/account/herstelcodes/")
    for closed in SIGNED_IN.values():
        if closed.address not in without:
            response = client.post(closed.address) if closed.posts else client.get(closed.address)
            assert (response.status_code, response.get("Location")) == (302, "/account/"), closed.address
    assert "Stel uw tweede stap in" in text_of(client.get("/account/"))


def test_a_superuser_must_too() -> None:
    client = signed_in(User.objects.create_superuser("baas@example.nl", PASSWORD))
    assert client.get("/werkplek/mensen/")["Location"] == "/account/"


def test_a_councillor_only_reads_and_needs_no_second_factor() -> None:
    user, client = someone("rosa", "councillor", factor=False), Client()
    assert give_password(client, user)["Location"] == "/account/verder/"
    assert client.get("/werkplek/onder-embargo/").status_code == 200


def test_a_councillor_who_becomes_an_official_must_set_one_up_at_once() -> None:
    user = someone("rosa", "councillor", factor=False)
    client = signed_in(user)
    give(user, "official")
    assert client.get("/werkplek/onder-embargo/")["Location"] == "/account/"


def test_an_app_is_set_up_with_a_code_and_gives_recovery_codes_that_are_shown_once() -> None:
    user, client = someone("ans", "researcher", factor=False), Client()
    give_password(client, user)
    page = client.get("/account/app/")
    assert page.content.count(b"<svg") == 1
    secret = page.context["form"].secret
    assert secret in text_of(page)
    assert "Deze code klopt niet" in text_of(client.post("/account/app/", {"code": "000000"}))
    assert client.post("/account/app/", {"code": code(secret=secret)})["Location"] == "/account/herstelcodes/"
    assert len(re.findall(r"<code>\d{8}</code>", client.get("/account/herstelcodes/").content.decode())) == 10
    assert not re.findall(r"\d{8}", text_of(client.get("/account/herstelcodes/")))
    assert client.get("/werkplek/").status_code == 200


def test_setting_up_a_second_factor_signs_out_whoever_came_in_without_one() -> None:
    user, client = someone("ans", "researcher", factor=False), Client()
    intruder = signed_in(user)
    give_password(client, user)
    secret = client.get("/account/app/").context["form"].secret
    client.post("/account/app/", {"code": code(secret=secret)})
    assert is_in(client)
    assert not is_in(intruder)


def test_one_confirms_who_one_is_before_changing_the_second_factor_later() -> None:
    user = someone("ans", "researcher")
    client = sign_in(user)
    assert client.get("/account/app/los/").status_code == 200
    session = client.session
    session[SIGNED_IN_AT] -= portal_settings.ACCOUNT_REAUTHENTICATION_TIMEOUT + 1
    session.save()
    assert client.get("/account/app/los/")["Location"].startswith("/account/bevestigen/")


def test_the_only_second_factor_of_someone_who_writes_cannot_be_removed() -> None:
    user = someone("ans", "researcher")
    client = sign_in(user)
    assert "Voor uw rol is een tweede stap verplicht" in text_of(client.get("/account/app/los/"))
    client.post("/account/app/los/")
    assert user.second_factors().exists()


def test_a_councillor_may_remove_it_again() -> None:
    user = someone("rosa", "councillor")
    sign_in(user).post("/account/app/los/")
    assert not Authenticator.objects.filter(user=user).exists()


def test_new_recovery_codes_replace_the_old_ones() -> None:
    user = someone("ans", "researcher")
    client = sign_in(user)
    old = Authenticator.objects.get(user=user, type="recovery_codes").wrap().get_unused_codes()
    client.post("/account/herstelcodes/nieuw/")
    new = re.findall(r"<code>(\d{8})</code>", client.get("/account/herstelcodes/").content.decode())
    assert len(new) == 10
    assert not set(new) & set(old)


# --- Staying in, getting out ---


def test_a_change_of_password_signs_out_everywhere_else() -> None:
    user = someone("ans", "researcher")
    here, there = signed_in(user), signed_in(user)
    new = {"oldpassword": PASSWORD, "password1": "nog zo een lange zin", "password2": "nog zo een lange zin"}
    assert here.post("/account/wachtwoord/", new)["Location"] == "/account/"
    assert is_in(here)
    assert not is_in(there)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"oldpassword": "verkeerd"}, "Dit is niet uw huidige wachtwoord."),
        ({"password1": "kort", "password2": "kort"}, "Neem ten minste 12 tekens."),
        ({"password1": "1qaz2wsx3edc", "password2": "1qaz2wsx3edc"}, "Dit wachtwoord is te algemeen."),
        ({"password1": "ans@example.nl", "password2": "ans@example.nl"}, "Het wachtwoord lijkt te veel op"),
    ],
)
def test_a_password_that_will_not_do_is_refused_with_the_reason(typed: dict[str, str], says: str) -> None:
    form = {"oldpassword": PASSWORD, "password1": "nog zo een lange zin", "password2": "nog zo een lange zin"}
    response = signed_in(someone("ans", "researcher")).post("/account/wachtwoord/", form | typed)
    assert says in text_of(response)


def test_disabling_ends_every_session_for_good() -> None:
    user = someone("ans", "researcher")
    client = signed_in(user)
    user.disable()
    assert not is_in(client)
    User.objects.filter(pk=user.pk).update(is_active=True)
    assert not is_in(client)


def test_a_disabled_person_cannot_sign_in() -> None:
    user = someone("ans", "researcher")
    user.disable()
    assert give_password(Client(), user)["Location"] == "/inloggen/geen-toegang/"


@pytest.mark.parametrize(
    ("key", "ago", "stays"),
    [
        (SEEN_AT, timedelta(minutes=59), True),
        (SEEN_AT, timedelta(minutes=61), False),
        (SIGNED_IN_AT, timedelta(hours=9), True),
        (SIGNED_IN_AT, timedelta(hours=11), False),
    ],
)
def test_a_session_ends_when_idle_and_at_the_end_of_the_day(key: str, ago: timedelta, stays: bool) -> None:
    client = sign_in(someone("ans", "researcher"))
    session = client.session
    session[key] -= int(ago.total_seconds())
    session.save()
    assert is_in(client) is stays


def test_opening_pages_keeps_a_session_going() -> None:
    client = sign_in(someone("ans", "researcher"))
    for _ in range(3):
        session = client.session
        session[SEEN_AT] -= 50 * 60
        session.save()
        assert is_in(client)


def test_signing_out_ends_the_session_and_asks_for_a_form() -> None:
    client = sign_in(someone("ans", "researcher"))
    assert client.get("/uitloggen/").status_code == 200
    assert is_in(client)
    assert client.post("/uitloggen/")["Location"] == "/"
    assert not is_in(client)


def test_signing_in_gives_a_new_session() -> None:
    user, client = someone("ans", "researcher"), Client()
    give_password(client, user)
    before = client.session.session_key
    client.post("/inloggen/code/", {"code": code()})
    assert client.session.session_key != before
    assert not Session.objects.filter(pk=before).exists()


@pytest.mark.parametrize("address", ["/account/", "/inloggen/", "/werkplek/", "/uitnodiging/x/", "/werkplek/mensen/"])
def test_no_cache_keeps_a_page_that_knows_the_reader(address: str) -> None:
    for client in (Client(), signed_in(someone("ans", "researcher"))):
        assert "no-store" in client.get(address)["Cache-Control"]


def test_the_cookie_is_for_this_site_alone_and_goes_with_the_browser() -> None:
    user, client = someone("ans", "councillor", factor=False), Client()
    cookie = give_password(client, user).cookies["session"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
    assert not cookie["max-age"]


def test_reading_public_pages_while_signed_in_asks_nothing_about_the_reader() -> None:
    client = signed_in(someone("ans", "researcher"))
    response = client.get("/vergelijking/")
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")


# --- Only what we want of allauth ---


@pytest.mark.parametrize(
    "address",
    ["/inloggen/aanmelden/", "/accounts/signup/", "/account/email/", "/signup/", "/account/signup/", "/account/2fa/"],
)
def test_nobody_signs_up_or_changes_an_address(address: str) -> None:
    assert Client().get(address).status_code == 404
    assert not AccountAdapter().is_open_for_signup(HttpRequest())


# --- A forgotten password ---


def asked(email: str, **extra: Any) -> str:
    response = Client().post("/inloggen/wachtwoord-vergeten/", {"email": email}, follow=True, **extra)
    work_through()
    return text_of(response)


def test_a_forgotten_password_is_replaced_by_mail_and_ends_every_session(mailbox: Mailbox) -> None:
    user = someone("ans", "researcher")
    elsewhere = signed_in(user)
    asked(user.email)
    (mail,) = mailbox.messages
    assert (mail["To"], mail["From"]) == ("ans@example.nl", "portaal@example.nl")
    found = ADDRESS_IN_MAIL.search(mail.get_content())  # type: ignore[attr-defined]
    assert found
    client = Client()
    form = client.get(found[1])["Location"]
    new = {"password1": "nog zo een lange zin", "password2": "nog zo een lange zin"}
    assert client.post(form, new)["Location"] == "/inloggen/wachtwoord-vergeten/klaar/"
    assert not is_in(elsewhere)
    assert not is_in(client)
    assert is_in(sign_in(user, "nog zo een lange zin"))
    assert "Deze link werkt niet meer" in text_of(Client().get(found[1]))
    work_through()
    assert "Uw wachtwoord is gewijzigd" in mailbox.messages[1].get_content()  # type: ignore[attr-defined]


def test_the_answer_does_not_tell_whether_an_address_is_known(mailbox: Mailbox) -> None:
    user = someone("ans", "researcher")
    assert asked(user.email) == asked("niemand@example.nl")
    assert [mail["To"] for mail in mailbox.messages] == ["ans@example.nl"]


def test_the_same_is_done_for_a_known_and_an_unknown_address_and_none_waits_for_the_mail_server(
    settings: Settings, mailbox: Mailbox
) -> None:
    settings.EMAIL_PORT = 9
    someone("ans", "researcher")
    asked_of: dict[str, list[str]] = {}
    for email in ("ans@example.nl", "niemand@example.nl"):
        cache.clear()
        with CaptureQueriesContext(connection) as queries:
            response = Client().post("/inloggen/wachtwoord-vergeten/", {"email": email})
        assert response.status_code == 302
        asked_of[email] = [re.sub(r"\d+|'[^']*'", "", query["sql"])[:60] for query in queries]
    assert asked_of["ans@example.nl"] == asked_of["niemand@example.nl"]
    assert ProcrastinateJob.objects.count() == 2


def test_what_waits_to_be_mailed_holds_no_address_and_no_link(mailbox: Mailbox) -> None:
    someone("ans", "researcher")
    Client().post("/inloggen/wachtwoord-vergeten/", {"email": "ans@example.nl"})
    assert not re.search("ans@|http|wachtwoord-vergeten", str(ProcrastinateJob.objects.get().args))


def test_the_link_in_the_mail_leads_to_the_portal_whatever_the_request_says(mailbox: Mailbox) -> None:
    someone("ans", "researcher")
    asked("ans@example.nl", headers={"Host": "localhost:666"})
    assert f"{portal_settings.PORTAL_URL}/inloggen/" in mailbox.messages[0].get_content()  # type: ignore[attr-defined]


def test_a_reset_link_of_more_than_an_hour_ago_does_not_work(mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    someone("ans", "researcher")
    asked("ans@example.nl")
    found = ADDRESS_IN_MAIL.search(mailbox.messages[0].get_content())  # type: ignore[attr-defined]
    assert found
    later = timezone.now().replace(tzinfo=None) + timedelta(hours=3)
    monkeypatch.setattr("django.contrib.auth.tokens.PasswordResetTokenGenerator._now", lambda self: later)
    assert "Deze link werkt niet meer" in text_of(Client().get(found[1]))


def test_without_mail_the_page_says_whom_to_ask() -> None:
    page = text_of(Client().get("/inloggen/wachtwoord-vergeten/"))
    assert "Dit portaal verstuurt geen mail" in page
