"""The workplace as its people have it: a real browser on a real server, with a database of its own to work in."""

import json
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl
import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone
from playwright.sync_api import Browser, Locator, Page, expect

from findings.models import Aspect, FindingVersion
from focusareas.models import Municipality
from nplv_portal.accounts.models import User
from nplv_portal.clerks.reusing import retract
from nplv_portal.lib.versions import Stage
from nplv_portal.workplace import hearings, work
from nplv_portal.workplace.desk import Item
from nplv_portal.workplace.hearings import HearingForm
from nplv_portal.workplace.kinds import BY_SLUG, KINDS
from nplv_portal.workplace.models import HearingItem
from recommendations.models import GoodPractice, Reuse
from tests.accounts.actors import PASSWORD, code, give, someone
from tests.accounts.test_invitations import LINK
from tests.addresses import SIGNED_IN
from tests.conftest import (
    PATIENCE,
    Mailbox,
    body_of,
    copied_database,
    free_port,
    running_mailbox,
    running_portal,
    running_worker,
    without_triggers,
)
from tests.dossiers.asking import asked, worked_on
from tests.test_browser import AXE, AXE_RUN, CHECKER, RULES, WIDTHS, ring
from tests.test_pdfs import words, words_of
from tests.test_worker import eventually
from tests.workplace.people import person, signed_in
from tests.workplace.test_import import emptied, filled, send

pytestmark = pytest.mark.usefixtures("db")

BEVINDINGEN = BY_SLUG["bevindingen"]
ROUND = "vervolg-2025-2027"
HEADLINE = "De raad stelde in 2026 een eigen kader vast"
TEXT = "Het kader noemt drie doelen en een bedrag per jaar."
REACTION = "Het kader noemt vier doelen.\n\nBel ons gerust."
TYPED = "Dit is getypt en nog niet opgeslagen."
KEPT = "U had hier tekst die nog niet is opgeslagen."
LONG = "Leefbaarheidsveiligheidsprogrammamonitoringsbijeenkomstenverslaglegging"
FINDING = f"/bevindingen/kaders-heerlen-noord-{ROUND}/"
Enter = Callable[..., Page]


@dataclass(frozen=True)
class Portal:
    address: str
    mailbox: Mailbox
    people: dict[str, User]


@pytest.fixture(scope="module")
def portal(
    browser: Browser,
    django_db_setup: None,
    static_files: None,
    django_db_blocker: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Portal]:
    post, port = free_port(), free_port()
    mail = {"EMAIL_URL": f"smtp://127.0.0.1:{post}", "EMAIL_FROM": "portaal@example.nl"}
    folder = tmp_path_factory.mktemp("server")
    with (
        django_db_blocker.unblock(),  # type: ignore[attr-defined]
        copied_database(),
        running_mailbox(post) as mailbox,
        running_portal(port, folder, **mail) as address,
        running_worker(folder, PORTAL_URL=address, **mail),
    ):
        yield Portal(address, mailbox, hired())


@pytest.fixture
def db(portal: Portal) -> None:
    """In place of the one that rolls back: what a test saves here, the server sees."""


def hired() -> dict[str, User]:
    """Everyone but Ans, who is invited."""
    administrator, superuser = person("ada"), person("sys")
    give(administrator, "administrator")
    User.objects.filter(pk=superuser.pk).update(is_superuser=True)
    return {
        "ada": administrator,
        "sys": superuser,
        "mia": someone("mia", "researcher"),
        "bob": person("bob", "researcher"),
        "cis": person("cis", "secretary"),
        "ofa": person("ofa", "official"),
        "dre": person("dre", "councillor"),
        "hub": person("hub", "clerk"),
        "eva": person("eva", "secretary", "arnhem"),
        "fay": person("fay", "researcher", "arnhem"),
        "gus": person("gus", "councillor", "arnhem"),
    }


def cookie_of(portal: Portal, name: str) -> Any:
    """The key of a session that this person has just begun."""
    key = signed_in(portal.people[name]).cookies[settings.SESSION_COOKIE_NAME].value
    return {"name": settings.SESSION_COOKIE_NAME, "value": key, "url": portal.address}


@pytest.fixture
def enter(browser: Browser, portal: Portal) -> Iterator[Enter]:
    """A browser of one's own, signed in as someone or as a visitor. No page may complain on its console."""
    contexts: list[Any] = []
    problems: list[str] = []

    def opened(name: str = "", width: int = 1440, **options: Any) -> Page:
        context = browser.new_context(base_url=portal.address, viewport={"width": width, "height": 900}, **options)
        context.set_default_timeout(PATIENCE * 1000)
        contexts.append(context)
        if name:
            context.add_cookies([cookie_of(portal, name)])
        page = context.new_page()
        page.on("console", lambda message: problems.append(f"{name}: {message.text}"))
        page.on("pageerror", lambda error: problems.append(f"{name}: {error}"))
        return page

    yield opened
    for context in contexts:
        context.close()
    refused = "Failed to load resource"  # what a browser says of each answer that is an error
    assert [problem for problem in problems if refused not in problem] == []


# --- The life of a report ---


def test_a_report_lives_from_the_invitation_of_its_writer_to_the_round_after_it(
    portal: Portal, enter: Enter, tmp_path: Path
) -> None:
    bob, cis, ofa, eva, visitor = enter("bob"), enter("cis"), enter("ofa"), enter("eva"), enter()
    ans = invited(portal, enter)
    start_the_announced_round(cis)
    take_part(cis, "Heerlen-Noord", "Rekenkamer Heerlen", ROUND)
    take_part(eva, "Arnhem-Oost", "Rekenkamer Arnhem", ROUND)
    fill_in_two_cells(ans)
    fill_in_two_more_with_a_sheet(ans, tmp_path)
    hearing = hear_the_municipality(ans, ofa)
    nobody_else_sees_any_of_it(enter, hearing)
    review(ans, bob)
    publish_under_embargo(cis)
    only_the_council_reads_it_early(enter)
    four_days_pass()
    readers_see_it(visitor)
    correct_it(ans, bob, cis)
    look_back(visitor)
    withdraw_one(cis, visitor)
    start_another_round(cis, ans, visitor)


def invited(portal: Portal, enter: Enter) -> Page:
    """By the administrator, over mail, up to a second factor."""
    administrator, ans = enter("ada"), enter()
    administrator.goto("/werkplek/mensen/uitnodigen/")
    administrator.get_by_label("E-mailadres").fill("ans@example.nl")
    administrator.get_by_label("onderzoeker").check()
    administrator.get_by_role("button", name="Nodig uit").click()
    expect(administrator.get_by_text("Er is een mail onderweg")).to_be_visible()
    assert eventually(lambda: bool(portal.mailbox.messages))
    link = LINK.search(body_of(portal.mailbox.messages[-1]))
    assert link
    ans.goto(link[1])
    ans.get_by_label("Voornaam").fill("Ans")
    ans.get_by_label("Achternaam").fill("Aerts")
    ans.get_by_label("Wachtwoord", exact=True).fill(PASSWORD)
    ans.get_by_label("Nog eens hetzelfde wachtwoord").fill(PASSWORD)
    ans.get_by_role("button", name="Maak mijn account").click()
    ans.get_by_role("link", name="Koppel een app").click()
    ans.get_by_label("Code", exact=True).fill(code(secret=ans.locator(".secret").inner_text()))
    ans.get_by_role("button", name="Koppel de app").click()
    ans.get_by_role("link", name="Ik heb de codes bewaard").click()
    expect(ans.get_by_role("heading", level=1)).to_have_text("Werkplek")
    return ans


