"""Is my copy current? A reader with a PDF, on paper or as a file, asks /controle/."""

import hashlib
import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from findings.models import AuditRound, Finding, FindingVersion
from focusareas.models import Municipality
from nplv_portal.checking.currency import DOCUMENTS
from nplv_portal.lib.moments import Moment
from nplv_portal.reports.copies import report_at
from nplv_portal.sources.copies import Copy, grouped, issue
from nplv_portal.sources.models import IssuedCopy, IssuedFile
from tests.conftest import forget_pages
from tests.recommendations.test_pages import told
from tests.test_bad_input import HOSTILE
from tests.test_pdfs import words_of

pytestmark = pytest.mark.django_db
MATRIX = "/vergelijking.pdf?rol=kaderstellend"
PDFS = [
    MATRIX,
    "/aanbevelingen.pdf?gemeente=heerlen",
    "/gemeenten/heerlen.pdf?deel=raad",
    "/gemeenten/heerlen/factsheet.pdf",
]
QUERY = QueryDict()
CORRECTED = "kaders-heerlen-noord-start-2023-2025"


@pytest.fixture(autouse=True)
def patience(settings: Any) -> None:
    """These tests are not about how soon a PDF is there; and nobody asked anything yet."""
    settings.PDF_SECONDS = 60
    cache.clear()


def made(visitor: Client, address: str) -> tuple[bytes, IssuedCopy]:
    """The PDF, and what the register has of it."""
    forget_pages()
    pdf = visitor.get(address).content
    return pdf, IssuedFile.objects.get(pk=hashlib.sha256(pdf).hexdigest()).copy


def text_of(response: Any) -> str:
    main = re.search(r"<main.*</main>", response.content.decode(), re.DOTALL)
    assert main
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main[0])).split())


def by_code(visitor: Client, code: str) -> str:
    forget_pages()
    return text_of(visitor.get("/controle/", {"code": code}, follow=True))


def by_file(visitor: Client, content: bytes, name: str = "kopie.pdf") -> Any:
    return visitor.post("/controle/bestand/", {"bestand": SimpleUploadedFile(name, content)})


def correct_a_finding() -> None:
    version = FindingVersion.objects.create(
        record=Finding.objects.get(slug=CORRECTED),
        headline="De raad stelde toch kaders vast",
        text="Bij nader inzien.",
        number=2,
        erratum="Het raadsbesluit ontbrak.",
    )
    version.publish(at=timezone.now())


def issued_earlier(copy: Copy, moment: Moment) -> IssuedCopy:
    """As if it was made at that moment."""
    row: IssuedCopy = IssuedCopy.objects.create(
        code=copy.code,
        address=copy.address,
        checksum=copy.checksum,
        kind=copy.kind,
        title=copy.title,
        as_of=moment.at,
        issued_at=moment.at,
        is_public=True,
    )
    return row


# Genuine and current


@pytest.mark.parametrize("address", PDFS)
def test_a_fresh_pdf_is_genuine_and_current(visitor: Client, address: str) -> None:
    pdf, issued = made(visitor, address)
    assert "Dit exemplaar is actueel" in by_code(visitor, issued.code)
    answer = text_of(by_file(visitor, pdf))
    assert "Dit exemplaar is actueel" in answer
    assert "Dit bestand is echt: het is tot op het laatste teken gelijk" in answer


@pytest.mark.parametrize("address", PDFS)
def test_the_code_is_printed_in_the_pdf(visitor: Client, address: str) -> None:
    pdf, issued = made(visitor, address)
    assert address_of(issued) in words_of(pdf)


def test_the_way_from_the_footer_to_the_answer(visitor: Client) -> None:
    assert 'href="/controle/"' in visitor.get("/").content.decode()
    _, issued = made(visitor, MATRIX)
    typed = issued.code.lower().replace("0", "o").replace("1", "l")
    response = visitor.get("/controle/", {"code": f" {typed[:6]} {typed[6:]} "}, follow=True)
    assert response.redirect_chain == [(address_of(issued), 302)]
    assert "Dit exemplaar is actueel" in text_of(response)


def test_a_day_that_passed_leaves_a_copy_current(visitor: Client) -> None:
    yesterday = Moment.then(timezone.now() - timedelta(days=1))
    issued = issued_earlier(report_at(yesterday, QUERY, slug="heerlen"), yesterday)
    assert "Dit exemplaar is actueel" in by_code(visitor, issued.code)


def test_another_name_in_the_heading_makes_no_copy_outdated(visitor: Client) -> None:
    """What is no published text, or how a later release writes it down, changes the checksum and not the facts."""
    _, issued = made(visitor, MATRIX)
    AuditRound.objects.update(name="Het startonderzoek")
    assert "Dit exemplaar is actueel" in by_code(visitor, issued.code)


