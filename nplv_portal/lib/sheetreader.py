"""The reader: a process of its own with little memory and time, for spreadsheets of others. sheets.py starts it.

It gets the file as standard input and answers with JSON: {"refused": why} or {"rows": [[number, [cell, …]], …]}. A cell
is its text, or {"problem": why} where it has none. Whatever the file holds, it only ever costs this process.
"""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import re
import resource
import sys
import traceback
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from itertools import zip_longest
from typing import Any
from xml.etree.ElementTree import Element, iterparse  # nosec B405: after look_inside, which refuses a DOCTYPE
from xml.parsers import expat  # nosec B407: reads nothing from outside; Python's expat refuses to blow up entities

from nplv_portal.lib.tables import cleaned

MAX_ENTRIES, MAX_UNPACKED, MAX_RATIO = 200, 50 * 2**20, 100  # of the zip that .xlsx and .ods are
MAX_ROWS, MAX_COLUMNS, MAX_CELL = 2_000, 60, 32_767
MAX_TEXT = 5_000_000  # characters, all cells together
LAST_ROW = 2**20  # that Excel and LibreOffice know
SECONDS, MEMORY = 20, 512 * 2**20

OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED = "Dit bestand is met een wachtwoord beveiligd. Haal het wachtwoord eraf en stuur het opnieuw."
UNREADABLE = "Dit bestand is niet te lezen: het is beschadigd of geen rekenblad. Sla het opnieuw op als .xlsx of .ods."
TOO_BIG = "Dit bestand is uitgepakt te groot om te lezen. Kopieer de rijen naar een nieuw, leeg blad en stuur dat."
NOT_COMPUTED = "Hier staat een formule zonder uitkomst. Zet de tekst zelf in de cel."
NO_VALUE = "Hier staat een foutmelding van het rekenblad. Zet de tekst zelf in de cel."

ESCAPED = re.compile("_x005F_|_x000D_")  # how .xlsx writes the underscore of _x0041_, and a carriage return

OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
CALC = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"

Cell = str | dict[str, str]
Row = tuple[int, list[Cell]]


class Refused(Exception):
    """Why, in words for who sent the file."""


def rows(content: bytes) -> Iterator[Row]:
    """The rows of the first visible tab that hold anything, with their number in the sheet. By content, not by name."""
    if content.startswith(OLD_OFFICE):
        raise Refused(
            ENCRYPTED
            if "EncryptedPackage".encode("utf-16-le") in content
            else "Dit is een oud Excelbestand (.xls). Sla het op als .xlsx en stuur dat."
        )
    if content.startswith(b"PK"):
        return within_limits(zipped(content))
    if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        raise Refused("Dit is een webpagina of XML en geen rekenblad, ook als de naam op .xlsx eindigt.")
    return within_limits(separated(content))


def within_limits(found: Iterable[Row]) -> Iterator[Row]:
    total = 0
    for number, cells in found:
        while cells and not cells[-1]:
            cells.pop()
        if number > LAST_ROW or (cells and number > MAX_ROWS + 1):
            raise Refused(f"Dit blad heeft meer dan {MAX_ROWS} rijen.")
        if len(cells) > MAX_COLUMNS:
            raise Refused(f"Rij {number} heeft meer dan {MAX_COLUMNS} kolommen.")
        texts = [cleaned(cell) if isinstance(cell, str) else cell for cell in cells]
        for column, text in enumerate(texts):
            if len(text) > MAX_CELL:
                raise Refused(f"De tekst in cel {letter(column)}{number} is langer dan {MAX_CELL} tekens.")
        total += sum(map(len, texts))
        if total > MAX_TEXT:
            raise Refused(TOO_BIG)
        if texts:
            yield number, texts


def letter(column: int) -> str:
    """0 is A, 26 is AA."""
    before, last = divmod(column, 26)
    return (letter(before - 1) if before else "") + chr(ord("A") + last)


# --- .csv ---


def separated(content: bytes) -> Iterator[Row]:
    if b"\0" in content:
        raise Refused("Dit is geen rekenblad. Stuur een bestand dat op .xlsx, .ods of .csv eindigt.")
    text = decoded(content)
    csv.field_size_limit(MAX_CELL * 4)
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text, newline=""), separator(text), strict=True), 1):
            yield number, list(cells)
    except csv.Error as error:
        raise Refused(
            "Dit .csv-bestand is niet te lezen: een aanhalingsteken gaat open en niet dicht, of een cel is te lang."
        ) from error


class Semicolon(csv.excel):
    delimiter = ";"


