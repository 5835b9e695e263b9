"""What is written is read back, by pandas, openpyxl, odfpy and csv, and compared cell by cell."""

import csv
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any
from zipfile import ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from odf.opendocument import load
from odf.table import Table, TableCell, TableRow
from odf.teletype import extractText
from openpyxl import load_workbook

from nplv_portal.lib import tables
from nplv_portal.lib.tables import Sheet, exact, harmless, write

LONG_WORD = "Voorbeeldgebiedsontwikkelingssamenwerkingsovereenkomst"
SHEET = Sheet(
    "Vergelijking: vier gemeenten",
    ["Aspect", "Voorbeeldstad", "Voorbeeldhaven"],
    [
        ["Doel", "De raad koos het doel.\nDat was in 2023.", LONG_WORD],
        ["Kaders", "", '‘Geen’ €-bedrag ≥ 5; “citaat” "recht" én ĳ'],
        ["Gebiedsplan", "#N/A", "TRUE"],
    ],
    ["Stand van 30 januari 2025", "https://portaal.example/vergelijking/"],
)
HOSTILE = [
    "=1+1",
    "+31 6",
    "-5",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    '  =HYPERLINK("http://x")',
    "\u00a0=1",
    "\u200b=1",
    "\ufeff@x",
    "\u202e-1",
    "\u0000=1",
    "\x1f\n",
    "\u3164=1",
    "＝1",
    "＋1",
    "－1",
    "＠x",
    "﹦1",
    "\u2060\u200d ＝cmd|' /C calc'!A0",
]
PLAIN = ["", "2023", "a=b", "'=1", "(-5)", "– streepje", "#REF!", "1-2", "100%", "{=1}", "ǃ"]


def xlsx_cells(file: bytes, tab: int = 0) -> list[list[str]]:
    rows = load_workbook(BytesIO(file)).worksheets[tab].iter_rows(values_only=True)
    return [["" if value is None else str(value) for value in row] for row in rows]


def ods_cells(file: bytes, tab: int = 0) -> list[list[str]]:
    table = load(BytesIO(file)).getElementsByType(Table)[tab]
    rows = table.getElementsByType(TableRow)
    return [[extractText(cell) for cell in row.getElementsByType(TableCell)] for row in rows]


def csv_cells(file: bytes) -> list[list[str]]:
    return list(csv.reader(StringIO(file.decode("utf-8-sig"), newline=""), delimiter=";"))


READERS: Any = {"xlsx": xlsx_cells, "ods": ods_cells, "csv": csv_cells}


@pytest.mark.parametrize("format", READERS)
def test_every_cell_comes_back(format: Any) -> None:
    assert READERS[format](write(SHEET, format)) == [SHEET.headings, *SHEET.rows]


@pytest.mark.parametrize("format", ["xlsx", "ods"])
def test_pandas_reads_what_was_written(format: Any) -> None:
    from pandas import read_excel

    read = read_excel(BytesIO(write(SHEET, format)), dtype=str, keep_default_na=False)
    assert [list(read.columns), *read.replace({None: "", float("nan"): "#N/A"}).to_numpy().tolist()] == [
        SHEET.headings,
        *SHEET.rows,
    ]


def test_pandas_reads_the_csv() -> None:
    from pandas import read_csv

    read = read_csv(BytesIO(write(SHEET, "csv")), sep=";", dtype=str, keep_default_na=False, encoding="utf-8-sig")
    assert [list(read.columns), *read.to_numpy().tolist()] == [SHEET.headings, *SHEET.rows]


@pytest.mark.parametrize("format", READERS)
def test_a_table_without_rows_keeps_its_headings(format: Any) -> None:
    assert READERS[format](write(Sheet("Leeg", ["Aspect", "Stand"], [], []), format)) == [["Aspect", "Stand"]]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_could_be_a_formula_gets_an_apostrophe(text: str) -> None:
    assert harmless(text).startswith("'")


@pytest.mark.parametrize("text", PLAIN)
def test_other_text_is_left_alone(text: str) -> None:
    assert harmless(text) == text


@pytest.mark.parametrize("format", READERS)
def test_hostile_cells_and_headings_come_back_harmless(format: Any) -> None:
    sheet = Sheet("=1+1", ["=kop", "-kop"], [[text, text] for text in HOSTILE], ["=1+1"])
    cells = READERS[format](write(sheet, format))
    assert cells == [["'=kop", "'-kop"], *[[harmless(text)] * 2 for text in HOSTILE]]


def test_every_cell_of_an_xlsx_is_text() -> None:
    sheet = Sheet("Blad", ["=kop"], [[text] for text in [*HOSTILE, *PLAIN]], ["=1+1"])
    book = load_workbook(BytesIO(write(sheet, "xlsx")))
    filled = [cell for tab in book.worksheets for row in tab.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in filled} == {"s"}


