"""Following without an account: feeds and calendars. They read no session and keep nothing about who asks."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.timezone import localdate

from findings.models import CouncilRole
from focusareas.models import Municipality
from nplv_portal.following.calendar import as_ical, days_of
from nplv_portal.following.changes import Topic, changes
from nplv_portal.lib.moments import Moment
from nplv_portal.sources.publishing import PublicRequest, published_page
from recommendations.models import RecommendationVersion
from recommendations.published import participants

FIRST_YEAR = 2026  # of the addresses in the ids of a feed: they never change (RFC 4151)


@published_page
def following(request: PublicRequest) -> HttpResponse:
    context = {
        "section": "following",
        "moment": Moment.of(""),
        "municipalities": participants(),
        "roles": CouncilRole.objects.all(),
    }
    return render(request, "following/following.html", context)


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


def feed(request: PublicRequest, topic: Topic) -> HttpResponse:
    """Atom (RFC 4287), the newest first."""
    here = f"{settings.PORTAL_URL}{request.path}"
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
    for change in changes(topic, Moment.of(request.GET.get("op", "")).at):
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
def calendar(request: PublicRequest, slug: str) -> HttpResponse:
    """Deadlines, promises and meetings of one municipality."""
    place = get_object_or_404(Municipality, slug=slug)
    moment = Moment.of(request.GET.get("op", ""))
    content = as_ical(f"NPLV {place.name}", days_of(place, moment.at), localdate(moment.at))
    return HttpResponse(content, content_type="text/calendar; charset=utf-8")
