"""Dossiers that keep a page of the portal as it is: the report of a municipality, and the comparison."""

from __future__ import annotations

from findings import exchange
from findings.matrix import Matrix
from findings.paper import PaperMatrix
from findings.query import MatrixQuery
from nplv_portal.dossiers.content import Content, described
from nplv_portal.dossiers.models import Edition
from nplv_portal.lib.moments import Moment
from nplv_portal.lib.tables import Sheet
from nplv_portal.reports.exchange import as_json, sheet_of
from nplv_portal.reports.municipality import ALL, MunicipalityReport
from nplv_portal.sources.publishing import current_revision


def report_content(edition: Edition, moment: Moment) -> Content:
    report = MunicipalityReport.of(edition.dossier.municipality.slug, moment, ALL & set(edition.sections) or ALL)
    sheet = sheet_of(report) or Sheet("Rapport", ["Gemeente"], [[report.name]], ["Deze onderdelen hebben geen tabel."])
    return Content(
        "pdf/dossier/report.html",
        {"report": report, "authors": report.authors},
        report.content,
        described(edition, moment) | as_json(report),
        sheet,
    )


def matrix_content(edition: Edition, moment: Moment) -> Content:
    query = MatrixQuery(
        moment,
        round=edition.round.slug if edition.round else "",
        municipalities=tuple(edition.items),
        is_full=True,
    )
    matrix = Matrix.of(query, revision=current_revision())
    return Content(
        "pdf/dossier/matrix.html",
        {"matrix": matrix, "paper": PaperMatrix.of(matrix), "authors": matrix.authors},
        exchange.copy_of(matrix).content,
        described(edition, moment) | exchange.as_json(matrix),
        exchange.sheet(matrix),
    )
