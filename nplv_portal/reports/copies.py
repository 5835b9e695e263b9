"""The PDFs about a municipality as copies in the register, at any moment."""

from __future__ import annotations

from collections.abc import Set

from django.http import QueryDict
from django.urls import reverse

from nplv_portal.lib.moments import Moment
from nplv_portal.reports.municipality import ALL, BY_SLUG, MunicipalityReport
from nplv_portal.sources.copies import Copy

FACTSHEET = frozenset({"raad", "aanbevelingen"})


def asked_sections(params: QueryDict) -> Set[str]:
    return BY_SLUG.keys() & set(params.getlist("deel")) or ALL


def report_copy(report: MunicipalityReport) -> Copy:
    pinned = report.moment.pinned.query
    parts = "" if report.is_whole else "".join(f"&deel={section.slug}" for section in report.sections)
    return Copy(
        kind="rapport",
        title=report.name,
        address=reverse("municipality_pdf", args=[report.slug]) + pinned + parts,
        page=reverse("municipality", args=[report.slug]) + pinned,
        content=report.content,
        moment=report.moment,
    )


def factsheet_copy(report: MunicipalityReport) -> Copy:
    pinned = report.moment.pinned.query
    return Copy(
        kind="factsheet",
        title=report.name,
        address=reverse("factsheet_pdf", args=[report.slug]) + pinned,
        page=reverse("municipality", args=[report.slug]) + pinned,
        content=report.content,
        moment=report.moment,
    )


def report_at(moment: Moment, params: QueryDict, slug: str) -> Copy:
    return report_copy(MunicipalityReport.of(slug, moment, asked_sections(params)))


def factsheet_at(moment: Moment, params: QueryDict, slug: str) -> Copy:
    return factsheet_copy(MunicipalityReport.of(slug, moment, FACTSHEET))
