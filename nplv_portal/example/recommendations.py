"""What should change, what came of it, and good examples."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from itertools import cycle, product
from typing import Any

from nplv_portal.example.batch import Batch, Life, as_secret_as
from nplv_portal.example.chains import CHAINS, PROOFS
from nplv_portal.example.texts import (
    ACTORS,
    AFTERWORD,
    LOCAL,
    MODALITIES,
    POINTS,
    PRACTICES,
    REACTIONS,
    THEMES,
    UMBRELLA,
)
from nplv_portal.example.world import World, day, published_at
from nplv_portal.sources.models import Source
from recommendations.models import (
    FollowUpEvent,
    GoodPractice,
    GoodPracticeCitation,
    GoodPracticeVersion,
    Recommendation,
    RecommendationCitation,
    RecommendationPoint,
    RecommendationVersion,
    Reply,
    Theme,
)

SINCE = published_at(0)
DATES = ["2024-09-14", "2024-09", "2024", None]
ACTIVE = 4  # municipalities of which it is known what they did


def add_recommendations(batch: Batch, world: World) -> list[Recommendation]:
    """Returns the umbrella ones; the first four of them are public."""
    lives = cycle(Life)
    umbrella = [add_umbrella(batch, world, number, next(lives), *about) for number, about in enumerate(UMBRELLA, 1)]
    public_local = []
    for area in [area for number, area in enumerate(world.areas) if number != 1]:
        for number, (title, headline, text) in enumerate(LOCAL, start=1):
            life = next(lives)
            local = add_local(batch, world, area, number, life, title, headline, text.format(area=area.name))
            serves = Recommendation.serves.through(from_recommendation=local, to_recommendation=umbrella[number])
            batch.add(serves)
            if life not in {Life.DRAFT, Life.WITHDRAWN}:
                public_local.append(local)
    add_follow_up(batch, world, umbrella)
    add_chains(batch, world, umbrella[:ACTIVE], public_local)
    add_replies(batch, [record for record in batch.records[Recommendation] if record.municipality])
    return umbrella


def add_umbrella(
    batch: Batch, world: World, number: int, life: Life, slug: str, title: str, headline: str, text: str
) -> Recommendation:
    report = world.documents["voorbeeldnotitie"]
    record = batch.add(Recommendation(slug=f"voorbeeld-{slug}", kind="umbrella", report=report, number=number))
    make = partial(RecommendationVersion, record=record, title=title, headline=headline, text=text)
    make = partial(make, addressee="council", issued="2024-01-30")
    source = world.source(report.slug, f"Aanbeveling {number}")
    batch.tell(life, make, SINCE, partial(add_parts, batch, source))
    return record


def add_local(
    batch: Batch, world: World, area: Any, number: int, life: Life, title: str, headline: str, text: str
) -> Recommendation:
    municipality = area.municipality
    report = world.documents[f"rapport-{municipality.slug}"]
    record = batch.add(
        Recommendation(
            slug=f"{municipality.slug}-{number}",
            kind="local",
            municipality=municipality,
            report=report,
            number=number,
            serves_basis="De redactie van het portaal legde dit verband. Het rapport noemt het niet.",
        )
    )
    make = partial(RecommendationVersion, record=record, title=title, headline=headline, text=text)
    make = partial(make, addressee="council_to_executive", issued=DATES[number % 3])
    if number == 1:
        make = partial(make, conclusion_title="Het plan", conclusion_text=f"De raad van {municipality} kent het niet.")
    batch.tell(life, make, SINCE, partial(add_parts, batch, world.source(report.slug, f"Aanbeveling {number}")))
    return record


def add_parts(batch: Batch, source: Source, version: Any) -> None:
    """A vindplaats, two checks, and a point under the first of them. The points of a draft are a draft too."""
    batch.add(RecommendationCitation(version=version, source=source))
    texts = [as_secret_as(version.text, point) for point in POINTS]
    first = batch.add(RecommendationPoint(version=version, kind="check", order=1, text=texts[0]))
    batch.add(RecommendationPoint(version=version, kind="sub", order=2, text=texts[1], under=first))
    batch.add(RecommendationPoint(version=version, kind="check", order=3, text=texts[2]))


OF_NO_HEARING = 900_000_000  # so that no hearing in which people practise takes these replies for its own


def add_replies(batch: Batch, local: list[Recommendation]) -> None:
    """What municipalities answered before a recommendation came out, and what of that is published."""
    for number, (record, life) in enumerate(zip(local, cycle(Life), strict=False), start=1):
        make = partial(
            Reply,
            record=Reply.key_of(OF_NO_HEARING + number),
            municipality=record.municipality,
            recommendation=record,
            kind=Reply.Kind.values[number % 2],
            received_on=SINCE.date() - timedelta(days=20),
            reaction=REACTIONS[number % len(REACTIONS)],
            afterword=AFTERWORD if number % 3 else "",
        )
        batch.tell(life, make, SINCE)


def add_follow_up(batch: Batch, world: World, umbrella: list[Recommendation]) -> None:
    """Every actor with every modality; the last event corrects the first."""
    source = world.source("voorbeeldbrief", "Bladzijde 1")
    events = []
    for number, (actor, modality) in enumerate(product(ACTORS, MODALITIES)):
        municipality = world.municipalities[number % min(ACTIVE, len(world.municipalities))]
        events.append(
            FollowUpEvent(
                slug=f"{municipality.slug}-gebeurtenis-{number + 1}",
                municipality=municipality,
                recommendation=[*umbrella[:4], None][number % 5],
                actor=actor,
                addressed_to=["executive", "agenda_committee", ""][number % 3],
                modality=modality,
                text=MODALITIES[modality].format(who=ACTORS[actor], area=f"het gebied in {municipality}"),
                happened=DATES[number % len(DATES)],
                source=source,
                entered_at=SINCE + timedelta(days=number),
            )
        )
    wrong = events[0]
    events.append(
        FollowUpEvent(
            slug=f"{wrong.municipality.slug}-gebeurtenis-verbeterd",
            municipality=wrong.municipality,
            recommendation=wrong.recommendation,
            actor=wrong.actor,
            modality=wrong.modality,
            text=f"De raad van {wrong.municipality} besloot dat er elke twee jaar een bespreking komt, niet elk jaar.",
            happened="2024-02",
            source=world.source("voorbeeldbrief", "Bladzijde 2"),
            corrects=wrong,
            entered_at=SINCE + timedelta(days=100),
        )
    )
    for event in events:
        batch.add(event)


def add_chains(batch: Batch, world: World, umbrella: list[Recommendation], local: list[Recommendation]) -> None:
    """Every way in which it can go, in turn. Closing takes two people, and nobody works in the example set."""
    turns = cycle(CHAINS)
    pairs: list[tuple[Any, Recommendation]] = list(product(world.municipalities, umbrella))
    for municipality, advice in [*pairs, *((advice.municipality, advice) for advice in local)]:
        for number, (step, outcome, actor, happened, due_on, text) in enumerate(next(turns), start=1):
            batch.add(
                FollowUpEvent(
                    slug=f"{municipality.slug}-{advice.slug}-stap-{number}",
                    municipality=municipality,
                    recommendation=advice,
                    step=step,
                    outcome=outcome,
                    actor=actor,
                    text=text.format(place=municipality.name),
                    happened=happened,
                    due_on=due_on or None,
                    link=PROOFS.format(place=municipality.slug, day=happened),
                    entered_at=day(*(int(part) for part in f"{happened}-28"[:10].split("-"))) + timedelta(days=2),
                )
            )


def add_practices(batch: Batch, world: World, umbrella: list[Recommendation]) -> None:
    themes = [
        batch.add(Theme(slug=slug, name=name, text=text, group=group, order=order))
        for order, (slug, name, text, group) in enumerate(THEMES, start=1)
    ]
    for number, (life, (title, text)) in enumerate(zip(cycle(Life), PRACTICES)):
        municipality = world.municipalities[number % min(5, len(world.municipalities))]
        record = batch.add(GoodPractice(slug=f"voorbeeld-{title.lower()}", municipality=municipality, order=number + 1))
        links = partial(
            add_links,
            batch,
            source=world.source("voorbeeldnotitie", f"Voorbeeld {number + 1}"),
            aspect=world.aspects[number],
            recommendation=umbrella[number % 4],
        )
        make = partial(GoodPracticeVersion, record=record, title=title, theme=themes[number % len(themes)], text=text)
        batch.tell(life, make, SINCE, links)


def add_links(batch: Batch, version: Any, *, source: Source, aspect: Any, recommendation: Recommendation) -> None:
    batch.add(GoodPracticeCitation(version=version, source=source))
    batch.add(GoodPracticeVersion.aspects.through(goodpracticeversion=version, aspect=aspect))
    batch.add(GoodPracticeVersion.recommendations.through(goodpracticeversion=version, recommendation=recommendation))
