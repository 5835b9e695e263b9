from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString

from findings.filters import Filters
from findings.matrix import Matrix, Role, Row
from findings.query import MatrixQuery
from nplv_portal.lib.fragments import fragment
from nplv_portal.sources.publishing import published_page, wants_fragment

DOWNLOADS = {"pdf": "PDF", "xlsx": "Excel", "ods": "ODS", "csv": "CSV", "json": "JSON"}
MANY_COLUMNS = 6


@dataclass(frozen=True)
class DrawnRole:
    name: str
    question: str
    rows: list[SafeString]


@published_page
def matrix(request: HttpRequest) -> HttpResponse:
    matrix = Matrix.of(MatrixQuery.of(request.GET), revision=request.revision)
    is_fragment = wants_fragment(request)
    address = matrix.query.address()
    context = {
        "matrix": matrix,
        "section": "matrix",
        "roles": [draw(role, matrix) for role in matrix.roles],
        "filters": Filters.of(matrix) if not is_fragment else None,
        "address": address,
        "moment_query": matrix.query.moment.query,
        "downloads": [
            {"name": name, "url": reverse("matrix_download", args=[format_]) + address}
            for format_, name in DOWNLOADS.items()
        ],
        "column_span": str(len(matrix.columns) + 1),
        "many_columns": len(matrix.columns) >= MANY_COLUMNS,
        "is_fragment": is_fragment,
    }
    response = render(request, "findings/_matrix.html" if is_fragment else "findings/matrix.html", context)
    if is_fragment:
        response["HX-Push-Url"] = request.path + address
    return response


def draw(role: Role, matrix: Matrix) -> DrawnRole:
    return DrawnRole(role.name, role.question, [draw_row(row, matrix) for row in role.rows])


def draw_row(row: Row, matrix: Matrix) -> SafeString:
    query = matrix.query
    return fragment(
        "findings/_row.html",
        row=row,
        aspect_url=reverse("aspect", args=[row.aspect]) + query.moment.query,
        turn_url="" if query.is_full else reverse("matrix") + query.opening(row.aspect),
        finding_root=reverse("finding", args=["-"])[:-2],
        moment_query=query.moment.query,
        links=tuple((column.label, cell.slug) for column, cell in zip(matrix.columns, row.cells, strict=True))
        if row.same
        else (),
    )
