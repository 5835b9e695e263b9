"""Spreadsheets of text: .xlsx, .ods and .csv. The only user of pandas, imported where used: that takes a second."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING, Any, Literal
from zipfile import ZipFile, ZipInfo

if TYPE_CHECKING:
    import pandas as pd

Format = Literal["xlsx", "ods", "csv"]
Cell = str | Decimal

CREATOR = "Raadsportaal NPLV"
NOTES_TITLE = "Toelichting"
NARROWEST, WIDEST = 12, 60  # of a column, in characters
MAX_UNITS = 32_767  # what Excel holds in a cell, in UTF-16 units
PART = 16_000  # characters: even when each of them takes two units, a part fits in a cell
CONTINUED = (
    "Een tekst die te lang is voor één cel van Excel, loopt door in de rijen eronder, met ernaast de rest herhaald."
)

NONCHARACTERS = "".join(chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
NOT_IN_XML = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff{NONCHARACTERS}]")
SEEMS_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
BLANK_LETTERS = "\u115f\u1160\u3164\uffa0"  # Hangul fillers: letters that show nothing


@dataclass(frozen=True)
class Sheet:
    """A table of texts and numbers. The notes say what the export is, of which date and address.

    `more` are further tables, each a tab of its own. A .csv has no place for these, nor for notes.
    """

    title: str
    headings: list[str]
    rows: Sequence[Sequence[Cell]]
    notes: list[str]
    more: tuple[Sheet, ...] = ()

    def __post_init__(self) -> None:
        if not self.headings or any(len(row) != len(self.headings) for row in self.rows):
            raise ValueError("A sheet has headings, and every row a cell for each of them.")
        if len({tab.name.casefold() for tab in (self, *self.more)}) <= len(self.more):
            raise ValueError("Two tabs have the same name.")

    @property
    def name(self) -> str:
        """The title as Excel accepts it for a tab: at most 31 characters, and some of them not."""
        words = re.sub(r"[\[\]:*?/\\\n\t]+", " ", cleaned(self.title))
        name = " ".join(words.split()).encode("utf-16-le")[:62].decode("utf-16-le", "ignore").strip("' ")
        return "Gegevens" if name.casefold() in {"", "history", NOTES_TITLE.casefold()} else name

    @property
    def widths(self) -> list[int]:
        columns = zip(self.headings, *self.rows, strict=True)
        return [min(max(NARROWEST, *map(longest_line, column)) + 2, WIDEST) for column in columns]


def exact(number: float) -> Decimal:
    """A number as JSON gave it, without decimals that say nothing."""
    return Decimal(f"{Decimal(str(number)).normalize():f}")


def write(sheet: Sheet, format: Format) -> bytes:
    """The file. The same sheet gives the same bytes.

    No cell acts as a formula: what could begin one gets an apostrophe in front, in all three formats, and in .xlsx and
    .ods is text by type as well. Characters that XML forbids are left out. In .xlsx a text that does not fit in a cell
    is spread over rows below each other.
    """
    return {"xlsx": xlsx, "ods": ods, "csv": semicolons}[format](sheet)


def cleaned(text: str) -> str:
    return NOT_IN_XML.sub("", re.sub("\r\n?", "\n", text))


def harmless(text: str) -> str:
    """The text, with an apostrophe in front if a spreadsheet could take it for a formula.

    What is blank or invisible does not hide the sign behind it, and a fullwidth or small = counts as =.
    """
    text = cleaned(text)
    first = next((c for c in text if unicodedata.category(c)[0] not in "ZCM" and c not in BLANK_LETTERS), "")
    is_formula = unicodedata.normalize("NFKC", first).startswith(("=", "+", "-", "@"))
    return f"'{text}" if is_formula or text.startswith(("\t", "\n")) else text


def as_typed(text: str) -> str:
    """The text as it was before `harmless`."""
    return text[1:] if text.startswith("'") and harmless(text[1:]) == text else text


def longest_line(cell: Cell) -> int:
    return max(map(len, str(cell).split("\n")))


def tabs(sheet: Sheet) -> dict[str, Sheet]:
    found = {tab.name: tab for tab in (sheet, *sheet.more)}
    if sheet.notes:
        found[NOTES_TITLE] = Sheet(NOTES_TITLE, [NOTES_TITLE], [[note] for note in sheet.notes], [])
    return found


def semicolons(sheet: Sheet) -> bytes:
    """As Excel in the Netherlands opens it with a double click."""
    table = frame(sheet).map(lambda cell: cell if isinstance(cell, str) else f"{cell:f}".replace(".", ","))
    text: str = table.to_csv(sep=";", index=False, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    return text.encode("utf-8-sig")


def frame(sheet: Sheet) -> pd.DataFrame:
    import pandas as pd

    rows = [[harmless(cell) if isinstance(cell, str) else cell for cell in row] for row in sheet.rows]
    return pd.DataFrame(rows, columns=[harmless(heading) for heading in sheet.headings], dtype=object)


def xlsx(sheet: Sheet) -> bytes:
    from openpyxl.packaging.core import DocumentProperties
    from pandas import ExcelWriter

    file = BytesIO()
    with ExcelWriter(file, engine="openpyxl") as writer:
        writer.book.properties = DocumentProperties(title=cleaned(sheet.title), creator=CREATOR, language="nl-NL")
        for name, tab in tabs(fitting(sheet)).items():
            table = frame(tab).map(as_excel).rename(columns=escaped)
            table.to_excel(writer, sheet_name=name, index=False)
            dress(writer.sheets[name], tab.widths)
    return without_dates(file.getvalue())


def as_excel(cell: Cell) -> str | float:
    return escaped(cell) if isinstance(cell, str) else float(cell)


def fitting(sheet: Sheet) -> Sheet:
    rows = [part for row in sheet.rows for part in parts(row)]
    more = tuple(fitting(tab) for tab in sheet.more)
    is_longer = len(rows) > len(sheet.rows) or any(CONTINUED in tab.notes for tab in more)
    return replace(sheet, rows=rows, notes=[*sheet.notes, CONTINUED] if is_longer else sheet.notes, more=more)


def parts(row: Sequence[Cell]) -> Iterator[list[Cell]]:
    """The row itself, or as many rows as its longest text needs; the texts that fit stand in each of them."""
    pieces = [pieces_of(cell) for cell in row]
    for number in range(max(map(len, pieces)) or 1):
        yield [
            cell if not found else found[number] if number < len(found) else ""
            for cell, found in zip(row, pieces, strict=True)
        ]


def pieces_of(cell: Cell) -> list[str]:
    if not isinstance(cell, str) or not is_too_long(cell):
        return []
    return [cell[at : at + PART] for at in range(0, len(cell), PART)]


def is_too_long(cell: str) -> bool:
    return len(cell) > PART and len(escaped(harmless(cell)).encode("utf-16-le")) > 2 * MAX_UNITS


def escaped(text: str) -> str:
    """Excel reads _x0041_ as A, unless its first underscore is written that way itself."""
    return SEEMS_ESCAPED.sub("_x005F_", text)


def dress(worksheet: Any, widths: list[int]) -> None:
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    wrapped, bold = Alignment(wrap_text=True, vertical="top"), Font(bold=True)
    for row in worksheet.iter_rows():
        for cell in row:
            cell.alignment = wrapped
            if isinstance(cell.value, str):
                cell.data_type = "s"  # openpyxl takes "#N/A" for an error
    for cell in worksheet[1]:
        cell.font = bold
    for number, width in enumerate(widths, start=1):
        worksheet.column_dimensions[get_column_letter(number)].width = width
    worksheet.freeze_panes = "B2" if len(widths) > 1 else "A2"
    worksheet.auto_filter.ref = worksheet.dimensions
    worksheet.print_title_rows = "1:1"
    worksheet.page_setup.orientation, worksheet.page_setup.paperSize = "landscape", worksheet.PAPERSIZE_A4
    worksheet.page_setup.fitToHeight = 0
    worksheet.sheet_properties.pageSetUpPr.fitToPage = True


def ods(sheet: Sheet) -> bytes:
    """Written with odfpy itself: in this format pandas knows no filter, no repeated heading and no column width."""
    from odf.dc import Language, Title
    from odf.meta import InitialCreator
    from odf.opendocument import OpenDocumentSpreadsheet

    name_all_namespaces()
    book = OpenDocumentSpreadsheet()
    for element, text in ((Title, cleaned(sheet.title)), (InitialCreator, CREATOR), (Language, "nl-NL")):
        book.meta.addElement(element(text=text))
    contents = tabs(sheet)
    add_styles(book, {width for tab in contents.values() for width in tab.widths})
    for name, tab in contents.items():
        book.spreadsheet.addElement(ods_table(name, tab))
    book.spreadsheet.addElement(filters(contents))
    book.settings.addElement(frozen(contents))
    file = BytesIO()
    book.write(file)
    return without_dates(file.getvalue())


def add_styles(book: Any, widths: set[int]) -> None:
    from odf.style import DefaultStyle, Style, TableCellProperties, TableColumnProperties, TextProperties

    language = DefaultStyle(family="table-cell")
    language.addElement(TextProperties(language="nl", country="NL"))
    book.styles.addElement(language)
    for name, weight in (("text", "normal"), ("heading", "bold")):
        style = Style(name=name, family="table-cell")
        style.addElement(TableCellProperties(wrapoption="wrap", verticalalign="top"))
        style.addElement(TextProperties(fontweight=weight))
        book.automaticstyles.addElement(style)
    for width in sorted(widths):
        style = Style(name=f"width{width}", family="table-column")
        style.addElement(TableColumnProperties(columnwidth=f"{width / 5}cm"))
        book.automaticstyles.addElement(style)


def ods_table(name: str, sheet: Sheet) -> Any:
    from odf.table import Table, TableColumn, TableHeaderRows

    table = Table(name=name)
    for width in sheet.widths:
        table.addElement(TableColumn(stylename=f"width{width}"))
    header = TableHeaderRows()
    header.addElement(ods_row(sheet.headings, "heading"))
    table.addElement(header)
    for row in sheet.rows:
        table.addElement(ods_row(row, "text"))
    return table


def ods_row(cells: Sequence[Cell], style: str) -> Any:
    from odf.table import TableCell, TableRow
    from odf.teletype import addTextToElement
    from odf.text import P

    row = TableRow()
    for content in cells:
        is_text = isinstance(content, str)
        typed = {"valuetype": "string"} if is_text else {"valuetype": "float", "value": f"{content:f}"}
        cell, paragraph = TableCell(stylename=style, **typed), P()
        addTextToElement(paragraph, harmless(content) if isinstance(content, str) else f"{content:f}".replace(".", ","))
        cell.addElement(paragraph)
        row.addElement(cell)
    return row


def filters(contents: Mapping[str, Sheet]) -> Any:
    from odf.table import DatabaseRange, DatabaseRanges
    from openpyxl.utils import get_column_letter

    ranges = DatabaseRanges()
    for number, (name, sheet) in enumerate(contents.items()):
        place = "'" + name.replace("'", "''") + "'"
        last = f"{get_column_letter(len(sheet.headings))}{len(sheet.rows) + 1}"
        ranges.addElement(
            DatabaseRange(
                name=f"__Anonymous_Sheet_DB__{number}",
                targetrangeaddress=f"{place}.A1:{place}.{last}",
                displayfilterbuttons="true",
            )
        )
    return ranges


def frozen(contents: Mapping[str, Sheet]) -> Any:
    """The settings in which LibreOffice finds how many columns and rows of each tab stay in view."""
    from odf.config import ConfigItem, ConfigItemMapEntry, ConfigItemMapIndexed, ConfigItemMapNamed, ConfigItemSet

    settings, views = ConfigItemSet(name="ooo:view-settings"), ConfigItemMapIndexed(name="Views")
    view, entries = ConfigItemMapEntry(), ConfigItemMapNamed(name="Tables")
    settings.addElement(views)
    views.addElement(view)
    view.addElement(entries)
    for name, sheet in contents.items():
        entry = ConfigItemMapEntry(name=name)
        columns = "1" if len(sheet.headings) > 1 else "0"
        for item, type_, text in (
            ("HorizontalSplitMode", "short", "2" if columns == "1" else "0"),
            ("VerticalSplitMode", "short", "2"),
            ("HorizontalSplitPosition", "int", columns),
            ("VerticalSplitPosition", "int", "1"),
            ("PositionRight", "int", columns),
            ("PositionBottom", "int", "1"),
        ):
            entry.addElement(ConfigItem(name=item, type=type_, text=text))
        entries.addElement(entry)
    return settings


def name_all_namespaces() -> None:
    """odfpy writes at the top of a file every namespace that the process ever met: let that always be all of them."""
    from odf.element import Element
    from odf.namespaces import nsdict

    if len(Element.namespaces) < len(nsdict):
        Element.namespaces.update(nsdict)


def without_dates(file: bytes) -> bytes:
    """The same zip, without the moment of writing in it."""
    packed = BytesIO()
    with ZipFile(BytesIO(file)) as old, ZipFile(packed, "w") as new:
        for entry in old.infolist():
            content = old.read(entry)
            if entry.filename == "docProps/core.xml":
                content = re.sub(rb"<dcterms:(created|modified)\b.*?</dcterms:\1>", b"", content)
            new.writestr(ZipInfo(entry.filename), content, compress_type=entry.compress_type)
    return packed.getvalue()