def start_the_announced_round(cis: Page) -> None:
    """One aspect reworded, one dropped, one not comparable, one added."""
    cis.goto("/werkplek/")
    cis.get_by_role("link", name="Rondes en wie meedoet").click()
    cis.get_by_role("link", name="Begin een volgende ronde").click()
    expect(cis.get_by_label("Naam", exact=True).first).to_have_value("Vervolgonderzoek 2025-2027")
    cis.get_by_role("group", name="Kaders, nieuw of bestaand").get_by_label("Korte naam").fill("Eigen kaders")
    cis.get_by_role("group", name="De raad en het gebiedsplan").get_by_label("Ook in deze ronde").uncheck()
    monitoring = cis.get_by_role("group", name="Monitoring")
    monitoring.get_by_label("Vergelijkbaar met de vorige ronde").uncheck()
    added = cis.get_by_role("group", name="Nieuw aspect 1")
    added.get_by_label("Rol van de raad").select_option(label="Controlerende rol")
    added.get_by_label("Naam", exact=True).fill("Afspraken met verbonden partijen")
    added.get_by_label("Korte naam").fill("Verbonden partijen")
    added.get_by_label("Vraag van een raadslid").fill("Met wie maken wij afspraken?")
    cis.get_by_role("button", name="Begin de ronde").click()
    expect(cis.get_by_role("alert")).to_contain_text("Zeg waarom het aspect niet vergelijkbaar is")
    monitoring.get_by_label("Waarom niet vergelijkbaar").fill("Er wordt nu ook naar kwartalen gevraagd.")
    cis.get_by_role("button", name="Begin de ronde").click()
    expect(cis.get_by_role("heading", level=1)).to_have_text("Meedoen aan Vervolgonderzoek 2025-2027")


def take_part(secretary: Page, area: str, office: str, round_: str) -> None:
    secretary.goto(f"/werkplek/ronden/{round_}/deelnemers/")
    secretary.get_by_label("Focusgebied").select_option(label=area)
    secretary.get_by_label("Rekenkamer").select_option(label=office)
    secretary.get_by_label("Vindplaats: document").select_option(index=1)
    secretary.get_by_label("Vindplaats: plaats in het document").fill("Vooruitblik")
    secretary.get_by_role("button", name="Meld aan").click()
    expect(secretary.get_by_role("status")).to_contain_text("doet mee")


def fill_in_two_cells(ans: Page) -> None:
    """One with a finding, one with the reason why there is none."""
    open_cell(ans, "Eigen kaders")
    expect(ans.get_by_role("heading", name="Hier, in Start 2023-2025")).to_be_visible()
    ans.get_by_label("Kernzin").fill(HEADLINE)
    ans.get_by_label("Tekst", exact=True).fill(TEXT)
    ans.get_by_label("Stand", exact=True).select_option(label="geregeld")
    ans.get_by_role("button", name="Opslaan").click()
    expect(ans.get_by_role("alert")).to_contain_text("U koos een stand.")
    ans.get_by_label("Waarop de stand rust").fill("Er is een raadsbesluit.")
    cite(ans, "Raadsbesluit, bladzijde 2")
    ans.get_by_role("button", name="Opslaan").click()
    expect(ans.get_by_role("status")).to_have_text("Opgeslagen als concept.")

    open_cell(ans, "Verbonden partijen")
    expect(ans.get_by_role("heading", name="Ter vergelijking")).to_be_hidden()
    ans.get_by_label("Waarom leeg").select_option(label="geen informatie")
    ans.get_by_role("button", name="Opslaan").click()
    expect(ans.get_by_role("status")).to_have_text("Opgeslagen als concept.")


def open_cell(writer: Page, aspect: str) -> None:
    writer.goto("/werkplek/")
    writer.get_by_role("link", name=f"{aspect} in Heerlen-Noord").click()
    expect(writer.get_by_role("heading", level=1)).to_have_text(re.compile(f"^{aspect}: Heerlen-Noord, "))


def cite(writer: Page, place: str) -> None:
    writer.get_by_label("Document", exact=True).first.select_option(index=1)
    writer.get_by_label("Plaats in het document").first.fill(place)


def fill_in_two_more_with_a_sheet(ans: Page, folder: Path) -> None:
    ans.goto("/werkplek/")
    ans.get_by_role("link", name="Vul een ronde in met een rekenblad").click()
    with ans.expect_download() as download:
        ans.get_by_role("link", name=".xlsx van Heerlen-Noord, Vervolgonderzoek 2025-2027").click()
    download.value.save_as(folder / "blad.xlsx")
    fill_in_sheet(folder / "blad.xlsx")
    ans.get_by_label("Ronde en focusgebied").select_option(label="Heerlen-Noord, Vervolgonderzoek 2025-2027")
    ans.get_by_label("Het ingevulde blad").set_input_files(folder / "blad.xlsx")
    ans.get_by_role("button", name="Bekijk wat er verandert").click()
    expect(ans.locator(".lede")).to_have_text("2 nieuw, 11 hetzelfde. Er is nog niets geschreven.")
    ans.get_by_role("button", name="Neem over als concept").click()
    expect(ans.get_by_role("status")).to_contain_text("Overgenomen als concept: 2 nieuw, 0 gewijzigd.")
    expect(ans.locator("#concepten ~ ul > li")).to_have_count(4)
    ans.get_by_role("link", name="Naar de werkplek").click()
    expect(ans.get_by_text("4 van 13 aspecten begonnen: 4 concept.")).to_be_visible()


def fill_in_sheet(path: Path) -> None:
    book = openpyxl.load_workbook(path)
    sheet = book["Bevindingen"]
    rows = {str(cell.value): cell.row for cell in sheet["A"]}
    columns = {str(cell.value): cell.column for cell in sheet[rows["Aspectsleutel"]]}
    for aspect, headline in (("monitoring", "Elk kwartaal een overzicht"), ("bewonersparticipatie", "Een panel")):
        typed = {"Kernzin": headline, "Tekst": f"{headline}, sinds 2026.", "Vindplaatsen": "S0 | Bladzijde 3"}
        for column, text in typed.items():
            sheet.cell(rows[aspect], columns[column]).value = text
    book.save(path)


