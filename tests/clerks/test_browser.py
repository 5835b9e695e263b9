"""One recommendation through the whole chain in two cities, in a real browser, and what readers see of it on six days.

The portal takes what happens as it happens. So after each of these days what was entered is put back to that day.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import pytest
from django.db import connection
from django.utils import timezone
from icalendar import Calendar
from openpyxl import load_workbook
from playwright.sync_api import Browser, Page, expect

from focusareas.models import Municipality
from nplv_portal.accounts.models import User
from nplv_portal.lib.versions import Stage
from recommendations.models import FollowUpEvent, Recommendation, RecommendationVersion, Step
from tests.accounts.actors import PASSWORD, code, someone
from tests.conftest import Mailbox, copied_database, free_port, running_portal, without_triggers
from tests.workplace.people import person
from tests.workplace.test_browser import Enter, Portal, enter  # noqa: F401

pytestmark = pytest.mark.usefixtures("db")

HEERLEN, ARNHEM = "heerlen", "arnhem"
INZICHT = "inzicht"
LOCAL = {HEERLEN: "heerlen-2-inzicht-financien", ARNHEM: "arnhem-1-jaarbericht"}
LINK = "https://raad.example.nl/stuk/12"
PDF = b"%PDF-1.7\nbesluitenlijst"


@pytest.fixture(scope="module")
def portal(
    browser: Browser,
    django_db_setup: None,
    static_files: None,
    django_db_blocker: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Portal]:
    with (
        django_db_blocker.unblock(),  # type: ignore[attr-defined]
        copied_database(),
        running_portal(free_port(), tmp_path_factory.mktemp("server")) as address,
    ):
        advise_arnhem()
        yield Portal(address, Mailbox(), hired())


@pytest.fixture
def db(portal: Portal) -> None:
    """In place of the one that rolls back: what a test saves here, the server sees."""


def hired() -> dict[str, User]:
    return {
        "gea": someone("gea", "clerk"),
        "ofa": person("ofa", "official"),
        "ans": person("ans", "researcher"),
        "cis": person("cis", "secretary"),
        "wim": person("wim", "clerk", ARNHEM),
        "bea": person("bea", "official", ARNHEM),
        "fay": person("fay", "researcher", ARNHEM),
        "eva": person("eva", "secretary", ARNHEM),
    }


def advise_arnhem() -> None:
    """The shipped data know local recommendations of Heerlen only."""
    umbrella = Recommendation.objects.get(slug=INZICHT)
    local = Recommendation.objects.create(
        slug=LOCAL[ARNHEM],
        kind="local",
        municipality=Municipality.objects.get(slug=ARNHEM),
        report=umbrella.report,
        number=90,
        serves_basis="Het gaat over hetzelfde.",
    )
    local.serves.add(umbrella)
    since = datetime.fromisoformat("2025-02-01T00:00+01:00")
    RecommendationVersion.objects.create(
        record=local,
        number=1,
        title="Jaarbericht",
        headline="Vraag elk jaar een bericht",
        text="Vraag elk jaar een bericht over het geld.",
        addressee="council",
        issued="2025-02-01",
        stage=Stage.PUBLISHED,
        public_during=(since, None),
    )


@contextmanager
def recorded_on(day: str) -> Iterator[None]:
    """What is entered meanwhile was entered at noon of that day."""
    last = FollowUpEvent.objects.order_by("-pk").values_list("pk", flat=True)[0]
    yield
    noon = timezone.make_aware(datetime.combine(date.fromisoformat(day), time(12)))
    with without_triggers("recommendations_followupevent"), connection.cursor() as cursor:
        cursor.execute("UPDATE recommendations_followupevent SET entered_at = %s WHERE id > %s", [noon, last])
        closed = "UPDATE recommendations_followupevent SET happened = %s WHERE id > %s AND step = 'closed'"
        cursor.execute(closed, [day, last])


def sign_in(page: Page, email: str) -> None:
    """By the way in that a clerk finds on the front page."""
    page.goto("/")
    page.get_by_role("link", name="Log in om besluiten, termijnen en voortgang te noteren").click()
    page.get_by_label("E-mailadres").fill(email)
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()
    for later in (0, 1, -1):
        page.get_by_label("Code", exact=True).fill(code(later))
        page.get_by_role("button", name="Log in", exact=True).click()
        if "/inloggen/" not in page.url:
            break
    expect(page.get_by_role("heading", level=1)).to_have_text("Opvolging van aanbevelingen")


def fill(page: Page, **typed: str) -> None:
    """The form of a step; `file` is a path, the rest is what one types."""
    if outcome := typed.pop("outcome", ""):
        page.get_by_role("radio", name=outcome, exact=True).check()
    if path := typed.pop("file", ""):
        page.get_by_label("Of een bestand").set_input_files(path)
    else:
        typed.setdefault("link", LINK)
    for name, text in typed.items():
        page.locator(f"[name={name}]").fill(text)
    page.get_by_role("button", name="Noteer").click()


def note(page: Page, place: str, slug: str, step: str, **typed: str) -> None:
    """A step that goes well."""
    page.goto(f"/griffie/{place}/{slug}/")
    page.get_by_role("region", name="Noteer").get_by_role("link", name=step, exact=True).click()
    fill(page, **typed)
    expect(page.get_by_role("status")).to_contain_text("Genoteerd")


# --- What happens ---


def heerlen(enter: Enter, folder: Path) -> None:  # noqa: F811
    """Taken over, extended, a mistake corrected, done, followed, closed by a second person."""
    gea, ofa, ans, cis = enter(), enter("ofa"), enter("ans"), enter("cis")
    sign_in(gea, "gea@example.nl")
    with recorded_on("2025-03-05"):
        note(gea, HEERLEN, INZICHT, "Standpunt van het college", outcome="overgenomen", happened="2025-03-04")
    with recorded_on("2025-03-20"):
        note(ans, HEERLEN, INZICHT, "Nawoord van de rekenkamer", happened="2025-03-18", text="Noem een datum.")
    with recorded_on("2025-04-02"):
        note(gea, HEERLEN, INZICHT, "Op de agenda gezet", happened="2025-04-15")
    with recorded_on("2025-04-16"):
        adopt_from_the_desk(gea, folder)
        adopt_local_ones(gea)
    with recorded_on("2026-03-11"):
        extend(gea)
    with recorded_on("2026-05-12"):
        note(
            ofa, HEERLEN, INZICHT, "Gemeld door de gemeente",
            outcome="afgerond", happened="2026-05-12", text="Er ligt een overzicht.",
        )  # fmt: skip
    with recorded_on("2026-05-14"):
        ofa.get_by_role("link", name="Verbeter deze regel").click()
        expect(ofa.get_by_role("textbox", name="Toelichting")).to_have_value("Er ligt een overzicht.")
        fill(ofa, outcome="bezig", text="Er ligt een eerste opzet.")
        expect(ofa.get_by_text("verbeterd, geldt niet meer", exact=True)).to_be_visible()
    with recorded_on("2026-08-20"):
        note(
            ofa, HEERLEN, INZICHT, "Gemeld door de gemeente",
            outcome="afgerond", happened="2026-08-20", text="Het overzicht is er.", file=kept(folder),
        )  # fmt: skip
    with recorded_on("2026-09-30"):
        note(
            ans, HEERLEN, INZICHT, "Vastgesteld door de rekenkamer",
            outcome="opgevolgd", happened="2026-09-29", text="Wij zagen het overzicht.",
        )  # fmt: skip
    with recorded_on("2026-10-06"):
        close_with_two(ans, cis)


def kept(folder: Path) -> str:
    path = folder / "besluitenlijst.pdf"
    path.write_bytes(PDF)
    return str(path)


def adopt_from_the_desk(gea: Page, folder: Path) -> None:
    """In less than a minute: one link on the desk, four things to fill in; what is forgotten is said."""
    begun = timezone.now()
    gea.goto("/griffie/")
    expect(gea.get_by_role("heading", name="Vergadering geweest, besluit nog niet genoteerd (1)")).to_be_visible()
    gea.get_by_role("link", name="Noteer het besluit bij Inzicht, Heerlen").click()
    gea.get_by_label("Toelichting").fill("De raad nam haar over.")
    gea.get_by_role("button", name="Noteer").click()
    alert = gea.get_by_role("alert")
    for said in ("Kies een uitkomst.", "Vul de dag in.", "Geef het adres van het stuk, of voeg het stuk"):
        expect(alert).to_contain_text(said)
    expect(gea.get_by_label("Toelichting")).to_have_value("De raad nam haar over.")
    fill(gea, outcome="overgenomen", happened="2025-04-15", file=kept(folder))
    expect(gea.get_by_role("status")).to_have_text(
        "Genoteerd: besluit van de raad. De termijn loopt tot en met 15 april 2026."
    )
    assert (timezone.now() - begun).total_seconds() < 60
    with gea.expect_download() as download:
        gea.get_by_role("link", name="Bestand: besluitenlijst.pdf").click()
    assert Path(download.value.path()).read_bytes() == PDF


def adopt_local_ones(gea: Page) -> None:
    """One paper about two of them."""
    gea.goto(f"/griffie/{HEERLEN}/{LOCAL[HEERLEN]}/decision/")
    gea.get_by_label("Monitoring en onderzoek").check()
    fill(gea, outcome="niet overgenomen", happened="2025-04-15", text="De raad vindt dit al geregeld.")
    expect(gea.get_by_role("status")).to_contain_text("ook bij één andere aanbeveling")


def extend(gea: Page) -> None:
    gea.goto(f"/griffie/{HEERLEN}/{INZICHT}/")
    gea.get_by_role("link", name="Nieuwe termijn").click()
    fill(gea, happened="2026-03-10", due_on="2026-04-15", text="De begroting kwam later.")
    expect(gea.get_by_role("alert")).to_contain_text("komt na de termijn die er al is: 15 april 2026")
    fill(gea, due_on="2026-09-15")
    expect(gea.get_by_role("status")).to_have_text("Genoteerd: nieuwe termijn.")


def close_with_two(ans: Page, cis: Page) -> None:
    note(
        ans, HEERLEN, INZICHT, "Voorstel om af te sluiten",
        outcome="uitgevoerd", happened="2026-10-05", text="Het overzicht komt nu elk jaar.",
    )  # fmt: skip
    expect(ans.get_by_text("Een collega van de rekenkamer bevestigt dit.")).to_be_visible()
    expect(ans.get_by_role("button", name="Sluit af")).to_have_count(0)
    cis.goto("/griffie/")
    cis.get_by_role("link", name="Bekijk het voorstel bij Inzicht, Heerlen").click()
    cis.get_by_role("button", name="Sluit af").click()
    expect(cis.get_by_role("status")).to_have_text("Afgesloten.")


def arnhem(enter: Enter) -> None:  # noqa: F811
    """Partly refused, amended, late, said to be done, established in part; closing is proposed and not confirmed."""
    wim, bea, fay = enter("wim"), enter("bea"), enter("fay")
    with recorded_on("2025-03-12"):
        note(
            wim, ARNHEM, INZICHT, "Standpunt van het college",
            outcome="deels overgenomen", happened="2025-03-11", text="Een aparte notitie wijst het college af.",
        )  # fmt: skip
    with recorded_on("2025-03-26"):
        note(fay, ARNHEM, INZICHT, "Nawoord van de rekenkamer", happened="2025-03-25", text="Die notitie blijft nodig.")
    with recorded_on("2025-05-22"):
        note(
            wim, ARNHEM, INZICHT, "Besluit van de raad",
            outcome="gewijzigd overgenomen", happened="2025-05-21", text="De raad wil het elk halfjaar.",
        )  # fmt: skip
        note(wim, ARNHEM, LOCAL[ARNHEM], "Besluit van de raad", outcome="overgenomen", happened="2025-05-21")
    with recorded_on("2026-07-02"):
        note(
            bea, ARNHEM, INZICHT, "Gemeld door de gemeente",
            outcome="afgerond", happened="2026-07-01", text="De raad kreeg het bericht.",
        )  # fmt: skip
    with recorded_on("2026-09-03"):
        note(
            fay, ARNHEM, INZICHT, "Vastgesteld door de rekenkamer",
            outcome="deels opgevolgd", happened="2026-09-02", text="Wij zagen één bericht, niet twee.",
        )  # fmt: skip
    with recorded_on("2026-10-20"):
        note(
            fay, ARNHEM, INZICHT, "Voorstel om af te sluiten",
            outcome="niet uitgevoerd", happened="2026-10-20", text="CANARY van een voorstel",
        )  # fmt: skip


def nobody_touches_the_other_city(enter: Enter) -> None:  # noqa: F811
    """Not to read, not to record, not to correct, not to close, and not the files."""
    before = list(FollowUpEvent.objects.values_list("pk", flat=True))
    for place, strangers in ((HEERLEN, ("wim", "bea", "fay", "eva")), (ARNHEM, ("gea", "ofa", "ans", "cis"))):
        entered = FollowUpEvent.objects.filter(municipality__slug=place, entered_by__isnull=False)
        here = f"/griffie/{place}/{INZICHT}/"
        steps = [f"{here}{step.value}/" for step in Step]
        events = [f"/griffie/stap/{event.pk}/{act}/" for event in entered for act in ("verbeter", "vervalt")]
        files = [f"/griffie/bewijs/{event.evidence_id}/" for event in entered if event.evidence_id]
        for name in strangers:
            page = enter(name)
            page.goto(f"/griffie/{ARNHEM if place == HEERLEN else HEERLEN}/{INZICHT}/")
            page.get_by_role("region", name="Noteer").get_by_role("link").first.click()
            token = page.locator("[name=csrfmiddlewaretoken]").first.input_value()
            read = [here, *steps, f"/griffie/{place}/{LOCAL[place]}/", *files]
            assert {address: page.request.get(address).status for address in read} == dict.fromkeys(read, 404), name
            sent = [*steps, f"{here}afsluiten/", *events]
            assert {address: post(page, address, token) for address in sent} == dict.fromkeys(sent, 404), name
            page.goto("/griffie/")
            expect(page.locator(f"#gemeente-{place}")).to_have_count(0)
    assert list(FollowUpEvent.objects.values_list("pk", flat=True)) == before


def post(page: Page, address: str, token: str) -> int:
    """What anyone of that city may send, with a valid token: it is not the form that stops it."""
    form: dict[str, str | float | bool] = {
        "csrfmiddlewaretoken": token, "key": "8a5f3f2e-2d1b-4a55-9f0c-000000000001", "outcome": "adopted",
        "happened": "2025-06-01", "due_on": "2027-01-01", "text": "Vreemd", "why": "Vreemd", "link": LINK,
    }  # fmt: skip
    return page.request.post(address, form=form, headers={"Referer": page.url}).status


# --- What readers see ---


class Seen(NamedTuple):
    """Of Inzicht in one city on one day."""

    told: str
    standing: str
    deadline: str  # in the table
    due: str | None  # in files and in the calendar while something is due
    reported: str
    established: str


NOTHING, NOT_YET = "Niets gemeld", "Nog niet onderzocht of dit is opgevolgd."
NO_DECISION = ("geen besluit bekend", "geen besluit bekend", "", None)
DAYS = {
    "2025-03-31": {
        HEERLEN: Seen(*NO_DECISION, "aparte paragraaf", NOT_YET),
        ARNHEM: Seen(*NO_DECISION, "aparte paragraaf", NOT_YET),
    },
    "2025-06-01": {
        HEERLEN: Seen("loopt tot en met 15 april 2026", "loopt", "15 april 2026", "2026-04-15", "paragraaf", NOT_YET),
        ARNHEM: Seen("loopt tot en met 21 mei 2026", "loopt", "21 mei 2026", "2026-05-21", "paragraaf", NOT_YET),
    },
    "2026-05-13": {  # the mistake has not been corrected yet
        HEERLEN: Seen(
            "afgerond volgens de gemeente, nog niet vastgesteld", "afgerond volgens de gemeente",
            "15 september 2026, eerst 15 april 2026", "2026-09-15", "Er ligt een overzicht.", NOT_YET,
        ),
        ARNHEM: Seen("loopt tot en met 21 mei 2026", "loopt", "21 mei 2026", "2026-05-21", "paragraaf", NOT_YET),
    },
    "2026-06-01": {
        HEERLEN: Seen(
            "loopt tot en met 15 september 2026", "loopt", "15 september 2026, eerst 15 april 2026", "2026-09-15",
            "Bezig, 12 mei 2026. Er ligt een eerste opzet.", NOT_YET,
        ),
        ARNHEM: Seen(
            "termijn verstreken op 21 mei 2026", "termijn verstreken", "21 mei 2026", "2026-05-21", "paragraaf", NOT_YET
        ),
    },
    "2026-08-31": {
        HEERLEN: Seen(
            "afgerond volgens de gemeente, nog niet vastgesteld", "afgerond volgens de gemeente",
            "15 september 2026, eerst 15 april 2026", "2026-09-15", "bestand “besluitenlijst.pdf”, niet openbaar",
            NOT_YET,
        ),
        ARNHEM: Seen(
            "afgerond volgens de gemeente, nog niet vastgesteld", "afgerond volgens de gemeente", "21 mei 2026",
            "2026-05-21", "Afgerond, 1 juli 2026. De raad kreeg het bericht.", NOT_YET,
        ),
    },
    "2026-10-25": {
        HEERLEN: Seen(
            "afgesloten: uitgevoerd", "afgesloten", "15 september 2026, eerst 15 april 2026", "2026-09-15",
            "Het overzicht is er.", "Uitgevoerd, 6 oktober 2026. Het overzicht komt nu elk jaar.",
        ),
        ARNHEM: Seen(
            "termijn verstreken op 21 mei 2026", "termijn verstreken", "21 mei 2026", "2026-05-21",
            "De raad kreeg het bericht.", "Deels opgevolgd, 2 september 2026. Wij zagen één bericht, niet twee.",
        ),
    },
}  # fmt: skip
DUE = {"loopt", "termijn verstreken"}
LOCAL_ON = {"2025-03-31": ("geen besluit bekend", "geen besluit bekend"), "2025-06-01": ("niet overgenomen", "loopt")}


def look(visitor: Page, day: str, seen: dict[str, Seen]) -> None:
    visitor.goto(f"/aanbevelingen/{INZICHT}/?op={day}")
    for place, expected in seen.items():
        article = visitor.locator(f"article[aria-labelledby=gemeente-{place}]")
        expect(article.locator(".chain-told")).to_have_text(expected.told)
        reported, established = article.locator(".voice").all()
        expect(reported).to_contain_text(expected.reported)
        expect(established).to_contain_text(expected.established)
        left, right = (voice.locator(".voice__who").bounding_box() for voice in (reported, established))
        assert left
        assert right
        assert left["y"] == right["y"], "side by side"
        assert left["x"] < right["x"]
    in_the_table(visitor, day, seen)
    in_files(visitor, day, seen)
    in_the_calendar(visitor, day, seen)
    assert "CANARY" not in visitor.content()


def in_the_table(visitor: Page, day: str, seen: dict[str, Seen]) -> None:
    visitor.goto(f"/aanbevelingen/?gemeente={HEERLEN}&gemeente={ARNHEM}&op={day}")
    row = visitor.locator("tr", has=visitor.locator(f".matrix-aspect[href^='/aanbevelingen/{INZICHT}/']"))
    for cell, place in zip(row.locator("td").all(), sorted(seen), strict=True):
        expect(cell.locator(".state")).to_have_text(seen[place].standing)
        assert f"Termijn {seen[place].deadline}" in cell.inner_text() or not seen[place].deadline
    for standing, local in zip(LOCAL_ON.get(day, ()), (LOCAL[HEERLEN], LOCAL[ARNHEM]), strict=False):
        shown = visitor.locator(".matrix-local", has=visitor.locator(f"a[href^='/aanbevelingen/{local}/']"))
        expect(shown.locator(".state")).to_have_text(standing)
    counted = [(link.inner_text(), link.get_attribute("href")) for link in visitor.locator(".counts a").all()]
    assert len(counted) > 2
    for text, address in counted:
        visitor.goto(str(address))
        number = re.match(r"\d+", text)
        assert number
        expect(visitor.locator(".matrix-local")).to_have_count(int(number[0]))


def in_files(visitor: Page, day: str, seen: dict[str, Seen]) -> None:
    told = json.loads(visitor.request.get(f"/aanbevelingen.json?op={day}").text())["opvolging"]
    book = load_workbook(BytesIO(visitor.request.get(f"/aanbevelingen.xlsx?op={day}").body()))
    head, *rows = book.worksheets[0].iter_rows(values_only=True)
    for place, expected in seen.items():
        name = place.capitalize()
        entry = next(e for e in told if e["aanbeveling"] == INZICHT and e["gemeente"] == name)
        assert (entry["stand"], entry["termijn"]) == (expected.standing, expected.due), (day, place)
        row = next(r for r in rows if (r[head.index("Aanbeveling")], r[head.index("Gemeente")]) == ("Inzicht", name))
        assert row[head.index("Stand")] == expected.standing
        termijn = row[head.index("Termijn")]
        assert termijn == expected.due if expected.due else str(termijn).startswith("geen, want")


def in_the_calendar(visitor: Page, day: str, seen: dict[str, Seen]) -> None:
    for place, expected in seen.items():
        answer = visitor.request.get(f"/volgen/gemeente/{place}.ics?op={day}")
        events = {str(e["summary"]): e.decoded("dtstart") for e in Calendar.from_ical(answer.body()).walk("VEVENT")}
        due = events.get(f"Termijn: Inzicht ({place.capitalize()})")
        assert (due and due.isoformat()) == (expected.due if expected.standing in DUE else None), (day, place)


def test_one_recommendation_goes_through_the_chain_in_two_cities_and_each_day_stays_what_it_was(
    enter: Enter,  # noqa: F811
    tmp_path: Path,
) -> None:
    heerlen(enter, tmp_path)
    arnhem(enter)
    nobody_touches_the_other_city(enter)
    visitor = enter()
    for day, seen in DAYS.items():
        look(visitor, day, seen)
    overdue_within_two_clicks(visitor)
    assert "CANARY" not in visitor.request.get("/volgen/gemeente/arnhem.atom").text()


def overdue_within_two_clicks(visitor: Page) -> None:
    """As a council member of Arnhem, on a phone."""
    visitor.set_viewport_size({"width": 360, "height": 800})
    visitor.goto("/")
    visitor.get_by_role("link", name="Zie welke aanbevelingen over de termijn zijn").click()
    visitor.get_by_role("checkbox", name="Arnhem", exact=True).check()
    expect(visitor.get_by_role("heading", level=1)).to_have_text("Aanbevelingen voor Arnhem")
    late = visitor.locator(".matrix-local")
    expect(late).to_have_count(2)
    expect(late.first.locator(".state")).to_have_text("termijn verstreken")


def test_a_table_with_all_cities_scrolls_in_its_own_frame(enter: Enter) -> None:  # noqa: F811
    about = Recommendation.objects.get(slug="rol")
    FollowUpEvent.objects.bulk_create(
        FollowUpEvent(
            slug=f"overal-{place.slug}",
            municipality=place,
            recommendation=about,
            actor="executive",
            text="Er is een bericht.",
            link=LINK,
            entered_at=timezone.now(),
        )
        for place in Municipality.objects.all()
    )
    visitor = enter()
    visitor.goto("/aanbevelingen/")
    expect(visitor.get_by_role("columnheader")).to_have_count(20)
    assert visitor.locator(".matrix-scroll").evaluate("frame => frame.scrollWidth > frame.clientWidth")
    assert visitor.evaluate("document.documentElement.scrollWidth") == 1440
