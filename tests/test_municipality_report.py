"""The report about a municipality: what each section shows, its files, and three readers who come for an answer."""

import csv
import json
import re
from decimal import Decimal
from html import unescape
from io import BytesIO, StringIO
from typing import Any
from urllib.parse import urljoin

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from odf.opendocument import load
from odf.table import Table, TableCell, TableRow
from odf.teletype import extractText
from openpyxl import load_workbook

from findings.models import FindingVersion
from focusareas.models import AreaFact
from nplv_portal.lib.moments import Moment
from nplv_portal.lib.tables import harmless
from nplv_portal.reports.exchange import tables
from nplv_portal.reports.front import totals
from nplv_portal.reports.missing import Missing
from nplv_portal.reports.municipality import ALL, SECTIONS, MunicipalityReport
from nplv_portal.sources.copies import Copy
from recommendations.follow_up import FollowUp
from tests.conftest import forget_pages

pytestmark = pytest.mark.django_db

SLUGS = [section.slug for section in SECTIONS]


def report(slug: str = "heerlen", *only: str) -> MunicipalityReport:
    return MunicipalityReport.of(slug, Moment.of(""), set(only) or ALL)


def text_of(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def page(visitor: Client, address: str) -> str:
    response = visitor.get(address)
    assert response.status_code == 200, address
    return response.content.decode()


# What each section shows

SHOWN: dict[str, tuple[int, Any]] = {
    "raad": (
        13,
        lambda r: [c.headline for a in r.areas for role in a.latest.roles for c in [x.cell for x in role.lines]],
    ),
    "aanbevelingen": (10, lambda r: [item.advice.title for item in r.follow_ups]),
    "programma": (21, lambda r: [goal.text for theme in r.themes for goal in [*theme.goals, *theme.kpis]]),
    "cijfers": (35, lambda r: [row.name for table in r.figure_sets for row in table.rows]),
    "geld": (18, lambda r: [a.name for whole in r.amounts for a in [whole, *whole.parts]]),
    "organisatie": (33, lambda r: [seat.function for o in r.organisations for body in o.bodies for seat in body.seats]),
    "tijdlijn": (63, lambda r: [event.title for event in r.timeline.events]),
    "voorbeelden": (12, lambda r: [practice.title for practice in r.practices]),
    "onderzoek": (5, lambda r: [question.text for question in r.questions]),
}


@pytest.mark.parametrize("slug", SLUGS)
def test_a_section_shows_all_that_the_report_of_heerlen_holds(visitor: Client, slug: str) -> None:
    count, texts = SHOWN[slug]
    found = texts(report("heerlen", *ALL))
    shown = text_of(page(visitor, f"/gemeenten/heerlen/{slug}/"))
    assert len(found) == count
    assert [text for text in found if " ".join(text.split()) not in shown] == []


@pytest.mark.parametrize("slug", SLUGS)
def test_a_section_shows_what_sources_say_and_where_they_differ(visitor: Client, slug: str) -> None:
    part = report("heerlen", *ALL).part(slug)
    shown = text_of(page(visitor, f"/gemeenten/heerlen/{slug}/"))
    said = [said.text for _, topics in part.facts for topic in topics for said in topic.statements]
    claims = [claim.text for difference in part.differences for claim in difference.claims]
    assert [text for text in [*said, *claims] if " ".join(text.split()) not in shown] == []
    assert ("Waar bronnen verschillen" in shown) is bool(claims)


def test_what_the_portal_holds_is_counted_as_the_pages_behind_the_numbers_show_it() -> None:
    kept = FindingVersion.objects.filter(record__slug="kaders-heerlen-noord-start-2023-2025")[0]
    kept.withdraw(at=timezone.now(), reason="Verwisseld.")
    FindingVersion.objects.create(
        record=kept.record, number=2, absence="no_information", erratum="Verwisseld."
    ).publish(at=timezone.now())
    missing, now = Missing.as_of(timezone.now()), report()
    (heerlen,) = [holding for holding in missing.holdings if holding.slug == "heerlen"]
    numbers = {part: number for part, _, number in heerlen.counts}
    assert numbers["raad"] == str(
        sum(line.cell.is_finding for role in now.areas[0].rounds[0].roles for line in role.lines)
    )
    assert numbers["geld"] == str(len(now.amounts))
    assert sum(int(holding.counts[0][2]) for holding in missing.holdings) == int(totals(timezone.now())["findings"])
    decisions = next(kind for kind in missing.kinds if kind.slug == "decisions")
    assert decisions.count_text == str(sum(not item.chain.decision for item in everywhere()))
    assert missing.without_report == "Arnhem, Groningen en Lelystad"


def everywhere() -> list[FollowUp]:
    places = [holding.slug for holding in Missing.as_of(timezone.now()).holdings]
    return [item for place in places for item in report(place, "aanbevelingen").follow_ups]


def test_every_difference_of_heerlen_is_shown_in_exactly_one_section() -> None:
    whole = report()
    shown = [difference.record for part in whole.parts.values() for difference in part.differences]
    assert sorted(shown) == sorted(difference.record for difference in whole.differences)
    assert len(shown) == 28


def test_every_topic_but_the_milestones_of_the_timeline_belongs_to_exactly_one_section() -> None:
    topics = [topic for section in SECTIONS for topic in section.topics]
    assert len(topics) == len(set(topics))
    assert set(AreaFact.Topic) - set(topics) == {AreaFact.Topic.MILESTONE}


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("lelystad/programma/", "noemen geen thema’s en doelen per thema voor Lelystad Oost"),
        ("lelystad/cijfers/", "geven geen cijfers over Lelystad Oost"),
        ("lelystad/geld/", "noemen geen bedragen voor Lelystad Oost"),
        ("amsterdam/raad/", "De rekenkamer van Amsterdam doet nog niet mee aan het gezamenlijke onderzoek."),
        ("amsterdam/cijfers/", "geven geen cijfers over Amsterdam Zuidoost en Amsterdam Nieuw-West"),
        ("amsterdam/organisatie/", "beschrijven de organisatie van Amsterdam Zuidoost en Amsterdam Nieuw-West niet"),
        ("amsterdam/tijdlijn/", "noemen geen gebeurtenissen in Amsterdam"),
        ("amsterdam/voorbeelden/", "noemt geen goede voorbeelden uit Amsterdam"),
        ("lelystad/aanbevelingen/?op=2025-01-01", "Op deze datum waren er nog geen aanbevelingen gepubliceerd."),
        *(
            (f"{city}/{slug}/?op=2025-01-01", "Op 1 januari 2025 stond hierover nog niets in dit portaal.")
            for city in ("heerlen", "amsterdam")
            for slug in ("programma", "cijfers", "geld", "organisatie", "tijdlijn", "voorbeelden")
        ),
        ("heerlen/?op=2025-01-01", "Op 1 januari 2025 stond hierover nog niets in dit portaal."),
    ],
)
def test_an_empty_section_says_so(visitor: Client, address: str, says: str) -> None:
    shown = text_of(page(visitor, f"/gemeenten/{address}"))
    assert says in shown
    assert says not in text_of(page(visitor, f"/gemeenten/heerlen/{address.split('/', 1)[1].partition('?')[0]}"))