def hear_the_municipality(ans: Page, ofa: Page) -> str:
    """A draft is sent out, read on paper, reacted to and answered; the reaction is taken up. Gives its address."""
    ans.goto("/werkplek/wederhoor/")
    ans.get_by_role("link", name="Stuur teksten voor wederhoor").click()
    ans.get_by_label("Gemeente", exact=True).select_option(label="Heerlen")
    ans.get_by_label("Soort").select_option(label="ambtelijk wederhoor (feiten)")
    ans.get_by_label("Reageren tot en met").fill((timezone.localdate() + timedelta(days=14)).isoformat())
    ans.get_by_role("checkbox", name="Bevinding: Eigen kaders: Heerlen-Noord").check()
    ans.get_by_role("button", name="Kijk na wat u verstuurt").click()
    expect(ans.get_by_role("alert")).to_contain_text("nog niemand beoordeelde")
    ans.get_by_role("checkbox", name="Ja, verstuur ook wat nog niemand beoordeelde").check()
    ans.get_by_role("button", name="Kijk na wat u verstuurt").click()
    expect(ans.get_by_role("main")).to_contain_text("Het portaal stuurt geen e-mail")
    ans.get_by_role("button", name="Verstuur").click()
    expect(ans.get_by_role("status")).to_contain_text("Verstuurd.")

    ofa.goto("/griffie/")
    ofa.get_by_role("link", name="Lees het en reageer").click()
    expect(ofa.get_by_text(TEXT)).to_be_visible()
    on_paper = ofa.request.get(
        ofa.get_by_role("link", name="PDF", exact=True).get_attribute("href") or "", timeout=PATIENCE * 1000
    )
    assert words(TEXT) in words_of(on_paper.body())
    ofa.get_by_label("Uw reactie").fill(REACTION)
    ofa.get_by_role("button", name="Bewaar alles als concept").click()
    ans.reload()
    expect(ans.get_by_text("Nog niet ontvangen.")).to_be_visible()
    ofa.get_by_role("button", name="Verstuur deze reactie").click()
    ofa.get_by_role("button", name="Verstuur", exact=True).click()
    expect(ofa.get_by_role("status")).to_contain_text("Verstuurd: één reactie.")

    ans.reload()
    ans.get_by_label("Uw antwoord").fill("Wij telden de doelen opnieuw.")
    ans.get_by_role("button", name="Bewaar alle nawoorden").click()
    hearing = ans.url.partition("#")[0]
    ans.get_by_role("button", name="Neem deze reactie op in de publicatie").click()
    ans.get_by_role("link", name="Schrijf verder").click()
    ans.get_by_label("Reactie van de gemeente").fill("Het kader noemt vijf doelen.")
    ans.get_by_role("button", name="Opslaan").click()
    expect(ans.get_by_role("alert")).to_contain_text("stuurde de gemeente niet zo")
    ans.get_by_label("Reactie van de gemeente").fill("Het kader noemt vier doelen.")
    ans.get_by_role("button", name="Opslaan").click()
    expect(ans.get_by_role("status")).to_have_text("Opgeslagen.")
    return hearing


def nobody_else_sees_any_of_it(enter: Enter, hearing: str) -> None:
    draft = FindingVersion.objects.get(headline=HEADLINE)
    text = f"/werkplek/gegevens/bevindingen/{draft.pk}/"
    for name in ("eva", "fay", "gus", "dre", ""):
        page = enter(name)
        for address in (text, f"{text}schrijf/", hearing, f"{hearing}wederhoor.pdf", FINDING):
            response = page.request.get(address)
            assert response.status in {403, 404} or "/inloggen/" in response.url, (name, address)
        for address in ("/werkplek/", "/werkplek/onder-embargo/", "/werkplek/wederhoor/", "/vergelijking/"):
            assert "eigen kader" not in page.request.get(address).text(), (name, address)


def review(ans: Page, bob: Page) -> None:
    """Bob asks something about one text, and cannot approve it until Ans has answered."""
    for title in ("Eigen kaders", "Verbonden partijen", "Monitoring", "Bewoners en de raad", "Ambtelijk wederhoor"):
        submit(ans, title)
    start_review(bob, "Eigen kaders")
    bob.get_by_label("Uw opmerking").fill("Wanneer was dat besluit?")
    bob.get_by_role("button", name="Plaats een opmerking").click()
    expect(bob.get_by_text("Er staat nog een opmerking open")).to_be_visible()
    expect(bob.get_by_role("button", name="Keur goed")).to_have_count(0)

    ans.goto("/werkplek/")
    expect(ans.get_by_text("1 opmerking te beantwoorden")).to_be_visible()
    ans.get_by_role("link", name="Eigen kaders: Heerlen-Noord").click()
    expect(ans.get_by_label("Uw antwoord")).to_be_in_viewport()
    ans.get_by_label("Uw antwoord").fill("Op 12 maart 2026; dat staat in de vindplaats.")
    ans.get_by_role("button", name="Beantwoord").click()
    expect(ans.get_by_role("status")).to_have_text("Beantwoord.")
    expect(ans.get_by_role("status")).to_be_in_viewport()

    for title in ("Eigen kaders", "Verbonden partijen", "Monitoring", "Bewoners en de raad", "Ambtelijk wederhoor"):
        start_review(bob, title)
        bob.get_by_role("button", name="Keur goed").click()
        expect(bob.get_by_role("status")).to_contain_text("Goedgekeurd.")


def submit(writer: Page, title: str) -> None:
    writer.goto("/werkplek/")
    writer.locator("#wacht ~ ul").get_by_role("link", name=title).click()
    writer.get_by_role("button", name="Geef ter beoordeling").click()
    expect(writer.get_by_role("status")).to_contain_text("Klaar voor beoordeling.")


def start_review(reviewer: Page, title: str) -> None:
    reviewer.goto("/werkplek/")
    reviewer.locator("#wacht ~ ul").get_by_role("link", name=title).click()
    expect(reviewer.get_by_role("button", name="Keur goed")).to_be_visible()


def publish_under_embargo(cis: Page) -> None:
    cis.goto("/werkplek/")
    cis.get_by_role("link", name="Kies wat u publiceert").click()
    expect(cis.get_by_role("checkbox")).to_have_count(5)
    expect(cis.get_by_role("checkbox", checked=True)).to_have_count(0)
    cis.get_by_role("link", name="Kies alles").click()
    cis.get_by_label("Wanneer").fill("2020-01-01T09:00")
    cis.get_by_role("button", name="Kijk na wat u publiceert").click()
    expect(cis.get_by_role("alert")).to_contain_text("Dat moment is voorbij.")
    tomorrow = timezone.localtime() + timedelta(days=1)
    cis.get_by_label("Wanneer").fill(f"{tomorrow:%Y-%m-%dT%H:%M}")
    cis.get_by_role("button", name="Kijk na wat u publiceert").click()
    expect(cis.get_by_role("heading", level=1)).to_have_text("U maakt 5 teksten openbaar")
    cis.get_by_role("button", name="Maak openbaar").click()
    expect(cis.get_by_role("status")).to_have_text("Klaargezet voor later: 5 teksten.")


def only_the_council_reads_it_early(enter: Enter) -> None:
    for name, reads in (("dre", True), ("gus", False)):
        page = enter(name)
        page.goto("/werkplek/onder-embargo/")
        expect(page.get_by_text(HEADLINE)).to_have_count(int(reads))
    visitor = enter()
    assert visitor.goto(FINDING).status == 404  # type: ignore[union-attr]


def four_days_pass() -> None:
    """For what waits for a moment to come."""
    earlier = "SET public_during = tstzrange(lower(public_during) - interval '4 days', NULL)"
    tables = ("findings_findingversion", "recommendations_reply")
    with without_triggers(*tables), connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"UPDATE {table} {earlier} WHERE number = 1 AND lower(public_during) > now()")
        cursor.execute("UPDATE sources_scheduledchange SET moment = moment - interval '4 days' WHERE moment > now()")


def readers_see_it(visitor: Page) -> None:
    visitor.goto(f"/vergelijking/?ronde={ROUND}")
    expect(visitor.get_by_role("columnheader", name="Heerlen")).to_be_visible()
    expect(visitor.get_by_text("Niet vergelijkbaar")).to_be_visible()
    visitor.get_by_role("link", name=HEADLINE).click()
    expect(visitor.get_by_role("heading", level=1)).to_have_text(HEADLINE)
    expect(visitor.get_by_text("Het kader noemt vier doelen.")).to_be_visible()
    expect(visitor.get_by_text("Wij telden de doelen opnieuw.")).to_be_visible()
    expect(visitor.get_by_text("Bel ons gerust.")).to_have_count(0)
    expect(visitor.locator("#levenslijn ~ ol > li")).to_have_count(2)


