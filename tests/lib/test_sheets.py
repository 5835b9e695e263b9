"""What people send is read as text, or refused in Dutch; never more than that, whatever is in the file."""

import csv
import subprocess
import time
from collections.abc import Callable
from datetime import date
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_STORED, ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from nplv_portal.lib import sheetreader, sheets
from nplv_portal.lib.sheetreader import Refused
from nplv_portal.lib.sheets import SheetRefused
from nplv_portal.lib.tables import Format, Sheet, as_typed, harmless, write
from tests.lib.test_tables import HOSTILE, PLAIN

FORMATS: list[Format] = ["xlsx", "ods", "csv"]
HEADINGS = ["Sleutel", "Tekst"]
LONG = 'Een zin met “aanhalingstekens”, "rechte" en ; puntkomma\'s.\n' * 84
OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"
STYLE = "urn:oasis:names:tc:opendocument:xmlns:style:1.0"
CALC = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"


def read(content: bytes) -> list[list[str]]:
    """Through the process, as the portal does."""
    return [[line.cells[h] for h in HEADINGS] for line in sheets.read(content, HEADINGS).lines]


def here(content: bytes) -> list[Any]:
    """Without the process: quicker, for what is about the contents."""
    return list(sheetreader.rows(content))


def refusal(content: bytes) -> str:
    with pytest.raises((SheetRefused, Refused)) as refused:
        read(content)
    return str(refused.value)


def refusal_here(content: bytes) -> str:
    found = sheetreader.answer(content)
    assert "refused" in found, found
    return str(found["refused"])


def book(change: Callable[[Any], object]) -> bytes:
    made = Workbook()
    tab = made.active
    assert tab is not None
    tab.append(HEADINGS)
    change(tab)
    file = BytesIO()
    made.save(file)
    return file.getvalue()


