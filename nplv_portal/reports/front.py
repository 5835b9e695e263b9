"""What the front page and the list of municipalities show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.lookups import Unaccent
from django.db.models import Case, Count, Exists, OuterRef, Subquery, TextField, Value, When
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


def area_tiles(moment: datetime) -> list[AreaTile]:
    """All municipalities by name, with whether anything found there was public at that moment. One query."""
    found = FindingVersion.objects.as_of(moment).filter(record__focus_area__municipality=OuterRef("pk"))
    municipalities = Municipality.objects.annotate(
        has_report=Exists(found),
        area_names=ArraySubquery(FocusArea.objects.filter(municipality=OuterRef("pk")).values("name")),
    ).order_by(Lower(Unaccent("name")))
    return [
        AreaTile(m.slug, m.name, m.province, dutch.listed(m.area_names), m.has_report, str(m.tile_x), str(m.tile_y))
        for m in municipalities
    ]


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


def latest_changes(moment: datetime, limit: int = 6) -> list[Published]:
    """What became public last, by day and kind. One query."""
    day = Cast(TruncDate("public_during__startswith"), TextField())
    is_correction = Case(When(number__gt=1, then=Value(1)), default=Value(0))
    found = (
        FindingVersion.objects.as_of(moment)
        .exclude(headline="")
        .annotate(kind=is_correction, day=day, shown=day)
        .values_list("kind", "day", "shown", "record__round_aspect__round__name")
        .annotate(count=Count("pk"), places=Count("record__focus_area__municipality", distinct=True))
    )
    advised = (
        RecommendationVersion.objects.as_of(moment)
        .annotate(kind=Value(2), day=day, shown=Cast("issued", TextField()))
        .values_list("kind", "day", "shown", "record__report__title")
        .annotate(count=Count("pk"), places=Value(1))
    )
    rows = found.order_by().union(advised.order_by(), all=True).order_by("-day", "kind")[:limit]
    return [change(*row) for row in rows]


def change(kind: int, day: str, shown: str, name: str, count: int, places: int) -> Published:
    if kind == 2:
        number = dutch.capitalised(dutch.counted(count, "aanbeveling", "aanbevelingen"))
        return Published(partial(shown), f"{number} in “{name}”", reverse("recommendations"))
    found = (
        dutch.counted(count, "bevinding", "bevindingen")
        if kind == 0
        else f"erratum bij {dutch.counted(count, 'bevinding', 'bevindingen')}"
    )
    return Published(
        partial(shown), f"{name}: {found} over {dutch.counted(places, 'gemeente', 'gemeenten')}", reverse("matrix")
    )