def correct_it(ans: Page, bob: Page, cis: Page) -> None:
    """A correction says what it corrects."""
    ans.goto("/werkplek/gegevens/bevindingen/")
    ans.get_by_role("link", name="Eigen kaders: Heerlen-Noord").click()
    ans.get_by_role("button", name="Verbeter deze tekst").click()
    ans.get_by_label("Tekst", exact=True).fill(TEXT.replace("drie", "vier"))
    ans.get_by_role("button", name="Sla op en bekijk").click()
    expect(ans.locator("#tekst ~ dl")).to_contain_text("vier doelen")
    ans.get_by_role("button", name="Geef ter beoordeling").click()
    expect(ans.get_by_role("alert")).to_contain_text("Vul eerst in wat er verbeterd is")
    ans.get_by_role("link", name="Vul eerst in wat er verbeterd is").click()
    expect(ans.get_by_text("Wat er verbeterd is (erratum)", exact=True)).to_be_in_viewport()
    ans.get_by_label("Wat er verbeterd is (erratum)").fill("Er zijn vier doelen; er stond drie.")
    ans.get_by_role("button", name="Opslaan").click()
    expect(ans.get_by_role("status")).to_be_in_viewport()
    submit(ans, "Eigen kaders")
    start_review(bob, "Eigen kaders")
    expect(bob.locator("del")).to_have_text("weg: drie")
    bob.get_by_role("button", name="Keur goed").click()
    cis.goto("/werkplek/publiceren/?kies=alles")
    cis.get_by_role("button", name="Kijk na wat u publiceert").click()
    cis.get_by_role("button", name="Maak openbaar").click()
    expect(cis.get_by_role("status")).to_contain_text("Gepubliceerd: Eigen kaders: Heerlen-Noord")


def look_back(visitor: Page) -> None:
    visitor.goto(FINDING)
    text = visitor.locator("#bevinding ~ .sheet")
    expect(text).to_contain_text("vier doelen en een bedrag")
    expect(visitor.get_by_text("Er zijn vier doelen; er stond drie.")).to_have_count(2)
    yesterday = timezone.now() - timedelta(days=1)
    visitor.goto(f"{FINDING}?op={timezone.localdate(yesterday)}")
    expect(text).to_contain_text("drie doelen en een bedrag")
    readable = FindingVersion.objects.filter(record__slug=FINDING.split("/")[2])
    assert readable.as_of(yesterday).get().text == TEXT
    assert readable.as_of(timezone.now()).get().text == TEXT.replace("drie", "vier")
    assert not readable.as_of(yesterday - timedelta(days=7)).exists()


def withdraw_one(cis: Page, visitor: Page) -> None:
    cis.goto("/werkplek/gegevens/bevindingen/")
    cis.get_by_role("link", name="Bewoners en de raad: Heerlen-Noord, Vervolg 2025-2027").click()
    cis.get_by_role("button", name="Trek in").click()
    expect(cis.get_by_role("alert")).to_contain_text("Zeg waarom u deze tekst intrekt.")
    cis.get_by_label("Waarom (lezers zien dit)").fill("Het panel was van een andere wijk.")
    cis.get_by_role("button", name="Trek in").click()
    expect(cis.get_by_role("status")).to_contain_text("Ingetrokken.")
    visitor.goto(f"/bevindingen/bewonersparticipatie-heerlen-noord-{ROUND}/")
    expect(visitor.get_by_text("Het panel was van een andere wijk.").first).to_be_visible()


def start_another_round(cis: Page, ans: Page, visitor: Page) -> None:
    """Its cells are empty; the earlier text stands beside the form, and the earlier rounds in the line of life."""
    cis.goto(f"/werkplek/ronden/{ROUND}/verder/")
    cis.get_by_role("button", name="Zet op: gepubliceerd").click()
    expect(cis.get_by_role("status")).to_contain_text("is nu: gepubliceerd")
    cis.goto("/werkplek/ronden/nieuw/")
    for label, text in {"Naam": "Derde ronde", "Korte naam": "Derde"}.items():
        cis.get_by_label(label, exact=True).first.fill(text)
    cis.get_by_label("Eerste jaar").fill("2027")
    cis.get_by_label("Laatste jaar").fill("2029")
    cis.get_by_label("Toelichting").fill("De rekenkamers kijken opnieuw.")
    cis.get_by_label("Vindplaats: document").select_option(index=1)
    cis.get_by_label("Vindplaats: plaats in het document").fill("Vooruitblik")
    cis.get_by_role("button", name="Begin de ronde").click()
    expect(cis.get_by_role("heading", level=1)).to_have_text("Meedoen aan Derde ronde")
    take_part(cis, "Heerlen-Noord", "Rekenkamer Heerlen", "derde-ronde")

    ans.goto("/werkplek/")
    expect(ans.get_by_role("heading", name="Heerlen-Noord, Derde ronde")).to_be_visible()
    expect(ans.get_by_text("0 van 13 aspecten begonnen")).to_be_visible()
    open_cell(ans, "Eigen kaders")
    expect(ans.get_by_label("Tekst", exact=True)).to_have_value("")
    beside = ans.locator("aside .sheet", has_text="Hier, in Vervolg 2025-2027")
    expect(beside).to_contain_text(TEXT.replace("drie", "vier"))

    visitor.goto("/vergelijking/")  # a round that has only begun is there to choose, and not the first thing to see
    expect(visitor.get_by_role("link", name=HEADLINE, exact=True)).to_be_visible()
    visitor.goto("/vergelijking/?ronde=derde-ronde")
    expect(visitor.locator(".matrix-row")).to_have_count(13)
    expect(visitor.get_by_role("link", name=HEADLINE)).to_have_count(0)
    visitor.goto(FINDING)
    line = visitor.locator("#levenslijn ~ ol > li")
    expect(line).to_have_count(3)
    expect(line.nth(0)).to_contain_text("Startonderzoek 2023-2025")
    expect(line.nth(1)).to_contain_text("deze pagina")
    expect(line.nth(2)).to_contain_text("nog niet gepubliceerd")


def test_what_waits_for_a_moment_opens_by_itself(portal: Portal, enter: Enter) -> None:
    draft = text_in("approved", "link-raadsvoorstellen", portal.people)
    address, visitor, cis = f"/bevindingen/{draft.record.slug}/", enter().request, enter("cis")
    assert LONG not in visitor.get(address).text()
    cis.goto("/werkplek/publiceren/")
    for box in cis.get_by_role("checkbox").all():
        box.set_checked("NPLV in andere raadsvoorstellen" in box.locator("..").inner_text())
    moment = timezone.localtime() + timedelta(seconds=6)
    # a browser gives whole minutes; the portal takes any moment
    cis.get_by_label("Wanneer").evaluate("(field, at) => { field.type = 'text'; field.value = at; }", f"{moment:%FT%T}")
    cis.get_by_role("button", name="Kijk na wat u publiceert").click()
    cis.get_by_role("button", name="Maak openbaar").click()
    expect(cis.get_by_role("status")).to_have_text(re.compile("^Klaargezet voor later: "))
    is_early = LONG in visitor.get(address).text()
    assert not is_early or timezone.now() > moment - timedelta(seconds=1)
    time.sleep(max(0.0, (moment - timezone.now()).total_seconds()))
    assert LONG in visitor.get(address).text()


