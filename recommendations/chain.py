"""The decision chain: what is known, on a day, of one recommendation in one municipality. Derived, never stored."""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.utils.formats import date_format
from django.utils.text import slugify

from recommendations.models import Outcome, Step
from recommendations.published import Action

TAKEN_OVER = {Outcome.ADOPTED, Outcome.PARTLY, Outcome.AMENDED}
NOTHING_YET = {Outcome.NO_RESPONSE, Outcome.POSTPONED, Outcome.UNCLEAR}  # known, and nothing was decided
OTHERWISE = {Outcome.PARTLY_FOLLOWED, Outcome.NOT_FOLLOWED}  # than done, as the municipality reports it


class Standing(StrEnum):
    """Neutral words. What the municipality reports and what the audit office established are never one word."""

    NO_DECISION = "geen besluit bekend"
    POSTPONED = "nog niet behandeld"
    REJECTED = "niet overgenomen"
    RUNNING = "loopt"
    PAST_DUE = "termijn verstreken"
    REPORTED_DONE = "afgerond volgens de gemeente"
    ESTABLISHED = "opgevolgd volgens de rekenkamer"
    CLOSED = "afgesloten"

    @property
    def slug(self) -> str:
        """As it stands in an address: "termijn-verstreken"."""
        return slugify(self.value)


@dataclass(frozen=True)
class Station:
    """One of the five stations of the line; without `what` it is not known."""

    name: str
    what: str = ""
    unknown: str = "niet bekend"
    is_open: bool = False  # also where something is known of it

    @property
    def is_reached(self) -> bool:
        return bool(self.what) and not self.is_open

    @classmethod
    def at(cls, name: str, action: Action | None, unknown: str = "niet bekend") -> Station:
        return cls(name, result(action), unknown, is_open=action is not None and action.outcome in NOTHING_YET)


