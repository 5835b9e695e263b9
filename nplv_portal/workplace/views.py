"""The workplace of the audit offices: enter, review, publish, correct."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import slug_re
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from findings.models import Finding, FindingVersion, RoundAspect
from focusareas.models import FocusArea, Municipality
from nplv_portal.lib.dutch import sentence
from nplv_portal.lib.versions import PREPARED, MoveRefusedError, ReleaseRefusedError, Stage, StaleError, Version
from nplv_portal.sources.models import Document
from nplv_portal.workplace import work
from nplv_portal.workplace.content import changes, content_of, identity_of
from nplv_portal.workplace.desk import Desk, Item, absent, beside, items_of, piles, publishers, sheets
from nplv_portal.workplace.forms import Editor, identity_form
from nplv_portal.workplace.hearings import about, heard_of, unheard
from nplv_portal.workplace.kinds import KINDS, Kind, kind_or_404
from nplv_portal.workplace.once import once

View = Callable[..., HttpResponse]


def for_office(view: View) -> View:
    """Researchers and secretaries only; what they may see of it, the QuerySets say."""

    @never_cache
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.rights.is_of_office:  # type: ignore[union-attr]
            raise PermissionDenied("Deze pagina is voor medewerkers van een rekenkamer.")
        return view(request, *args, **kwargs)

    return answer


def saved(request: HttpRequest, text: str) -> None:
    """Say that it is done; the browser then forgets what it kept of this form (keep.js)."""
    messages.success(request, text, extra_tags=request.path)


@require_GET
@for_office
def desk(request: HttpRequest) -> HttpResponse:
    tables = sheets(request.user)
    latest = max((sheet.round.number for sheet in tables), default=0)
    round_, areas = absent(request.user)
    context = {
        "desk": Desk.of(request.user),
        "sheets": [sheet for sheet in tables if sheet.round.number == latest],
        "earlier": [sheet for sheet in tables if sheet.round.number < latest],
        "latest": round_,
        "absent": areas,
        "kinds": KINDS,
        "may_publish": request.user.rights.may_publish,  # type: ignore[union-attr]
    }
    return render(request, "workplace/desk.html", context)


@require_GET
@for_office
def records(request: HttpRequest, kind: str) -> HttpResponse:
    """All records of a kind that one's office keeps: what is being prepared, and what is public."""
    of = kind_or_404(kind)
    public = of.correctable_by(request.user).filter(stage=Stage.PUBLISHED, public_during__endswith__isnull=True)
    context = {
        "kind": of,
        "prepared": items_of([(of, version) for version in of.editable_by(request.user).order_by("-pk")], request.user),
        "public": [Item(of, version) for version in public.order_by("-pk")],
        "may_start": not of.begins,
    }
    return render(request, "workplace/records.html", context)


@require_http_methods(["GET", "POST"])
@for_office
@once
def new(request: HttpRequest, kind: str) -> HttpResponse:
    of = kind_or_404(kind)
    if of.begins:
        raise Http404(of.begins)
    data = posted(request)
    editor = Editor(of, of.model(), data, places(request))
    identity = identity_form(of, places(request), data)
    if data is not None and all([editor.is_valid, identity is None or identity.is_valid()]):
        version = work.start_new(editor, by=request.user, identity=identity)
        return onward(request, of, version, "Opgeslagen als concept.")
    context = {"kind": of, "editor": editor, "identity": identity, "is_new": True}
    return render(request, "workplace/edit.html", context, status=200 if data is None else 422)