# --- What is typed survives ---


def draft_of(aspect: str, by: User) -> FindingVersion:
    """The correction of a text that is public, begun by someone."""
    slug = f"{aspect}-heerlen-noord-start-2023-2025"
    public = FindingVersion.objects.as_of(timezone.now()).get(record__slug=slug)
    draft: FindingVersion = work.start_next(BEVINDINGEN, public, by=by)  # type: ignore[assignment]
    return draft


def page_of(version: FindingVersion) -> str:
    return f"/werkplek/gegevens/bevindingen/{version.pk}/"


def lose_the_connection(page: Page) -> Page:
    page.context.set_offline(True)
    page.get_by_role("button", name="Opslaan").click()
    expect(page.get_by_role("button", name="Opslaan")).to_be_hidden()
    page.context.set_offline(False)
    return page


def lose_the_session(page: Page) -> Page:
    """On the server, while one types; one signs in again and comes back to the form by oneself."""
    address = page.url
    end_session(page)
    page.get_by_role("button", name="Opslaan").click()
    sign_in_again(page, "mia@example.nl")
    expect(page).to_have_url(address)
    return page


def close_the_tab(page: Page) -> Page:
    page.close()
    return page.context.new_page()


def load_the_page_again_and_close_the_tab(page: Page) -> Page:
    page.reload()
    return close_the_tab(page)


def be_refused_and_close_the_tab(page: Page) -> Page:
    page.get_by_label("Kernzin").fill("")
    page.get_by_role("button", name="Opslaan").click()
    expect(page.get_by_role("alert")).to_contain_text("Document: Dit veld is verplicht")  # a place without one
    expect(page.get_by_text(KEPT)).to_have_count(0)
    expect(page.get_by_label("Tekst", exact=True)).to_have_value(re.compile(f"^{TYPED}"))
    return close_the_tab(page)


def end_session(page: Page) -> None:
    (key,) = (cookie["value"] for cookie in page.context.cookies() if cookie["name"] == settings.SESSION_COOKIE_NAME)
    Session.objects.get(session_key=key).delete()


def sign_in_again(page: Page, email: str) -> None:
    """Where the portal asks for it. Each half minute has one code, which works once."""
    page.get_by_label("E-mailadres").fill(email)
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()
    for later in (0, 1, -1):
        page.get_by_label("Code", exact=True).fill(code(later))
        page.get_by_role("button", name="Log in", exact=True).click()
        if "/inloggen/" not in page.url:
            return
    raise AssertionError(page.content())


@pytest.mark.parametrize(
    "mishap",
    [
        lose_the_connection,
        lose_the_session,
        close_the_tab,
        load_the_page_again_and_close_the_tab,
        be_refused_and_close_the_tab,
    ],
)
def test_typed_text_survives(portal: Portal, enter: Enter, mishap: Callable[[Page], Page]) -> None:
    address = f"{page_of(draft_of('schriftelijke-informatie', portal.people['mia']))}schrijf/"
    page, typed = enter("mia"), f"{TYPED} ({mishap.__name__})"
    page.goto(address)
    page.get_by_label("Tekst", exact=True).fill(typed)
    page.get_by_label("Plaats in het document").last.fill("Bladzijde 4")
    page = mishap(page)
    page.goto(address)
    expect(page.get_by_text(KEPT)).to_be_visible()
    expect(page.get_by_label("Tekst", exact=True)).not_to_have_value(typed)
    page.get_by_role("button", name="Zet terug").click()
    expect(page.get_by_label("Tekst", exact=True)).to_have_value(typed)
    expect(page.get_by_label("Plaats in het document").last).to_have_value("Bladzijde 4")
    page.get_by_label("Plaats in het document").last.fill("")
    page.get_by_label("Kernzin").fill("Gered")
    page.get_by_role("button", name="Opslaan").click()
    expect(page.get_by_role("status")).to_have_text("Opgeslagen.")
    page.goto(address)
    expect(page.get_by_label("Tekst", exact=True)).to_have_value(typed)
    expect(page.get_by_text(KEPT)).to_have_count(0)


def test_nobody_hands_in_a_text_without_what_they_typed_in_it(portal: Portal, enter: Enter) -> None:
    draft = draft_of("kaders", portal.people["mia"])
    FindingVersion.objects.filter(pk=draft.pk).update(erratum="Iets verbeterd.")
    said = "Dit hoort erbij."
    waits = "U typte iets in deze tekst dat nog niet is opgeslagen."
    page = enter("mia")
    page.goto(f"{page_of(draft)}schrijf/")
    page.get_by_label("Tekst", exact=True).fill(said)
    page.get_by_label("Kruimelpad").get_by_role("link").last.click()
    page.get_by_role("button", name="Geef ter beoordeling").click()
    expect(page.get_by_text(waits)).to_be_in_viewport()
    page.get_by_role("link", name="Ga verder met wat u typte").click()
    page.get_by_role("button", name="Zet terug").click()
    page.get_by_role("button", name="Sla op en bekijk").click()
    expect(page.locator("#tekst ~ dl")).to_contain_text(said)
    expect(page.get_by_text(waits)).to_have_count(0)

    elsewhere = page.context.new_page()
    elsewhere.goto(f"{page_of(draft)}schrijf/")
    elsewhere.get_by_label("Tekst", exact=True).fill("Ook dit nog.")
    page.get_by_role("button", name="Geef ter beoordeling").click()
    expect(page.get_by_text(waits)).to_be_visible()
    page.get_by_role("button", name="Gooi weg").click()
    page.get_by_role("button", name="Geef ter beoordeling").click()
    expect(page.get_by_role("status")).to_contain_text("Klaar voor beoordeling.")
    draft.refresh_from_db()
    assert (draft.text, draft.stage) == (said, Stage.IN_REVIEW)


def test_who_shares_the_browser_gets_no_text_of_another(portal: Portal, enter: Enter) -> None:
    address = f"{page_of(draft_of('kaders', portal.people['mia']))}schrijf/"
    page = enter("mia")
    page.goto(address)
    page.get_by_label("Tekst", exact=True).fill(TYPED)
    page = close_the_tab(page)
    mia = page.context.cookies()
    page.context.clear_cookies()
    page.context.add_cookies(enter("bob").context.cookies())  # type: ignore[arg-type]
    page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_text(KEPT)).to_have_count(0)
    page.context.clear_cookies()
    page.context.add_cookies(mia)  # type: ignore[arg-type]
    page.goto(address)
    page.get_by_role("button", name="Gooi weg").click()
    page.reload()
    expect(page.get_by_text(KEPT)).to_have_count(0)


def test_a_remark_in_a_review_survives_the_end_of_the_session(portal: Portal, enter: Enter) -> None:
    draft = draft_of("programmabureau", portal.people["bob"])
    FindingVersion.objects.filter(pk=draft.pk).update(erratum="Iets verbeterd.", stage=Stage.IN_REVIEW)
    page = enter("mia")
    page.goto(page_of(draft))
    page.get_by_label("Uw opmerking").fill(TYPED)
    end_session(page)
    page.get_by_role("button", name="Plaats een opmerking").click()
    sign_in_again(page, "mia@example.nl")
    page.get_by_role("button", name="Zet terug").click()
    page.get_by_role("button", name="Plaats een opmerking").click()
    expect(page.get_by_role("status")).to_have_text("Opmerking geplaatst.")
    expect(page.locator("#opmerkingen")).to_contain_text(TYPED)


