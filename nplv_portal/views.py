"""Pages that span the apps, and the pages about the portal itself."""

import json
from collections.abc import Set
from datetime import timedelta
from typing import cast

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from findings.contradictions import differences
from findings.research import audit_rounds, documents, gaps, note_topics, question_sets, reports, terms
from focusareas.figures import key_indicators
from focusareas.filters import TimelineFilters
from focusareas.models import Municipality
from focusareas.national import NationalFrame
from focusareas.timeline import Timeline, events_as_json
from nplv_portal.lib import dutch
from nplv_portal.lib.moments import Moment
from nplv_portal.lib.tables import Format
from nplv_portal.reports.copies import FACTSHEET, asked_sections, factsheet_copy, report_copy
from nplv_portal.reports.exchange import as_json, sheet_of, tables
from nplv_portal.reports.finding import FindingPage
from nplv_portal.reports.front import area_tiles, latest_changes, totals
from nplv_portal.reports.missing import Missing
from nplv_portal.reports.municipality import ALL, BY_SLUG, SECTIONS, MunicipalityReport
from nplv_portal.reports.practice import PracticePage
from nplv_portal.sources.copies import Copy
from nplv_portal.sources.downloads import file_response, pdf_response, sheet_response
from nplv_portal.sources.publishing import PublicRequest, published_page
from recommendations.views import research_lines, suggestions

DOWNLOADS = {"xlsx": "Excel", "ods": "ODS", "csv": "CSV", "json": "JSON"}


@published_page
def home(request: PublicRequest) -> HttpResponse:
    moment = Moment.of(request.GET.get("op", ""))
    context = {
        "section": "home",
        "moment": moment,
        "areas": area_tiles(moment.at),
        "counts": totals(moment.at),
        "latest": latest_changes(moment.at),
    }
    return render(request, "home.html", context)


@published_page
def municipalities(request: PublicRequest) -> HttpResponse:
    moment = Moment.of(request.GET.get("op", ""))
    areas = area_tiles(moment.at)
    with_report = [area for area in areas if area.has_report]
    context = {
        "section": "municipalities",
        "moment": moment,
        "with_report": with_report,
        "without_report": [area for area in areas if not area.has_report],
        "total": dutch.capitalised(dutch.counted(len(areas), "gemeente", "gemeenten")),
        "examined": dutch.number(len(with_report)),
    }
    return render(request, "municipalities.html", context)


@published_page
def municipality(request: PublicRequest, slug: str) -> HttpResponse:
    """The report in ten minutes: the essence of every section, with the way to the rest."""
    report = report_or_404(request, slug, ALL)
    context = {
        "section": "municipalities",
        "report": report,
        "moment": report.moment,
        "parts": SECTIONS,
        "downloads": [
            (name, reverse(f"municipality_{format_}", args=[slug]) + report.moment.query)
            for format_, name in DOWNLOADS.items()
            if format_ != "csv"
        ],
    }
    return render(request, "municipality/overview.html", context)


@published_page
def municipality_section(request: PublicRequest, slug: str, part: str) -> HttpResponse:
    if part not in BY_SLUG:
        raise Http404("Dit onderdeel bestaat niet.")
    report = report_or_404(request, slug, ALL if part == "onderzoek" else {part})
    filters = TimelineFilters.of(request.GET, report.timeline)
    context = {
        "section": "municipalities",
        "report": report,
        "moment": report.moment,
        "parts": SECTIONS,
        "part": report.part(part),
        "filters": filters,
        "timeline": filters.chosen,
        "one_place": True,
        "downloads": section_downloads(report, part),
    }
    return render(request, f"municipality/{part}.html", context)


def section_downloads(report: MunicipalityReport, part: str) -> list[tuple[str, str]]:
    """(name, address) of what a reader can take along of one section."""
    pdf = reverse("municipality_pdf", args=[report.slug]) + f"?deel={part}{report.moment.query.replace('?', '&')}"
    sheets = [
        (name, reverse(f"section_{format_}", args=[report.slug, part]) + report.moment.query)
        for format_, name in DOWNLOADS.items()
    ]
    own = report.part(part)
    has_table = tables(report) if part != "onderzoek" else report.questions or own.facts or own.differences
    return [("PDF", pdf), *(sheets if has_table else [])]


@published_page
def municipality_pdf(request: PublicRequest, slug: str) -> HttpResponse:
    """All sections, or the reader's choice: ?deel=geld&deel=cijfers."""
    report = report_or_404(request, slug, asked_sections(request.GET))
    return report_pdf(request, report, "pdf/municipality.html", report_copy(report))


@published_page
def factsheet_pdf(request: PublicRequest, slug: str) -> HttpResponse:
    report = report_or_404(request, slug, FACTSHEET)
    return report_pdf(request, report, "pdf/factsheet.html", factsheet_copy(report))


@published_page
def municipality_download(request: PublicRequest, slug: str, format: str, part: str = "") -> HttpResponse:
    """All tables of the report, or those of one section, as a spreadsheet or JSON."""
    if part and part not in BY_SLUG:
        raise Http404("Dit onderdeel bestaat niet.")
    report = report_or_404(request, slug, {part} if part else ALL)
    name = report_name(report, f"rapport-{part}" if part else "rapport", format)
    if format == "json":
        return file_response(json.dumps(as_json(report), ensure_ascii=False, indent=1).encode(), format, name)
    sheet = sheet_of(report)
    if sheet is None:
        raise Http404("Dit onderdeel heeft geen tabel.")
    return sheet_response(sheet, cast(Format, format), name)


