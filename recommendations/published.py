"""Recommendations, what came of them, and good examples, as the public could read them at a moment: plain data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, QuerySet, Subquery, TextChoices
from django.db.models.functions import JSONObject
from django.utils.formats import date_format
from django.utils.timezone import localdate

from findings.models import Aspect, RoundAspect
from focusareas.models import Municipality
from nplv_portal.lib.dutch import capitalised
from nplv_portal.lib.partial_dates import partial
from nplv_portal.sources.citations import REFERENCE, REFERENCE_AS_JSON, Reference, reference
from recommendations.models import (
    FollowUpEvent,
    GoodPracticeCitation,
    GoodPracticeVersion,
    Outcome,
    Recommendation,
    RecommendationCitation,
    RecommendationPoint,
    RecommendationVersion,
    Reply,
    Step,
)
from recommendations.reuse import Reused, reused, reuses_as_json, standing


@dataclass(frozen=True)
class Point:
    text: str
    parts: list[str]


@dataclass(frozen=True)
class Action:
    """What a council, an executive, a bureau or an audit office did or announced: one event of the decision chain."""

    id: int
    municipality: str
    municipality_name: str
    recommendation: str
    step: str
    outcome: str
    actor: str
    modality: str
    addressed_to: str
    text: str
    happened: str
    happened_iso: str
    due_on: str  # ISO
    source: Reference | None
    link: str
    evidence: str  # name of a file that is not public
    entered_on: str
    is_correction: bool
    place: int = 0  # among what happened on the same day: the order of entry, where a correction stands for the mistake
    is_confirmed: bool = False  # of a proposal to close: a second person closed on it, also if that fell away since
    instead_of: str = ""  # the step that it corrects or takes away

    @property
    def told(self) -> str:
        """ "raad: opdracht gegeven", or only the second half where no source says who."""
        told = self.modality or self.step_text
        return f"{self.actor}: {told}" if self.actor and self.modality else told

    @property
    def step_text(self) -> str:
        """ "besluit van de raad: overgenomen"."""
        step = str(Step(self.step).label)
        return f"{step}: {Outcome(self.outcome).label}" if self.outcome else step

    @property
    def taken_away(self) -> str:
        """ "besluit van de raad", of an event that takes an earlier one away."""
        return str(Step(self.instead_of).label) if self.instead_of else ""

    @property
    def due(self) -> str:
        return partial(self.due_on)

    @property
    def is_promise(self) -> bool:
        return self.step == Step.COMMITMENT or self.modality == FollowUpEvent.Modality.PROMISED.label

    @property
    def promised_by(self) -> str:
        """ "uiterlijk 1 mei 2026"."""
        return f"uiterlijk {self.due}" if self.due else "zonder termijn"

    @property
    def heading(self) -> str:
        """What it came to and when, for under a heading that names the step: "Afgerond, 10 februari 2025"."""
        what = self.told if self.modality else str(Outcome(self.outcome).label) if self.outcome else ""
        if self.is_promise:
            what = f"{what or 'toezegging'} ({self.promised_by})"
        return capitalised(", ".join(filter(None, [what, self.happened])))

    @property
    def link_site(self) -> str:
        """Where the document stands that one can open: "gemeenteraad.heerlen.nl"."""
        return urlsplit(self.link).hostname or ""

    @property
    def in_full(self) -> str:
        """The event on one line, for a cell of a spreadsheet."""
        days = ", ".join(filter(None, [self.happened, self.promised_by if self.is_promise else self.due]))
        proof = f" [{self.proof}]" if self.proof else ""
        said = f": {self.text}" if self.text else ""
        return f"{self.told}{f' ({days})' if days else ''}{said}{proof}"

    @property
    def proof(self) -> str:
        """Where it stands, in words."""
        if self.source:
            return f"{self.source.kind}, {self.source.place}"
        return self.link or (f"bestand “{self.evidence}”, niet openbaar" if self.evidence else "")

    @classmethod
    def of(cls, entry: dict[str, Any], **among_others: Any) -> Action:
        is_known = entry["actor"] != FollowUpEvent.Actor.UNKNOWN
        return cls(
            id=entry["id"],
            municipality=entry["municipality"],
            municipality_name=entry["municipality_name"],
            recommendation=entry["recommendation"] or "",
            step=entry["step"],
            outcome=entry["outcome"],
            actor=str(FollowUpEvent.Actor(entry["actor"]).label) if is_known else "",
            modality=label(FollowUpEvent.Modality, entry["modality"]),
            addressed_to=label(FollowUpEvent.Addressee, entry["addressed_to"]),
            text=entry["text"],
            happened=partial(entry["happened"]),
            happened_iso=entry["happened"] or "",
            due_on=entry["due_on"] or "",
            source=reference(entry) if entry["document"] else None,
            link=entry["link"],
            evidence=entry["evidence_name"] or "",
            entered_on=date_format(localdate(datetime.fromisoformat(entry["entered_at"])), "j F Y"),
            is_correction=entry["corrects"] is not None,
            **among_others,
        )


def actions_of(entries: list[dict[str, Any]]) -> list[Action]:
    """What counts of all that was entered: without what was corrected, as FollowUpEvent.known_by says it too."""
    corrects = {entry["id"]: entry["corrects"] for entry in entries if entry["corrects"]}
    mistakes, confirmed = set(corrects.values()), {entry["confirms"] for entry in entries}
    steps = {entry["id"]: entry["step"] for entry in entries}

    def place(pk: int) -> int:
        while pk in corrects:
            pk = corrects[pk]
        return pk

    return [
        Action.of(
            entry,
            place=place(entry["id"]),
            is_confirmed=entry["id"] in confirmed,
            instead_of=steps.get(entry["corrects"], ""),
        )
        for entry in entries
        if entry["id"] not in mistakes
    ]


def label(choices: type[TextChoices], value: str) -> str:
    return str(choices(value).label) if value else ""


@dataclass(frozen=True)
class Link:
    slug: str
    title: str
    where: str = ""


@dataclass(frozen=True)
class PublishedReply:
    """What a municipality answered in a right of reply, and what the office said to that."""

    municipality_name: str
    kind: str
    received_on: str
    reaction: str
    afterword: str
    erratum: str

    @classmethod
    def of(cls, entry: dict[str, Any]) -> PublishedReply:
        kind, received_on = str(Reply.Kind(entry["kind"]).label), partial(entry["received_on"])
        return cls(**entry | {"kind": kind, "received_on": received_on})


@dataclass(frozen=True)
class Advice:
    """One recommendation as published, with what is known to have happened since."""

    slug: str
    is_umbrella: bool
    number: int
    municipality: str
    municipality_name: str
    report: str
    title: str
    headline: str
    text: str
    addressee: str
    issued: str
    points: list[Point]
    conclusion_title: str
    conclusion_text: str
    sources: list[Reference]
    serves: list[Link]
    served_by: list[Link]
    serves_basis: str
    actions: list[Action]
    practices: list[Link]
    replies: list[PublishedReply]
    version: int
    erratum: str
    published_on: str

    @property
    def kind(self) -> str:
        return "overkoepelend" if self.is_umbrella else "lokaal"

    def actions_in(self, municipality: str) -> list[Action]:
        return [action for action in self.actions if action.municipality == municipality]


def actions_as_json(moment: datetime, **where: object) -> ArraySubquery:
    """All that had been entered by then, for actions_of."""
    return ArraySubquery(
        FollowUpEvent.objects.entered_until(moment)
        .filter(**where)
        .order_by("pk")
        .values(
            json=JSONObject(
                municipality="municipality__slug",
                municipality_name="municipality__name",
                actor="actor",
                modality="modality",
                step="step",
                outcome="outcome",
                due_on="due_on",
                link="link",
                evidence_name="evidence__name",
                entered_at="entered_at",
                corrects="corrects",
                confirms="confirms",
                id="pk",
                addressed_to="addressed_to",
                text="text",
                happened="happened",
                recommendation="recommendation__slug",
                **REFERENCE,
            )
        )
    )


def replies_as_json(moment: datetime, **about: object) -> ArraySubquery:
    """In the order in which they came."""
    return ArraySubquery(
        Reply.objects.as_of(moment)
        .filter(**about)
        .order_by("received_on", "record")
        .values(
            json=JSONObject(
                municipality_name="municipality__name",
                kind="kind",
                received_on="received_on",
                reaction="reaction",
                afterword="afterword",
                erratum="erratum",
            )
        )
    )


def advice_as_of(moment: datetime, *conditions: Q) -> list[Advice]:
    """Recommendations that were public at that moment, umbrella first, with all that hangs on them, in one query."""
    points = RecommendationPoint.objects.filter(version=OuterRef("pk")).order_by("order")
    linked = RecommendationVersion.objects.as_of(moment)
    serves = linked.filter(record__served_by=OuterRef("record")).order_by("record__number")
    served_by = linked.filter(record__serves=OuterRef("record")).order_by(
        "record__municipality__name", "record__number"
    )
    practices = GoodPracticeVersion.objects.as_of(moment).filter(recommendations=OuterRef("record"))
    link = JSONObject(slug="record__slug", title="title", where="record__municipality__name")
    versions = (
        RecommendationVersion.objects.as_of(moment)
        .filter(*conditions)
        .select_related("record__municipality", "record__report")
        .annotate(
            cited=ArraySubquery(
                RecommendationCitation.objects.filter(version=OuterRef("pk")).values(json=REFERENCE_AS_JSON)
            ),
            listed=ArraySubquery(points.values(json=JSONObject(id="pk", under="under", kind="kind", text="text"))),
            serving=ArraySubquery(serves.values(json=link)),
            served=ArraySubquery(served_by.values(json=link)),
            shown_by=ArraySubquery(practices.order_by("record__order").values(json=link)),
            actions=actions_as_json(moment, recommendation=OuterRef("record")),
            replies=replies_as_json(moment, recommendation=OuterRef("record")),
        )
        .order_by("-record__kind", "record__municipality__name", "record__number")
    )
    return [advice_of(version) for version in versions]


def advice_of(version: Any) -> Advice:
    record: Recommendation = version.record
    municipality = record.municipality
    return Advice(
        slug=record.slug,
        is_umbrella=record.kind == Recommendation.Kind.UMBRELLA,
        number=record.number,
        municipality=municipality.slug if municipality else "",
        municipality_name=municipality.name if municipality else "",
        report=record.report.title,
        title=version.title,
        headline=version.headline,
        text=version.text,
        addressee=version.get_addressee_display(),
        issued=str(version.issued),
        points=[
            Point(point["text"], [part["text"] for part in version.listed if part["under"] == point["id"]])
            for point in version.listed
            if point["under"] is None
        ],
        conclusion_title=version.conclusion_title,
        conclusion_text=version.conclusion_text,
        sources=[reference(entry) for entry in version.cited],
        serves=[Link(**entry) for entry in version.serving],
        served_by=[Link(**entry) for entry in version.served],
        serves_basis=record.serves_basis,
        actions=actions_of(version.actions),
        practices=[Link(**entry) for entry in version.shown_by],
        replies=[PublishedReply.of(entry) for entry in version.replies],
        version=version.number,
        erratum=version.erratum,
        published_on=date_format(localdate(version.published_at), "j F Y"),
    )


@dataclass(frozen=True)
class Practice:
    slug: str
    title: str
    municipality: str
    municipality_name: str
    theme: str
    theme_name: str
    text: str
    sources: list[Reference]
    aspects: list[Link]
    recommendations: list[Link]
    reuses: list[Reused]  # also what fell away

    @property
    def standing(self) -> list[Reused]:
        return standing(self.reuses)

    @classmethod
    def of(cls, entry: dict[str, Any]) -> Practice:
        parts: dict[str, Any] = {
            "sources": [reference(source) for source in entry["sources"]],
            "aspects": [Link(**link) for link in entry["aspects"]],
            "recommendations": [Link(**link) for link in entry["recommendations"]],
            "reuses": reused(entry["reuses"]),
        }
        return cls(**entry | parts)


def practices_as_json(moment: datetime) -> QuerySet[Any]:
    """Good examples that were public at that moment, in the order of their themes."""
    linked = RecommendationVersion.objects.as_of(moment).filter(record__practice_versions=OuterRef("pk"))
    aspects = Aspect.objects.filter(practice_versions=OuterRef("pk")).order_by("role__order", "pk")
    wording = RoundAspect.objects.filter(aspect=OuterRef("pk")).order_by("-round__number").values("short_wording")
    sources = GoodPracticeCitation.objects.filter(version=OuterRef("pk")).order_by("pk")
    return (
        GoodPracticeVersion.objects.as_of(moment)
        .order_by("theme__order", "record__order")
        .values(
            json=JSONObject(
                slug="record__slug",
                title="title",
                municipality="record__municipality__slug",
                municipality_name="record__municipality__name",
                theme="theme__slug",
                theme_name="theme__name",
                text="text",
                sources=ArraySubquery(sources.values(json=REFERENCE_AS_JSON)),
                aspects=ArraySubquery(aspects.values(json=JSONObject(slug="slug", title=Subquery(wording[:1])))),
                recommendations=ArraySubquery(
                    linked.order_by("record__number").values(json=JSONObject(slug="record__slug", title="title"))
                ),
                reuses=reuses_as_json(moment, practice=OuterRef("record")),
            )
        )
    )


def participants() -> list[Municipality]:
    """Municipalities that take part in any round, by name: also those of which nothing is known."""
    return list(Municipality.objects.filter(areas__participations__isnull=False).distinct())
