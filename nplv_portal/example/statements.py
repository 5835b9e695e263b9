"""Statements about areas and about the research: facts, questions, what is not known, where sources differ."""

from functools import partial
from itertools import cycle
from typing import Any

from findings.models import Claim, Contradiction, Gap, GlossaryTerm, ResearchNote, ResearchQuestion
from focusareas.models import AreaFact, FocusArea
from nplv_portal.example.batch import Batch, Life, as_secret_as, lives
from nplv_portal.example.texts import (
    CONTRADICTIONS,
    FACTS,
    GAPS,
    LINES,
    NOTES,
    OTHER_COUNT,
    OWN_NOTES,
    OWN_QUESTIONS,
    QUESTIONS,
    SUGGESTIONS,
    TERMS,
)
from nplv_portal.example.world import World, names_of, published_at
from nplv_portal.sources.models import Source
from recommendations.models import ResearchLine, ResearchSuggestion

SINCE = published_at(0)
DESCRIBED = 4  # areas of which every topic has a fact


def add_statements(batch: Batch, world: World) -> None:
    add_facts(batch, world)
    add_research(batch, world)
    add_own_research(batch, world)
    add_suggestions(batch, world)
    add_contradictions(batch, world)
    add_gaps(batch, world)
    add_terms(batch, world)


def add_facts(batch: Batch, world: World) -> None:
    source, other = world.source("voorbeeldrapport", "Hoofdstuk 2"), world.source("voorbeeldpagina", "Over het gebied")
    coming = cycle(Life)
    for area in world.areas[:DESCRIBED]:
        names = names_of(area)
        for topic, text in FACTS.items():
            make = partial(
                AreaFact,
                record=f"{area.slug}-{topic}",
                focus_area=area,
                topic=topic,
                text=text.format(**names),
                happened="2023-09" if topic == "milestone" else None,
                source=source,
            )
            batch.tell(next(coming), make, SINCE)
        make = partial(
            AreaFact,
            record=f"{area.slug}-inhabitants-2",
            focus_area=area,
            topic="inhabitants",
            text=OTHER_COUNT.format(**names),
            remark="Het rapport noemt een ander aantal.",
            source=other,
        )
        batch.tell(next(coming), make, SINCE)


def add_research(batch: Batch, world: World) -> None:
    plan = world.documents["voorbeeldopzet"]
    for number, (life, (kind, group, text, answer)) in enumerate(zip(cycle(Life), QUESTIONS), start=1):
        source = world.source(plan.slug, f"Vraag {number}")
        make = partial(ResearchQuestion, record=f"vraag-{number}", kind=kind, group=group, text=text, source=source)
        if answer:
            make = partial(make, answer=answer, answer_source=world.source("voorbeeldnotitie", f"Antwoord {number}"))
        batch.tell(life, partial(make, document=plan, order=number), SINCE)
    for number, (life, (topic, text)) in enumerate(zip(cycle(Life), NOTES), start=1):
        source = world.source("voorbeeldnotitie", f"Bladzijde {number}")
        batch.tell(life, partial(ResearchNote, record=f"noot-{number}", topic=topic, text=text, source=source), SINCE)
    for number, (life, (title, text)) in enumerate(zip(cycle(Life), LINES), start=1):
        source = world.source("voorbeeldnotitie", f"Onderzoekslijn {number}")
        line = partial(ResearchLine, record=f"lijn-{number}", title=title, text=text, order=number, source=source)
        batch.tell(life, partial(line, for_round=world.rounds[-1]), SINCE)


