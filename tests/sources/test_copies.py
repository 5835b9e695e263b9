"""The register of copies: what stands in it, and that it stays."""

import hashlib
from base64 import b64decode
from dataclasses import replace
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
import qrcode
from django.db import Error, IntegrityError, connection, transaction
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

import findings.exchange
import recommendations.exchange
from findings.matrix import Matrix
from findings.query import MatrixQuery
from nplv_portal.lib.moments import Moment
from nplv_portal.reports.copies import report_at
from nplv_portal.sources.copies import ALPHABET, LENGTH, Copy, grouped, issue, read_code
from nplv_portal.sources.models import IssuedCopy, IssuedFile
from tests.conftest import forget_pages

pytestmark = pytest.mark.django_db
FACTSHEET = "/gemeenten/groningen/factsheet.pdf"


def a_copy(**other: Any) -> Copy:
    values: dict[str, Any] = {
        "kind": "vergaderpakket",
        "title": "Raad van 3 december",
        "address": "/griffie/pakket/1/?op=2026-11-27",
        "content": [("Agenda", {"punt": 4})],
        "moment": Moment.of(""),
        "is_public": False,
    }
    return Copy(**values | other)


def copies() -> int:
    return IssuedCopy.objects.count()


# What the code follows from


def test_the_code_follows_from_address_and_content_and_not_from_the_hour() -> None:
    now = a_copy()
    later = replace(now, moment=Moment.then(now.moment.at + timedelta(hours=3)))
    assert later.code == now.code
    assert replace(now, content=[("Agenda", {"punt": 5})]).code != now.code
    assert replace(now, address="/griffie/pakket/2/?op=2026-11-27").code != now.code


def test_another_portal_with_the_same_data_gives_other_codes(settings: Any) -> None:
    here = a_copy().code
    settings.PORTAL_URL = "https://oefenen.example.nl"
    assert a_copy().code != here


def test_a_code_has_sixty_bits_in_characters_that_no_eye_confuses() -> None:
    codes = [a_copy(address=f"/griffie/pakket/{n}/").code for n in range(500)]
    assert {len(code) for code in codes} == {LENGTH} == {12}
    assert {c for code in codes for c in code} == set(ALPHABET)
    assert not set("ILOU") & set(ALPHABET)
    assert len(set(codes)) == 500


@pytest.mark.parametrize(
    "typed",
    [
        "7K3M-9QXA-2R01",
        "7k3m9qxa2r01",
        " 7K3M 9QXA 2R01 ",
        "7K3M–9QXA—2R01",
        "7k3m.9qxa.2rol",
        "7K3M-9QXA-2ROI",
        "７Ｋ３Ｍ９ＱＸＡ２Ｒ０１",
        "https://raadsportaal.example.nl/controle/7K3M-9QXA-2R01/",
        "raadsportaal.example.nl/controle/7k3m-9qxa-2r01",
    ],
)
def test_a_code_is_read_as_people_type_it(typed: str) -> None:
    assert read_code(typed) == "7K3M9QXA2R01"


@pytest.mark.parametrize(
    "typed", ["", "7K3M", "7K3M-9QXA-2RVC-1", "7K3M-9QXA-2R€C", "é" * 12, "x" * 10_000, "\x00" * 12]
)
def test_what_cannot_be_a_code_is_none(typed: str) -> None:
    assert read_code(typed) == ""


def test_a_code_is_printed_in_groups_and_read_back() -> None:
    code = a_copy().code
    assert read_code(grouped(code)) == code
    assert [len(part) for part in grouped(code).split("-")] == [4, 4, 4]


# The QR code


def dark_squares(svg: bytes) -> set[tuple[int, int]]:
    path = ElementTree.fromstring(svg).find("{http://www.w3.org/2000/svg}path")
    assert path is not None
    corners = [square.split("h")[0] for square in path.attrib["d"].split("M")[1:]]
    return {(int(x), int(y)) for x, y in (corner.split() for corner in corners)}


def test_the_picture_is_the_qr_code_of_the_address_of_the_check() -> None:
    copy = a_copy()
    assert copy.check_url == f"http://127.0.0.1:8000/controle/{copy.shown_code}/"
    svg = b64decode(copy.qr.data_uri.partition("base64,")[2])
    expected = qrcode.QRCode(border=4)
    expected.add_data(copy.check_url)
    rows = enumerate(expected.get_matrix())
    assert dark_squares(svg) == {(x, y) for y, row in rows for x, is_dark in enumerate(row) if is_dark}
    assert b"<title" in svg


# What is written down


