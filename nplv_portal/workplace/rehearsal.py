"""What a filled sheet would change: worked out without writing anything, and then done, all of it or nothing."""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, NamedTuple

from django.db import IntegrityError, models, transaction
from django.http import QueryDict

from findings.models import Absence, Finding, FindingVersion, State
from nplv_portal.lib.sheets import Line
from nplv_portal.lib.tables import as_typed, cleaned, harmless
from nplv_portal.lib.versions import MoveRefusedError, Stage, StaleError
from nplv_portal.sources.models import Document
from nplv_portal.workplace import work
from nplv_portal.workplace.content import FieldChange, changes
from nplv_portal.workplace.findings_sheet import (
    ABSENCE,
    AREA,
    CONTENT,
    ERRATUM,
    FIELDS,
    KEY,
    KIND,
    ROUND,
    SOURCES,
    STATE,
    Cell,
    FindingsSheet,
)
from nplv_portal.workplace.forms import Editor
from nplv_portal.workplace.models import Upload

CHOICES: dict[str, list[models.TextChoices]] = {
    STATE: list(State),
    ABSENCE: [Absence.NO_INFORMATION, Absence.NOT_EXAMINED],
}
COLUMN_OF = {name: column for column, name in FIELDS.items()} | {"erratum": ERRATUM}


class Outcome(StrEnum):
    NEW = "nieuw"
    CHANGED = "gewijzigd"
    SAME = "hetzelfde"
    WRONG = "fout"


class Problem(NamedTuple):
    column: str
    what: str


@dataclass
class Typed:
    """The texts of a row, put in the words of the portal, and what is wrong with them."""

    texts: dict[str, str] = field(default_factory=dict)
    places: list[dict[str, Any]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True)
class Row:
    number: int  # in the sheet
    title: str
    outcome: Outcome
    changes: list[FieldChange] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    note: str = ""
    lacks_erratum: bool = False  # it changes what is or was public, and says not yet what it puts right
    cell: Cell | None = None
    data: QueryDict | None = None  # for the form; of a row that changes something

    @property
    def mark(self) -> str:
        return self.cell.mark if self.cell else ""


@dataclass(frozen=True)
class Rehearsal:
    rows: list[Row]

    @classmethod
    def of(cls, lines: Iterable[Line], sheet: FindingsSheet) -> Rehearsal:
        documents = {document.slug: document for document in Document.objects.all()}
        rows: list[Row] = []
        seen: dict[str, int] = {}
        for line in lines:
            if not any(line.cells.values()) and not line.problems:
                continue
            key = line.cells[KEY].strip()
            rows.append(refused(line, sheet, seen) or rehearsed(line, sheet.cells[key], documents))
            seen.setdefault(key, line.number)
        return cls(rows)

    def with_outcome(self, *outcomes: Outcome) -> list[Row]:
        return [row for row in self.rows if row.outcome in outcomes]

    @property
    def new(self) -> list[Row]:
        return self.with_outcome(Outcome.NEW)

    @property
    def changed(self) -> list[Row]:
        return self.with_outcome(Outcome.CHANGED)

    @property
    def same(self) -> list[Row]:
        return self.with_outcome(Outcome.SAME)

    @property
    def wrong(self) -> list[Row]:
        return self.with_outcome(Outcome.WRONG)

    @property
    def common(self) -> Problem | None:
        """What is wrong with the sheet, where it is one and the same in all rows."""
        found = {problem for row in self.rows for problem in row.problems}
        is_common = len(self.rows) > 1 and len(found) == 1 and all(len(row.problems) == 1 for row in self.rows)
        return found.pop() if is_common else None

    @property
    def without_erratum(self) -> int:
        return sum(row.lacks_erratum for row in self.to_write)

    @property
    def to_write(self) -> list[Row]:
        return self.with_outcome(Outcome.NEW, Outcome.CHANGED)

    @property
    def summary(self) -> str:
        counts = [f"{len(rows)} {name}" for name in Outcome if (rows := self.with_outcome(name))]
        return ", ".join(counts)


# --- One row ---


