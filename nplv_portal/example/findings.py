"""One finding a cell, with somewhere each thing that can be the case with a finding."""

from __future__ import annotations

from functools import partial
from typing import Any

from findings.models import Absence, Finding, FindingCitation, FindingVersion, RoundAspect, State
from nplv_portal.example.batch import Batch, Life
from nplv_portal.example.texts import LONG_WORD, MORE, SAME, SAYINGS, SUBJECTS, three_hundred_words
from nplv_portal.example.world import World, is_awaited, pick, published_at

STATES = [*[State.IN_PLACE] * 4, *[State.DEVELOPING] * 4, *[State.NOT_IN_PLACE] * 2, "", ""]
ABSENCES = [Absence.NO_INFORMATION, Absence.NOT_EXAMINED]

# What one cell of an aspect shows in every round, by the place of the aspect in the list of all aspects.
SAME_FOR_ALL, LONG_TEXT, LONG_WORDS, NO_INFORMATION, NOT_EXAMINED, NO_RECORD, WITH_REMARK = 0, 1, 2, 8, 9, 10, 12
STILL_EMPTY = 2  # of every four aspects where nothing is public yet, one that nobody began
LIVES = {3: Life.CORRECTED, 4: Life.WITHDRAWN, 5: Life.RESTORED, 6: Life.REVISED, 7: Life.REVIEWED, 11: Life.DRAFT}


def add_findings(batch: Batch, world: World) -> None:
    numbers = {aspect.slug: number for number, aspect in enumerate(world.aspects)}
    for round_, entries in enumerate(world.entries):
        for entry in entries:
            for area in world.participants[round_]:
                add_finding(batch, world, round_, entry, numbers[entry.aspect.slug], area)


def add_finding(batch: Batch, world: World, round_: int, entry: RoundAspect, aspect: int, area: int) -> None:
    focus_area = world.areas[area]
    is_showcase = area == showcase(aspect, len(world.areas))
    awaits = is_awaited(area, round_, world.round_count)
    if (is_showcase and aspect == NO_RECORD) or (awaits and aspect % 4 == STILL_EMPTY):
        return
    slug = f"{entry.aspect.slug}-{focus_area.slug}-{entry.round.slug}"
    finding = batch.add(Finding(slug=slug, round_aspect=entry, focus_area=focus_area))
    report = f"rapport-{focus_area.municipality.slug}"
    sources = [world.source(report, f"Ronde {entry.round.first_year}, rij {entry.order}")]
    if is_showcase and aspect == WITH_REMARK:
        sources.append(world.source("voorbeeldbrief", "Bladzijde 2"))

    def cite(version: Any) -> None:
        for source in sources:
            batch.add(FindingCitation(version=version, source=source))

    life = LIVES.get(aspect, Life.PUBLISHED) if is_showcase else Life.PUBLISHED
    if awaits:
        life = Life.DRAFT
    make = partial(FindingVersion, record=finding, **content(entry, aspect, focus_area, is_showcase))
    batch.tell(life, make, published_at(round_), cite)


def showcase(aspect: int, area_count: int) -> int:
    """The area of which the cell shows something out of the ordinary. Both possible ones take part in every round."""
    return 2 * (aspect % 2) if area_count > 2 else 0


def content(entry: RoundAspect, aspect: int, area: Any, is_showcase: bool) -> dict[str, str]:
    key = (entry.aspect.slug, area.slug, entry.round.first_year)
    if aspect == SAME_FOR_ALL:
        return SAME | {"state": State.IN_PLACE}
    if is_showcase and aspect in {NO_INFORMATION, NOT_EXAMINED}:
        return {"absence": ABSENCES[aspect - NO_INFORMATION]}
    if not is_showcase and pick(range(14), "absence", *key) < len(ABSENCES):
        return {"absence": pick(ABSENCES, *key)}
    fields = ordinary(entry, area, key)
    if is_showcase and aspect == LONG_TEXT:
        fields["text"] = three_hundred_words(fields["text"])
    if is_showcase and aspect == LONG_WORDS:
        fields |= {"headline": LONG_WORD[:70], "text": f"{fields['text']} {LONG_WORD}."}
    if is_showcase and aspect == WITH_REMARK:
        fields["remark"] = "Het rapport en de brief noemen een ander aantal. Wij volgen het rapport."
    return fields


def ordinary(entry: RoundAspect, area: Any, key: tuple[object, ...]) -> dict[str, str]:
    state = pick(STATES, "state", *key)
    headline, sentence, words = pick(SAYINGS[state], "saying", *key)
    subject = SUBJECTS.get(entry.aspect.slug, "dit onderwerp")
    first = pick(range(len(MORE)), "more", *key)
    more = [MORE[(first + step) % len(MORE)] for step in range(1 + first % 3)]
    text = " ".join([f"In {entry.round.first_year} {sentence}.", *more])
    return {
        "headline": headline.format(subject=subject),
        "text": text.format(
            subject=subject, place=area.municipality.name, area=area.name, number=pick(["drie", "vier", "vijf"], *key)
        ),
        "state": state,
        "state_reason": f"‘{words}’" if words else "",
    }
