"""What the front page and the list of municipalities show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.lookups import Unaccent
from django.db.models import Case, Count, Exists, IntegerChoices, Max, Min, OuterRef, Subquery, TextField, Value, When
from django.db.models.functions import Cast, Lower, TruncDate
from django.urls import reverse

from findings.models import (
    FindingVersion,
)
from focusareas.models import FocusArea, Municipality
from nplv_portal.lib import dutch
from nplv_portal.lib.partial_dates import partial
from nplv_portal.sources.models import PublicRevision
from recommendations.models import GoodPracticeVersion, RecommendationVersion


@dataclass(frozen=True)
class AreaTile:
    """A municipality on the schematic map and in the list of areas."""

    slug: str
    name: str
    province: str
    areas: str
    has_report: bool
    tile_x: str
    tile_y: str
    shared: str = ""  # how the names of all municipalities begin: what tells them apart comes after it

    @property
    def short(self) -> str:
        return dutch.capitalised(self.own[:3])

    @property
    def own(self) -> str:
        return self.name.removeprefix(self.shared) or self.name


def area_tiles(moment: datetime) -> list[AreaTile]:
    """All municipalities by name, with whether anything found there was public at that moment. One query."""
    found = FindingVersion.objects.as_of(moment).filter(record__focus_area__municipality=OuterRef("pk"))
    municipalities = Municipality.objects.annotate(
        has_report=Exists(found),
        area_names=ArraySubquery(FocusArea.objects.filter(municipality=OuterRef("pk")).values("name")),
    ).order_by(Lower(Unaccent("name")))
    shared = shared_start([m.name for m in municipalities])
    return [
        AreaTile(
            m.slug,
            m.name,
            m.province,
            dutch.listed(m.area_names),
            m.has_report,
            str(m.tile_x),
            str(m.tile_y),
            shared if len(shared) > 2 else "",
        )
        for m in municipalities
    ]


def shared_start(names: list[str]) -> str:
    """ "Voorbeeld", of "Voorbeelddam" and "Voorbeeldstad"."""
    first, last = min(names, default=""), max(names, default="")
    return first[: next((i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), 0)]


@dataclass(frozen=True)
class Published:
    """Something that became public, for the list of latest changes."""

    date_text: str
    text: str
    url: str


def totals(moment: datetime) -> dict[str, str]:
    """How much is public, as ready strings. One query."""
    findings = FindingVersion.objects.as_of(moment).exclude(headline="")
    counted_by = {
        "findings": (findings, "pk"),
        "municipalities": (findings, "record__focus_area__municipality"),
        "aspects": (findings, "record__round_aspect__aspect"),
        "rounds": (findings, "record__round_aspect__round"),
        "practices": (GoodPracticeVersion.objects.as_of(moment), "pk"),
        "recommendations": (RecommendationVersion.objects.as_of(moment), "pk"),
    }
    counts = PublicRevision.objects.annotate(
        **{
            name: Subquery(found.order_by().values(all=Value(1)).annotate(n=Count(what, distinct=True)).values("n"))
            for name, (found, what) in counted_by.items()
        }
    )
    return {name: str(count or 0) for name, count in counts.values(*counted_by)[0].items()}


class Kind(IntegerChoices):
    """What became public: in this order of what became so at one moment."""

    FINDING = 0
    CORRECTED_FINDING = 1
    ADVICE = 2
    CORRECTED_ADVICE = 3


def latest_changes(moment: datetime, limit: int = 6) -> list[Published]:
    """What became public last, by day and kind, the latest first. One query.

    What was corrected since still counts on its own day.
    """
    day = Cast(TruncDate("public_during__startswith"), TextField())
    found = (
        FindingVersion.objects.public_by(moment)
        .exclude(headline="")
        .annotate(kind=kind_of(Kind.FINDING), day=day, shown=day)
        .values_list("kind", "day", "shown", "record__round_aspect__round__name")
        .annotate(
            count=Count("pk"),
            places=Count("record__focus_area__municipality", distinct=True),
            one=Min("record__slug"),
            last=Max("public_during__startswith"),
        )
    )
    issued = Cast("issued", TextField())
    advised = (
        RecommendationVersion.objects.public_by(moment)
        .annotate(kind=kind_of(Kind.ADVICE), day=day, shown=Case(When(number__gt=1, then=day), default=issued))
        .values_list("kind", "day", "shown", "record__report__title")
        .annotate(count=Count("pk"), places=Value(1), one=Min("record__slug"), last=Max("public_during__startswith"))
    )
    rows = found.order_by().union(advised.order_by(), all=True).order_by("-last", "kind")[:limit]
    return [change(Kind(kind), *row) for kind, _, *row, _ in rows]


def kind_of(first: Kind) -> Case:
    """The first version of a record, or one that corrects it."""
    return Case(When(number__gt=1, then=Value(first + 1)), default=Value(first.value))


def change(kind: Kind, shown: str, name: str, count: int, places: int, one: str) -> Published:
    """With the way to it: of one erratum, to that text."""
    is_correction = kind in {Kind.CORRECTED_FINDING, Kind.CORRECTED_ADVICE}
    erratum = "erratum bij " if is_correction else ""
    if kind in {Kind.ADVICE, Kind.CORRECTED_ADVICE}:
        number = dutch.capitalised(f"{erratum}{dutch.counted(count, 'aanbeveling', 'aanbevelingen')}")
        url = reverse("recommendation", args=[one]) if is_correction and count == 1 else reverse("recommendations")
        return Published(partial(shown), f"{number} in “{name}”", url)
    found, where = dutch.counted(count, "bevinding", "bevindingen"), dutch.counted(places, "gemeente", "gemeenten")
    url = reverse("finding", args=[one]) if is_correction and count == 1 else reverse("matrix")
    return Published(partial(shown), f"{name}: {erratum}{found} over {where}", url)