def test_a_file_is_written_down_once_however_often_it_is_made() -> None:
    before, copy = copies(), a_copy()
    for _ in range(3):
        issue(copy, b"%PDF-1.7 pakket")
    written = IssuedCopy.objects.get(pk=copy.code)
    assert copies() == before + 1
    assert [file.sha256 for file in written.files.all()] == [hashlib.sha256(b"%PDF-1.7 pakket").hexdigest()]
    assert (written.title, written.is_public, written.checksum) == (copy.title, False, copy.checksum)


def test_a_second_form_of_the_same_content_is_a_file_of_the_same_copy() -> None:
    before, copy = copies(), a_copy()
    issue(copy, b"%PDF-1.7 pakket")
    issue(copy, b"PK docx")
    assert copies() == before + 1
    assert IssuedFile.objects.filter(copy=copy.code).count() == 2


def test_what_is_known_costs_one_query() -> None:
    issue(a_copy(), b"%PDF-1.7 pakket")
    with CaptureQueriesContext(connection) as queries:
        issue(a_copy(), b"%PDF-1.7 pakket")
    assert len(queries) == 1


def test_nothing_of_the_content_stands_in_the_register() -> None:
    issue(a_copy(content=[("Geheim", "CANARY")]), b"%PDF-1.7 CANARY")
    rows = [*IssuedCopy.objects.values(), *IssuedFile.objects.values()]
    assert "CANARY" not in str(rows)
    assert "Geheim" not in str(rows)


@pytest.mark.parametrize("model", [IssuedCopy, IssuedFile])
def test_the_register_is_never_rewritten(model: Any) -> None:
    issue(a_copy(), b"%PDF-1.7 pakket")
    with pytest.raises(Error), transaction.atomic():
        model.objects.update(issued_at=timezone.now())
    with pytest.raises(Error), transaction.atomic():
        model.objects.all()._raw_delete("default")


@pytest.mark.parametrize(
    ("constraint", "wrong"),
    [("sources_copy_code", {"code": "7K3M-9QXA-2R"}), ("sources_copy_checksum", {"checksum": "nvt"})],
)
def test_a_copy_has_a_code_and_a_checksum(constraint: str, wrong: dict[str, str]) -> None:
    row = {"code": "0" * 12, "checksum": "0" * 64, "address": "/", "as_of": timezone.now(), "is_public": True} | wrong
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        IssuedCopy.objects.create(**row)


def test_a_file_has_a_sha256() -> None:
    issue(a_copy(), b"%PDF-1.7 pakket")
    with pytest.raises(IntegrityError, match="sources_file_sha256"), transaction.atomic():
        IssuedFile.objects.create(sha256="nvt", copy_id=a_copy().code)


# A PDF that someone opens


def test_the_same_pdf_twice_is_one_copy_and_one_file(visitor: Client) -> None:
    copies_before, files_before = copies(), IssuedFile.objects.count()
    first = visitor.get(FACTSHEET).content
    forget_pages()
    assert visitor.get(FACTSHEET).content == first
    assert (copies() - copies_before, IssuedFile.objects.count() - files_before) == (1, 1)


def test_the_private_pdf_of_a_right_of_reply_stays_out(visitor: Client) -> None:
    visitor.get(FACTSHEET)
    assert not IssuedCopy.objects.filter(address__startswith="/werkplek/").exists()


def test_a_database_that_takes_no_rows_keeps_nobody_from_a_pdf(visitor: Client) -> None:
    before = copies()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL transaction_read_only = on")
    response = visitor.get(FACTSHEET)
    assert (response.status_code, response["Cache-Control"]) == (200, "no-store")
    assert copies() == before


# What the checksum holds


def test_all_that_stands_in_a_view_counts() -> None:
    matrix = Matrix.of(MatrixQuery.of(QueryDict()), revision=0)
    content = findings.exchange.copy_of(matrix).content
    assert len(content) == 1 + sum(len(row.cells) for row in matrix.rows)
    assert len({heading for heading, _ in content}) == len(content)


def test_a_day_that_passes_changes_nothing() -> None:
    """Of these days nothing happened on the second, nor did a deadline pass."""
    made = [
        (
            findings.exchange.copy_at(moment, QueryDict()),
            recommendations.exchange.copy_at(moment, QueryDict()),
            report_at(moment, QueryDict(), "heerlen"),
        )
        for moment in (Moment.of("2026-11-02"), Moment.of("2026-11-03"))
    ]
    for first, second in zip(*made, strict=True):
        assert first.checksum == second.checksum
        assert first.address != second.address


def test_of_a_view_with_filters_the_address_makes_the_same_view_again() -> None:
    asked = QueryDict("rol=controlerend&gemeente=arnhem&weergave=volledig")
    copy = findings.exchange.copy_at(Moment.of(""), asked)
    again = findings.exchange.copy_at(Moment.of(""), QueryDict(copy.address.partition("?")[2]))
    assert (again.code, again.address) == (copy.code, copy.address)
