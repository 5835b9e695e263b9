"""Taking a finding or a recommendation along to the council."""

from __future__ import annotations

from typing import cast

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate

from nplv_portal.drafts.facts import AdviceFacts, FindingFacts, advice_and_columns
from nplv_portal.drafts.finding import finding_words
from nplv_portal.drafts.pieces import BY_SLUG, PIECES, Words
from nplv_portal.drafts.recommendation import advice_words
from nplv_portal.lib.documents import FORMATS, Format, write
from nplv_portal.lib.moments import Moment
from nplv_portal.sources.downloads import file_response
from nplv_portal.sources.publishing import PublicRequest, published_page
from recommendations.matrix import Column
from recommendations.published import Advice


@published_page
def finding_drafts(request: PublicRequest, slug: str) -> HttpResponse:
    facts = finding_or_404(request, slug)
    words = finding_words(facts)
    context = {
        "section": "matrix",
        "moment": facts.moment,
        "facts": facts,
        "words": words,
        "pieces": shown(words, "finding_draft", slug, facts.moment.query),
    }
    return render(request, "drafts/finding.html", context)


@published_page
def finding_draft(request: PublicRequest, slug: str, piece: str, format: str) -> HttpResponse:
    return draft_file(finding_words(finding_or_404(request, slug)), piece, format)


def finding_or_404(request: PublicRequest, slug: str) -> FindingFacts:
    facts = FindingFacts.of(slug, Moment.of(request.GET.get("op", "")))
    if facts is None:
        raise Http404("Deze bevinding bestaat niet, is ingetrokken, of was op die dag nog niet gepubliceerd.")
    return facts


@published_page
def advice_drafts(request: PublicRequest, slug: str) -> HttpResponse:
    """Of an umbrella recommendation the reader first chooses the municipality."""
    moment, wanted = Moment.of(request.GET.get("op", "")), request.GET.get("gemeente", "").strip()
    advice, columns = advice_or_404(slug, moment)
    facts = AdviceFacts.of(advice, advice.municipality or wanted, columns, moment)
    context = {"section": "recommendations", "moment": moment, "advice": advice, "facts": facts}
    if facts is None:
        context |= {"columns": columns, "unknown": wanted[:40]}
        return render(request, "drafts/municipality.html", context)
    words = advice_words(facts)
    query = f"?gemeente={facts.item.municipality}{moment.more}" if advice.is_umbrella else moment.query
    context |= {"words": words, "pieces": shown(words, "advice_draft", slug, query)}
    return render(request, "drafts/recommendation.html", context)


@published_page
def advice_draft(request: PublicRequest, slug: str, piece: str, format: str) -> HttpResponse:
    moment = Moment.of(request.GET.get("op", ""))
    advice, columns = advice_or_404(slug, moment)
    facts = AdviceFacts.of(advice, advice.municipality or request.GET.get("gemeente", "").strip(), columns, moment)
    if facts is None:
        raise Http404("Kies eerst de gemeente waarvoor u dit concept wilt.")
    return draft_file(advice_words(facts), piece, format)


def advice_or_404(slug: str, moment: Moment) -> tuple[Advice, tuple[Column, ...]]:
    found = advice_and_columns(slug, moment)
    if found is None:
        raise Http404("Deze aanbeveling bestaat niet, of was op die dag nog niet gepubliceerd.")
    return found


def shown(words: Words, name: str, slug: str, query: str) -> list[dict[str, object]]:
    """Each piece with what it says and where its files are."""
    return [
        {
            "piece": piece,
            "document": piece.write(words),
            "files": [(label, reverse(f"{name}_{f}", args=[slug, piece.slug]) + query) for f, label in FORMATS.items()],
        }
        for piece in PIECES
    ]


def draft_file(words: Words, piece: str, format: str) -> HttpResponse:
    if piece not in BY_SLUG:
        raise Http404("Dit concept bestaat niet.")
    content = write(BY_SLUG[piece].write(words), cast(Format, format))
    day = localdate(words.moment.at).isoformat()
    return file_response(content, format, f"{piece}-{words.slug}-stand-{day}.{format}")
