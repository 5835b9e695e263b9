"""Pages of the right of reply. An official sees the texts that were sent to the own municipality, and nothing else."""

from __future__ import annotations

from typing import cast

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from nplv_portal.lib.moments import Moment
from nplv_portal.lib.tables import Format
from nplv_portal.lib.versions import MoveRefusedError, StaleError
from nplv_portal.sources.downloads import pdf_response, sheet_response
from nplv_portal.workplace.content import FieldChange, changes
from nplv_portal.workplace.hearings import (
    HearingForm,
    answer,
    close,
    items_of,
    react,
    sheet,
    start,
    take_up,
    texts_for,
)
from nplv_portal.workplace.models import Hearing, HearingItem, Reaction
from nplv_portal.workplace.once import once
from nplv_portal.workplace.views import for_office, saved


@never_cache
@require_GET
def hearings(request: HttpRequest) -> HttpResponse:
    rights = request.user.rights  # type: ignore[union-attr]
    if not (rights.replies or rights.is_of_office):
        raise PermissionDenied("Wederhoor is voor de rekenkamer en voor uitgenodigde ambtenaren.")
    found = Hearing.objects.seen_by(request.user).select_related("municipality", "office").distinct()
    context = {"hearings": found, "may_start": rights.is_of_office}
    return render(request, "workplace/hearings.html", context)


@require_http_methods(["GET", "POST"])
@for_office
@once
def new_hearing(request: HttpRequest) -> HttpResponse:
    form = HearingForm(request.POST or None, places=request.user.rights.writes)  # type: ignore[union-attr]
    texts = texts_for(request.user)
    chosen, error = set(request.POST.getlist("tekst")), ""
    if request.method == "POST" and form.is_valid():
        picked = [item for item in texts if item.key in chosen]
        try:
            if len(picked) < len(chosen):
                raise MoveRefusedError(
                    "Een tekst die u koos, is intussen niet meer in voorbereiding. Kijk de keuze na."
                )
            hearing = start(form=form, chosen=picked, by=request.user)
        except MoveRefusedError as refusal:
            error = str(refusal)
        else:
            saved(request, "Verstuurd. De ambtenaren van deze gemeente kunnen nu reageren.")
            return redirect("work_hearing", hearing.pk)
    context = {"form": form, "texts": texts, "chosen": chosen, "error": error}
    return render(request, "workplace/new_hearing.html", context, status=422 if request.method == "POST" else 200)


@never_cache
@require_GET
def hearing(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Hearing.objects.seen_by(request.user).distinct(), pk=pk)
    return hearing_page(request, found)


def hearing_page(
    request: HttpRequest, found: Hearing, *, error: str = "", item: int = 0, stale: list[FieldChange] | None = None
) -> HttpResponse:
    """After a refusal: with the reason, and what was typed at that text; or with how a colleague's text differs."""
    context = {
        "hearing": found,
        "items": items_of(found, request.user),
        "is_office": found.office_id in request.user.rights.offices,  # type: ignore[union-attr]
        "error": error,
        "stale": stale,
        "typed_at": item,
        "typed": request.POST.get("text", ""),
        "typed_edition": None if stale else edition_of(request),
    }
    return render(request, "workplace/hearing.html", context, status=409 if error or stale else 200)


def edition_of(request: HttpRequest) -> int:
    """Of the text that was on screen."""
    try:
        return int(request.POST.get("edition", ""))
    except ValueError:
        return 0


@never_cache
@require_POST
@once
def hearing_react(request: HttpRequest, pk: int, item: int) -> HttpResponse:
    found = get_object_or_404(Hearing.objects.addressed_to(request.user), pk=pk)
    text = get_object_or_404(HearingItem.objects.select_related("hearing"), hearing=found, pk=item)
    typed = request.POST.get("text", "")
    try:
        react(text, text=typed, send="verstuur" in request.POST, edition=edition_of(request), by=request.user)
    except StaleError:
        now = Reaction.objects.get(item=text)
        return hearing_page(request, found, item=item, stale=changes({"Reactie": now.text}, {"Reactie": typed}))
    except MoveRefusedError as refusal:
        return hearing_page(request, found, error=str(refusal), item=item)
    saved(request, "Verstuurd." if "verstuur" in request.POST else "Bewaard.")
    return redirect(f"{reverse('work_hearing', args=[pk])}#tekst-{item}")


@require_POST
@for_office
@once
def hearing_answer(request: HttpRequest, pk: int, item: int) -> HttpResponse:
    found = get_object_or_404(Hearing.objects.held_by(request.user), pk=pk)
    text = get_object_or_404(HearingItem, hearing=found, pk=item)
    typed = request.POST.get("text", "")
    try:
        answer(text, text=typed, edition=edition_of(request), by=request.user)
    except StaleError:
        now = Reaction.objects.get(item=text)
        return hearing_page(request, found, item=item, stale=changes({"Nawoord": now.answer}, {"Nawoord": typed}))
    except MoveRefusedError as refusal:
        return hearing_page(request, found, error=str(refusal), item=item)
    saved(request, "Nawoord bewaard.")
    return redirect(f"{reverse('work_hearing', args=[pk])}#tekst-{item}")


@require_POST
@for_office
@once
def hearing_take_up(request: HttpRequest, pk: int, item: int) -> HttpResponse:
    """Begin what is published of a reaction: a draft like any other."""
    found = get_object_or_404(Hearing.objects.held_by(request.user), pk=pk)
    text = get_object_or_404(HearingItem.objects.select_related("hearing__municipality"), hearing=found, pk=item)
    try:
        reply = take_up(text, by=request.user)
    except MoveRefusedError as refusal:
        return hearing_page(request, found, error=str(refusal))
    return redirect("work_read", "reacties", reply.pk)


@require_POST
@for_office
@once
def hearing_close(request: HttpRequest, pk: int) -> HttpResponse:
    close(get_object_or_404(Hearing.objects.held_by(request.user), pk=pk), by=request.user)
    messages.success(request, "Afgesloten. Reageren kan niet meer.")
    return redirect("work_hearing", pk)


@never_cache
@require_GET
def hearing_download(request: HttpRequest, pk: int, format: str) -> HttpResponse:
    found = get_object_or_404(Hearing.objects.seen_by(request.user).distinct(), pk=pk)
    return sheet_response(sheet(found, request.user), cast(Format, format), f"wederhoor-{found.pk}.{format}")


@never_cache
@require_GET
def hearing_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The texts as they were sent out, with reaction and afterword so far: to read on paper, and to keep."""
    found = get_object_or_404(Hearing.objects.seen_by(request.user).distinct(), pk=pk)
    context = {
        "hearing": found,
        "items": items_of(found, request.user),
        "reader": request.user,
        "moment": Moment.of(""),
        "is_fictional": settings.FICTIONAL_DATA,
    }
    return pdf_response(request, "pdf/hearing.html", context, f"wederhoor-{found.pk}.pdf", is_kept=False)