# Superseded


@pytest.mark.parametrize("address", [MATRIX, *PDFS[2:]])
def test_after_a_correction_the_newest_version_is_shown_with_what_changed(visitor: Client, address: str) -> None:
    pdf, issued = made(visitor, address)
    correct_a_finding()
    for answer in (by_code(visitor, issued.code), text_of(by_file(visitor, pdf))):
        assert "Er is een nieuwere versie" in answer
        changes = answer.partition("Wat er sindsdien veranderde")[2].partition("Lees het op het portaal")[0]
        assert "Kaders" in changes
        assert "Monitoring" not in changes
    newest, _ = made(
        visitor, re.findall(r'href="([^"]+\.pdf[^"]*)"', visitor.get(address_of(issued)).content.decode())[0]
    )
    assert newest != pdf
    assert "Dit exemplaar is actueel" in text_of(by_file(visitor, newest))


def address_of(issued: IssuedCopy) -> str:
    return f"/controle/{grouped(issued.code)}/"


def test_a_correction_elsewhere_leaves_a_copy_current(visitor: Client) -> None:
    _, issued = made(visitor, "/vergelijking.pdf?gemeente=arnhem")
    correct_a_finding()
    assert "Dit exemplaar is actueel" in by_code(visitor, issued.code)


def test_a_step_of_the_chain_makes_an_older_copy_outdated(visitor: Client) -> None:
    _, heerlen = made(visitor, PDFS[1])
    _, arnhem = made(visitor, "/gemeenten/arnhem/factsheet.pdf")
    told("decision", "adopted", entered=timezone.localtime().replace(tzinfo=None).isoformat())
    answer = by_code(visitor, heerlen.code)
    assert "Er is een nieuwere versie" in answer
    assert "Rol (Heerlen)" in answer
    assert "Dit exemplaar is actueel" in by_code(visitor, arnhem.code)


def test_a_deadline_that_passed_makes_a_copy_outdated(visitor: Client) -> None:
    told("decision", "adopted", "2025-06-01")
    before, after = (Moment.then(Moment.of(day).at) for day in ("2026-06-01", "2026-06-02"))
    late, in_time = (issued_earlier(report_at(m, QUERY, slug="heerlen"), m) for m in (after, before))
    assert "Er is een nieuwere versie" in by_code(visitor, in_time.code)
    assert "Aanbeveling: Rol" in by_code(visitor, in_time.code)
    assert "Dit exemplaar is actueel" in by_code(visitor, late.code)


def test_a_document_of_an_earlier_day_is_genuine_as_of_that_day(visitor: Client) -> None:
    pdf, issued = made(visitor, f"{MATRIX}&op=2025-02-01")
    same = text_of(by_file(visitor, pdf))
    assert "Zo stond het op 1 februari 2025" in same
    assert "Vandaag staat er nog hetzelfde." in same
    correct_a_finding()
    differs = by_code(visitor, issued.code)
    assert "Zo stond het op 1 februari 2025" in differs
    assert "Vandaag staat er iets anders." in differs
    assert "op=2025-02-01" in visitor.get(address_of(issued)).content.decode()


# Not genuine