def separator(text: str) -> type[csv.Dialect]:
    """The one that gives the heading more cells."""
    first = text[: 2 * MAX_CELL]
    found: list[tuple[int, type[csv.Dialect]]] = []
    for dialect in (Semicolon, csv.excel):
        with contextlib.suppress(csv.Error):
            found.append((len(next(csv.reader(io.StringIO(first, newline=""), dialect), [])), dialect))
    return max(found, key=lambda pair: pair[0], default=(0, Semicolon))[1]


def decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "cp1252"):
        with contextlib.suppress(UnicodeDecodeError):
            return content.decode(encoding)
    raise Refused("De letters in dit .csv-bestand zijn niet te lezen. Sla het op als CSV UTF-8.")


# --- The zip around .xlsx and .ods ---


def zipped(content: bytes) -> Iterator[Row]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = look_at(archive, len(content))
            merged = look_inside(archive)
            if "[Content_Types].xml" in names:
                yield from xlsx_rows(content, merged)
            elif names.get("mimetype") and archive.read("mimetype").startswith(
                b"application/vnd.oasis.opendocument.spreadsheet"
            ):
                yield from ods_rows(archive)
            else:
                raise Refused("Dit ingepakte bestand is geen rekenblad. Stuur een .xlsx- of .ods-bestand.")
    except zipfile.BadZipFile as error:
        raise Refused(UNREADABLE) from error


def look_at(archive: zipfile.ZipFile, packed: int) -> dict[str, zipfile.ZipInfo]:
    """The list of contents, before anything is unpacked. Python unpacks no more of a part than it says here."""
    entries = archive.infolist()
    if len(entries) > MAX_ENTRIES:
        raise Refused(TOO_BIG)
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > MAX_UNPACKED or unpacked > MAX_RATIO * packed:
        raise Refused(TOO_BIG)
    if any(entry.flag_bits & 1 for entry in entries) or "encrypted-package" in archive.namelist():
        raise Refused(ENCRYPTED)
    names = {entry.filename: entry for entry in entries}
    if len(names) < len(entries) or any(map(is_odd, names)):
        raise Refused(UNREADABLE)
    if any(entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED} for entry in entries):
        raise Refused(UNREADABLE)
    return names


def is_odd(name: str) -> bool:
    """It would land outside the folder, if someone unpacked it."""
    return name.startswith("/") or "\\" in name or ":" in name or ".." in name.split("/")


def look_inside(archive: zipfile.ZipFile) -> dict[str, str]:
    """Part → its first merged range. Refuses a DOCTYPE in any part: with it XML reads files and blows up entities."""
    merged: dict[str, str] = {}
    for entry in archive.infolist():

        def no_doctype(*_: Any) -> None:
            raise Refused("Dit bestand bevat een XML-verwijzing die in een rekenblad niet thuishoort.")

        def note(name: str, attributes: dict[str, str], part: str = entry.filename) -> None:
            local = name.rpartition(" ")[2]
            if local == "mergeCell":
                merged.setdefault(part, attributes.get("ref", ""))
            elif local == "encryption-data":
                raise Refused(ENCRYPTED)

        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartDoctypeDeclHandler, parser.StartElementHandler = no_doctype, note
        with contextlib.suppress(expat.ExpatError), archive.open(entry) as part:  # images, and what is no XML at all
            parser.ParseFile(part)
    return merged


def refuse_merged(where: str) -> None:
    raise Refused(
        f"De cellen {where} zijn samengevoegd. Maak die samenvoeging ongedaan, dan is duidelijk bij welke rij de tekst"
        " hoort."
    )


# --- .xlsx ---


def xlsx_rows(content: bytes, merged: dict[str, str]) -> Iterator[Row]:
    """Twice at once: for the values, and for which cells are formulas."""
    from openpyxl import load_workbook

    values, formulas = (
        load_workbook(io.BytesIO(content), read_only=True, data_only=is_computed, keep_links=False)
        for is_computed in (True, False)
    )
    visible = [number for number, tab in enumerate(values.worksheets) if tab.sheet_state == "visible"]
    if not visible:
        raise Refused("Dit bestand heeft geen zichtbaar tabblad.")
    tabs = [book.worksheets[visible[0]] for book in (values, formulas)]
    if where := merged.get(tabs[0]._worksheet_path):
        refuse_merged(where)
    for tab in tabs:
        tab.reset_dimensions()  # what the file says of its size is not always so
    for number, (row, typed) in enumerate(zip(tabs[0].iter_rows(), tabs[1].iter_rows(), strict=True), 1):
        cells = zip_longest(row, typed)
        yield number, [xlsx_cell(*pair) for pair in cells if number <= LAST_ROW]


