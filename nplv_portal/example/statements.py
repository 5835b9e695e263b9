"""What is published with one vindplaats, or none: facts about areas, research, gaps and terms."""

from functools import partial
from itertools import cycle

from findings.models import Gap, GlossaryTerm, ResearchNote, ResearchQuestion
from focusareas.models import AreaFact
from nplv_portal.example.batch import Batch, Life
from nplv_portal.example.texts import FACTS, GAPS, LINES, NOTES, OTHER_COUNT, QUESTIONS, TERMS
from nplv_portal.example.world import World, published_at
from recommendations.models import ResearchLine

SINCE = published_at(0)
DESCRIBED = 4  # areas of which every topic has a fact


def add_statements(batch: Batch, world: World) -> None:
    add_facts(batch, world)
    add_research(batch, world)
    add_gaps(batch, world)
    add_terms(batch, world)


def add_facts(batch: Batch, world: World) -> None:
    source, other = world.source("voorbeeldrapport", "Hoofdstuk 2"), world.source("voorbeeldpagina", "Over het gebied")
    lives = cycle(Life)
    for area in world.areas[:DESCRIBED]:
        names = {"area": area.name, "place": area.municipality.name}
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
            batch.tell(next(lives), make, SINCE)
        make = partial(
            AreaFact,
            record=f"{area.slug}-inhabitants-2",
            focus_area=area,
            topic="inhabitants",
            text=OTHER_COUNT.format(**names),
            remark="Het rapport noemt een ander aantal.",
            source=other,
        )
        batch.tell(Life.PUBLISHED, make, SINCE)


def add_research(batch: Batch, world: World) -> None:
    plan = world.documents["voorbeeldopzet"]
    for number, (life, (kind, group, text)) in enumerate(zip(cycle(Life), QUESTIONS), start=1):
        source = world.source(plan.slug, f"Vraag {number}")
        make = partial(ResearchQuestion, record=f"vraag-{number}", kind=kind, group=group, text=text, source=source)
        batch.tell(life, partial(make, document=plan, order=number), SINCE)
    for number, (life, (topic, text)) in enumerate(zip(cycle(Life), NOTES), start=1):
        source = world.source("voorbeeldnotitie", f"Bladzijde {number}")
        batch.tell(life, partial(ResearchNote, record=f"noot-{number}", topic=topic, text=text, source=source), SINCE)
    for number, (life, (title, text)) in enumerate(zip(cycle(Life), LINES), start=1):
        source = world.source("voorbeeldnotitie", f"Onderzoekslijn {number}")
        line = partial(ResearchLine, record=f"lijn-{number}", title=title, text=text, order=number, source=source)
        batch.tell(life, partial(line, for_round=world.rounds[-1]), SINCE)


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