def report_or_404(request: HttpRequest, slug: str, only: Set[str]) -> MunicipalityReport:
    try:
        return MunicipalityReport.of(slug, Moment.of(request.GET.get("op", "")), only)
    except Municipality.DoesNotExist:
        raise Http404("Deze gemeente doet niet mee aan het programma.") from None


def report_pdf(request: HttpRequest, report: MunicipalityReport, template: str, copy: Copy) -> HttpResponse:
    context = {
        "report": report,
        "authors": report.authors,
        "moment": report.moment,
        "is_fictional": settings.FICTIONAL_DATA,
    }
    return pdf_response(request, template, context, report_name(report, copy.kind, "pdf"), copy=copy)


def report_name(report: MunicipalityReport, kind: str, extension: str) -> str:
    return f"{kind}-nplv-{report.slug}-stand-{timezone.localdate(report.moment.at).isoformat()}.{extension}"


@published_page
def finding(request: PublicRequest, slug: str) -> HttpResponse:
    moment = Moment.of(request.GET.get("op", ""))
    page = FindingPage.of(slug, moment)
    if page is None:
        raise Http404("Deze bevinding bestaat niet, of was op die dag nog niet gepubliceerd.")
    return render(request, "finding.html", {"section": "matrix", "page": page, "moment": moment})


@published_page
def good_practice(request: PublicRequest, slug: str) -> HttpResponse:
    moment = Moment.of(request.GET.get("op", ""))
    page = PracticePage.of(slug, moment)
    if page is None:
        raise Http404("Dit voorbeeld bestaat niet, of was op die dag nog niet gepubliceerd.")
    return render(request, "good_practice.html", {"section": "good_practices", "page": page, "moment": moment})


@published_page
def programme(request: PublicRequest) -> HttpResponse:
    """The national frame, for a new member of a council."""
    moment = Moment.of(request.GET.get("op", ""))
    context = {
        "section": "programme",
        "moment": moment,
        "frame": NationalFrame.as_of(moment.at),
        "key_indicators": key_indicators(moment.at),
        "areas": area_tiles(moment.at),
    }
    return render(request, "programme.html", context)


@published_page
def timeline(request: PublicRequest) -> HttpResponse:
    moment = Moment.of(request.GET.get("op", ""))
    events = Timeline.of(row["json"] for row in events_as_json(moment.at))
    filters = TimelineFilters.of(request.GET, events)
    context = {"section": "programme", "moment": moment, "filters": filters, "timeline": filters.chosen}
    return render(request, "timeline.html", context)


@published_page
def research(request: PublicRequest) -> HttpResponse:
    moment = Moment.of(request.GET.get("op", ""))
    context = {
        "section": "research",
        "moment": moment,
        "rounds": audit_rounds(),
        "reports": reports(),
        "topics": note_topics(moment.at),
        "lines": research_lines(moment),
        "suggestions": suggestions(moment),
    }
    return render(request, "research.html", context)


@published_page
def questions(request: PublicRequest) -> HttpResponse:
    moment = Moment.of(request.GET.get("op", ""))
    context = {"section": "research", "moment": moment, "sets": question_sets(moment.at)}
    return render(request, "questions.html", context)


@published_page
def missing(request: PublicRequest) -> HttpResponse:
    moment = Moment.of(request.GET.get("op", ""))
    context = {"section": "research", "moment": moment, "missing": Missing.as_of(moment.at), "gaps": gaps(moment.at)}
    return render(request, "missing.html", context)


@published_page
def contradictions(request: PublicRequest) -> HttpResponse:
    moment = Moment.of(request.GET.get("op", ""))
    context = {"section": "research", "moment": moment, "differences": differences(moment.at)}
    return render(request, "contradictions.html", context)


@published_page
def sources(request: PublicRequest) -> HttpResponse:
    return render(request, "sources.html", {"section": "research", "documents": documents()})


@published_page
def glossary(request: PublicRequest) -> HttpResponse:
    moment = Moment.of(request.GET.get("op", ""))
    return render(request, "glossary.html", {"section": "glossary", "moment": moment, "terms": terms(moment.at)})


@published_page
def about(request: PublicRequest) -> HttpResponse:
    return render(request, "about.html", {"contact_email": settings.CONTACT_EMAIL})


@published_page
def accessibility(request: PublicRequest) -> HttpResponse:
    return render(request, "accessibility.html", {"contact_email": settings.CONTACT_EMAIL})


@published_page
def privacy(request: PublicRequest) -> HttpResponse:
    return render(request, "privacy.html", {"contact_email": settings.CONTACT_EMAIL})


@login_not_required
@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """RFC 9116. It promises nothing for longer than the operator looks after it."""
    if not settings.CONTACT_EMAIL:
        raise Http404("Deze installatie heeft geen contactadres: stel CONTACT_EMAIL in.")
    expires = (timezone.now() + timedelta(days=180)).replace(hour=0, minute=0, second=0, microsecond=0)
    context = {"contact": f"mailto:{settings.CONTACT_EMAIL}", "expires": expires.isoformat().replace("+00:00", "Z")}
    return render(request, "security.txt", context, content_type="text/plain; charset=utf-8")


@login_not_required
@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """The process answers; says nothing of the database."""
    return HttpResponse("ok\n", content_type="text/plain", headers={"Cache-Control": "no-store"})


@login_not_required
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """The database answers too."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok\n", content_type="text/plain", headers={"Cache-Control": "no-store"})
