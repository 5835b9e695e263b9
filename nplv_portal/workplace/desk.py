"""What lies on someone's desk: the read models of the workplace."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format

from findings.models import AuditRound, FindingVersion, Participation, RoundAspect
from nplv_portal.lib.versions import Stage, Version
from nplv_portal.workplace.kinds import BY_SLUG, KINDS, Kind
from nplv_portal.workplace.models import Remark
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

    @property
    def title(self) -> str:
        return self.kind.title(self.version)

    @property
    def stage(self) -> str:
        return stage_of(self.version)

    @property
    def key(self) -> str:
        """Which text this is, in a form."""
        return f"{self.kind.slug}-{self.version.pk}"

    @property
    def mark(self) -> str:
        """Which text, as it was on screen."""
        return f"{self.key}-{self.version.edition}"


@dataclass(frozen=True)
class Desk:
    drafts: list[Item]  # that this person works on
    others: list[Item]  # drafts of colleagues
    to_review: list[Item]
    to_publish: list[Item]
    waiting: list[Item]  # released, for later
    closings: list[FollowUpEvent]  # recommendations that a colleague proposes to close

    @classmethod
    def of(cls, user: Any) -> Desk:
        found = [(kind, version) for kind in KINDS for version in kind.editable_by(user).order_by("-pk")[:200]]
        open_remarks = unanswered(found)
        items = [Item(kind, v, open_remarks.get((kind.slug, v.pk), 0)) for kind, v in found]
        waiting = [Item(kind, v) for kind in KINDS for v in kind.early_for(user).order_by("public_during")[:200]]
        drafts = [item for item in items if item.version.stage == Stage.DRAFT]
        return cls(
            [item for item in drafts if user.pk in item.version.writers],
            [item for item in drafts if user.pk not in item.version.writers],
            [item for item in items if item.version.stage == Stage.IN_REVIEW],
            [item for item in items if item.version.stage == Stage.APPROVED],
            waiting,
            list(
                FollowUpEvent.objects.waiting_for_a_second()
                .filter(municipality__in=user.rights.writes)
                .exclude(entered_by=user)
                .select_related("municipality", "recommendation")
            ),
        )

    @property
    def is_empty(self) -> bool:
        return not any(vars(self).values())


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