def with_part(file: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """The same zip, with one part changed, or added."""
    made = BytesIO()
    with ZipFile(BytesIO(file)) as old, ZipFile(made, "w", ZIP_DEFLATED) as new:
        names = old.namelist()
        for part in dict.fromkeys([*names, name]):
            content = old.read(part) if part in names else b""
            new.writestr(part, change(content) if part == name else content)
    return made.getvalue()


def ods(rows: str, styles: str = "", before: str = "") -> bytes:
    content = (
        f'<?xml version="1.0"?>{before}<o:document-content xmlns:o="{OFFICE}" xmlns:t="{TABLE}" xmlns:p="{TEXT}"'
        f' xmlns:s="{STYLE}" xmlns:c="{CALC}"><o:automatic-styles>{styles}</o:automatic-styles>'
        f"<o:body><o:spreadsheet>{rows}</o:spreadsheet></o:body></o:document-content>"
    )
    file = BytesIO()
    with ZipFile(file, "w", ZIP_STORED) as made:
        made.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        made.writestr("content.xml", content)
    return file.getvalue()


def ods_row(*cells: str) -> str:
    return "<t:table-row>" + "".join(f"<t:table-cell>{cell}</t:table-cell>" for cell in cells) + "</t:table-row>"


HEAD = ods_row(*(f"<p:p>{heading}</p:p>" for heading in HEADINGS))


# --- What is written is read back ---


@pytest.mark.parametrize("format", FORMATS)
def test_what_the_portal_exports_is_read_back_to_the_letter(format: Format) -> None:
    texts = ["kaders", "Twee\n\nregels", ' "quotes" ; , \' x', LONG, "a  b   c", "tab\tin", "_x0041_", "#N/A", "007"]
    rows = [[f"rij {n}", text.strip()] for n, text in enumerate(texts)]
    rows.append(["twee legen", ""])
    assert read(write(Sheet("Blad", HEADINGS, rows, ["uitleg"]), format)) == rows


@pytest.mark.parametrize("format", FORMATS)
def test_a_text_that_could_be_a_formula_comes_back_as_it_was(format: Format) -> None:
    texts = ["=1+1", "+31 6", "-5", "@SUM(A1)", "- een streepje", "  =x"]
    found = read(write(Sheet("Blad", HEADINGS, [["x", text] for text in texts], []), format))
    assert [as_typed(text) for _, text in found] == texts


@pytest.mark.parametrize("text", [text for text in [*HOSTILE, *PLAIN] if text.isprintable() and text != "'=1"])
def test_the_apostrophe_goes_only_where_the_export_put_it(text: str) -> None:
    assert as_typed(harmless(text)) == text


@settings(max_examples=40, deadline=None)
@given(texts=st.lists(st.text(max_size=60), min_size=1, max_size=3), format=st.sampled_from(FORMATS))
def test_any_text_is_read_back(texts: list[str], format: Format) -> None:
    written = [harmless(text) for text in texts]
    found = here(write(Sheet("Blad", HEADINGS, [["x", text] for text in texts], []), format))[1:]
    cells = [(row[1:] or [""])[0] for _, row in found]
    if format == "ods":  # blank characters at the edges are for the program that shows it
        cells, written = [" ".join(cell.split()) for cell in cells], [" ".join(text.split()) for text in written]
    assert cells == written


# --- .csv in the ways that programs write it ---


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("separator", [";", ","])
@pytest.mark.parametrize("quoting", [csv.QUOTE_ALL, csv.QUOTE_MINIMAL])
def test_a_csv_of_any_program(encoding: str, separator: str, quoting: Any) -> None:
    file = StringIO()
    rows = [["é", 'één, "twee"; drie\r\nen “vier” €'], ["=1", "x"]]
    csv.writer(file, delimiter=separator, quoting=quoting).writerows([HEADINGS, *rows])
    assert read(file.getvalue().encode(encoding)) == [["é", 'één, "twee"; drie\nen “vier” €'], ["=1", "x"]]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b'Sleutel;Tekst\r\nx;"gaat open', "aanhalingsteken"),
        (b'Sleutel;Tekst\r\nx;"a"b', "aanhalingsteken"),
        (b"Sleutel;Tekst\r\n\x81\x8d;x", "letters"),
        ("Sleutel;Tekst".encode("utf-16"), "geen rekenblad"),
        (b"\x00\x01\x02", "geen rekenblad"),
        (b"%PDF-1.7 \xe2\xe3", "Deze kop ontbreekt in de eerste rij: Sleutel, Tekst"),
        (b"", "leeg"),
        (b"\n\n ; \n", "kop"),
        (b"Sleutel;Tekst\r\nx;" + b"a" * 40_000, "B2 is langer dan 32767"),
        (b"Sleutel;Tekst\r\nx;" + b"a" * 400_000, "te lang"),
        (b"Sleutel;Tekst\r\n" + b"x;y\r\n" * 2_001, "meer dan 2000 rijen"),
        (b"Sleutel;Tekst\r\nx;y" + b";z" * 60, "meer dan 60 kolommen"),
        (b"Sleutel;Tekst\r\nx;y;z", "Cel C2 is gevuld, maar boven die kolom staat geen kop"),
        (b"Sleutel;Tekst;tekst\r\nx;y;z", "keer: Tekst, tekst"),
        (b"Sleutel;Teksten\r\nx;y", "ontbreekt in de eerste rij: Tekst."),
        (b" <html><table><tr><td>Sleutel", "webpagina"),
        (b'\xef\xbb\xbf<?xml version="1.0"?><Workbook/>', "webpagina of XML"),
    ],
)
def test_a_csv_that_cannot_be_read_says_why(content: bytes, why: str) -> None:
    assert why in refusal(content)


def test_lines_keep_the_number_that_the_sheet_shows() -> None:
    found = sheets.read(b'Extra;SLEUTEL;tekst\r\n\r\n;x;"a\r\nb"\r\n;;\r\nq;y;c', HEADINGS)
    assert [(line.number, line.cells) for line in found.lines] == [
        (3, {"Sleutel": "x", "Tekst": "a\nb"}),
        (5, {"Sleutel": "y", "Tekst": "c"}),
    ]
    assert found.unused == ["Extra"]


