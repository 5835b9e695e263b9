"""What stands in a dossier, read back by machine and compared with the screen."""

import json
import re
from collections import Counter
from datetime import date
from html import unescape
from io import BytesIO
from typing import Any

import openpyxl
import pikepdf
import pytest
from django.test import Client
from django.utils.timezone import localdate

from findings.models import Finding, FindingVersion
from nplv_portal.dossiers.handover import Handover
from nplv_portal.dossiers.kinds import BY_SLUG
from nplv_portal.dossiers.yearly import NOT_YET, Year
from nplv_portal.drafts.facts import FindingFacts
from nplv_portal.lib import pdf
from nplv_portal.lib.moments import Moment
from nplv_portal.reports.finding import FindingPage
from nplv_portal.sources.models import Document
from nplv_portal.workplace.kinds import KINDS as WORK_KINDS
from tests.document_checks import read
from tests.dossiers.asking import file_of, files, made, recorded, words, words_of
from tests.pdf_checks import assert_accessible
from tests.test_permission import draft_of, text_in
from tests.workplace.people import person, signed_in

pytestmark = pytest.mark.django_db
KINDS = list(BY_SLUG)
EMPTY_PAGE = '<!doctype html><html lang="nl"><title>Leeg</title><h1>Leeg</h1></html>'
EDITED = [kind for kind, recipe in BY_SLUG.items() if "docx" in recipe.formats]