def test_every_cell_of_an_ods_is_text_and_none_has_a_formula() -> None:
    sheet = Sheet("Blad", ["=kop"], [[text] for text in [*HOSTILE, *PLAIN]], ["=1+1"])
    cells = load(BytesIO(write(sheet, "ods"))).getElementsByType(TableCell)
    assert {cell.getAttribute("valuetype") for cell in cells} == {"string"}
    assert {cell.getAttribute("formula") for cell in cells} == {None}


@pytest.mark.parametrize("format", READERS)
def test_characters_that_xml_forbids_are_left_out(format: Any) -> None:
    sheet = Sheet("A\x00B", ["Tekst\x08"], [["a\x00\x0b\x1f\ud800\uffffb\U0001ffff"]], ["x\x01"])
    assert READERS[format](write(sheet, format)) == [["Tekst"], ["ab"]]


@pytest.mark.parametrize("format", READERS)
@settings(deadline=None, max_examples=60)
@given(rows=st.lists(st.lists(st.text(max_size=40), min_size=2, max_size=2), max_size=4), title=st.text(max_size=40))
def test_any_text_comes_back_as_its_harmless_self(format: Any, rows: list[list[str]], title: str) -> None:
    file = write(Sheet(title, ["Aspect", "Stand"], rows, [title]), format)
    assert READERS[format](file) == [["Aspect", "Stand"], *[[harmless(cell) for cell in row] for row in rows]]


@given(st.text())
def test_no_harmless_text_begins_like_a_formula(text: str) -> None:
    assert not harmless(text).strip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))
    assert not harmless(text).startswith(("\t", "\r", "\n"))


@pytest.mark.parametrize("format", READERS)
def test_the_same_sheet_gives_the_same_bytes(format: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    first = write(SHEET, format)
    monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)
    monkeypatch.setattr("time.localtime", lambda *_: (2033, 5, 18, 3, 33, 20, 2, 138, 0))
    assert write(SHEET, format) == first


def test_a_text_too_long_for_excel_continues_in_the_next_rows() -> None:
    long = "a" * 15_999 + "=" * 25_000
    rows = xlsx_cells(write(Sheet("Blad", ["Aspect", "Tekst"], [["Doel", long], ["Kaders", "kort"]], ["noot"]), "xlsx"))
    assert [row[0] for row in rows] == ["Aspect", "Doel", "Doel", "Doel", "Kaders"]
    assert "".join(row[1].removeprefix("'") for row in rows[1:4]) == long


def test_the_notes_say_that_a_text_continues() -> None:
    file = write(Sheet("Blad", ["Tekst"], [["a" * 40_000]], ["noot"]), "xlsx")
    assert xlsx_cells(file, tab=1) == [["Toelichting"], ["noot"], [tables.CONTINUED]]


@pytest.mark.parametrize("text", ["a" * 32_767, "😀" * 16_383, "_x0041_" * 2500])
def test_a_text_that_just_fits_stays_in_one_cell(text: str) -> None:
    rows = xlsx_cells(write(Sheet("Blad", ["Tekst"], [[text]], []), "xlsx"))
    assert len(rows) == 2
    assert rows[1][0].replace("_x005F_", "_") == text


@pytest.mark.parametrize("text", ["a" * 32_768, "😀" * 16_384, "_x0041_" * 4600, "_x0041" * 8_000])
def test_no_cell_is_longer_than_excel_holds(text: str) -> None:
    rows = xlsx_cells(write(Sheet("Blad", ["Tekst"], [[text]], []), "xlsx"))
    assert len(rows) > 2
    assert all(len(cell.encode("utf-16-le")) <= 2 * 32_767 for row in rows for cell in row)
    assert "".join(row[0] for row in rows[1:]).replace("_x005F_", "_") == text


@pytest.mark.parametrize("format", ["ods", "csv"])
def test_a_long_text_is_whole_in_the_other_formats(format: Any) -> None:
    assert READERS[format](write(Sheet("Blad", ["Tekst"], [["a" * 40_000]], []), format)) == [["Tekst"], ["a" * 40_000]]


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Vergelijking: a/b\\c?*[d]", "Vergelijking a b c d"),
        ("'Raad's blad'", "Raad's blad"),
        ("a" * 40, "a" * 31),
        ("😀" * 40, "😀" * 15),
        ("", "Gegevens"),
        ("History", "Gegevens"),
        ("toelichting", "Gegevens"),
        ("\x00\x01", "Gegevens"),
    ],
)
def test_the_title_becomes_a_name_that_excel_takes(title: str, name: str) -> None:
    sheet = Sheet(title, ["Kop"], [], ["noot"])
    assert load_workbook(BytesIO(write(sheet, "xlsx"))).sheetnames == [name, "Toelichting"]
    tabs = load(BytesIO(write(sheet, "ods"))).getElementsByType(Table)
    assert [tab.getAttribute("name") for tab in tabs] == [name, "Toelichting"]


