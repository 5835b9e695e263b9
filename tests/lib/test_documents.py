"""What is written is read back, by python-docx, odfpy and LibreOffice, and compared line by line."""

from io import BytesIO
from typing import Any
from zipfile import ZipFile

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nplv_portal.lib.documents import (
    FORMATS,
    Bullets,
    Document,
    Heading,
    PageBreak,
    Paragraph,
    Run,
    Table,
    plain,
    write,
)
from tests.document_checks import opened_in_office, read, read_docx, read_odt

LONG_WORD = "Voorbeeldgebiedsontwikkelingssamenwerkingsovereenkomst" * 20
ROWS = tuple((f"Gemeente {n}", "in ontwikkeling", "De raad krijgt twee keer per jaar bericht. " * 4) for n in range(30))
LINK = "https://example.nl/ë?op=1&x"
TABLE = Table("Wat andere gemeenten doen", ("Gemeente", "Stand", "Gevonden"), ROWS, (2, 2, 5))
DOCUMENT = Document(
    "Schriftelijke vragen over kaders",
    (
        Paragraph("Pas de tekst aan voor gebruik.", "notice"),
        Heading("Aan het college"),
        Paragraph(("Van ", Run("[naam]", is_blank=True), ", zie ", Run("hier", link=LINK), ".")),
        Heading("Vragen", 2),
        Bullets(("Eén vraag\nop twee regels.", (Run("Vet", is_bold=True), " en <b>gewoon</b> & ‘zo’")), True),
        Heading("Verder", 3),
        Bullets(("Een punt",)),
        Bullets(("Weer bij één",), is_numbered=True),
        TABLE,
        PageBreak(),
        Paragraph("Notitie, hoofdstuk 3", "source"),
    ),
    subtitle="Voorbeeldstad",
    subject="kaders",
    mark="CONCEPT",
    imprint="Raadsportaal NPLV",
)
FORBIDDEN = "nul\x00 \x0b\x0c\x1f\x7f\x85\ud800\ufffe\U0010ffff rest"


def of(*blocks: Any) -> Document:
    return Document("Titel", blocks)


@pytest.mark.parametrize("format_", FORMATS)
def test_every_block_is_read_back_with_its_style(format_: Any) -> None:
    found = read(write(DOCUMENT, format_), format_)
    assert [line for line in found.lines if line[1].strip()] == [
        ("Title", "Schriftelijke vragen over kaders"),
        ("Subtitle", "Voorbeeldstad"),
        ("Let op", "Pas de tekst aan voor gebruik."),
        ("Heading 1", "Aan het college"),
        ("Normal", "Van [naam], zie hier."),
        ("Heading 2", "Vragen"),
        ("List Number", "Eén vraag\nop twee regels."),
        ("List Number", "Vet en <b>gewoon</b> & ‘zo’"),
        ("Heading 3", "Verder"),
        ("List Bullet", "Een punt"),
        ("List Number", "Weer bij één"),
        ("Caption", "Wat andere gemeenten doen"),
        ("Bron", "Notitie, hoofdstuk 3"),
    ]
    assert found.tables == [[list(TABLE.headings), *[[plain(cell) for cell in row] for row in ROWS]]]
    assert found.heads == [1]
    assert found.links == ["https://example.nl/%C3%AB?op=1&x"]
    assert (found.title, found.subject, found.author) == (DOCUMENT.title, "kaders", "Raadsportaal NPLV")
    assert found.head == "CONCEPT"
    assert found.foot.startswith("Raadsportaal NPLV")
    assert "pagina" in found.foot


@pytest.mark.parametrize("format_", FORMATS)
def test_the_same_document_gives_the_same_file_whatever_was_written_before(format_: Any) -> None:
    first = write(DOCUMENT, format_)
    write(of(Paragraph("anders")), format_)
    assert write(DOCUMENT, format_) == first


