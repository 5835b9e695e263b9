"""The matrix in other forms. Each starts from the same Matrix as the page: same rows, same order, full text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from typing import Any

from django.conf import settings
from django.http import QueryDict
from django.urls import reverse
from django.utils.timezone import localdate

from findings.matrix import Cell, Column, Matrix, Role, Row
from findings.query import MatrixQuery
from nplv_portal.lib.moments import Moment
from nplv_portal.lib.tables import Sheet
from nplv_portal.sources.copies import Copy
from nplv_portal.sources.publishing import current_revision

Entry = tuple[Role, Row, Column, Cell]

COLUMNS: list[tuple[str, Callable[[Entry], str]]] = [
    ("Rol van de raad", lambda entry: entry[0].name),
    ("Aspect", lambda entry: entry[1].wording),
    ("Vraag", lambda entry: entry[1].question),
    ("Gemeente", lambda entry: entry[2].name),
    ("Focusgebied", lambda entry: entry[2].area_name),
    ("Stand", lambda entry: entry[3].label or "geen stand"),
    ("Kernzin", lambda entry: entry[3].headline),
    ("Tekst", lambda entry: entry[3].text),
    ("Opmerking van de redactie", lambda entry: entry[3].remark),
    ("Erratum", lambda entry: entry[3].erratum),
    ("Van wie", lambda entry: entry[3].written_by),
    ("Vindplaats", lambda entry: "; ".join(f"{s.document}, {s.place}" for s in entry[3].sources)),
    ("Adres", lambda entry: address_of(entry[3])),
]


def entries(matrix: Matrix) -> Iterator[Entry]:
    for role in matrix.roles:
        for row in role.rows:
            for column, cell in zip(matrix.columns, row.cells, strict=True):
                yield role, row, column, cell


def address_of(cell: Cell) -> str:
    return settings.PORTAL_URL + reverse("finding", args=[cell.slug]) if cell.slug else ""


def permanent_address(matrix: Matrix) -> str:
    """Where this very view can be read again, also when the data have changed since."""
    return settings.PORTAL_URL + reverse("matrix") + matrix.query.address(moment=matrix.query.moment.pinned)


def columns_of(matrix: Matrix) -> list[tuple[str, Callable[[Entry], str]]]:
    """With what stood there in the previous round, where the view shows that."""
    if not (matrix.query.with_previous and matrix.previous):
        return COLUMNS
    name = matrix.previous.name
    return [
        *COLUMNS,
        (f"Stand in {name}", lambda entry: entry[3].before.label if entry[3].before else ""),
        (f"Kernzin in {name}", lambda entry: entry[3].before.headline if entry[3].before else ""),
    ]


def sheet(matrix: Matrix) -> Sheet:
    columns = columns_of(matrix)
    return Sheet(
        title="Vergelijking NPLV",
        headings=[heading for heading, _ in columns],
        rows=[[getter(entry) for _, getter in columns] for entry in entries(matrix)],
        notes=[
            "Vergelijking van de rol van de gemeenteraad in het Nationaal Programma Leefbaarheid en Veiligheid",
            matrix.round.name if matrix.round else "",
            matrix.summary,
            f"Gekozen: {matrix.chosen}." if matrix.chosen else "",
            f"Opgehaald op de stand van {matrix.query.moment.text}.",
            f"Deze weergave staat op {permanent_address(matrix)}",
            "De tabel vergelijkt en beoordeelt niet. Een stand is een zoekhulp, geen score.",
        ],
    )


def as_json(matrix: Matrix) -> dict[str, Any]:
    return {
        "ronde": matrix.round.slug if matrix.round else None,
        "op": localdate(matrix.query.moment.at).isoformat(),
        "bevindingen": [
            {
                "id": cell.slug or None,
                "rol": role.name,
                "aspect": row.wording,
                "gemeente": column.name,
                "focusgebied": column.area_name,
                "kern": cell.headline or cell.label,
                "tekst": cell.text,
                "stand": cell.label or None,
                "bronnen": [{"document": s.document, "vindplaats": s.place} for s in cell.sources],
                "erratum": cell.erratum or None,
                "van_rekenkamer": cell.is_confirmed,
                **({"vorige": before_as_json(cell, matrix)} if matrix.query.with_previous else {}),
            }
            for role, row, column, cell in entries(matrix)
        ],
    }


def before_as_json(cell: Cell, matrix: Matrix) -> dict[str, Any] | None:
    """What the previous round found here."""
    if cell.before is None or matrix.previous is None:
        return None
    found = cell.before
    return {"ronde": matrix.previous.slug, "id": found.slug, "kern": found.headline, "stand": found.label or None}


def copy_of(matrix: Matrix) -> Copy:
    """What a PDF of this view says, cell by cell."""
    pinned = matrix.query.address(moment=matrix.query.moment.pinned)
    cells = [
        (f"{role.short_name}: {row.title} ({column.label})", [row.question, row.not_comparable, asdict(cell)])
        for role, row, column, cell in entries(matrix)
    ]
    return Copy(
        kind="vergelijking",
        title=matrix.title,
        address=reverse("matrix_pdf") + pinned,
        page=reverse("matrix") + pinned,
        content=[("Onderzoeksronde", matrix.round.name if matrix.round else ""), *cells],
        moment=matrix.query.moment,
    )


def copy_at(moment: Moment, params: QueryDict) -> Copy:
    """The same view at another moment."""
    query = replace(MatrixQuery.of(params), moment=moment)
    return copy_of(Matrix.of(query, revision=current_revision()))


def file_name(matrix: Matrix, extension: str) -> str:
    """ "vergelijking-nplv-start-2023-2025-heerlen-stand-2025-02-01.pdf" """
    round_, day = matrix.round.slug if matrix.round else "", localdate(matrix.query.moment.at).isoformat()
    return "-".join(filter(None, ["vergelijking-nplv", round_, matrix.query.file_part, "stand", f"{day}.{extension}"]))
