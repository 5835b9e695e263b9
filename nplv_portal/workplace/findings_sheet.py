"""The findings of one area in one round, as a sheet to fill in: what is there now, in the columns of the import."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from findings.models import AuditRound, Finding, FindingVersion, RoundAspect
from focusareas.models import FocusArea
from nplv_portal.lib.tables import Sheet
from nplv_portal.lib.versions import PREPARED, Stage
from nplv_portal.sources.models import Document
from nplv_portal.workplace.kinds import BY_SLUG

KIND = BY_SLUG["bevindingen"]
KEY, ROUND, AREA = "Aspectsleutel", "Ronde", "Focusgebied"
STATE, ABSENCE, SOURCES, ERRATUM = "Stand", "Waarom leeg", "Vindplaatsen", "Erratum"

# Column → field of the version. What else there is to say about a version: its vindplaatsen and its erratum.
FIELDS = {
    "Kernzin": "headline",
    "Tekst": "text",
    STATE: "state",
    "Waarop de stand rust": "state_reason",
    ABSENCE: "absence",
    "Opmerking": "remark",
}
CONTENT = (*FIELDS, SOURCES, ERRATUM)
NOTES = [
    "Vul in of verbeter, en stuur het terug op ‘Bevindingen in een rekenblad’. U ziet eerst wat er verandert.",
    f"Het portaal neemt over: {', '.join(CONTENT)}. De andere kolommen zeggen bij welke cel een rij hoort.",
    "Stand: geregeld, in ontwikkeling, niet geregeld, of leeg. Bij een stand hoort waarop hij rust.",
    "Waarom leeg: geen informatie, of niet onderzocht in deze ronde; dan blijven Kernzin en Tekst leeg.",
    "Vindplaatsen: op elke regel één, als sleutel | plaats. De sleutels staan op het tabblad Documenten.",
    "Erratum: wat er verbeterd is, als er al een tekst openbaar is.",
    "Een rij die u weghaalt, verandert niets. Een ' vooraan houdt het rekenblad af van een formule; laat hem staan.",
]


@dataclass(frozen=True)
class Cell:
    """One cell of the matrix as its office has it: the draft, and else what was published last."""

    entry: RoundAspect
    area: FocusArea
    record: Finding | None = None
    draft: FindingVersion | None = None
    latest: FindingVersion | None = None  # ever released, also when it was withdrawn since

    @property
    def shown(self) -> FindingVersion | None:
        is_gone = self.latest is None or self.latest.stage == Stage.WITHDRAWN
        return self.draft or (None if is_gone else self.latest)

    @property
    def mark(self) -> str:
        """What someone saw: it differs as soon as anything about this cell does."""
        version = self.draft or self.latest
        return f"{self.entry.aspect.slug} {version.pk} {version.edition}" if version else f"{self.entry.aspect.slug} -"

    @property
    def texts(self) -> dict[str, str]:
        version = self.shown
        if version is None:
            return dict.fromkeys(CONTENT, "")
        found = {column: written(version, name) for column, name in FIELDS.items()}
        cited = [f"{c.source.document.slug} | {c.source.place}" for c in version.citations.all()]
        return found | {SOURCES: "\n".join(cited), ERRATUM: version.erratum if self.draft else ""}


def written(version: FindingVersion, name: str) -> str:
    display = getattr(version, f"get_{name}_display", None)
    return str(display() if display else getattr(version, name))


@dataclass
class Found:
    """The versions of one record."""

    draft: FindingVersion | None = None
    latest: FindingVersion | None = None

    def add(self, version: FindingVersion) -> None:
        if version.stage in PREPARED:
            self.draft = version
        else:
            self.latest = version


@dataclass(frozen=True)
class FindingsSheet:
    round: AuditRound
    area: FocusArea
    cells: dict[str, Cell] = field(default_factory=dict)  # by the key of the aspect, in the order of the round

    @classmethod
    def of(cls, round_: AuditRound, area: FocusArea) -> FindingsSheet:
        entries = RoundAspect.objects.filter(round=round_).select_related("aspect__role", "round").order_by("order")
        records = {f.round_aspect_id: f for f in Finding.objects.filter(round_aspect__round=round_, focus_area=area)}
        versions: dict[int, Found] = {}
        for version in (
            KIND.versions.filter(record__in=records.values())
            .prefetch_related("citations__source__document")
            .order_by("number")
        ):
            versions.setdefault(version.record_id, Found()).add(version)
        cells = {}
        for entry in entries:
            record = records.get(entry.pk)
            found = versions.get(record.pk, Found()) if record else Found()
            cells[entry.aspect.slug] = Cell(entry, area, record, found.draft, found.latest)
        return cls(round_, area, cells)

    @property
    def file_name(self) -> str:
        return f"bevindingen-{self.area.slug}-{self.round.slug}"

    @property
    def sheet(self) -> Sheet:
        documents = [[document.slug, document.title] for document in Document.objects.order_by("slug")]
        return Sheet(
            title="Bevindingen",
            headings=[heading for heading, _ in COLUMNS],
            rows=[[getter(cell) for _, getter in COLUMNS] for cell in self.cells.values()],
            notes=[f"Bevindingen van {self.area}, {self.round.name}", *NOTES],
            more=(Sheet("Documenten", ["Sleutel", "Titel"], documents, []),),
        )


def content(column: str) -> Callable[[Cell], str]:
    return lambda cell: cell.texts[column]


COLUMNS: list[tuple[str, Callable[[Cell], Any]]] = [
    (KEY, lambda cell: cell.entry.aspect.slug),
    ("Rol", lambda cell: cell.entry.aspect.role.name),
    ("Aspect", lambda cell: cell.entry.wording),
    ("Vraag", lambda cell: cell.entry.question),
    *((column, content(column)) for column in CONTENT),
    (ROUND, lambda cell: cell.entry.round.slug),
    (AREA, lambda cell: cell.area.slug),
]
