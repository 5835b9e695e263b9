"""What happened when: events by year, questions with the answers that a source pairs with them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db.models import QuerySet

from focusareas.models import Event
from nplv_portal.lib import dutch
from nplv_portal.lib.partial_dates import partial
from nplv_portal.sources.citations import Reference, published_as_json, reference

ASKED = {Event.Kind.QUESTION, Event.Kind.MOTION}


@dataclass(frozen=True)
class TimelineEvent:
    record: str
    municipality: str
    municipality_name: str  # empty: the whole programme
    happened_iso: str
    happened: str
    until_iso: str
    until: str
    kind: str
    kind_name: str
    actor: str
    channel: str
    title: str
    text: str
    answers: str
    remark: str
    source: Reference
    answered_by: list[TimelineEvent] = field(default_factory=list)

    @classmethod
    def of(cls, entry: dict[str, Any]) -> TimelineEvent:
        return cls(
            entry["record"],
            entry["municipality"] or "",
            entry["municipality_name"] or "",
            entry["happened"],
            partial(entry["happened"]),
            entry["until"] or "",
            partial(entry["until"]),
            entry["kind"],
            str(Event.Kind(entry["kind"]).label),
            str(Event.Actor(entry["actor"]).label),
            entry["channel"],
            entry["title"],
            entry["text"],
            entry["answers"],
            entry["remark"],
            reference(entry),
        )

    @property
    def anchor(self) -> str:
        return f"gebeurtenis-{self.record}"

    @property
    def year(self) -> str:
        return self.happened_iso[:4]

    @property
    def last_year(self) -> str:
        return (self.until_iso or self.happened_iso)[:4]

    @property
    def when(self) -> str:
        return f"{self.happened} tot en met {self.until}" if self.until else self.happened

    @property
    def asks(self) -> bool:
        """A question or motion of the council: readers want to know what came of it."""
        return self.kind in ASKED


@dataclass(frozen=True)
class Year:
    year: str
    events: list[TimelineEvent]


@dataclass(frozen=True)
class Timeline:
    events: list[TimelineEvent]  # the latest first

    @classmethod
    def of(cls, entries: Iterable[dict[str, Any]]) -> Timeline:
        events = [TimelineEvent.of(entry) for entry in entries]
        # of what has only a year it is unknown when: it stands above the days and months of that year
        events.sort(key=lambda event: (event.year, len(event.happened_iso) == 4, event.happened_iso), reverse=True)
        by_record = {event.record: event for event in events}
        for event in events:
            if event.answers in by_record:
                by_record[event.answers].answered_by.append(event)
        return cls(events)

    def __bool__(self) -> bool:
        return bool(self.events)

    def only(self, *, kinds: Iterable[str] = (), municipalities: Iterable[str] = (), year: str = "") -> Timeline:
        """What is asked for; an empty choice is no choice. The whole programme is the municipality "landelijk"."""
        wanted_kinds, wanted = set(kinds), set(municipalities)
        return Timeline(
            [
                event
                for event in self.events
                if (not wanted_kinds or event.kind in wanted_kinds)
                and (not wanted or (event.municipality or NATIONAL) in wanted)
                and (not year or event.year <= year <= event.last_year)
            ]
        )

    @property
    def years(self) -> list[Year]:
        return [Year(year, list(events)) for year, events in groupby(self.events, key=lambda event: event.year)]

    @property
    def kinds(self) -> list[tuple[str, str, int]]:
        """(value, name, how many) of the kinds that occur, in the order of the vocabulary."""
        counts = {kind: sum(event.kind == kind for event in self.events) for kind in Event.Kind}
        return [(kind.value, str(kind.label), count) for kind, count in counts.items() if count]

    @property
    def asked(self) -> list[TimelineEvent]:
        return [event for event in self.events if event.asks]

    @property
    def asked_text(self) -> str:
        """ "Acht vragen en drie moties van de raad; bij drie daarvan noemt een bron het antwoord." """
        asked = self.asked
        questions = sum(event.kind == Event.Kind.QUESTION for event in asked)
        motions = len(asked) - questions
        answered = sum(bool(event.answered_by) for event in asked)
        counts = [
            dutch.counted(questions, "keer vragen", "keer vragen"),
            dutch.counted(motions, "motie", "moties"),
        ]
        text = f"{dutch.capitalised(dutch.listed(counts))} van de raad."
        return f"{text} Bij {dutch.number(answered)} daarvan noemt een bron het antwoord."


NATIONAL = "landelijk"


def events_as_json(moment: datetime, **where: Any) -> QuerySet[Any]:
    names = ("record", "happened", "until", "kind", "actor", "channel", "title", "text", "answers", "remark")
    return published_as_json(
        Event,
        moment,
        "-happened",
        "record",
        where=where,
        municipality="municipality__slug",
        municipality_name="municipality__name",
        **{name: name for name in names},
    )
