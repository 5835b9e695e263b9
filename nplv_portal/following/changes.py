"""What changed for readers, the newest first: what a feed or a mail tells."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import reduce
from operator import or_
from typing import Any, TypeVar

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.urls import reverse

from findings.models import FindingVersion
from nplv_portal.lib.versions import Stage
from recommendations.models import FollowUpEvent, RecommendationVersion, Reuse, Step

Records = TypeVar("Records", bound=QuerySet[Any])
LATEST = 50
BEFORE_ALL = datetime(2000, 1, 1, tzinfo=UTC)
# Where searched words may stand.
FINDING_TEXTS = ("headline", "text", "record__round_aspect__wording", "record__focus_area__municipality__name")
ADVICE_TEXTS = ("title", "headline", "text")
EVENT_TEXTS = ("text", "municipality__name")


@dataclass(frozen=True)
class Topic:
    """What someone follows: everything, or what is about a municipality, a role, a recommendation or some words."""

    title: str
    municipality: str = ""
    role: str = ""
    recommendation: str = ""
    words: str = ""

    @property
    def is_chosen(self) -> bool:
        return bool(self.municipality or self.role or self.recommendation or self.words)


@dataclass(frozen=True)
class Change:
    key: str  # lasting, one for each change
    at: datetime
    title: str
    text: str
    url: str


def changes(topic: Topic, moment: datetime, since: datetime = BEFORE_ALL, most: int = LATEST) -> list[Change]:
    """The newest that happened after `since`, as known by that moment. Five queries, whatever the number of records."""
    found = [*findings(topic, moment, since, most), *advice(topic, moment, since, most)]
    found += [*events(topic, moment, since, most), *reuses(topic, moment, since, most)]
    return sorted(found, key=lambda change: (change.at, change.key), reverse=True)[:most]


def matching(records: Records, words: str, *fields: str, other: Q | None = None) -> Records:
    """In which each word stands: as typed (a part of a long word too), or all of them in other forms."""
    as_typed = Q()
    for word in words.split():
        as_typed &= reduce(or_, (Q(**{f"{field}__unaccent__icontains": word}) for field in fields))
    in_dutch = Q(vector=SearchQuery(words, config="dutch", search_type="plain"))
    found: Records = records.annotate(vector=SearchVector(*fields, config="dutch"))
    return found.filter(as_typed | in_dutch | (other or Q(pk__in=[])))


def findings(topic: Topic, moment: datetime, since: datetime, most: int) -> list[Change]:
    if topic.recommendation:
        return []
    versions = FindingVersion.objects.public_by(moment).exclude(headline="")
    if topic.municipality:
        versions = versions.filter(record__focus_area__municipality__slug=topic.municipality)
    if topic.role:
        versions = versions.filter(record__round_aspect__aspect__role__slug=topic.role)
    if topic.words:
        versions = matching(versions, topic.words, *FINDING_TEXTS)
    versions = versions.select_related("record__round_aspect__round", "record__focus_area__municipality")
    shown = versions.filter(public_during__startswith__gt=since).order_by("-public_during__startswith", "-pk")[:most]
    gone = versions.filter(
        stage=Stage.WITHDRAWN, public_during__endswith__gt=since, public_during__endswith__lte=moment
    )
    return [*map(opened, shown), *map(withdrawn, gone.order_by("-public_during__endswith", "-pk")[:most])]


def place_of(version: Any) -> str:
    return f"{version.record.round_aspect.short_wording}, {version.record.focus_area.municipality.name}"


def opened(version: Any) -> Change:
    what = f"Erratum: {version.erratum}" if version.erratum else version.record.round_aspect.round.name
    return Change(
        f"bevinding-{version.pk}",
        version.published_at,
        f"{place_of(version)}: {version.headline}",
        f"{what}\n\n{version.text}",
        reverse("finding", args=[version.record.slug]),
    )


def withdrawn(version: Any) -> Change:
    return Change(
        f"bevinding-{version.pk}-ingetrokken",
        version.closed_at,
        f"{place_of(version)}: ingetrokken",
        version.withdrawal_reason,
        reverse("finding", args=[version.record.slug]),
    )


def advice(topic: Topic, moment: datetime, since: datetime, most: int) -> list[Change]:
    if topic.role:
        return []
    versions = RecommendationVersion.objects.public_by(moment).filter(public_during__startswith__gt=since)
    if topic.municipality:
        own = Q(record__municipality__slug=topic.municipality)
        versions = versions.filter(own | Q(record__municipality__isnull=True))
    if topic.recommendation:
        versions = versions.filter(record__slug=topic.recommendation)
    if topic.words:
        versions = matching(versions, topic.words, *ADVICE_TEXTS)
    found = versions.select_related("record__municipality").order_by("-public_during__startswith", "-pk")[:most]
    return [advised(version) for version in found]


def advised(version: Any) -> Change:
    place = version.record.municipality
    return Change(
        f"aanbeveling-{version.pk}",
        version.published_at,
        f"Aanbeveling aan {place}: {version.title}" if place else f"Aanbeveling: {version.title}",
        f"Erratum: {version.erratum}\n\n{version.text}" if version.erratum else version.text,
        reverse("recommendation", args=[version.record.slug]),
    )


def events(topic: Topic, moment: datetime, since: datetime, most: int) -> list[Change]:
    if topic.role:
        return []
    found = FollowUpEvent.objects.entered_until(moment).told_to_readers()
    found = found.filter(entered_at__gt=since, recommendation__isnull=False)
    if topic.municipality:
        found = found.filter(municipality__slug=topic.municipality)
    if topic.recommendation:
        found = found.filter(recommendation__slug=topic.recommendation)
    if topic.words:  # in what is said of it, or in the recommendation that it is about
        about = matching(RecommendationVersion.objects.as_of(moment), topic.words, *ADVICE_TEXTS)
        found = matching(found, topic.words, *EVENT_TEXTS, other=Q(recommendation__in=about.values("record")))
    known_as = RecommendationVersion.objects.as_of(moment).filter(record=OuterRef("recommendation"))
    found = found.annotate(about=Subquery(known_as.values("title")))
    found = found.select_related("municipality", "recommendation", "corrects").order_by("-entered_at", "-pk")[:most]
    return [
        Change(
            f"opvolging-{event.pk}",
            event.entered_at,
            f"{event.municipality}: {told(event)}",
            f"Over de aanbeveling “{event.about}”.\n\n{event.text}" if event.about else event.text,
            f"{reverse('recommendation', args=[event.recommendation.slug])}?gemeente={event.municipality.slug}",
        )
        for event in found
    ]


def told(event: Any) -> str:
    """ "besluit van de raad, overgenomen", or that an earlier step was corrected or fell away."""
    if event.step == Step.RETRACTED:
        return f"vervallen: {event.corrects.get_step_display()}"
    what = ", ".join(filter(None, [event.get_step_display(), event.get_outcome_display()]))
    return f"verbeterd: {what}" if event.corrects_id else what


def reuses(topic: Topic, moment: datetime, since: datetime, most: int) -> list[Change]:
    """What a municipality took over from another is a change of the one that did."""
    if topic.role:
        return []
    found = Reuse.objects.filter(entered_at__gt=since, entered_at__lte=moment)
    if topic.municipality:
        found = found.filter(municipality__slug=topic.municipality)
    if topic.recommendation:
        here = Q(recommendation__slug=topic.recommendation)
        found = found.filter(here | Q(corrects__recommendation__slug=topic.recommendation))
    if topic.words:
        found = matching(found, topic.words, *EVENT_TEXTS)
    found = found.of_public(moment).select_related("municipality", "practice__municipality")
    return [taken_over(reuse) for reuse in found.order_by("-entered_at", "-pk")[:most]]


def taken_over(reuse: Any) -> Change:
    what = f"goed voorbeeld overgenomen van {reuse.practice.municipality}: {reuse.title}"
    word = "vervallen: " if reuse.is_retraction else "verbeterd: " if reuse.corrects_id else ""
    return Change(
        f"overgenomen-{reuse.pk}",
        reuse.entered_at,
        f"{reuse.municipality}: {word}{what}",
        reuse.text,
        f"{reverse('good_practice', args=[reuse.practice.slug])}#overgenomen",
    )