def test_one_changed_byte_and_the_file_is_unknown(visitor: Client) -> None:
    pdf, _ = made(visitor, MATRIX)
    changed = bytearray(pdf)
    changed[len(changed) // 2] ^= 1
    answer = text_of(by_file(visitor, bytes(changed)))
    assert "Dit bestand kent het portaal niet" in answer
    assert "Dat hoeft niet te betekenen dat de inhoud vals is." in answer


def test_a_file_that_was_never_issued_is_unknown(visitor: Client) -> None:
    assert "Dit bestand kent het portaal niet" in text_of(by_file(visitor, b"%PDF-1.7 van iemand anders"))


def test_an_unknown_code_says_so_and_keeps_what_was_typed(visitor: Client) -> None:
    response = visitor.get("/controle/", {"code": "0000-0000-0000"}, follow=True)
    assert response.status_code == 404
    assert "Deze code kent het portaal niet" in text_of(response)
    assert 'value="0000-0000-0000"' in response.content.decode()


def test_half_a_code_gets_a_hint_and_comes_back(visitor: Client) -> None:
    response = visitor.get("/controle/", {"code": "7K3M 9Q"})
    assert "Een code heeft twaalf letters en cijfers" in text_of(response)
    assert 'value="7K3M 9Q"' in response.content.decode()


# What is not public


def private_copy(**other: Any) -> Copy:
    values: dict[str, Any] = {
        "kind": "vergaderpakket",
        "title": "Raad van 3 december",
        "address": "/griffie/pakket/1/?op=2026-11-27",
        "content": [("CANARY onderwerp", "CANARY tekst")],
        "moment": Moment.of(""),
        "is_public": False,
    }
    return Copy(**values | other)


def test_of_a_private_document_only_what_it_is_shows(visitor: Client) -> None:
    copy = private_copy()
    issue(copy, b"PK vertrouwelijk")
    response = visitor.get(f"/controle/{copy.shown_code}/")
    for answer in (response, by_file(visitor, b"PK vertrouwelijk", "pakket.docx")):
        text = text_of(answer)
        assert "Dit document komt van het portaal" in text
        assert "Wat Vergaderpakket: Raad van 3 december" in text
        assert "Of het nog actueel is, kan het portaal niet zeggen." in text
        assert "CANARY" not in answer.content.decode()
        assert "/griffie/pakket/" not in answer.content.decode()
    assert response["Cache-Control"] == "no-store"


def test_a_private_document_with_its_own_check_says_current_or_not_and_not_what_changed(
    visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = ["CANARY een"]
    address = "/griffie/heerlen/rol/"

    def at(moment: Moment, params: Any, **parts: Any) -> Copy:
        return private_copy(address=address, content=[("CANARY", said[0] if moment.past is None else "CANARY een")])

    monkeypatch.setitem(DOCUMENTS, "followed", at)
    copy = private_copy(address=address, content=[("CANARY", "CANARY een")])
    issue(copy, b"PK vertrouwelijk")
    assert "Dit exemplaar is actueel" in by_code(visitor, copy.code)
    said[0] = "CANARY twee"
    answer = visitor.get(f"/controle/{copy.shown_code}/")
    assert "De gegevens zijn veranderd" in text_of(answer)
    assert "CANARY" not in answer.content.decode()
    assert f'href="{address}"' not in answer.content.decode()


# What may come in


@pytest.mark.parametrize("value", HOSTILE)
def test_no_value_breaks_the_check(visitor: Client, value: str) -> None:
    response = visitor.get("/controle/", {"code": value}, follow=True)
    assert response.status_code in {200, 404}
    assert b"<script>alert" not in response.content
    assert b"onerror=alert(1)>" not in response.content
    name = value.replace("\x00", "") or "x"
    assert by_file(visitor, b"inhoud", name).status_code in {200, 422}


def test_without_a_file_one_is_asked_for(visitor: Client) -> None:
    for data in ({}, {"bestand": "geen bestand"}):
        response = visitor.post("/controle/bestand/", data)
        assert response.status_code == 422
        assert "Kies een bestand." in text_of(response)


def test_an_empty_file_is_just_unknown(visitor: Client) -> None:
    response = by_file(visitor, b"")
    assert (response.status_code, "Dit bestand kent het portaal niet" in text_of(response)) == (200, True)


def test_a_file_of_megabytes_is_measured_and_a_larger_one_refused(visitor: Client, monkeypatch: Any) -> None:
    assert "Dit bestand kent het portaal niet" in text_of(by_file(visitor, b"x" * 7_000_000))
    monkeypatch.setattr("nplv_portal.checking.views.LARGEST_MB", 1)
    response = by_file(visitor, b"x" * 2_000_000)
    assert response.status_code == 422
    assert "Zo grote bestanden maakt het portaal niet." in text_of(response)


def test_a_form_from_another_site_learns_nothing_more_and_no_cookie_is_set() -> None:
    stranger = Client(enforce_csrf_checks=True)
    response = by_file(stranger, b"%PDF-1.7 van iemand anders")
    assert response.status_code == 200
    assert not response.cookies
    assert response["Cache-Control"] == "no-store"


def test_who_asks_without_end_is_asked_to_wait(visitor: Client) -> None:
    for _ in range(60):
        assert by_file(visitor, b"steeds weer").status_code == 200
    refused = by_file(visitor, b"steeds weer")
    assert refused.status_code == 429
    assert "Wacht een minuut" in text_of(refused)
    assert visitor.get("/controle/7K3M-9QXA-2RVC/").status_code == 200  # the code still works


def test_the_answer_takes_the_same_number_of_queries_at_any_size(visitor: Client) -> None:
    counts = {}
    for slug in Municipality.objects.filter(areas__participations__isnull=False).values_list("slug", flat=True):
        _, issued = made(visitor, f"/gemeenten/{slug}/factsheet.pdf")
        forget_pages()
        with CaptureQueriesContext(connection) as queries:
            visitor.get(address_of(issued))
        counts[slug] = len(queries)
    assert set(counts.values()) == {5}