# --- .xlsx ---


def test_numbers_dates_and_booleans_become_text_as_a_dutch_sheet_shows_them() -> None:
    values: list[Any] = [7, 2023.0, 0.5, 1e21, date(2024, 2, 29), True]
    found = here(book(lambda tab: [tab.append(["x", value]) for value in values]))
    assert [cells[1] for _, cells in found[1:]] == ["7", "2023", "0,5", "1e+21", "29-02-2024", "WAAR"]


@pytest.mark.parametrize(("is_1904", "shown"), [(False, "01-01-1900"), (True, "02-01-1904")])
def test_dates_count_from_where_the_file_says(is_1904: bool, shown: str) -> None:
    def change(tab: Any) -> None:
        if is_1904:
            tab.parent.epoch = CALENDAR_MAC_1904
        tab["A2"], tab["B2"] = "x", 1
        tab["B2"].number_format = "dd-mm-yyyy"

    assert here(book(change))[1] == (2, ["x", shown])


def test_an_impossible_date_is_no_text() -> None:
    def change(tab: Any) -> None:
        tab["A2"], tab["B2"] = "x", 10**12
        tab["B2"].number_format = "dd-mm-yyyy"

    with pytest.warns(UserWarning, match="outside the limits for dates"):
        assert here(book(change))[1][1][1] == {"problem": sheetreader.NO_VALUE}


def test_a_formula_gives_its_outcome_and_without_one_says_what_to_do() -> None:
    file = book(lambda tab: tab.append(["x", "=1+1"]))
    [line] = sheets.read(file, HEADINGS).lines
    assert "formule zonder uitkomst" in line.problems["Tekst"]
    computed = with_part(
        file, "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b"<v></v>", b"<v>2</v>").replace(b"<v/>", b"<v>2</v>")
    )
    assert read(computed) == [["x", "2"]]


def test_an_error_of_the_sheet_is_no_text() -> None:
    def change(tab: Any) -> None:
        tab["A2"], tab["B2"] = "x", "#REF!"

    assert here(book(change))[1][1] == ["x", {"problem": sheetreader.NO_VALUE}]


def test_hidden_rows_and_columns_are_read_and_a_hidden_tab_is_not() -> None:
    def change(tab: Any) -> None:
        tab.append(["x", "verborgen rij"])
        tab.row_dimensions[2].hidden = tab.column_dimensions["B"].hidden = True
        secret = tab.parent.create_sheet("Geheim", 0)
        secret.append(["iets", "anders"])
        secret.sheet_state = "hidden"

    assert read(book(change)) == [["x", "verborgen rij"]]


def test_merged_cells_are_named_and_refused() -> None:
    def change(tab: Any) -> None:
        tab.append(["x", "y"])
        tab.merge_cells("B2:B4")

    assert "B2:B4 zijn samengevoegd" in refusal_here(book(change))