def test_reactions_in_a_right_of_reply_survive_a_closed_tab(portal: Portal, enter: Enter) -> None:
    mia = portal.people["mia"]
    hearing = hearing_of([draft_of(aspect, mia) for aspect in ("gebiedsplan", "monitoring")], mia)
    page = enter("ofa")
    page.goto(hearing)
    first, second = page.get_by_label("Uw reactie").all()
    first.fill(TYPED)
    second.fill("Dit was in juni.")
    page = close_the_tab(page)
    page.goto(hearing)
    page.get_by_role("button", name="Zet terug").click()
    first, second = page.get_by_label("Uw reactie").all()
    expect(first).to_have_value(TYPED)
    expect(second).to_have_value("Dit was in juni.")
    page.get_by_role("button", name="Verstuur deze reactie").first.click()
    page.get_by_role("button", name="Verstuur", exact=True).click()
    expect(page.get_by_role("status")).to_have_text("Verstuurd: één reactie. De rest is bewaard als concept.")
    expect(page.get_by_text(TYPED)).to_be_visible()
    expect(page.get_by_label("Uw reactie")).to_have_value("Dit was in juni.")
    expect(page.get_by_text(KEPT)).to_have_count(0)


def test_without_javascript_no_button_loses_what_was_typed_at_another_text(portal: Portal, enter: Enter) -> None:
    mia = portal.people["mia"]
    hearing = hearing_of([draft_of(aspect, mia) for aspect in ("gebiedsplan", "monitoring")], mia)
    page = enter("ofa", java_script_enabled=False)
    page.goto(hearing)
    first, second = page.get_by_label("Uw reactie").all()
    second.fill("Bij de tweede.")
    first.fill("Bij de eerste.")
    page.get_by_role("button", name="Bewaar alles als concept").click()
    first, second = page.get_by_label("Uw reactie").all()
    expect(first).to_have_value("Bij de eerste.")
    expect(second).to_have_value("Bij de tweede.")


def test_of_two_officials_the_second_sees_both_reactions_and_what_the_first_wrote_elsewhere(
    portal: Portal, enter: Enter
) -> None:
    mia = portal.people["mia"]
    hearing = hearing_of([draft_of(aspect, mia) for aspect in ("gebiedsplan", "monitoring")], mia)
    early, late = enter("ofa"), enter("ofa")
    early.goto(hearing)
    late.goto(hearing)
    early.get_by_label("Uw reactie").first.fill("Het was in mei.")
    early.get_by_label("Uw reactie").last.fill("Er zijn er vier.")
    early.get_by_role("button", name="Bewaar alles als concept").click()
    expect(early.get_by_role("status")).to_contain_text("Bewaard als concept.")
    late.get_by_label("Uw reactie").first.fill("Het was in juni.")
    late.get_by_role("button", name="Verstuur alle reacties").click()
    expect(late.get_by_role("alert")).to_contain_text("Iemand anders heeft hier intussen iets anders bewaard")
    expect(late.locator(".changes del")).to_contain_text("mei")
    expect(late.get_by_label("Uw reactie").first).to_have_value("Het was in juni.")
    expect(late.get_by_label("Uw reactie").last).to_have_value("Er zijn er vier.")
    expect(late.get_by_text(KEPT)).to_have_count(0)
    late.get_by_role("button", name="Verstuur alle reacties").click()
    expect(late.get_by_role("main")).to_contain_text("Er zijn er vier.")
    late.get_by_role("button", name="Verstuur", exact=True).click()
    expect(late.get_by_role("status")).to_contain_text("Verstuurd: twee reacties.")


def hearing_of(drafts: list[FindingVersion], by: User) -> str:
    """Its address."""
    place = drafts[0].record.focus_area.municipality
    data = {"municipality": place.pk, "kind": "official", "deadline": timezone.localdate().isoformat()}
    form = HearingForm(data, places=by.rights.writes)
    assert form.is_valid()
    hearing = hearings.start(form=form, chosen=[Item(BEVINDINGEN, draft) for draft in drafts], by=by)
    return f"/werkplek/wederhoor/{hearing.pk}/"


def test_a_reaction_that_was_left_unsaved_is_offered_at_the_text_that_it_is_about(portal: Portal, enter: Enter) -> None:
    drafts = [draft_of(aspect, portal.people["mia"]) for aspect in ("kaders", "monitoring")]
    address, ofa = hearing_of(drafts, portal.people["mia"]), enter("ofa")
    ofa.goto(address)
    ofa.get_by_label("Uw reactie").last.fill(TYPED)
    ofa.get_by_role("link", name="Opvolging").first.click()
    ofa.goto(address)
    expect(ofa.get_by_role("article").last).to_contain_text(KEPT)
    expect(ofa.get_by_text(KEPT)).to_have_count(1)
    ofa.get_by_role("button", name="Zet terug").click()
    expect(ofa.get_by_label("Uw reactie").last).to_have_value(TYPED)
    expect(ofa.get_by_label("Uw reactie").last).to_be_focused()
    expect(ofa.get_by_text(KEPT)).to_have_count(0)


def test_two_who_edit_one_text_both_see_both_and_the_second_types_nothing_again(portal: Portal, enter: Enter) -> None:
    address = f"{page_of(draft_of('mondelinge-informatie', portal.people['mia']))}schrijf/"
    mia, bob = enter("mia"), enter("bob")
    mia.goto(address)
    bob.goto(address)
    mia.get_by_label("Tekst", exact=True).fill("De raad hoort het in maart.")
    mia.get_by_role("button", name="Opslaan").click()
    bob.get_by_label("Tekst", exact=True).fill("De raad hoort het in juni.")
    bob.get_by_role("button", name="Opslaan").click()
    expect(bob.get_by_role("alert")).to_contain_text("Iemand anders heeft deze tekst intussen opgeslagen")
    expect(bob.locator(".changes del")).to_contain_text("maart")
    expect(bob.locator(".changes ins")).to_contain_text("juni")
    expect(bob.get_by_text(KEPT)).to_have_count(0)
    text = bob.get_by_label("Tekst", exact=True)
    expect(text).to_have_value("De raad hoort het in juni.")
    text.press("End")
    text.press_sequentially(" En in maart.")
    bob.get_by_role("button", name="Opslaan").click()
    expect(bob.get_by_role("status")).to_have_text("Opgeslagen.")
    expect(text).to_have_value("De raad hoort het in juni. En in maart.")
    expect(bob.get_by_text(KEPT)).to_have_count(0)


def test_text_that_comes_back_does_not_push_aside_what_a_colleague_saved_meanwhile(
    portal: Portal, enter: Enter
) -> None:
    address = f"{page_of(draft_of('mondelinge-informatie', portal.people['mia']))}schrijf/"
    mia, bob = enter("mia"), enter("bob")
    mia.goto(address)
    mia.get_by_label("Tekst", exact=True).fill("De tekst van Mia.")
    mia = close_the_tab(mia)
    bob.goto(address)
    bob.get_by_label("Tekst", exact=True).fill("De tekst van Bob.")
    bob.get_by_role("button", name="Opslaan").click()
    mia.goto(address)
    mia.get_by_role("button", name="Zet terug").click()
    mia.get_by_role("button", name="Opslaan").click()
    expect(mia.get_by_role("alert")).to_contain_text("Iemand anders heeft deze tekst intussen opgeslagen")
    expect(mia.locator(".changes")).to_contain_text("Bob")
    expect(mia.get_by_label("Tekst", exact=True)).to_have_value("De tekst van Mia.")


