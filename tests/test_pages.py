"""What every public page promises a visitor."""

import re
from typing import Any

import pytest
from django.db import connection
from django.db.models import Value
from django.db.models.functions import Concat, Lower
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, get_resolver, path
from django.utils import timezone
from pytest_django import Settings

from focusareas.models import Municipality
from nplv_portal import urls
from nplv_portal.reports.front import area_tiles, shared_start
from tests.addresses import ENTRANCE, FILES, PAGES, PLAIN, PUBLIC, SIGNED_IN
from tests.conftest import forget_pages
from tests.findings.test_matrix import many_more_areas_and_rounds

pytestmark = pytest.mark.django_db
EVERYWHERE = [address for addresses in PUBLIC.values() for address in addresses]


@pytest.fixture(autouse=True)
def contact(settings: Settings) -> None:
    settings.CONTACT_EMAIL = "portaal@example.nl"


def test_the_public_views_are_the_ones_on_the_list() -> None:
    patterns = [pattern for pattern in get_resolver().url_patterns if isinstance(pattern, URLPattern)]
    assert len(patterns) == len(get_resolver().url_patterns)
    assert {p.name for p in patterns if is_open(p)} == PUBLIC.keys() | ENTRANCE.keys()
    assert {p.name for p in patterns if not is_open(p)} == SIGNED_IN.keys()


def is_open(pattern: URLPattern) -> bool:
    return not getattr(pattern.callback, "login_required", True)


def test_a_view_is_closed_unless_it_says_otherwise(visitor: Client, settings: Settings) -> None:
    class Routes:
        urlpatterns = [*urls.urlpatterns, path("geheim/", lambda request: HttpResponse("geheim"), name="secret")]

    settings.ROOT_URLCONF = Routes
    settings.LOGIN_URL = "/inloggen/"
    response = visitor.get("/geheim/")
    assert (response.status_code, response["Location"]) == (302, "/inloggen/?next=/geheim/")


@pytest.fixture(scope="module")
def answered() -> dict[str, Any]:
    """Every address, asked once for all tests that only look at the answer."""
    return {}


def answer(address: str, answered: dict[str, Any]) -> Any:
    if address not in answered:
        answered[address] = Client().get(address)
    return answered[address]


@pytest.mark.parametrize("address", EVERYWHERE)
def test_a_visitor_reads_it_without_a_cookie(answered: dict[str, Any], address: str) -> None:
    response = answer(address, answered)
    assert response.status_code == 200
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")


@pytest.mark.parametrize("address", EVERYWHERE)
def test_the_answer_forbids_what_a_page_does_not_need(answered: dict[str, Any], address: str) -> None:
    headers = answer(address, answered).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


@pytest.mark.parametrize("address", PAGES)
def test_a_page_holds_no_inline_style_or_script(answered: dict[str, Any], address: str) -> None:
    html = answer(address, answered).content.decode()
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|<script(?![^>]*src=)", html)
    assert not re.search(r"(?:src|href)=\"https?://(?!127\.0\.0\.1)[^\"]*\.(?:js|css|woff2|png)", html)


@pytest.mark.parametrize("address", PAGES)
def test_an_unchanged_page_costs_one_query_and_is_not_sent_again(visitor: Client, address: str) -> None:
    etag = visitor.get(address)["ETag"]
    with CaptureQueriesContext(connection) as queries:
        response = visitor.get(address, headers={"If-None-Match": etag})
    assert (response.status_code, response.content, len(queries)) == (304, b"", 1)


@pytest.mark.parametrize("address", PAGES)
def test_a_page_takes_at_most_four_queries(visitor: Client, address: str) -> None:
    forget_pages()
    with CaptureQueriesContext(connection) as queries:
        visitor.get(address)
    # the page about the research shows six kinds of record, and grows with none of them
    assert len(queries) <= (7 if address == "/onderzoek/" else 4)


@pytest.mark.parametrize("address", PAGES)
def test_only_reading_is_possible(visitor: Client, address: str) -> None:
    assert visitor.head(address).status_code == 200
    for method in (visitor.post, visitor.put, visitor.delete, visitor.patch):
        assert method(address).status_code == 405


