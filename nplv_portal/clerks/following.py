"""What lies on the desk of who follows recommendations, in the municipalities that one may record for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localdate

from focusareas.models import Municipality
from nplv_portal.accounts.models import Membership
from nplv_portal.lib import dutch
from recommendations.chain import Chain, Standing, latest_day
from recommendations.models import Outcome, Step
from recommendations.published import Action, Advice, advice_as_of

SOON = {
    1: "Termijn loopt vandaag of morgen af",
    7: "Termijn loopt binnen zeven dagen af",
    30: "Termijn loopt binnen dertig dagen af",
}
REMINDED = tuple(SOON)  # days before a deadline

# Who records what: the clerk what council and executive decide, the official what was done, the office what it found.
CLERK = (Step.POSITION, Step.DECISION, Step.AGENDA, Step.EXTENSION, Step.COMMITMENT)
OFFICIAL = (Step.REPORTED,)
OFFICE = (Step.AFTERWORD, Step.ESTABLISHED, Step.CLOSING, Step.CLOSED)


def steps_of(user: Any, municipality: int) -> list[Step]:
    """What this person may record for this municipality."""
    rights = user.rights
    return [
        *(CLERK if municipality in rights.records else ()),
        *(OFFICIAL if municipality in rights.replies else ()),
        *(OFFICE if municipality in rights.writes else ()),
    ]


# Right → what who has it records, and who does so for those who have it not.
RECORDS = {
    "records": (
        "U noteert wat college en raad besloten en wat het college toezegde.",
        "Wat college en raad besloten, noteert de griffie.",
    ),
    "replies": ("U meldt wat er gedaan is.", "Wat er gedaan is, meldt een ambtenaar van de gemeente."),
    "writes": (
        "U stelt vast wat de rekenkamer vond, en sluit af.",
        "Wat de rekenkamer vond, stelt de rekenkamer vast.",
    ),
}


def who_records(user: Any, municipalities: Set[int]) -> str:
    """What this person records there, and who records the rest."""
    has = {right: bool(getattr(user.rights, right) & municipalities) for right in RECORDS}
    own = [own for right, (own, _) in RECORDS.items() if has[right]]
    return " ".join([*own, *(other for right, (_, other) in RECORDS.items() if not has[right])])


def without_official(municipalities: Iterable[int]) -> set[int]:
    """Of which nobody has an account to report what was done."""
    officials = Membership.objects.current().filter(role=Membership.Role.OFFICIAL, user__is_active=True)
    return set(municipalities) - set(officials.values_list("municipality", flat=True))


@dataclass(frozen=True)
class Followed:
    """One recommendation in one municipality."""

    municipality: Municipality
    advice: Advice
    chain: Chain

    @property
    def kind(self) -> str:
        return "voor alle raden" if self.advice.is_umbrella else "lokaal"

    @property
    def unsettled_meeting(self) -> Action | None:
        """It stood on the agenda, the day has passed, and nobody recorded what the council decided since."""
        decision, dated = self.chain.decision, [action for action in self.chain.agenda if action.happened_iso]
        met = [action for action in dated if latest_day(action.happened_iso) < self.chain.today]
        if not met or not self.is_undecided:
            return None
        return met[-1] if decision is None or decision.happened_iso < met[-1].happened_iso else None

    @property
    def is_undecided(self) -> bool:
        decision = self.chain.decision
        return not self.chain.closed and (decision is None or decision.outcome == Outcome.POSTPONED)

    @property
    def unkept(self) -> Action | None:
        """What was promised for a day that has passed, while nothing was reported or promised since."""
        today = self.chain.today.isoformat()
        late = [promise for promise in self.chain.commitments if promise.due_on and promise.due_on < today]
        open_ = [promise for promise in late if not self.is_answered(promise)]
        return open_[-1] if open_ and not self.chain.is_ended else None

    def is_answered(self, promise: Action) -> bool:
        reported, last = self.chain.reported, self.chain.commitments[-1]
        is_told = reported is not None and reported.happened_iso >= promise.happened_iso
        return is_told or last.happened_iso > promise.happened_iso


Tasks = Iterator[tuple[Followed, str, tuple[Step, ...]]]


@dataclass(frozen=True)
class Task:
    """What waits of one recommendation, and the steps that may settle it."""

    item: Followed
    told: str
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Pile:
    """What waits for the same reason."""

    slug: str
    title: str
    tasks: list[Task]


@dataclass(frozen=True)
class Place:
    municipality: Municipality
    followed: list[Followed]
    steps: list[Step]  # what this reader may record here

    @property
    def waiting(self) -> int:
        """For how many recommendations something waits for this reader."""
        return len({task.item.advice.slug for pile in self.piles for task in pile.tasks if task.steps})

    @property
    def waiting_told(self) -> str:
        return dutch.counted(self.waiting, "aanbeveling wacht", "aanbevelingen wachten") if self.waiting else ""

    @cached_property
    def piles(self) -> list[Pile]:
        """What one can confirm, then the most pressing first; only those in which something lies."""
        to_close = self.pile(
            "voorstel", "Voorstel om af te sluiten, te bevestigen door een tweede persoon", self.proposals()
        )
        confirms = Step.CLOSED in self.steps
        found = [
            *([to_close] if confirms else []),
            self.due("verstreken", "Termijn verstreken", self.past_due),
            *(self.due(f"binnen-{days}", title, self.due_in(days)) for days, title in SOON.items()),
            *([] if confirms else [to_close]),
            self.pile("vast-te-stellen", "Gemeld als afgerond, nog vast te stellen door de rekenkamer", self.reports()),
            self.pile("vergadering", "Vergadering geweest, besluit nog niet genoteerd", self.meetings()),
            self.pile("toezegging", "Toezegging over de dag heen, en sindsdien niets gemeld", self.promises()),
            self.pile("besluit", "Nog geen besluit van de raad genoteerd", self.undecided()),
        ]
        return [pile for pile in found if pile.tasks]

    def pile(self, slug: str, title: str, tasks: Iterable[tuple[Followed, str, tuple[Step, ...]]]) -> Pile:
        return Pile(
            slug,
            title,
            [Task(item, told, tuple(step for step in steps if step in self.steps)) for item, told, steps in tasks],
        )

    def due(self, slug: str, title: str, items: Iterable[Followed]) -> Pile:
        """The first one first."""
        found = sorted(items, key=lambda item: item.chain.deadline or date.max)
        return self.pile(slug, title, [(item, day_told(item.chain), (Step.REPORTED, Step.EXTENSION)) for item in found])

    @property
    def past_due(self) -> list[Followed]:
        return [item for item in self.followed if item.chain.standing == Standing.PAST_DUE]

    def due_in(self, days: int) -> list[Followed]:
        """Within so many days, and not so soon that it lies in a pile before this one."""
        sooner = max((other for other in REMINDED if other < days), default=-1)
        running = [item for item in self.followed if item.chain.standing == Standing.RUNNING]
        return [item for item in running if sooner < days_left(item.chain) <= days]

    def proposals(self) -> Tasks:
        for item in self.followed:
            if item.chain.proposal:
                yield item, item.chain.proposal.heading, (Step.CLOSED,)

    def reports(self) -> Tasks:
        for item in self.followed:
            if item.chain.standing == Standing.REPORTED_DONE and item.chain.reported:
                yield item, item.chain.reported.heading, (Step.ESTABLISHED,)

    def meetings(self) -> Tasks:
        for item in self.followed:
            if item.unsettled_meeting:
                yield item, f"op de agenda van {item.unsettled_meeting.happened}", (Step.DECISION,)

    def promises(self) -> Tasks:
        for item in self.followed:
            if item.unkept:
                told = f"toegezegd uiterlijk {item.unkept.due}: {item.unkept.text}"
                yield item, told, (Step.REPORTED, Step.COMMITMENT)

    def undecided(self) -> Tasks:
        for item in self.followed:
            if item.is_undecided and not item.unsettled_meeting:
                yield item, item.chain.told, (Step.DECISION,)


def days_left(chain: Chain) -> int:
    return -1 if chain.days_left is None else chain.days_left


def day_told(chain: Chain) -> str:
    """ "3 juni 2026, nog twee dagen" """
    day = date_format(chain.deadline, "j F Y") if chain.deadline else ""
    if chain.days_past_due:
        return f"{day}, {dutch.counted(chain.days_past_due, 'dag', 'dagen')} geleden"
    left = days_left(chain)
    return f"{day}, nog {dutch.counted(left, 'dag', 'dagen')}" if left else f"{day}, dat is vandaag"


def places(municipalities: Iterable[int], moment: datetime, reader: Any = None) -> list[Place]:
    """In one query for the municipalities and one for the recommendations, whatever their number."""
    advice = advice_as_of(moment)
    found = Municipality.objects.filter(pk__in=municipalities).order_by("name")
    return [
        Place(place, followed_in(place, advice, moment), steps_of(reader, place.pk) if reader else [])
        for place in found
    ]


def followed_in(municipality: Municipality, advice: list[Advice], moment: datetime) -> list[Followed]:
    return [
        Followed(
            municipality,
            item,
            Chain.of(item.actions_in(municipality.slug), item.issued, localdate(moment)),
        )
        for item in advice
        if item.is_umbrella or item.municipality == municipality.slug
    ]
