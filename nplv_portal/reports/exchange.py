"""The report about a municipality in other forms: each from the same read model as the page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.timezone import localdate

from nplv_portal.lib.tables import Cell, Sheet, exact
from nplv_portal.reports.municipality import MunicipalityReport
from recommendations.exchange import KNOWN

Columns = list[tuple[str, Callable[[Any], Cell]]]

FINDINGS: Columns = [
    ("Rol van de raad", lambda entry: entry[0].name),
    ("Aspect", lambda entry: entry[1].wording),
    ("Stand", lambda entry: entry[1].cell.label or "geen stand"),
    ("Kernzin", lambda entry: entry[1].cell.headline),
    ("Tekst", lambda entry: entry[1].cell.text),
    ("Eerder gevonden", lambda entry: entry[1].before.told if entry[1].before else ""),
    ("Erratum", lambda entry: entry[1].cell.erratum),
    ("Van wie", lambda entry: entry[1].cell.written_by),
    ("Vindplaats", lambda entry: "; ".join(source.full for source in entry[1].cell.sources)),
]
ADVICE: Columns = [
    ("Soort", lambda item: item.advice.kind),
    ("Aanbeveling", lambda item: item.advice.title),
    ("Kern", lambda item: item.advice.headline),
    ("Tekst", lambda item: item.advice.text),
    ("Gericht", lambda item: item.advice.addressee),
    *KNOWN,
    ("Vindplaats", lambda item: "; ".join(source.full for source in item.advice.sources)),
]
PROMISES: Columns = [
    ("Toezegging", lambda entry: entry[0].text),
    ("Van wie", lambda entry: entry[0].actor or "niet genoemd"),
    ("Gedaan op", lambda entry: entry[0].happened_iso or "niet bekend"),
    ("Uiterlijk", lambda entry: entry[0].due_on or "zonder termijn"),
    ("Bij de aanbeveling", lambda entry: entry[1].title if entry[1] else ""),
    ("Bewijs", lambda entry: entry[0].proof),
]
FACTS: Columns = [
    ("Focusgebied", lambda entry: entry[0]),
    ("Onderwerp", lambda entry: entry[1].name),
    ("Tekst", lambda entry: entry[2].text),
    ("Opmerking van de redactie", lambda entry: entry[2].remark),
    ("Vindplaats", lambda entry: entry[2].source.full),
]
FIGURES: Columns = [
    ("Tabel", lambda entry: entry[0].title),
    ("Groep", lambda entry: entry[1].group),
    ("Indicator", lambda entry: entry[1].name),
    ("Eenheid", lambda entry: entry[1].unit),
    ("Hoe gemeten", lambda entry: entry[1].definition),
    ("Peildatum", lambda entry: entry[1].measured),
    ("Gebied", lambda entry: entry[2].region),
    ("Waarde", lambda entry: "" if entry[2].number is None else exact(entry[2].number)),
    ("Zoals de bron het schrijft", lambda entry: entry[2].printed or "leeg in de bron"),
    ("Opmerking van de redactie", lambda entry: entry[1].remark),
    ("Vindplaats", lambda entry: entry[1].source.full),
]
AMOUNTS: Columns = [
    ("Bedrag", lambda entry: entry[1].name),
    ("Mag worden opgeteld", lambda entry: f"alleen met de andere delen van {entry[0]}" if entry[0] else "nee"),
    ("Euro", lambda entry: entry[1].euros),
    ("Zoals de bron het schrijft", lambda entry: entry[1].printed),
    ("Hoe vaak en wanneer", lambda entry: entry[1].often),
    ("Toelichting op de periode", lambda entry: entry[1].period_text),
    ("Voor welk gebied", lambda entry: entry[1].scope),
    ("Toelichting op het gebied", lambda entry: entry[1].scope_text),
    ("Soort geld", lambda entry: entry[1].kind or "niet genoemd"),
    ("Waarvoor", lambda entry: entry[1].text),
    ("Hoe vast het staat", lambda entry: entry[1].stage),
    ("Wie beslist", lambda entry: entry[1].decides),
    ("Wat de raad mag", lambda entry: entry[1].council_say),
    ("Opmerking van de redactie", lambda entry: entry[1].remark),
    ("Vindplaats", lambda entry: entry[1].source.full),
]
BUDGET: Columns = [
    ("Begrotingsprogramma", lambda row: row.programme),
    ("Kernthema", lambda row: row.key_theme),
    ("Thema van het programma", lambda row: row.theme),
    ("Onderdeel", lambda row: row.part),
    ("Opmerking van de redactie", lambda row: row.remark),
    ("Vindplaats", lambda row: row.source.full),
]
BODIES: Columns = [
    ("Focusgebied", lambda entry: entry[0]),
    ("Orgaan", lambda entry: entry[1].name),
    ("Wat het is en doet", lambda entry: entry[1].text),
    ("Lijnen", lambda entry: "; ".join(f"{line.words} {line.to}" for line in entry[1].relations)),
    ("Opmerking van de redactie", lambda entry: entry[1].remark),
    ("Vindplaats", lambda entry: entry[1].source.full),
]
SEATS: Columns = [
    ("Orgaan", lambda entry: entry[0]),
    ("Sector", lambda entry: entry[1].sector),
    ("Organisatie", lambda entry: entry[1].organisation),
    ("Functie", lambda entry: entry[1].function),
    ("Namens", lambda entry: entry[1].represents),
    ("Fte", lambda entry: "" if entry[1].fte is None else entry[1].fte),
    ("Stand van", lambda entry: entry[1].situation),
    ("Opmerking van de redactie", lambda entry: entry[1].remark),
    ("Vindplaats", lambda entry: entry[1].source.full),
]
GOALS: Columns = [
    ("Thema", lambda entry: entry[0].name),
    ("Soort", lambda entry: "KPI" if entry[1].kind == "kpi" else "doel"),
    ("Tekst", lambda entry: entry[1].text),
    ("Projecten", lambda entry: "; ".join(entry[1].projects)),
    ("Partners", lambda entry: "; ".join(entry[1].partners)),
    ("Opmerking van de redactie", lambda entry: entry[1].remark),
    ("Vindplaats", lambda entry: entry[1].source.full),
]
EVENTS: Columns = [
    ("Datum", lambda event: event.happened_iso),
    ("Wanneer", lambda event: event.when),
    ("Soort", lambda event: event.kind_name),
    ("Van wie", lambda event: event.actor),
    ("Hoe", lambda event: event.channel),
    ("Wat", lambda event: event.title),
    ("Toelichting", lambda event: event.text),
    ("Beantwoord door", lambda event: "; ".join(f"{a.when}: {a.title}" for a in event.answered_by)),
    ("Opmerking van de redactie", lambda event: event.remark),
    ("Vindplaats", lambda event: event.source.full),
]
PRACTICES: Columns = [
    ("Voorbeeld", lambda practice: practice.title),
    ("Tekst", lambda practice: practice.text or "de bronnen noemen alleen de titel"),
    ("Overgenomen door", lambda practice: "\n".join(item.in_full for item in practice.standing)),
    ("Vindplaats", lambda practice: "; ".join(source.full for source in practice.sources)),
]
REUSES: Columns = [
    ("Overgenomen voorbeeld", lambda item: item.title),
    ("Van", lambda item: item.theirs_name),
    ("Sinds", lambda item: item.since_iso),
    ("Wat de gemeente ervan maakte", lambda item: item.text),
    ("Voor het aspect", lambda item: item.aspect_title),
    ("Bij de aanbeveling", lambda item: item.recommendation_title),
    ("Bewijs", lambda item: item.proof),
    ("Eerder stond hier", lambda item: "\n".join(item.earlier)),
    ("Vervallen", lambda item: "" if item.stands else f"{item.retracted_on}: {item.reason}"),
]
DIFFERENCES: Columns = [
    ("Onderwerp", lambda entry: entry[0].subject),
    ("Wat de bron zegt", lambda entry: entry[1].text),
    ("Vindplaats", lambda entry: entry[1].source.full),
    ("Wat het portaal doet", lambda entry: entry[0].note),
]
QUESTIONS: Columns = [
    ("Soort", lambda question: question.kind),
    ("Vraag", lambda question: question.text),
    ("Antwoord", lambda question: question.answer or "geen antwoord in de bron"),
    ("Vindplaats", lambda question: question.source.full),
]


def tables(report: MunicipalityReport) -> list[tuple[str, Columns, list[Any]]]:
    """(title, columns, entries) of every table that has entries, in the order of the sections."""
    facts = [
        (area, topic, said)
        for section in report.sections
        for area, topics in report.part(section.slug).facts
        for topic in topics
        for said in topic.statements
    ]
    differences = [d for section in report.sections for d in report.part(section.slug).differences]
    boxes = [(organisation.area, box) for organisation in report.organisations for box in organisation.bodies]
    wholes = [("", amount) for amount in report.amounts]
    found: list[tuple[str, Columns, list[Any]]] = [
        (
            "Bevindingen",
            FINDINGS,
            [(role, line) for a in report.areas if a.latest for role in a.latest.roles for line in role.lines],
        ),
        ("Aanbevelingen", ADVICE, report.follow_ups),
        ("Toezeggingen", PROMISES, report.promises),
        ("Doelen", GOALS, [(theme, goal) for theme in report.themes for goal in [*theme.goals, *theme.kpis]]),
        (
            "Cijfers",
            FIGURES,
            [(table, row, value) for table in report.figure_sets for row in table.rows for value in row.values],
        ),
        ("Bedragen", AMOUNTS, [*wholes, *[(whole.name, part) for _, whole in wholes for part in whole.parts]]),
        ("Plaats in de begroting", BUDGET, [row for programme in report.budget for row in programme.rows]),
        ("Organen", BODIES, boxes),
        ("Zetels en functies", SEATS, [(box.name, seat) for _, box in boxes for seat in box.seats]),
        ("Tijdlijn", EVENTS, report.timeline.events),
        ("Goede voorbeelden", PRACTICES, report.practices),
        ("Overgenomen voorbeelden", REUSES, report.reuses),
        ("Vragen van het onderzoek", QUESTIONS, report.questions),
        ("Wat bronnen zeggen", FACTS, facts),
        ("Bronnen die verschillen", DIFFERENCES, [(d, claim) for d in differences for claim in d.claims]),
    ]
    return [table for table in found if table[2]]


def sheet_of(report: MunicipalityReport) -> Sheet | None:
    """A tab for every table; None where these sections have none."""
    sheets = [sheet_from(*table) for table in tables(report)]
    if not sheets:
        return None
    address = settings.PORTAL_URL + reverse("municipality", args=[report.slug]) + report.moment.pinned.query
    notes = [
        f"{report.name} in het Nationaal Programma Leefbaarheid en Veiligheid",
        f"Opgehaald op de stand van {report.moment.text}.",
        f"Deze gegevens staan op {address}",
        "Bedragen met een ander gebied of een andere periode mogen niet bij elkaar worden opgeteld.",
        "Cijfers uit verschillende tabellen zijn anders gemeten en horen niet in één reeks.",
    ]
    first, *more = sheets
    return Sheet(first.title, first.headings, first.rows, notes, tuple(more))


def sheet_from(title: str, columns: Columns, entries: Sequence[Any]) -> Sheet:
    rows = [[getter(entry) for _, getter in columns] for entry in entries]
    return Sheet(title, [heading for heading, _ in columns], rows, [])


def as_json(report: MunicipalityReport) -> dict[str, Any]:
    """The tables by name, each row with the headings as keys: what the spreadsheet holds."""
    return {
        "gemeente": report.name,
        "cbs_code": report.cbs_code,
        "focusgebieden": [area.name for area in report.areas],
        "op": localdate(report.moment.at).isoformat(),
        "tabellen": {
            title: [{heading: plain(getter(entry)) for heading, getter in columns} for entry in entries]
            for title, columns, entries in tables(report)
        },
    }


def plain(cell: Cell) -> str | float:
    return cell if isinstance(cell, str) else int(cell) if cell == int(cell) else float(cell)
