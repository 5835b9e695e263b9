"""What lies on someone's desk: the read models of the workplace."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Q
from django.utils import timezone
from django.utils.formats import date_format

from findings.models import AuditRound, FindingVersion, Participation, RoundAspect
from focusareas.models import FocusArea
from nplv_portal.accounts.models import Membership, User
from nplv_portal.lib import dutch
from nplv_portal.lib.versions import PREPARED, Stage, Version
from nplv_portal.workplace.kinds import BY_SLUG, KINDS, Kind
from nplv_portal.workplace.models import Hearing, Remark, WorkEvent
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
    is_mine: bool = False  # who reads the list, wrote it too
    is_answered: bool = False  # every remark that was made
    author: str = ""
    since: datetime | None = None

    @property
    def title(self) -> str:
        return self.kind.title(self.version)

    @property
    def stage(self) -> str:
        return stage_of(self.version)

    @property
    def is_asked(self) -> bool:
        """A colleague waits for an answer of who reads the list."""
        return self.is_mine and self.remarks > 0 and self.version.stage in PREPARED

    @property
    def turn(self) -> str:
        """Whose turn it is because of a remark, in words."""
        if self.remarks and self.version.stage in PREPARED:
            what, wait = ("opmerking", "wacht") if self.remarks == 1 else ("opmerkingen", "wachten")
            turn = "te beantwoorden" if self.is_asked else f"{wait} op antwoord van de schrijver"
            return f"{self.remarks} {what} {turn}"
        return "opmerking beantwoord" if self.is_answered and self.version.stage == Stage.IN_REVIEW else ""

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
    to_review: list[Item]  # what others wrote; first where they answered a remark
    unanswered: list[Item]  # what others wrote and have been asked about
    closings: list[FollowUpEvent]  # recommendations that a colleague proposes to close
    replied: list[Hearing]  # in which a municipality reacted and the office did nothing with that yet
    to_publish: list[Item]  # approved, and written by others
    handed_in: list[Item]  # by this person: in review, or approved
    waiting: list[Item]  # released, for later
    others: list[Item]  # what colleagues work on
    published: list[Item]  # by this office, the latest first

    @classmethod
    def of(cls, user: Any) -> Desk:
        found = [(kind, version) for kind in KINDS for version in kind.editable_by(user).order_by("-pk")[:200]]
        waiting = [(kind, v) for kind in KINDS for v in kind.early_for(user).order_by("public_during")[:200]]
        items = items_of(found, user)

        def those(*stages: Stage, mine: bool) -> list[Item]:
            return [i for i in items if i.version.stage in stages and i.is_mine is mine]

        asked = [item for item in items if item.is_asked]
        reviewed = those(Stage.IN_REVIEW, mine=False)
        return cls(
            asked,
            [item for item in those(Stage.DRAFT, mine=True) if item not in asked],
            sorted((item for item in reviewed if not item.remarks), key=lambda item: not item.is_answered),
            [item for item in reviewed if item.remarks],
            list(
                FollowUpEvent.objects.waiting_for_a_second()
                .filter(municipality__in=user.rights.writes)
                .exclude(entered_by=user)
                .select_related("municipality", "recommendation")
            ),
            list(Hearing.objects.held_by(user).counted().filter(unanswered__gt=0).select_related("municipality")),
            those(Stage.APPROVED, mine=False),
            [item for item in those(Stage.IN_REVIEW, Stage.APPROVED, mine=True) if item not in asked],
            items_of(waiting, user),
            those(Stage.DRAFT, mine=False),
            published_last(user),
        )

    @property
    def is_empty(self) -> bool:
        return not any([self.asked, self.drafts, self.to_review, self.closings, self.replied])


def published_last(user: Any, limit: int = 6) -> list[Item]:
    """What people of this office made public, and still is."""
    found = [
        (kind, version)
        for kind in KINDS
        for version in kind.correctable_by(user)
        .as_of(timezone.now())
        .filter(published_by__isnull=False)
        .order_by("-public_during__startswith", "-pk")[:limit]
    ]
    found.sort(key=lambda pair: pair[1].public_during.lower, reverse=True)
    return items_of(found[:limit], user)


def items_of(found: list[tuple[Kind, Version]], user: Any) -> list[Item]:
    """With their remarks, who wrote them last and since when they are as they are. Three queries."""
    asked = open_remarks(found)
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
            user.pk in version.writers,
            asked.get((kind.slug, version.pk)) == 0,
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


def open_remarks(versions: list[tuple[Kind, Version]]) -> dict[tuple[str, int], int]:
    """(kind, version) → how many of its remarks wait for an answer; only of versions that have remarks."""
    remarks = Remark.objects.filter(version_id__in=[version.pk for _, version in versions]).order_by()
    counted = remarks.values_list("kind", "version_id").annotate(number=Count("pk", filter=Q(answer="")))
    return {(kind, version): number for kind, version, number in counted}


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
        """ "31 van 52 aspecten begonnen: 20 gepubliceerd, 4 in beoordeling, 7 concept"."""
        begun = [cell.version for cell in self.cells if cell.version]
        by_stage = Counter(stage_of(version).partition(" tot ")[0] for version in begun)
        order = ("gepubliceerd", "onder embargo", "goedgekeurd", "in beoordeling", "concept", "ingetrokken")
        parts = [f"{by_stage[stage]} {stage}" for stage in order if by_stage[stage]]
        total = f"{len(begun)} van {len(self.cells)} aspecten begonnen"
        return f"{total}: {', '.join(parts)}" if parts else total


def absent(user: Any) -> tuple[AuditRound | None, list[FocusArea]]:
    """The latest round, and the areas of this person's office that do not take part in it."""
    latest = AuditRound.objects.filter(round_aspects__isnull=False).order_by("-number").first()
    own = FocusArea.objects.filter(municipality__in=user.rights.writes).order_by("name")
    return latest, list(own.exclude(participations__round=latest)) if latest else []


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
