"""Recommendations by municipality: the table, one recommendation, the page of a municipality, and every file."""

import csv
import json
import re
from datetime import datetime
from html import unescape
from io import BytesIO, StringIO
from itertools import count
from typing import Any

import pikepdf
import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from odf.opendocument import load
from odf.table import TableRow
from odf.teletype import extractText
from openpyxl import load_workbook
from pytest_django import Settings

from focusareas.models import Municipality
from nplv_portal.accounts.models import User
from nplv_portal.lib.moments import Moment
from nplv_portal.reports import copies
from nplv_portal.reports.municipality import MunicipalityReport
from nplv_portal.sources.copies import Copy
from recommendations.chain import Standing
from recommendations.matrix import FollowUpMatrix
from recommendations.models import Evidence, FollowUpEvent, Recommendation
from recommendations.query import FollowUpQuery
from tests.conftest import forget_pages
from tests.test_pdfs import FACTSHEET, made, words, words_of

pytestmark = pytest.mark.django_db
NUMBERS = count(1)
LINK = "https://raad.example.nl/stuk"


def told(step: str, outcome: str = "", happened: str = "2025-06-01", **more: Any) -> FollowUpEvent:
    fields = {"municipality": "heerlen", "recommendation": "rol", "actor": "council", "text": "Zo staat het er."} | more
    place = Municipality.objects.get(slug=fields.pop("municipality"))
    advice = Recommendation.objects.get(slug=fields.pop("recommendation"))
    entered = timezone.make_aware(datetime.fromisoformat(fields.pop("entered", "2025-06-10")))
    has_proof = {"link", "evidence"} & fields.keys()
    return FollowUpEvent.objects.create(
        slug=f"stap-{next(NUMBERS)}",
        municipality=place,
        recommendation=advice,
        step=step,
        outcome=outcome,
        happened=happened,
        entered_at=entered,
        **({} if has_proof else {"link": LINK}),
        **fields,
    )


@pytest.fixture
def followed() -> None:
    """Heerlen took "rol" over and is late; Arnhem reports it done; Groningen is followed; Lelystad refused."""
    told("position", "partly", "2025-05-01", actor="executive", text="Het college wil een deel.")
    told("afterword", "", "2025-05-20", actor="audit_office", text="De rekenkamer mist de termijn.")
    told("agenda", "", "2025-05-25", text="Besproken in de commissie.")
    told("decision", "adopted", text="De raad nam het voorstel over.")
    told("extension", "", "2025-12-01", due_on="2026-03-01", text="Het college vroeg uitstel.", entered="2025-12-02")
    told("commitment", "", actor="executive", due_on="2026-02-01", text="Er komt een brief.")
    told("decision", "adopted", municipality="arnhem")
    told("reported", "done", "2025-10-01", municipality="arnhem", actor="executive", entered="2025-10-02")
    told("decision", "adopted", municipality="groningen")
    told("reported", "done", "2025-10-01", municipality="groningen", actor="executive", entered="2025-10-02")
    told("established", "followed", "2025-11-01", municipality="groningen", actor="audit_office", entered="2025-11-02")
    told("decision", "rejected", municipality="lelystad")


