"""The vergaderpakket: all that one item on the agenda of the council needs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from findings.matrix import Authors
from nplv_portal.dossiers.content import (
    Content,
    advice_blocks,
    as_data,
    as_sheet,
    source_blocks,
    source_line,
    sources_in,
)
from nplv_portal.dossiers.models import Edition
from nplv_portal.drafts.facts import AdviceFacts, FindingFacts
from nplv_portal.drafts.finding import finding_words
from nplv_portal.drafts.pieces import Words
from nplv_portal.drafts.recommendation import advice_words
from nplv_portal.lib import dutch
from nplv_portal.lib.documents import Block, Bullets, Heading, Paragraph, Run, Text, plain
from nplv_portal.lib.moments import Moment
from nplv_portal.reports.exchange import ADVICE, Columns
from nplv_portal.reports.municipality import MunicipalityReport
from recommendations.follow_up import FollowUp
from recommendations.matrix import Column, columns_of

ADVICE_KEY, FINDING_KEY = "aanbeveling-", "bevinding-"
QUESTIONS = 3
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
    def questions(self) -> list[Text]:
        return self.words.questions[:QUESTIONS]

    @property
    def asked(self) -> list[str]:
        return [plain(question) for question in self.questions]

    @property
    def points(self) -> list[str]:
        """For the council to discuss."""
        return [plain(point) for point in self.words.points]


@dataclass(frozen=True)
class Meeting:
    place: str
    subjects: list[Subject]
    sources: dict[str, list[str]]

    @classmethod
    def of(cls, slug: str, keys: list[str], moment: Moment) -> Meeting:
        """In the order of the page; what was not public at the moment is left out."""
        report = MunicipalityReport.of(slug, moment, {"raad", "aanbevelingen"})
        columns = columns_of([item.advice for item in report.follow_ups])
        chosen = set(keys)
        found = [*advice_subjects(report, columns, chosen), *finding_subjects(report, chosen)]
        return cls(report.name, found, sources_in([said_of(subject) for subject in found]))

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


def subjects_for(slug: str, moment: Moment) -> list[tuple[str, str]]:
    """What one may choose, as key and name: the recommendations, and what the last round found."""
    report = MunicipalityReport.of(slug, moment, {"raad", "aanbevelingen"})
    found = [
        (f"{ADVICE_KEY}{item.advice.slug}", f"Aanbeveling: {item.advice.title} ({item.chain.told})")
        for item in report.follow_ups
    ]
    for area in report.areas:
        for role in area.latest.roles if area.latest else ():
            found += [
                (f"{FINDING_KEY}{line.cell.slug}", f"Bevinding over {area.name}: {line.title}")
                for line in role.lines
                if line.cell.is_finding
            ]
    return found


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
    meeting = Meeting.of(edition.dossier.municipality.slug, edition.items, moment)
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
            ("Onderdelen", sorted(chosen)),
            *[(subject.title, [subject.gist, *subject.asked, said_of(subject)]) for subject in meeting.subjects],
        ],
        as_data(edition, moment, kept),
        as_sheet(edition, moment, kept),
        tuple(blocks_of(meeting, chosen)),
    )


def said_of(subject: Subject) -> Any:
    return subject.item.content if subject.item else asdict(subject.finding.cell) if subject.finding else None


def blocks_of(meeting: Meeting, chosen: set[str]) -> list[Block]:
    if not meeting.subjects:
        return [Paragraph("Op deze dag was van deze keuze nog niets gepubliceerd.")]
    blocks: list[Block] = []
    if "agenda" in chosen:
        blocks += [Heading("Voor de agenda"), *map(Paragraph, meeting.agenda)]
        for subject in meeting.subjects:
            blocks += [
                Paragraph((Run(f"{subject.title}. ", is_bold=True), subject.gist)),
                *([] if meeting.treatment else [Paragraph(f"Soort behandeling: {subject.words.treatment}.")]),
                Bullets(tuple(subject.words.points), is_numbered=True),
            ]
    if "inhoud" in chosen:
        blocks.append(Heading("Waar het over gaat"))
        for subject in meeting.subjects:
            blocks += advice_blocks(subject.item) if subject.item else finding_blocks(subject)
    if "vragen" in chosen:
        blocks.append(Heading("Vragen die de raad kan stellen"))
        for subject in meeting.subjects:
            blocks += [Heading(subject.title, 2), Bullets(tuple(subject.questions), is_numbered=True)]
    if "bronnen" in chosen:
        blocks += [Heading("Bronnen"), *source_blocks(meeting.sources)]
    return blocks


def finding_blocks(subject: Subject) -> list[Block]:
    found = subject.finding
    if found is None:
        return []
    cell = found.cell
    blocks: list[Block] = [
        Heading(found.title, 2),
        Paragraph((Run(f"{found.role}. ", is_bold=True), f"{found.question} ({found.round}, {found.office})")),
        Paragraph((Run("Stand: ", is_bold=True), f"{cell.label or 'geen stand'}.")),
    ]
    if cell.is_finding:
        blocks += [Paragraph((Run(f"{cell.headline}. ", is_bold=True), cell.text)), *source_line(cell.sources)]
    if cell.remark:
        blocks.append(Paragraph((Run("Let op: ", is_bold=True), cell.remark)))
    return blocks