@pytest.mark.parametrize("slug", ["programma", "cijfers", "geld", "organisatie", "tijdlijn", "voorbeelden"])
def test_on_a_past_day_a_section_does_not_say_what_sources_do_not_name(visitor: Client, slug: str) -> None:
    shown = text_of(page(visitor, f"/gemeenten/lelystad/{slug}/?op=2025-01-01"))
    assert not re.search(r"De (bronnen in dit portaal|gezamenlijke notitie) (noem|geve|beschrijve)", shown)


@pytest.mark.parametrize("slug", ["raad", "aanbevelingen", "organisatie", "tijdlijn", "voorbeelden", "onderzoek"])
def test_a_section_of_lelystad_that_is_not_empty_does_not_say_so(visitor: Client, slug: str) -> None:
    html = page(visitor, f"/gemeenten/lelystad/{slug}/")
    assert 'class="empty"' not in html
    _, texts = SHOWN[slug]
    assert all(" ".join(text.split()) in text_of(html) for text in texts(report("lelystad")))


@pytest.mark.parametrize("slug", SLUGS)
def test_every_section_is_in_the_navigation_of_the_report(visitor: Client, slug: str) -> None:
    html = page(visitor, f"/gemeenten/heerlen/{slug}/")
    navigation = html.partition('class="side-nav report-nav"')[2].partition("</nav>")[0]
    assert re.findall(r'href="/gemeenten/heerlen/(\w+)/"', navigation) == SLUGS
    assert f'href="/gemeenten/heerlen/{slug}/" aria-current="page"' in navigation


