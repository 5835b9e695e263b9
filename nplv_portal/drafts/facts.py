"""What a draft rests on: the same read models as the page of the finding or the recommendation, at one moment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, Exists, F, OuterRef, Q, When
from django.db.models.functions import JSONObject
from django.utils.timezone import localdate

from findings.matrix import LABELS, Cell
from findings.models import FindingVersion, Participation
from focusareas.models import QuestionArticle
from nplv_portal.lib.moments import Moment
from nplv_portal.reports.finding import CITED, cell_from
from nplv_portal.sources.citations import REFERENCE, Reference, reference
from recommendations.follow_up import FollowUp
from recommendations.matrix import Column, columns_of, follow_ups
from recommendations.models import Reply
from recommendations.published import Advice, Practice, advice_as_of, practices_as_json
from recommendations.query import FollowUpQuery


@dataclass(frozen=True)
class Article:
    """Of the rules of order of one council: on what ground its members put written questions."""

    name: str
    note: str
    link: str
    source: Reference | None

    @classmethod
    def of(cls, entry: dict[str, Any]) -> Article:
        source = reference(entry) if entry["document"] else None
        return cls(entry["article"], entry["note"], entry["link"], source)


ARTICLE = JSONObject(article="article", note="note", link="link", **REFERENCE)


def article_of(municipality: str, moment: datetime) -> Article | None:
    """The last that was known by then. One query."""
    known = QuestionArticle.objects.known_by(moment).filter(municipality__slug=municipality)
    row = known.values(json=ARTICLE).first()
    return Article.of(row["json"]) if row else None


@dataclass(frozen=True)
class Elsewhere:
    """The same aspect in another area, as the last round that looked at it found."""

    municipality: str
    area: str
    round: str
    headline: str
    shown: str  # state or absence

    @property
    def label(self) -> str:
        return LABELS.get(self.shown, "geen stand")


@dataclass(frozen=True)
class FindingFacts:
    slug: str
    aspect: str
    title: str
    wording: str
    question: str
    role: str
    round: str
    office: str
    area: str
    municipality: str
    municipality_name: str
    moment: Moment
    cell: Cell
    state_reason: str
    is_confirmed: bool  # the state was given by an audit office, not by the editors of the portal
    has_reply: bool
    elsewhere: list[Elsewhere]
    practices: list[Practice]  # of other municipalities
    follow_ups: list[FollowUp]  # of the recommendations that belong to this aspect, in this municipality
    article: Article | None

    @classmethod
    def of(cls, slug: str, moment: Moment) -> FindingFacts | None:
        """Three queries. None where no text of this finding was public then, also where it had been withdrawn."""
        version: Any = public_version(slug, moment.at)
        if version is None:
            return None
        entry, area = version.record.round_aspect, version.record.focus_area
        place = area.municipality
        about = practices_as_json(moment.at).filter(aspects=entry.aspect)
        practices = [Practice.of(row["json"]) for row in about]
        return cls(
            slug,
            entry.aspect.slug,
            entry.short_wording,
            entry.wording,
            entry.question,
            entry.aspect.role.name,
            entry.round.name,
            version.offices[0] if version.offices else "de rekenkamer",
            area.name,
            place.slug,
            place.name,
            moment,
            cell_from(version),
            version.state_reason,
            version.approved_by_id is not None,
            version.has_reply,
            sorted(
                [Elsewhere(**entry) for entry in version.elsewhere], key=lambda other: (other.municipality, other.area)
            ),
            [practice for practice in practices if practice.municipality != place.slug],
            follow_ups_of(practices, place.slug, place.name, moment),
            Article.of(version.articles[0]) if version.articles else None,
        )


def public_version(slug: str, moment: datetime) -> FindingVersion | None:
    public, place = FindingVersion.objects.as_of(moment), OuterRef("record__focus_area__municipality")
    round_, area = OuterRef("record__round_aspect__round"), OuterRef("record__focus_area")
    elsewhere = public.filter(record__round_aspect__aspect=OuterRef("record__round_aspect__aspect"))
    last_elsewhere = elsewhere.exclude(record__focus_area=area).order_by(
        "record__focus_area_id", "-record__round_aspect__round__number"
    )
    found: FindingVersion | None = (
        public.filter(record__slug=slug)
        .select_related("record__round_aspect__aspect__role", "record__round_aspect__round")
        .select_related("record__focus_area__municipality")
        .annotate(
            sources_list=CITED,
            has_reply=Exists(Reply.objects.as_of(moment).filter(finding=OuterRef("record"))),
            offices=ArraySubquery(
                Participation.objects.filter(round=round_, focus_area=area).values("audit_office__name")
            ),
            elsewhere=ArraySubquery(
                last_elsewhere.distinct("record__focus_area_id").values(
                    json=JSONObject(
                        round="record__round_aspect__round__name",
                        municipality="record__focus_area__municipality__name",
                        area="record__focus_area__name",
                        headline="headline",
                        shown=Case(When(absence="", then=F("state")), default=F("absence")),
                    )
                )
            ),
            articles=ArraySubquery(
                QuestionArticle.objects.known_by(moment).filter(municipality=place).values(json=ARTICLE)[:1]
            ),
        )
        .first()
    )
    return found


def follow_ups_of(practices: Iterable[Practice], place: str, name: str, moment: Moment) -> list[FollowUp]:
    """What an example about this aspect alone shows; one about several does not say which it shows that for."""
    slugs = {link.slug for practice in practices if len(practice.aspects) == 1 for link in practice.recommendations}
    if not slugs:
        return []
    is_for = Q(record__municipality=None) | Q(record__municipality__slug=place)
    found, today = advice_as_of(moment.at, is_for, Q(record__slug__in=slugs)), localdate(moment.at)
    return [FollowUp.of(advice, place, name, advice.actions_in(place), today) for advice in found]


@dataclass(frozen=True)
class AdviceFacts:
    """One recommendation in one municipality."""

    item: FollowUp
    elsewhere: list[FollowUp]  # an umbrella one, in the other municipalities
    moment: Moment
    article: Article | None

    @property
    def advice(self) -> Advice:
        return self.item.advice

    @classmethod
    def of(cls, advice: Advice, place: str, columns: Iterable[Column], moment: Moment) -> AdviceFacts | None:
        """One query. None where the recommendation is not for this municipality."""
        items = follow_ups(advice, columns, FollowUpQuery(moment))
        own = next((item for item in items if item.municipality == place), None)
        if own is None:
            return None
        return cls(own, [item for item in items if item is not own], moment, article_of(place, moment.at))


def advice_and_columns(slug: str, moment: Moment) -> tuple[Advice, tuple[Column, ...]] | None:
    """The recommendation as it was public then, and the municipalities that it is for. At most two queries."""
    found = advice_as_of(moment.at, Q(record__slug=slug))
    if not found:
        return None
    advice = found[0]
    if advice.municipality:
        return advice, (Column(advice.municipality, advice.municipality_name),)
    return advice, columns_of(found)