def test_a_sheet_that_lies_about_its_size_is_read_for_what_is_there() -> None:
    file = book(lambda tab: tab.append(["x", "y"]))
    lying = with_part(file, "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b'"A1:B2"', b'"A1:XFD1048576"'))
    assert lying != file
    assert read(lying) == [["x", "y"]]


@pytest.mark.parametrize(
    "address", ["XFD1048576", "B1048576", "B99999999", "ZZZZ9", "A99999999999999999999", "B-1", "", "B0"]
)
def test_an_outrageous_address_of_a_cell_costs_nothing(address: str) -> None:
    file = book(lambda tab: tab.append(["x", "y"]))
    row = "".join(filter(str.isdigit, address)) or "2"
    hostile = with_part(
        file,
        "xl/worksheets/sheet1.xml",
        lambda xml: xml.replace(b'<row r="2"', f'<row r="{row}"'.encode()).replace(
            b'r="B2"', f'r="{address}"'.encode()
        ),
    )
    start = time.monotonic()
    found = sheetreader.answer(hostile)
    assert "refused" in found or len(found["rows"]) <= 2
    assert time.monotonic() - start < 10


# --- .ods ---


def test_an_ods_of_libreoffice_with_repeats_paragraphs_spaces_and_a_remark() -> None:
    cell = "<p:p>een<p:s p:c='3'/>b<p:tab/>c<p:line-break/>d</p:p><p:p>tweede <p:span>regel</p:span></p:p>"
    remark = "<o:annotation><p:p>opmerking in de kantlijn</p:p></o:annotation>"
    filler = "<t:table-row t:number-rows-repeated='3'><t:table-cell t:number-columns-repeated='16384'/></t:table-row>"
    end = (
        "<t:table-row t:number-rows-repeated='1048570'><t:table-cell t:number-columns-repeated='16384'/></t:table-row>"
    )
    table = f"<t:table t:name='Blad'>{HEAD}{filler}{ods_row('<p:p>x</p:p>', remark + cell)}{end}</t:table>"
    [line] = sheets.read(ods(table), HEADINGS).lines
    assert (line.number, line.cells) == (5, {"Sleutel": "x", "Tekst": "een   b\tc\nd\ntweede regel"})


def test_an_ods_skips_a_hidden_tab_and_shows_numbers_as_the_sheet_does() -> None:
    styles = "<s:style s:name='weg' s:family='table'><s:table-properties t:display='false'/></s:style>"
    hidden = f"<t:table t:name='Geheim' t:style-name='weg'>{ods_row('<p:p>iets</p:p>')}</t:table>"
    cells = "<t:table-cell><p:p>x</p:p></t:table-cell><t:table-cell o:value-type='float' o:value='0.5'>"
    shown = f"<t:table>{HEAD}<t:table-row>{cells}<p:p>50%</p:p></t:table-cell></t:table-row></t:table>"
    assert read(ods(hidden + shown, styles)) == [["x", "50%"]]


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        ("<t:table-cell t:formula='of:=1+1'/>", sheetreader.NOT_COMPUTED),
        ("<t:table-cell t:formula='of:=x' c:value-type='error'><p:p>#NAAM?</p:p></t:table-cell>", sheetreader.NO_VALUE),
    ],
)
def test_an_ods_formula_without_an_outcome_says_what_to_do(cell: str, problem: str) -> None:
    row = f"<t:table-row><t:table-cell><p:p>x</p:p></t:table-cell>{cell}</t:table-row>"
    assert here(ods(f"<t:table>{HEAD}{row}</t:table>"))[1][1] == ["x", {"problem": problem}]


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        (
            "<t:table-row><t:table-cell t:number-rows-spanned='3'><p:p>x</p:p></t:table-cell></t:table-row>",
            "vanaf A2 zijn samengevoegd",
        ),
        (
            "<t:table-row t:number-rows-repeated='1000000000'><t:table-cell><p:p>x</p:p></t:table-cell></t:table-row>",
            "meer dan 2000 rijen",
        ),
        (
            "<t:table-row><t:table-cell t:number-columns-repeated='99999999'><p:p>x</p:p></t:table-cell></t:table-row>",
            "meer dan 60 kolommen",
        ),
        (ods_row("<p:p><p:s p:c='999999999'/>x</p:p>"), "langer dan 32767"),
        (ods_row("<p:p>" + "<p:span>" * 5000 + "x" + "</p:span>" * 5000 + "</p:p>"), "niet te lezen"),
        ("<t:table-row t:number-rows-repeated='veel'/>", "niet te lezen"),
    ],
)
def test_an_ods_that_asks_too_much_is_refused(rows: str, why: str) -> None:
    assert why in refusal_here(ods(f"<t:table>{HEAD}{rows}</t:table>"))


# --- Hostile zips ---

XXE = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
BILLION = "<!DOCTYPE x [<!ENTITY a 'ha'>" + "".join(f"<!ENTITY a{n} '{'&a;' * 9}'>" for n in range(9)) + "]>"


def zip_of(parts: dict[str, bytes], compression: int = ZIP_DEFLATED) -> bytes:
    file = BytesIO()
    with ZipFile(file, "w", compression) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return file.getvalue()