@pytest.mark.parametrize("city", ["heerlen", "lelystad", "amsterdam"])
@pytest.mark.parametrize("slug", SLUGS)
def test_a_section_takes_at_most_four_queries(visitor: Client, city: str, slug: str) -> None:
    forget_pages()
    with CaptureQueriesContext(connection) as queries:
        page(visitor, f"/gemeenten/{city}/{slug}/")
    assert len(queries) <= 4


@pytest.mark.parametrize(
    "address", ["heerlen/onzin/", "atlantis/geld/", *(f"heerlen/onzin.{f}" for f in ("xlsx", "json"))]
)
def test_a_section_that_does_not_exist_is_not_found(visitor: Client, address: str) -> None:
    assert visitor.get(f"/gemeenten/{address}").status_code == 404


def test_a_report_of_one_section_holds_the_lists_of_that_section_only() -> None:
    only = report("heerlen", "geld")
    assert [section.slug for section in only.sections] == ["geld"]
    assert only.amounts
    assert (only.figure_sets, only.timeline.events, only.organisations, only.practices) == ([], [], [], [])


# The PDF with the sections that a reader chooses


@pytest.fixture
def on_paper(monkeypatch: pytest.MonkeyPatch) -> None:
    """The text of the PDF without the press, which has its own tests."""

    def answer(request: HttpRequest, template: str, context: dict[str, Any], name: str, *, copy: Copy) -> HttpResponse:
        return HttpResponse(render_to_string(template, context | {"copy": copy}))

    monkeypatch.setattr("nplv_portal.views.pdf_response", answer)


def chapters(html: str) -> list[str]:
    return [slug for slug in re.findall(r'<h2 id="([\w-]+)"', html) if slug in SLUGS or slug.startswith("rollen-")]


@pytest.mark.usefixtures("on_paper")
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?deel=geld", ["geld"]),
        ("?deel=geld&deel=cijfers", ["cijfers", "geld"]),
        ("?deel=geld&deel=onzin", ["geld"]),
        ("?deel=onzin", ["rollen-heerlen-noord", *SLUGS[1:]]),
        ("", ["rollen-heerlen-noord", *SLUGS[1:]]),
    ],
)
def test_a_reader_chooses_the_sections_of_the_pdf(visitor: Client, query: str, expected: list[str]) -> None:
    assert chapters(page(visitor, f"/gemeenten/heerlen.pdf{query}")) == expected


@pytest.mark.usefixtures("on_paper")
def test_the_pdf_of_one_section_says_what_the_page_of_that_section_says(visitor: Client) -> None:
    paper = text_of(page(visitor, "/gemeenten/heerlen.pdf?deel=geld"))
    for amount in report("heerlen", "geld").amounts:
        assert " ".join(amount.council_say.split()) in paper
    assert "Gekozen onderdelen: geld." in paper
    assert "Vrieheide-De Stack 66,9" not in paper


@pytest.mark.usefixtures("on_paper")
@pytest.mark.parametrize("slug", ["programma", "cijfers", "geld", "organisatie", "tijdlijn"])
def test_an_empty_section_says_so_on_paper(visitor: Client, slug: str) -> None:
    says = "Op 1 januari 2025 stond hierover nog niets in dit portaal."
    assert says in text_of(page(visitor, f"/gemeenten/heerlen.pdf?deel={slug}&op=2025-01-01"))
    assert says not in text_of(page(visitor, f"/gemeenten/heerlen.pdf?deel={slug}"))


