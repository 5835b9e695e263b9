import json
from typing import Any, cast

from django.conf import settings
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString

from findings.paper import COLUMNS_ON_A3, COLUMNS_ON_A4, even_slices
from findings.views import DOWNLOADS, MANY_COLUMNS, SHEETS
from nplv_portal.lib.fragments import address, fragment
from nplv_portal.lib.moments import Moment
from nplv_portal.lib.tables import Format
from nplv_portal.sources.downloads import file_response, pdf_response, sheet_response
from nplv_portal.sources.publishing import PublicRequest, published_page, wants_fragment
from recommendations import exchange
from recommendations.follow_up import decisions_told
from recommendations.matrix import Block, Filters, FollowUpMatrix, columns_of, follow_ups, part_of
from recommendations.models import ResearchLine, ResearchSuggestion, Theme
from recommendations.practices import PracticeList
from recommendations.published import Practice, advice_as_of, practices_as_json
from recommendations.query import FollowUpQuery
from recommendations.reuse import reused_for_advice


@published_page
def recommendations(request: PublicRequest) -> HttpResponse:
    matrix = FollowUpMatrix.of(FollowUpQuery.of(request.GET))
    is_fragment, filters = wants_fragment(request), Filters.of(matrix)
    has_form = is_fragment and request.GET.get("vorm") == filters.made_for
    view = matrix.query.address()
    context = {
        "matrix": matrix,
        "section": "recommendations",
        "blocks": [draw(block, matrix) for block in matrix.blocks],
        "filters": filters,
        "has_form": has_form,
        "form": "" if has_form else fragment("recommendations/_filters.html", filters=filters),
        "view": view,
        "all_standings": matrix.query.address(standings=(), only_past_due=False),
        "all_kinds": matrix.query.address(standings=(), only_past_due=False, kinds=()),
        "today": request.path + matrix.query.address(moment=Moment.on(None)),
        "moment_query": matrix.query.moment.query,
        "downloads": [(name, address(f"recommendations_{format_}") + view) for format_, name in DOWNLOADS.items()],
        "many_columns": len(matrix.columns) >= MANY_COLUMNS,
    }
    template = "recommendations/_swap.html" if is_fragment else "recommendations/recommendations.html"
    response = render(request, template, context)
    if is_fragment:
        response["HX-Push-Url"] = request.path + view
    return response


def draw(block: Block, matrix: FollowUpMatrix) -> SafeString:
    moment = matrix.query.moment
    return fragment("recommendations/_block.html", block=block, moment_query=moment.query, moment_more=moment.more)


@published_page
def recommendations_download(request: PublicRequest, format: str) -> HttpResponse:
    matrix = FollowUpMatrix.of(FollowUpQuery.of(request.GET))
    name = exchange.file_name(matrix, format)
    if format == "json":
        content = json.dumps(exchange.as_json(matrix), ensure_ascii=False, indent=1)
        return file_response(content.encode(), format, name)
    if format in SHEETS:
        return sheet_response(exchange.sheet(matrix), cast(Format, format), name)
    is_wide = len(matrix.columns) > COLUMNS_ON_A4
    most = COLUMNS_ON_A3 if is_wide else COLUMNS_ON_A4
    context = {
        "matrix": matrix,
        "moment": matrix.query.moment,
        "is_wide": is_wide,
        "parts": [part_of(matrix, cut) for cut in even_slices(len(matrix.columns), most)],
        "is_fictional": settings.FICTIONAL_DATA,
    }
    return pdf_response(request, "pdf/recommendations.html", context, name, copy=exchange.copy_of(matrix))


@published_page
def recommendation(request: PublicRequest, slug: str) -> HttpResponse:
    query = FollowUpQuery(Moment.of(request.GET.get("op", "")))
    advice = advice_as_of(query.moment.at, Q(record__slug=slug))
    if not advice:
        raise Http404("Deze aanbeveling bestaat niet, of was op die dag nog niet gepubliceerd.")
    items = follow_ups(advice[0], columns_of(advice), query)
    here = next((item for item in items if item.municipality == request.GET.get("gemeente")), None)
    context = {
        "section": "recommendations",
        "moment": query.moment,
        "advice": advice[0],
        "here": here,
        "items": [item for item in items if item is not here],
        "told": decisions_told([here] if here else items),
        "reuses": reused_for_advice(slug, query.moment.at),
    }
    return render(request, "recommendations/recommendation.html", context)


@published_page
def good_practices(request: PublicRequest) -> HttpResponse:
    moment = Moment.of(request.GET.get("op", ""))
    practices = [Practice.of(row["json"]) for row in practices_as_json(moment.at)]
    found = PracticeList.of(request.GET, moment, practices)
    themes = list(Theme.objects.all())
    context = {
        "section": "good_practices",
        "moment": moment,
        "found": found,
        "groups": [
            (
                str(group.label),
                [
                    (theme, items)
                    for theme in themes
                    if theme.group == group and (items := [p for p in found.shown if p.theme == theme.slug])
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
