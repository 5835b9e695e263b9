"""The vergaderpakket: all that one item on the agenda of the council needs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from findings.matrix import Authors
from nplv_portal.dossiers.content import Content, UsedSource, as_data, as_sheet, sources_in
from nplv_portal.dossiers.models import Edition
from nplv_portal.drafts.facts import AdviceFacts, FindingFacts
from nplv_portal.drafts.finding import finding_words
from nplv_portal.drafts.pieces import Words, practice_address
from nplv_portal.drafts.recommendation import advice_words
from nplv_portal.lib import dutch
from nplv_portal.lib.documents import plain
from nplv_portal.lib.moments import Moment
from nplv_portal.reports.exchange import ADVICE, Columns
from nplv_portal.reports.municipality import MunicipalityReport
from recommendations.follow_up import FollowUp
from recommendations.matrix import Column, columns_of
from recommendations.published import Practice

ADVICE_KEY, FINDING_KEY = "aanbeveling-", "bevinding-"
FOR_AGENDA = (
    "De raad van {place} bespreekt {topics}, uit het onderzoek van de rekenkamer naar de rol van de raad in het "
    "Nationaal Programma Leefbaarheid en Veiligheid."
)


@dataclass(frozen=True)
class Subject:
    """A recommendation or a finding, and what may be asked about it."""

    key: str
    words: Words
    item: FollowUp | None = None
    finding: FindingFacts | None = None

    @property
    def title(self) -> str:
        if self.item:
            return self.item.advice.title
        return self.finding.title if self.finding else ""

    @property
    def kind(self) -> str:
        if self.item:
            return f"Aanbeveling, {self.item.advice.kind}"
        return f"Bevinding over {self.finding.area}" if self.finding else ""

    @property
    def gist(self) -> str:
        """In one sentence, for the agenda."""
        if self.item:
            advice, chain = self.item.advice, self.item.chain
            return f"{advice.headline} (aanbeveling van {advice.issued}; stand: {chain.told})."
        if self.finding:
            cell, stand = self.finding.cell, self.finding.cell.label or "geen stand"
            said = cell.headline or "De rekenkamer noemt hierover geen bevinding"
            return f"{said} (bevinding van {self.finding.office}, {self.finding.round}; stand: {stand})."
        return ""

    @property
    def deadline(self) -> str:
        if not self.item:
            return ""
        return self.item.chain.deadline_text or self.item.chain.no_deadline

    @property
    def asked(self) -> list[str]:
        """The same as in a draft of written questions."""
        return [plain(question) for question in self.words.questions]

    @property
    def examples(self) -> list[tuple[Practice, str]]:
        """Which the questions name, each with its address."""
        return (
            [(one, practice_address(one.slug, self.words.moment)) for one in self.finding.practices]
            if self.finding
            else []
        )

    @property
    def points(self) -> list[str]:
        """For the council to discuss."""
        return [plain(point) for point in self.words.points]


@dataclass(frozen=True)
class Meeting:
    place: str
    subjects: list[Subject]
    sources: list[UsedSource]
    when: str = ""  # "commissie Samenleving, 8 december 2026", as the clerk wrote it

    @classmethod
    def of(cls, slug: str, keys: list[str], moment: Moment, when: str = "") -> Meeting:
        """In the order of the page; what was not public at the moment is left out."""
        report = MunicipalityReport.of(slug, moment, {"raad", "aanbevelingen"})
        columns = columns_of([item.advice for item in report.follow_ups])
        chosen = set(keys)
        found = [*advice_subjects(report, columns, chosen), *finding_subjects(report, chosen)]
        return cls(report.name, found, sources_in([said_of(subject) for subject in found]), when)

    @property
    def authors(self) -> Authors:
        return Authors.of(subject.finding.cell for subject in self.subjects if subject.finding)

    @property
    def topics(self) -> str:
        return dutch.listed([f"“{subject.title}”" for subject in self.subjects])

    @property
    def treatment(self) -> str:
        """Where it is the same for all of them."""
        kinds = {subject.words.treatment for subject in self.subjects}
        return f" {kinds.pop()}" if len(kinds) == 1 else ""

    @property
    def agenda(self) -> list[str]:
        """The text for the agenda, before the list of what it is about."""
        if not self.subjects:
            return []
        count = len(self.subjects)
        about = "dit onderwerp" if count == 1 else f"deze {dutch.number(count)} onderwerpen"
        return [
            *([f"Vergadering: {self.when}."] if self.when else []),
            FOR_AGENDA.format(place=self.place, topics=self.topics),
            f"Voorgesteld wordt om {about}{self.treatment} te behandelen, aan de hand van de punten hieronder.",
        ]


def advice_subjects(report: MunicipalityReport, columns: tuple[Column, ...], chosen: set[str]) -> Iterator[Subject]:
    for item in report.follow_ups:
        key = f"{ADVICE_KEY}{item.advice.slug}"
        facts = AdviceFacts.of(item.advice, report.slug, columns, report.moment) if key in chosen else None
        if facts:
            yield Subject(key, advice_words(facts), item=item)


def finding_subjects(report: MunicipalityReport, chosen: set[str]) -> Iterator[Subject]:
    for area in report.areas:
        for round_ in area.rounds:
            for cell in round_.cells:
                key = f"{FINDING_KEY}{cell.slug}"
                facts = FindingFacts.of(cell.slug, report.moment) if cell.slug and key in chosen else None
                if facts:
                    yield Subject(key, finding_words(facts), finding=facts)


def subjects_for(slug: str, moment: Moment) -> list[tuple[str, list[tuple[str, str]]]]:
    """What one may choose, as key and name below the name of their kind: the recommendations, and what the last round
    found.
    """
    report = MunicipalityReport.of(slug, moment, {"raad", "aanbevelingen"})
    advice = [
        (f"{ADVICE_KEY}{item.advice.slug}", f"{item.advice.title} ({item.chain.told})") for item in report.follow_ups
    ]
    groups = [("Aanbevelingen", advice)]
    for area in report.areas:
        lines = [line for role in area.latest.roles for line in role.lines] if area.latest else []
        found = [(f"{FINDING_KEY}{line.cell.slug}", line.title) for line in lines if line.cell.is_finding]
        groups.append((f"Bevindingen over {area.name}", found))
    return [(name, choices) for name, choices in groups if choices]


SUBJECTS: Columns = [
    ("Soort", lambda subject: subject.kind),
    ("Onderwerp", lambda subject: subject.title),
    ("Kern", lambda subject: subject.gist),
    ("Termijn", lambda subject: subject.deadline),
]
FOUND: Columns = [
    ("Rol van de raad", lambda subject: subject.finding.role),
    ("Aspect", lambda subject: subject.finding.title),
    ("Focusgebied", lambda subject: subject.finding.area),
    ("Ronde", lambda subject: subject.finding.round),
    ("Stand", lambda subject: subject.finding.cell.label or "geen stand"),
    ("Kernzin", lambda subject: subject.finding.cell.headline),
    ("Tekst", lambda subject: subject.finding.cell.text),
    ("Vindplaats", lambda subject: "; ".join(source.full for source in subject.finding.cell.sources)),
]
QUESTION: Columns = [
    ("Onderwerp", lambda entry: entry[0].title),
    ("Vraag", lambda entry: entry[1]),
]


def content_of(edition: Edition, moment: Moment) -> Content:
    meeting = Meeting.of(edition.dossier.municipality.slug, edition.items, moment, edition.meeting)
    chosen = set(edition.sections)
    asked = [(subject, question) for subject in meeting.subjects for question in subject.asked]
    tables: list[tuple[str, Columns, list[Any]]] = [
        ("Onderwerpen", SUBJECTS, meeting.subjects),
        ("Aanbevelingen", ADVICE, [subject.item for subject in meeting.subjects if subject.item]),
        ("Bevindingen", FOUND, [subject for subject in meeting.subjects if subject.finding]),
        ("Vragen", QUESTION, asked if "vragen" in chosen else []),
    ]
    kept = [table for table in tables if table[2]] or tables[:1]
    return Content(
        "pdf/dossier/meeting.html",
        {"meeting": meeting, "authors": meeting.authors},
        [
            ("Onderdelen", [sorted(chosen), meeting.when] if meeting.when else sorted(chosen)),
            *[(subject.title, [subject.gist, *subject.asked, said_of(subject)]) for subject in meeting.subjects],
        ],
        as_data(edition, moment, kept),
        as_sheet(edition, moment, kept),
    )


def said_of(subject: Subject) -> Any:
    if subject.item:
        return subject.item.content
    return [asdict(subject.finding.cell), [asdict(one) for one, _ in subject.examples]] if subject.finding else None
