"""Documents that a reader edits, read back: by the libraries of their formats, and by LibreOffice itself."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import docx
from docx.table import Table as WordTable
from docx.text.paragraph import Paragraph as WordParagraph
from odf.opendocument import load
from odf.table import TableCell, TableHeaderRows, TableRow
from odf.teletype import extractText
from odf.text import A

Line = tuple[str, str]  # the name of its style, and its text


@dataclass(frozen=True)
class Read:
    title: str
    subject: str
    author: str
    lines: list[Line]  # outside tables
    tables: list[list[list[str]]]
    heads: list[int]  # of each table: how many rows return on every page
    links: list[str]
    head: str
    foot: str

    @property
    def texts(self) -> list[str]:
        return [text for _, text in self.lines if text]

    @property
    def words(self) -> str:
        """All of it, without white space."""
        cells = [cell for table in self.tables for row in table for cell in row]
        return "".join("".join([*self.texts, *cells]).split())

    def under(self, style: str) -> list[str]:
        return [text for name, text in self.lines if name == style]


def read(file: bytes, format: str) -> Read:
    return {"docx": read_docx, "odt": read_odt}[format](file)


def read_docx(file: bytes) -> Read:
    word = docx.Document(BytesIO(file))
    about, section = word.core_properties, word.sections[0]
    lines: list[Line] = []
    tables: list[WordTable] = []
    for part in word.iter_inner_content():
        if isinstance(part, WordParagraph):
            lines.append((str(part.style.name if part.style else ""), part.text))
        else:
            tables.append(part)
    return Read(
        about.title,
        about.subject,
        about.author,
        lines,
        [[[cell.text for cell in row.cells] for row in table.rows] for table in tables],
        [len(table._tbl.xpath("w:tr[w:trPr/w:tblHeader]")) for table in tables],
        [relation.target_ref for relation in word.part.rels.values() if relation.is_external],
        "".join(p.text for p in section.header.paragraphs),
        "".join(section.footer._element.itertext()),
    )


def read_odt(file: bytes) -> Read:
    odt = load(BytesIO(file))
    about = {str(element.qname[1]): str(element) for element in odt.meta.childNodes}
    tables = [element for element in odt.text.childNodes if element.qname[1] == "table"]
    master = odt.masterstyles.childNodes[0]
    return Read(
        about["title"],
        about["subject"],
        about["initial-creator"],
        [line for element in odt.text.childNodes for line in odt_lines(element)],
        [[[text_of(c) for c in r.getElementsByType(TableCell)] for r in t.getElementsByType(TableRow)] for t in tables],
        [len(table.getElementsByType(TableHeaderRows)) for table in tables],
        [element.getAttribute("href") for element in odt.text.getElementsByType(A)],
        *(text_of(part) for part in master.childNodes[:2]),
    )


def odt_lines(element: Any) -> list[Line]:
    kind = element.qname[1]
    if kind in {"p", "h"}:
        name = element.getAttribute("stylename").replace("_20_", " ")
        return [("Normal" if name == "Standard" else name, text_of(element))]
    return [] if kind == "table" else [line for child in element.childNodes for line in odt_lines(child)]


def text_of(element: Any) -> str:
    return str(extractText(element))


def opened_in_office(files: Mapping[str, bytes]) -> dict[str, list[str]]:
    """What LibreOffice shows of each, page by page. A name ends as the file does.

    All of them at once: it is the start of LibreOffice that takes seconds.
    """
    with TemporaryDirectory() as folder:
        paths = {name: Path(folder, f"{number}{Path(name).suffix}") for number, name in enumerate(files)}
        for name, path in paths.items():
            path.write_bytes(files[name])
        profile = f"-env:UserInstallation={Path(folder, 'profile').as_uri()}"
        command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", folder]
        subprocess.run([*command, *paths.values()], check=True, capture_output=True, timeout=180)
        return {name: pages_of(path.with_suffix(".pdf")) for name, path in paths.items()}


def pages_of(pdf: Path) -> list[str]:
    shown = subprocess.run(["pdftotext", "-layout", pdf, "-"], check=True, capture_output=True).stdout.decode()
    return shown.split("\f")[:-1]