# --- Every page ---

ACTS_AS = {"secretary": "cis", "official": "ofa", "administrator": "ada", "clerk": "hub", "councillor": "dre"}
NAMES_OF_NOTHING = """() => ["aria-describedby", "aria-labelledby", "for", "href"]
    .flatMap(kind => [...document.querySelectorAll(`body [${kind}]`)].map(element => element.getAttribute(kind)))
    .filter(names => !names.includes("/"))
    .flatMap(names => names.replace("#", "").split(" "))
    .filter(name => !document.getElementById(name))"""
Act = Callable[[Page], Any]


class Stop(NamedTuple):
    """A page on the tour: who opens it, what they then do to come to the next one, and at which widths axe looks."""

    name: str
    address: str
    act: Act | None = None
    axe_at: tuple[int, ...] = (360, 768, 1440)

    def __str__(self) -> str:
        return f"{self.name} {self.address} {self.act.__name__ if self.act else ''}"


@dataclass
class Seen:
    """What was met on the tour: what axe found, what did not fit, the HTML as sent, and names in it of nothing."""

    axe: dict[str, list[str]] = field(default_factory=dict)
    wide: dict[str, list[int]] = field(default_factory=dict)
    html: dict[str, str] = field(default_factory=dict)
    lost: dict[str, list[str]] = field(default_factory=dict)

    def visit(self, page: Page, stop: Stop) -> None:
        response = page.goto(stop.address)
        if stop.act:
            with page.expect_navigation() as navigation:
                stop.act(page)
            response = navigation.value
        assert response
        self.html[str(stop)] = response.text()
        if lost := page.evaluate(NAMES_OF_NOTHING):
            self.lost[str(stop)] = lost
        page.add_script_tag(path=AXE)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
                self.wide.setdefault(str(stop), []).append(width)
            if width in stop.axe_at:
                self.ask_axe(page, stop, width)

    def ask_axe(self, page: Page, stop: Stop, width: int) -> None:
        for violation in page.evaluate(AXE_RUN, RULES)["violations"]:
            node = violation["nodes"][0]
            found = f"{width}: {violation['id']}: {node['target']} {node['failureSummary']}"
            self.axe.setdefault(str(stop), []).append(found)


@pytest.fixture(scope="module")
def seen(browser: Browser, portal: Portal) -> Seen:
    """The tour of all pages, each opened once."""
    found = Seen()
    stops = tour(portal.people)
    for name in dict.fromkeys(stop.name for stop in stops):
        context = browser.new_context(base_url=portal.address, bypass_csp=True)
        context.add_cookies([cookie_of(portal, name)])
        page = context.new_page()
        for stop in stops:
            if stop.name == name:
                found.visit(page, stop)
        context.close()
    return found


def tour(people: dict[str, User]) -> list[Stop]:
    mia, ofa = people["mia"], people["ofa"]
    texts = {stage: text_in(stage, aspect, people) for stage, aspect in ASPECTS.items()}
    draft, asked = texts["draft"], texts["in_review"]
    work.remark(BEVINDINGEN, asked, by=people["bob"], note=f"Waar staat {LONG}?")
    hearing = hearing_of([draft, asked], mia)
    for item in HearingItem.objects.filter(hearing=int(hearing.split("/")[3]))[:1]:
        hearings.react(item, text=f"Er is een {LONG}.", send=True, edition=0, by=ofa)
        hearings.answer(item, text=f"Wij noemen de {LONG}.", edition=1, by=mia)
        hearings.take_up(item, by=mia)
    emptied("raadsvoorstellen-acties")
    numbers = {
        "/werkplek/gegevens/bevindingen/1/": page_of(draft),
        "/werkplek/wederhoor/1/": hearing,
        "/werkplek/import/1/": rehearsal(people["cis"], {"Stand": "Geregeld", "Waarop de stand rust": ""}),
        "/werkplek/mensen/1/": f"/werkplek/mensen/{people['bob'].memberships.get().pk}/",
        "/griffie/overgenomen/1/": f"/griffie/overgenomen/{taken_over(people['hub'])}/",
        "/griffie/dossiers/1/": dossier_of(people["cis"]),
    }
    return [
        *addresses_of_the_list(numbers),
        *(Stop("bob", page_of(text)) for text in texts.values()),
        Stop("mia", page_of(asked)),
        Stop("mia", f"{page_of(asked)}schrijf/"),
        Stop("mia", "/werkplek/ronde/start-2023-2025/heerlen-noord/raadsvoorstellen-acties/"),
        Stop("ofa", hearing),
        Stop("dre", "/werkplek/onder-embargo/"),
        Stop("cis", page_of(texts["later"])),
        Stop("cis", page_of(texts["published"])),
        Stop("cis", rehearsal(people["cis"])),
        Stop("sys", "/werkplek/rekenkamers/nieuw/"),
        Stop("eva", "/werkplek/"),
        Stop("gus", "/werkplek/onder-embargo/"),
        *forms_of_every_kind(mia),
        Stop("mia", f"{page_of(draft)}schrijf/", conflict),
        Stop("mia", f"{page_of(draft)}schrijf/", mistake),
        Stop("mia", "/werkplek/gegevens/ontbreekt/nieuw/", press("Opslaan")),
        Stop("bob", page_of(asked), press("Plaats een opmerking")),
        Stop("ofa", hearing, press("Verstuur alle reacties")),
        Stop("ofa", hearing, check_reactions),
        Stop("mia", "/werkplek/wederhoor/nieuw/", check_texts),
        Stop("cis", "/werkplek/ronden/nieuw/", mistaken_round),
        Stop("cis", "/werkplek/wederhoor/nieuw/", press("Kijk na wat u verstuurt")),
        Stop("cis", "/werkplek/ronden/start-2023-2025/deelnemers/", press("Meld aan")),
        Stop("cis", "/werkplek/publiceren/", publish_nothing),
        Stop("cis", "/werkplek/import/", press("Bekijk wat er verandert")),
        Stop("sys", "/werkplek/rekenkamers/nieuw/", press("Voeg toe")),
        Stop("hub", "/griffie/overgenomen/heerlen/noteer/", press("Noteer")),
        Stop("hub", "/voorbeelden/?overgenomen=ja"),
        Stop("hub", "/voorbeelden/van-wijken-weten/"),
        Stop("hub", "/gemeenten/heerlen/voorbeelden/"),
        Stop("hub", "/bevindingen/mondelinge-informatie-heerlen-noord-start-2023-2025/"),
    ]


ASPECTS = {
    "draft": "onderschrijving-doel",
    "in_review": "vertaling-doel",
    "approved": "verbinding-beleid",
    "later": "monitoring",
    "published": "overzicht-middelen",
    "withdrawn": "bewonersparticipatie",
}


def dossier_of(by: User) -> str:
    edition = worked_on(asked(signed_in(by), "jaaroverzicht", title=f"De {LONG}", keep_as=LONG[:80]))
    return f"/griffie/dossiers/{edition.dossier_id}/"


