"""Answers that are files."""

from __future__ import annotations

import logging
from typing import Any

from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from nplv_portal.lib import pdf, tables
from nplv_portal.sources.copies import Copy, issue

log = logging.getLogger(__name__)

TYPES = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "odt": "application/vnd.oasis.opendocument.text",
}
SORRY = {
    "timeout": "Het maken van deze PDF duurde te lang.",
    "memory": "Deze PDF is te groot om in één keer te maken.",
    "busy": "Er worden nu veel PDF’s gemaakt.",
    "error": "Het maken van de PDF is niet gelukt.",
}


def file_response(content: bytes, format_: str, name: str) -> HttpResponse:
    shown = "inline" if format_ in {"pdf", "json"} else "attachment"
    return HttpResponse(
        content, content_type=TYPES[format_], headers={"Content-Disposition": f'{shown}; filename="{name}"'}
    )


def sheet_response(sheet: tables.Sheet, format_: tables.Format, name: str) -> HttpResponse:
    return file_response(tables.write(sheet, format_), format_, name)


def pdf_response(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    name: str,
    *,
    copy: Copy | None = None,
    is_kept: bool = True,
) -> HttpResponse:
    """The PDF, made once for the same content; or a page that says in Dutch what went wrong and offers a retry.

    `copy` is what colophon and register say of it. `is_kept=False` for what is not public: it stays in no store.
    """
    html = render_to_string(template, context | {"copy": copy})
    try:
        if not is_kept:
            return file_response(pdf.render(html), "pdf", name)
        with pdf.stored(html) as file:
            response = file_response(file.read(), "pdf", name)
    except pdf.PdfFailed as failure:
        said = {"sorry": SORRY[failure.reason], "again": request.get_full_path(), "document": template, "copy": copy}
        response = render(request, "pdf_failed.html", said, status=503)
        response["Retry-After"] = "10"
        response["Cache-Control"] = "no-store"
        return response
    if copy:
        issued(copy, response)
    return response


def issued(copy: Copy, response: HttpResponse) -> None:
    """A database that takes no rows keeps nobody from a PDF. It is written down the next time that someone asks."""
    try:
        issue(copy, response.content)
    except Error as error:
        log.warning("%s kan niet in het register van kopieën: %s", copy.shown_code, error)
        response["Cache-Control"] = "no-store"
