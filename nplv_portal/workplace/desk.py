"""What lies on someone's desk: the read models of the workplace."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max
from django.utils import timezone
from django.utils.formats import date_format

from findings.models import AuditRound, FindingVersion, Participation, RoundAspect
from nplv_portal.accounts.models import Membership, User
from nplv_portal.lib import dutch
from nplv_portal.lib.versions import PREPARED, Stage, Version
from nplv_portal.workplace.kinds import BY_SLUG, KINDS, Kind
from nplv_portal.workplace.models import Remark, WorkEvent
from recommendations.models import FollowUpEvent


def stage_of(version: Version) -> str:
    """In words. What was released for later is not public yet."""
    opens = version.published_at
    if opens and opens > timezone.now():
        return f"onder embargo tot {date_format(timezone.localtime(opens), 'j F Y, H:i')}"
    return str(Stage(version.stage).label)


@dataclass(frozen=True)
class Item:
    """A version in a list."""

    kind: Kind
    version: Version
    remarks: int = 0  # that wait for an answer
    author: str = ""
    since: datetime | None = None

    @property
    def title(self) -> str:
        return self.kind.title(self.version)

    @property
    def stage(self) -> str:
        return stage_of(self.version)

    @property
    def place(self) -> str:
        return str(self.kind.place(self.version) or "alle gemeenten")

    @property
    def page(self) -> str:
        return self.kind.page(self.version)

    @property
    def key(self) -> str:
        """Which text this is, in a form."""
        return f"{self.kind.slug}-{self.version.pk}"

    @property
    def mark(self) -> str:
        """Which text, as it was on screen."""
        return f"{self.key}-{self.version.edition}"


@dataclass(frozen=True)
class Pile:
    """Items that one may take together: the findings of one area in a round, or all of a kind."""

    key: str
    name: str
    items: list[Item]


def piles(items: Iterable[Item]) -> list[Pile]:
    found: dict[tuple[str, str], list[Item]] = {}
    for item in items:
        version = item.version
        if isinstance(version, FindingVersion):
            round_, area = version.record.round_aspect.round, version.record.focus_area
            pile = f"{round_.slug}/{area.slug}", f"Bevindingen van {area}, {round_}"
        else:
            pile = item.kind.slug, dutch.capitalised(item.kind.plural)
        found.setdefault(pile, []).append(item)
    return [Pile(*pile, held) for pile, held in found.items()]


@dataclass(frozen=True)
class Desk:
    """In the order of what waits for this person; `asked` first: of what they write, what a colleague asks about."""

    asked: list[Item]
    drafts: list[Item]  # that this person works on
    to_review: list[Item]  # what others wrote
    closings: list[FollowUpEvent]  # recommendations that a colleague proposes to close
    to_publish: list[Item]  # approved, and written by others
    handed_in: list[Item]  # by this person: in review, or approved
    waiting: list[Item]  # released, for later
    others: list[Item]  # what colleagues work on

    @classmethod
    def of(cls, user: Any) -> Desk:
        found = [(kind, version) for kind in KINDS for version in kind.editable_by(user).order_by("-pk")[:200]]
        waiting = [(kind, v) for kind in KINDS for v in kind.early_for(user).order_by("public_during")[:200]]
        items = items_of(found)

        def those(*stages: Stage, mine: bool) -> list[Item]:
            return [i for i in items if i.version.stage in stages and (user.pk in i.version.writers) is mine]

        asked = [item for item in those(*PREPARED, mine=True) if item.remarks]
        return cls(
            asked,
            [item for item in those(Stage.DRAFT, mine=True) if item not in asked],
            those(Stage.IN_REVIEW, mine=False),
            list(
                FollowUpEvent.objects.waiting_for_a_second()
                .filter(municipality__in=user.rights.writes)
                .exclude(entered_by=user)
                .select_related("municipality", "recommendation")
            ),
            those(Stage.APPROVED, mine=False),
            [item for item in those(Stage.IN_REVIEW, Stage.APPROVED, mine=True) if item not in asked],
            items_of(waiting),
            those(Stage.DRAFT, mine=False),
        )

    @property
    def is_empty(self) -> bool:
        return not any([self.asked, self.drafts, self.to_review, self.closings])


def items_of(found: list[tuple[Kind, Version]]) -> list[Item]:
    """With their remarks, who wrote them last and since when they are as they are. Three queries."""
    asked = unanswered(found)
    pks = [version.pk for _, version in found]
    last = {
        (kind, version): at
        for kind, version, at in WorkEvent.objects.filter(version_id__in=pks)
        .order_by()
        .values_list("kind", "version_id")
        .annotate(Max("at"))
    }
    names = {user.pk: str(user) for user in User.objects.filter(pk__in={pk for _, v in found for pk in v.writers})}
    return [
        Item(
            kind,
            version,
            asked.get((kind.slug, version.pk), 0),
            dutch.listed([names[pk] for pk in version.writers if pk in names]),
            last.get((kind.slug, version.pk), version.written_at),
        )
        for kind, version in found
    ]


def publishers(kind: Kind, version: Version) -> list[User]:
    """The secretaries who may publish it: of its office, and not one of its writers."""
    secretaries = Membership.objects.current().filter(role=Membership.Role.SECRETARY, user__is_active=True)
    if place := kind.place(version):
        secretaries = secretaries.filter(office__municipalities=place)
    found = User.objects.filter(pk__in=secretaries.values("user")).order_by("first_name", "last_name")
    return [user for user in found if user.pk not in version.writers]


def unanswered(versions: list[tuple[Kind, Version]]) -> Counter[tuple[str, int]]:
    """(kind, version) → how many remarks wait for an answer."""
    pks = [version.pk for _, version in versions]
    return Counter(Remark.objects.filter(answer="", version_id__in=pks).values_list("kind", "version_id"))


@dataclass(frozen=True)
class RoundCell:
    aspect: str
    title: str
    question: str
    role: str
    version: Version | None  # the last one
    others: str = ""

    @property
    def stage(self) -> str:
        return stage_of(self.version) if self.version else ""


@dataclass(frozen=True)
class RoundSheet:
    """The column of one area in one round, as its office fills it in."""

    round: AuditRound
    area: Any
    cells: list[RoundCell]

    @property
    def empty(self) -> list[RoundCell]:
        return [cell for cell in self.cells if cell.version is None]

    @property
    def progress(self) -> str:
        """ "31 van 52, 4 in beoordeling"."""
        filled = sum(cell.version is not None for cell in self.cells)
        waiting = sum(cell.version is not None and cell.version.stage == Stage.IN_REVIEW for cell in self.cells)
        return f"{filled} van {len(self.cells)}, {waiting} in beoordeling"


def sheets(user: Any) -> list[RoundSheet]:
    """Every area and round that the office of this person examines, the latest round first."""
    parts = (
        Participation.objects.filter(focus_area__municipality__in=user.rights.writes)
        .select_related("round", "focus_area__municipality")
        .order_by("-round__number", "order")
    )
    return [sheet(part.round, part.focus_area) for part in parts]


def sheet(round_: AuditRound, area: Any) -> RoundSheet:
    entries = RoundAspect.objects.filter(round=round_).select_related("aspect__role").order_by("order")
    latest: dict[int, Version] = {}
    for version in (
        FindingVersion.objects.filter(record__round_aspect__round=round_, record__focus_area=area)
        .select_related("record")
        .order_by("number")
    ):
        latest[version.record.round_aspect_id] = version
    return RoundSheet(
        round_,
        area,
        [
            RoundCell(
                entry.aspect.slug, entry.short_wording, entry.question, entry.aspect.role.name, latest.get(entry.pk)
            )
            for entry in entries
        ],
    )


def beside(version: FindingVersion) -> list[tuple[str, FindingVersion]]:
    """What stands next to a cell while one writes: the previous round here, and what others published."""
    entry = version.record.round_aspect
    public = FindingVersion.objects.as_of(timezone.now()).select_related(
        "record__focus_area", "record__round_aspect__round"
    )
    before = public.filter(
        record__focus_area=version.record.focus_area,
        record__round_aspect__aspect=entry.aspect,
        record__round_aspect__round__number__lt=entry.round.number,
    ).order_by("-record__round_aspect__round__number")[:1]
    others = public.filter(record__round_aspect=entry).exclude(record__focus_area=version.record.focus_area)
    return [(f"Hier, in {v.record.round_aspect.round.short_name}", v) for v in before] + [
        (v.record.focus_area.name, v) for v in others.order_by("record__focus_area__name")
    ]


def find(kind: str, pk: int) -> Item | None:
    version = BY_SLUG[kind].versions.filter(pk=pk).first() if kind in BY_SLUG else None
    return Item(BY_SLUG[kind], version) if version else None
