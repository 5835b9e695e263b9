from itertools import groupby
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import render

from nplv_portal.lib.moments import Moment
from nplv_portal.sources.publishing import PublicRequest, published_page
from recommendations.models import ResearchLine, ResearchSuggestion, Theme
from recommendations.published import Practice, advice_as_of, participants, practices_as_json


@published_page
def recommendations(request: PublicRequest) -> HttpResponse:
    moment = Moment.of(request.GET.get("op", ""))
    advice = advice_as_of(moment.at)
    umbrella = [item for item in advice if item.is_umbrella]
    local = [item for item in advice if not item.is_umbrella]
    municipalities = [(municipality.name, municipality.slug) for municipality in participants()]
    context = {
        "section": "recommendations",
        "moment": moment,
        "umbrella": umbrella,
        "municipalities": municipalities,
        "table": [(item, [(name, item.actions_in(slug)) for name, slug in municipalities]) for item in umbrella],
        "local": [(name, list(items)) for name, items in groupby(local, key=lambda item: item.municipality_name)],
    }
    return render(request, "recommendations/recommendations.html", context)


@published_page
def recommendation(request: PublicRequest, slug: str) -> HttpResponse:
    moment = Moment.of(request.GET.get("op", ""))
    advice = advice_as_of(moment.at, Q(record__slug=slug))
    if not advice:
        raise Http404("Deze aanbeveling bestaat niet, of was op die dag nog niet gepubliceerd.")
    item = advice[0]
    own = [(item.municipality_name, item.municipality)]
    places = [(place.name, place.slug) for place in participants()] if item.is_umbrella else own
    context = {
        "section": "recommendations",
        "moment": moment,
        "advice": item,
        "places": [(name, slug, item.actions_in(slug)) for name, slug in places],
    }
    return render(request, "recommendations/recommendation.html", context)


@published_page
def good_practices(request: PublicRequest) -> HttpResponse:
    moment = Moment.of(request.GET.get("op", ""))
    found = [Practice.of(row["json"]) for row in practices_as_json(moment.at)]
    themes = list(Theme.objects.all())
    wanted = request.GET.get("gemeente", "").strip()
    municipalities = sorted({(practice.municipality_name, practice.municipality) for practice in found})
    notice = ""
    if wanted and wanted not in {slug for _, slug in municipalities}:
        notice = f"Van “{wanted[:40]}” staan er geen voorbeelden in het portaal. U ziet ze nu allemaal."
        wanted = ""
    shown = [practice for practice in found if wanted in {"", practice.municipality}]
    context = {
        "section": "good_practices",
        "moment": moment,
        "notice": notice,
        "wanted": wanted,
        "municipalities": [
            (name, slug, str(sum(p.municipality == slug for p in found))) for name, slug in municipalities
        ],
        "total": str(len(found)),
        "groups": [
            (
                str(group.label),
                [
                    (theme, items)
                    for theme in themes
                    if theme.group == group and (items := [p for p in shown if p.theme == theme.slug])
                ],
            )
            for group in Theme.Group
        ],
    }
    return render(request, "recommendations/good_practices.html", context)


def research_lines(moment: Moment) -> list[ResearchLine]:
    lines = ResearchLine.objects.as_of(moment.at).select_related("source__document", "for_round")
    return list(lines.order_by("for_round__number", "order"))


def suggestions(moment: Moment) -> list[Any]:
    """What interviewees suggested, with under each the suggestions that belong to it (`parts`)."""
    found: list[Any] = list(
        ResearchSuggestion.objects.as_of(moment.at).select_related("source__document").order_by("pk")
    )
    by_record = {suggestion.record: suggestion for suggestion in found}
    for suggestion in found:
        suggestion.parts = [other for other in found if other.under == suggestion.record]
    return [suggestion for suggestion in found if suggestion.under not in by_record]