def xlsx_cell(cell: Any, typed: Any) -> Cell:
    if typed.data_type == "f" and cell.value is None and cell.data_type != "str":  # "str" is computed, and empty
        return {"problem": NOT_COMPUTED}
    if cell.data_type == "e":
        return {"problem": NO_VALUE}
    return as_text(cell.value)


def as_text(value: Any) -> str:
    """As a Dutch spreadsheet shows it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "WAAR" if value else "ONWAAR"
    if isinstance(value, int | float):
        return f"{value:.15g}".replace(".", ",")
    if isinstance(value, datetime):
        return f"{value:%d-%m-%Y %H:%M}".removesuffix(" 00:00")
    if isinstance(value, date):
        return f"{value:%d-%m-%Y}"
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return ESCAPED.sub(lambda found: "_" if found[0] == "_x005F_" else "", str(value))


# --- .ods ---


def ods_rows(archive: zipfile.ZipFile) -> Iterator[Row]:
    number = 1
    for element in ods_elements(archive):
        cells, count = ods_cells(element, number), times(element, "rows")
        for at in range(number, number + count if any(cells) else number):
            yield at, list(cells)
        number += count


def ods_elements(archive: zipfile.ZipFile) -> Iterator[Element]:
    """The rows of the first visible tab, each while it is there."""
    hidden = set[str]()
    is_visible = False
    with archive.open("content.xml") as part:
        for event, element in iterparse(part, ["start", "end"]):  # noqa: S314  # nosec B314: no DOCTYPE, see above
            is_end, tag = event == "end", element.tag
            if is_end and tag == f"{STYLE}style" and any(c.get(f"{TABLE}display") == "false" for c in element):
                hidden.add(element.get(f"{STYLE}name", ""))
            elif is_end and tag == f"{TABLE}table-row":
                if is_visible:
                    yield element
                element.clear()
            elif is_end and tag == f"{TABLE}table" and is_visible:
                return
            elif tag == f"{TABLE}table":
                is_visible = not is_end and element.get(f"{TABLE}style-name", "") not in hidden
    raise Refused("Dit bestand heeft geen zichtbaar tabblad.")


def times(element: Element, what: str) -> int:
    return max(1, int(element.get(f"{TABLE}number-{what}-repeated", "1")))


def ods_cells(row: Element, number: int) -> list[Cell]:
    """One more than is allowed is enough to refuse it."""
    cells: list[Cell] = []
    for element in row:
        if element.tag not in {f"{TABLE}table-cell", f"{TABLE}covered-table-cell"}:
            continue
        if any(element.get(f"{TABLE}number-{what}-spanned", "1") != "1" for what in ("columns", "rows")):
            refuse_merged(f"vanaf {letter(len(cells))}{number}")
        cells += [ods_cell(element)] * min(times(element, "columns"), MAX_COLUMNS + 1)
    return cells


def ods_cell(element: Element) -> Cell:
    paragraphs = ["".join(words(child)) for child in element if child.tag == f"{TEXT}p"]
    kind = element.get(f"{OFFICE}value-type")
    if element.get(f"{CALC}value-type") == "error":
        return {"problem": NO_VALUE}
    if element.get(f"{TABLE}formula") and not paragraphs and kind != "string":
        return {"problem": NOT_COMPUTED}
    if not paragraphs and kind:
        return element.get(f"{OFFICE}{'string-' if kind == 'string' else ''}value", "")
    return "\n".join(paragraphs)


def words(element: Element) -> Iterator[str]:
    """The text of a paragraph, without the remarks in its margin."""
    yield re.sub(r"\s+", " ", element.text or "")
    for child in element:
        if child.tag == f"{TEXT}s":
            yield " " * min(int(child.get(f"{TEXT}c", "1")), MAX_CELL + 1)
        elif child.tag == f"{TEXT}tab":
            yield "\t"
        elif child.tag == f"{TEXT}line-break":
            yield "\n"
        elif child.tag not in {f"{OFFICE}annotation", f"{TEXT}note"}:
            yield from words(child)
        yield re.sub(r"\s+", " ", child.tail or "")


def answer(content: bytes) -> dict[str, Any]:
    try:
        return {"rows": list(rows(content))}
    except Refused as refusal:
        return {"refused": str(refusal)}
    except MemoryError:
        return {"refused": TOO_BIG}
    except Exception:  # of whatever kind: openpyxl has many
        traceback.print_exc()
        return {"refused": UNREADABLE}


def main() -> None:
    os.nice(10)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    sys.modules["numpy"] = None  # type: ignore[assignment]  # openpyxl would load it, and it needs much memory
    warnings.simplefilter("ignore")
    print(json.dumps(answer(sys.stdin.buffer.read())))


if __name__ == "__main__":
    main()
