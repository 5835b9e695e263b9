"""Makes many records at once, and for the published ones all versions that their life left behind."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from enum import Enum, auto
from functools import cache
from itertools import cycle
from typing import Any, TypeVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from findings.models import FindingVersion, ResearchQuestion, State
from focusareas.models import Amount, Body
from nplv_portal.lib.versions import Stage, Version
from recommendations.models import FollowUpEvent, RecommendationPoint, Reuse

REFERS_TO_ITSELF = {RecommendationPoint, FollowUpEvent, Reuse}
WORDS = {models.CharField, models.TextField}  # themselves: a slug or a date is another kind of field
SENTENCES = ["text", "note", "definition", "remark", "reaction"]  # a mistake stands in the first that the version has
MISTAKE = " Dat stond al in een brief uit 1019."
ERRATUM = "In de eerste versie stond een verkeerd jaartal: 1019. Die zin is weggehaald."
FILLERS = {  # of a draft, where the record itself says nothing
    "headline": "De rekenkamer onderzoekt dit nog",
    "erratum": "De vorige versie noemde een besluit van de raad niet.",
    "remark": "De griffie zoekt uit welk aantal klopt.",
    "state_reason": "‘is bezig’",
}
MARK = re.compile(r"\(concept \d{5}\)")
WITHDRAWN = "De bron bleek over een andere wijk te gaan."

Record = TypeVar("Record", bound=models.Model)
Make = Callable[..., Any]  # makes a version; what is passed goes before what it would say
AddParts = Callable[[Any], object]  # adds what belongs to the version that it gets
Publication = tuple[type[Version], datetime, datetime | None, str]  # model, from, until, why withdrawn


class Life(Enum):
    """What became of a record."""

    PUBLISHED = auto()
    CORRECTED = auto()  # the second version is public, with an erratum
    REVISED = auto()  # public, with a draft of the next version
    REVIEWED = auto()  # public, with a next version that a second person looks at
    WITHDRAWN = auto()
    RESTORED = auto()  # withdrawn, and published again with an erratum
    DRAFT = auto()  # never public


class Batch:
    """Records to be saved together, in the order in which their tables were first used.

    Versions go in unpublished, because only then may citations and points follow. They are published at the end: one
    statement for all that share a moment.
    """

    def __init__(self) -> None:
        self.records: dict[type[models.Model], list[Any]] = defaultdict(list)
        self.publications: dict[Publication, list[Version]] = defaultdict(list)
        self.drafts = 0
        self.turns: dict[type[Version], Iterator[Stage]] = defaultdict(lambda: cycle((Stage.IN_REVIEW, Stage.DRAFT)))

    def add(self, record: Record) -> Record:
        self.records[type(record)].append(record)
        return record

    def save(self) -> None:
        for model, records in self.records.items():
            if model in REFERS_TO_ITSELF:
                for record in records:
                    record.save()
            else:
                model._default_manager.bulk_create(records, batch_size=1000)
        for (version_model, since, until, reason), versions in self.publications.items():
            version_model._default_manager.filter(pk__in=[version.pk for version in versions]).update(
                stage=Stage.WITHDRAWN if reason else Stage.PUBLISHED,
                public_during=DateTimeTZRange(since, until),
                withdrawal_reason=reason,
            )

    def tell(self, life: Life, make: Make, since: datetime, add_parts: AddParts = lambda _: None) -> None:
        """Add the versions of a record with this life; `add_parts` adds what belongs to each of them."""
        stretches = public_stretches(life, since)
        for number, (start, end, reason) in enumerate(stretches, start=1):
            version = self.add(make(number=number, erratum=ERRATUM if number > 1 else ""))
            if number < len(stretches):
                make_mistake(version)
            self.publications[type(version), start, end, reason].append(version)
            add_parts(version)
        if life in {Life.REVISED, Life.REVIEWED, Life.DRAFT}:
            add_parts(self.add(self.hidden(make(number=len(stretches) + 1), life)))

    def hidden(self, version: Version, life: Life) -> Version:
        """The version with a mark of its own in every text, so that it is known wherever it shows."""
        self.drafts += 1
        mark = f"(concept {self.drafts:05})"
        for field in texts_of(type(version)):
            if field.name == "erratum" and version.number == 1:
                continue
            said = getattr(version, field.name)
            if isinstance(field, ArrayField):
                setattr(version, field.name, [marked(text, mark, field.base_field.max_length) for text in said])
            else:
                filler = FILLERS.get(field.name, "Dit gaat de rekenkamer nog na")
                setattr(version, field.name, marked(said or filler, mark, field.max_length))
        keep_valid(version, mark)
        version.stage = Stage.DRAFT if life is Life.REVISED else next(self.turns[type(version)])
        return version


def marked(text: str, mark: str, longest: int | None) -> str:
    """The text with the mark after it, as long as it may be."""
    if longest is None or len(text) + len(mark) < longest:
        return f"{text} {mark}"
    return f"{text[: longest - len(mark) - 1].rstrip()} {mark}".strip()[:longest]


@cache
def texts_of(model: type[Version]) -> list[Any]:
    """The fields in which a version says something in words of its own."""
    return [
        field
        for field in model._meta.concrete_fields
        if type(getattr(field, "base_field", field)) in WORDS
        and not field.choices
        and field.name != "withdrawal_reason"  # of what was public
    ]


def keep_valid(draft: Version, mark: str) -> None:
    """What goes with a text, now that every text is there."""
    match draft:
        case FindingVersion():
            draft.absence, draft.state = "", State.DEVELOPING
        case Amount():
            draft.kind = draft.kind or Amount.Kind.EXTRA
        case ResearchQuestion():
            draft.answer_source = draft.answer_source or draft.source
        case Body():
            draft.relations = [line | {"words": f"{line['words']} {mark}"} for line in draft.relations]


def make_mistake(version: Any) -> None:
    name = next(name for name in SENTENCES if hasattr(version, name))
    setattr(version, name, f"{getattr(version, name)}{MISTAKE}".strip())


def as_secret_as(said: str, text: str) -> str:
    """The text of what belongs to a version that says this: what belongs to a draft has its mark too."""
    mark = MARK.search(said)
    return f"{text or 'nog open'} {mark[0]}" if mark else text


def lives(apart: int) -> Iterator[Life]:
    """Endless: each life in its turn, and between two of them records that are simply published."""
    for life in cycle(Life):
        yield life
        yield from [Life.PUBLISHED] * (apart - 1)


def public_stretches(life: Life, since: datetime) -> list[tuple[datetime, datetime | None, str]]:
    """From, until and why withdrawn, for each version that the public could read."""
    later, still_later = since + timedelta(days=30), since + timedelta(days=60)
    match life:
        case Life.CORRECTED:
            return [(since, later, ""), (later, None, "")]
        case Life.WITHDRAWN:
            return [(since, later, WITHDRAWN)]
        case Life.RESTORED:
            return [(since, later, WITHDRAWN), (still_later, None, "")]
        case Life.DRAFT:
            return []
    return [(since, None, "")]
