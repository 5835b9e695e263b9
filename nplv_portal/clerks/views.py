"""Following recommendations: what clerks, officials and audit offices record of them, each their own steps."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import Error, IntegrityError
from django.db.models import Exists, OuterRef, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from focusareas.models import Municipality, QuestionArticle
from nplv_portal.accounts.views import SignedInRequest
from nplv_portal.clerks.following import Followed, followed_in, places, steps_of, who_records, without_official
from nplv_portal.clerks.recording import RetractionForm, StepForm, close, initial_of, record, retract
from nplv_portal.clerks.rules_of_order import ArticleForm, record_article
from nplv_portal.lib import dutch
from nplv_portal.workplace.models import Hearing, HearingItem
from recommendations.chain import TAKEN_OVER
from recommendations.models import Evidence, FollowUpEvent, Recommendation, Reply, Step
from recommendations.published import advice_as_of

View = Callable[..., HttpResponse]
NEWS = timedelta(days=30)  # as long as an answer in a right of reply is told on top of the page


def for_followers(view: View) -> View:
    """Clerks, officials and audit offices; of which municipality, the QuerySets say."""

    @never_cache
    @wraps(view)
    def answer(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.rights.follows:
            raise PermissionDenied("Deze pagina is voor griffie, ambtenaren en rekenkamer.")
        return view(request, *args, **kwargs)

    return answer


def followed_or_404(request: SignedInRequest, municipality: str, recommendation: str) -> Followed:
    own = Municipality.objects.filter(pk__in=request.user.rights.follows)
    place = get_object_or_404(own, slug=municipality)
    now = timezone.now()
    found = (item for item in followed_in(place, advice_as_of(now), now) if item.advice.slug == recommendation)
    item = next(found, None)
    if item is None:
        raise Http404("Deze aanbeveling geldt niet voor deze gemeente, of is nog niet gepubliceerd.")
    return item


@require_GET
@for_followers
def desk(request: SignedInRequest) -> HttpResponse:
    context = {
        "places": places(request.user.rights.follows, timezone.now(), request.user),
        "hearings": hearings_awaiting(request.user),
        "who_records": who_records(request.user, request.user.rights.follows),
        "lacks_official": without_official(request.user.rights.follows),
        "answered": newly_answered(request.user),
    }
    return render(request, "griffie/desk.html", context)


def hearings_awaiting(user: Any) -> list[Hearing]:
    """In which this official may still react to something; the first to end first."""
    found = Hearing.objects.addressed_to(user).open().counted().select_related("municipality", "office")
    unsent = HearingItem.objects.filter(hearing=OuterRef("pk")).exclude(reaction__sent_at__isnull=False)
    return list(found.filter(Exists(unsent)).order_by("deadline", "pk"))


def newly_answered(user: Any) -> list[Hearing]:
    """In which the office lately sent an afterword, or made something public."""
    items = HearingItem.objects.filter(hearing__municipality__in=user.rights.replies, reaction__sent_at__isnull=False)
    public = Reply.objects.as_of(timezone.now()).filter(municipality__in=user.rights.replies)
    newly = {reply.item_key for reply in public.filter(public_during__startswith__gt=timezone.now() - NEWS)}
    told = items.filter(Q(reaction__answer_sent_at__gt=timezone.now() - NEWS) | Q(pk__in=newly))
    found = Hearing.objects.filter(pk__in=told.values("hearing"))
    return list(found.select_related("municipality", "office"))


@require_GET
@for_followers
def followed(request: SignedInRequest, municipality: str, recommendation: str) -> HttpResponse:
    """One recommendation in one municipality: its line, what one may record, and everything that was recorded."""
    item = followed_or_404(request, municipality, recommendation)
    log = FollowUpEvent.objects.filter(municipality=item.municipality, recommendation__slug=recommendation)
    allowed = steps_of(request.user, item.municipality.pk)
    proposal = open_proposal(item)
    context = {
        "item": item,
        "chain": item.chain,
        "steps": [step for step in allowed if step != Step.CLOSED and (step != Step.EXTENSION or item.chain.deadline)],
        "lacks_deadline": Step.EXTENSION in allowed and not item.chain.deadline,
        "proposal": proposal if Step.CLOSED in allowed else None,
        "is_own_proposal": proposal is not None and proposal.entered_by_id == request.user.pk,
        "log": [
            (event, event.step in allowed and event.entered_by_id is not None and not hasattr(event, "corrected_by"))
            for event in by_day(
                log.select_related("entered_by", "evidence", "source__document", "corrects", "corrected_by")
            )
        ],
        "who_records": who_records(request.user, {item.municipality.pk}),
        "lacks_official": without_official([item.municipality.pk]),
    }
    return render(request, "griffie/followed.html", context)


def by_day(log: Iterable[FollowUpEvent]) -> list[FollowUpEvent]:
    """From a log in order of entry. What was corrected stands right before what corrects it, on the day that counts."""
    lines: list[list[FollowUpEvent]] = []
    line_of: dict[int | None, list[FollowUpEvent]] = {}
    for event in log:
        line = line_of.get(event.corrects_id)
        if line is None:
            lines.append(line := [])
        line.append(event)
        line_of[event.pk] = line
    return [event for line in sorted(lines, key=day_of) for event in line]


def day_of(line: list[FollowUpEvent]) -> str:
    """Of the last that was said of it; empty where no day is known."""
    said = [event for event in line if event.step != Step.RETRACTED]
    return said[-1].happened.iso if said[-1].happened else ""


def open_proposal(item: Followed) -> FollowUpEvent | None:
    """What a colleague proposed to close, and nobody confirmed yet."""
    waiting = item.chain.proposal
    if waiting is None:
        return None
    return FollowUpEvent.objects.filter(pk=waiting.id).select_related("entered_by").first()


@require_http_methods(["GET", "POST"])
@for_followers
def step(request: SignedInRequest, municipality: str, recommendation: str, step: str) -> HttpResponse:
    """Record one step. It is public at once, and a mistake is corrected by a next one."""
    item = followed_or_404(request, municipality, recommendation)
    if step not in steps_of(request.user, item.municipality.pk) or step == Step.CLOSED:
        raise Http404("Deze stap noteert iemand anders.")
    form = StepForm(
        request.POST or None,
        request.FILES or None,
        by=request.user,
        step=Step(step),
        others=others(item),
        deadline=item.chain.deadline,
    )
    if request.method == "POST" and form.is_valid():
        try:
            return recorded(request, item, form)
        except IntegrityError:  # the key is of a form that someone else sent
            form.add_error(None, "Dit formulier is al gebruikt. Open de pagina opnieuw en neem over wat u typte.")
    if form.is_bound:
        form.hold_file()
    context = {"item": item, "form": form, "step": Step(step)}
    return render(request, "griffie/step.html", context, status=422 if form.is_bound else 200)


def others(item: Followed) -> list[tuple[str, str]]:
    """What the same paper may be about too: the other recommendations for this municipality, of its own kind first."""
    now = timezone.now()
    found = [other for other in followed_in(item.municipality, advice_as_of(now), now) if other.advice != item.advice]
    found.sort(key=lambda other: other.advice.is_umbrella != item.advice.is_umbrella)
    return [(other.advice.slug, f"{other.advice.title} ({other.kind})") for other in found]


def recorded(request: SignedInRequest, item: Followed, form: StepForm, corrects: Any = None) -> HttpResponse:
    recommendation = Recommendation.objects.get(slug=item.advice.slug)
    event = record(
        form, municipality=item.municipality, recommendation=recommendation, by=request.user, corrects=corrects
    )
    told = f"{'Verbeterd' if event.corrects_id else 'Genoteerd'}: {event.get_step_display()}"
    if others := len(form.cleaned_data.get("also") or []):
        told += f", ook bij {dutch.counted(others, 'andere aanbeveling', 'andere aanbevelingen')}"
    if event.outcome in TAKEN_OVER:
        now = followed_or_404(request, item.municipality.slug, item.advice.slug)
        told += f". De termijn loopt tot en met {now.chain.deadline_text}"
    messages.success(request, f"{told}.", extra_tags=request.path)
    return redirect("followed", item.municipality.slug, item.advice.slug)


@require_http_methods(["GET", "POST"])
@for_followers
def correct(request: SignedInRequest, pk: int) -> HttpResponse:
    """The same step again, as it should have been; both stay visible."""
    event, item = own_event(request, pk)
    if event.step == Step.CLOSED:
        raise Http404("Laat het afsluiten vervallen, en stel het opnieuw voor.")
    if request.method == "GET" and hasattr(event, "corrected_by"):
        messages.error(request, "Deze regel is intussen verbeterd of vervallen. Hier ziet u wat er nu staat.")
        return redirect("followed", item.municipality.slug, item.advice.slug)
    form = StepForm(
        request.POST or None,
        request.FILES or None,
        by=request.user,
        step=Step(event.step),
        event=event,
        deadline=item.chain.first_deadline,
        initial=initial_of(event),
    )
    if request.method == "POST" and form.is_valid():
        try:
            return recorded(request, item, form, corrects=event)
        except IntegrityError:  # corrected by a colleague in the meantime
            form.add_error(None, "Een collega verbeterde deze stap intussen. Bekijk eerst wat er nu staat.")
    if form.is_bound:
        form.hold_file()
    context = {"item": item, "form": form, "step": Step(event.step), "corrects": event}
    return render(request, "griffie/step.html", context, status=422 if form.is_bound else 200)


@require_POST
@for_followers
def withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    """What was recorded by mistake counts no longer; that it was recorded stays visible."""
    event, item = own_event(request, pk)
    form = RetractionForm(request.POST)
    if form.is_valid():
        try:
            retract(event, why=form.cleaned_data["why"], by=request.user)
        except IntegrityError:
            form.add_error(None, "Een collega verbeterde deze stap intussen. Bekijk eerst wat er nu staat.")
        else:
            messages.success(
                request, "Vervallen. De stap telt niet meer mee en blijft zichtbaar.", extra_tags=request.path
            )
            return redirect("followed", item.municipality.slug, item.advice.slug)
    return render(request, "griffie/withdraw.html", {"item": item, "form": form, "event": event}, status=422)


def own_event(request: SignedInRequest, pk: int) -> tuple[FollowUpEvent, Followed]:
    """What someone with the same steps recorded here; what a source says is corrected in the fixtures."""
    entered = FollowUpEvent.objects.filter(entered_by__isnull=False, municipality__in=request.user.rights.follows)
    event = get_object_or_404(entered.select_related("municipality", "recommendation", "corrected_by"), pk=pk)
    if event.step not in steps_of(request.user, event.municipality_id):
        raise Http404("Deze stap noteert iemand anders.")
    return event, followed_or_404(request, event.municipality.slug, event.recommendation.slug)


@require_POST
@for_followers
def confirm(request: SignedInRequest, municipality: str, recommendation: str) -> HttpResponse:
    """Close what a colleague proposed to close."""
    item = followed_or_404(request, municipality, recommendation)
    if Step.CLOSED not in steps_of(request.user, item.municipality.pk):
        raise Http404("Afsluiten doet de rekenkamer.")
    proposal = open_proposal(item)
    here = redirect("followed", municipality, recommendation)
    if item.chain.closed:  # also when the button was pressed twice
        messages.success(request, "Deze aanbeveling is afgesloten.")
        return here
    if proposal is None or proposal.entered_by_id == request.user.pk:
        messages.error(request, "Afsluiten doen twee mensen: een collega bevestigt wat u voorstelt.")
        return here
    try:
        close(proposal, by=request.user)
    except Error:  # two colleagues confirmed at once, or the proposal fell away
        messages.error(request, "Dit voorstel is intussen al afgehandeld.")
    else:
        messages.success(request, "Afgesloten.")
    return here


@require_GET
@for_followers
def evidence(request: SignedInRequest, pk: int) -> HttpResponse:
    """A file, for who may record for that municipality. Always as a download."""
    file = get_object_or_404(Evidence.objects.of_places(request.user.rights.follows), pk=pk)
    response = HttpResponse(bytes(file.content), content_type=file.media_type)
    response["Content-Disposition"] = f'attachment; filename="bewijs-{file.pk}.{file.name.rpartition(".")[2]}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_http_methods(["GET", "POST"])
@for_followers
def rules_of_order(request: SignedInRequest, municipality: str) -> HttpResponse:
    """The article under which members of the council put written questions; public at once."""
    place = get_object_or_404(Municipality.objects.filter(pk__in=request.user.rights.records), slug=municipality)
    log = QuestionArticle.objects.known_by(timezone.now()).filter(municipality=place)
    latest = log.first()
    initial = {"article": latest.article, "link": latest.link, "note": latest.note} if latest else {}
    form = ArticleForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        record_article(form, municipality=place, by=request.user)
        messages.success(request, f"Genoteerd: {form.cleaned_data['article']}.", extra_tags=request.path)
        return redirect("rules_of_order", municipality)
    context = {"place": place, "form": form, "log": log.select_related("entered_by", "source__document")}
    return render(request, "griffie/rules_of_order.html", context, status=422 if form.is_bound else 200)
