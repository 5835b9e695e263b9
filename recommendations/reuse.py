"""Who took a good example over, and what they made of it, as the public could read it at a moment: plain data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.utils.formats import date_format
from django.utils.timezone import localdate

from findings.models import RoundAspect
from nplv_portal.lib.partial_dates import partial
from recommendations.models import RecommendationVersion, Reuse


@dataclass(frozen=True)
class Reused:
    """One example in one municipality that took it over, as the municipality itself says."""

    practice: str
    title: str
    theirs: str  # the municipality that the example is from
    theirs_name: str
    municipality: str
    municipality_name: str
    since: str
    since_iso: str
    text: str
    link: str
    evidence: str  # name of a file that is not public
    aspect: str
    aspect_title: str
    recommendation: str  # empty where it is not public
    recommendation_title: str
    entered_on: str
    retracted_on: str  # empty while it stands
    reason: str  # why it fell away
    earlier: list[str]  # what stood here before, the last one first

    @property
    def stands(self) -> bool:
        return not self.retracted_on

    @property
    def link_site(self) -> str:
        return urlsplit(self.link).hostname or ""

    @property
    def proof(self) -> str:
        """Where it stands, in words."""
        return self.link or (f"bestand “{self.evidence}”, niet openbaar" if self.evidence else "")

    @property
    def in_full(self) -> str:
        """On one line, for a cell of a spreadsheet."""
        return f"{self.municipality_name}, sinds {self.since}: {self.text} [{self.proof}]"

    @classmethod
    def of(cls, entry: dict[str, Any], before: list[dict[str, Any]]) -> Reused:
        """`before`: what it corrects, and what that corrected, the last one first."""
        shown, *earlier = [entry, *before] if not entry["is_retraction"] else before
        return cls(
            practice=shown["practice"],
            title=shown["title"],
            theirs=shown["theirs"],
            theirs_name=shown["theirs_name"],
            municipality=shown["municipality"],
            municipality_name=shown["municipality_name"],
            since=partial(shown["since"]),
            since_iso=shown["since"],
            text=shown["text"],
            link=shown["link"],
            evidence=shown["evidence"] or "",
            aspect=shown["aspect"] or "",
            aspect_title=shown["aspect_title"] or "",
            recommendation=shown["recommendation"] if shown["recommendation_title"] else "",
            recommendation_title=shown["recommendation_title"] or "",
            entered_on=entered_on(shown),
            retracted_on=entered_on(entry) if entry["is_retraction"] else "",
            reason=entry["text"] if entry["is_retraction"] else "",
            earlier=[f"sinds {partial(old['since'])}: {old['text']}" for old in earlier],
        )


def reused(entries: Iterable[dict[str, Any]]) -> list[Reused]:
    """In the order in which it was done; what fell away stands last."""
    known = {entry["id"]: entry for entry in entries}
    corrected = {entry["corrects"] for entry in known.values()}
    found = [Reused.of(entry, before(entry, known)) for entry in known.values() if entry["id"] not in corrected]
    return sorted(found, key=lambda item: (not item.stands, item.since_iso, item.municipality_name, item.title))


def entered_on(entry: dict[str, Any]) -> str:
    return date_format(localdate(datetime.fromisoformat(entry["entered_at"])), "j F Y")


def before(entry: dict[str, Any], known: dict[int, dict[str, Any]]) -> list[dict[str, Any]]:
    old = known.get(entry["corrects"])
    return [old, *before(old, known)] if old else []


def standing(items: Iterable[Reused]) -> list[Reused]:
    """Without what fell away."""
    return [item for item in items if item.stands]


def reuse_rows(moment: datetime, **where: object) -> QuerySet[Any, Any]:
    """All that had been entered by then about examples that were public, in the order in which it was entered."""
    aspect = RoundAspect.objects.filter(aspect=OuterRef("aspect")).order_by("-round__number").values("short_wording")
    advice = RecommendationVersion.objects.as_of(moment).filter(record=OuterRef("recommendation")).values("title")
    found: QuerySet[Any, Any] = (
        Reuse.objects.filter(entered_at__lte=moment, **where)
        .of_public(moment)
        .order_by("pk")
        .values(
            json=JSONObject(
                id="pk",
                practice="practice__slug",
                title="title",
                theirs="practice__municipality__slug",
                theirs_name="practice__municipality__name",
                municipality="municipality__slug",
                municipality_name="municipality__name",
                since="since",
                text="text",
                link="link",
                evidence="evidence__name",
                aspect="aspect__slug",
                aspect_title=Subquery(aspect[:1]),
                recommendation="recommendation__slug",
                recommendation_title=Subquery(advice[:1]),
                corrects="corrects",
                is_retraction="is_retraction",
                entered_at="entered_at",
            )
        )
    )
    return found


def reuses_as_json(moment: datetime, **where: object) -> ArraySubquery:
    return ArraySubquery(reuse_rows(moment, **where))


def reused_for_advice(slug: str, moment: datetime) -> list[Reused]:
    """What was taken over for a recommendation, and stands. A correction may have made it another, or none."""
    ever = Reuse.objects.filter(recommendation__slug=slug).values("practice")
    rows = reuse_rows(moment, practice__in=ever)
    return [item for item in standing(reused(row["json"] for row in rows)) if item.recommendation == slug]
