"""Pages of the right of reply. An official sees the texts that were sent to the own municipality, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, cast
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from nplv_portal.lib import dutch
from nplv_portal.lib.moments import Moment
from nplv_portal.lib.tables import Format
from nplv_portal.lib.versions import MoveRefusedError, StaleError
from nplv_portal.sources.downloads import pdf_response, sheet_response
from nplv_portal.workplace.content import FieldChange, changes
from nplv_portal.workplace.hearings import (
    HeardText,
    HearingForm,
    NotKeptError,
    ReopenForm,
    Typed,
    answer_all,
    by_place,
    check_texts,
    close,
    digest,
    history,
    items_of,
    mark_of,
    react_to_all,
    readers,
    reopen,
    secretaries,
    send_answers,
    sheet,
    start,
    take_up,
    texts_for,
    unreviewed,
)
from nplv_portal.workplace.models import Hearing, HearingItem, Reaction
from nplv_portal.workplace.once import once
from nplv_portal.workplace.views import for_office, saved

ALL = "alle"
NOTHING: Mapping[int, Any] = MappingProxyType({})


@never_cache
@require_GET
def hearings(request: HttpRequest) -> HttpResponse:
    rights = request.user.rights  # type: ignore[union-attr]
    if not (rights.replies or rights.is_of_office):
        raise PermissionDenied("Wederhoor is voor de rekenkamer en voor uitgenodigde ambtenaren.")
    found = Hearing.objects.seen_by(request.user).counted().select_related("municipality", "office")
    context = {"hearings": found, "may_start": rights.is_of_office}
    return render(request, "workplace/hearings.html", context)


@require_http_methods(["GET", "POST"])
@for_office
@once
def new_hearing(request: HttpRequest) -> HttpResponse:
    """One chooses, reads once more what goes to whom, and only then sends it."""
    form = HearingForm(request.POST or None, places=request.user.rights.writes)  # type: ignore[union-attr]
    texts = texts_for(request.user)
    chosen, error = set(request.POST.getlist("tekst")), ""
    picked = [item for item in texts if item.key in chosen]
    is_sent = request.method == "POST" and "terug" not in request.POST
    if is_sent and form.is_valid():
        place = form.cleaned_data["municipality"]
        try:
            if len(picked) < len(chosen):
                raise MoveRefusedError(
                    "Een tekst die u koos, is intussen niet meer in voorbereiding. Kijk de keuze na."
                )
            check_texts(place, picked)
            if unreviewed(picked) and "ongezien" not in request.POST:
                raise MoveRefusedError("U koos teksten die nog niemand beoordeelde.")
            if "nakijken" in request.POST:
                context = {"form": form, "picked": picked, "place": place, "readers": readers(place)}
                return render(request, "workplace/send_hearing.html", context | {"raw": unreviewed(picked)})
            hearing = start(form=form, chosen=picked, by=request.user)
        except MoveRefusedError as refusal:
            error = str(refusal)
        else:
            saved(request, "Verstuurd. De ambtenaren van deze gemeente kunnen nu reageren.")
            return redirect("work_hearing", hearing.pk)
    context = {"form": form, "texts": by_place(texts), "chosen": chosen, "error": error}
    context |= {"raw": unreviewed(picked) if error else []}
    return render(request, "workplace/new_hearing.html", context, status=422 if is_sent else 200)


@never_cache
@require_GET
def hearing(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Hearing.objects.seen_by(request.user).distinct(), pk=pk)
    return hearing_page(request, found)


@dataclass(frozen=True)
class Entry:
    """One text on the page, with the field in which one reacts to it or answers."""

    heard: HeardText
    has_field: bool
    text: str  # in the field
    mark: str
    why: str = ""  # it could not be kept
    stale: list[FieldChange] | None = None  # how it differs from what a colleague kept
    is_fresh: bool = False  # a colleague wrote here, and who sent the page did not

    @property
    def is_without_field(self) -> bool:
        """What someone typed before the field went away."""
        return not self.has_field and bool(self.why)


def entry_of(heard: HeardText, *, is_office: bool, typed: Typed | None, why: MoveRefusedError | None) -> Entry:
    """What someone typed stays in the field, with what stood there, unless the page now shows what a colleague kept."""
    reaction = heard.reaction
    kept = (reaction.answer if is_office else reaction.text) if reaction else ""
    mark = mark_of(kept, reaction.edition if reaction else 0)
    is_sent = reaction is not None and reaction.sent_at is not None
    if is_office:  # once taken up, the afterword lives in what becomes public
        has_field = reaction is not None and is_sent and not (reaction.answer_sent_at or heard.reply)
    else:
        has_field = heard.item.hearing.is_open and not is_sent
    if typed is None or not (typed.is_touched or why):
        return Entry(heard, has_field, kept, mark, is_fresh=typed is not None and digest(kept) != typed.shown)
    if isinstance(why, StaleError):
        label = "Nawoord" if is_office else "Reactie"
        return Entry(heard, has_field, typed.text, mark, str(why), changes({label: kept}, {label: typed.text}))
    mark = f"{typed.edition}-{typed.shown}"
    return Entry(heard, has_field, typed.text, mark, str(why or ("" if has_field else "Dit is niet bewaard.")))


def hearing_page(
    request: HttpRequest,
    found: Hearing,
    *,
    error: str = "",
    typed: Mapping[int, Typed] = NOTHING,
    reasons: Mapping[int, MoveRefusedError] = NOTHING,
) -> HttpResponse:
    """After a refusal: with the reason, everything that was typed, and how it differs from what a colleague kept."""
    is_office = found.office_id in request.user.rights.offices  # type: ignore[union-attr]
    entries = [
        entry_of(heard, is_office=is_office, typed=typed.get(heard.item.pk), why=reasons.get(heard.item.pk))
        for heard in items_of(found, request.user)
    ]
    context = {
        "hearing": found,
        "entries": entries,
        "is_office": is_office,
        "is_public": all(entry.heard.page for entry in entries),
        "fields": sum(entry.has_field for entry in entries),
        "may_reopen": found.office_id in request.user.rights.publishing_offices,  # type: ignore[union-attr]
        "to_send": [entry for entry in entries if entry.has_field and entry.heard.afterword] if is_office else [],
        "history": history(found) if is_office else [],
        "secretaries": "" if is_office or found.is_open else secretaries(found),
        "error": error,
        "refused": [entry for entry in entries if entry.why],
        "is_stale": any(entry.stale for entry in entries),
    }
    return render(request, "workplace/hearing.html", context, status=409 if error or reasons else 200)


def typed_in(request: HttpRequest, found: Hearing) -> dict[int, Typed]:
    """Item → what stands in its field, of all fields that the page had."""
    return {
        pk: Typed.of(request.POST[f"text-{pk}"], request.POST.get(f"edition-{pk}", ""))
        for pk in found.items.values_list("pk", flat=True)
        if f"text-{pk}" in request.POST
    }


@never_cache
@require_POST
@once
def hearing_react(request: HttpRequest, pk: int) -> HttpResponse:
    """One form for all texts: whatever button one presses, nothing that was typed is lost."""
    found = get_object_or_404(Hearing.objects.addressed_to(request.user), pk=pk)
    checks = request.POST.get("nakijken", "")
    typed, asked = typed_in(request, found), request.POST.get("verstuur", checks)
    send = {item for item, field in typed.items() if asked == str(item) or (asked == ALL and field.text.strip())}
    if (asked and not send) or (checks and not all(typed[item].text.strip() for item in send)):
        why = "Schrijf eerst een reactie. Hebt u er geen, schrijf dan: geen opmerkingen."
        return hearing_page(request, found, error=why, typed=typed)
    try:
        react_to_all(found, typed=typed, send=() if checks else send, by=request.user)
    except NotKeptError as refusal:
        return hearing_page(request, found, typed=typed, reasons=refusal.reasons)
    if checks:
        saved(request, "Bewaard als concept, en nog niet verstuurd.")
        pks = urlencode({"tekst": sorted(send)}, doseq=True)
        return redirect(f"{reverse('work_hearing_send', args=[pk])}?{pks}")
    if send:
        rest = Reaction.objects.filter(item__hearing=found, sent_at__isnull=True).exclude(text="").exists()
        told = f"Verstuurd: {dutch.counted(len(send), 'reactie', 'reacties')}."
        saved(request, f"{told} De rest is bewaard als concept." if rest else told)
    else:
        saved(request, "Bewaard als concept. De rekenkamer leest het pas als u het verstuurt.")
    return redirect("work_hearing", pk)


@never_cache
@require_GET
def hearing_send(request: HttpRequest, pk: int) -> HttpResponse:
    """What an official is about to send, once more: it cannot be taken back, and may become public."""
    found = get_object_or_404(Hearing.objects.addressed_to(request.user), pk=pk)
    asked = set(request.GET.getlist("tekst"))
    entries = [
        entry
        for heard in items_of(found, request.user)
        if str(heard.item.pk) in asked
        and (entry := entry_of(heard, is_office=False, typed=None, why=None)).has_field
        and entry.text
    ]
    if not entries:
        return redirect("work_hearing", pk)
    return render(request, "workplace/send_reactions.html", {"hearing": found, "entries": entries})


@require_POST
@for_office
@once
def hearing_answer(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Hearing.objects.held_by(request.user), pk=pk)
    if refused := unless_answered(request, found):
        return refused
    if "stuur" not in request.POST:
        answered(request, found, "Bewaard. Alleen uw rekenkamer leest het.")
        return redirect("work_hearing", pk)
    try:
        count = send_answers(found, by=request.user)
    except MoveRefusedError as refusal:
        return hearing_page(request, found, error=str(refusal), typed=typed_in(request, found))
    told = dutch.counted(count, "nawoord", "nawoorden")
    answered(request, found, f"Gestuurd: {told}. De ambtenaren van {found.municipality} lezen dat nu.")
    return redirect("work_hearing", pk)


def unless_answered(request: HttpRequest, found: Hearing) -> HttpResponse | None:
    """Every button of the office keeps the afterwords on the page; where one cannot be kept, the page comes back."""
    typed = typed_in(request, found)
    try:
        answer_all(found, typed=typed, by=request.user)
    except NotKeptError as refusal:
        return hearing_page(request, found, typed=typed, reasons=refusal.reasons)
    return None


def answered(request: HttpRequest, found: Hearing, text: str) -> None:
    messages.success(request, text, extra_tags=reverse("work_hearing_answer", args=[found.pk]))


@require_POST
@for_office
@once
def hearing_take_up(request: HttpRequest, pk: int, item: int) -> HttpResponse:
    """Begin what is published of a reaction: a draft like any other."""
    found = get_object_or_404(Hearing.objects.held_by(request.user), pk=pk)
    text = get_object_or_404(HearingItem.objects.select_related("hearing__municipality"), hearing=found, pk=item)
    if refused := unless_answered(request, found):
        return refused
    try:
        reply = take_up(text, by=request.user)
    except MoveRefusedError as refusal:
        return hearing_page(request, found, error=str(refusal), typed=typed_in(request, found))
    answered(request, found, "Dit is het concept van wat openbaar wordt. De nawoorden zijn bewaard.")
    return redirect("work_read", "reacties", reply.pk)


@require_http_methods(["GET", "POST"])
@for_office
@once
def hearing_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Before its day. One reads first what is lost."""
    found = get_object_or_404(Hearing.objects.held_by(request.user), pk=pk)
    if found.closed_at:
        return redirect("work_hearing", pk)
    if request.method == "POST":
        close(found, by=request.user)
        saved(request, "Gesloten. Reageren kan niet meer.")
        return redirect("work_hearing", pk)
    missing = [heard for heard in items_of(found, request.user) if heard.reaction is None]
    return render(request, "workplace/close_hearing.html", {"hearing": found, "missing": missing})


@require_http_methods(["GET", "POST"])
@for_office
@once
def hearing_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Closed too soon, or more time: the secretary names a new last day."""
    found = get_object_or_404(Hearing.objects.held_by(request.user), pk=pk)
    if found.office_id not in request.user.rights.publishing_offices:  # type: ignore[union-attr]
        raise PermissionDenied("Wederhoor weer openzetten doet de secretaris van de rekenkamer.")
    form, error = ReopenForm(request.POST or None), ""
    form.use_required_attribute = False
    if request.method == "POST" and form.is_valid():
        try:
            reopen(found, deadline=form.cleaned_data["deadline"], by=request.user)
        except MoveRefusedError as refusal:
            error = str(refusal)
        else:
            saved(request, "Het wederhoor staat weer open.")
            return redirect("work_hearing", pk)
    context = {"hearing": found, "form": form, "error": error}
    return render(request, "workplace/reopen_hearing.html", context, status=422 if request.method == "POST" else 200)


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
