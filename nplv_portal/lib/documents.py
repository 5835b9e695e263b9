"""Texts that a reader edits further: a document without any format, and its two forms, .docx and .odt.

The only user of python-docx. It and odfpy are imported where used: they take half a second.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Literal
from urllib.parse import urlsplit

from django.utils.encoding import iri_to_uri

from nplv_portal.lib.tables import CREATOR, cleaned, name_all_namespaces, without_dates

Format = Literal["docx", "odt"]
FORMATS: dict[str, str] = {"docx": "Word (.docx)", "odt": "ODT"}


@dataclass(frozen=True)
class Run:
    """A stretch of text. `is_blank`: to be filled in by who uses the document, and marked as such."""

    text: str
    is_bold: bool = False
    is_blank: bool = False
    link: str = ""  # an address of the web; anything else stays plain text


Text = str | tuple[str | Run, ...]


@dataclass(frozen=True)
class Heading:
    text: Text
    level: int = 1  # up to 3

    @property
    def runs(self) -> list[Run]:
        return list(runs_of(self.text))


# A label is of what comes below it; what is small below a heading belongs to that.
Kind = Literal["text", "notice", "source", "label", "subheading"]


@dataclass(frozen=True)
class Paragraph:
    text: Text
    kind: Kind = "text"

    @property
    def runs(self) -> list[Run]:
        return list(runs_of(self.text))


@dataclass(frozen=True)
class Bullets:
    """A list; a numbered one begins at 1."""

    items: tuple[Text, ...]
    is_numbered: bool = False

    @property
    def lines(self) -> list[list[Run]]:
        return [list(runs_of(text)) for text in self.items]


@dataclass(frozen=True)
class Table:
    caption: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Text, ...], ...]
    widths: tuple[int, ...] = ()  # of the columns, in proportion; equal where not said
    is_named_above: bool = False  # the caption is said by a heading, and only told to who hears the table

    def __post_init__(self) -> None:
        count = len(self.headings)
        if not count or any(len(row) != count for row in self.rows) or len(self.widths) not in {0, count}:
            raise ValueError("A table has headings, and every row a cell for each of them.")

    @property
    def cells(self) -> list[list[tuple[str, list[Run]]]]:
        """Per row, each cell with its heading."""
        return [[(h, list(runs_of(text))) for h, text in zip(self.headings, row, strict=True)] for row in self.rows]

    @property
    def shares(self) -> list[float]:
        widths = self.widths or (1,) * len(self.headings)
        return [width / sum(widths) for width in widths]


@dataclass(frozen=True)
class PageBreak:
    pass


Block = Heading | Paragraph | Bullets | Table | PageBreak


@dataclass(frozen=True)
class Document:
    title: str
    blocks: tuple[Block, ...]
    subtitle: str = ""
    subject: str = ""  # in the properties of the file
    mark: str = ""  # at the top of every page: "CONCEPT"
    imprint: str = ""  # at the foot of every page, before its number
    is_landscape: bool = False


def write(document: Document, format: Format) -> bytes:
    """The file. The same document gives the same bytes."""
    return {"docx": as_docx, "odt": as_odt}[format](document)


def runs_of(text: Text) -> Iterator[Run]:
    for part in (text,) if isinstance(text, str) else text:
        run = Run(part) if isinstance(part, str) else part
        if content := cleaned(run.text):
            yield Run(content, run.is_bold, run.is_blank, address(run.link))


def plain(text: Text) -> str:
    return "".join(run.text for run in runs_of(text))


def address(link: str) -> str:
    """As a file may hold it: Word calls a file with anything else in it damaged."""
    try:
        is_of_the_web = urlsplit(link).scheme in {"http", "https"} and bool(urlsplit(link).hostname)
    except ValueError:
        return ""
    return iri_to_uri(cleaned(link)) if is_of_the_web else ""


# How it looks, in both forms. Letters that every office suite has, or a twin of.

SANS, SERIF = "Arial", "Georgia"
INK, TEXT, MUTED, LINK, LINE, NOTICE, TINT = "1A2530", "2A3641", "55616D", "0A4F5C", "857F72", "A86400", "FBF1DD"
PAGE = (210, 297)  # mm
MARGIN, TOP, BOTTOM = 25, 28, 24  # mm


@dataclass(frozen=True)
class Look:
    """Of a style; lengths in points."""

    size: float = 10.5
    font: str = SANS
    color: str = TEXT
    is_bold: bool = False
    before: float = 0
    after: float = 6
    leading: float = 1.3
    keeps_next: bool = False  # never the last on a page


STYLES = {
    "Normal": Look(),
    "Title": Look(21, SERIF, INK, is_bold=True, after=3, leading=1.1, keeps_next=True),
    "Subtitle": Look(11, color=MUTED, after=14, leading=1.25, keeps_next=True),
    "Heading 1": Look(14, SERIF, INK, is_bold=True, before=16, after=4, leading=1.15, keeps_next=True),
    "Heading 2": Look(12, SERIF, INK, is_bold=True, before=12, after=3, leading=1.15, keeps_next=True),
    "Heading 3": Look(10.5, SANS, INK, is_bold=True, before=9, after=2, leading=1.2, keeps_next=True),
    "List Bullet": Look(after=4),
    "List Number": Look(after=5),
    "Caption": Look(9, color=MUTED, is_bold=True, before=8, after=4, leading=1.2, keeps_next=True),
    "Header": Look(9, color=NOTICE, is_bold=True, after=0, leading=1.2),
    "Footer": Look(8, color=MUTED, after=0, leading=1.2),
    "Let op": Look(after=10, before=2),
    "Onderkop": Look(9, color=MUTED, after=4, leading=1.25, keeps_next=True),
    "Kopje": Look(is_bold=True, before=6, after=2, keeps_next=True),
    "Bron": Look(9, color=MUTED, after=4, leading=1.25),
    "Tabeltekst": Look(9, after=2, leading=1.2),
    "Tabelkop": Look(9, color=INK, is_bold=True, after=2, leading=1.2),
}
KINDS = {"text": "Normal", "notice": "Let op", "source": "Bron", "label": "Kopje", "subheading": "Onderkop"}
LINKED, BLANK = "Hyperlink", "Invullen"
TABLE_SPACE = 6  # points below a table


def width_of(document: Document) -> int:
    """Of the text, in mm."""
    return PAGE[document.is_landscape] - 2 * MARGIN


# .docx


def as_docx(document: Document) -> bytes:
    import docx

    word = docx.Document()
    describe_docx(word, document)
    style_docx(word)
    page_docx(word, document)
    line_docx(word, "Title", document.title)
    if document.subtitle:
        line_docx(word, "Subtitle", document.subtitle)
    for block in document.blocks:
        add_docx(word, block, width_of(document))
    file = BytesIO()
    word.save(file)
    return without_dates(file.getvalue())


def describe_docx(word: Any, document: Document) -> None:
    from docx.oxml.ns import qn

    about = word.core_properties
    about.title, about.subject = cleaned(document.title)[:255], cleaned(document.subject)[:255]
    about.author, about.comments, about.language = CREATOR, "", "nl-NL"
    settings = word.settings.element
    settings.find(f".//{qn('w:compatSetting')}").set(qn("w:val"), "15")  # else Word opens it as of an older Word
    for name, value in (("themeFontLang", "nl-NL"), ("decimalSymbol", ","), ("listSeparator", ";")):
        settings.find(qn(f"w:{name}")).set(qn("w:val"), value)
    word.styles.element.find(f".//{qn('w:lang')}").set(qn("w:val"), "nl-NL")


def style_docx(word: Any) -> None:
    from docx.enum.style import WD_STYLE_TYPE
    from docx.shared import Pt, RGBColor

    known = {style.name for style in word.styles}
    for name, look in STYLES.items():
        style = word.styles[name] if name in known else word.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        own_letters(style, look.font)
        style.font.size, style.font.bold, style.font.italic = Pt(look.size), look.is_bold, False
        style.font.color.rgb = RGBColor.from_string(look.color)
        layout = style.paragraph_format
        layout.space_before, layout.space_after = Pt(look.before), Pt(look.after)
        layout.line_spacing, layout.keep_with_next, layout.widow_control = look.leading, look.keeps_next, True
        style.hidden, style.quick_style = False, True
    without_frills(word)
    edge(word.styles["Let op"].element.get_or_add_pPr())
    link = word.styles.add_style(LINKED, WD_STYLE_TYPE.CHARACTER, builtin=True)
    link.font.color.rgb, link.font.underline = RGBColor.from_string(LINK), True
    blank = word.styles.add_style(BLANK, WD_STYLE_TYPE.CHARACTER)
    blank.element.get_or_add_rPr().append(made("w:shd", val="clear", color="auto", fill=TINT))


def own_letters(style: Any, font: str) -> None:
    """In place of those of a theme."""
    from docx.oxml.ns import qn

    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    fonts.attrib.clear()
    for script in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{script}"), font)


def without_frills(word: Any) -> None:
    """What the template of python-docx draws besides: a line below the title, letters apart, no space in lists; and
    its ninety styles of tables, none of them ours.
    """
    from docx.oxml.ns import qn

    for style in word.styles.element.xpath("w:style[@w:type='table'][not(@w:default)]"):
        word.styles.element.remove(style)
    for name, tags in {
        "Title": ("pBdr", "contextualSpacing", "spacing", "kern"),
        "Subtitle": ("numPr", "spacing"),
        "List Bullet": ("contextualSpacing",),
        "List Number": ("contextualSpacing",),
    }.items():
        element = word.styles[name].element
        for tag in tags:
            where = element.rPr if tag in {"spacing", "kern"} else element.pPr
            for found in where.findall(qn(f"w:{tag}")):
                where.remove(found)


def edge(properties: Any) -> None:
    """A tint with a line at its left, in the order that the schema wants."""
    from docx.shared import Pt

    lines = made("w:pBdr")
    for side in ("top", "left", "bottom", "right"):
        weight, color = ("24", NOTICE) if side == "left" else ("4", TINT)
        lines.append(made(f"w:{side}", val="single", sz=weight, space="6", color=color))
    shade = made("w:shd", val="clear", color="auto", fill=TINT)
    for element in (lines, shade):
        properties.insert_element_before(element, "w:tabs", "w:spacing", "w:ind", "w:jc", "w:outlineLvl")
    properties.ind_left = properties.ind_right = Pt(8)


def made(tag: str, **attributes: str) -> Any:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    element = OxmlElement(tag)
    for name, value in attributes.items():
        element.set(qn(f"w:{name}"), value)
    return element


def page_docx(word: Any, document: Document) -> None:
    from docx.enum.section import WD_ORIENT
    from docx.enum.text import WD_TAB_ALIGNMENT
    from docx.shared import Mm

    section, wide = word.sections[0], document.is_landscape
    section.orientation = WD_ORIENT.LANDSCAPE if wide else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(PAGE[wide]), Mm(PAGE[not wide])
    section.left_margin = section.right_margin = Mm(MARGIN)
    section.top_margin, section.bottom_margin = Mm(TOP), Mm(BOTTOM)
    section.header_distance = section.footer_distance = Mm(12)
    section.header.paragraphs[0].add_run(cleaned(document.mark))
    foot = section.footer.paragraphs[0]
    foot.style.paragraph_format.tab_stops.clear_all()
    foot.paragraph_format.tab_stops.add_tab_stop(Mm(width_of(document)), WD_TAB_ALIGNMENT.RIGHT)
    foot.add_run(f"{cleaned(document.imprint)}\tpagina ")
    foot._p.append(field("PAGE"))
    foot.add_run(" van ")
    foot._p.append(field("NUMPAGES"))


def field(what: str) -> Any:
    """A number that the office suite works out."""
    from docx.oxml.ns import nsdecls
    from docx.oxml.parser import parse_xml

    return parse_xml(f'<w:fldSimple {nsdecls("w")} w:instr="{what}"><w:r><w:t>1</w:t></w:r></w:fldSimple>')


def add_docx(word: Any, block: Block, width: int) -> None:
    match block:
        case Heading():
            line_docx(word, f"Heading {block.level}", block.text)
        case Paragraph():
            line_docx(word, KINDS[block.kind], block.text)
        case Bullets():
            list_docx(word, block)
        case Table():
            table_docx(word, block, width)
        case PageBreak():
            word.add_page_break()


def line_docx(word: Any, name: str, text: Text) -> Any:
    paragraph = word.add_paragraph()
    fill_docx(paragraph, name, text)
    return paragraph


def fill_docx(paragraph: Any, name: str, text: Text) -> None:
    """The style by its key: python-docx looks for a name in the whole list of styles, each time again."""
    paragraph._p.style = None if name == "Normal" else name.replace(" ", "")
    for run in runs_of(text):
        added = paragraph.add_run(run.text)
        if run.is_blank:
            added._r.style = BLANK
        if run.is_bold:
            added.bold = True
        if run.link:
            point_docx(paragraph, added, run.link)


def point_docx(paragraph: Any, run: Any, link: str) -> None:
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.oxml.ns import qn

    run._r.style = LINKED
    around = made("w:hyperlink")
    around.set(qn("r:id"), paragraph.part.relate_to(link, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    around.append(run._r)
    paragraph._p.append(around)


def list_docx(word: Any, block: Bullets) -> None:
    name = "List Number" if block.is_numbered else "List Bullet"
    numbers = word.part.numbering_part.element
    own = None
    if block.is_numbered:  # a numbering of its own, or it would count on from the list before it
        used = word.styles[name].element.pPr.numPr.numId.val
        kind = next(number for number in numbers.num_lst if number.numId == used).abstractNumId.val
        own = numbers.add_num(kind)
        own.add_lvlOverride(ilvl=0).add_startOverride(1)
    for item in block.items:
        paragraph = line_docx(word, name, item)
        if own is not None:
            numbered = paragraph._p.get_or_add_pPr().get_or_add_numPr()
            numbered.get_or_add_ilvl().val, numbered.get_or_add_numId().val = 0, own.numId


def table_docx(word: Any, block: Table, width: int) -> None:
    from docx.shared import Mm, Pt
    from docx.text.paragraph import Paragraph as WordParagraph

    if not block.is_named_above:
        line_docx(word, "Caption", block.caption)
    table = word.add_table(rows=len(block.rows) + 1, cols=len(block.headings))
    table.autofit = False
    lined(table, cleaned(block.caption))
    widths = [Mm(width * share) for share in block.shares]
    for column, size in zip(table._tbl.tblGrid.gridCol_lst, widths, strict=True):
        column.w = size
    for number, (row, cells) in enumerate(zip(table._tbl.tr_lst, (block.headings, *block.rows), strict=True)):
        properties = row.get_or_add_trPr()
        properties.append(made("w:cantSplit"))
        if not number:
            properties.append(made("w:tblHeader"))
        for cell, text, size in zip(row.tc_lst, cells, widths, strict=True):
            cell.width = size
            fill_docx(WordParagraph(cell.p_lst[0], table), "Tabeltekst" if number else "Tabelkop", text)
    word.add_paragraph().paragraph_format.line_spacing = Pt(TABLE_SPACE)


def lined(table: Any, caption: str) -> None:
    """Lines between the rows only; the first row is named as the headings, and the table has words for who hears it."""
    from docx.oxml.ns import qn

    properties = table._tbl.tblPr
    lines = made("w:tblBorders")
    for side, weight in (("top", "8"), ("bottom", "4"), ("insideH", "4")):
        lines.append(made(f"w:{side}", val="single", sz=weight, space="0", color=LINE))
    space = made("w:tblCellMar")
    for side, twips in (("top", "70"), ("left", "0"), ("bottom", "40"), ("right", "120")):
        space.append(made(f"w:{side}", w=twips, type="dxa"))
    layout, look = properties.find(qn("w:tblLayout")), properties.find(qn("w:tblLook"))
    layout.addprevious(lines)
    layout.addnext(space)
    for name, value in (("firstRow", "1"), ("firstColumn", "0"), ("noVBand", "1")):
        look.set(qn(f"w:{name}"), value)
    look.set(qn("w:val"), "0420")
    look.addnext(made("w:tblCaption", val=caption))


# .odt


def as_odt(document: Document) -> bytes:
    from odf.opendocument import OpenDocumentText

    name_all_namespaces()
    odt = OpenDocumentText()
    describe_odt(odt, document)
    style_odt(odt)
    page_odt(odt, document)
    odt.text.addElement(line_odt("Title", document.title))
    if document.subtitle:
        odt.text.addElement(line_odt("Subtitle", document.subtitle))
    for number, block in enumerate(document.blocks):
        for element in made_odt(odt, block, number, width_of(document)):
            odt.text.addElement(element)
    file = BytesIO()
    odt.write(file)
    return without_dates(file.getvalue())


def describe_odt(odt: Any, document: Document) -> None:
    from odf.dc import Language, Subject, Title
    from odf.meta import InitialCreator

    about = ((Title, document.title), (Subject, document.subject), (InitialCreator, CREATOR), (Language, "nl-NL"))
    for element, text in about:
        odt.meta.addElement(element(text=cleaned(text)))


def style_odt(odt: Any) -> None:
    from odf.style import DefaultStyle, FontFace, ParagraphProperties, Style, TextProperties

    for font, kind in ((SANS, "swiss"), (SERIF, "roman")):
        odt.fontfacedecls.addElement(FontFace(name=font, fontfamily=font, fontfamilygeneric=kind, fontpitch="variable"))
    language = DefaultStyle(family="paragraph")
    language.addElement(TextProperties(language="nl", country="NL"))
    odt.styles.addElement(language)
    for name, look in STYLES.items():
        odt.styles.addElement(style_of(name, look))
    for name, text in (
        (LINKED, {"color": f"#{LINK}", "textunderlinestyle": "solid"}),
        (BLANK, {"backgroundcolor": f"#{TINT}"}),
        ("Vet", {"fontweight": "bold"}),
    ):
        style = Style(name=name, family="text")
        style.addElement(TextProperties(**text))
        odt.styles.addElement(style)
    for name, layout in (("Witregel", {"lineheight": f"{TABLE_SPACE}pt"}), ("Paginaeinde", {"breakafter": "page"})):
        style = Style(name=name, family="paragraph", parentstylename="Standard")
        style.addElement(ParagraphProperties(**layout))
        odt.styles.addElement(style)
    add_list_styles(odt)


def style_of(name: str, look: Look) -> Any:
    from odf.style import ParagraphProperties, Style, TextProperties

    more = {} if name == "Normal" else {"parentstylename": "Standard"}
    if name.startswith("Heading"):
        more |= {"defaultoutlinelevel": name[-1], "nextstylename": "Standard"}
    layout = {
        "margintop": f"{look.before}pt",
        "marginbottom": f"{look.after}pt",
        "lineheight": f"{look.leading:.0%}",
        "keepwithnext": "always" if look.keeps_next else "auto",
        "orphans": "2",
        "widows": "2",
    }
    if name == "Let op":
        layout |= {"backgroundcolor": f"#{TINT}", "padding": "2mm", "border": "none"}
        layout["borderleft"] = f"3pt solid #{NOTICE}"
    style = Style(name=in_odt(name), displayname=name, family="paragraph", **more)
    style.addElement(ParagraphProperties(**layout))
    style.addElement(
        TextProperties(
            fontname=look.font,
            fontsize=f"{look.size}pt",
            fontweight="bold" if look.is_bold else "normal",
            color=f"#{look.color}",
        )
    )
    return style


def in_odt(name: str) -> str:
    return "Standard" if name == "Normal" else name.replace(" ", "_20_")


def add_list_styles(odt: Any) -> None:
    from odf.style import ListLevelLabelAlignment, ListLevelProperties
    from odf.text import ListLevelStyleBullet, ListLevelStyleNumber, ListStyle

    for name, level in (
        ("List Bullet", ListLevelStyleBullet(level="1", bulletchar="•")),
        ("List Number", ListLevelStyleNumber(level="1", numformat="1", numsuffix=".")),
    ):
        place = ListLevelProperties(listlevelpositionandspacemode="label-alignment")
        indent = {"labelfollowedby": "listtab", "listtabstopposition": "7mm", "textindent": "-7mm", "marginleft": "7mm"}
        place.addElement(ListLevelLabelAlignment(**indent))
        level.addElement(place)
        style = ListStyle(name=f"{in_odt(name)}_list")
        style.addElement(level)
        odt.styles.addElement(style)


def page_odt(odt: Any, document: Document) -> None:
    from odf.style import (
        Footer,
        FooterStyle,
        Header,
        HeaderFooterProperties,
        HeaderStyle,
        MasterPage,
        PageLayout,
        PageLayoutProperties,
        ParagraphProperties,
        Style,
        TabStop,
        TabStops,
    )
    from odf.text import PageCount, PageNumber, Tab

    wide = document.is_landscape
    layout = PageLayout(name="A4")
    layout.addElement(
        PageLayoutProperties(
            pagewidth=f"{PAGE[wide]}mm",
            pageheight=f"{PAGE[not wide]}mm",
            printorientation="landscape" if wide else "portrait",
            marginleft=f"{MARGIN}mm",
            marginright=f"{MARGIN}mm",
            margintop="12mm",
            marginbottom="12mm",
        )
    )
    for style, side, height in ((HeaderStyle, "marginbottom", TOP - 12), (FooterStyle, "margintop", BOTTOM - 12)):
        part = style()
        part.addElement(HeaderFooterProperties(minheight=f"{height}mm", **{side: "4mm"}))
        layout.addElement(part)
    odt.automaticstyles.addElement(layout)
    foot_style, stops = Style(name="Voet", family="paragraph", parentstylename="Footer"), TabStops()
    stops.addElement(TabStop(type="right", position=f"{width_of(document)}mm"))
    place = ParagraphProperties()
    place.addElement(stops)
    foot_style.addElement(place)
    odt.automaticstyles.addElement(foot_style)
    page, head, foot = MasterPage(name="Standard", pagelayoutname=layout), Header(), Footer()
    head.addElement(line_odt("Header", document.mark))
    line = line_odt("Voet", document.imprint)
    line.addElement(Tab())
    line.addText("pagina ")
    line.addElement(PageNumber(selectpage="current"))
    line.addText(" van ")
    line.addElement(PageCount())
    foot.addElement(line)
    page.addElement(head)
    page.addElement(foot)
    odt.masterstyles.addElement(page)


def made_odt(odt: Any, block: Block, number: int, width: int) -> list[Any]:
    from odf.text import H

    match block:
        case Heading():
            heading = H(outlinelevel=block.level, stylename=f"Heading_20_{block.level}")
            return [filled_odt(heading, block.text)]
        case Paragraph():
            return [line_odt(KINDS[block.kind], block.text)]
        case Bullets():
            return [list_odt(block)]
        case Table():
            table = table_odt(odt, block, f"Tabel{number}", width)
            caption = [] if block.is_named_above else [line_odt("Caption", block.caption)]
            return [*caption, table, line_odt("Witregel", "")]
        case PageBreak():
            return [line_odt("Paginaeinde", "")]


def line_odt(name: str, text: Text) -> Any:
    from odf.text import P

    return filled_odt(P(stylename=in_odt(name)), text)


def filled_odt(element: Any, text: Text) -> Any:
    from odf.teletype import addTextToElement
    from odf.text import A, Span

    for run in runs_of(text):
        name = BLANK if run.is_blank else "Vet" if run.is_bold else ""
        place = element
        if run.link:
            place = A(type="simple", href=run.link, stylename=LINKED, visitedstylename=LINKED)
            element.addElement(place)
        if name:
            span = Span(stylename=name)
            place.addElement(span)
            place = span
        addTextToElement(place, run.text)
    return element


def list_odt(block: Bullets) -> Any:
    from odf.text import List, ListItem

    name = "List Number" if block.is_numbered else "List Bullet"
    found = List(stylename=f"{in_odt(name)}_list")
    for text in block.items:
        item = ListItem()
        item.addElement(line_odt(name, text))
        found.addElement(item)
    return found


def table_odt(odt: Any, block: Table, name: str, width: int) -> Any:
    from odf.style import Style, TableCellProperties, TableColumnProperties, TableProperties, TableRowProperties
    from odf.table import Table as OdfTable
    from odf.table import TableCell, TableColumn, TableHeaderRows, TableRow

    def style(suffix: str, family: str, properties: Any) -> Any:
        found = Style(name=f"{name}{suffix}", family=family)
        found.addElement(properties)
        odt.automaticstyles.addElement(found)
        return found

    whole = style("", "table", TableProperties(width=f"{width}mm", align="margins"))
    kept = style("Rij", "table-row", TableRowProperties(keeptogether="always"))
    below = {"padding": "1.4mm", "paddingleft": "0mm", "border": "none", "borderbottom": f"0.5pt solid #{LINE}"}
    cell = style("Cel", "table-cell", TableCellProperties(**below))
    head = style("Kop", "table-cell", TableCellProperties(**below, bordertop=f"1pt solid #{LINE}"))
    table = OdfTable(name=name, stylename=whole)
    for number, share in enumerate(block.shares):
        size = TableColumnProperties(columnwidth=f"{width * share:.1f}mm")
        table.addElement(TableColumn(stylename=style(f"Kolom{number}", "table-column", size)))

    def row(cells: tuple[Text, ...], look: Any, text: str) -> Any:
        made_row = TableRow(stylename=kept)
        for content in cells:
            place = TableCell(stylename=look, valuetype="string")
            place.addElement(line_odt(text, content))
            made_row.addElement(place)
        return made_row

    heads = TableHeaderRows()
    heads.addElement(row(block.headings, head, "Tabelkop"))
    table.addElement(heads)
    for cells in block.rows:
        table.addElement(row(cells, cell, "Tabeltekst"))
    return table