def test_every_section_can_be_ticked_for_the_pdf_and_none_is_yet(visitor: Client) -> None:
    html = page(visitor, "/gemeenten/heerlen/")
    assert re.findall(r'name="deel" value="(\w+)"><span>', html) == SLUGS
    form = html.partition('action="/gemeenten/heerlen.pdf"')[2].partition("</form>")[0]
    assert form.count("<input") == len(SLUGS)
    assert "checked" not in form
    assert "niets gekozen is alles" in form


# Files


Rows = list[list[Any]]


def plain(cell: Any) -> str | Decimal:
    if cell is None:
        return ""
    return Decimal(str(cell)).normalize() if isinstance(cell, int | float) else str(cell)


def xlsx_tabs(content: bytes) -> dict[str, Rows]:
    book = load_workbook(BytesIO(content))
    return {tab.title: [[plain(cell) for cell in row] for row in tab.iter_rows(values_only=True)] for tab in book}


def ods_tabs(content: bytes) -> dict[str, Rows]:
    def value(cell: Any) -> str | Decimal:
        is_number = cell.getAttribute("valuetype") == "float"
        return Decimal(cell.getAttribute("value")).normalize() if is_number else extractText(cell)

    found = load(BytesIO(content)).getElementsByType(Table)
    return {
        table.getAttribute("name"): [
            [value(cell) for cell in row.getElementsByType(TableCell)] for row in table.getElementsByType(TableRow)
        ]
        for table in found
    }


def held(of: MunicipalityReport) -> dict[str, Rows]:
    """Title → headings and rows, as a spreadsheet shows them."""
    return {
        title: [
            [heading for heading, _ in columns],
            *[[shown(getter(entry)) for _, getter in columns] for entry in entries],
        ]
        for title, columns, entries in tables(of)
    }


def shown(cell: str | Decimal) -> str | Decimal:
    return harmless(cell) if isinstance(cell, str) else cell.normalize()


READERS: Any = {"xlsx": xlsx_tabs, "ods": ods_tabs}


@pytest.mark.parametrize("format", READERS)
@pytest.mark.parametrize("city", ["heerlen", "lelystad", "amsterdam"])
def test_a_spreadsheet_of_the_report_holds_every_table_and_says_of_which_day(
    visitor: Client, city: str, format: str
) -> None:
    tabs = READERS[format](visitor.get(f"/gemeenten/{city}.{format}").content)
    notes = tabs.pop("Toelichting")
    assert tabs == held(report(city))
    assert any("Opgehaald op de stand van" in row[0] for row in notes)


@pytest.mark.parametrize("format", READERS)
@pytest.mark.parametrize("slug", SLUGS)
def test_a_spreadsheet_of_a_section_holds_the_tables_of_that_section(visitor: Client, slug: str, format: str) -> None:
    tabs = READERS[format](visitor.get(f"/gemeenten/heerlen/{slug}.{format}").content)
    del tabs["Toelichting"]
    assert tabs == held(report("heerlen", slug))


@pytest.mark.parametrize("format", READERS)
def test_the_amounts_in_a_spreadsheet_are_numbers_to_the_euro(visitor: Client, format: str) -> None:
    headings, *rows = READERS[format](visitor.get(f"/gemeenten/heerlen/geld.{format}").content)["Bedragen"]
    euros = [row[headings.index("Euro")] for row in rows]
    whole = report("heerlen", "geld").amounts
    assert all(isinstance(cell, Decimal) for cell in euros)
    assert euros == [a.euros for a in whole] + [part.euros for amount in whole for part in amount.parts]
    may_be_added = headings.index("Mag worden opgeteld")
    deal = "alleen met de andere delen van Regiodeal Parkstad, tweede tranche"
    assert sum(cell for cell, row in zip(euros, rows, strict=True) if row[may_be_added] == deal) == 4_637_084
    assert [row[may_be_added] for row in rows] == [
        *["nee"] * len(whole),
        *[f"alleen met de andere delen van {amount.name}" for amount in whole for _ in amount.parts],
    ]