@require_http_methods(["GET", "POST"])
@for_office
@once
def edit(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    of = kind_or_404(kind)
    return writing_page(request, of, seen_by(request, of, pk))


def writing_page(request: HttpRequest, of: Kind, version: Version) -> HttpResponse:
    editor = Editor(of, version, posted(request), places(request), document=new_document(request))
    if version.stage not in PREPARED:
        if request.method == "GET":
            raise Http404("Deze tekst is niet meer in voorbereiding.")
        editor.refuse(
            f"Deze tekst is intussen {version.get_stage_display()}. Wat u typte, staat hieronder nog."
            " Begin bij de tekst een verbetering en zet het daarin over."
        )
    stale: list[Any] = []
    if request.method == "POST" and editor.is_valid:
        typed = editor.form.cleaned_data.get("edition") or 0
        try:
            work.save(editor, edition=typed, by=request.user)
        except StaleError:
            now = of.versions.get(pk=version.pk)
            stale = changes(content_of(of, now), typed_content(of, editor))
            if not stale:  # the same text, sent twice
                return redirect("work_edit", of.slug, version.pk)
            fresh = request.POST.copy()
            fresh["edition"] = str(now.edition)
            editor.form.data = fresh
        else:
            return onward(request, of, version, "Opgeslagen.")
    [item] = items_of([(of, version)], request.user)
    context = {
        "kind": of,
        "item": item,
        "editor": editor,
        "stale": stale,
        "beside": beside(version) if isinstance(version, FindingVersion) else [],
        "missing": work.missing(of, version),
        "is_handed_in": "volledig" in request.GET,
        "remarks": work.remarks(of, version),
        "is_writer": item.is_mine,
    }
    return render(request, "workplace/edit.html", context, status=409 if stale else status(editor))


def onward(request: HttpRequest, of: Kind, version: Version, text: str) -> HttpResponse:
    """After saving: stay, read it, hand it in as far as it is complete, or add the document that it cites."""
    address = reverse("work_edit", args=[of.slug, version.pk])
    what = request.POST.get("daarna")
    is_ready = what == "ter-beoordeling" and not work.missing(of, version)
    if is_ready:
        work.submit(of, version, by=request.user)
    saved(request, handed_in(of, version) if is_ready else text)
    if what == "bekijk":
        return redirect("work_read", of.slug, version.pk)
    if what == "document":
        return redirect(f"{reverse('work_new_document')}?{urlencode({'terug': address})}")
    if what == "ter-beoordeling":
        return redirect("work_read", of.slug, version.pk) if is_ready else redirect(f"{address}?volledig=nee")
    return redirect(address)


def handed_in(kind: Kind, version: Version) -> str:
    if work.open_remarks(kind, version).exists():
        return "Klaar voor beoordeling. Beantwoord nog wel de opmerking: tot dan kan een collega niet goedkeuren."
    return DONE["ter-beoordeling"]


def typed_content(kind: Kind, editor: Editor) -> dict[str, str]:
    """What the form says, without saving it."""
    typed = content_of(kind, editor.version)
    return {label: text for label, text in (typed | editor.content).items() if text}


def new_document(request: HttpRequest) -> Document | None:
    """The one that was just added, to cite it."""
    slug = request.GET.get("document", "")
    return Document.objects.filter(slug=slug).first() if slug_re.search(slug) else None


def posted(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def status(editor: Editor) -> int:
    return 422 if editor.form.is_bound and not editor.is_valid else 200


def places(request: HttpRequest) -> Any:
    return Municipality.objects.filter(pk__in=request.user.rights.writes)  # type: ignore[union-attr]


@require_GET
@for_office
def read(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    of = kind_or_404(kind)
    return version_page(request, of, seen_by(request, of, pk))


def version_page(
    request: HttpRequest, of: Kind, version: Version, *, error: str = "", typed: str = "", form: str = ""
) -> HttpResponse:
    """A version as its reviewer reads it: the text, what it changes, the remarks, and the history.

    After a step that was refused: with the reason, and what was typed in that form.
    """
    pk = version.pk
    public = version.siblings.as_of(timezone.now()).exclude(pk=pk).first()
    [item] = items_of([(of, version)], request.user)
    seen, since = work.changes_since_remark(of, version)
    context = {
        "kind": of,
        "item": item,
        "identity": identity_of(of, version),
        "about": about(version),
        "heard": heard_of([item], request.user).get(item.key, []),
        "content": content_of(of, version),
        "changes": changes(content_of(of, public), content_of(of, version)) if public else [],
        "has_public": public is not None,
        "remarks": work.remarks(of, version),
        "history": work.history(of, version),
        "versions": version.siblings.order_by("-number"),
        "since_remark": changes(seen, content_of(of, version)) if seen else [],
        "remarked_at": since,
        "missing": work.missing(of, version) if version.stage == Stage.DRAFT else [],
        "publishers": publishers(of, version),
        "next_publishers": [user for user in publishers(of, version) if user != request.user],
        "is_writer": item.is_mine,
        "is_publisher": released_by(request, of).filter(pk=pk).exists(),
        "may_publish": of.publishable_by(request.user).filter(pk=pk).exists() and not item.is_mine,
        "is_open": version.stage == Stage.PUBLISHED and version.closed_at is None,
        "opens_later": version.stage == Stage.PUBLISHED and version.published_at > timezone.now(),  # type: ignore[operator]
        "error": error,
        "typed": typed,
        "form": form,
    }
    return render(request, "workplace/read.html", context, status=409 if error else 200)


def seen_by(request: HttpRequest, kind: Kind, pk: int) -> Version:
    mine = kind.editable_by(request.user) | kind.correctable_by(request.user)
    found: Version = get_object_or_404(mine, pk=pk)
    return found


def released_by(request: HttpRequest, kind: Kind) -> Any:
    """Published versions that this person may withdraw or call off."""
    rights = request.user.rights  # type: ignore[union-attr]
    return kind.versions.ever_public().kept_for(rights.publishes, joint=rights.may_publish)


@require_POST
@for_office
@once
def start_next(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    of = kind_or_404(kind)
    current = get_object_or_404(of.correctable_by(request.user), pk=pk)
    version = work.start_next(of, current, by=request.user)
    return redirect("work_edit", of.slug, version.pk)


MOVES: dict[str, Callable[..., Any]] = {
    "ter-beoordeling": work.submit,
    "teruggeven": work.send_back,
    "goedkeuren": work.approve,
    "opmerking": work.remark,
}
PUBLISHERS_MOVES: dict[str, Callable[..., Any]] = {"afblazen": work.cancel, "intrekken": work.withdraw}
DONE = {
    "ter-beoordeling": "Klaar voor beoordeling. Een collega kan de tekst nu nakijken.",
    "teruggeven": "Teruggegeven aan de schrijver.",
    "goedkeuren": "Goedgekeurd. Een secretaris die niet meeschreef, kan de tekst nu publiceren.",
    "opmerking": "Opmerking geplaatst.",
    "afblazen": "De publicatie is afgeblazen. De tekst is weer goedgekeurd en niet openbaar.",
    "intrekken": "Ingetrokken. Lezers zien dat de tekst er stond, en waarom zij weg is.",
}


@require_POST
@for_office
@once
def move(request: HttpRequest, kind: str, pk: int, what: str) -> HttpResponse:
    """One step of a version. The edition says which text the person had on screen."""
    of = kind_or_404(kind)
    if what in PUBLISHERS_MOVES:
        version, step = get_object_or_404(released_by(request, of), pk=pk), PUBLISHERS_MOVES[what]
    elif what in MOVES:
        version, step = seen_by(request, of, pk), MOVES[what]
    else:
        raise Http404("Deze stap bestaat niet.")
    version.edition = number(request.POST.get("edition"), version.edition)
    form = "opmerking" if what == "teruggeven" and version.stage == Stage.IN_REVIEW else what  # one form, two buttons
    try:
        step(of, version, by=request.user, note=request.POST.get("note", ""))
    except MoveRefusedError as refusal:
        version = get_object_or_404(of.versions, pk=pk)
        return version_page(request, of, version, error=str(refusal), typed=request.POST.get("note", ""), form=what)
    is_taken_back = what == "teruggeven" and request.user.pk in version.writers
    done = "Teruggehaald. De tekst is weer een concept." if is_taken_back else DONE[what]
    if what == "ter-beoordeling":
        done = handed_in(of, version)
    messages.success(request, done, extra_tags=reverse("work_move", args=[of.slug, pk, form]))
    return redirect("work_edit" if is_taken_back else "work_read", of.slug, pk)


def number(typed: str | None, default: int) -> int:
    if typed is None:
        return default
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0


@require_POST
@for_office
@once
def answer(request: HttpRequest, kind: str, pk: int, remark: int) -> HttpResponse:
    of = kind_or_404(kind)
    version = seen_by(request, of, pk)
    made, note = get_object_or_404(work.remarks(of, version), pk=remark), request.POST.get("note", "")
    try:
        work.answer(of, version, made, by=request.user, note=note)
    except MoveRefusedError as refusal:
        return version_page(request, of, version, error=str(refusal), typed=note)
    saved(request, "Beantwoord.")
    return redirect("work_read", of.slug, pk)


@require_http_methods(["GET", "POST"])
@for_office
@once
def publish(request: HttpRequest) -> HttpResponse:
    """Publish one text or a whole report, now or at a set moment: all of it or nothing.

    One chooses, reads once more what becomes public and when, and only then publishes.
    """
    if not request.user.rights.may_publish:  # type: ignore[union-attr]
        raise PermissionDenied("Publiceren doet de secretaris van de rekenkamer.")
    approved = [
        Item(kind, version)
        for kind in KINDS
        for version in kind.publishable_by(request.user).filter(stage=Stage.APPROVED).order_by("pk")
    ]
    ready = [item for item in approved if request.user.pk not in item.version.writers]
    asked = request.POST if request.method == "POST" else request.GET
    chosen = set(asked.getlist("tekst"))
    if request.method == "GET":
        taken = set(request.GET.getlist("kies"))
        chosen |= {i.mark for pile in piles(ready) if taken & {pile.key, "alles"} for i in pile.items}
    picked = [item for item in approved if item.mark in chosen]
    error, reasons, step = "", [], "choose"
    if request.method == "POST":
        try:
            if not picked or len(picked) < len(chosen):
                raise MoveRefusedError(
                    "Kies wat u wilt publiceren. Wat intussen veranderde, staat niet meer in de lijst."
                )
            at = moment(request.POST.get("wanneer", ""))
            if "nakijken" not in request.POST:
                opened = work.release([(item.kind, item.version) for item in picked], at=at, by=request.user)
                what = picked[0].title if len(picked) == 1 else f"{len(picked)} teksten"
                is_later = opened > timezone.now()
                messages.success(
                    request, sentence(f"{'Klaargezet voor later' if is_later else 'Gepubliceerd'}: {what}")
                )
                return redirect(f"{reverse('work_publish')}?{urlencode({'gedaan': opened.isoformat()})}")
            work.check_moment(at)
            step = "confirm"
        except ReleaseRefusedError as refusal:
            error = "Geen van de teksten die u koos, is openbaar geworden."
            stopped = dict(refusal.reasons)
            reasons = [(i, stopped[key]) for i in picked if (key := (i.kind, i.version.pk)) in stopped]
        except MoveRefusedError as refusal:
            error = str(refusal)
    context = {
        "piles": piles(ready),
        "own": [item for item in approved if item not in ready],
        "chosen": chosen,
        "picked": picked,
        "unheard": unheard(picked, request.user) if step == "confirm" else [],
        "step": step,
        "error": error,
        "reasons": reasons,
        "done": released_at(request) if request.method == "GET" else [],
        "waiting": Desk.of(request.user).waiting,
        "typed": request.POST.get("wanneer", ""),
        "opens": moment(request.POST.get("wanneer", "")) if step == "confirm" and request.POST.get("wanneer") else None,
    }
    return render(request, "workplace/publish.html", context, status=422 if error else 200)


def released_at(request: HttpRequest) -> list[Item]:
    """What this person published at the moment that the address names."""
    try:
        at = datetime.fromisoformat(request.GET.get("gedaan", "")).astimezone(UTC)
        found = [
            Item(kind, version)
            for kind in KINDS
            for version in released_by(request, kind).filter(published_by=request.user, public_during__startswith=at)
        ]
    except (ValueError, OverflowError):
        return []
    return found


def moment(typed: str) -> datetime:
    """As a datetime-local field sends it, in Amsterdam; empty is now. Raises MoveRefusedError."""
    try:
        found: datetime | None = forms.DateTimeField(required=False).clean(typed)
    except ValidationError as error:
        raise MoveRefusedError(f"{error.messages[0]} Schrijf bijvoorbeeld 2026-12-01T09:00.") from error
    return found or timezone.now()


@require_http_methods(["GET", "POST"])
@for_office
@once
def cell(request: HttpRequest, round: str, area: str, aspect: str) -> HttpResponse:
    """The cell of a round: goes to its draft, or starts it."""
    places_ = request.user.rights.writes  # type: ignore[union-attr]
    where = get_object_or_404(FocusArea.objects.filter(municipality__in=places_), slug=area)
    entry = get_object_or_404(
        RoundAspect.objects.filter(round__participations__focus_area=where), round__slug=round, aspect__slug=aspect
    )
    of = kind_or_404("bevindingen")
    record = Finding.objects.filter(round_aspect=entry, focus_area=where).first()
    draft = of.editable_by(request.user).filter(record=record).first()
    current = draft or of.correctable_by(request.user).filter(record=record).order_by("-number").first()
    if current and request.method == "POST":  # a colleague was first: both see both texts
        return writing_page(request, of, current)
    if current:
        return redirect("work_edit" if draft else "work_read", of.slug, current.pk)
    if record is None:
        record = Finding(round_aspect=entry, focus_area=where, slug=f"{aspect}-{area}-{round}")
    version = FindingVersion(record=record)
    editor = Editor(of, version, posted(request))
    if request.method == "POST" and editor.is_valid:
        record, _ = Finding.objects.get_or_create(
            round_aspect=entry, focus_area=where, defaults={"slug": f"{aspect}-{area}-{round}"}
        )
        try:
            begun = work.start_new(editor, by=request.user, record=record)
        except StaleError:  # at this very moment
            return writing_page(request, of, of.versions.filter(record=record).order_by("-number")[0])
        return onward(request, of, begun, "Opgeslagen als concept.")
    context = {
        "kind": of,
        "editor": editor,
        "is_new": True,
        "beside": beside(version),
        "entry": entry,
        "area": where,
    }
    return render(request, "workplace/edit.html", context, status=status(editor))


@never_cache
@require_GET
def early(request: HttpRequest) -> HttpResponse:
    """What opens later, for councillors and clerks of that municipality."""
    rights = request.user.rights  # type: ignore[union-attr]
    if not (rights.reads_early or rights.is_of_office):
        raise PermissionDenied("Deze pagina is voor raadsleden, griffie en rekenkamer.")
    items = [Item(kind, version) for kind in KINDS for version in kind.early_for(request.user)]
    context = {"items": [(item, content_of(item.kind, item.version)) for item in items]}
    return render(request, "workplace/early.html", context)