def refused(line: Line, sheet: FindingsSheet, seen: dict[str, int]) -> Row | None:
    """A row that belongs nowhere."""
    key = line.cells[KEY].strip()
    problem = None
    if not key:
        problem = Problem(KEY, "Vul de sleutel van het aspect in. U vindt haar in het blad dat u hier ophaalt.")
    elif key not in sheet.cells:
        problem = Problem(KEY, f"Het aspect “{key[:60]}” hoort niet bij deze ronde. Haal de rij weg.")
    elif key in seen:
        problem = Problem(KEY, f"Dit aspect staat ook in rij {seen[key]}. Laat één rij over.")
    for column, slug in ((ROUND, sheet.round.slug), (AREA, sheet.area.slug)):
        if (typed := line.cells.get(column, "").strip()) and typed != slug:
            problem = Problem(
                column, f"Dit is van “{typed[:60]}” en u koos “{slug}”. Kies opnieuw, of neem het blad van “{slug}”."
            )
    if problem is None:
        return None
    title = sheet.cells[key].entry.short_wording if key in sheet.cells else key[:60]
    return Row(line.number, title, Outcome.WRONG, problems=[problem])


def rehearsed(line: Line, cell: Cell, documents: dict[str, Document]) -> Row:
    before = cell.texts
    typed = typed_in(line, before, documents)
    row = Row(line.number, cell.entry.short_wording, Outcome.WRONG, problems=typed.problems, cell=cell)
    found = changes(before, typed.texts)
    if typed.problems:
        return row
    if not found:
        return replace(row, outcome=Outcome.SAME)
    version = next_version(cell)
    if version.number == 1 and typed.texts[ERRATUM]:
        return replace(row, problems=[Problem(ERRATUM, "Laat dit leeg: er is nog geen tekst die u verbetert.")])
    data = form_data(cell.shown, before, typed)
    editor = Editor(KIND, version, data, is_whole=True)
    if not editor.is_valid:
        return replace(row, problems=problems_of(editor))
    outcome = Outcome.CHANGED if cell.shown else Outcome.NEW
    lacks_erratum = version.number > 1 and not typed.texts[ERRATUM]
    return replace(row, outcome=outcome, changes=found, note=note_on(cell), lacks_erratum=lacks_erratum, data=data)


def typed_in(line: Line, before: dict[str, str], documents: dict[str, Document]) -> Typed:
    """What is still as the export wrote it, is kept to the letter, apostrophes in front included."""
    typed = Typed(problems=[Problem(column, line.problems[column]) for column in CONTENT if column in line.problems])
    for column in CONTENT:
        cell, was = cleaned(line.cells[column]).strip(), before[column]
        if cell == cleaned(harmless(was)).strip():
            typed.texts[column] = was
        elif column == SOURCES:
            typed.texts[column] = citations(as_typed(cell), documents, typed)
        elif column in CHOICES:
            typed.texts[column] = choice(as_typed(cell), column, typed)
        else:
            typed.texts[column] = as_typed(cell).strip()
    return typed


def choice(text: str, column: str, typed: Typed) -> str:
    """The label, of a label or a stored value in whatever case."""
    options = CHOICES[column]
    for option in options:
        if text.casefold() in {str(option.label).casefold(), option.value}:
            return str(option.label)
    if text:
        labels = ", ".join(str(option.label) for option in options)
        typed.problems.append(
            Problem(column, f"“{text[:60]}” kent het portaal niet. Kies uit: {labels}, of laat leeg.")
        )
    return ""


def citations(text: str, documents: dict[str, Document], typed: Typed) -> str:
    lines = []
    for line in filter(None, map(str.strip, text.splitlines())):
        slug, bar, place = (part.strip() for part in line.partition("|"))
        if not bar or not place:
            what = f"Schrijf “sleutel van het document | plaats” in plaats van “{line[:60]}”."
            typed.problems.append(Problem(SOURCES, what))
        elif slug not in documents:
            what = f"Het document “{slug[:60]}” kent het portaal niet. De sleutels staan op de pagina Import."
            typed.problems.append(Problem(SOURCES, what))
        else:
            typed.places.append({"document": documents[slug], "place": place})
            lines.append(f"{slug} | {place}")
    return "\n".join(lines)


def next_version(cell: Cell) -> FindingVersion:
    """The version that the form checks: the draft, or one that stands for the draft that would be begun. Not saved."""
    if cell.draft:
        return cell.draft
    if cell.latest:
        version = copy(cell.latest)
        version.number, version.erratum = version.number + 1, ""
        return version
    record = cell.record or Finding(round_aspect=cell.entry, focus_area=cell.area)
    return FindingVersion(record=record)


