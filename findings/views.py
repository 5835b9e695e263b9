import json
from dataclasses import dataclass
from typing import cast

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString

from findings import exchange
from findings.aspect import AspectPage
from findings.filters import Filters
from findings.matrix import Authors, Matrix, Role, Row
from findings.paper import PaperMatrix
from findings.query import MatrixQuery
from nplv_portal.lib.fragments import address, fragment
from nplv_portal.lib.moments import Moment
from nplv_portal.lib.tables import Format
from nplv_portal.sources.downloads import file_response, pdf_response, sheet_response
from nplv_portal.sources.publishing import PublicRequest, published_page, wants_fragment

DOWNLOADS = {"pdf": "PDF", "xlsx": "Excel", "ods": "ODS", "csv": "CSV", "json": "JSON"}
SHEETS = {"xlsx", "ods", "csv"}
MANY_COLUMNS = 6


@dataclass(frozen=True)
class DrawnRole:
    name: str
    question: str
    rows: list[SafeString]


@published_page
def matrix(request: PublicRequest) -> HttpResponse:
    matrix = Matrix.of(MatrixQuery.of(request.GET), revision=request.revision)
    is_fragment, authors, filters = wants_fragment(request), matrix.authors, Filters.of(matrix)
    has_form = is_fragment and request.GET.get("vorm") == filters.made_for
    view = matrix.query.address()
    context = {
        "matrix": matrix,
        "section": "matrix",
        "roles": [draw(role, matrix, authors) for role in matrix.roles],
        "authors": authors,
        "filters": filters,
        "has_form": has_form,
        "form": "" if has_form else fragment("findings/_filters.html", filters=filters),
        "view": view,
        "today": request.path + matrix.query.address(moment=Moment.on(None)),
        "shown": matrix.shown,
        "moment_query": matrix.query.moment.query,
        "downloads": [
            {"name": name, "url": address(f"matrix_{format_}") + view} for format_, name in DOWNLOADS.items()
        ],
        "column_span": str(len(matrix.columns) + 1),
        "many_columns": len(matrix.columns) >= MANY_COLUMNS,
    }
    response = render(request, "findings/_swap.html" if is_fragment else "findings/matrix.html", context)
    if is_fragment:
        response["HX-Push-Url"] = request.path + view
    return response


@published_page
def matrix_download(request: PublicRequest, format: str) -> HttpResponse:
    matrix = Matrix.of(MatrixQuery.of(request.GET), revision=request.revision)
    name = exchange.file_name(matrix, format)
    if format == "json":
        content = json.dumps(exchange.as_json(matrix), ensure_ascii=False, indent=1)
        return file_response(content.encode(), format, name)
    if format in SHEETS:
        return sheet_response(exchange.sheet(matrix), cast(Format, format), name)
    context = {
        "matrix": matrix,
        "paper": PaperMatrix.of(matrix),
        "authors": matrix.authors,
        "is_fictional": settings.FICTIONAL_DATA,
    }
    return pdf_response(request, "pdf/matrix.html", context, name, copy=exchange.copy_of(matrix))


def draw(role: Role, matrix: Matrix, authors: Authors) -> DrawnRole:
    return DrawnRole(role.name, role.question, [draw_row(row, matrix, authors) for row in role.rows])


def draw_row(row: Row, matrix: Matrix, authors: Authors) -> SafeString:
    query = matrix.query
    return fragment(
        "findings/_row.html",
        row=row,
        aspect_url=address("aspect", row.aspect) + query.moment.query,
        previous=matrix.previous.short_name if matrix.previous else "",
        turn_url="" if query.is_full else address("matrix") + query.opening(row.aspect),
        finding_root=address("finding", "-")[:-2],
        moment_query=query.moment.query,
        links=tuple((column.label, cell) for column, cell in zip(matrix.columns, row.cells, strict=True))
        if row.same
        else (),
        authors=authors,
    )


@published_page
def aspect(request: PublicRequest, slug: str) -> HttpResponse:
    moment = Moment.of(request.GET.get("op", ""))
    page = AspectPage.of(slug, moment, revision=request.revision)
    if page is None:
        raise Http404("Dit aspect staat niet in de vergelijking.")
    return render(request, "findings/aspect.html", {"section": "matrix", "page": page, "moment": moment})
