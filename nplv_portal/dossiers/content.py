"""What a dossier says: plain data and tables from the read models of the screen, and the paper they go on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.timezone import localdate

from nplv_portal.dossiers.models import Edition
from nplv_portal.lib.documents import Document, Paragraph, Run, Text
from nplv_portal.lib.moments import Moment
from nplv_portal.lib.paper import blocks_of
from nplv_portal.lib.tables import Sheet
from nplv_portal.reports.exchange import Columns, plain, sheet_from
from nplv_portal.reports.municipality import references_in
from nplv_portal.sources.models import Document as SourceDocument
from recommendations.chain import Chain
from recommendations.follow_up import FollowUp

Tables = Sequence[tuple[str, Columns, Sequence[Any]]]  # title, columns and entries, as in the report of a municipality


@dataclass(frozen=True)
class Content:
    template: str  # of the PDF
    context: dict[str, Any]
    said: Sequence[tuple[str, Any]]  # (heading, plain data): all that it says, but for the day (sources/copies.py)
    data: dict[str, Any]  # as JSON
    sheet: Sheet


def path_of(edition: Edition) -> str:
    return f"{reverse('dossier', args=[edition.dossier_id])}?versie={edition.number}"


def address_of(edition: Edition) -> str:
    """For good: of the dossier, with this version opened."""
    return settings.PORTAL_URL + path_of(edition)


def described(edition: Edition, moment: Moment) -> dict[str, Any]:
    return {
        "soort": edition.dossier.get_kind_display(),
        "titel": edition.title,
        **({"vergadering": edition.meeting} if edition.meeting else {}),
        "gemeente": edition.dossier.municipality.name,
        "op": localdate(moment.at).isoformat(),
        "versie": edition.number,
        "adres": address_of(edition),
    }


def as_data(edition: Edition, moment: Moment, tables: Tables) -> dict[str, Any]:
    return described(edition, moment) | {
        "tabellen": {
            title: [{heading: plain(getter(entry)) for heading, getter in columns} for entry in entries]
            for title, columns, entries in tables
        }
    }


def as_sheet(edition: Edition, moment: Moment, tables: Tables) -> Sheet:
    first, *more = [sheet_from(*table) for table in tables]
    notes = [
        edition.title,
        f"{edition.dossier.get_kind_display()} van {edition.dossier.municipality.name}, versie {edition.number}",
        f"Zoals te lezen op {moment.text}.",
        f"Deze gegevens staan op {address_of(edition)}",
        "Wat de gemeente meldt en wat de rekenkamer vaststelde, zijn twee verschillende dingen.",
    ]
    return Sheet(first.title, first.headings, first.rows, notes, tuple(more))


def document_of(edition: Edition, moment: Moment, html: str) -> Document:
    """To be edited further. It says what the paper says, for it is made of the same pages."""
    notice: Text = (
        "U kunt deze tekst aanpassen; het origineel staat op ",
        Run(address_of(edition), link=address_of(edition)),
        ".",
    )
    return Document(
        edition.title,
        (Paragraph(notice, "notice"), *blocks_of(html)),
        subject=edition.dossier.get_kind_display(),
        mark="Verzonnen gegevens" if settings.FICTIONAL_DATA else "",
        imprint=f"Raadsportaal NPLV, stand van {moment.text}, versie {edition.number}",
    )


# What several kinds say in the same way


def chain_as_of(item: FollowUp, day: date) -> Chain:
    """What is known now of how it stood at the end of that day. What has no date counts: it may have been before."""
    until = [action for action in item.chain.actions if action.happened_iso <= day.isoformat()]
    return Chain(until, item.chain.issued, day)


@dataclass(frozen=True)
class UsedSource:
    """A document, and the places in it that a dossier rests on."""

    document: str
    publisher: str
    published: str  # empty where the day is not known
    url: str
    places: list[str]


def sources_in(said: Any) -> list[UsedSource]:
    """Of every vindplaats in plain data, by title. One query."""
    places: dict[str, dict[str, None]] = {}
    for found in references_in(said):
        places.setdefault(found["slug"], {})[found["place"]] = None
    return [
        UsedSource(one.title, one.publisher, str(one.published or ""), one.url, list(places[one.slug]))
        for one in SourceDocument.objects.filter(slug__in=places).order_by("title")
    ]
