"""The last hand on the tags of a PDF, so that it reads aloud as one text (used by press.py only).

WeasyPrint tags page by page: a table of three pages becomes three tables. It says of no header whether it heads a row
or a column. It ties the running titles and page numbers to no tag, yet does not say that they are decoration.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from pydyf import Array, Dictionary, String  # type: ignore[import-untyped]
from weasyprint.formatting_structure.boxes import TableBox  # type: ignore[import-untyped]

SCOPES = {"row": "/Row", "col": "/Column", "colgroup": "/Column", "rowgroup": "/Column"}
PRINTED = 4  # flag of an annotation


def tidy(document: Any, pdf: Any) -> None:
    """A `finisher` for WeasyPrint."""
    tables: dict[Any, list[Any]] = defaultdict(list)
    for page in document.pages:
        for box in page._page_box.descendants():
            if box.link_annotation:
                describe(box)
            if isinstance(box, TableBox) and box.element_tag == "table" and has_cells(box):
                tables[box.element].append(box)
    for parts in tables.values():
        name_headers(join(parts, pdf))
    whole = resolve(resolve(pdf.catalog["StructTreeRoot"], pdf)["K"][0], pdf)
    drop_empty(whole, pdf)
    silence(pdf, set(contents(whole, pdf)))


def describe(box: Any) -> None:
    box.link_annotation["F"] = PRINTED
    if text := " ".join("".join(box.element.itertext()).split()):
        box.link_annotation["Contents"] = String(text)


def join(parts: list[Any], pdf: Any) -> list[Any]:
    """Make the parts of a table one, and give its rows, as boxes. Headings that return on later pages are left out."""
    first, *others = [tag_of(part, pdf) for part in parts]
    groups: dict[Any, Any] = {}
    rows: dict[Any, Any] = {}
    for part in parts:
        for group in filter(has_cells, part.children):
            if group.element in groups and (group.is_header or group.is_footer):
                continue
            tag = tag_of(group, pdf)
            home = groups.setdefault(group.element, tag)
            if home is tag and part is not parts[0]:
                adopt(first, tag)
            for row in filter(has_cells, group.children):
                if row.element in rows:
                    continue_row(rows[row.element], row, pdf)
                    continue
                rows[row.element] = row
                if home is not tag:
                    adopt(home, tag_of(row, pdf))
    for other in others:
        drop(other, pdf)
    return list(rows.values())


def has_cells(box: Any) -> bool:
    return hasattr(box, "mark") or any(has_cells(child) for child in box.children)


def tag_of(box: Any, pdf: Any) -> Any:
    """The tag of a table, a group or a row, found through its first cell."""
    if hasattr(box, "mark"):
        return box.mark
    return resolve(tag_of(next(filter(has_cells, box.children)), pdf)["P"], pdf)


def resolve(reference: bytes, pdf: Any) -> Any:
    return pdf.objects[int(reference.split()[0])]


def adopt(parent: Any, child: Any) -> None:
    parent["K"].append(child.reference)
    child["P"] = parent.reference


def continue_row(row: Any, rest: Any, pdf: Any) -> None:
    cells = {cell.element: cell.mark for cell in row.children}
    for cell in rest.children:
        for reference in cell.mark["K"]:
            adopt(cells[cell.element], resolve(reference, pdf))


def drop(tag: Any, pdf: Any) -> None:
    parent = resolve(tag["P"], pdf)
    parent["K"].remove(tag.reference)
    if not parent["K"]:
        drop(parent, pdf)


def name_headers(rows: list[Any]) -> None:
    """Tell what each header heads, and each cell its headers. Cells may span columns, not rows."""
    columns: dict[int, list[Any]] = defaultdict(list)
    group: list[Any] = []
    for row in rows:
        own = [cell.mark["ID"] for cell in row.children if scope_of(cell) == "row"]
        column = 0
        for cell in row.children:
            span = range(column, column := column + cell.colspan)
            scope = scope_of(cell)
            if scope == "rowgroup":
                group = [cell.mark["ID"]]
            elif scope == "col":
                for i in span:
                    columns[i].append(cell.mark["ID"])
            if scope:
                cell.mark["A"]["Scope"] = SCOPES[scope]
            else:
                above = dict.fromkeys(key for i in span for key in columns[i])
                cell.mark["A"]["Headers"] = Array([*above, *group, *own])


def scope_of(cell: Any) -> str:
    return str(cell.element.get("scope") or "col") if cell.element_tag == "th" else ""


def drop_empty(tag: Any, pdf: Any) -> None:
    """What a page break leaves behind of a paragraph."""
    for kid in list(tag.get("K", ())):
        if not isinstance(kid, int):
            drop_empty(kid := resolve(kid, pdf), pdf)
            if kid.get("K") == [] and kid["S"] not in {"/TD", "/TH"}:
                tag["K"].remove(kid.reference)


def silence(pdf: Any, tagged: set[tuple[bytes, int]]) -> None:
    """Mark the rest as decoration: running titles, page numbers, table headings that return on a next page."""
    root = resolve(pdf.catalog["StructTreeRoot"], pdf)
    owners = resolve(root["ParentTree"], pdf)["Nums"][1::2]
    for page, owner in zip(pdf.page_references, owners, strict=False):
        stream = resolve(resolve(page, pdf)["Contents"], pdf).stream
        for i, item in enumerate(stream):
            if isinstance(item, Dictionary) and "MCID" in item and (page, item["MCID"]) not in tagged:
                owner[item.pop("MCID")] = "null"
                item["Type"] = "/Pagination"
                stream[i - 1] = "/Artifact"


def contents(tag: Any, pdf: Any) -> Iterator[tuple[bytes, int]]:
    """(page, number) of all content below a tag."""
    waiting = [tag]
    while waiting:
        tag = waiting.pop()
        for kid in tag.get("K", ()):
            if isinstance(kid, int):
                yield tag["Pg"], kid
            else:
                waiting.append(resolve(kid, pdf))
