"""Pages about rounds, who takes part, and offices that join."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from findings.models import AuditRound, Participation
from focusareas.models import AuditOffice, FocusArea
from nplv_portal.lib.versions import MoveRefusedError
from nplv_portal.workplace.once import once
from nplv_portal.workplace.rounds import (
    NEXT,
    CarriedAspects,
    NewAspects,
    OfficeForm,
    ParticipationForm,
    RoundForm,
    advance,
    announced_round,
    carried_from,
    columns,
    follower,
    go_back,
    last_round,
    start_round,
)
from nplv_portal.workplace.views import for_office, saved


def secretary_only(request: HttpRequest) -> Any:
    rights = request.user.rights  # type: ignore[union-attr]
    if not rights.may_publish:
        raise PermissionDenied("Rondes beheert de secretaris van een rekenkamer.")
    return rights


@require_GET
@for_office
def rounds(request: HttpRequest) -> HttpResponse:
    found = AuditRound.objects.prefetch_related("participations__focus_area", "participations__audit_office")
    context = {
        "rounds": [
            (round_, NEXT.get(round_.status), round_.status == AuditRound.Status.PUBLISHED and follower(round_))
            for round_ in found.order_by("-number")
        ],
        "may_start": request.user.rights.may_publish,  # type: ignore[union-attr]
    }
    return render(request, "workplace/rounds.html", context)


@require_http_methods(["GET", "POST"])
@for_office
@once
def new_round(request: HttpRequest) -> HttpResponse:
    """Aspects come along from the last round, one by one, to keep, reword or drop; findings do not."""
    secretary_only(request)
    data = request.POST or None
    before = last_round()
    form = RoundForm(data, instance=announced_round())
    carried = CarriedAspects(data, initial=carried_from(before), prefix="aspecten")
    added = NewAspects(data, prefix="nieuw")
    if data and all([form.is_valid(), carried.is_valid(), added.is_valid()]):
        round_ = start_round(form=form, carried=carried, added=added, by=request.user)
        saved(request, f"{round_.name} is begonnen. Meld nu aan wie meedoet.")
        return redirect("work_participate", round_.slug)
    context = {"form": form, "carried": carried, "added": added, "before": before}
    return render(request, "workplace/new_round.html", context, status=422 if data else 200)


@require_http_methods(["GET", "POST"])
@for_office
@once
def participate(request: HttpRequest, round: str) -> HttpResponse:
    """One's own areas in a round."""
    rights = secretary_only(request)
    round_ = get_object_or_404(AuditRound, slug=round)
    form = ParticipationForm(
        request.POST or None,
        round_=round_,
        areas=FocusArea.objects.filter(municipality__in=rights.publishes).order_by("name"),
        offices=AuditOffice.objects.filter(pk__in=rights.publishing_offices),
    )
    if request.method == "POST" and form.is_valid():
        made = form.save(by=request.user)
        saved(request, f"{made.focus_area} doet mee.")
        return redirect("work_participate", round_.slug)
    parts = Participation.objects.filter(round=round_).select_related("focus_area", "audit_office").order_by("order")
    context = {"round": round_, "form": form, "parts": parts}
    return render(request, "workplace/participate.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@for_office
@once
def next_status(request: HttpRequest, round: str) -> HttpResponse:
    """Says first for whom the round moves on, what is not public yet and whether there is a way back."""
    secretary_only(request)
    round_ = get_object_or_404(AuditRound, slug=round)
    if request.method == "GET":
        if round_.status not in NEXT:
            raise Http404("Deze ronde gaat niet verder.")
        context = {"round": round_, "following": NEXT[round_.status], "columns": columns(round_)}
        return render(request, "workplace/next_status.html", context | {"later": follower(round_)})
    return moved(request, round_, partial(advance, round_, seen=request.POST.get("van", ""), by=request.user))


@require_http_methods(["GET", "POST"])
@for_office
@once
def previous_status(request: HttpRequest, round: str) -> HttpResponse:
    secretary_only(request)
    round_ = get_object_or_404(AuditRound, slug=round)
    if request.method == "GET":
        context = {"round": round_, "is_back": True, "columns": columns(round_), "later": follower(round_)}
        return render(request, "workplace/next_status.html", context)
    return moved(request, round_, partial(go_back, round_, by=request.user))


def moved(request: HttpRequest, round_: AuditRound, step: Callable[[], None]) -> HttpResponse:
    try:
        step()
    except MoveRefusedError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{round_.name} is nu: {round_.get_status_display()}.")
    return redirect("work_rounds")


@never_cache
@require_http_methods(["GET", "POST"])
@once
def new_office(request: HttpRequest) -> HttpResponse:
    """Only for who runs the portal: afterwards they invite an administrator of that office."""
    if not request.user.is_superuser:
        raise PermissionDenied("Een nieuwe rekenkamer voegt de beheerder van het portaal toe.")
    form = OfficeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        office = form.save()
        saved(request, f"{office.name} is toegevoegd. Nodig nu een beheerder van die rekenkamer uit.")
        return redirect("work_new_office")
    return render(request, "workplace/new_office.html", {"form": form}, status=422 if form.is_bound else 200)