@pytest.mark.parametrize("slug", SLUGS)
def test_the_differences_in_an_export_are_those_of_that_section(slug: str) -> None:
    part = report("heerlen", *ALL).part(slug)
    found = {title: entries for title, _, entries in tables(report("heerlen", slug))}
    wanted = [(difference.record, claim.text) for difference in part.differences for claim in difference.claims]
    assert [(d.record, claim.text) for d, claim in found.get("Bronnen die verschillen", [])] == wanted


@pytest.mark.parametrize("slug", ["geld", "cijfers", "organisatie"])
def test_no_number_in_a_csv_has_spare_decimals(visitor: Client, slug: str) -> None:
    assert not re.search(rb'"-?\d+,\d*0"', visitor.get(f"/gemeenten/heerlen/{slug}.csv").content)


def test_no_number_in_the_json_has_spare_decimals(visitor: Client) -> None:
    assert not re.search(rb": -?\d+\.\d*0[,\n}]", visitor.get("/gemeenten/heerlen.json").content)


@pytest.mark.parametrize("format", READERS)
def test_the_figures_in_a_spreadsheet_are_numbers_or_empty_in_the_source(visitor: Client, format: str) -> None:
    headings, *rows = READERS[format](visitor.get(f"/gemeenten/heerlen/cijfers.{format}").content)["Cijfers"]
    value, printed = headings.index("Waarde"), headings.index("Zoals de bron het schrijft")
    sets = report("heerlen", "cijfers").figure_sets
    numbers = [v.number for table in sets for row in table.rows for v in row.values]
    assert [None if row[value] == "" else float(row[value]) for row in rows] == numbers
    assert all((row[printed] == "leeg in de bron") is (row[value] == "") for row in rows)
    assert all(isinstance(row[value], Decimal) for row in rows if row[value] != "")


def test_fte_in_a_spreadsheet_is_a_number(visitor: Client) -> None:
    headings, *rows = xlsx_tabs(visitor.get("/gemeenten/heerlen/organisatie.xlsx").content)["Zetels en functies"]
    fte = [row[headings.index("Fte")] for row in rows]
    assert sum(cell for cell in fte if cell != "") == Decimal("7.77")
    assert fte.count("") == 23


@pytest.mark.parametrize(
    ("slug", "title"), [("geld", "Bedragen"), ("tijdlijn", "Tijdlijn"), ("cijfers", "Cijfers"), ("raad", "Bevindingen")]
)
def test_a_csv_of_a_section_holds_its_first_table_with_dutch_numbers(visitor: Client, slug: str, title: str) -> None:
    content = visitor.get(f"/gemeenten/heerlen/{slug}.csv").content.decode("utf-8-sig")
    rows = list(csv.reader(StringIO(content, newline=""), delimiter=";"))
    expected = held(report("heerlen", slug))[title]
    assert len(rows) == len(expected)
    for row, cells in zip(rows, expected, strict=True):
        as_numbers = [
            Decimal(found.replace(",", ".")).normalize() if isinstance(cell, Decimal) else found
            for found, cell in zip(row, cells, strict=True)
        ]
        assert as_numbers == cells


@pytest.mark.parametrize("address", ["heerlen", *(f"heerlen/{slug}" for slug in SLUGS), "amsterdam"])
def test_the_json_holds_the_same_tables_with_numbers_as_numbers(visitor: Client, address: str) -> None:
    city, _, slug = address.partition("/")
    answer = json.loads(visitor.get(f"/gemeenten/{address}.json").content)
    of = report(city, *([slug] if slug else []))
    assert (answer["gemeente"], answer["cbs_code"]) == (of.name, of.cbs_code)
    assert answer["tabellen"] == {
        title: [
            {heading: cell if isinstance(cell := getter(entry), str) else float(cell) for heading, getter in columns}
            for entry in entries
        ]
        for title, columns, entries in tables(of)
    }