def add_own_research(batch: Batch, world: World) -> None:
    """What the offices asked in reports of their own, and what they say about those reports."""
    questions, notes = lives(4), lives(4)
    for area in world.described_first[:DESCRIBED]:
        slug, names = area.municipality.slug, names_of(area)
        report = world.documents[f"rapport-{slug}"]
        for number, (kind, text, answer, same) in enumerate(OWN_QUESTIONS, start=1):
            make = partial(
                ResearchQuestion,
                record=f"{slug}-vraag-{number}",
                document=report,
                kind=kind,
                order=number,
                text=text.format(**names),
                answer=answer,
                answer_source=world.source(report.slug, f"Hoofdstuk 8, antwoord {number}") if answer else None,
                corresponds_to=same,
                source=world.source(report.slug, f"Hoofdstuk 1, vraag {number}"),
            )
            batch.tell(next(questions), make, SINCE)
        for number, (topic, text) in enumerate(OWN_NOTES, start=1):
            note = partial(
                ResearchNote,
                record=f"{slug}-noot-{number}",
                topic=topic,
                text=text.format(**names),
                source=world.source(report.slug, "Verantwoording"),
            )
            batch.tell(next(notes), note, SINCE)


def add_suggestions(batch: Batch, world: World) -> None:
    for number, (life, (slug, heading, text, under)) in enumerate(zip(cycle(Life), SUGGESTIONS), start=1):
        make = partial(ResearchSuggestion, record=f"suggestie-{slug}", heading=heading, order=number, text=text)
        source = world.source("voorbeeldrapport", f"Bijlage 3, suggestie {number}")
        batch.tell(life, partial(make, source=source, under=under and f"suggestie-{under}"), SINCE)


def add_contradictions(batch: Batch, world: World) -> None:
    """About the first municipalities one in every section, about others now and then, and two about all."""
    coming = lives(4)
    for place, area in enumerate(world.described_first):
        municipality = area.municipality
        for number, about in enumerate(CONTRADICTIONS):
            if place < DESCRIBED or (place + number) % 4 == 0:
                make = partial(Contradiction, record=f"{municipality.slug}-{about[0]}", municipality=municipality)
                add_contradiction(batch, world, area, next(coming), make, *about)
    for about in [CONTRADICTIONS[1], CONTRADICTIONS[-1]]:
        make = partial(Contradiction, record=f"landelijk-{about[0]}")
        add_contradiction(batch, world, world.areas[0], next(coming), make, *about)


def add_contradiction(
    batch: Batch,
    world: World,
    area: FocusArea,
    life: Life,
    make: Any,
    section: str,
    subject: str,
    note: str,
    said: list[str],
) -> None:
    report, page = f"rapport-{area.municipality.slug}", "voorbeeldpagina"
    places = [(report, "Hoofdstuk 3"), (page, "Over het gebied"), (report, "Bijlage 1"), (page, "Nieuws")]
    claims = [(world.source(*place), text.format(**names_of(area))) for place, text in zip(places, said, strict=False)]
    make = partial(make, section=section, subject=subject, note=note)
    batch.tell(life, make, SINCE, partial(add_claims, batch, claims))


def add_claims(batch: Batch, claims: list[tuple[Source, str]], version: Any) -> None:
    for source, text in claims:
        batch.add(Claim(version=version, source=source, text=as_secret_as(version.subject, text)))


def add_gaps(batch: Batch, world: World) -> None:
    for number, (life, (subject, text)) in enumerate(zip(cycle(Life), GAPS), start=1):
        make = partial(Gap, record=f"ontbreekt-{number}", subject=subject, text=text)
        if number % 2:
            make = partial(make, municipality=world.municipalities[0])
        else:
            make = partial(make, document=world.documents["voorbeeld-onbekend"])
        batch.tell(life, make, SINCE)


def add_terms(batch: Batch, world: World) -> None:
    source = world.source("voorbeeldrapport", "Begrippen")
    for life, (slug, term, abbreviation, text, see) in zip(cycle(Life), TERMS):
        of = source if abbreviation else None
        make = partial(GlossaryTerm, record=slug, term=term, abbreviation=abbreviation, text=text, see=see, source=of)
        batch.tell(life, make, SINCE)
