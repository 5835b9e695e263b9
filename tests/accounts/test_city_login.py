"""Signing in through the identity provider of a city: it says who someone is, and never what they may do."""

import json
import re
import secrets
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings as portal_settings
from django.contrib.sessions.models import Session
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from nplv_portal.accounts.city_login import cities
from nplv_portal.accounts.models import User
from tests.accounts.actors import code, someone
from tests.conftest import free_port, running_portal, wait_for

HEERLEN = {
    "id": "heerlen",
    "name": "Gemeente Heerlen",
    "server_url": "https://login.heerlen.nl/",
    "client_id": "raadsportaal",
    "secret": "geheim",
    "domains": ["heerlen.nl"],
    "municipality": "heerlen",
}


def read(*items: Any) -> Any:
    return cities(json.dumps(list(items)), only_https=True)


def test_a_city_is_read() -> None:
    city = read(HEERLEN)["heerlen"]
    assert (city.name, city.domains, city.server_url) == (
        "Gemeente Heerlen",
        ("heerlen.nl",),
        "https://login.heerlen.nl",
    )
    assert city.origin == "https://login.heerlen.nl"
    assert not city.email_is_verified


def test_no_setting_is_no_city() -> None:
    assert cities("", only_https=True) == {}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"secret": ""}, r"\(heerlen\) mist secret"),
        ({"kleur": "groen"}, r"\(heerlen\) kent kleur niet"),
        ({"id": "Heerlen!"}, "kleine letters"),
        ({"id": "mislukt"}, "kleine letters"),
        ({"office": "rekenkamer-heerlen"}, "precies een van de twee"),
        ({"municipality": ""}, "precies een van de twee"),
        ({"server_url": "http://login.heerlen.nl"}, "moet met https:// beginnen"),
        ({"server_url": "login.heerlen.nl"}, "moet met https:// beginnen"),
        ({"domains": "heerlen.nl"}, "domains is een lijst"),
        ({"domains": ["@heerlen.nl"]}, "domains is een lijst"),
        ({"domains": [7]}, "domains is een lijst"),
        ({"name": 7}, "zijn geen tekst"),
        ({"email_is_verified": "ja"}, "true of false"),
    ],
)
def test_a_mistake_stops_the_portal_and_is_named(change: dict[str, Any], says: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=f"OIDC_PROVIDERS .*{says}"):
        read(HEERLEN | change)


@pytest.mark.parametrize("text", ["{", "{}", "[1]", '"x"', "null"])
def test_what_is_no_list_of_cities_stops_the_portal(text: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="OIDC_PROVIDERS"):
        cities(text, only_https=True)


def test_two_cities_have_two_ids() -> None:
    with pytest.raises(ImproperlyConfigured, match="meer dan eens"):
        read(HEERLEN, HEERLEN)


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/inloggen/via/heerlen/", "/inloggen/via/x/terug/?code=1&state=2"])
def test_without_a_city_there_is_nothing_to_sign_in_through(address: str) -> None:
    client = Client()
    assert client.post(address).status_code in {404, 405}
    assert client.get(address).status_code in {404, 405}
    assert "Via uw organisatie" not in client.get("/inloggen/").content.decode()


# --- With a real identity provider ---


@dataclass(frozen=True)
class Town:
    portal: str
    address: str  # of someone with a role at the municipality that the city may sign in
    elsewhere: str  # of someone with a role at another municipality
    writer: User


@pytest.fixture(scope="module")
def town(
    django_db_setup: None,
    static_files: None,
    tmp_path_factory: pytest.TempPathFactory,
    django_db_blocker: pytest.FixtureRequest,
) -> Iterator[Town]:
    mark, port, own_port = secrets.token_hex(4), free_port(), free_port()
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        rosa = someone(f"rosa-{mark}", "councillor", "arnhem", factor=False)
        gijs = someone(f"gijs-{mark}", "councillor", "lelystad", factor=False)
        writer = someone(f"amir-{mark}", "official", "arnhem")
    city = HEERLEN | {
        "id": "stad",
        "name": "Gemeente Arnhem",
        "server_url": f"http://127.0.0.1:{port}",
        "domains": ["example.nl"],
        "municipality": "arnhem",
    }
    back = f"http://127.0.0.1:{own_port}/inloggen/via/stad/terug/"
    program = portal_settings.BASE_DIR / "tests/accounts/identity_provider.mjs"
    folder = tmp_path_factory.mktemp("city")
    with (folder / "provider").open("wb") as log:
        provider = subprocess.Popen(["node", str(program), str(port), back], stdout=log, stderr=log)
    try:
        wait_for(f"http://127.0.0.1:{port}/.well-known/openid-configuration", provider, folder / "provider")
        with running_portal(own_port, folder, OIDC_PROVIDERS=json.dumps([city])) as portal:
            yield Town(portal, rosa.email, gijs.email, writer)
    finally:
        provider.terminate()
        provider.wait(20)


def through_the_city(browser: Browser, town: Town, told: str) -> Page:
    """Where someone ends up whom the city tells to be `told`."""
    page = browser.new_context(base_url=town.portal).new_page()
    page.goto("/inloggen/")
    page.get_by_role("button", name="Log in via Gemeente Arnhem").click()
    page.locator("[name=login]").fill(told)
    page.locator("[name=password]").fill("x")
    page.get_by_role("button", name="Sign-in").click()
    page.get_by_role("button", name="Continue").click()
    return page


@pytest.mark.django_db
def test_someone_with_a_role_signs_in_through_the_city_again_and_again(browser: Browser, town: Town) -> None:
    for _ in range(2):
        page = through_the_city(browser, town, f"1 {town.address} verified")
        expect(page).to_have_url(f"{town.portal}/werkplek/onder-embargo/")
        page.context.close()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "told",
    [
        "2 niemand@example.nl verified",
        "2 {elsewhere} verified",
        "2 {address} unverified",
        "2 {address} verified",  # the same address, given to someone else: another sub
    ],
)
def test_nobody_else_gets_in_through_the_city(browser: Browser, town: Town, told: str) -> None:
    first = through_the_city(browser, town, f"1 {town.address} verified")
    first.context.close()
    page = through_the_city(browser, town, told.format(address=town.address, elsewhere=town.elsewhere))
    expect(page.get_by_role("heading", level=1)).to_have_text("Inloggen via uw organisatie lukte niet")
    page.goto("/account/")
    expect(page).to_have_url(f"{town.portal}/inloggen/?next=/account/")
    page.context.close()
    assert not User.objects.filter(email="niemand@example.nl").exists()


@pytest.mark.django_db
def test_a_city_does_not_spare_the_second_factor(browser: Browser, town: Town) -> None:
    page = through_the_city(browser, town, f"3 {town.writer.email} verified")
    expect(page).to_have_url(f"{town.portal}/inloggen/code/")
    waiting = "".join(str(session.get_decoded()) for session in Session.objects.all())
    assert "openid" in waiting or "sociallogin" in waiting
    assert "pbkdf2" not in waiting
    page.get_by_label("Code", exact=True).fill(code())
    page.get_by_role("button", name="Log in", exact=True).click()
    expect(page).to_have_url(f"{town.portal}/griffie/")
    page.context.close()


@pytest.mark.django_db
def test_who_changes_their_mind_at_the_city_is_told_so(browser: Browser, town: Town) -> None:
    page = browser.new_context(base_url=town.portal).new_page()
    page.goto("/inloggen/")
    page.get_by_role("button", name="Log in via Gemeente Arnhem").click()
    page.get_by_role("link", name=re.compile("Cancel")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Inloggen via uw organisatie lukte niet")
    page.context.close()
