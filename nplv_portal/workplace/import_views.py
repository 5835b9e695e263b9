"""The import of findings: take the sheet of a round, send it back filled, see what changes, and take it over."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.defaultfilters import filesizeformat
from django.views.decorators.http import require_GET, require_http_methods

from findings.models import Participation
from nplv_portal.lib import sheets
from nplv_portal.lib.tables import Format
from nplv_portal.lib.versions import MoveRefusedError
from nplv_portal.sources.downloads import sheet_response
from nplv_portal.sources.models import Document
from nplv_portal.workplace.desk import Item
from nplv_portal.workplace.findings_sheet import COLUMNS, CONTENT, KEY, KIND, FindingsSheet
from nplv_portal.workplace.models import Upload
from nplv_portal.workplace.rehearsal import apply, rehearse
from nplv_portal.workplace.views import for_office

FORMATS = ("xlsx", "ods", "csv")
REQUIRED = (KEY, *CONTENT)
OPTIONAL = tuple(heading for heading, _ in COLUMNS if heading not in REQUIRED)


class UploadForm(forms.Form):
    file = forms.FileField(label="Het ingevulde blad", error_messages={"required": "Kies een bestand."})

    def clean_file(self) -> sheets.Table:
        file = self.cleaned_data["file"]
        if file.size > settings.UPLOAD_MB * 2**20:
            raise ValidationError(
                f"Dit bestand is groter dan {settings.UPLOAD_MB} MB ({filesizeformat(file.size)}). Laat beelden weg."
            )
        try:
            return sheets.read(file.read(), REQUIRED, OPTIONAL)
        except sheets.SheetRefused as refusal:
            raise ValidationError(str(refusal)) from refusal


def participations(request: HttpRequest) -> Any:
    """Rounds and areas that one's office examines, the latest round first."""
    return (
        Participation.objects.filter(focus_area__municipality__in=request.user.rights.writes)  # type: ignore[union-attr]
        .select_related("round", "focus_area__municipality")
        .order_by("-round__number", "order")
    )


@require_http_methods(["GET", "POST"])
@for_office
def start(request: HttpRequest) -> HttpResponse:
    """Take a sheet, or send one. A sheet that can be read goes on to its rehearsal."""
    form = UploadForm(request.POST or None, request.FILES or None)
    chosen = None
    if request.method == "POST":
        form = UploadForm(request.POST, request.FILES)
        chosen = get_object_or_404(participations(request), pk=number(request.POST.get("waar")))
        if form.is_valid():
            return redirect("work_rehearsal", keep(form.cleaned_data["file"], chosen, request.user).pk)
    context = {
        "form": form,
        "chosen": chosen,
        "participations": participations(request),
        "formats": FORMATS,
        "documents": Document.objects.order_by("slug"),
        "limit": settings.UPLOAD_MB,
    }
    return render(request, "workplace/import.html", context, status=422 if form.errors else 200)


def number(typed: str | None) -> int:
    return int(typed) if typed and typed.isascii() and typed.isdigit() and len(typed) < 10 else 0


def keep(table: sheets.Table, where: Participation, by: Any) -> Upload:
    Upload.objects.expired().delete()
    made: Upload = Upload.objects.create(
        kind=KIND.slug,
        by=by,
        round=where.round,
        focus_area=where.focus_area,
        rows=[asdict(line) for line in table.lines],
        unused=table.unused,
    )
    return made


@require_GET
@for_office
def export(request: HttpRequest, round: str, area: str, format: Format) -> HttpResponse:
    """Everything of this round and area, drafts included: the sheet to fill in."""
    where = get_object_or_404(participations(request), round__slug=round, focus_area__slug=area)
    found = FindingsSheet.of(where.round, where.focus_area)
    return sheet_response(found.sheet, format, f"{found.file_name}.{format}")


@require_http_methods(["GET", "POST"])
@for_office
def rehearsal(request: HttpRequest, pk: int) -> HttpResponse:
    """What the sheet would change, row by row; and the button that takes it over."""
    upload = get_object_or_404(Upload.objects.of(request.user).select_related("round", "focus_area"), pk=pk)
    error = ""
    if request.method == "POST":
        try:
            messages.success(request, apply(pk, by=request.user, seen=request.POST.getlist("gezien")))
        except MoveRefusedError as refusal:
            error = str(refusal)
        else:
            return redirect("work_rehearsal", pk)
    elif upload.outcome:
        context = {"upload": upload, "drafts": drafts_of(upload, request.user)}
        return render(request, "workplace/imported.html", context)
    context = {"upload": upload, "rehearsal": rehearse(upload), "error": error}
    return render(request, "workplace/rehearsal.html", context, status=409 if error else 200)


def drafts_of(upload: Upload, user: Any) -> list[Item]:
    """What this person prepares in the round and area of the sheet."""
    cells = FindingsSheet.of(upload.round, upload.focus_area).cells.values()
    return [Item(KIND, cell.draft) for cell in cells if cell.draft and user.pk in cell.draft.writers]