@dataclass(frozen=True)
class Chain:
    actions: list[Action]  # in the order in which they happened
    issued: str
    today: date
    retracted: tuple[Action, ...] = ()

    @classmethod
    def of(cls, actions: Iterable[Action], issued: str, today: date) -> Chain:
        """`actions` as known on that day, without what was corrected by then (actions_of)."""
        ordered = sorted(actions, key=lambda action: (action.happened_iso, action.place, action.id))
        gone = (action for action in ordered if action.step == Step.RETRACTED)
        retracted = tuple(action for action in gone if action.instead_of != Step.CLOSING)  # which no reader saw
        return cls([action for action in ordered if action.step != Step.RETRACTED], issued, today, retracted)

    def last(self, *steps: Step) -> Action | None:
        return next((action for action in reversed(self.actions) if action.step in steps), None)

    def all(self, *steps: Step) -> list[Action]:
        return [action for action in self.actions if action.step in steps]

    @property
    def position(self) -> Action | None:
        return self.last(Step.POSITION)

    @property
    def decision(self) -> Action | None:
        """The last that was a decision; that it was not dealt with yet counts only while there is none."""
        taken = [action for action in self.all(Step.DECISION) if action.outcome != Outcome.POSTPONED]
        return taken[-1] if taken else self.last(Step.DECISION)

    @property
    def reported(self) -> Action | None:
        return self.last(Step.REPORTED)

    @property
    def established(self) -> Action | None:
        return self.last(Step.ESTABLISHED)

    @property
    def closed(self) -> Action | None:
        return self.last(Step.CLOSED)

    @property
    def extensions(self) -> list[Action]:
        return self.all(Step.EXTENSION)

    @property
    def commitments(self) -> list[Action]:
        return [action for action in self.actions if action.is_promise]

    @property
    def afterword(self) -> Action | None:
        return self.last(Step.AFTERWORD)

    @property
    def agenda(self) -> list[Action]:
        return self.all(Step.AGENDA)

    @property
    def said(self) -> list[Action]:
        """The voice of the municipality: what it did, announced or promised."""
        return self.all(Step.REPORTED, Step.COMMITMENT)

    @property
    def has_undated(self) -> bool:
        return any(not action.happened for action in self.said)

    @property
    def found(self) -> list[Action]:
        """The voice of the audit office. A proposal to close counts only once a second person confirmed it."""
        return self.all(Step.ESTABLISHED, Step.CLOSED)

    @property
    def first_deadline(self) -> date | None:
        """One year after the council took the recommendation over; without such a decision there is none."""
        decision = self.decision
        if decision is None or decision.outcome not in TAKEN_OVER or not decision.happened_iso:
            return None
        return a_year_after(latest_day(decision.happened_iso))

    @property
    def deadline(self) -> date | None:
        """The first one, or the last to which it was extended since."""
        first, decision = self.first_deadline, self.decision
        if first is None or decision is None:
            return None
        later = [action for action in self.extensions if self.can_follow(action, decision)]
        return date.fromisoformat(later[-1].due_on) if later else first

    def can_follow(self, action: Action, earlier: Action) -> bool:
        """Whether it may have come after. A day that is not known exactly may be any it can mean."""
        if action.happened_iso == earlier.happened_iso:
            return self.actions.index(action) > self.actions.index(earlier)
        return bool(action.happened_iso) and latest_day(action.happened_iso).isoformat() >= earlier.happened_iso

    @property
    def deadline_text(self) -> str:
        """ "1 december 2026, eerst 1 juni 2026"; empty where none runs."""
        days = dict.fromkeys(day for day in (self.deadline, self.first_deadline) if day)
        return ", eerst ".join(date_format(day, "j F Y") for day in days)

    @property
    def no_deadline(self) -> str:
        """Why none runs. That is never the same as being late."""
        decision = self.decision
        if decision is None:
            return "geen, want er is geen besluit van de raad bekend"
        if decision.outcome == Outcome.POSTPONED:
            return "geen, want de raad heeft nog niet besloten"
        if decision.outcome == Outcome.REJECTED:
            return "geen, want de raad nam de aanbeveling niet over"
        return "niet bekend, want de dag van het besluit ontbreekt"

    @property
    def is_reported_done(self) -> bool:
        return self.reported is not None and self.reported.outcome == Outcome.DONE

    @property
    def is_done(self) -> bool:
        """As the municipality reports it; not while the audit office established otherwise since."""
        reported, established = self.reported, self.established
        if reported is None or not self.is_reported_done:
            return False
        if established is None or established.outcome not in OTHERWISE:
            return True
        return self.actions.index(reported) > self.actions.index(established)

    @property
    def standing(self) -> Standing:
        decision = self.decision
        if self.closed:
            return Standing.CLOSED
        if self.established and self.established.outcome == Outcome.FOLLOWED:
            return Standing.ESTABLISHED
        if self.is_done:
            return Standing.REPORTED_DONE
        if decision is None:
            return Standing.NO_DECISION
        if decision.outcome == Outcome.POSTPONED:
            return Standing.POSTPONED
        if decision.outcome == Outcome.REJECTED:
            return Standing.REJECTED
        return Standing.PAST_DUE if self.days_past_due else Standing.RUNNING

    @property
    def is_ended(self) -> bool:
        """Nothing is due any more, whatever the deadline was."""
        return self.standing in {Standing.REPORTED_DONE, Standing.ESTABLISHED, Standing.CLOSED}

    @property
    def days_past_due(self) -> int:
        return max(0, (self.today - self.deadline).days) if self.deadline else 0

    @property
    def days_left(self) -> int | None:
        return (self.deadline - self.today).days if self.deadline and not self.days_past_due else None

    @property
    def told(self) -> str:
        """The standing in a sentence, with its day and with what it does not say."""
        deadline = date_format(self.deadline, "j F Y") if self.deadline else ""
        match self.standing:
            case Standing.RUNNING:
                return f"loopt tot en met {deadline}" if deadline else "overgenomen, dag van het besluit niet bekend"
            case Standing.PAST_DUE:
                return f"termijn verstreken op {deadline}"
            case Standing.REPORTED_DONE:
                return f"afgerond volgens de gemeente, {self.not_established}"
            case Standing.CLOSED:
                return f"afgesloten: {Outcome(self.closed.outcome).label}" if self.closed else ""
        return str(self.standing)

    @property
    def not_established(self) -> str:
        is_unclear = self.established and self.established.outcome == Outcome.UNCLEAR
        return "niet vast te stellen volgens de rekenkamer" if is_unclear else "nog niet vastgesteld"

    @property
    def proposal(self) -> Action | None:
        """To close, which a colleague has to confirm."""
        last = self.last(Step.CLOSING)
        return last if last and not last.is_confirmed and not self.closed else None

    @property
    def reported_text(self) -> str:
        """What was reported, each kind once: "raad: opdracht gegeven; afgerond, 1 mei 2026"."""
        told = (a.told if a.modality else result(a) or "iets, zonder datum" for a in self.all(Step.REPORTED))
        return "; ".join(dict.fromkeys(told))

    @property
    def stations(self) -> list[Station]:
        reported = self.all(Step.REPORTED)
        return [
            Station("Aanbevolen", self.issued),
            Station.at("Standpunt college", self.position),
            Station.at("Besluit raad", self.decision),
            Station(
                "Gemeld",
                self.reported_text,
                "alleen een toezegging" if self.commitments else "niets",
                is_open=all(action.is_promise for action in reported),
            ),
            Station.at("Vastgesteld", self.closed or self.established, "nog niet"),
        ]


def result(action: Action | None) -> str:
    if action is None:
        return ""
    outcome = str(Outcome(action.outcome).label) if action.outcome else ""
    return ", ".join(filter(None, [outcome, action.happened]))


def latest_day(iso: str) -> date:
    """The last day that a date of reduced precision can mean: nobody is late before that."""
    year, *rest = (int(part) for part in iso.split("-"))
    month = rest[0] if rest else 12
    return date(year, month, rest[1] if len(rest) == 2 else calendar.monthrange(year, month)[1])


def a_year_after(day: date) -> date:
    """The same day a year later; 28 February after a 29th."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)
