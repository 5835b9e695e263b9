"""Signing in as people do: a real browser on a real server, with a security key that the browser pretends to have."""

import json
import re
import secrets
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.core.cache import cache
from playwright.sync_api import Browser, BrowserContext, Page, expect

from nplv_portal.accounts.models import Invitation, User
from tests.accounts.actors import PASSWORD, code, someone
from tests.addresses import ENTRANCE
from tests.test_browser import AXE, CHECKER, RULES

pytestmark = pytest.mark.django_db  # or no test database would be made for the server

INSIDE = [
    "/account/",
    "/account/wachtwoord/",
    "/account/app/los/",
    "/account/sleutels/",
    "/account/sleutels/nieuw/",
    "/account/herstelcodes/",
    "/account/herstelcodes/nieuw/",
    "/account/bevestigen/",
    "/account/bevestigen/code/",
    "/uitloggen/",
    "/werkplek/mensen/",
    "/werkplek/mensen/uitnodigen/",
    "/werkplek/mensen/geschiedenis/",
]
OUTSIDE = [
    address
    for name, (address, *_) in ENTRANCE.items()
    if name not in {"openid_connect_login", "openid_connect_callback", "account_logout", "mfa_authenticate"}
]


@dataclass(frozen=True)
class Residents:
    """Saved for good, for the server sees no open transaction. At an office that no other test looks at."""

    administrator: User
    colleague: User
    invitation: str  # path of a link for someone new
    ending: str  # path of the page on which the colleague's role ends


@pytest.fixture(scope="module")
def residents(portal: str, django_db_blocker: pytest.FixtureRequest) -> Residents:
    mark = secrets.token_hex(4)
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        cache.clear()  # of attempts in an earlier run
        administrator = someone(f"ad-{mark}", "administrator", "arnhem")
        colleague = someone(f"cor-{mark}", "researcher", "arnhem", factor=False)
        office = administrator.memberships.get().office
        link = Invitation(email=f"nieuw-{mark}@example.nl", role="researcher", office=office).issue(by=administrator)
        ending = f"/werkplek/mensen/{colleague.memberships.get().pk}/beeindigen/"
    return Residents(administrator, colleague, re.sub(r"^https?://[^/]+", "", link), ending)


@pytest.fixture
def context(browser: Browser, portal: str) -> Iterator[BrowserContext]:
    """On a name, for a security key does not work on a number."""
    context = browser.new_context(base_url=portal.replace("127.0.0.1", "localhost"))
    yield context
    context.close()


def give_password(page: Page, email: str, password: str = PASSWORD) -> None:
    page.goto("/inloggen/")
    page.get_by_label("E-mailadres").fill(email)
    page.get_by_label("Wachtwoord").fill(password)
    page.get_by_role("button", name="Log in", exact=True).click()


def sign_in(page: Page, user: User) -> None:
    """Each half minute has one code, which works once. Where all three are used up, it takes the next half minute."""
    for wait, later in ((0, 0), (0, 1), (0, -1), (30, 1)):
        time.sleep(wait)
        page.context.clear_cookies()
        give_password(page, user.email)
        page.get_by_label("Code", exact=True).fill(code(later))
        page.get_by_role("button", name="Log in", exact=True).click()
        if "/inloggen/" not in page.url:
            return
    raise AssertionError(page.content())


def test_from_invitation_to_workplace(
    context: BrowserContext, browser: Browser, portal: str, residents: Residents
) -> None:
    page = context.new_page()
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text))
    sign_in(page, residents.administrator)
    expect(page).to_have_url(re.compile("/werkplek/mensen/$"))
    page.get_by_role("link", name="Nodig iemand uit").click()
    email = f"bob-{secrets.token_hex(4)}@example.nl"
    page.get_by_label("E-mailadres").fill(email)
    page.get_by_label("onderzoeker").check()
    page.get_by_role("button", name="Nodig uit").click()
    link = page.locator(".link-out").input_value()
    page.get_by_role("link", name="Terug naar mensen").click()
    expect(page.get_by_role("row", name=re.compile(email))).to_be_visible()

    new = browser.new_context(base_url=portal).new_page()
    new.on("console", lambda message: problems.append(message.text))
    new.goto(re.sub(r"^https?://[^/]+", "", link))
    new.get_by_label("Voornaam").fill("Bob")
    new.get_by_label("Achternaam").fill("Bouman")
    new.get_by_label("Wachtwoord", exact=True).fill(PASSWORD)
    new.get_by_label("Nog eens hetzelfde wachtwoord").fill(PASSWORD)
    new.get_by_role("button", name="Maak mijn account").click()
    expect(new.get_by_role("heading", level=1)).to_have_text("Stel uw tweede stap in")
    new.get_by_role("link", name="Koppel een app").click()
    expect(new.locator("svg.qr")).to_be_visible()
    new.get_by_label("Code", exact=True).fill(code(secret=new.locator(".secret").inner_text()))
    new.get_by_role("button", name="Koppel de app").click()
    expect(new.locator(".codes li")).to_have_count(10)
    new.get_by_role("link", name="Ik heb de codes bewaard").click()
    expect(new).to_have_url(re.compile("/werkplek/$"))
    new.context.close()
    assert problems == []


