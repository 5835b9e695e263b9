"""The portal as its readers have it: a real browser on a real server."""

import json
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Page, expect

from findings.models import Aspect, AuditRound, RoundAspect
from tests.addresses import PAGES
from tests.conftest import free_port, running_portal
from tests.findings.test_matrix import many_more_areas_and_rounds

pytestmark = pytest.mark.django_db  # or no test database would be made for the server

AXE = settings.BASE_DIR / "node_modules/axe-core/axe.min.js"
CHECKER = settings.BASE_DIR / "node_modules/vnu-jar/build/dist/vnu.jar"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE_RUN = "rules => axe.run({runOnly: rules, resultTypes: ['violations']})"
WIDTHS, AXE_AT = (320, 360, 768, 1440), (360, 768, 1440)
NOT_FOUND = "/deze/bestaat/niet/"


@pytest.fixture
def context(browser: Browser, portal: str) -> Iterator[BrowserContext]:
    context = browser.new_context(base_url=portal, viewport={"width": 1440, "height": 900})
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


def without_javascript(browser: Browser, portal: str) -> Page:
    return browser.new_context(base_url=portal, java_script_enabled=False).new_page()


@dataclass
class Seen:
    """Width → what axe found, and what did not fit; and the HTML of each page as it was sent."""

    axe: dict[int, dict[str, list[str]]]
    wide: dict[int, list[str]]
    html: dict[str, str]


@pytest.fixture(scope="module")
def seen(browser: Browser, portal: str) -> Seen:
    """All pages, each opened once and then looked at in every width."""
    seen = Seen({width: {} for width in AXE_AT}, {width: [] for width in WIDTHS}, {})
    context = browser.new_context(base_url=portal, bypass_csp=True)
    page = context.new_page()
    for address in [*PAGES, NOT_FOUND]:
        response = page.goto(address)
        assert response
        seen.html[address] = response.text()
        page.add_script_tag(path=AXE)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
                seen.wide[width].append(address)
            if width in AXE_AT and (found := page.evaluate(AXE_RUN, RULES)["violations"]):
                seen.axe[width][address] = [
                    f"{violation['id']}: {violation['nodes'][0]['target']} {violation['nodes'][0]['failureSummary']}"
                    for violation in found
                ]
    context.close()
    return seen


@pytest.mark.parametrize("width", AXE_AT)
def test_axe_finds_nothing_on_any_page(seen: Seen, width: int) -> None:
    assert not seen.axe[width], json.dumps(seen.axe[width], indent=1)


def test_axe_does_find_what_is_wrong(browser: Browser, portal: str) -> None:
    page = browser.new_context(base_url=portal, bypass_csp=True).new_page()
    page.goto("/")
    page.evaluate("document.querySelector('main').innerHTML = '<img src=x><a href=/></a>'")
    page.add_script_tag(path=AXE)
    outcome = page.evaluate(AXE_RUN, RULES)
    assert {"image-alt", "link-name"} <= {violation["id"] for violation in outcome["violations"]}


def test_the_html_is_valid(seen: Seen, tmp_path: Path) -> None:
    for number, (address, html) in enumerate(seen.html.items()):
        (tmp_path / f"{number:02}{address.strip('/').replace('/', '_').partition('?')[0]}.html").write_text(html)
    command = ["java", "-jar", str(CHECKER), "--errors-only", "--format", "gnu", str(tmp_path)]
    outcome = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert outcome.returncode == 0, outcome.stderr[:4000]


@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_needs_sideways_scrolling(seen: Seen, width: int) -> None:
    assert not seen.wide[width]


def test_text_of_twice_the_size_still_fits(page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 900})
    for address in ["/", "/vergelijking/", "/gemeenten/heerlen/"]:
        page.goto(address)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), address


def test_no_page_asks_anyone_else_for_anything(page: Page, portal: str) -> None:
    asked: set[str] = set()
    problems: list[str] = []
    page.on("request", lambda request: asked.add(request.url))
    page.on("console", lambda message: problems.append(message.text))
    page.on("pageerror", lambda error: problems.append(str(error)))
    for address in PAGES:
        page.goto(address, wait_until="networkidle")
    assert {url for url in asked if not url.startswith(portal)} == set()
    assert problems == []


