"""What a reader chose to see of a timeline. It stands in the address, and what it does not know it leaves out."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import QueryDict

from focusareas.timeline import NATIONAL, Timeline


@dataclass(frozen=True)
class Option:
    value: str
    name: str
    count: str
    is_chosen: bool


def count(timeline: Timeline) -> str:
    return str(len(timeline.events))


@dataclass(frozen=True)
class TimelineFilters:
    kinds: list[Option]
    places: list[Option]
    years: list[Option]
    chosen: Timeline
    total: str

    @classmethod
    def of(cls, typed: QueryDict, timeline: Timeline) -> TimelineFilters:
        kinds = [(value, name, count) for value, name, count in timeline.kinds]
        names = {event.municipality or NATIONAL: event.municipality_name or "Landelijk" for event in timeline.events}
        places = sorted(names.items(), key=lambda place: (place[0] == NATIONAL, place[1]))
        known_years = sorted({event.year for event in timeline.events}, reverse=True)
        kind, place, year = typed.getlist("soort"), typed.getlist("gemeente"), typed.get("jaar", "")
        kind = [value for value, *_ in kinds if value in kind]
        place = [value for value, _ in places if value in place]
        year = year if year in known_years else ""
        return cls(
            [
                Option(value, name, count(timeline.only(kinds=[value], municipalities=place, year=year)), value in kind)
                for value, name, _ in kinds
            ],
            [
                Option(value, name, count(timeline.only(kinds=kind, municipalities=[value], year=year)), value in place)
                for value, name in places
            ],
            [Option(value, value, "", value == year) for value in known_years],
            timeline.only(kinds=kind, municipalities=place, year=year),
            str(len(timeline.events)),
        )

    @property
    def is_filtered(self) -> bool:
        return any(option.is_chosen for option in [*self.kinds, *self.places, *self.years])

    @property
    def summary(self) -> str:
        """ "7 van 63 vermeldingen: vraag, motie; 2021"."""
        if not self.is_filtered:
            return f"{self.total_text} in onze bronnen, de laatste eerst"
        chosen = [[o.name for o in options if o.is_chosen] for options in (self.places, self.kinds, self.years)]
        names = "; ".join(", ".join(names) for names in chosen if names)
        return f"{len(self.chosen.events)} van {self.total_text}: {names}"

    @property
    def total_text(self) -> str:
        return f"{self.total} {'vermelding' if self.total == '1' else 'vermeldingen'}"
