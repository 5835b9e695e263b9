"""What someone may do, worked out from the memberships. The one place where a role becomes a right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

WRITING = {"researcher", "secretary"}


@dataclass(frozen=True)
class Rights:
    """Sets of municipalities (keys) for each thing that one may do, and the offices one works for."""

    writes: frozenset[int] = frozenset()  # enter, submit and review what the office of these municipalities finds
    publishes: frozenset[int] = frozenset()  # approve and publish it
    records: frozenset[int] = frozenset()  # decisions and dossiers of the council (griffie)
    replies: frozenset[int] = frozenset()  # right of reply, progress (official)
    reads_early: frozenset[int] = frozenset()  # reports under embargo
    administers: frozenset[int] = frozenset()  # people of these municipalities
    offices: frozenset[int] = frozenset()
    publishing_offices: frozenset[int] = frozenset()
    administered_offices: frozenset[int] = frozenset()

    @classmethod
    def of(cls, memberships: Iterable[tuple[str, int | None, int | None]]) -> Rights:
        """From (role, office, municipality); an office without municipalities still counts as an office."""
        found = list(memberships)

        def places(roles: set[str], *, of_office: bool) -> frozenset[int]:
            return frozenset(p for role, o, p in found if role in roles and p and bool(o) is of_office)

        def offices(roles: set[str]) -> frozenset[int]:
            return frozenset(office for role, office, _ in found if role in roles and office)

        clerks = places({"clerk"}, of_office=False)
        return cls(
            writes=places(WRITING, of_office=True),
            publishes=places({"secretary"}, of_office=True),
            records=clerks,
            replies=places({"official"}, of_office=False),
            reads_early=places({"councillor"}, of_office=False) | clerks,
            administers=places({"administrator"}, of_office=False),
            offices=offices(WRITING),
            publishing_offices=offices({"secretary"}),
            administered_offices=offices({"administrator"}),
        )

    @property
    def is_any(self) -> bool:
        return any(vars(self).values())

    @property
    def is_of_office(self) -> bool:
        return bool(self.offices)

    @property
    def follows(self) -> frozenset[int]:
        """Municipalities of which one records what became of recommendations."""
        return self.records | self.replies | self.writes

    @property
    def composes(self) -> frozenset[int]:
        """Municipalities for whose council one makes dossiers."""
        return self.records | self.writes

    @property
    def reuses(self) -> frozenset[int]:
        """Municipalities of which one records what they took over from others."""
        return self.records | self.replies

    @property
    def may_publish(self) -> bool:
        return bool(self.publishing_offices)

    @property
    def needs_second_factor(self) -> bool:
        """Everyone who writes anything. A councillor only reads."""
        return self != Rights(reads_early=self.reads_early)
