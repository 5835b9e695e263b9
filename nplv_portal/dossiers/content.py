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
from nplv_portal.lib.documents import Block, Bullets, Document, Heading, Paragraph, Run, Table, Text
from nplv_portal.lib.dutch import capitalised
from nplv_portal.lib.moments import Moment
from nplv_portal.lib.tables import Sheet
from nplv_portal.reports.exchange import Columns, plain, sheet_from
from nplv_portal.reports.municipality import references_in
from nplv_portal.sources.citations import Reference
from recommendations.chain import Chain
from recommendations.follow_up import FollowUp
from recommendations.published import Action

Tables = Sequence[tuple[str, Columns, Sequence[Any]]]  # title, columns and entries, as in the report of a municipality


@dataclass(frozen=True)
class Content:
    template: str  # of the PDF
    context: dict[str, Any]
    said: Sequence[tuple[str, Any]]  # (heading, plain data): all that it says, but for the day (sources/copies.py)
    data: dict[str, Any]  # as JSON
    sheet: Sheet
    blocks: tuple[Block, ...] = ()  # of what a griffie edits further


def path_of(edition: Edition) -> str:
    return f"{reverse('dossier', args=[edition.dossier_id])}?versie={edition.number}"


def address_of(edition: Edition) -> str:
    """For good: of the dossier, with this version opened."""
    return settings.PORTAL_URL + path_of(edition)


def described(edition: Edition, moment: Moment) -> dict[str, Any]:
    return {
        "soort": edition.dossier.get_kind_display(),
        "titel": edition.title,
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


def document_of(edition: Edition, moment: Moment, content: Content) -> Document:
    """To be edited further."""
    fiction = "Verzonnen gegevens, om mee te oefenen. " if settings.FICTIONAL_DATA else ""
    notice: Text = (
        f"{fiction}Samengesteld met het Raadsportaal NPLV, zoals te lezen op {moment.text}. ",
        "U kunt deze tekst aanpassen; het origineel staat op ",
        Run(address_of(edition), link=address_of(edition)),
        ".",
    )
    return Document(
        edition.title,
        (Paragraph(notice, "notice"), *content.blocks),
        subtitle=f"{edition.dossier} · stand van {moment.text}",
        subject=edition.dossier.get_kind_display(),
        mark="Verzonnen gegevens" if settings.FICTIONAL_DATA else "",
        imprint=f"Raadsportaal NPLV, stand van {moment.text}, versie {edition.number}",
    )


# What several kinds say in the same way


def chain_as_of(item: FollowUp, day: date) -> Chain:
    """What is known now of how it stood at the end of that day. What has no date counts: it may have been before."""
    until = [action for action in item.chain.actions if action.happened_iso <= day.isoformat()]
    return Chain(until, item.chain.issued, day)


def cited(source: Reference) -> str:
    return f"{capitalised(source.kind)}, {source.place}"


def source_line(sources: Sequence[Reference]) -> list[Block]:
    return [Paragraph("Bron: " + "; ".join(cited(source) for source in sources), "source")] if sources else []


def action_line(action: Action) -> Text:
    head = f"{action.heading}. " if action.heading else ""
    due = f"Tot en met {action.due}: " if action.step == "extension" else ""
    proof = f" ({action.proof})" if action.proof else ""
    return (Run(head, is_bold=True), f"{due}{action.text}{proof}") if head else f"{due}{action.text}{proof}"


def chain_blocks(chain: Chain) -> list[Block]:
    """The line of one recommendation, and what was said at each of its steps."""
    term = chain.deadline_text or chain.no_deadline
    blocks: list[Block] = [
        Table(
            "Van aanbeveling tot vastgesteld",
            tuple(station.name for station in chain.stations),
            (tuple(station.what or station.unknown for station in chain.stations),),
        ),
        Paragraph((Run("Stand: ", is_bold=True), f"{chain.told}. ", Run("Termijn: ", is_bold=True), f"{term}.")),
    ]
    for name, actions in steps_of(chain):
        blocks += [Paragraph((Run(name, is_bold=True),)), Bullets(tuple(action_line(action) for action in actions))]
    return blocks


def steps_of(chain: Chain) -> list[tuple[str, list[Action]]]:
    """As the page of a recommendation orders them, as far as anything is known."""
    found: list[tuple[str, Sequence[Action | None]]] = [
        ("Standpunt van het college", [chain.position]),
        ("Nawoord van de rekenkamer", [chain.afterword]),
        ("Besluit van de raad", [chain.decision]),
        ("Termijn verlengd", chain.extensions),
        ("Op de agenda", chain.agenda),
        ("Gemeld door de gemeente", chain.said),
        ("Vastgesteld door de rekenkamer", chain.found),
    ]
    return [(name, kept) for name, actions in found if (kept := [action for action in actions if action])]


def advice_blocks(item: FollowUp, level: int = 2) -> list[Block]:
    advice = item.advice
    points: list[Text] = [
        point.text + (f" Bijvoorbeeld: {'; '.join(point.parts)}" if point.parts else "") for point in advice.points
    ]
    return [
        Heading(advice.title, level),
        Paragraph((Run(f"{advice.headline}. ", is_bold=True), f"({capitalised(advice.kind)}, {advice.addressee})")),
        Paragraph(advice.text),
        *([Bullets(tuple(points))] if points else []),
        *source_line(advice.sources),
        *chain_blocks(item.chain),
    ]


def promise_blocks(promises: Sequence[tuple[Action, Any]]) -> list[Block]:
    if not promises:
        return [Paragraph("Er zijn geen toezeggingen bekend.")]
    rows: list[tuple[Text, ...]] = [
        (
            capitalised(action.promised_by),
            f"{action.text}{f' ({action.happened})' if action.happened else ''}",
            advice.title if advice else "zonder aanbeveling",
        )
        for action, advice in promises
    ]
    return [Table("Toezeggingen", ("Wanneer", "Wat is toegezegd", "Bij"), tuple(rows), (3, 6, 3))]


def sources_in(said: Any) -> dict[str, list[str]]:
    """Document → the places in it, of plain data."""
    places: dict[str, dict[str, None]] = {}
    for found in references_in(said):
        places.setdefault(found["document"], {})[found["place"]] = None
    return {document: list(found) for document, found in sorted(places.items())}


def source_blocks(sources: dict[str, list[str]]) -> list[Block]:
    return [
        Bullets(tuple((Run(document, is_bold=True), f": {'; '.join(places)}") for document, places in sources.items()))
    ]
