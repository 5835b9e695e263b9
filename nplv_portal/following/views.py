"""Following without an account: feeds and calendars, which keep nothing about who asks, and by mail."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode, urlsplit

from allauth.core import ratelimit
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.timezone import localdate
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from findings.models import CouncilRole
from findings.query import readable
from focusareas.models import Municipality
from nplv_portal.following.calendar import as_ical, days_of
from nplv_portal.following.changes import Change, Topic, changes
from nplv_portal.following.models import DAYS_TO_CONFIRM, MOST_TOPICS, Confirmation, Subscriber
from nplv_portal.following.subscribing import (
    LETTERS,
    MOST_WORDS,
    FollowForm,
    FullError,
    TopicsForm,
    add,
    ask,
    confirm,
    stop,
)
from nplv_portal.lib.moments import Moment
from nplv_portal.sources.publishing import PublicRequest, published_page
from recommendations.models import RecommendationVersion
from recommendations.published import participants

FIRST_YEAR = 2026  # of the addresses in the ids of a feed: they never change (RFC 4151)


@published_page
def following(request: PublicRequest) -> HttpResponse:
    """The addresses to subscribe to: of everything, or of what the reader chose."""
    topic = topic_of(request.GET)
    calendar = "" if topic.words else settings.PORTAL_URL + address_of(topic, "calendar")
    context = {
        "section": "following",
        "moment": Moment.of(""),
        "topic": topic,
        "feed": settings.PORTAL_URL + address_of(topic, "feed"),
        "calendar": calendar,
        "subscription": f"webcal://{calendar.partition('://')[2]}",
        "mail": reverse("follow_by_mail") + mail_query(topic),
        "municipalities": participants(),
        "roles": CouncilRole.objects.all(),
    }
    return render(request, "following/following.html", context)


def topic_of(params: QueryDict) -> Topic:
    """`?gemeente=heerlen`, `?rol=`, `?aanbeveling=` or `?woorden=`; without any of these everything."""
    asked = {name: readable(params.get(name, "")) for name in ("gemeente", "rol", "aanbeveling")}
    if slug := asked["gemeente"]:
        return Topic(get_object_or_404(Municipality, slug=slug).name, municipality=slug)
    if slug := asked["rol"]:
        return Topic(get_object_or_404(CouncilRole, slug=slug).name, role=slug)
    if slug := asked["aanbeveling"]:
        public = RecommendationVersion.objects.as_of(Moment.of("").at)
        return Topic(get_object_or_404(public, record__slug=slug).title, recommendation=slug)
    words = words_of(params.get("woorden", ""))
    return Topic(f"“{words}”", words=words) if words else Topic("Het hele portaal")


def words_of(typed: str) -> str:
    """Empty where these are none, or too many."""
    words = readable(typed).split()
    found = " ".join(words)
    return found if len(found) <= LETTERS[1] and len(words) <= MOST_WORDS else ""


def address_of(topic: Topic, kind: str) -> str:
    """Where its "feed" or "calendar" is."""
    if topic.words:
        return f"{reverse('feed_search')}?{urlencode({'q': topic.words})}"
    kinds = {"municipality": topic.municipality, "role": topic.role, "recommendation": topic.recommendation}
    name, slug = next(((name, slug) for name, slug in kinds.items() if slug), ("all", ""))
    return reverse(f"{kind}_{name}", args=[slug] if slug else [])


def mail_query(topic: Topic) -> str:
    chosen = {
        "gemeente": topic.municipality,
        "rol": topic.role,
        "aanbeveling": topic.recommendation,
        "woorden": topic.words,
    }
    found = {name: value for name, value in chosen.items() if value}
    return f"?{urlencode(found)}" if found else ""


@published_page
def feed_all(request: PublicRequest) -> HttpResponse:
    return feed(request, Topic("Alles"))


@published_page
def feed_municipality(request: PublicRequest, slug: str) -> HttpResponse:
    place = get_object_or_404(Municipality, slug=slug)
    return feed(request, Topic(place.name, municipality=slug))


@published_page
def feed_role(request: PublicRequest, slug: str) -> HttpResponse:
    role = get_object_or_404(CouncilRole, slug=slug)
    return feed(request, Topic(role.name, role=slug))


@published_page
def feed_recommendation(request: PublicRequest, slug: str) -> HttpResponse:
    public = RecommendationVersion.objects.as_of(Moment.of("").at)
    advice = get_object_or_404(public, record__slug=slug)
    return feed(request, Topic(advice.title, recommendation=slug))


@published_page
def feed_search(request: PublicRequest) -> HttpResponse:
    """What changes in texts with these words: `?q=`. Without words, or with too many, the feed stays empty."""
    words = words_of(request.GET.get("q", ""))
    return feed(request, Topic(f"“{words}”", words=words)) if words else answer(request, Topic("zoekwoorden"), [])


def feed(request: PublicRequest, topic: Topic) -> HttpResponse:
    return answer(request, topic, changes(topic, Moment.of(request.GET.get("op", "")).at))


def answer(request: PublicRequest, topic: Topic, found: list[Change]) -> HttpResponse:
    """Atom (RFC 4287), the newest first."""
    here = f"{settings.PORTAL_URL}{request.path}"
    if topic.words:
        here += f"?{urlencode({'q': topic.words})}"
    made = Atom1Feed(
        title=f"Raadsportaal NPLV: {topic.title}",
        link=settings.PORTAL_URL + reverse("following"),
        description="",
        language="nl",
        feed_url=here,
        feed_guid=here,
        author_name="Raadsportaal NPLV",
    )
    host = urlsplit(settings.PORTAL_URL).hostname
    for change in found:
        made.add_item(
            title=change.title,
            link=settings.PORTAL_URL + change.url,
            description=change.text,
            unique_id=f"tag:{host},{FIRST_YEAR}:{change.key}",
            pubdate=change.at,
            updateddate=change.at,
        )
    return HttpResponse(made.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")


@published_page
def calendar_all(request: PublicRequest) -> HttpResponse:
    return calendar_of(request, Topic("Alle gemeenten"))


@published_page
def calendar(request: PublicRequest, slug: str) -> HttpResponse:
    place = get_object_or_404(Municipality, slug=slug)
    return calendar_of(request, Topic(place.name, municipality=slug))


@published_page
def calendar_role(request: PublicRequest, slug: str) -> HttpResponse:
    role = get_object_or_404(CouncilRole, slug=slug)
    return calendar_of(request, Topic(role.name, role=slug))


@published_page
def calendar_recommendation(request: PublicRequest, slug: str) -> HttpResponse:
    public = RecommendationVersion.objects.as_of(Moment.of("").at)
    advice = get_object_or_404(public, record__slug=slug)
    return calendar_of(request, Topic(advice.title, recommendation=slug))


def calendar_of(request: PublicRequest, topic: Topic) -> HttpResponse:
    moment = Moment.of(request.GET.get("op", ""))
    content = as_ical(f"NPLV {topic.title}", days_of(topic, moment.at), localdate(moment.at))
    return HttpResponse(content, content_type="text/calendar; charset=utf-8")


# --- By mail. A page of its own, since a form against forgery needs a cookie and the public pages set none. Whoever
# holds the link of a mail needs no cookie: it is a secret that no other site knows, and some mail programs keep none.


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def follow_by_mail(request: HttpRequest) -> HttpResponse:
    """Ask to follow. The answer is the same for every address."""
    if not settings.EMAIL_URL:
        chosen_before = request.GET.urlencode()
        return render(request, "following/no_mail.html", {"chosen": f"?{chosen_before}" if chosen_before else ""})
    if request.method == "GET":
        return render(request, "following/follow.html", {"form": FollowForm(initial=chosen(request))})
    form, status = FollowForm(request.POST), 422
    if form.is_valid():
        if ratelimit.consume(request, action="follow"):
            try:
                ask(email=form.cleaned_data["email"], topics=form.topics())
                return redirect("follow_asked")
            except FullError:
                form.add_error(None, "Vandaag kan het portaal geen mail meer sturen. Probeer het morgen opnieuw.")
                status = 503
        else:
            form.add_error(None, "Vanaf uw netwerk is dit al vaak gevraagd. Probeer het over een uur opnieuw.")
            status = 429
    return render(request, "following/follow.html", {"form": form}, status=status)


def chosen(request: HttpRequest) -> dict[str, Any]:
    """What the address of the page already chose: `?gemeente=heerlen`."""
    names = ("gemeente", "rol", "aanbeveling")
    many: dict[str, Any] = {name: request.GET.getlist(name)[:MOST_TOPICS] for name in names}
    return many | {"woorden": readable(request.GET.get("woorden", ""))[: LETTERS[1]]}


@login_not_required
@never_cache
@require_GET
def follow_asked(request: HttpRequest) -> HttpResponse:
    return render(request, "following/asked.html", {"days": DAYS_TO_CONFIRM})


@login_not_required
@csrf_exempt
@never_cache
@require_http_methods(["GET", "POST"])
def confirm_following(request: HttpRequest, token: str) -> HttpResponse:
    """Programs that look into mail open links, so opening this one does nothing yet."""
    found = Confirmation.objects.of_token(token).first()
    subscriptions = list(found.subscriptions.with_topic().select_related("subscriber")) if found else []
    if found is None or found.is_late or not subscriptions:
        return render(request, "following/link_over.html", status=410)
    if request.method == "POST" and (subscriber := confirm(found)):
        return render(request, "following/confirmed.html", {"subscriber": subscriber})
    return render(request, "following/confirm.html", {"subscriptions": subscriptions})


@login_not_required
@csrf_exempt
@never_cache
@require_http_methods(["GET", "POST"])
def manage_following(request: HttpRequest, token: str) -> HttpResponse:
    """What one follows: stop with one thing, follow another."""
    subscriber = Subscriber.objects.of_token(token).first()
    if subscriber is None:
        return render(request, "following/link_over.html", status=410)
    form = TopicsForm(request.POST if "volg" in request.POST else None)
    if "stop" in request.POST:
        if stop(subscriber, subscription=request.POST["stop"]):
            return render(request, "following/stopped.html")
        return redirect("manage_following", token)
    if form.is_bound and form.is_valid():
        add(subscriber, topics=form.topics())
        return redirect("manage_following", token)
    context = {"subscriber": subscriber, "follows": subscriber.follows(), "form": form, "token": token}
    return render(request, "following/manage.html", context, status=422 if form.is_bound else 200)


@login_not_required
@csrf_exempt
@never_cache
@require_http_methods(["GET", "POST"])
def stop_following(request: HttpRequest, token: str) -> HttpResponse:
    """With one click from a mail program (RFC 8058), or with the button here. Again is fine: it is true already."""
    subscriber = Subscriber.objects.of_token(token).first()
    if request.method == "GET" and subscriber:
        return render(request, "following/stop.html", {"subscriber": subscriber, "token": token})
    if subscriber:
        subscriber.delete()
    return render(request, "following/stopped.html")