@pytest.mark.parametrize(
    ("format_", "part", "says"),
    [
        ("docx", "word/styles.xml", 'w:lang w:val="nl-NL"'),
        ("docx", "docProps/core.xml", "<dc:language>nl-NL</dc:language>"),
        ("docx", "word/document.xml", 'w:w="11906" w:h="16838"'),
        ("odt", "styles.xml", 'fo:language="nl" fo:country="NL"'),
        ("odt", "meta.xml", "<dc:language>nl-NL</dc:language>"),
        ("odt", "styles.xml", 'fo:page-width="210mm" fo:page-height="297mm"'),
    ],
)
def test_the_file_is_in_dutch_and_on_a4(format_: Any, part: str, says: str) -> None:
    with ZipFile(BytesIO(write(DOCUMENT, format_))) as file:
        assert says in file.read(part).decode()


def test_a_wide_document_lies_on_its_side() -> None:
    wide = Document("Breed", (TABLE,), is_landscape=True)
    section = docx.Document(BytesIO(write(wide, "docx"))).sections[0]
    assert section.page_width is not None
    assert section.page_height is not None
    assert section.page_width > section.page_height
    with ZipFile(BytesIO(write(wide, "odt"))) as file:
        assert 'fo:page-width="297mm"' in file.read("styles.xml").decode()


def test_each_numbered_list_counts_from_one() -> None:
    word = docx.Document(BytesIO(write(DOCUMENT, "docx")))
    numbers = [p._p.xpath("w:pPr/w:numPr/w:numId/@w:val") for p in word.paragraphs if p.style.name == "List Number"]  # type: ignore[union-attr]
    assert numbers[0] == numbers[1] != numbers[2]


@pytest.mark.parametrize("format_", FORMATS)
def test_what_xml_forbids_is_left_out_and_the_rest_stays(format_: Any) -> None:
    document = Document(
        FORBIDDEN,
        (Heading(FORBIDDEN), Bullets((FORBIDDEN,)), Table(FORBIDDEN, (FORBIDDEN,), ((FORBIDDEN,),))),
        subtitle=FORBIDDEN,
        subject=FORBIDDEN,
        mark=FORBIDDEN,
        imprint=FORBIDDEN,
    )
    found = read(write(document, format_), format_)
    assert {*found.texts, *found.tables[0][0], *found.tables[0][1]} == {"nul  rest"}
    assert (found.title, found.head) == ("nul  rest", "nul  rest")


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60))
def test_both_forms_say_the_same_of_any_text(text: str, link: str) -> None:
    document = of(Paragraph((text, Run("x", link=link))), Bullets((text,), is_numbered=True))
    word, odt = read_docx(write(document, "docx")), read_odt(write(document, "odt"))
    assert word.words == odt.words == "".join(f"Titel{plain(text)}x{plain(text)}".split())


@pytest.mark.parametrize(
    "link",
    ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "//x", "http://", "http://[", "\\\\host\\x"],
)
@pytest.mark.parametrize("format_", FORMATS)
def test_only_an_address_of_the_web_becomes_a_link(format_: Any, link: str) -> None:
    found = read(write(of(Paragraph((Run("zie", link=link),))), format_), format_)
    assert (found.texts, found.links) == (["Titel", "zie"], [])


def test_a_table_with_a_cell_too_few_is_refused() -> None:
    with pytest.raises(ValueError, match="a cell for each"):
        Table("Tabel", ("Eén", "Twee"), (("alleen",),))
    with pytest.raises(ValueError, match="a cell for each"):
        Table("Tabel", (), ())


def test_libreoffice_opens_both_and_repeats_head_mark_and_number_on_every_page() -> None:
    hostile = of(Heading(LONG_WORD), Paragraph(FORBIDDEN * 50), Table("x", ("a", "b"), ((LONG_WORD, "<x>"),)))
    written = {"a": DOCUMENT, "b": hostile}
    shown = opened_in_office({f"{name}.{f}": write(d, f) for name, d in written.items() for f in FORMATS})  # type: ignore[arg-type]
    for form in FORMATS:
        pages = shown[f"a.{form}"]
        assert len(pages) > 2
        assert all("CONCEPT" in page and f"van {len(pages)}" in page for page in pages)
        in_table = [page for page in pages if "in ontwikkeling" in page]
        assert len(in_table) > 1
        assert all("Stand" in page for page in in_table)
        assert "1. Weer bij één" in " ".join(" ".join(pages).split())
        assert "".join(shown[f"b.{form}"]).count("nul") == 50