def text_in(stage: str, aspect: str, people: dict[str, User]) -> FindingVersion:
    """By Mia, with a very long word in it, brought to this stage by the others."""
    version = draft_of(aspect, people["mia"])
    version.text = f"{version.text}\n\n{LONG} {LONG}"
    version.remark, version.erratum = f"De {LONG} is er nog niet.", f"De {LONG} staat er nu bij."
    version.save()
    if stage != "draft":
        work.submit(BEVINDINGEN, version, by=people["mia"])
    if stage not in {"draft", "in_review"}:
        work.approve(BEVINDINGEN, version, by=people["bob"])
    if stage in {"later", "published", "withdrawn"}:
        at = timezone.now() + timedelta(days=3 if stage == "later" else 0)
        work.release([(BEVINDINGEN, version)], at=at, by=people["cis"])
    if stage == "withdrawn":
        work.withdraw(BEVINDINGEN, version, by=people["cis"], note=f"De {LONG} klopte niet.")
    return version


def taken_over(by: User) -> int:
    """Of Arnhem by Heerlen, with long words, corrected; and another that fell away."""
    said = {
        "municipality": Municipality.objects.get(slug="heerlen"),
        "since": "2025-03",
        "link": "https://example.nl/1",
    }
    said |= {"entered_at": timezone.now(), "entered_by": by, "text": f"Wij hebben een {LONG}."}
    first, gone = (GoodPractice.objects.get(slug=slug) for slug in ("van-wijken-weten", "inwoners-gesprek-raadsleden"))
    said |= {"aspect": Aspect.objects.get(slug="mondelinge-informatie")}
    wrong = Reuse.objects.create(slug="overgenomen", practice=first, **said)
    wrong.pk, wrong.slug, wrong.corrects_id = None, "verbeterd", wrong.pk
    wrong.save()
    retract(Reuse.objects.create(slug="vervalt", practice=gone, **said), why=f"Zie de {LONG}.", by=by)
    return int(wrong.pk)


def rehearsal(by: User, wrong: dict[str, str] | None = None) -> str:
    """The address of a sheet that was sent, with a new, a changed and many equal rows; and a wrong one, if asked."""
    new = {"Kernzin": "De raad behandelt acties", "Tekst": f"In de {LONG}.", "Vindplaatsen": "S0 | Bladzijde 3"}
    rows = {"raadsvoorstellen-acties": new, "kaders": {"Opmerking": f"Zie de {LONG}.", "Erratum": "Opmerking erbij."}}
    if wrong:
        rows["gebiedsplan"] = wrong
    response = send(signed_in(by), filled(rows))
    return str(response.request["PATH_INFO"])


def addresses_of_the_list(numbers: dict[str, str]) -> Iterator[Stop]:
    for name, closed in SIGNED_IN.items():
        if closed.posts or name.endswith(("_xlsx", "_ods", "_csv", "_pdf", "_sheet", "_file")):
            continue
        address = next((closed.address.replace(old, new) for old, new in numbers.items() if old in closed.address), "")
        role = next((role for role in ACTS_AS if role in closed.roles), "")
        yield Stop(ACTS_AS.get(role, "sys"), address or closed.address)


def forms_of_every_kind(writer: User) -> Iterator[Stop]:
    """A new one where one may begin it, and one that is there."""
    for kind in KINDS:
        if not kind.begins:
            yield Stop("mia", f"/werkplek/gegevens/{kind.slug}/nieuw/", axe_at=(768,))
        path = kind.model.municipality_path
        own = kind.versions.filter(**{f"{path}__slug": "heerlen"}) if path else kind.versions
        version = own.as_of(timezone.now()).first() or own.get()
        draft = work.start_next(kind, version, by=writer)
        yield Stop("mia", f"/werkplek/gegevens/{kind.slug}/{draft.pk}/schrijf/", axe_at=(768,))


def press(label: str) -> Act:
    def pressed(page: Page) -> None:
        page.get_by_role("button", name=label).first.click()

    return pressed


def conflict(page: Page) -> None:
    page.locator("[name=edition]").evaluate("field => { field.value = 0; }")
    page.get_by_label("Tekst", exact=True).fill(f"Een heel andere tekst over de {LONG}.")
    page.get_by_role("button", name="Opslaan").click()


def mistake(page: Page) -> None:
    page.get_by_label("Kernzin").fill("")
    page.get_by_label("Plaats in het document").last.fill("Zonder document")
    page.get_by_role("button", name="Opslaan").click()


def check_reactions(page: Page) -> None:
    page.get_by_label("Uw reactie").first.fill(f"Dit gaat over de {LONG}.")
    page.get_by_role("button", name="Verstuur alle reacties").click()


def check_texts(page: Page) -> None:
    page.get_by_label("Gemeente", exact=True).select_option(label="Heerlen")
    page.get_by_label("Soort").select_option(index=1)
    page.get_by_label("Reageren tot en met").fill(timezone.localdate().isoformat())
    page.get_by_role("checkbox", name="in beoordeling").first.check()
    page.get_by_role("button", name="Kijk na wat u verstuurt").click()


def mistaken_round(page: Page) -> None:
    page.get_by_label("Vergelijkbaar met de vorige ronde").first.uncheck()
    page.get_by_role("button", name="Begin de ronde").click()


def publish_nothing(page: Page) -> None:
    for box in page.get_by_role("checkbox").all():
        box.uncheck()
    page.get_by_role("button", name="Kijk na wat u publiceert").click()


def test_axe_finds_nothing_on_any_page_behind_the_door(seen: Seen) -> None:
    assert not seen.axe, json.dumps(seen.axe, indent=1)


def test_every_name_of_another_element_is_the_name_of_one(seen: Seen) -> None:
    assert not seen.lost


def test_no_page_behind_the_door_needs_sideways_scrolling(seen: Seen) -> None:
    assert not seen.wide


def test_the_html_behind_the_door_is_valid(seen: Seen, tmp_path: Path) -> None:
    for number, (stop, html) in enumerate(seen.html.items()):
        assert not re.search(r"\sstyle=|<style|\son[a-z]+=", html), stop
        (tmp_path / f"{number:03}{re.sub(r'[^a-z0-9]+', '_', stop)}.html").write_text(html)
    command = ["java", "-jar", str(CHECKER), "--errors-only", "--format", "gnu", str(tmp_path)]
    outcome = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert outcome.returncode == 0, outcome.stderr[:4000]


def test_a_text_is_written_and_given_on_with_the_keyboard_alone(portal: Portal, enter: Enter) -> None:
    draft = draft_of("schriftelijke-informatie", portal.people["mia"])
    page = enter("mia")
    page.goto(f"{page_of(draft)}schrijf/")
    tab_to(page, page.get_by_label("Tekst", exact=True))
    page.keyboard.press("Control+A")
    page.keyboard.type("Met het toetsenbord geschreven.")
    tab_to(page, page.get_by_label("Wat er verbeterd is (erratum)"))
    page.keyboard.type("Opnieuw geschreven.")
    tab_to(page, page.get_by_role("button", name="Opslaan"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("Opgeslagen.")
    tab_to(page, page.get_by_role("button", name="Sla op en bekijk"))
    page.keyboard.press("Enter")
    page.wait_for_url(page_of(draft))
    tab_to(page, page.get_by_role("button", name="Geef ter beoordeling"))
    page.keyboard.press("Space")
    expect(page.get_by_role("status")).to_contain_text("Klaar voor beoordeling.")
    draft.refresh_from_db()
    assert (draft.text, draft.stage) == ("Met het toetsenbord geschreven.", Stage.IN_REVIEW)


def tab_to(page: Page, wanted: Locator) -> None:
    """The focus is seen all the way."""
    for _ in range(80):
        page.keyboard.press("Tab")
        assert ring(page), page.evaluate("document.activeElement.outerHTML")
        if wanted.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"not within reach: {wanted}")