def form_data(shown: FindingVersion | None, before: dict[str, str], typed: Typed) -> QueryDict:
    """As the browser would send the form, with what did not change as it is stored."""
    data = QueryDict(mutable=True)
    for column, name in FIELDS.items():
        text = typed.texts[column]
        if text == before[column]:
            text = getattr(shown, name) if shown else ""
        elif column in CHOICES:
            text = next((option.value for option in CHOICES[column] if option.label == text), "")
        data[name] = text
    data["erratum"] = typed.texts[ERRATUM]
    [part] = KIND.parts
    is_kept = typed.texts[SOURCES] == before[SOURCES]
    places = (part.read(shown) if shown else []) if is_kept else typed.places
    data[f"{part.name}-TOTAL_FORMS"] = data[f"{part.name}-INITIAL_FORMS"] = str(len(places))
    for number, row in enumerate(places):
        data[f"{part.name}-{number}-document"] = str(row["document"].pk)
        data[f"{part.name}-{number}-place"] = row["place"]
    return data


def problems_of(editor: Editor) -> list[Problem]:
    found = [
        Problem(COLUMN_OF.get(name, "Hele rij"), str(message))
        for name, messages in editor.form.errors.items()
        for message in messages
    ]
    for _, formset in editor.rows:
        messages = [m for row in formset for messages in row.errors.values() for m in messages]
        found += [Problem(SOURCES, str(message)) for message in [*messages, *formset.non_form_errors()]]
    return found


def note_on(cell: Cell) -> str:
    if cell.draft and cell.draft.stage != Stage.DRAFT:
        return f"Deze tekst is nu {cell.draft.get_stage_display()} en wordt weer een concept."
    if not cell.draft and cell.latest:
        return "U begint een nieuwe versie. Wat openbaar is, blijft openbaar tot een collega de verbetering publiceert."
    return ""


# --- Doing it ---


def apply(pk: int, *, by: Any, seen: Iterable[str]) -> str:
    """All rows become drafts, or none does. Done once, however often it is asked. Says what came of it."""
    try:
        return applied(pk, by=by, seen=set(seen))
    except IntegrityError as error:  # a colleague began the same cell between our looking and our writing
        raise StaleError("Een collega werkte tegelijk aan deze cellen. Bekijk het opnieuw.") from error


@transaction.atomic
def applied(pk: int, *, by: Any, seen: set[str]) -> str:
    upload = Upload.objects.of(by).select_for_update(of=("self",)).select_related("round", "focus_area").get(pk=pk)
    if upload.outcome:
        return str(upload.outcome)
    places = {"record__round_aspect__round": upload.round, "record__focus_area": upload.focus_area}
    list(FindingVersion.objects.filter(**places).select_for_update(of=("self",)).order_by("pk"))  # nobody else writes
    rehearsal = rehearse(upload)
    if rehearsal.wrong:
        raise MoveRefusedError("Er staat nog een fout in het blad. Verbeter haar en stuur het blad opnieuw.")
    if changed := [row.title for row in rehearsal.rows if row.mark not in seen]:
        raise StaleError(f"Sinds u dit bekeek, veranderde een collega: {', '.join(changed)}.")
    for row in rehearsal.to_write:
        write(row, by=by)
    upload.outcome = f"Overgenomen als concept: {len(rehearsal.new)} nieuw, {len(rehearsal.changed)} gewijzigd."
    upload.rows = []
    upload.save()
    return str(upload.outcome)


def rehearse(upload: Upload) -> Rehearsal:
    sheet = FindingsSheet.of(upload.round, upload.focus_area)
    return Rehearsal.of([Line(**row) for row in upload.rows], sheet)


def write(row: Row, *, by: Any) -> None:
    """Begins the draft where there is none, and saves the row in it."""
    cell = row.cell
    if cell is None or row.data is None:
        raise ValueError("This row changes nothing.")
    version = cell.draft or (cell.latest and work.start_next(KIND, cell.latest, by=by))
    editor = Editor(KIND, version or next_version(cell), row.data)
    if not editor.is_valid:  # cannot be: the rehearsal asked the same of the same text
        raise MoveRefusedError(f"Rij {row.number} klopt niet meer. Bekijk het opnieuw.")
    if version:
        work.save(editor, edition=version.edition, by=by)
    else:
        work.start_new(editor, by=by, record=record_of(cell))


def record_of(cell: Cell) -> Finding:
    slug = f"{cell.entry.aspect.slug}-{cell.area.slug}-{cell.entry.round.slug}"
    return Finding.objects.get_or_create(round_aspect=cell.entry, focus_area=cell.area, defaults={"slug": slug})[0]
