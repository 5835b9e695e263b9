"""What one municipality did with one recommendation, and lists of that."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from recommendations.chain import Chain, Standing, result
from recommendations.models import Step
from recommendations.published import Action, Advice, Link

ELSEWHERE = {"actions", "practices", "replies", "serves", "served_by"}  # what hangs on a recommendation in other places


@dataclass(frozen=True)
class FollowUp:
    advice: Advice
    municipality: str
    name: str  # of the municipality
    chain: Chain

    @classmethod
    def of(cls, advice: Advice, municipality: str, name: str, actions: Iterable[Action], today: date) -> FollowUp:
        return cls(advice, municipality, name, Chain.of(actions, advice.issued, today))

    @property
    def content(self) -> dict[str, Any]:
        """What a report says of it, as plain data: nothing of other municipalities, nor of where else it is named."""
        advice = {name: value for name, value in asdict(self.advice).items() if name not in ELSEWHERE}
        done = [asdict(action) for action in self.chain.actions if action.step != Step.CLOSING]
        return advice | {"told": self.chain.told, "done": done}

    @property
    def contested(self) -> str:
        """What the audit office established since the municipality reported it done, where that is otherwise."""
        chain = self.chain
        return "" if chain.is_done or chain.closed or not chain.is_reported_done else result(chain.established)

    @property
    def served_here(self) -> list[Link]:
        """The local ones of this municipality that work it out."""
        return [link for link in self.advice.served_by if link.where == self.name]


@dataclass(frozen=True)
class Group:
    """Standings that a reader takes together. Every standing is in one of them, so the counts add up."""

    slug: str
    name: str
    standings: frozenset[Standing]
    items: tuple[FollowUp, ...] = ()

    @property
    def count(self) -> str:
        return str(len(self.items))


GROUPS = (
    Group("verstreken", "Termijn verstreken", frozenset({Standing.PAST_DUE})),
    Group("open", "Open", frozenset({Standing.NO_DECISION, Standing.POSTPONED, Standing.RUNNING})),
    Group("gemeld", "Afgerond volgens de gemeente", frozenset({Standing.REPORTED_DONE})),
    Group("vastgesteld", "Opgevolgd volgens de rekenkamer", frozenset({Standing.ESTABLISHED})),
    Group("afgesloten", "Afgesloten of niet overgenomen", frozenset({Standing.CLOSED, Standing.REJECTED})),
)


def grouped(items: Iterable[FollowUp]) -> list[Group]:
    """All groups, also those in which nothing stands."""
    by_standing = [(item.chain.standing, item) for item in items]
    return [
        Group(
            group.slug,
            group.name,
            group.standings,
            tuple(item for standing, item in by_standing if standing in group.standings),
        )
        for group in GROUPS
    ]


def decisions_told(items: Sequence[FollowUp]) -> str:
    """How much is known of decisions, and what follows for the deadlines."""
    unknown = sum(item.chain.decision is None for item in items)
    if not items:
        return ""
    if len(items) == 1:
        return "Er is geen besluit van de raad bekend; daarom loopt er geen termijn." if unknown else ""
    if unknown == len(items):
        return "Hierbij is nog geen besluit van een raad bekend; daarom loopt er geen termijn."
    if unknown:
        return f"Bij {unknown} van de {len(items)} is geen besluit van de raad bekend; daar loopt geen termijn."
    return ""