def xlsx_with_entity(entity: str) -> bytes:
    file = book(lambda tab: tab.append(["x", "y"]))
    cell = b'<c r="B2" t="inlineStr"><is><t>&amp;e;</t></is></c>'.replace(b"&amp;", b"&")
    return with_part(
        file,
        "xl/worksheets/sheet1.xml",
        lambda xml: entity.encode() + xml.replace(b'<c r="B2" t="s"><v>3</v></c>', cell),
    )


def encrypted_zip() -> bytes:
    file = bytearray(write(Sheet("Blad", HEADINGS, [], []), "xlsx"))
    for mark, place in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        at = file.find(mark)
        while at >= 0:
            file[at + place] |= 1
            at = file.find(mark, at + 4)
    return bytes(file)


def lying_zip() -> bytes:
    """Says that its parts are small."""
    file = bytearray(zip_of({"[Content_Types].xml": b" " * 60_000_000}))
    at = file.find(b"PK\x01\x02")
    file[at + 24 : at + 28] = (1000).to_bytes(4, "little")
    return bytes(file)


GOOD = write(Sheet("Blad", HEADINGS, [["x", "y"]], []), "xlsx")
FILES: dict[str, tuple[bytes, str]] = {
    "an old .xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 3000, "oud Excelbestand"),
    "a workbook with a password": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 300 + "EncryptedPackage".encode("utf-16-le"),
        "wachtwoord",
    ),
    "a zip with a password": (encrypted_zip(), "wachtwoord"),
    "an ods with a password": (
        with_part(ods(""), "META-INF/manifest.xml", lambda _: b"<m:x xmlns:m='m'><m:encryption-data/></m:x>"),
        "wachtwoord",
    ),
    "a bomb of 60 MB": (zip_of({"[Content_Types].xml": b"<a/>", "xl/bomb.xml": b"0" * 60_000_000}), "te groot"),
    "a ratio of 1000": (zip_of({"[Content_Types].xml": b"<a/>", "xl/bomb.xml": b"0" * 5_000_000}), "te groot"),
    "a bomb that lies": (lying_zip(), "niet te lezen"),
    "201 parts": (zip_of({f"p{n}": b"x" for n in range(201)}), "te groot"),
    "a part above": (with_part(GOOD, "../../evil.xml", lambda _: b"<a/>"), "niet te lezen"),
    "an absolute part": (with_part(GOOD, "/etc/cron.d/evil", lambda _: b"<a/>"), "niet te lezen"),
    "a part on a drive": (with_part(GOOD, "C:evil", lambda _: b"<a/>"), "niet te lezen"),
    "an odd compression": (zip_of({"[Content_Types].xml": b"<a/>"}, ZIP_BZIP2), "niet te lezen"),
    "a file of the server": (xlsx_with_entity(XXE), "XML-verwijzing"),
    "a billion laughs": (xlsx_with_entity(BILLION), "XML-verwijzing"),
    "an ods with an entity": (ods(f"<t:table>{HEAD}</t:table>", before=XXE), "XML-verwijzing"),
    "a text document": (
        zip_of({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<a/>"}),
        "geen rekenblad",
    ),
    "some other zip": (zip_of({"foto.jpg": b"\xff\xd8"}), "geen rekenblad"),
    "a zip without contents": (b"PK\x05\x06" + b"\0" * 18, "geen rekenblad"),
    "half a file": (GOOD[: len(GOOD) // 2], "niet te lezen"),
    "a broken part": (with_part(GOOD, "xl/workbook.xml", lambda xml: xml[:200]), "niet te lezen"),
    "no workbook": (zip_of({"[Content_Types].xml": b"<Types/>"}), "niet te lezen"),
    "an ods without contents": (
        zip_of({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}),
        "niet te lezen",
    ),
    "an ods without tabs": (ods(""), "geen zichtbaar tabblad"),
    "HTML": (b"<!doctype html><table><tr><td>Sleutel</table>", "webpagina"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_is_refused_in_dutch(name: str) -> None:
    content, why = FILES[name]
    start = time.monotonic()
    assert why in refusal_here(content)
    assert time.monotonic() - start < 5


def test_a_part_of_the_same_name_twice_is_refused() -> None:
    file = BytesIO(GOOD)
    with pytest.warns(UserWarning, match="Duplicate name"), ZipFile(file, "a") as made:
        made.writestr("xl/workbook.xml", b"<a/>")
    assert "niet te lezen" in refusal_here(file.getvalue())


def test_one_text_that_every_cell_repeats_does_not_fill_the_memory() -> None:
    """A shared string of 32,000 characters in 112,000 cells: 3.6 GB of text."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    cells = '<c t="s"><v>0</v></c>' * 59
    rows = "".join(f'<row r="{number}">{cells}</row>' for number in range(1, 1900))
    name = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    parts = {
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{name}"><sheetData>{rows}</sheetData></worksheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{name}"><si><t>{"y" * 32_000}</t></si></sst>',
    }
    with ZipFile(BytesIO(GOOD)) as old:
        contents = {part: old.read(part) for part in old.namelist()} | {p: x.encode() for p, x in parts.items()}
    override = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/></Types>'.encode()
    contents["[Content_Types].xml"] = contents["[Content_Types].xml"].replace(b"</Types>", override)
    hostile = zip_of(contents, ZIP_STORED)
    assert len(next(sheetreader.rows(hostile))[1]) == 59
    assert refusal(hostile) == sheetreader.TOO_BIG


@pytest.mark.parametrize("hungry", ["bytearray(600 * 2**20)", "'x' * 2**30"])
def test_a_reader_that_wants_too_much_memory_is_refused(hungry: str, monkeypatch: pytest.MonkeyPatch) -> None:
    program = f"sheetreader.rows = lambda content: [(1, [str(len({hungry}))])]"
    assert refused_reader(program, monkeypatch) == sheetreader.TOO_BIG


def test_a_reader_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "SECONDS", 1)
    assert refused_reader("sheetreader.rows = lambda content: iter(int, 1)", monkeypatch) == sheets.TOO_SLOW


@pytest.mark.parametrize(
    ("ending", "why"),
    [
        ("__import__('os').kill(__import__('os').getpid(), 11)", sheetreader.UNREADABLE),
        ("__import__('os').kill(__import__('os').getpid(), 24)", sheets.TOO_SLOW),
    ],
)
def test_a_reader_that_crashes_leaves_a_message(ending: str, why: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert refused_reader(f"sheetreader.rows = lambda content: {ending}", monkeypatch) == why


def refused_reader(change: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The refusal of the real process, with its reading replaced."""
    replace_reading(change, monkeypatch)
    return refusal(b"Sleutel;Tekst")


def replace_reading(change: str, monkeypatch: pytest.MonkeyPatch) -> None:
    run = subprocess.run
    code = f"from nplv_portal.lib import sheetreader\n{change}\nsheetreader.main()"
    monkeypatch.setattr(subprocess, "run", lambda command, **how: run([command[0], "-c", code], **how))


PRYING = """
import os
def pry(content):
    try:
        with open(PLACE, 'w') as file:
            file.write('x')
    except OSError as error:
        yield 1, [error.strerror, *os.environ]
sheetreader.rows = pry
"""


def test_the_reader_knows_no_secrets_and_writes_no_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    replace_reading(f"PLACE = {str(tmp_path / 'x')!r}\n{PRYING}", monkeypatch)
    [[_, found]] = sheets.rows_of(b"")
    assert found[0] == "File too large"
    assert set(found[1:]) <= {"HOME", "LANG", "PATH", "LC_CTYPE"}


def test_a_good_file_is_read_with_openpyxl_as_well() -> None:
    """So that the hostile ones above are refused for what is wrong with them."""
    assert load_workbook(BytesIO(GOOD)).active is not None
    assert read(GOOD) == [["x", "y"]]
