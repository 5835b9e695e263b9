"""The overdrachtsdossier: for a council that was just elected, all that the council before it knew."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from functools import cached_property

from findings.matrix import Cell
from findings.models import AuditRound, RoundAspect
from focusareas.models import CouncilTerm
from nplv_portal.dossiers.content import Content, UsedSource, as_data, as_sheet, sources_in
from nplv_portal.dossiers.models import Edition
from nplv_portal.lib import dutch
from nplv_portal.lib.moments import Moment
from nplv_portal.reports.council import ReportLine, RoundReport
from nplv_portal.reports.exchange import ADVICE, FINDINGS, PROMISES, Columns
from nplv_portal.reports.municipality import AreaReport, MunicipalityReport
from recommendations.follow_up import FollowUp, Group
from recommendations.models import Step
from recommendations.published import Action

WHAT_IT_IS = (
    "{name} doet mee aan het Nationaal Programma Leefbaarheid en Veiligheid (NPLV), met {areas}. Het programma duurt "
    "vijftien tot vijfentwintig jaar: langer dan een raadsperiode. Daarom is het belangrijk dat een nieuwe raad weet "
    "wat de vorige afsprak."
)
WHAT_IS_EXAMINED = (
    "Rekenkamers onderzoeken samen, ronde na ronde, of de raad zijn rol kan vervullen: kaders stellen, controleren, "
    "over het geld beslissen en de inwoners vertegenwoordigen."
)
HOW_TO_READ = (
    "Neemt een raad een aanbeveling over, dan loopt vanaf die dag een termijn van een jaar. Wat de gemeente meldt en "
    "wat de rekenkamer vaststelde, staan apart. Een stand is een zoekhulp, geen oordeel."
)
DECIDING = (Step.POSITION, Step.DECISION, Step.EXTENSION, Step.ESTABLISHED, Step.CLOSED)


@dataclass(frozen=True)
class Passage:
    """One aspect in one area in one round, and the council that sat then."""

    round: str
    years: str
    terms: str
    cell: Cell
    not_comparable: str


@dataclass(frozen=True)
class Lifeline:
    area: str
    role: str
    aspect: str
    title: str
    passages: list[Passage]  # the first round first


@dataclass(frozen=True)
class Decision:
    item: FollowUp
    action: Action


@dataclass(frozen=True)
class Handover:
    report: MunicipalityReport
    round: str  # slug of the round whose state is told; empty: the last of each area
    lifelines: list[Lifeline]

    @classmethod
    def of(cls, slug: str, moment: Moment, round_slug: str = "") -> Handover:
        report = MunicipalityReport.of(slug, moment, {"raad", "aanbevelingen", "programma"})
        terms = list(CouncilTerm.objects.all())
        rounds = {round_.slug: round_ for round_ in AuditRound.objects.all()}
        notes = {
            (slug_, aspect): note
            for slug_, aspect, note in RoundAspect.objects.values_list("round__slug", "aspect__slug", "comparable_note")
        }

        def passage(found: RoundReport, line: ReportLine) -> Passage:
            years = rounds[found.slug]
            sat = [str(t) for t in terms if t.first_year <= years.last_year and t.last_year >= years.first_year]
            return Passage(
                found.name,
                f"{years.first_year}-{years.last_year}",
                dutch.listed(sorted(sat)),
                line.cell,
                notes.get((found.slug, line.aspect), ""),
            )

        lifelines = [
            Lifeline(area.name, role, aspect, title, [passage(*where) for where in places])
            for area in report.areas
            for (aspect, role, title), places in by_aspect(area).items()
        ]
        return cls(report, round_slug, lifelines)

    @property
    def passages(self) -> list[tuple[Lifeline, Passage]]:
        return [(line, passage) for line in self.lifelines for passage in line.passages]

    def told_in(self, area: AreaReport) -> RoundReport | None:
        """The round that was asked for, else the last that published something here."""
        return next((r for r in area.rounds if r.slug == self.round), None) if self.round else area.latest

    @cached_property
    def told(self) -> list[tuple[AreaReport, RoundReport]]:
        return [(area, found) for area in self.report.areas if (found := self.told_in(area))]

    @property
    def states(self) -> str:
        """ "Van de dertien aspecten: 6 geregeld, 4 zonder stand, 2 in ontwikkeling en 1 niet geregeld." """
        labels = Counter(cell.label or "zonder stand" for _, found in self.told for cell in found.cells)
        told = dutch.listed([f"{count} {label}" for label, count in labels.most_common()])
        return f"Van de {labels.total()} onderzochte aspecten: {told}." if labels else ""

    @property
    def sources(self) -> list[UsedSource]:
        """What stands behind the roles and the recommendations told here."""
        return sources_in(
            [[asdict(found) for _, found in self.told], [item.content for item in self.report.follow_ups]]
        )

    @property
    def open(self) -> list[Group]:
        """What a new council still has to do with, and what it may see as done."""
        return [group for group in self.report.groups if group.items]

    @property
    def decisions(self) -> list[Decision]:
        """Who decided what, in the order in which it happened; first what has no date."""
        found = [Decision(item, action) for item in self.report.follow_ups for action in item.chain.all(*DECIDING)]
        return sorted(found, key=lambda one: (one.action.happened_iso, one.action.id))

    @property
    def examined(self) -> str:
        """ "Startonderzoek 2023-2025 (Rekenkamer Heerlen)"."""
        return dutch.listed([f"{found.name} ({found.office})" for _, found in self.told])

    @property
    def introduction(self) -> list[str]:
        report = self.report
        name, count = report.name, len(report.follow_ups)
        past, promised = len(report.past_due), len(report.promises)
        advised = (
            f"Voor deze raad: {dutch.counted(count, 'aanbeveling', 'aanbevelingen')}, waarvan "
            f"{dutch.number(len(report.local))} alleen voor {name}."
        )
        promises = f"Bekend: {dutch.counted(promised, 'toezegging', 'toezeggingen')}."
        examined = f" Dit dossier gebruikt: {self.examined}." if self.told else ""
        return [
            text
            for text in (
                WHAT_IT_IS.format(name=name, areas=report.area_names),
                f"Wat het programma hier wil: {report.introduction}" if "goal" in report.facts else "",
                WHAT_IS_EXAMINED + examined,
                self.states,
                " ".join(
                    [advised, f"Bij {dutch.number(past) if past else 'geen ervan'} is de termijn verstreken.", promises]
                ),
                HOW_TO_READ,
            )
            if text
        ]


def by_aspect(area: AreaReport) -> dict[tuple[str, str, str], list[tuple[RoundReport, ReportLine]]]:
    """(aspect, role, title as the last round calls it) → its place in each round, the first round first."""
    titles: dict[str, tuple[str, str, str]] = {}
    found: dict[tuple[str, str, str], list[tuple[RoundReport, ReportLine]]] = {}
    for round_ in area.rounds:  # the latest first
        for role in round_.roles:
            for line in role.lines:
                key = titles.setdefault(line.aspect, (line.aspect, role.name, line.title))
                found.setdefault(key, []).insert(0, (round_, line))
    return found


FINDINGS_BY_AREA: Columns = [
    ("Focusgebied", lambda entry: entry[0].name),
    ("Ronde", lambda entry: entry[1].name),
    *[(heading, lambda entry, getter=getter: getter(entry[2:])) for heading, getter in FINDINGS],
]
DECISIONS: Columns = [
    ("Wanneer", lambda one: one.action.happened_iso or "niet bekend"),
    ("Wie", lambda one: one.action.actor or "niet genoemd"),
    ("Wat", lambda one: one.action.step_text),
    ("Aanbeveling", lambda one: one.item.advice.title),
    ("Tekst", lambda one: one.action.text),
    ("Bewijs", lambda one: one.action.proof),
]
HISTORY: Columns = [
    ("Focusgebied", lambda entry: entry[0].area),
    ("Rol van de raad", lambda entry: entry[0].role),
    ("Aspect", lambda entry: entry[0].title),
    ("Ronde", lambda entry: entry[1].round),
    ("Jaren", lambda entry: entry[1].years),
    ("Raadsperiode", lambda entry: entry[1].terms),
    ("Stand", lambda entry: entry[1].cell.label or "geen stand"),
    ("Kernzin", lambda entry: entry[1].cell.headline),
    ("Niet vergelijkbaar", lambda entry: entry[1].not_comparable),
]


def content_of(edition: Edition, moment: Moment) -> Content:
    handover = Handover.of(edition.dossier.municipality.slug, moment, edition.round.slug if edition.round else "")
    chosen = set(edition.sections)
    report = handover.report
    tables = [
        table
        for slug, table in (
            (
                "rollen",
                (
                    "Bevindingen",
                    FINDINGS_BY_AREA,
                    [(a, f, role, line) for a, f in handover.told for role in f.roles for line in role.lines],
                ),
            ),
            ("aanbevelingen", ("Aanbevelingen", ADVICE, report.follow_ups)),
            ("besluiten", ("Besluiten", DECISIONS, handover.decisions)),
            ("toezeggingen", ("Toezeggingen", PROMISES, report.promises)),
            (
                "levenslijn",
                ("Levenslijn", HISTORY, [(line, one) for line in handover.lifelines for one in line.passages]),
            ),
        )
        if slug in chosen
    ]
    tables = tables or [("Aanbevelingen", ADVICE, report.follow_ups)]
    sources = handover.sources
    return Content(
        "pdf/dossier/handover.html",
        {"handover": handover, "report": report, "authors": report.authors, "sources": sources},
        [("Onderdelen", [sorted(chosen), handover.round]), *report.content],
        as_data(edition, moment, tables),
        as_sheet(edition, moment, tables),
    )
