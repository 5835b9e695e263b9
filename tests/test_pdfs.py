"""The PDFs that a reader takes along: accessible, and cell by cell the same as the page."""

import re
import subprocess
from html import unescape
from io import BytesIO

import pikepdf
import pytest
from django.test import Client
from pytest_django import Settings

from findings.models import FindingVersion
from recommendations.models import GoodPracticeVersion, RecommendationVersion
from tests.pdf_checks import assert_accessible

pytestmark = pytest.mark.django_db

MATRIX = "/vergelijking.pdf?weergave=volledig"
REPORT = "/gemeenten/heerlen.pdf"
FACTSHEET = "/gemeenten/groningen/factsheet.pdf"


def made(visitor: Client, address: str) -> bytes:
    response = visitor.get(address)
    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
    return response.content


def words_of(pdf: bytes) -> str:
    """The text in the order in which it was drawn, without any white space: lines break elsewhere on paper."""
    command = ["pdftotext", "-raw", "-", "-"]
    text = subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode()
    return "".join(text.split())


def words(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize(
    "address", ["/vergelijking.pdf", MATRIX, "/aanbevelingen.pdf", REPORT, "/gemeenten/lelystad.pdf", FACTSHEET]
)
def test_both_validators_find_nothing(visitor: Client, address: str) -> None:
    assert_accessible(made(visitor, address))


@pytest.mark.parametrize(
    ("address", "title"),
    [(MATRIX, "Vier gemeenten naast elkaar"), (REPORT, "Heerlen"), (FACTSHEET, "Groningen")],
)
def test_it_has_a_dutch_title_and_bookmarks(visitor: Client, address: str, title: str) -> None:
    with pikepdf.open(BytesIO(made(visitor, address))) as document:
        assert str(document.Root.Lang) == "nl"
        assert title in str(document.docinfo.Title)
        with document.open_outline() as outline:
            assert len(outline.root) >= 1


def test_the_matrix_on_paper_says_what_the_page_says(visitor: Client) -> None:
    page = words(unescape(re.sub(r"<[^>]+>", " ", visitor.get("/vergelijking/?weergave=volledig").content.decode())))
    paper = words_of(made(visitor, MATRIX))
    versions = FindingVersion.objects.all()
    assert len(versions) == 52
    for version in versions:
        for text in (version.headline, version.text):
            assert words(text) in page
            assert words(text) in paper, f"{version.record}: {text}"


def test_the_kern_on_paper_leaves_the_texts_out_as_the_page_does(visitor: Client) -> None:
    paper = words_of(made(visitor, "/vergelijking.pdf"))
    version = FindingVersion.objects.get(record__slug="monitoring-lelystad-oost-start-2023-2025")
    assert words(version.headline) in paper
    assert words(version.text) not in paper


def test_a_filter_holds_on_paper(visitor: Client) -> None:
    paper = words_of(made(visitor, "/vergelijking.pdf?rol=controlerend&gemeente=arnhem"))
    assert words("3 van 13 aspecten") in paper
    assert words("Monitoring op drie niveaus") in paper
    assert words("Raad heeft geen nieuwe kaders") not in paper


def test_the_heads_stand_on_every_page_of_the_table(visitor: Client) -> None:
    pdf = made(visitor, MATRIX)
    command = ["pdftotext", "-raw", "-", "-"]
    pages = subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode().split("\f")
    with_cells = [page for page in pages if "Gezamenlijke notitie, Stand van zaken" in page]
    assert len(with_cells) > 3
    for page in with_cells:
        assert all(name in page for name in ("Heerlen", "Lelystad", "Arnhem", "Groningen"))


def test_the_report_holds_all_of_the_municipality(visitor: Client) -> None:
    paper = words_of(made(visitor, REPORT))
    for version in FindingVersion.objects.filter(record__focus_area__municipality__slug="heerlen"):
        assert words(version.headline) in paper
        assert words(version.text) in paper
    for advice in RecommendationVersion.objects.filter(record__municipality__slug="heerlen"):
        assert words(advice.headline) in paper
    for practice in GoodPracticeVersion.objects.filter(record__municipality__slug="heerlen"):
        assert words(practice.title) in paper


@pytest.mark.parametrize("address", [MATRIX, REPORT])
def test_the_colophon_says_of_which_day_where_and_which_version(visitor: Client, address: str) -> None:
    paper = words_of(made(visitor, address))
    assert re.search(r"Zoalsgepubliceerdop\d+", paper)
    assert re.search(r"http://127\.0\.0\.1:8000/[a-z/]+\?.*op=20\d\d-\d\d-\d\d", paper)
    assert re.search(r"[0-9a-f]{64}", paper)


def test_a_factsheet_is_one_page_for_every_municipality(visitor: Client) -> None:
    for slug in ("heerlen", "lelystad", "arnhem", "groningen", "amsterdam"):
        with pikepdf.open(BytesIO(made(visitor, f"/gemeenten/{slug}/factsheet.pdf"))) as document:
            assert len(document.pages) == 1, slug


def test_the_same_content_gives_the_same_file(visitor: Client) -> None:
    assert made(visitor, FACTSHEET) == made(visitor, FACTSHEET)


def test_a_pdf_that_takes_too_long_says_so_in_dutch_with_a_retry(visitor: Client, settings: Settings) -> None:
    settings.PDF_SECONDS = 0.01
    response = visitor.get("/vergelijking.pdf?gemeente=heerlen&tekst=geld")
    html = response.content.decode()
    assert (response.status_code, response["Retry-After"]) == (503, "10")
    assert "Het maken van deze PDF duurde te lang." in html
    assert 'href="/vergelijking.pdf?gemeente=heerlen&amp;tekst=geld"' in html
    assert response["Cache-Control"] == "no-store"
    assert "minder gemeenten of rollen" in html


@pytest.mark.parametrize(
    ("address", "advice", "page"),
    [
        ("/gemeenten/heerlen.pdf", "minder onderdelen van het rapport", "/gemeenten/heerlen/"),
        ("/gemeenten/heerlen/factsheet.pdf", "op de pagina zelf", "/gemeenten/heerlen/"),
        ("/aanbevelingen.pdf", "één gemeente", "/aanbevelingen/"),
    ],
)
def test_what_to_do_about_a_pdf_that_failed_fits_the_document(
    visitor: Client, settings: Settings, address: str, advice: str, page: str
) -> None:
    settings.PDF_SECONDS = 0.01
    response = visitor.get(f"{address}?op=2025-06-07")  # which nobody asked for yet
    assert response.status_code == 503
    html = response.content.decode()
    assert advice in html
    assert "minder gemeenten of rollen" not in html
    assert re.search(rf'href="{page}(\?[^"]*)?(#meenemen)?"', html.partition("<main")[2])
    assert ("Maak er een dossier van" in html) == (address == "/gemeenten/heerlen.pdf")


def test_a_recommendation_begins_where_the_page_has_room(visitor: Client) -> None:
    """Its steps may go on on the next page, so that no page is left half empty."""
    text = pages_of(made(visitor, "/gemeenten/heerlen.pdf?deel=aanbevelingen"))
    first = next(page for page in text if "Aanbevelingen en wat daarover bekend is" in page)
    assert "Stand en termijn" in first


def pages_of(content: bytes) -> list[str]:
    found = subprocess.run(["pdftotext", "-layout", "-", "-"], input=content, capture_output=True, check=True)
    return found.stdout.decode().split("\f")[:-1]