def test_an_xlsx_is_dressed_for_reading_and_printing() -> None:
    book = load_workbook(BytesIO(write(SHEET, "xlsx")))
    tab = book.worksheets[0]
    assert (tab.freeze_panes, tab.auto_filter.ref, tab.print_title_rows) == ("B2", "A1:C4", "$1:$1")
    assert [cell.font.bold for cell in (tab["A1"], tab["C1"], tab["A2"])] == [True, True, False]
    assert all(cell.alignment.wrap_text for row in tab.iter_rows() for cell in row)
    assert [tab.column_dimensions[letter].width for letter in "ABC"] == [14, 24, 56]
    assert (book.properties.title, book.properties.language) == (SHEET.title, "nl-NL")
    assert xlsx_cells(write(SHEET, "xlsx"), tab=1) == [["Toelichting"], *[[note] for note in SHEET.notes]]


def test_an_ods_is_dressed_for_reading_and_printing() -> None:
    with ZipFile(BytesIO(write(SHEET, "ods"))) as file:
        content, configured, meta, styles = (
            file.read(f"{name}.xml").decode() for name in ("content", "settings", "meta", "styles")
        )
        assert (file.namelist()[0], file.getinfo("mimetype").compress_type) == ("mimetype", 0)
    assert "<table:table-header-rows>" in content
    assert "'Vergelijking vier gemeenten'.A1:'Vergelijking vier gemeenten'.C4" in content
    assert content.index("</table:table>") < content.index("<table:database-ranges>")
    assert 'config:name="HorizontalSplitPosition" config:type="int">1<' in configured
    assert f"<dc:title>{SHEET.title}</dc:title>" in meta
    assert 'fo:language="nl"' in styles
    assert ods_cells(write(SHEET, "ods"), tab=1) == [["Toelichting"], *[[note] for note in SHEET.notes]]


def test_a_csv_opens_in_a_dutch_excel() -> None:
    file = write(Sheet("Blad", ["Aspect", "Stand"], [["Doel; of\ndoelen", "een “citaat”"]], ["noot"]), "csv")
    assert file == '\ufeff"Aspect";"Stand"\r\n"Doel; of\ndoelen";"een “citaat”"\r\n'.encode()


@pytest.mark.parametrize(("headings", "rows"), [([], []), (["Aspect"], [["a", "b"]]), (["Aspect", "Stand"], [["a"]])])
def test_a_row_that_does_not_fit_the_headings_is_refused(headings: list[str], rows: list[list[str]]) -> None:
    with pytest.raises(ValueError, match="headings"):
        Sheet("Blad", headings, rows, [])


def a_tab(title: str, *more: Sheet) -> Sheet:
    return Sheet(title, ["Kop"], [["a"]], [], more)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Geld", "Geld"),
        ("Geld", "geld"),  # to Excel these are one
        ("Geld: 2023", "Geld/2023"),
        ("a" * 31, "a" * 40),
        ("", "History"),
        ("Toelichting", "Gegevens"),
    ],
)
def test_two_tabs_with_the_same_name_are_refused(one: str, other: str) -> None:
    with pytest.raises(ValueError, match="same name"):
        a_tab(one, a_tab(other))
    with pytest.raises(ValueError, match="same name"):
        a_tab("Eerste", a_tab(one), a_tab("Derde"), a_tab(other))


def test_tabs_with_names_of_their_own_all_come_back() -> None:
    sheet = a_tab("Geld", a_tab("Cijfers"), a_tab("Tijdlijn"))
    assert list(tables.tabs(sheet)) == ["Geld", "Cijfers", "Tijdlijn"]


@pytest.mark.parametrize(
    ("number", "text"),
    [(4_600_000, "4600000"), (1.0, "1"), (0.50, "0.5"), (66.9, "66.9"), (0, "0"), (8_200_309.0, "8200309")],
)
def test_a_number_has_no_spare_decimals(number: float, text: str) -> None:
    assert str(exact(number)) == text


NUMBERS = ["0", "1", "4600000", "66.9", "0.22", "-5", "1E+3", "8200309.00", "0.67"]
WITH_NUMBERS = Sheet("Getallen", ["Naam", "Waarde"], [[text, Decimal(text)] for text in NUMBERS], ["noot"])


def test_a_number_in_an_xlsx_is_a_number_and_a_text_that_looks_like_one_is_text() -> None:
    tab = load_workbook(BytesIO(write(WITH_NUMBERS, "xlsx"))).worksheets[0]
    rows = list(tab.iter_rows(min_row=2))
    assert [[cell.data_type for cell in row] for row in rows] == [["s", "n"]] * len(NUMBERS)
    assert [row[1].value for row in rows] == [float(text) for text in NUMBERS]
    assert [row[0].value for row in rows] == [harmless(text) for text in NUMBERS]