@pytest.mark.parametrize("address", [a for name in PUBLIC if name not in FILES | PLAIN for a in PUBLIC[name]])
def test_a_page_has_a_title_of_its_own_and_one_heading(answered: dict[str, Any], address: str) -> None:
    html = answer(address, answered).content.decode()
    assert len(re.findall(r"<h1\b", html)) == 1
    title = re.search(r"<title>(.+?) · Raadsportaal NPLV</title>", html)
    assert title
    assert title[1].strip()


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("/gemeenten/heerlen/geld/", "Rapport Heerlen"),
        ("/vergelijking/?weergave=volledig", "Gezamenlijke notitie"),
        ("/onderzoek/", "Gezamenlijke notitie"),
        ("/onderzoek/vragen/", "Rapport Heerlen"),
        ("/begrippen/", "Rapport Heerlen"),
    ],
)
def test_a_source_goes_by_its_short_title(visitor: Client, address: str, name: str) -> None:
    shown = re.sub(r"<[^>]+>", "", visitor.get(address).content.decode())
    assert re.search(rf"{name}( “[^”]+”)?, ", shown)
    assert not re.search(r"\b(Rapport|Notitie)( “[^”]+”)?, (§|hoofdstuk|bijlage|figuur|Stand|Aanleiding)", shown)


def test_pages_are_compressed_for_those_who_can_read_it(visitor: Client) -> None:
    response = visitor.get("/vergelijking/", headers={"Accept-Encoding": "gzip"})
    assert response["Content-Encoding"] == "gzip"
    assert len(response.content) <= 15_000


@pytest.mark.parametrize(
    "address",
    [
        "/gemeenten/atlantis/",
        "/gemeenten/atlantis.pdf",
        "/vergelijking/onzin/",
        "/bevindingen/x/",
        "/aanbevelingen/x/",
        "/weg",
    ],
)
def test_an_unknown_address_says_so_with_a_way_on(visitor: Client, address: str) -> None:
    response = visitor.get(address)
    assert response.status_code == 404
    html = response.content.decode()
    assert 'lang="nl"' in html
    assert "/vergelijking/" in html


def test_security_txt_names_contact_and_end_date(visitor: Client) -> None:
    text = visitor.get("/.well-known/security.txt").content.decode()
    assert "Contact: mailto:portaal@example.nl" in text
    assert re.search(r"^Expires: 20\d\d-\d\d-\d\dT00:00:00Z$", text, re.MULTILINE)


def test_without_a_contact_there_is_no_security_txt(visitor: Client, settings: Settings) -> None:
    settings.CONTACT_EMAIL = ""
    assert visitor.get("/.well-known/security.txt").status_code == 404


def test_a_form_from_elsewhere_is_refused_in_dutch(db: None) -> None:
    response = Client(enforce_csrf_checks=True).post("/vergelijking/")
    assert response.status_code == 403
    assert "U hebt hier geen toegang" in response.content.decode()


@pytest.mark.parametrize("address", ["/", "/vergelijking/", "/gemeenten/heerlen/"])
def test_every_page_leads_to_the_own_desk_without_knowing_who_reads(address: str, visitor: Client) -> None:
    page, door = visitor.get(address), visitor.get("/account/verder/")
    assert page.content.decode().count('href="/account/verder/"') == 2
    assert not page.cookies
    assert "Cookie" not in page.get("Vary", "")
    assert door["Location"] == "/inloggen/?next=/account/verder/"


# What a list leaves out, it says; what it repeats, it tells apart


def test_what_is_missing_in_a_city_names_that_city(visitor: Client) -> None:
    html = visitor.get("/onderzoek/wat-ontbreekt/").content.decode().partition("</table>")[2]
    links = re.findall(r'<a href="/gemeenten/([a-z-]+)/[a-z]+/[^>]*>([^<]+)</a>', html)
    assert links
    assert all(f"({Municipality.objects.get(slug=slug)})" in text for slug, text in links)


def test_once_every_city_was_examined_there_is_no_heading_over_nothing(visitor: Client) -> None:
    assert "Nog zonder bevindingen" in visitor.get("/gemeenten/").content.decode()
    many_more_areas_and_rounds(1)
    assert "Nog zonder bevindingen" not in visitor.get("/gemeenten/").content.decode()


@pytest.mark.parametrize(
    ("names", "shared"),
    [
        (["Voorbeelddam", "Voorbeeldstad", "Voorbeeldmeer"], "Voorbeeld"),
        (["Heerlen", "Leeuwarden", "Lelystad"], ""),
        (["Heerlen"], ""),
        ([], ""),
    ],
)
def test_the_map_knows_how_all_names_begin(names: list[str], shared: str) -> None:
    assert shared_start(names) == shared


def test_on_the_map_cities_are_told_apart_also_on_a_phone(db: None) -> None:
    Municipality.objects.update(name=Concat(Value("Voorbeeld"), Lower("name")))
    shorts = {tile.short for tile in area_tiles(timezone.now())}
    assert len(shorts) == 19
    assert {"Hee", "Arn", "Den"} <= shorts
