"""The report about one municipality, in sections that each have an address of their own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Set
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject
from django.utils.timezone import localdate

from findings.contradictions import Difference, differences_as_json
from findings.matrix import Authors
from findings.models import Contradiction, Gap, Participation, ResearchNote, ResearchQuestion
from focusareas.figures import FigureSet, figure_sets, indicators_as_json
from focusareas.models import AreaFact, FocusArea, Municipality
from focusareas.money import BudgetProgramme, Sum, amounts_as_json, budget, budget_as_json, sums
from focusareas.organisation import (
    Organisation,
    ThemeOfGoals,
    bodies_as_json,
    goals_as_json,
    organisations,
    seats_as_json,
    themes,
)
from focusareas.timeline import Timeline, events_as_json
from nplv_portal.lib import dutch
from nplv_portal.lib.moments import Moment
from nplv_portal.lib.partial_dates import partial
from nplv_portal.reports.council import RoundReport, rounds_by_area
from nplv_portal.sources.citations import Reference, published_as_json, reference
from recommendations.follow_up import FollowUp, Group, decisions_told, grouped
from recommendations.published import (
    Action,
    Advice,
    Practice,
    actions_as_json,
    actions_of,
    advice_as_of,
    practices_as_json,
)
from recommendations.reuse import Reused, reused, reuses_as_json, standing

Topics = AreaFact.Topic


@dataclass(frozen=True)
class Section:
    slug: str
    name: str
    question: str  # that a new member of the council would ask
    topics: tuple[AreaFact.Topic, ...] = ()
    differences: tuple[str, ...] = ()

    @property
    def paper(self) -> str:
        """The template of this section in a PDF."""
        return f"pdf/report/{self.slug}.html"


SECTIONS = (
    Section(
        "raad",
        "Rol van de raad",
        "Wat vond de rekenkamer over onze raad?",
        (Topics.AGREEMENTS, Topics.REGISTRY),
        (Contradiction.Section.COUNCIL,),
    ),
    Section("aanbevelingen", "Aanbevelingen", "Wat raadt de rekenkamer ons aan, en wat gebeurde ermee?"),
    Section(
        "programma",
        "Het programma",
        "Wat wil het programma hier, en met wie?",
        (
            Topics.PROGRAMME,
            Topics.GOAL,
            Topics.HORIZON,
            Topics.SHARE,
            Topics.INHABITANTS,
            Topics.NEIGHBOURHOODS,
            Topics.RESIDENTS,
            Topics.PLANS,
            Topics.WEBSITE,
        ),
        (Contradiction.Section.PROGRAMME,),
    ),
    Section(
        "cijfers",
        "Cijfers",
        "Hoe staat het gebied ervoor, naast de stad en het land?",
        (Topics.MONITORING,),
        (Contradiction.Section.FIGURES,),
    ),
    Section(
        "geld",
        "Geld",
        "Wat kost het, wie beslist en wat mag de raad?",
        (Topics.MONEY, Topics.MONEY_KIND),
        (Contradiction.Section.MONEY,),
    ),
    Section(
        "organisatie",
        "Organisatie",
        "Wie doet wat, en wie legt aan wie verantwoording af?",
        (Topics.ALLIANCE, Topics.CHAIR, Topics.BUREAU, Topics.GOVERNANCE, Topics.CITY, Topics.PARTNERS),
        (Contradiction.Section.ORGANISATION,),
    ),
    Section(
        "tijdlijn",
        "Tijdlijn",
        "Wat gebeurde er wanneer, en wat vroeg de raad?",
        (),
        (Contradiction.Section.TIMELINE,),
    ),
    Section("voorbeelden", "Goede voorbeelden", "Wat kunnen anderen van ons leren, en wat namen wij over?"),
    Section(
        "onderzoek",
        "Onderzoek en bronnen",
        "Waar komt dit vandaan, en wat ontbreekt?",
        (),
        (Contradiction.Section.RESEARCH,),
    ),
)
BY_SLUG = {section.slug: section for section in SECTIONS}
ALL = frozenset(BY_SLUG)


@dataclass(frozen=True)
class Statement:
    """What one source says of an area. Several of one topic stand side by side."""

    text: str
    happened: str
    remark: str
    source: Reference
    url: str


@dataclass(frozen=True)
class Topic:
    slug: str
    name: str
    statements: list[Statement]


@dataclass(frozen=True)
class AreaReport:
    slug: str
    name: str
    rounds: list[RoundReport]  # the latest first
    topics: list[Topic]

    @property
    def latest(self) -> RoundReport | None:
        """The last round that published something here, else the last one it takes part in."""
        return next((r for r in self.rounds if r.finding_count), next(iter(self.rounds), None))


@dataclass(frozen=True)
class Note:
    topic: str
    text: str
    source: Reference


@dataclass(frozen=True)
class Question:
    """What the office asked, and what it answered where the source gives that."""

    kind: str
    text: str
    answer: str
    source: Reference


@dataclass(frozen=True)
class MunicipalityReport:
    """What is known of one municipality; of the sections that were not asked for, the lists are empty."""

    slug: str
    name: str
    province: str
    cbs_code: str
    moment: Moment
    takes_part: bool
    sections: list[Section]
    areas: list[AreaReport]
    umbrella: list[Advice]
    local: list[Advice]
    actions: list[Action]
    practices: list[Practice]
    reuses: list[Reused]  # what was taken over from others, also what fell away
    figure_sets: list[FigureSet]
    amounts: list[Sum]
    budget: list[BudgetProgramme]
    organisations: list[Organisation]
    themes: list[ThemeOfGoals]
    timeline: Timeline
    differences: list[Difference]
    questions: list[Question]
    notes: list[Note]
    gaps: list[dict[str, str]]  # subject, text

    @classmethod
    def of(cls, slug: str, moment: Moment, only: Set[str] = ALL) -> MunicipalityReport:
        """At most three queries. Raises Municipality.DoesNotExist."""
        found = with_lists(moment.at, only).get(slug=slug)
        lists: dict[str, list[Any]] = defaultdict(list, {name: getattr(found, f"{name}_list", []) for name in LISTS})
        rounds = rounds_by_area(moment.at, slug) if "raad" in only else {}
        concerned = Q(record__municipality=None) | Q(record__municipality__slug=slug)
        advice = advice_as_of(moment.at, concerned) if "aanbevelingen" in only else []
        return cls(
            found.slug,
            found.name,
            found.province,
            found.cbs_code,
            moment,
            found.takes_part,
            [section for section in SECTIONS if section.slug in only],
            [area_report(area, rounds.get(area["slug"], [])) for area in found.area_list],
            [item for item in advice if item.is_umbrella],
            [item for item in advice if not item.is_umbrella],
            actions_of(lists["actions"]),
            [Practice.of(entry) for entry in lists["practices"]],
            reused(lists["reuses"]),
            figure_sets(lists["indicators"]),
            sums(lists["amounts"]),
            budget(lists["budget"]),
            organisations(lists["bodies"], lists["seats"]),
            themes(lists["goals"]),
            Timeline.of(lists["events"]),
            [Difference.of(entry) for entry in lists["differences"]],
            [
                Question(str(ResearchQuestion.Kind(e["kind"]).label), e["text"], e["answer"], reference(e))
                for e in lists["questions"]
            ],
            [Note(str(ResearchNote.Topic(e["topic"]).label), e["text"], reference(e)) for e in lists["notes"]],
            lists["gaps"],
        )

    @property
    def is_whole(self) -> bool:
        return len(self.sections) == len(SECTIONS)

    @property
    def introduction(self) -> str:
        """What the programme wants here, and for how many, as the first source says it."""
        said = [self.facts[topic][0].text for topic in ("goal", "share") if topic in self.facts]
        return " ".join(said) or f"Wat de rekenkamer vond over de rol van de raad in {self.area_names}."

    @property
    def area_names(self) -> str:
        return dutch.listed([area.name for area in self.areas])

    @property
    def authors(self) -> Authors:
        return Authors.of(cell for area in self.areas for round_ in area.rounds for cell in round_.cells)

    @property
    def aspect_count(self) -> int:
        """Of how many aspects the last round found something; an area may have another last round than the next."""
        rounds = [area.latest for area in self.areas if area.latest]
        return len({line.aspect for r in rounds for role in r.roles for line in role.lines if line.cell.is_finding})

    @property
    def content(self) -> list[tuple[str, Any]]:
        """(heading, all that the report says under it). Of the moment it says only what passed its deadline by then."""
        plain = asdict(self)
        return [
            ("De gemeente", [self.name, self.takes_part, [section.slug for section in self.sections]]),
            *[
                (f"{role.name}: {line.title} ({round_.name}, {area.name})", [round_.office, asdict(line)])
                for area in self.areas
                for round_ in area.rounds
                for role in round_.roles
                for line in role.lines
            ],
            *[
                (f"Wat bronnen zeggen: {topic.name} ({area.name})", asdict(topic))
                for area in self.areas
                for topic in area.topics
            ],
            *[(f"Aanbeveling: {item.advice.title}", item.content) for item in self.follow_ups],
            *[(heading, [plain[name] for name in names]) for heading, names in HEADINGS.items()],
            ("Wat de gemeente verder deed", [asdict(action) for action in self.other_actions]),
        ]

    @cached_property
    def follow_ups(self) -> list[FollowUp]:
        """What came of each recommendation here, umbrella ones first."""
        by_advice: dict[str, list[Action]] = defaultdict(list)
        for action in self.actions:
            by_advice[action.recommendation].append(action)
        today = localdate(self.moment.at)
        return [
            FollowUp.of(advice, self.slug, self.name, by_advice[advice.slug], today)
            for advice in [*self.umbrella, *self.local]
        ]

    @property
    def groups(self) -> list[Group]:
        return grouped(self.follow_ups)

    @property
    def promises(self) -> list[tuple[Action, Advice | None]]:
        """What was promised here, with the recommendation it belongs to: first what has a date, by that date."""
        of_advice = [(action, item.advice) for item in self.follow_ups for action in item.chain.commitments]
        others = [(action, None) for action in self.other_actions if action.is_promise]
        return sorted([*of_advice, *others], key=lambda entry: entry[0].due_on or "9999")

    @property
    def dated_promises(self) -> list[tuple[Action, Advice | None]]:
        return [entry for entry in self.promises if entry[0].due_on]

    @property
    def taken_over(self) -> list[Reused]:
        return standing(self.reuses)

    @property
    def decisions_told(self) -> str:
        return decisions_told(self.follow_ups)

    @property
    def other_actions(self) -> list[Action]:
        """What was done without a recommendation that it evidently serves."""
        return [action for action in self.actions if not action.recommendation]

    @property
    def facts(self) -> dict[str, list[Statement]]:
        """Topic → statements, of all areas of the municipality."""
        found: dict[str, list[Statement]] = defaultdict(list)
        for area in self.areas:
            for topic in area.topics:
                found[topic.slug] += topic.statements
        return dict(found)

    @property
    def figures(self) -> list[tuple[str, str]]:
        """Numbers in a sentence: (number, what it counts and what it does not say)."""
        advice = len(self.umbrella) + len(self.local)
        found = [
            (
                self.aspect_count,
                "aspect van de rol van de raad is",
                "aspecten van de rol van de raad zijn",
                self.examined,
            ),
            (advice, "aanbeveling", "aanbevelingen", f", waarvan {len(self.local)} alleen voor {self.name}"),
            (len(self.past_due), "daarvan", "daarvan", " over de termijn die sinds het besluit van de raad loopt"),
            (
                len(self.said),
                "actie of toezegging bij een aanbeveling is",
                "acties en toezeggingen bij aanbevelingen zijn",
                f" bekend{self.undated_told}",
            ),
        ]
        return [(str(count), (one if count == 1 else many) + rest) for count, one, many, rest in found if count]

    @property
    def examined(self) -> str:
        rounds = [area.latest for area in self.areas if area.latest]
        if all(round_.is_published for round_ in rounds):
            return " onderzocht in de laatste ronde"
        is_one = len({round_.slug for round_ in rounds}) == 1
        return f" gepubliceerd{' uit de ronde die nu loopt' if is_one else ', per gebied uit de laatste ronde'}"

    @property
    def past_due(self) -> tuple[FollowUp, ...]:
        return next(group.items for group in self.groups if group.slug == "verstreken")

    @property
    def said(self) -> list[Action]:
        """What the municipality did, announced or promised, also without a recommendation."""
        return [*(action for item in self.follow_ups for action in item.chain.said), *self.other_actions]

    @property
    def undated_told(self) -> str:
        undated = sum(not action.happened for action in self.said)
        return ", meestal zonder datum" if undated > len(self.said) / 2 else ""

    @property
    def differences_text(self) -> str:
        return dutch.counted(len(self.differences), "onderwerp", "onderwerpen")

    def part(self, slug: str) -> SectionContent:
        """What belongs to one section beside its own lists: statements by area and topic, and differing sources."""
        section = BY_SLUG[slug]
        return SectionContent(
            section,
            [
                (area.name, [topic for topic in area.topics if topic.slug in section.topics])
                for area in self.areas
                if any(topic.slug in section.topics for topic in area.topics)
            ],
            [difference for difference in self.differences if difference.section in section.differences],
        )

    @property
    def parts(self) -> dict[str, SectionContent]:
        return {section.slug: self.part(section.slug) for section in SECTIONS}

    @property
    def sources(self) -> dict[str, list[str]]:
        """Document → the places in it that this report rests on."""
        places: dict[str, dict[str, None]] = defaultdict(dict)
        for citation in references_in(asdict(self)):
            places[citation["document"]][citation["place"]] = None
        return {document: list(found) for document, found in sorted(places.items())}


# The lists of a report that change as a whole, as its `content` names them.
HEADINGS = {
    "Het programma": ["themes"],
    "Cijfers": ["figure_sets"],
    "Geld": ["amounts", "budget"],
    "Organisatie": ["organisations"],
    "Tijdlijn": ["timeline"],
    "Goede voorbeelden": ["practices"],
    "Onderzoek en bronnen": ["questions", "notes", "gaps"],
    "Waar bronnen verschillen": ["differences"],
}


@dataclass(frozen=True)
class SectionContent:
    section: Section
    facts: list[tuple[str, list[Topic]]]  # by area
    differences: list[Difference]


def references_in(content: Any) -> Iterator[dict[str, str]]:
    """Every vindplaats in plain data, however deep."""
    if isinstance(content, dict):
        if content.keys() == REFERENCE_FIELDS:
            yield content
        else:
            for value in content.values():
                yield from references_in(value)
    elif isinstance(content, list | tuple):
        for value in content:
            yield from references_in(value)


REFERENCE_FIELDS = {"document", "kind", "place", "slug"}


def with_lists(moment: datetime, only: Set[str]) -> QuerySet[Any]:
    """Municipalities with what these sections need, as lists of plain data in the same row."""
    needed = {name for slug in only for name in NEEDS.get(slug, ())}
    participations = Participation.objects.filter(focus_area__municipality=OuterRef("pk"))
    return Municipality.objects.annotate(
        takes_part=Exists(participations),
        area_list=area_list(moment, only),
        **{f"{name}_list": make(moment) for name, make in LISTS.items() if name in needed},
    )


NEEDS = {
    "raad": ("differences",),
    "aanbevelingen": ("actions",),
    "programma": ("goals", "differences"),
    "cijfers": ("indicators", "differences"),
    "geld": ("amounts", "budget", "differences"),
    "organisatie": ("bodies", "seats", "differences"),
    "tijdlijn": ("events", "differences"),
    "voorbeelden": ("practices", "reuses"),
    "onderzoek": ("questions", "notes", "gaps", "differences"),
}
HERE = {"focus_area__municipality": OuterRef("pk")}
LISTS: dict[str, Callable[[datetime], ArraySubquery]] = {
    "actions": lambda moment: actions_as_json(moment, municipality=OuterRef("pk")),
    "practices": lambda moment: ArraySubquery(practices_as_json(moment).filter(record__municipality=OuterRef("pk"))),
    "reuses": lambda moment: reuses_as_json(moment, municipality=OuterRef("pk")),
    "indicators": lambda moment: ArraySubquery(
        indicators_as_json(moment, table__focus_area__municipality=OuterRef("pk"))
    ),
    "amounts": lambda moment: ArraySubquery(amounts_as_json(moment, **HERE)),
    "budget": lambda moment: ArraySubquery(budget_as_json(moment, **HERE)),
    "bodies": lambda moment: ArraySubquery(bodies_as_json(moment, **HERE)),
    "seats": lambda moment: ArraySubquery(seats_as_json(moment, **HERE)),
    "goals": lambda moment: ArraySubquery(goals_as_json(moment, theme__focus_area__municipality=OuterRef("pk"))),
    "events": lambda moment: ArraySubquery(events_as_json(moment, municipality=OuterRef("pk"))),
    "differences": lambda moment: ArraySubquery(differences_as_json(moment, municipality=OuterRef("pk"))),
    "questions": lambda moment: ArraySubquery(
        published_as_json(
            ResearchQuestion,
            moment,
            where={"document__in": reports_here()},
            kind="kind",
            text="text",
            answer="answer",
        ).exclude(kind=ResearchQuestion.Kind.DETAIL)
    ),
    "notes": lambda moment: ArraySubquery(
        published_as_json(
            ResearchNote, moment, "pk", where={"source__document__in": reports_here()}, topic="topic", text="text"
        ).filter(topic__in=[ResearchNote.Topic.REPORT, ResearchNote.Topic.RESPONDENTS])
    ),
    "gaps": lambda moment: ArraySubquery(
        Gap.objects.as_of(moment)
        .filter(municipality=OuterRef("pk"))
        .order_by("pk")
        .values(json=JSONObject(subject="subject", text="text"))
    ),
}


def reports_here() -> QuerySet[Any, Any]:
    """The reports about the municipality two queries up."""
    of = OuterRef(OuterRef("pk"))
    return Participation.objects.filter(focus_area__municipality=of, report__isnull=False).values("report")


def area_list(moment: datetime, only: Set[str]) -> ArraySubquery:
    topics = [topic for slug in only for topic in BY_SLUG[slug].topics] + [Topics.GOAL, Topics.SHARE]
    facts = published_as_json(
        AreaFact,
        moment,
        where={"focus_area": OuterRef("pk"), "topic__in": topics},
        topic="topic",
        text="text",
        happened="happened",
        remark="remark",
        url="source__document__url",
    )
    areas = FocusArea.objects.filter(municipality=OuterRef("pk"))
    return ArraySubquery(areas.values(json=JSONObject(slug="slug", name="name", facts=ArraySubquery(facts))))


def area_report(area: dict[str, Any], rounds: list[RoundReport]) -> AreaReport:
    by_topic: dict[str, list[Statement]] = defaultdict(list)
    for fact in area["facts"]:
        statement = Statement(fact["text"], partial(fact["happened"]), fact["remark"], reference(fact), fact["url"])
        by_topic[fact["topic"]].append(statement)
    topics = [Topic(t.value, str(t.label), by_topic[t.value]) for t in AreaFact.Topic if t.value in by_topic]
    return AreaReport(area["slug"], area["name"], rounds, topics)