def test_every_list_of_the_report_is_in_a_table() -> None:
    of = report()
    sizes = {title: len(entries) for title, _, entries in tables(of)}
    assert sizes == {
        "Bevindingen": 13,
        "Aanbevelingen": 10,
        "Toezeggingen": 3,
        "Doelen": 21,
        "Cijfers": 118,
        "Bedragen": 18,
        "Plaats in de begroting": 12,
        "Organen": 12,
        "Zetels en functies": 33,
        "Tijdlijn": 63,
        "Goede voorbeelden": 12,
        "Vragen van het onderzoek": 5,
        "Wat bronnen zeggen": sum(len(topic.statements) for area in of.areas for topic in area.topics),
        "Bronnen die verschillen": sum(len(difference.claims) for difference in of.differences),
    }


@pytest.mark.parametrize("day", ["", "?op=2024-06-01", "?op=2023-01-01"])
@pytest.mark.parametrize("city", ["heerlen", "lelystad", "amsterdam"])
@pytest.mark.parametrize("slug", SLUGS)
def test_a_section_offers_only_files_that_there_are(visitor: Client, city: str, slug: str, day: str) -> None:
    html = page(visitor, f"/gemeenten/{city}/{slug}/{day}").partition('id="meenemen"')[2].partition("</section>")[0]
    files = re.findall(r'href="([^"]+)"', html.partition('<ul class="link-row">')[2].partition("</ul>")[0])
    pdf, *sheets = map(unescape, files)
    assert pdf == f"/gemeenten/{city}.pdf?deel={slug}{day.replace('?', '&')}"
    assert {visitor.get(address).status_code for address in sheets} <= {200}
    assert bool(sheets) is (visitor.get(f"/gemeenten/{city}/{slug}.xlsx{day}").status_code == 200)


# Three readers


class Reader:
    """Someone who starts on the home page and follows links by what they say."""

    def __init__(self, visitor: Client) -> None:
        self.visitor, self.address, self.clicks = visitor, "/", 0
        self.html = page(visitor, "/")

    def click(self, words: str) -> None:
        links = re.findall(r'<a\b[^>]*href="([^"]+)"[^>]*>(.*?)</a>', self.html, re.DOTALL)
        found = [unescape(href) for href, inner in links if text_of(inner) == words]
        assert found, f"no link says {words!r} on {self.address}"
        self.address, self.clicks = urljoin(self.address, found[0]), self.clicks + 1
        self.html = page(self.visitor, self.address.partition("#")[0])

    def follow(self, *steps: str) -> None:
        for words in steps:
            self.click(words)
        assert self.clicks <= 3

    def part(self, start: str, end: str) -> str:
        assert start in self.html
        return text_of(self.html.partition(start)[2].partition(end)[0])


@pytest.fixture
def reader(visitor: Client) -> Reader:
    return Reader(visitor)


@pytest.mark.parametrize(
    "steps",
    [
        ("Heerlen", "Preventie met gezag"),
        ("Heerlen", "Per bedrag: wie beslist, en wat mag de raad?"),
        ("Zoek uw gemeente op", "Heerlen", "Geld"),
    ],
)
def test_a_member_finds_what_preventie_met_gezag_costs_and_what_the_council_may_do(
    reader: Reader, steps: tuple[str, ...]
) -> None:
    reader.follow(*steps)
    [amount] = [a for a in report("heerlen", "geld").amounts if a.record == "heerlen-preventie-met-gezag"]
    shown = reader.part(f'<article class="sheet amount" aria-labelledby="{amount.anchor}">', "</article>")
    assert "€ 1,4 mln per jaar, 2022-2025" in shown
    assert f"Wat de raad mag {' '.join(amount.council_say.split())}" in shown
    assert f"Wie beslist {' '.join(amount.decides.split())}" in shown


def test_the_link_to_an_amount_leads_to_that_amount(reader: Reader) -> None:
    reader.follow("Heerlen", "Preventie met gezag")
    assert reader.address.endswith("#bedrag-heerlen-preventie-met-gezag")
    assert f'id="{reader.address.partition("#")[2]}"' in reader.html


