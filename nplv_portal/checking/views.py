"""Is my copy genuine, and is it current? Nobody needs to say who they are, and what they send is not kept."""

from __future__ import annotations

from typing import Any

from allauth.core import ratelimit
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.timezone import localdate
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from nplv_portal.checking.currency import Currency, edition_of
from nplv_portal.dossiers.models import Edition
from nplv_portal.lib.uploads import Fingerprints
from nplv_portal.sources.copies import grouped, read_code
from nplv_portal.sources.models import IssuedCopy, IssuedFile
from nplv_portal.sources.publishing import PublicRequest, published_page

FEW = 12  # changes that are named
LARGEST_MB = 25
NO_CODE = "Een code heeft twaalf letters en cijfers, zoals 7K3M-9QXA-2RVC. Kijk na wat er op het papier staat."
NO_FILE = "Kies een bestand."
TOO_LARGE = f"Dit bestand is groter dan {LARGEST_MB} MB. Zo grote bestanden maakt het portaal niet."
TOO_OFTEN = "U vroeg dit erg vaak achter elkaar. Wacht een minuut en probeer het opnieuw."


@published_page
def checking(request: PublicRequest) -> HttpResponse:
    typed = request.GET.get("code", "").strip()
    if code := read_code(typed):
        return redirect("copy", grouped(code))
    return asked_again(request, typed=typed, error=NO_CODE if typed else "", status=200)


@published_page
def copy(request: PublicRequest, code: str) -> HttpResponse:
    """The address in the QR code of a PDF. No code can be guessed, and a wrong one costs no more than any other 404."""
    known = read_code(code)
    if known and code != grouped(known):
        return redirect("copy", grouped(known))
    issued = IssuedCopy.objects.filter(pk=known).first()
    if issued is None:
        return render(request, "checking/unknown.html", {"typed": code[:100], "largest": LARGEST_MB}, status=404)
    response = outcome(request, issued)
    if not issued.is_public:
        response["Cache-Control"] = "no-store"
    return response


@login_not_required
@csrf_exempt  # a question: it changes nothing, and the answer is the same for whoever asks
@require_http_methods(["GET", "HEAD", "POST"])
def check_file(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return redirect("checking")
    if not ratelimit.consume(request, action="check"):
        return asked_again(request, file_error=TOO_OFTEN, status=429)
    request.upload_handlers = [Fingerprints(request)]
    file: Any = request.FILES.get("bestand")
    if not file or file.size > LARGEST_MB * 2**20:
        return asked_again(request, file_error=TOO_LARGE if file else NO_FILE, status=422)
    found = IssuedFile.objects.select_related("copy").filter(pk=file.sha256).first()
    if found is None:
        return render(request, "checking/unknown.html", {"file": file, "largest": LARGEST_MB})
    return outcome(request, found.copy, file=file)


def asked_again(
    request: HttpRequest, *, typed: str = "", error: str = "", file_error: str = "", status: int
) -> HttpResponse:
    """With what is wrong, and what was typed."""
    context = {"typed": typed[:100], "error": error, "file_error": file_error, "largest": LARGEST_MB}
    return render(request, "checking/checking.html", context, status=status)


def outcome(request: HttpRequest, issued: IssuedCopy, file: Any = None) -> HttpResponse:
    currency, edition = Currency.of(issued), edition_of(issued)
    successor = edition.successor if edition else None
    is_of_the_past = localdate(issued.as_of) < localdate(issued.issued_at)
    changed = currency.changed if currency and issued.is_public else []
    context = {
        "issued": issued,
        "code": grouped(issued.code),
        "what": issued.title if issued.title.lower().startswith(issued.kind) else f"{issued.kind}: {issued.title}",
        "currency": currency,
        "edition": edition,
        "successor": successor,
        "changed": changed[:FEW],
        "more": str(max(len(changed) - FEW, 0)),
        "verdict": verdict(issued, currency, successor, is_of_the_past=is_of_the_past),
        "is_of_the_past": is_of_the_past,
        "is_of_today": localdate(issued.as_of) == localdate(),
        "file": file,
        "largest": LARGEST_MB,
    }
    return render(request, "checking/copy.html", context)


def verdict(issued: IssuedCopy, currency: Currency | None, successor: Edition | None, *, is_of_the_past: bool) -> str:
    """Of what is not public there is a newer version only once someone had it made."""
    if successor:
        return "Er is een nieuwere versie"
    if currency is None:
        return "Dit document komt van het portaal"
    if is_of_the_past:
        return f"Zo stond het op {date_format(localdate(issued.as_of), 'j F Y')}"
    if not currency.changed:
        return "Dit exemplaar is actueel"
    return "Er is een nieuwere versie" if issued.is_public else "De gegevens zijn veranderd"
