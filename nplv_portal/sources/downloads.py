"""Answers that are files."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from nplv_portal.lib import pdf, tables

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
    request: HttpRequest, template: str, context: dict[str, Any], name: str, *, is_kept: bool = True
) -> HttpResponse:
    """The PDF, made once for the same content; or a page that says in Dutch what went wrong and offers a retry.

    `is_kept=False` for what is not public: it stays in no store.
    """
    html = render_to_string(template, context)
    try:
        if not is_kept:
            return file_response(pdf.render(html), "pdf", name)
        with pdf.stored(html) as file:
            return file_response(file.read(), "pdf", name)
    except pdf.PdfFailed as failure:
        context = {"sorry": SORRY[failure.reason], "again": request.get_full_path()}
        response = render(request, "pdf_failed.html", context, status=503)
        response["Retry-After"] = "10"
        response["Cache-Control"] = "no-store"
        return response