def test_a_filter_changes_the_table_and_the_address_without_a_full_reload(page: Page) -> None:
    page.goto("/vergelijking/")
    page.evaluate("window.still = true")
    page.get_by_label("Controlerend 3").check()
    expect(page).to_have_url("/vergelijking/?rol=controlerend")
    expect(page.locator(".matrix-row")).to_have_count(3)
    page.get_by_label("Volledig", exact=True).check()
    expect(page.locator(".matrix-text").first).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="3 van 13 aspecten")).to_be_visible()
    assert page.evaluate("window.still") is True


def test_searching_narrows_the_table_while_typing(page: Page) -> None:
    page.goto("/vergelijking/")
    page.get_by_label("Zoek in de tabel").press_sequentially("klankbord", delay=20)
    expect(page.locator(".matrix-row")).to_have_count(1)
    expect(page).to_have_url("/vergelijking/?tekst=klankbord")


def test_the_back_button_brings_back_the_view_before(page: Page) -> None:
    page.goto("/vergelijking/")
    page.get_by_label("Controlerend 3").check()
    expect(page.locator(".matrix-row")).to_have_count(3)
    page.go_back()
    expect(page.locator(".matrix-row")).to_have_count(13)
    expect(page.locator("header.site-header")).to_be_visible()


def test_one_municipality_gives_its_name_to_the_page(page: Page) -> None:
    page.goto("/vergelijking/")
    page.get_by_text("Meer filters").click()
    page.get_by_role("checkbox", name="Arnhem").check()
    expect(page.get_by_role("heading", level=1)).to_have_text("Arnhem")


def test_a_row_opens_and_keeps_the_focus(page: Page) -> None:
    page.goto("/vergelijking/")
    link = page.get_by_role("link", name="Volledig van Monitoring")
    link.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Alleen de kern van Monitoring")).to_be_focused()
    expect(page.locator(".matrix-row.is-full")).to_have_count(1)
    page.get_by_label("Controlerend 3").check()
    expect(page.locator(".matrix-row.is-full")).to_have_count(1)


def test_keyboard_alone_reaches_filters_table_and_a_finding(page: Page) -> None:
    page.goto("/vergelijking/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Naar de inhoud")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Kaderstellend 6")).to_be_focused()
    assert ring(page), "the focus must be seen"
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page).to_have_url("/vergelijking/?rol=controlerend")
    expect(page.get_by_label("Controlerend 3")).to_be_focused()
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('.matrix-headline') !== null"):
            break
    assert ring(page)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Levenslijn")).to_be_visible()


def ring(page: Page) -> bool:
    """Whether the element with the focus, or the label drawn for it, shows an outline."""
    return bool(
        page.evaluate(
            """() => [document.activeElement, document.activeElement.nextElementSibling].some(
                 element => element && getComputedStyle(element).outlineStyle !== 'none'
                            && parseFloat(getComputedStyle(element).outlineWidth) >= 2)"""
        )
    )


def test_the_heads_stay_in_view(page: Page) -> None:
    page.goto("/vergelijking/")
    page.evaluate("window.scrollTo(0, 1200)")
    box = page.get_by_role("columnheader", name="Heerlen").bounding_box()
    assert box
    assert box["y"] == pytest.approx(0, abs=2)


def test_without_javascript_the_form_does_the_same(browser: Browser, portal: str) -> None:
    page = without_javascript(browser, portal)
    page.goto("/vergelijking/")
    page.get_by_label("Controlerend 3").check()
    page.get_by_label("Volledig", exact=True).check()
    page.get_by_role("button", name="Toon").click()
    expect(page.locator(".matrix-row")).to_have_count(3)
    expect(page.locator(".matrix-text").first).to_be_visible()


def test_on_a_phone_one_municipality_is_shown_and_switching_is_one_tap(browser: Browser, portal: str) -> None:
    page = browser.new_context(
        base_url=portal, viewport={"width": 360, "height": 740}, java_script_enabled=False
    ).new_page()
    page.goto("/vergelijking/")
    heerlen = page.get_by_role("link", name="Klankbordgroep ingesteld", exact=False).first
    groningen = page.locator(".matrix-headline", has_text="Geen overzicht van middelen")
    expect(heerlen).to_be_visible()
    expect(groningen).to_be_hidden()
    page.locator(".show-one").get_by_text("Groningen").click()
    expect(heerlen).to_be_hidden()
    expect(groningen).to_be_visible()
    page.locator(".matrix-row", has=groningen).get_by_role("link", name="Vergelijk met de anderen").locator(
        "visible=true"
    ).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Overzicht van geld en resultaten")
    for name in ["Heerlen", "Lelystad", "Arnhem", "Groningen"]:
        expect(page.get_by_role("heading", name=name)).to_be_visible()


