"""What a document on paper says, as the blocks of one to edit further: both come from the same HTML (templates/pdf)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser

from nplv_portal.lib.documents import Block, Bullets, Heading, Kind, Paragraph, Run, Table, plain

VOID = {"img", "br", "meta", "link"}
LEFT_OUT = {"cover-name", "cover-title", "contents"}  # which a document to edit says in its own way, or not at all
SMALL = {"source", "question", "role-question", "muted"}
SPACE = re.compile(r"[ \t\n\r\f]+")


@dataclass
class Node:
    tag: str
    classes: frozenset[str] = frozenset()
    link: str = ""
    widths: tuple[int, ...] = ()  # of the columns of a table
    children: list[Node | str] = field(default_factory=list)

    def all(self, *tags: str) -> list[Node]:
        """In the order of the page; not one within another."""
        nodes = [child for child in self.children if isinstance(child, Node)]
        return [found for node in nodes for found in ([node] if node.tag in tags else node.all(*tags))]


class Tree(HTMLParser):
    """Of HTML of our own, in which whatever is opened is closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.opened = [Node("")]
        self.feed(html)
        self.close()

    @property
    def root(self) -> Node:
        return self.opened[0]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        widths = tuple(int(width) for width in given.get("data-widths", "").split())
        node = Node(tag, frozenset(given.get("class", "").split()), given.get("href", ""), widths)
        self.opened[-1].children.append(node)
        if tag not in VOID:
            self.opened.append(node)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            self.opened.pop()

    def handle_data(self, data: str) -> None:
        self.opened[-1].children.append(data)


def blocks_of(html: str) -> list[Block]:
    """All that the pages say, but for the title and the contents."""
    (body,) = Tree(html).root.all("body")
    return list(placed(list(labelled(blocks_in(body)))))


def blocks_in(node: Node) -> Iterator[Block]:
    for child in node.children:
        if isinstance(child, str) or child.classes & LEFT_OUT:
            continue
        match child.tag:
            case "h2" | "h3" | "h4":
                yield Heading(text_of(child), 1 if child.tag == "h2" else 2 if "role" in child.classes else 3)
            case "p":
                if text := text_of(child):
                    yield Paragraph(text, kind_of(child))
            case "ul" | "ol":
                yield Bullets(tuple(text_of(item) for item in child.all("li")), is_numbered=child.tag == "ol")
            case "table":
                yield from table_of(child)
            case _:
                yield from blocks_in(child)


def labelled(blocks: Iterator[Block]) -> Iterator[Block]:
    """On paper a label stands to the left of a heading; here it comes below it."""
    label: Paragraph | None = None
    for block in blocks:
        if label and isinstance(block, Heading):
            yield block
            yield replace(label, kind="source")
            label = None
            continue
        if label:
            yield label
        label = block if isinstance(block, Paragraph) and block.kind == "label" else None
        if not label:
            yield block
    if label:
        yield label


def placed(blocks: list[Block]) -> Iterator[Block]:
    """No level of headings is left out: only below a part of a chapter they are of the third. What is small below a
    heading, or stands between it and the first of its parts, belongs to it; and the heading above a table names it.
    """
    heading, has_parts = Heading(""), False
    last: Block | None = None
    for block, following in zip(blocks, [*blocks[1:], None], strict=True):
        if isinstance(block, Heading):
            has_parts = block.level == 2 or (has_parts and block.level > 2)
            heading = block if has_parts or block.level == 1 else replace(block, level=2)
            yield heading
        elif isinstance(block, Table):
            yield replace(block, caption=plain(heading.text))
        elif isinstance(last, Heading) and isinstance(block, Paragraph) and is_below(last, block, following):
            yield replace(block, kind="subheading")
        else:
            yield block
        last = block


def is_below(heading: Heading, block: Paragraph, following: Block | None) -> bool:
    has_parts = isinstance(following, Heading) and following.level > heading.level
    return block.kind == "source" or (block.kind == "text" and has_parts)


def table_of(node: Node) -> Iterator[Block]:
    """One without a row of headings has one before each row, and becomes text."""
    heads = tuple(plain(text_of(cell)) for part in node.all("thead") for cell in part.all("th"))
    parts = node.all("tbody") or [node]
    rows = [[text_of(cell) for cell in row.all("th", "td")] for part in parts for row in part.all("tr")]
    if heads:
        yield Table("", heads, tuple(map(tuple, rows)), node.widths, is_named_above=True)
    else:
        for label, *texts in rows:
            yield Paragraph(label, "label")
            yield from map(Paragraph, texts)


def kind_of(node: Node) -> Kind:
    if node.classes & {"label", "headline"}:
        return "label"
    if node.classes & SMALL:
        return "source"
    return "notice" if "notice" in node.classes else "text"


def text_of(node: Node) -> tuple[Run, ...]:
    return tidy(runs_in(node, Run("")))


def runs_in(node: Node, like: Run) -> Iterator[Run]:
    for child in node.children:
        if isinstance(child, str):
            yield replace(like, text=SPACE.sub(" ", child))
        elif child.tag == "br":
            yield Run("\n")
        elif child.tag in {"p", "li"} or "question" in child.classes:
            yield from (Run("\n"), *runs_in(child, like), Run("\n"))
        elif child.tag != "img":
            bold = like.is_bold or child.tag in {"b", "strong"}
            yield from runs_in(child, replace(like, is_bold=bold, link=child.link or like.link))


def tidy(runs: Iterator[Run]) -> tuple[Run, ...]:
    """Without white space that nobody sees: at the ends, around a new line, or after other white space."""
    found: list[Run] = []
    for run in runs:
        text = run.text
        if not found or found[-1].text[-1] in " \n":
            text = text.lstrip(" \n" if not found or found[-1].text[-1] == "\n" else " ")
        if text == "\n" and found[-1].text[-1] == " ":
            found[-1:] = [replace(found[-1], text=found[-1].text[:-1])] if len(found[-1].text) > 1 else []
        if text:
            found.append(replace(run, text=text))
    while found and not found[-1].text.strip(" \n"):
        found.pop()
    return (*found[:-1], replace(found[-1], text=found[-1].text.rstrip(" \n"))) if found else ()