def data(kind: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(files(kind)["json"])
    return found


def rows_of(sheet: bytes, tab: str) -> list[dict[str, str]]:
    head, *rows = openpyxl.load_workbook(BytesIO(sheet))[tab].iter_rows(values_only=True)
    return [dict(zip(map(str, head), (str(cell or "") for cell in row), strict=True)) for row in rows]


@pytest.mark.parametrize("kind", KINDS)
def test_both_validators_find_nothing(kind: str) -> None:
    assert_accessible(files(kind)["pdf"])


@pytest.mark.parametrize("kind", KINDS)
def test_the_pdf_is_for_the_archive_too_and_holds_the_data_that_one_can_download(kind: str) -> None:
    made_of = files(kind)
    with pikepdf.open(BytesIO(made_of["pdf"])) as document:
        about = document.Root.Metadata.read_bytes().decode()
        assert 'pdfaid:part="3"' in about
        assert 'pdfaid:conformance="A"' in about
        assert 'pdfuaid:part="1"' in about
        assert "<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/" in about
        assert "/ID" in document.trailer
        (intent,) = document.Root.OutputIntents
        assert (str(intent.S), int(intent.DestOutputProfile.N)) == ("/GTS_PDFA1", 3)
        assert intent.DestOutputProfile.read_bytes()[36:40] == b"acsp"  # an ICC profile
        inside = {name.rpartition(".")[2]: spec for name, spec in document.attachments.items()}
        assert {name: spec.get_file().read_bytes() for name, spec in inside.items()} == {
            "json": made_of["json"],
            "xlsx": made_of["xlsx"],
        }
        listed = list(document.Root.AF)
        assert [spec.AFRelationship for spec in listed] == [pikepdf.Name.Data] * 2
        assert all(spec.UF == spec.F and spec.EF.F.Subtype for spec in listed)
        assert all(note.F == 4 for page in document.pages for note in page.get("/Annots", []))


@pytest.mark.parametrize("kind", KINDS)
def test_the_spreadsheet_says_what_the_json_says(kind: str) -> None:
    found = data(kind)
    if kind == "vergelijking":
        rows = rows_of(files(kind)["xlsx"], "Vergelijking NPLV")
        assert [row["Kernzin"] or row["Stand"] for row in rows] == [item["kern"] for item in found["bevindingen"]]
        return
    for tab, entries in found["tabellen"].items():
        rows = rows_of(files(kind)["xlsx"], tab)
        assert len(rows) == len(entries)
        for row, entry in zip(rows, entries, strict=True):
            assert {name: text.removeprefix("'") for name, text in row.items()} == {
                name: str(value).removeprefix("'") for name, value in entry.items()
            }


@pytest.mark.parametrize("kind", EDITED)
def test_what_a_griffie_edits_says_what_the_paper_says(kind: str) -> None:
    word, odt = read(files(kind)["docx"], "docx"), read(files(kind)["odt"], "odt")
    assert word.words == odt.words
    assert word.title == f"{BY_SLUG[kind].name} Heerlen"
    assert word.subject == BY_SLUG[kind].name
    paper = words_of(files(kind)["pdf"])
    for advice in data(kind)["tabellen"]["Aanbevelingen"]:
        told = advice.get("Stand in een zin") or advice["Eind in een zin"]
        for text in (advice["Aanbeveling"], advice["Kern"], told):
            assert words(text) in word.words
            assert words(text) in paper
    assert any("/griffie/dossiers/" in link for link in word.links)


def body_of(html: str) -> str:
    """What stands on the pages, but for the title and the contents."""
    for gone in (r'<section class="contents">.*?</section>', r'<(p|h1) class="cover-(name|title)">.*?</\1>'):
        html = re.sub(gone, "", html, flags=re.DOTALL)
    return html.partition("<body")[2].partition(">")[2]


@pytest.mark.parametrize("kind", EDITED)
def test_word_odt_and_paper_say_the_same_to_the_last_word_and_link(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    printed, render = list[str](), pdf.render

    def seen(html: str, *, seconds: int | None = None) -> bytes:
        printed.append(html)
        return render(html, seconds=seconds)

    monkeypatch.setattr(pdf, "render", seen)
    recorded("heerlen-2-inzicht-financien", "reported", "started", "2026-02-01")
    more = {"meeting": "commissie Samenleving, 8 december 2026"} if kind == "vergaderpakket" else {}
    edition = made(signed_in(person("gea", "clerk")), kind, **more)
    body = body_of(printed[0])
    told = Counter(unescape(re.sub(r"<[^>]+>", " ", re.sub(r"</?(a|b|strong)\b[^>]*>", "", body))).split())
    for format_ in ("docx", "odt"):
        file = read(file_of(edition, format_), format_)
        cells = [cell for table in file.tables for row in table for cell in row]
        own = file.texts.index(next(text for text in file.texts if text.startswith("U kunt deze tekst aanpassen")))
        said = Counter(" ".join([*file.texts[own + 1 :], *cells]).split())
        assert said == told, ((said - told).most_common(9), (told - said).most_common(9))
        links = set(re.findall(r'href="(http[^"]+)"', unescape(body)))
        assert links == set(file.links)
    assert words("Is dit exemplaar actueel?") in words_of(file_of(edition, "pdf"))


def test_the_report_and_the_comparison_are_those_of_the_screen(visitor: Client) -> None:
    screen = visitor.get("/gemeenten/heerlen.json").json()
    assert {name: data("rapport")[name] for name in screen} == screen
    screen = visitor.get("/vergelijking.json?gemeente=heerlen&gemeente=arnhem").json()
    assert {name: data("vergelijking")[name] for name in screen} == screen
    paper = words_of(files("vergelijking")["pdf"])
    for version in FindingVersion.objects.filter(record__focus_area__municipality__slug="arnhem"):
        assert words(version.text) in paper


def test_a_new_council_gets_all_of_the_roles_recommendations_and_promises(visitor: Client) -> None:
    tables, paper = data("overdrachtsdossier")["tabellen"], words_of(files("overdrachtsdossier")["pdf"])
    screen = visitor.get("/gemeenten/heerlen.json").json()["tabellen"]
    assert [row["Kernzin"] for row in tables["Bevindingen"]] == [row["Kernzin"] for row in screen["Bevindingen"]]
    assert [row["Stand"] for row in tables["Bevindingen"]] == [row["Stand"] for row in screen["Bevindingen"]]
    assert tables["Aanbevelingen"] == screen["Aanbevelingen"]
    assert tables["Toezeggingen"] == screen["Toezeggingen"]
    for version in FindingVersion.objects.filter(record__focus_area__municipality__slug="heerlen"):
        assert words(version.headline) in paper
    for row in tables["Toezeggingen"]:
        assert words(row["Toezegging"]) in paper


def test_the_history_in_it_is_the_levenslijn_of_the_screen() -> None:
    moment = Moment.of("")
    lines = {line.aspect: line for line in Handover.of("heerlen", moment).lifelines}
    finding = FindingPage.of("monitoring-heerlen-noord-start-2023-2025", moment)
    assert finding is not None
    told = [(one.round, one.years, one.terms, one.cell.headline) for one in lines["monitoring"].passages]
    assert told == [(one.round, one.years, one.terms, one.headline) for one in finding.lifeline]


def test_a_packet_for_a_meeting_asks_what_a_draft_asks_and_names_each_deadline(visitor: Client) -> None:
    found, paper = data("vergaderpakket")["tabellen"], words_of(files("vergaderpakket")["pdf"])
    assert [row["Onderwerp"] for row in found["Onderwerpen"]] == ["Rol", "Inzicht in de financiën"]
    draft = visitor.get("/aanbevelingen/heerlen-2-inzicht-financien/raad/schriftelijke-vragen.docx").content
    for row in found["Vragen"]:
        assert row["Onderwerp"] == "Rol" or row["Vraag"] in read(draft, "docx").under("List Number")
    assert len({row["Onderwerp"] for row in found["Vragen"]}) == 2
    for row in [*found["Vragen"], *found["Onderwerpen"]]:
        assert words(row.get("Vraag") or row["Termijn"]) in paper


def test_a_packet_names_the_meeting_on_its_cover_and_in_the_text_for_the_agenda() -> None:
    when = "commissie Samenleving, 8 december 2026"
    edition = made(signed_in(person("gea", "clerk")), "vergaderpakket", meeting=f"  {when} ", sections=["agenda"])
    assert json.loads(file_of(edition, "json"))["vergadering"] == when
    assert words_of(file_of(edition, "pdf")).count(words(f"Vergadering: {when}")) == 2
    assert words("Vergadering:") not in words_of(files("vergaderpakket")["pdf"])


def test_an_example_that_is_asked_about_is_explained_with_its_address_and_source() -> None:
    slugs = Finding.objects.filter(focus_area__municipality__slug="heerlen").values_list("slug", flat=True)
    found = [facts for slug in slugs if (facts := FindingFacts.of(slug, Moment.of("")))]
    facts = next(facts for facts in found if facts.practices)
    edition = made(signed_in(person("gea", "clerk")), "vergaderpakket", items=[f"bevinding-{facts.slug}"])
    paper, word = words_of(file_of(edition, "pdf")), read(file_of(edition, "docx"), "docx")
    for practice in facts.practices:
        assert words(practice.text) in paper
        assert any(f"/voorbeelden/{practice.slug}/" in link for link in word.links)
        for source in practice.sources:
            assert words(source.document) in paper.rpartition("Bronnen")[2]


def test_the_sources_have_the_day_and_the_address_that_are_known() -> None:
    paper, word = words_of(files("overdrachtsdossier")["pdf"]), read(files("overdrachtsdossier")["docx"], "docx")
    sources = paper.rpartition("Bronnen")[2]
    used = Document.objects.filter(title__in=word.under("Heading 2"))
    assert len(used) > 1
    for document in used:
        assert words(f"{document.published or ''}{document.title}{document.publisher}") in sources
        assert not document.url or document.url in word.links


def test_where_a_promise_stands_is_a_link() -> None:
    gea = signed_in(person("gea", "clerk"))
    recorded("heerlen-2-inzicht-financien", "commitment", "", "2026-02-01")
    edition = made(gea, "overdrachtsdossier", sections=["toezeggingen"])
    assert "https://example.nl/1" in read(file_of(edition, "docx"), "docx").links


def test_a_packet_without_its_sources_is_clean_too() -> None:
    edition = made(signed_in(person("gea", "clerk")), "vergaderpakket", sections=["vragen"])
    assert_accessible(file_of(edition, "pdf"))


def test_a_finding_can_be_a_subject_too() -> None:
    key = "bevinding-monitoring-heerlen-noord-start-2023-2025"
    edition = made(signed_in(person("gea", "clerk")), "vergaderpakket", items=[key])
    version = FindingVersion.objects.get(record__slug=key.removeprefix("bevinding-"))
    (row,) = json.loads(file_of(edition, "json"))["tabellen"]["Bevindingen"]
    assert (row["Kernzin"], row["Tekst"]) == (version.headline, version.text)
    assert words(version.text) in words_of(file_of(edition, "pdf"))
    assert_accessible(file_of(edition, "pdf"))


def test_a_year_begins_and_ends_with_every_recommendation_in_one_standing() -> None:
    recorded("heerlen-2-inzicht-financien", "decision", "adopted", "2025-06-01")
    recorded("heerlen-2-inzicht-financien", "reported", "done", "2026-02-01")
    year = Year.of("heerlen", Moment.of(""), 2025)
    assert sum(before for _, before, _ in year.counts) == sum(after for *_, after in year.counts) == 10
    found = {one.item.advice.slug: one for one in year.followed}
    financial = found["heerlen-2-inzicht-financien"]
    assert financial.before_told == "geen besluit bekend"
    assert financial.after.told == "loopt tot en met 1 juni 2026"
    assert financial.item.chain.told == "afgerond volgens de gemeente, nog niet vastgesteld"
    assert [action.happened_iso for action in financial.happened] == ["2025-06-01"]
    assert found["rol"].before_told == NOT_YET  # issued on 30 January 2025


def test_of_each_recommendation_the_year_itself_comes_first() -> None:
    for format_ in ("docx", "odt"):
        labels = read(files("jaaroverzicht")[format_], format_).under("Kopje")
        assert labels.index("In 2025") < labels.index("Stand en termijn")


def test_a_year_before_there_was_anything_says_so() -> None:
    edition = made(signed_in(person("gea", "clerk")), "jaaroverzicht", year="2022")
    assert words("Eind 2022 waren er nog geen aanbevelingen") in words_of(file_of(edition, "pdf"))
    assert_accessible(file_of(edition, "pdf"))


def test_a_dossier_as_of_a_day_holds_nothing_of_after_it() -> None:
    recorded("heerlen-2-inzicht-financien", "decision", "adopted", "2025-06-01")
    gea = signed_in(person("gea", "clerk"))
    day = "2025-02-01"
    for kind in ("overdrachtsdossier", "vergaderpakket", "rapport"):
        edition = made(gea, kind, day=day)
        assert localdate(edition.moment) == date(2025, 2, 1)
        found = json.loads(file_of(edition, "json"))
        assert found["op"] == day
        for row in found["tabellen"].get("Aanbevelingen", []):
            assert row["Stand"] == "geen besluit bekend"
        assert words("1 juni 2025") not in words_of(file_of(edition, "pdf"))


def test_no_draft_and_nothing_under_embargo_comes_into_any_dossier(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even for a clerk who may read it early on the screen."""
    authors = person("schrijver", "researcher"), person("lezer", "researcher"), person("baas", "secretary")
    for record in WORK_KINDS:
        if record.slug != "bevindingen":
            draft_of(record, authors[0])
    text_in("later", authors)
    gea = signed_in(person("gea", "clerk"))
    assert "CANARY" in gea.get("/werkplek/onder-embargo/").content.decode()
    printed, render = list[str](), pdf.render

    def printed_instead(html: str, *, seconds: int | None = None) -> bytes:
        printed.append(html)
        return render(EMPTY_PAGE)

    monkeypatch.setattr(pdf, "render", printed_instead)
    for kind in KINDS:
        edition = made(gea, kind)
        assert "CANARY" not in file_of(edition, "json").decode()
        sheet = openpyxl.load_workbook(BytesIO(file_of(edition, "xlsx")))
        assert not [c for tab in sheet for row in tab.iter_rows(values_only=True) for c in row if "CANARY" in str(c)]
        for format_ in {"docx", "odt"} & set(BY_SLUG[kind].formats):
            assert "CANARY" not in read(file_of(edition, format_), format_).words
    assert len(printed) == len(KINDS)
    assert not [html for html in printed if "CANARY" in html]