def test_a_phone_keeps_the_municipality_that_was_chosen(browser: Browser, portal: str) -> None:
    page = browser.new_context(base_url=portal, viewport={"width": 360, "height": 740}).new_page()
    page.goto("/vergelijking/")
    page.locator(".show-one").get_by_text("Arnhem").click()
    page.get_by_label("Controlerend 3").check()
    expect(page).to_have_url("/vergelijking/?rol=controlerend&toon=arnhem-oost")
    expect(page.get_by_text("Besprekingen en werkbezoeken zijn een voornemen")).to_be_visible()
    page.reload()
    expect(page.get_by_text("Besprekingen en werkbezoeken zijn een voornemen")).to_be_visible()


def test_opening_a_row_on_a_phone_keeps_the_municipality_and_the_place(browser: Browser, portal: str) -> None:
    page = browser.new_context(base_url=portal, viewport={"width": 360, "height": 740}).new_page()
    page.goto("/vergelijking/")
    page.locator(".show-one").get_by_text("Arnhem").click()
    link = page.get_by_role("link", name="Volledig van Schriftelijke informatie")
    link.scroll_into_view_if_needed()
    before = link.bounding_box()
    link.click()
    opened = page.get_by_role("link", name="Alleen de kern van Schriftelijke informatie")
    expect(opened).to_be_visible()
    expect(page.get_by_text("Er is twee keer per jaar een voortgangsrapportage")).to_be_visible()
    after = opened.bounding_box()
    assert before
    assert after
    assert after["y"] == pytest.approx(before["y"], abs=60)


def test_a_phone_shows_the_lines_of_the_organisation_in_words(browser: Browser, portal: str) -> None:
    page = browser.new_context(base_url=portal, viewport={"width": 360, "height": 740}).new_page()
    page.goto("/gemeenten/heerlen/organisatie/")
    expect(page.locator(".organogram")).to_be_hidden()
    page.get_by_text("De lijnen in woorden").click()
    expect(page.get_by_text("Programmabureau – Alliantiebestuur: legt verantwoording af aan")).to_be_visible()
    page.context.close()


