"""What a municipality took over from others: its clerk and its officials record that."""

from __future__ import annotations

from django.contrib import messages
from django.db import IntegrityError
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from focusareas.models import Municipality
from nplv_portal.accounts.views import SignedInRequest
from nplv_portal.clerks.recording import RetractionForm
from nplv_portal.clerks.reusing import Offer, ReuseForm, initial_of, record, retract
from nplv_portal.clerks.views import for_followers
from recommendations.models import Reuse


def place_or_404(request: SignedInRequest, slug: str) -> Municipality:
    return get_object_or_404(Municipality.objects.filter(pk__in=request.user.rights.reuses), slug=slug)


def own_reuse_or_404(request: SignedInRequest, pk: int) -> Reuse:
    """What was recorded here for the own municipality, and stands."""
    mine = Reuse.objects.filter(municipality__in=request.user.rights.reuses, entered_by__isnull=False)
    standing = mine.filter(corrected_by__isnull=True, is_retraction=False)
    found = standing.with_titles().select_related("municipality", "practice__municipality", "aspect", "recommendation")
    reuse: Reuse = get_object_or_404(found, pk=pk)
    return reuse


@require_GET
@for_followers
def reuses(request: SignedInRequest, municipality: str) -> HttpResponse:
    """Everything that was recorded of it, the last first."""
    place = place_or_404(request, municipality)
    log = Reuse.objects.filter(municipality=place).with_titles().annotate(file_name=F("evidence__name"))
    log = log.select_related("entered_by", "practice__municipality", "corrected_by").order_by("-pk")
    context = {"place": place, "log": log}
    return render(request, "griffie/reuses.html", context)


@require_http_methods(["GET", "POST"])
@for_followers
def reuse(request: SignedInRequest, municipality: str) -> HttpResponse:
    """Record one. It is public at once."""
    place = place_or_404(request, municipality)
    form = ReuseForm(request.POST or None, request.FILES or None, by=request.user, offer=Offer.of(place))
    if request.method == "POST" and form.is_valid():
        try:
            record(form, municipality=place, by=request.user)
        except IntegrityError:
            form.add_error("practice", f"Dit voorbeeld staat al genoteerd voor {place}. Verbeter daar die regel.")
        else:
            return noted(request, place, "Genoteerd.")
    if form.is_bound:
        form.hold_file()
    context = {"place": place, "form": form}
    return render(request, "griffie/reuse.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@for_followers
def correct_reuse(request: SignedInRequest, pk: int) -> HttpResponse:
    """The same again, as it should have been; both stay visible."""
    old = own_reuse_or_404(request, pk)
    form = ReuseForm(
        request.POST or None,
        request.FILES or None,
        by=request.user,
        offer=Offer.of(old.municipality),
        corrects=old,
        initial=initial_of(old),
    )
    if request.method == "POST" and form.is_valid():
        try:
            record(form, municipality=old.municipality, by=request.user, corrects=old)
        except IntegrityError:
            form.add_error(None, "Een collega verbeterde deze regel intussen. Bekijk eerst wat er nu staat.")
        else:
            return noted(request, old.municipality, "Verbeterd. Wat er eerder stond, blijft zichtbaar.")
    if form.is_bound:
        form.hold_file()
    context = {"place": old.municipality, "form": form, "corrects": old}
    return render(request, "griffie/reuse.html", context, status=422 if form.is_bound else 200)


@require_POST
@for_followers
def withdraw_reuse(request: SignedInRequest, pk: int) -> HttpResponse:
    """It counts no longer; that it was recorded, and why it went, stays visible."""
    old = own_reuse_or_404(request, pk)
    form = RetractionForm(request.POST)
    if form.is_valid():
        try:
            retract(old, why=form.cleaned_data["why"], by=request.user)
        except IntegrityError:
            form.add_error(None, "Een collega verbeterde deze regel intussen. Bekijk eerst wat er nu staat.")
        else:
            told = "Vervallen. De regel telt niet meer mee en blijft zichtbaar, met de reden."
            return noted(request, old.municipality, told)
    return render(request, "griffie/withdraw_reuse.html", {"reuse": old, "form": form}, status=422)


def noted(request: SignedInRequest, place: Municipality, text: str) -> HttpResponse:
    messages.success(request, text, extra_tags=request.path)
    return redirect("reuses", place.slug)
