"""Pages that span the apps, and the pages about the portal itself."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from findings.exchange import checksum
from findings.research import audit_rounds, documents, gaps, note_topics, question_groups, reports, terms
from focusareas.models import Municipality
from nplv_portal.lib import dutch
from nplv_portal.lib.moments import Moment
from nplv_portal.reports import FindingPage, MunicipalityReport, area_tiles, latest_changes, totals
from nplv_portal.sources.downloads import pdf_response
from nplv_portal.sources.publishing import PublicRequest, published_page
from recommendations.views import research_lines


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
    moment = Moment.of(request.GET.get("op", ""))
    try:
        report = MunicipalityReport.of(slug, moment)
    except Municipality.DoesNotExist:
        raise Http404("Deze gemeente doet niet mee aan het programma.") from None
    return render(request, "municipality.html", {"section": "municipalities", "report": report, "moment": moment})


@published_page
def municipality_pdf(request: PublicRequest, slug: str) -> HttpResponse:
    return report_pdf(request, slug, "pdf/municipality.html", "rapport")


@published_page
def factsheet_pdf(request: PublicRequest, slug: str) -> HttpResponse:
    return report_pdf(request, slug, "pdf/factsheet.html", "factsheet")


def report_pdf(request: HttpRequest, slug: str, template: str, kind: str) -> HttpResponse:
    moment = Moment.of(request.GET.get("op", ""))
    try:
        report = MunicipalityReport.of(slug, moment)
    except Municipality.DoesNotExist:
        raise Http404("Deze gemeente doet niet mee aan het programma.") from None
    context = {
        "report": report,
        "moment": moment,
        "permanent": settings.PORTAL_URL + reverse("municipality", args=[slug]) + moment.pinned.query,
        "checksum": checksum(report.content),
        "is_fictional": settings.FICTIONAL_DATA,
    }
    day = timezone.localdate(moment.at).isoformat()
    return pdf_response(request, template, context, f"{kind}-nplv-{slug}-stand-{day}.pdf")


@published_page
def finding(request: PublicRequest, slug: str) -> HttpResponse:
    moment = Moment.of(request.GET.get("op", ""))
    page = FindingPage.of(slug, moment)
    if page is None:
        raise Http404("Deze bevinding bestaat niet, of was op die dag nog niet gepubliceerd.")
    return render(request, "finding.html", {"section": "matrix", "page": page, "moment": moment})


@published_page
def research(request: PublicRequest) -> HttpResponse:
    moment = Moment.of(request.GET.get("op", ""))
    context = {
        "section": "research",
        "moment": moment,
        "rounds": audit_rounds(),
        "reports": reports(),
        "groups": question_groups(moment.at),
        "topics": note_topics(moment.at),
        "lines": research_lines(moment),
    }
    return render(request, "research.html", context)


@published_page
def missing(request: PublicRequest) -> HttpResponse:
    moment = Moment.of(request.GET.get("op", ""))
    context = {"section": "research", "moment": moment, "gaps": gaps(moment.at), "documents": documents()}
    return render(request, "missing.html", context)


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