def test_the_whole_menu_works_on_a_phone(browser: Browser, portal: str) -> None:
    page = browser.new_context(
        base_url=portal, viewport={"width": 360, "height": 740}, java_script_enabled=False
    ).new_page()
    page.goto("/")
    page.get_by_role("button", name="Menu").click()
    page.get_by_role("link", name="Aanbevelingen", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Aanbevelingen per gemeente")


def test_the_finding_is_two_clicks_from_the_front_page(page: Page) -> None:
    page.goto("/")
    page.get_by_role("navigation", name="Hoofdmenu").get_by_role("link", name="Vergelijking").click()
    page.get_by_role("link", name="Raad heeft geen nieuwe kaders vastgesteld").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Raad heeft geen nieuwe kaders vastgesteld")


def test_the_tab_order_meets_no_hidden_link(page: Page) -> None:
    page.goto("/")
    for _ in range(60):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('[aria-hidden=true]') === null")


# After a choice without a full reload

READ_VIEW = """() => {
  const said = (element) => element.textContent.replace(/\\s+/g, ' ').trim();
  const fields = [...document.querySelectorAll('#filters :is(input, select)')];
  return {
    title: document.title,
    heads: [...document.querySelectorAll('h1, h2, thead th')].map(said),
    form: said(document.querySelector('#filters')),
    fields: fields.map((field) => [field.name, field.value, field.checked, field.type]),
    view: said(document.querySelector('.matrix-view')),
  };
}"""


@pytest.fixture
def two_rounds(own_database: str, tmp_path: Path) -> Iterator[str]:
    """A portal with a next round, in which every city takes part and which has one aspect more."""
    many_more_areas_and_rounds(1)
    old = RoundAspect.objects.filter(aspect__role__slug="controlerend", round__slug="ronde-3")[0]
    new = Aspect.objects.create(slug="nieuw", role=old.aspect.role)
    RoundAspect.objects.create(
        round=AuditRound.objects.get(slug="ronde-3"),
        aspect=new,
        wording="Nieuw",
        short_wording="Nieuw",
        question="Wat is nieuw?",
        order=99,
        comparable="yes",
    )
    with running_portal(free_port(), tmp_path) as address:
        yield address


def settled(page: Page, act: Callable[[], object]) -> None:
    """After the swap that follows from it."""
    with page.expect_response(lambda response: "hx-request" in response.request.headers):
        act()
    expect(page.locator(".htmx-request, .htmx-swapping, .htmx-settling")).to_have_count(0)


@pytest.mark.parametrize("width", [360, 1440])
def test_after_every_choice_the_page_is_what_its_address_gives(browser: Browser, two_rounds: str, width: int) -> None:
    context = browser.new_context(base_url=two_rounds, viewport={"width": width, "height": 800})
    page, fresh = context.new_page(), context.new_page()
    page.goto("/vergelijking/")
    page.locator("#gekozen").click()
    steps: list[Callable[[], object]] = [
        lambda: page.get_by_label("Onderzoeksronde").select_option(label="Startonderzoek 2023-2025"),
        lambda: page.get_by_role("checkbox", name="Heerlen").check(),
        lambda: page.get_by_role("checkbox", name="Amsterdam").check(),
        lambda: page.get_by_label("Onderzoeksronde").select_option(label="Ronde 3"),
        lambda: page.locator("#vorige").check(),
        lambda: page.locator("#rol-controlerend").check(),
        lambda: page.get_by_label("Zoals te lezen op").fill("2025-02-01"),
        lambda: page.get_by_role("checkbox", name="Amsterdam").uncheck(),
        lambda: page.get_by_role("link", name="Volledig van Monitoring").click(),
    ]
    for number, step in enumerate(steps):
        settled(page, step)
        fresh.goto(page.url)
        assert page.evaluate(READ_VIEW) == fresh.evaluate(READ_VIEW), f"step {number}: {page.url}"
    context.close()


def test_the_list_of_recommendations_is_what_its_address_gives_after_a_choice(browser: Browser, portal: str) -> None:
    context = browser.new_context(base_url=portal)
    page, fresh = context.new_page(), context.new_page()
    page.goto("/aanbevelingen/")
    page.locator("#gekozen").click()
    for step in (
        lambda: page.get_by_role("checkbox", name="Arnhem").check(),
        lambda: page.get_by_role("checkbox", name="Alleen verstreken").check(),
        lambda: page.get_by_role("checkbox", name="loopt").check(),
        lambda: page.get_by_label("Zoals te lezen op").fill("2023-12-15"),
    ):
        settled(page, step)
        fresh.goto(page.url)
        assert page.evaluate(READ_VIEW) == fresh.evaluate(READ_VIEW), page.url
    context.close()


def test_the_focus_stays_where_one_chose_also_when_the_choices_change(browser: Browser, two_rounds: str) -> None:
    page = browser.new_context(base_url=two_rounds).new_page()
    page.goto("/vergelijking/")
    page.locator("#gekozen").click()
    round_ = page.get_by_label("Onderzoeksronde")
    round_.focus()
    settled(page, lambda: round_.select_option(label="Startonderzoek 2023-2025"))
    expect(page.get_by_label("Onderzoeksronde")).to_be_focused()
    expect(page.get_by_role("checkbox", name="Arnhem")).to_be_visible()  # the filters stay unfolded
    page.context.close()


# Addresses to take along


def test_the_address_of_a_view_is_copied_and_that_is_said(browser: Browser, portal: str) -> None:
    context = browser.new_context(base_url=portal, permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto("/vergelijking/?rol=controlerend")
    link = page.get_by_role("link", name="Adres van deze weergave")
    link.click()
    expect(page.get_by_role("status").filter(has_text="Gekopieerd")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == f"{portal}/vergelijking/?rol=controlerend"
    page.goto("/volgen/?gemeente=heerlen")
    page.locator("[data-copy=agenda-adres]").click()
    expect(page.get_by_role("status").filter(has_text="Gekopieerd")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == f"{portal}/volgen/gemeente/heerlen.ics"
    context.close()


def test_without_javascript_the_addresses_can_be_selected_and_no_button_does_nothing(
    browser: Browser, portal: str
) -> None:
    page = without_javascript(browser, portal)
    page.goto("/volgen/?gemeente=heerlen")
    expect(page.get_by_label("Adres van de feed")).to_have_value(f"{portal}/volgen/gemeente/heerlen.atom")
    expect(page.get_by_role("button", name="Kopieer")).to_have_count(0)
    page.goto("/vergelijking/")
    page.get_by_role("link", name="Adres van deze weergave").click()
    expect(page).to_have_url("/vergelijking/")
    page.context.close()