@pytest.mark.parametrize(
    "steps",
    [
        ("Heerlen", "Alleen wat de raad vroeg, met de antwoorden"),
        ("Heerlen", "Tijdlijn"),
        ("Zoek uw gemeente op", "Heerlen", "Tijdlijn"),
    ],
)
def test_a_member_finds_what_the_council_asked_in_2021_and_whether_it_was_answered(
    reader: Reader, steps: tuple[str, ...]
) -> None:
    reader.follow(*steps)
    asked = [event for event in report("heerlen", "tijdlijn").timeline.asked if event.year == "2021"]
    assert (len(asked), sum(bool(event.answered_by) for event in asked)) == (7, 2)
    for event in asked:
        shown = reader.part(f'id="{event.anchor}"', "</li>")
        answers = " ".join(f"Antwoord: {answer.when}, {answer.title}" for answer in event.answered_by)
        assert (answers or "Antwoord: niet genoemd in de bronnen.") in shown


def test_the_link_to_what_was_asked_shows_nothing_but_questions_motions_and_answers(reader: Reader) -> None:
    reader.follow("Heerlen", "Alleen wat de raad vroeg, met de antwoorden")
    events = report("heerlen", "tijdlijn").timeline.only(kinds=["vraag", "antwoord", "motie"]).events
    assert re.findall(r'<li class="event" id="([^"]+)"', reader.html) == [event.anchor for event in events]
    links = re.findall(r'<p class="event__answer">.*?href="([^"]+)"', reader.html)
    assert len(links) == 3
    whole = page(reader.visitor, "/gemeenten/heerlen/tijdlijn/")
    for address, _, anchor in (link.partition("#") for link in links):
        assert address == "/gemeenten/heerlen/tijdlijn/"
        assert f'id="{anchor}"' in whole


@pytest.mark.parametrize(
    ("query", "address"),
    [
        ("", ""),
        ("?op=2025-02-01", ""),
        ("?soort=vraag", "{}"),
        ("?soort=vraag&op=2025-02-01", "{}?op=2025-02-01"),
        ("?soort=onzin", ""),
    ],
)
@pytest.mark.parametrize("timeline", ["/gemeenten/heerlen/tijdlijn/", "/tijdlijn/"])
def test_a_link_to_an_answer_leads_to_where_it_stands(visitor: Client, timeline: str, query: str, address: str) -> None:
    html = page(visitor, timeline + query)
    links = re.findall(r'<p class="event__answer">.*?href="([^"]+)"', html)
    assert {unescape(link).partition("#")[0] for link in links} == {address.format(timeline)}
    stands = page(visitor, address.format(timeline)) if address else html
    assert all(f'id="{link.partition("#")[2]}"' in stands for link in links)


@pytest.mark.parametrize(
    "steps",
    [
        ("Heerlen", "Cijfers"),
        ("Heerlen", "Alle cijfers, met tabellen en kanttekeningen"),
        ("Zoek uw gemeente op", "Heerlen", "Cijfers"),
    ],
)
def test_a_member_finds_how_vrieheide_stands_beside_the_country(reader: Reader, steps: tuple[str, ...]) -> None:
    reader.follow(*steps)
    table = next(found for found in report("heerlen", "cijfers").figure_sets if found.slug == "figuur-2")
    assert (table.regions[0], table.regions[-1]) == ("Vrieheide-De Stack", "Nederland")
    for row in table.rows:
        cells = reader.part(f'id="{row.anchor}"', "</tr>")
        assert cells.endswith(" ".join(value.printed for value in row.values))
        assert f'aria-label="{row.known_text}"' in reader.html


def test_the_first_page_of_the_report_already_shows_vrieheide_beside_the_country(reader: Reader) -> None:
    reader.follow("Heerlen")
    drawn = reader.html.partition('<h2 id="cijfers">')[2].partition("</section>")[0]
    assert drawn.count(">Vrieheide-De Stack</text>") == drawn.count(">Nederland</text>") == 5