def test_a_number_in_an_ods_is_a_number_and_a_text_that_looks_like_one_is_text() -> None:
    table = load(BytesIO(write(WITH_NUMBERS, "ods"))).getElementsByType(Table)[0]
    rows = [row.getElementsByType(TableCell) for row in table.getElementsByType(TableRow)][1:]
    assert [[cell.getAttribute("valuetype") for cell in row] for row in rows] == [["string", "float"]] * len(NUMBERS)
    assert [Decimal(row[1].getAttribute("value")) for row in rows] == [Decimal(text) for text in NUMBERS]
    assert [row[0].getAttribute("value") for row in rows] == [None] * len(NUMBERS)


def test_a_number_in_a_csv_has_a_comma_and_no_apostrophe() -> None:
    cells = csv_cells(write(WITH_NUMBERS, "csv"))
    assert [row[1] for row in cells[1:]] == ["0", "1", "4600000", "66,9", "0,22", "-5", "1000", "8200309,00", "0,67"]
    assert [row[0] for row in cells[1:]][5] == "'-5"


@pytest.mark.parametrize("format", ["ods", "csv"])
def test_a_reader_sees_a_number_as_dutch_writes_it(format: Any) -> None:
    assert READERS[format](write(Sheet("Blad", ["Waarde"], [[Decimal("0.0001")]], []), format))[1] == ["0,0001"]


@pytest.mark.parametrize("format", READERS)
@settings(deadline=None, max_examples=40)
@given(st.lists(st.decimals(min_value=-(10**9), max_value=10**9, places=4, allow_nan=False), max_size=4))
def test_any_number_comes_back_as_itself(format: Any, numbers: list[Decimal]) -> None:
    cells = READERS[format](write(Sheet("Blad", ["Waarde"], [[number] for number in numbers], []), format))
    read = [Decimal(row[0].replace(",", ".")) for row in cells[1:]]
    assert [float(number) for number in read] == [float(number) for number in numbers]


MORE = Sheet(
    "Geld",
    ["Bedrag"],
    [["een"]],
    ["noot"],
    (Sheet("Cijfers", ["Naam", "Waarde"], [["a", Decimal(1)]], []), Sheet("Leeg", ["Kop"], [], [])),
)


def test_further_tables_are_tabs_of_their_own_before_the_notes() -> None:
    names = ["Geld", "Cijfers", "Leeg", "Toelichting"]
    assert load_workbook(BytesIO(write(MORE, "xlsx"))).sheetnames == names
    tables_ = load(BytesIO(write(MORE, "ods"))).getElementsByType(Table)
    assert [table.getAttribute("name") for table in tables_] == names


@pytest.mark.parametrize("format", ["xlsx", "ods"])
def test_every_further_table_comes_back(format: Any) -> None:
    file = write(MORE, format)
    assert [READERS[format](file, tab) for tab in range(4)] == [
        [["Bedrag"], ["een"]],
        [["Naam", "Waarde"], ["a", "1"]],
        [["Kop"]],
        [["Toelichting"], ["noot"]],
    ]


def test_a_csv_holds_the_first_table_only() -> None:
    assert csv_cells(write(MORE, "csv")) == [["Bedrag"], ["een"]]


def test_every_tab_is_dressed_for_its_own_columns() -> None:
    book = load_workbook(BytesIO(write(MORE, "xlsx")))
    assert [(tab.freeze_panes, tab.auto_filter.ref) for tab in book.worksheets] == [
        ("A2", "A1:A2"),
        ("B2", "A1:B2"),
        ("A2", "A1:A1"),
        ("A2", "A1:A2"),
    ]
    with ZipFile(BytesIO(write(MORE, "ods"))) as file:
        content = file.read("content.xml").decode()
    assert "'Cijfers'.A1:'Cijfers'.B2" in content


def test_a_long_text_in_a_further_table_continues_and_is_announced_once() -> None:
    long = [Sheet(f"Lang {letter}", ["Tekst"], [[letter * 40_000]], []) for letter in "ab"]
    file = write(Sheet("Kort", ["Tekst"], [["c"]], ["noot"], tuple(long)), "xlsx")
    for tab, letter in ((1, "a"), (2, "b")):
        assert "".join(row[0] for row in xlsx_cells(file, tab)[1:]) == letter * 40_000
    assert xlsx_cells(file, tab=3) == [["Toelichting"], ["noot"], [tables.CONTINUED]]


def test_a_further_table_with_a_row_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="headings"):
        Sheet("Blad", ["Kop"], [], [], (Sheet("Meer", ["Kop"], [["a", "b"]], []),))
