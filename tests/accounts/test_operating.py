"""What the operator does: commands and settings."""

import os
import re
import subprocess
import sys
from io import StringIO

import pytest
from django.conf import settings as portal_settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from nplv_portal.accounts import demo
from nplv_portal.accounts.models import Membership, User
from nplv_portal.settings import mail_server
from tests.accounts.actors import PASSWORD, is_in, signed_in, someone, text_of
from tests.accounts.test_invitations import NEW

LINK = re.compile(r"https?://[^/\s]+(/\S+/)")


def run(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def path_in(text: str) -> str:
    found = LINK.search(text)
    assert found
    return found[1]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("option", "slug", "says"),
    [("--office", "rekenkamer-heerlen", "Rekenkamer Heerlen"), ("--municipality", "heerlen", "Heerlen")],
)
def test_the_first_administrator_comes_in_with_a_link_of_the_operator(option: str, slug: str, says: str) -> None:
    said = run("create_administrator", "Ad@Example.nl", option, slug)
    assert f"beheerder van de organisatie, {says}" in said
    Client().post(path_in(said), NEW)
    assert User.objects.get(email="ad@example.nl").administers_people


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["ad@example.nl", "--office", "atlantis"], "atlantis bestaat niet. Kies uit: .*rekenkamer-heerlen"),
        (["geen adres", "--municipality", "heerlen"], "geldig e-mailadres"),
        (["ad@example.nl"], "--office --municipality is required|one of the arguments"),
    ],
)
def test_a_mistake_of_the_operator_is_explained(arguments: list[str], says: str) -> None:
    with pytest.raises(CommandError, match=says):
        run("create_administrator", *arguments)


@pytest.mark.django_db
def test_who_lost_phone_and_password_gets_in_again_with_the_operator() -> None:
    ans = someone("ans", "researcher")
    client = signed_in(ans)
    said = run("reset_access", "ans@example.nl", "--second-factor")
    assert not is_in(client)
    new = Client()
    form = new.get(path_in(said))["Location"]
    new.post(form, {"password1": "nog zo een lange zin", "password2": "nog zo een lange zin"})
    response = new.post("/inloggen/", {"login": "ans@example.nl", "password": "nog zo een lange zin"}, follow=True)
    assert "Stel uw tweede stap in" in text_of(response)


@pytest.mark.django_db
def test_the_operator_disables_and_enables_an_account() -> None:
    ans = someone("ans", "researcher")
    client = signed_in(ans)
    run("reset_access", "ans@example.nl", "--disable")
    assert not is_in(client)
    assert "inloggen/wachtwoord-vergeten" in run("reset_access", "ans@example.nl", "--enable")
    assert is_in(signed_in(User.objects.get(pk=ans.pk)))


@pytest.mark.django_db
def test_practice_accounts_stay_out_of_real_data(settings: Settings) -> None:
    for fictional in (False, True):
        settings.FICTIONAL_DATA = fictional
        with pytest.raises(CommandError, match="Niets gemaakt"):
            run("load_demo_accounts")
    assert not User.objects.filter(email__endswith=demo.DOMAIN).exists()


@pytest.mark.django_db
def test_practice_accounts_are_shown_where_one_signs_in_and_work(settings: Settings) -> None:
    page = Client().get("/inloggen/").content.decode()
    assert "Oefenset" not in page
    demo.load()
    demo.load()
    assert Membership.objects.filter(user__email__endswith=demo.DOMAIN).count() == 16
    assert demo.PASSWORD not in Client().get("/inloggen/").content.decode()
    settings.FICTIONAL_DATA = True
    client = Client()
    page = text_of(client.get("/inloggen/"))
    assert demo.PASSWORD in page
    for membership in Membership.objects.filter(user__email__endswith=demo.DOMAIN):
        assert membership.user.email in page
    someone_to_be = Membership.objects.filter(role="secretary", user__email__endswith=demo.DOMAIN)[0].user
    client.post("/inloggen/", {"login": someone_to_be.email, "password": demo.PASSWORD})
    shown = re.search(r"de code is nu (\d{6})", text_of(client.get("/inloggen/code/")))
    assert shown
    client.post("/inloggen/code/", {"code": shown[1]})
    assert is_in(client)


# --- Mail ---


@pytest.mark.parametrize(
    ("url", "values"),
    [
        ("smtp://mail.nl", {"EMAIL_PORT": 25, "EMAIL_USE_TLS": False, "EMAIL_USE_SSL": False}),
        ("smtp://mail.nl?tls=1", {"EMAIL_PORT": 587, "EMAIL_USE_TLS": True}),
        ("smtp://mail.nl:2525?tls=0", {"EMAIL_PORT": 2525, "EMAIL_USE_TLS": False}),
        ("smtps://mail.nl", {"EMAIL_PORT": 465, "EMAIL_USE_SSL": True}),
        ("smtp://jan%40mail.nl:p%3Aw@mail.nl", {"EMAIL_HOST_USER": "jan@mail.nl", "EMAIL_HOST_PASSWORD": "p:w"}),
    ],
)
def test_a_mail_server_is_one_address(url: str, values: dict[str, object]) -> None:
    read = mail_server(url)
    assert read["EMAIL_HOST"] == "mail.nl"
    assert values.items() <= read.items()


@pytest.mark.parametrize(
    "url",
    [
        "mail.nl",
        "http://mail.nl",
        "smtp://",
        "smtp://mail.nl:x",
        "smtp://mail.nl?tls=ja",
        "smtp://mail.nl/map",
        "smtps://mail.nl?tls=1",
        "smtp://mail.nl?ssl=1",
    ],
)
def test_a_wrong_mail_server_stops_the_portal(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL"):
        mail_server(url)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("EMAIL_URL", "smtp://mail.nl", "EMAIL_FROM ontbreekt"),
        ("EMAIL_URL", "mail", "EMAIL_URL moet eruitzien"),
        ("OIDC_PROVIDERS", "{", "OIDC_PROVIDERS is geen geldige JSON"),
        ("SESSION_HOURS", "nul", "SESSION_HOURS moet een heel getal"),
        ("SESSION_IDLE_MINUTES", "0", "SESSION_IDLE_MINUTES moet een heel getal"),
    ],
)
def test_a_wrong_setting_stops_the_portal_with_its_name(name: str, value: str, says: str) -> None:
    command = [sys.executable, "-c", "import nplv_portal.settings"]
    environment = os.environ | {"CONTACT_EMAIL": "", name: value}
    done = subprocess.run(
        command, env=environment, cwd=portal_settings.BASE_DIR, capture_output=True, text=True, check=False
    )
    assert done.returncode
    assert says in done.stderr


def test_behind_https_the_cookie_belongs_to_this_host_alone() -> None:
    program = (
        "from nplv_portal import settings as s; print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME,"
        " s.SESSION_COOKIE_SECURE, s.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN)"
    )
    environment = os.environ | {"PORTAL_URL": "https://portaal.nl"}
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environment,
        cwd=portal_settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["__Host-session", "__Host-csrf", "True", "False"]


def test_the_password_in_these_tests_would_be_good_enough() -> None:
    assert len(PASSWORD) >= 12
