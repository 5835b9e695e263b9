"""Good examples that municipalities took over from each other: as it was told, corrected, and taken back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from focusareas.models import Municipality
from nplv_portal.example.batch import Batch
from nplv_portal.example.chains import PROOFS
from nplv_portal.example.world import World, published_at
from recommendations.models import GoodPractice, Recommendation, Reuse

# Which example, by which municipality, since when, what it made of it, and the same as it should have been.
REUSES = [
    (0, 1, "2025-03", "De werkgroep van {place} komt niet elke maand, maar vier keer per jaar bij elkaar.", ""),
    (0, 2, "2025-09-01", "{place} heeft een werkgroep van zes raadsleden, met een voorzitter van buiten.", ""),
    (1, 0, "2024", "De raad van {place} loopt elk voorjaar door het gebied.", ""),
    (3, 0, "2025-01-16", "{place} houdt elke maand een avond.", "{place} houdt elk kwartaal een avond, in het gebied."),
    (5, 3, "2025-06", "Twaalf raadsleden van {place} gingen op bezoek in de Voorbeeldhaven.", ""),
    (7, 1, "2026-01", "{place} begint met drie scholen.", ""),
]
TAKEN_BACK = (2, 0, "2025-04", "{place} heeft een eigen geldkaart.")
REASON = "De kaart van {place} was al klaar voordat die van de andere gemeente er was."


def add_reuses(batch: Batch, world: World, umbrella: list[Recommendation]) -> None:
    """Every second is for an aspect, every third for a recommendation. A set of one municipality has none."""
    done = set()
    for number, (which, who, since, text, corrected) in enumerate([*REUSES, (*TAKEN_BACK, "")]):
        practice = batch.records[GoodPractice][which]
        place = world.municipalities[who % len(world.municipalities)]
        if practice.municipality == place or (which, place.slug) in done:
            continue
        done.add((which, place.slug))
        said = {
            "since": since,
            "aspect": None if number % 2 else world.aspects[which],
            "recommendation": None if number % 3 else umbrella[which % 4],
            "link": PROOFS.format(place=place.slug, day=since),
        }
        first = add_reuse(batch, practice, place, number, text, said)
        if corrected:
            add_reuse(batch, practice, place, number + 20, corrected, said | {"corrects": first})
        if number == len(REUSES):
            add_reuse(batch, practice, place, number + 40, REASON, {"corrects": first, "is_retraction": True})


def add_reuse(
    batch: Batch, practice: GoodPractice, place: Municipality, days: int, text: str, more: dict[str, Any]
) -> Reuse:
    return batch.add(
        Reuse(
            slug=f"{place.slug}-{practice.slug}-{days}",
            municipality=place,
            practice=practice,
            text=text.format(place=place.name),
            entered_at=published_at(0) + timedelta(days=740 + days),
            **more,
        )
    )