def test_a_security_key_is_added_and_opens_the_door(context: BrowserContext, residents: Residents) -> None:
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    key = {"protocol": "ctap2", "transport": "usb", "hasUserVerification": True, "isUserVerified": True}
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": key | {"automaticPresenceSimulation": True}})
    give_password(page, residents.colleague.email)
    page.get_by_role("link", name="Voeg een sleutel toe").click()
    page.get_by_label("Naam van de sleutel").fill("sleutelbos")
    page.get_by_role("button", name="Voeg mijn sleutel toe").click()
    expect(page.locator(".codes li")).to_have_count(10)
    page.goto("/account/sleutels/")
    expect(page.get_by_role("heading", name="sleutelbos")).to_be_visible()

    page.goto("/account/sleutels/nieuw/")
    page.get_by_role("button", name="Voeg mijn sleutel toe").click()
    expect(page.get_by_role("status")).to_have_text("Deze sleutel is al toegevoegd.")

    page.goto("/uitloggen/")
    page.get_by_role("button", name="Log uit").click()
    give_password(page, residents.colleague.email)
    page.get_by_role("button", name="Gebruik mijn sleutel").click()
    expect(page).to_have_url(re.compile("/werkplek/$"))

    page.goto("/account/bevestigen/sleutel/?next=/account/sleutels/")
    page.get_by_role("button", name="Gebruik mijn sleutel").click()
    expect(page).to_have_url(re.compile("/account/sleutels/$"))
    page.get_by_role("link", name="Verwijder sleutelbos").click()
    expect(page.get_by_text("Dit is uw enige tweede stap")).to_be_visible()


def test_every_page_about_signing_in_passes_axe_and_fits(browser: Browser, portal: str, residents: Residents) -> None:
    context = browser.new_context(base_url=portal, bypass_csp=True)
    page = context.new_page()
    found: dict[str, list[str]] = {}

    def look(address: str) -> None:
        page.goto(address)
        for width in (320, 768, 1440):
            page.set_viewport_size({"width": width, "height": 900})
            if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
                found.setdefault(address, []).append(f"too wide at {width}")
        page.add_script_tag(path=AXE)
        for violation in page.evaluate("rules => axe.run({runOnly: rules})", RULES)["violations"]:
            node = violation["nodes"][0]
            found.setdefault(address, []).append(f"{violation['id']}: {node['target']} {node['failureSummary']}")

    for address in [*OUTSIDE, residents.invitation]:
        look(address)
    give_password(page, residents.administrator.email)
    look("/inloggen/code/")
    sign_in(page, residents.administrator)
    for address in [*INSIDE, residents.ending]:
        look(address)
    context.close()
    assert not found, json.dumps(found, indent=1)


def test_a_form_with_errors_passes_axe(browser: Browser, portal: str, residents: Residents) -> None:
    context = browser.new_context(base_url=portal, bypass_csp=True)
    page = context.new_page()
    give_password(page, "niemand@example.nl", "verkeerd wachtwoord")
    expect(page.get_by_role("alert")).to_contain_text("horen niet bij elkaar")
    page.add_script_tag(path=AXE)
    assert page.evaluate("rules => axe.run({runOnly: rules})", RULES)["violations"] == []
    context.close()


def test_the_html_about_signing_in_is_valid(
    browser: Browser, portal: str, residents: Residents, tmp_path: Path
) -> None:
    context = browser.new_context(base_url=portal)
    page = context.new_page()
    pages = [*OUTSIDE, residents.invitation]
    for number, address in enumerate(pages):
        (tmp_path / f"{number:02}.html").write_text(context.request.get(address).text())
    sign_in(page, residents.administrator)
    for number, address in enumerate([*INSIDE, residents.ending], start=len(pages)):
        html = context.request.get(address).text()
        assert not re.search(r"\sstyle=|<style|\son[a-z]+=", html), address
        (tmp_path / f"{number:02}{address.strip('/').replace('/', '_')}.html").write_text(html)
    context.close()
    command = ["java", "-jar", str(CHECKER), "--errors-only", "--format", "gnu", str(tmp_path)]
    outcome = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert outcome.returncode == 0, outcome.stderr[:4000]


def test_without_javascript_one_signs_in_with_an_app(browser: Browser, portal: str, residents: Residents) -> None:
    context = browser.new_context(base_url=portal, java_script_enabled=False)
    page = context.new_page()
    sign_in(page, residents.administrator)
    page.goto("/account/sleutels/nieuw/")
    assert "<noscript><p>Een sleutel toevoegen kan alleen met JavaScript." in page.content()
    context.close()


def test_the_server_itself_counts_attempts(browser: Browser, portal: str) -> None:
    context = browser.new_context(base_url=portal)
    page = context.new_page()
    email = f"raad-{secrets.token_hex(4)}@example.nl"
    for _ in range(5):
        give_password(page, email, "verkeerd wachtwoord")
        expect(page.get_by_role("alert")).to_contain_text("horen niet bij elkaar")
    give_password(page, email, "verkeerd wachtwoord")
    expect(page.get_by_role("alert")).to_contain_text("Te veel pogingen")
    context.close()