def text_of(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def page(visitor: Client, address: str) -> str:
    response = visitor.get(address)
    assert response.status_code == 200, address
    return response.content.decode()


def matrix(query: str = "") -> FollowUpMatrix:
    return FollowUpMatrix.of(FollowUpQuery.of(QueryDict(query)))


def pairs(found: FollowUpMatrix) -> list[tuple[str, str, str]]:
    return [(item.advice.title, item.name, item.chain.standing.value) for item in found.items]


def on_screen(visitor: Client, query: str) -> list[tuple[str, str, str]]:
    """(recommendation, municipality, standing) of every cell, read from the page as a reader sees it."""
    html = page(visitor, f"/aanbevelingen/{query}").partition('<table class="matrix')[2].partition("</table>")[0]
    places = re.findall(r'<th scope="col" class="col"><a [^>]+>(.+?)</a>', html)
    found = []
    for row in re.findall(r"<tr[^>]*>(.+?)</tr>", html.partition("</thead>")[2], re.DOTALL):
        head, *cells = re.split(r"<td[^>]*>", row)
        umbrella = re.search(r'class="matrix-aspect"[^>]+>(.+?)</a>', head)
        for place, cell in zip(places, cells, strict=True):
            for one in cell.split('<div class="matrix-local">')[1:]:
                local = re.search(r'class="matrix-headline"><a [^>]+>(.+?)</a>', one)
                standing = re.search(r"</svg>(.+?)</span>", one)
                name = local or umbrella
                assert name
                assert standing
                found.append((unescape(name[1]), place, standing[1]))
    return found


# The table


def test_every_recommendation_stands_once_in_each_municipality_it_is_for(visitor: Client) -> None:
    found = on_screen(visitor, "")
    assert len(found) == len(set(found)) == 4 * 4 + 6
    assert found == pairs(matrix())


def test_the_shipped_data_know_no_decision_and_the_page_says_so_without_calling_anything_late(visitor: Client) -> None:
    shown = text_of(page(visitor, "/aanbevelingen/"))
    assert {standing for *_, standing in on_screen(visitor, "")} == {"geen besluit bekend"}
    assert "nog geen besluit van een raad bekend; daarom loopt er geen termijn" in shown
    assert "22 geen besluit bekend" in shown
    assert "0 termijn verstreken" in shown


QUERIES = [
    "",
    "?gemeente=heerlen",
    "?gemeente=heerlen&gemeente=arnhem",
    "?soort=lokaal",
    "?soort=overkoepelend",
    "?op=2025-08-01",
    "?gemeente=groningen&soort=overkoepelend&op=2025-10-15",
]


@pytest.mark.usefixtures("followed")
@pytest.mark.parametrize("query", QUERIES)
def test_every_count_equals_the_list_behind_it(visitor: Client, query: str) -> None:
    html = page(visitor, f"/aanbevelingen/{query}").partition('<ul class="counts"')[2].partition("</ul>")[0]
    links = re.findall(r'href="/aanbevelingen/([^"]*)"[^>]*><span class="counts__number">(\d+)</span>', html)
    assert len(links) > 2
    for address, number in links:
        assert len(on_screen(visitor, unescape(address))) == int(number), address
    everything, *parts = (int(number) for _, number in links)
    assert everything == sum(parts)


@pytest.mark.usefixtures("followed")
def test_only_what_is_past_due_is_shown_on_request(visitor: Client) -> None:
    assert on_screen(visitor, "?verstreken=1") == [("Rol", "Heerlen", "termijn verstreken")]
    assert on_screen(visitor, "?stand=termijn-verstreken") == on_screen(visitor, "?verstreken=1")
    assert on_screen(visitor, "?verstreken=1&stand=loopt") == []
    assert "de termijn verstreken" in text_of(page(visitor, "/aanbevelingen/?verstreken=1&gemeente=arnhem"))


@pytest.mark.usefixtures("followed")
@pytest.mark.parametrize(
    ("day", "standing"),
    [
        ("2025-05-31", "geen besluit bekend"),
        ("2025-06-10", "loopt"),
        ("2026-03-01", "loopt"),
        ("2026-03-02", "termijn verstreken"),
    ],
)
def test_the_table_says_what_was_known_and_due_on_a_day(visitor: Client, day: str, standing: str) -> None:
    found = on_screen(visitor, f"?op={day}&gemeente=heerlen&soort=overkoepelend")
    assert next(value for title, _, value in found if title == "Rol") == standing


@pytest.mark.usefixtures("followed")
def test_the_first_deadline_stays_visible(visitor: Client) -> None:
    assert "Termijn 1 maart 2026, eerst 1 juni 2026" in text_of(page(visitor, "/aanbevelingen/?gemeente=heerlen"))


@pytest.mark.parametrize(
    ("query", "notice"),
    [
        ("gemeente=atlantis", "Onbekende gemeente: “atlantis”."),
        ("stand=goed", "Onbekende stand: “goed”."),
        ("soort=groot", "Onbekende soort: “groot”."),
        ("verstreken=ja", "Schrijf verstreken=1"),
        ("op=morgen", "“morgen” is geen datum."),
    ],
)
def test_a_filter_that_names_nothing_is_said_and_does_not_count(visitor: Client, query: str, notice: str) -> None:
    assert notice in text_of(page(visitor, f"/aanbevelingen/?{query}"))
    assert on_screen(visitor, f"?{query}") == on_screen(visitor, "")


def test_htmx_gets_the_table_what_depends_on_the_choice_and_the_address_of_the_view(visitor: Client) -> None:
    made_for = re.findall('name="vorm" value="([^"]+)"', page(visitor, "/aanbevelingen/"))[0]
    asked = f"/aanbevelingen/?gemeente=heerlen&soort=&op=&vorm={made_for}"
    response = visitor.get(asked, headers={"HX-Request": "true"})
    html = response.content.decode()
    assert response["HX-Push-Url"] == "/aanbevelingen/?gemeente=heerlen"
    assert "<title>Aanbevelingen voor Heerlen · Raadsportaal NPLV</title>" in html
    assert '<h1 id="kop">Aanbevelingen voor Heerlen</h1>' in html
    assert '<summary id="gekozen">' in html
    assert "<html" not in html
    assert "<form" not in html
    asked = f"/aanbevelingen/?op=2025-02-01&vorm={made_for}"
    assert "<form" in visitor.get(asked, headers={"HX-Request": "true"}).content.decode()


def test_a_local_recommendation_stands_under_the_first_it_serves_and_is_named_at_the_others(visitor: Client) -> None:
    blocks = {block.title: block for block in matrix().blocks}
    named = {title for row in blocks["Informatiestroom"].rows for slot in row.slots for _, title in slot.elsewhere}
    assert named == {"Rol van de raad in de netwerksamenwerking", "Monitoring en onderzoek"}
    alone = blocks["Zonder overkoepelende aanbeveling"]
    assert [cell.title for row in alone.rows for cell in row.cells] == ["Begrippenkader"]


# The files


def rows_of_ods(content: bytes) -> list[list[str]]:
    table = load(BytesIO(content)).spreadsheet.childNodes[0]
    return [[extractText(cell) for cell in row.childNodes] for row in table.getElementsByType(TableRow)]


@pytest.mark.usefixtures("followed")
@pytest.mark.parametrize("query", [*QUERIES, "?verstreken=1", "?stand=loopt&stand=geen-besluit-bekend"])
def test_every_file_holds_what_the_screen_shows(visitor: Client, query: str) -> None:
    shown = on_screen(visitor, query)
    files = {f: visitor.get(f"/aanbevelingen.{f}{query}").content for f in ("csv", "xlsx", "ods", "json")}
    tables = {
        "csv": list(csv.reader(StringIO(files["csv"].decode("utf-8-sig")), delimiter=";")),
        "xlsx": [list(row) for row in load_workbook(BytesIO(files["xlsx"])).worksheets[0].iter_rows(values_only=True)],
        "ods": rows_of_ods(files["ods"]),
    }
    for name, (head, *rows) in tables.items():
        columns = [head.index(heading) for heading in ("Aanbeveling", "Gemeente", "Stand")]
        assert [tuple(row[column] for column in columns) for row in rows] == shown, name
    told_in_json = json.loads(files["json"])["opvolging"]
    assert [(entry["naam"], entry["gemeente"], entry["stand"]) for entry in told_in_json] == shown


@pytest.mark.usefixtures("followed")
def test_a_sheet_keeps_the_two_voices_apart_and_both_deadlines(visitor: Client) -> None:
    content = visitor.get("/aanbevelingen.csv?soort=overkoepelend").content.decode("utf-8-sig")
    rows = {(row["Aanbeveling"], row["Gemeente"]): row for row in csv.DictReader(StringIO(content), delimiter=";")}
    late, followed, none = rows["Rol", "Heerlen"], rows["Rol", "Groningen"], rows["Inzicht", "Lelystad"]
    assert (late["Termijn"], late["Eerste termijn"]) == ("2026-03-01", "2026-06-01")
    assert "overgenomen (1 juni 2025): De raad nam het voorstel over." in late["Besluit van de raad"]
    assert late["Vastgesteld door de rekenkamer"] == "nog niet vastgesteld"
    assert "afgerond" in followed["Gemeld door de gemeente"]
    assert "opgevolgd" in followed["Vastgesteld door de rekenkamer"]
    assert none["Besluit van de raad"] == "geen besluit bekend"
    assert none["Termijn"].startswith("geen, want")


def test_the_pdf_says_what_the_screen_says_and_where_it_stays(visitor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(request: HttpRequest, template: str, context: dict[str, Any], name: str, *, copy: Copy) -> HttpResponse:
        return HttpResponse(render_to_string(template, context | {"copy": copy}))

    monkeypatch.setattr("recommendations.views.pdf_response", answer)
    paper = page(visitor, "/aanbevelingen.pdf?gemeente=heerlen&op=2025-08-01")
    shown = on_screen(visitor, "?gemeente=heerlen&op=2025-08-01")
    assert len(re.findall(r'class="state standing--', paper)) == len(shown)
    assert all(title in unescape(paper) for title, *_ in shown)
    assert "/aanbevelingen/?gemeente=heerlen&amp;op=2025-08-01" in paper
    assert re.search(r"\b[0-9a-f]{64}\b", paper)


# One recommendation


@pytest.mark.usefixtures("followed")
def test_the_page_of_a_recommendation_shows_the_whole_chain_of_each_municipality(visitor: Client) -> None:
    html = page(visitor, "/aanbevelingen/rol/")
    heerlen = html.partition('id="gemeente-heerlen"')[2].partition("</article>")[0]
    for what in (
        "deels overgenomen, 1 mei 2025",
        "De rekenkamer mist de termijn.",
        "Besproken in de commissie.",
        "1 maart 2026, eerst 1 juni 2026",
        "Verlengd tot en met 1 maart 2026",
        "Toezegging (uiterlijk 1 februari 2026)",
        "termijn verstreken op 1 maart 2026",
        "stuk op raad.example.nl",
    ):
        assert what in text_of(heerlen), what
    assert heerlen.count('<li class="is-reached">') == 4
    assert 'aria-label="Van aanbeveling tot gedaan"' in heerlen


@pytest.mark.usefixtures("followed")
def test_the_two_voices_stand_side_by_side_each_with_its_day(visitor: Client) -> None:
    html = page(visitor, "/aanbevelingen/rol/").partition('id="gemeente-groningen"')[2].partition("</article>")[0]
    _, municipality, office = html.split('<div class="voice">')
    assert "Gemeld door de gemeente" in text_of(municipality)
    assert "Afgerond, 1 oktober 2025" in text_of(municipality)
    assert "Vastgesteld door de rekenkamer Opgevolgd, 1 november 2025" in text_of(office)


def test_no_known_decision_is_said_and_never_late(visitor: Client) -> None:
    shown = text_of(page(visitor, "/aanbevelingen/inzicht/"))
    assert "Geen, want er is geen besluit van de raad bekend" in shown
    assert "nog geen besluit van een raad bekend" in shown
    assert "verstreken" not in shown


def test_that_no_decision_is_known_is_said_only_where_and_when_it_is_true(visitor: Client) -> None:
    sentence = "nog geen besluit van een raad bekend"
    addresses = ("/aanbevelingen/", "/aanbevelingen/rol/", "/gemeenten/heerlen/", "/gemeenten/heerlen/aanbevelingen/")
    assert all(sentence in text_of(page(visitor, address)) for address in addresses)
    told("decision", "adopted")
    assert not any(sentence in text_of(page(visitor, address)) for address in addresses)
    assert all(sentence in text_of(page(visitor, f"{address}?op=2025-06-09")) for address in addresses)
    missing = text_of(page(visitor, "/onderzoek/wat-ontbreekt/"))
    assert "Rol: Arnhem, Groningen en Lelystad" in missing
    assert "Inzicht: Arnhem, Groningen, Heerlen en Lelystad" in missing


def person(name: str) -> User:
    return User.objects.create_user(f"{name}@example.nl")


def test_a_correction_and_a_file_that_is_not_public_are_visible_as_such(visitor: Client) -> None:
    wrong = told("decision", "rejected")
    proof = Evidence.objects.create(
        municipality=wrong.municipality,
        name="besluit.pdf",
        media_type="application/pdf",
        sha256="0" * 64,
        content=b"%PDF-geheim",
        added_by=person("griffier"),
    )
    told("decision", "adopted", corrects=wrong, evidence=proof, entered="2025-06-20")
    shown = text_of(page(visitor, "/aanbevelingen/rol/"))
    assert "bestand “besluit.pdf”, niet openbaar" in shown
    assert "Verbetering van wat hier eerder stond, ingevoerd op 20 juni 2025" in shown
    assert "Niet overgenomen" not in shown
    assert "Niet overgenomen" in text_of(page(visitor, "/aanbevelingen/rol/?op=2025-06-15"))


def test_closing_shows_once_a_second_person_confirmed_it(visitor: Client) -> None:
    told("decision", "adopted")
    steps = {"actor": "audit_office", "text": "De raad koos anders."}
    proposal = told("closing", "not_implemented", "2025-11-01", entered_by=person("een"), **steps)
    assert "De raad koos anders." not in page(visitor, "/aanbevelingen/rol/")
    told("closed", "not_implemented", "2025-11-02", confirms=proposal, entered_by=person("twee"), **steps)
    assert "afgesloten: niet uitgevoerd" in text_of(page(visitor, "/aanbevelingen/rol/"))
    assert ("Rol", "Heerlen", "afgesloten") in on_screen(visitor, "?stand=afgesloten")


# The municipality


@pytest.mark.usefixtures("followed")
@pytest.mark.parametrize("slug", ["heerlen", "arnhem", "groningen", "lelystad"])
@pytest.mark.parametrize("address", ["", "aanbevelingen/"])
def test_the_counts_of_a_municipality_equal_the_lists_behind_them(visitor: Client, slug: str, address: str) -> None:
    html = page(visitor, f"/gemeenten/{slug}/{address}")
    section = page(visitor, f"/gemeenten/{slug}/aanbevelingen/")
    listed = re.findall(r'<span class="stats__number">(\d+)</span> <a href="[^"]*#(\w+)">', html)
    assert listed
    for number, anchor in listed:
        part = section.partition(f'<h2 id="{anchor}">')[2].partition("</section>")[0]
        items = re.findall(r'<article class="sheet"|<li class="row">', part)
        assert len(items) == int(number), anchor


@pytest.mark.usefixtures("followed")
def test_a_council_member_finds_what_is_past_due_within_two_clicks(visitor: Client) -> None:
    home = page(visitor, "/")
    assert 'href="/gemeenten/heerlen/"' in home
    front = page(visitor, "/gemeenten/heerlen/")
    assert '<span class="stats__number">1</span> <a href="/gemeenten/heerlen/aanbevelingen/#verstreken">' in front
    assert 'href="/aanbevelingen/?verstreken=1"' in home
    late = page(visitor, "/gemeenten/heerlen/aanbevelingen/").partition('id="verstreken"')[2].partition("</section>")[0]
    assert "termijn verstreken op 1 maart 2026" in text_of(late)


@pytest.mark.usefixtures("followed")
def test_promises_come_with_their_date_or_say_that_there_is_none(visitor: Client) -> None:
    told("commitment", "", actor="executive", text="Er komt ooit een avond.", recommendation="inzicht")
    shown = text_of(page(visitor, "/gemeenten/heerlen/aanbevelingen/").partition('id="toezeggingen"')[2])
    assert "Uiterlijk 1 februari 2026 Er komt een brief." in shown
    assert "Zonder termijn Er komt ooit een avond." in shown
    sheet = json.loads(visitor.get("/gemeenten/heerlen.json").content)["tabellen"]["Toezeggingen"]
    assert sheet[0]["Uiterlijk"] == "2026-02-01"
    assert len(sheet) == len(MunicipalityReport.of("heerlen", Moment.of("")).promises) == 5


def test_of_a_recommendation_that_is_not_public_nothing_shows(visitor: Client) -> None:
    hidden = Recommendation.objects.create(
        slug="geheim", kind="umbrella", number=99, report=Recommendation.objects.get(slug="rol").report
    )
    told("commitment", "", recommendation=hidden.slug, text="CANARY", actor="executive")
    for address in ("/gemeenten/heerlen/", "/gemeenten/heerlen/aanbevelingen/", "/aanbevelingen/"):
        assert "CANARY" not in page(visitor, address)
    for name in ("gemeenten/heerlen.json", "gemeenten/heerlen/aanbevelingen.csv", "aanbevelingen.json"):
        assert "CANARY" not in visitor.get(f"/{name}").content.decode()


@pytest.mark.usefixtures("followed")
def test_the_report_as_table_has_a_column_for_each_fact(visitor: Client) -> None:
    rows = json.loads(visitor.get("/gemeenten/heerlen/aanbevelingen.json").content)["tabellen"]["Aanbevelingen"]
    rol = next(row for row in rows if row["Aanbeveling"] == "Rol")
    assert (rol["Stand"], rol["Termijn"], rol["Eerste termijn"]) == ("termijn verstreken", "2026-03-01", "2026-06-01")
    assert {"Besluit van de raad", "Gemeld door de gemeente", "Vastgesteld door de rekenkamer"} <= rol.keys()


@pytest.mark.usefixtures("followed")
def test_passing_a_deadline_changes_the_version_of_a_report() -> None:
    before, after, later = (
        MunicipalityReport.of("heerlen", Moment.of(day), {"aanbevelingen"}).content
        for day in ("2026-03-01", "2026-03-02", "2026-03-03")
    )
    assert before != after
    assert after == later


# Speed


ADDRESSES = ["/aanbevelingen/", "/aanbevelingen/rol/", "/gemeenten/heerlen/aanbevelingen/", "/gemeenten/heerlen/"]


def add_ten_times_as_many() -> None:
    places = Municipality.objects.filter(areas__participations__isnull=False).distinct()
    FollowUpEvent.objects.bulk_create(
        FollowUpEvent(
            slug=f"meer-{next(NUMBERS)}",
            municipality=place,
            recommendation=advice,
            actor="executive",
            text="Nog een bericht.",
            link=LINK,
            entered_at=timezone.now(),
        )
        for place in places
        for advice in Recommendation.objects.filter(kind="umbrella")
        for _ in range(10)
    )


@pytest.mark.parametrize("address", ADDRESSES)
def test_ten_times_the_events_take_the_same_queries(visitor: Client, address: str) -> None:
    taken = []
    for _ in range(2):
        forget_pages()
        with CaptureQueriesContext(connection) as queries:
            page(visitor, address)
        taken.append(len(queries))
        add_ten_times_as_many()
    assert taken[0] == taken[1] <= 4


def test_every_standing_has_a_shape_of_its_own_on_screen_and_on_paper() -> None:
    template = "recommendations/_standing.html"
    drawn = {render_to_string(template, {"standing": standing}).partition("</svg>")[0] for standing in Standing}
    assert len(drawn) == len(Standing)
    style = (django_settings.BASE_DIR / "static/css/pdf.css").read_text()
    for standing in Standing:
        assert f".standing--{standing.slug} " in style
        assert (django_settings.BASE_DIR / f"static/img/standings/{standing.slug}.svg").exists()


# What a council member asks of the list


def test_a_file_of_a_choice_tells_which_choice_it_is(visitor: Client, followed: None) -> None:
    response = visitor.get("/aanbevelingen.pdf?gemeente=groningen&verstreken=1")
    text = words_of(response.content)
    assert words("Gekozen: gemeente: Groningen; termijn: alleen verstreken.") in text
    assert words("Van geen enkele aanbeveling in deze keuze is de termijn verstreken.") in text
    assert "aanbevelingen-nplv-groningen-verstreken-stand-" in response["Content-Disposition"]
    assert "aanbevelingen-nplv-stand-" in visitor.get("/aanbevelingen.csv")["Content-Disposition"]
    assert (
        json.loads(visitor.get("/aanbevelingen.json?verstreken=1").content)["gekozen"] == "termijn: alleen verstreken"
    )


def test_where_nothing_is_past_due_the_list_names_what_has_no_deadline_and_keeps_the_city(visitor: Client) -> None:
    told("decision", "postponed", municipality="arnhem")
    empty = page(visitor, "/aanbevelingen/?gemeente=arnhem&verstreken=1").partition('<div class="empty">')[2]
    assert "Zonder besluit loopt geen termijn: 3 geen besluit bekend , 1 nog niet behandeld" in text_of(empty)
    links = re.findall(r'href="([^"]+)"', empty.partition("</div>")[0])
    assert [unescape(link) for link in links] == [
        "/aanbevelingen/?gemeente=arnhem&stand=geen-besluit-bekend",
        "/aanbevelingen/?gemeente=arnhem&stand=nog-niet-behandeld",
        "/aanbevelingen/?gemeente=arnhem",
    ]
    assert "Toon alle aanbevelingen voor Arnhem" in text_of(empty)


def test_what_was_reported_done_and_is_past_due_says_why_and_who_must_act(visitor: Client) -> None:
    told("decision", "adopted", "2023-06-01")
    told("reported", "done", "2024-02-01", actor="executive")
    told("established", "partly_followed", "2024-11-20", actor="audit_office")
    list_ = text_of(page(visitor, "/aanbevelingen/?verstreken=1"))
    assert "Daarna vastgesteld door de rekenkamer: deels opgevolgd, 20 november 2024 Gericht aan de raad" in list_
    assert "daarna vastgesteld: deels opgevolgd, 20 november 2024" in text_of(page(visitor, "/gemeenten/heerlen/"))
    told("reported", "done", "2025-02-01", actor="executive")
    assert "Daarna vastgesteld" not in page(visitor, "/aanbevelingen/")


def test_from_the_list_of_a_city_one_reads_first_what_is_known_there(visitor: Client, followed: None) -> None:
    assert "/aanbevelingen/rol/?gemeente=heerlen" in page(visitor, "/aanbevelingen/?gemeente=heerlen")
    html = page(visitor, "/aanbevelingen/rol/?gemeente=heerlen")
    first, _, folded = html.partition("<details>")
    assert 'id="gemeente-heerlen"' in first
    assert first.index("<h1>") < first.index('id="gemeente-heerlen"') < first.index('id="aanbeveling"')
    assert [place for place in ("arnhem", "groningen", "lelystad") if f'id="gemeente-{place}"' in first] == []
    assert all(f'id="gemeente-{place}"' in folded for place in ("arnhem", "groningen", "lelystad"))
    assert html.count('id="gemeente-heerlen"') == 1
    for unknown in ("", "?gemeente=nergens", "?gemeente=%00"):
        assert 'id="hier"' not in page(visitor, f"/aanbevelingen/rol/{unknown}")


def test_the_card_of_a_city_tells_what_the_recommendation_asks(visitor: Client) -> None:
    html = page(visitor, "/aanbevelingen/rol/")
    headline = unescape(re.findall("<h1>(.+?)</h1>", html)[0])
    assert headline in text_of(html.partition('id="gemeente-arnhem"')[2].partition("</article>")[0])


# The factsheet


def test_the_factsheet_of_an_example_says_so_and_what_was_promised(visitor: Client, settings: Settings) -> None:
    settings.FICTIONAL_DATA = True
    told("commitment", "", actor="executive", due_on="2026-02-01", text="Er komt een brief.")
    paper = made(visitor, "/gemeenten/heerlen/factsheet.pdf")
    assert words("Verzonnen gegevens, om mee te oefenen") in words_of(paper)
    assert words("Toegezegd met een termijn: uiterlijk 1 februari 2026, bij “") in words_of(paper)


def test_a_factsheet_with_much_to_tell_stays_one_page(visitor: Client, settings: Settings) -> None:
    settings.FICTIONAL_DATA = True
    for advice in Recommendation.objects.exclude(kind="local", municipality__slug="groningen"):
        told("decision", "amended", recommendation=advice.slug)
        told("reported", "done", "2025-07-01", recommendation=advice.slug, actor="executive")
        told("commitment", "", recommendation=advice.slug, actor="executive", due_on="2026-02-01")
    paper = made(visitor, "/gemeenten/heerlen/factsheet.pdf")
    with pikepdf.open(BytesIO(paper)) as document:
        assert len(document.pages) == 1


def test_the_shape_of_a_standing_is_drawn_once_however_many_lines_its_words_take(visitor: Client) -> None:
    told("decision", "adopted", "2025-11-24", municipality="groningen")
    told("reported", "done", "2025-12-01", municipality="groningen", actor="executive", entered="2025-12-02")
    report = MunicipalityReport.of("groningen", Moment.of(""), copies.FACTSHEET)
    rounds = [area.latest for area in report.areas if area.latest]
    states = [
        line
        for round_ in rounds
        for role in round_.roles
        for line in role.lines
        if line.cell.is_finding and line.cell.label
    ]
    with pikepdf.open(BytesIO(made(visitor, FACTSHEET))) as document:
        drawn = re.findall(rb"/x\d+ Do", document.pages[0].Contents.read_bytes())
        assert len(drawn) == len(states) + len(report.follow_ups)
