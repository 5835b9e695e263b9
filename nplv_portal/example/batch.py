"""Makes many records at once, and for the published ones all versions that their life left behind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Any, TypeVar

from django.db import models
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from findings.models import FindingVersion, State
from nplv_portal.lib.versions import Stage, Version
from recommendations.models import FollowUpEvent, RecommendationPoint

REFERS_TO_ITSELF = {RecommendationPoint, FollowUpEvent}
TEXTS = ["title", "headline", "term", "subject", "text", "remark", "state_reason", "conclusion_text", "erratum"]
MISTAKE = " Dat stond al in een brief uit 1019."
ERRATUM = "In de eerste versie stond een verkeerd jaartal: 1019. Die zin is weggehaald."
WITHDRAWN = "De bron bleek over een andere wijk te gaan."

Record = TypeVar("Record", bound=models.Model)
Make = Callable[..., Any]  # makes a version; what is passed goes before what it would say
AddParts = Callable[[Any], object]  # adds what belongs to the version that it gets
Publication = tuple[type[Version], datetime, datetime | None, str]  # model, from, until, why withdrawn


class Life(Enum):
    """What became of a record."""

    PUBLISHED = auto()
    CORRECTED = auto()  # the second version is public, with an erratum
    REVISED = auto()  # public, with a draft of the next version
    IN_REVIEW = auto()  # public, with a next version that a second person looks at
    WITHDRAWN = auto()
    RESTORED = auto()  # withdrawn, and published again with an erratum
    DRAFT = auto()  # never public


class Batch:
    """Records to be saved together, in the order in which their tables were first used.

    Versions go in unpublished, because only then may citations and points follow. They are published at the end: one
    statement for all that share a moment.
    """

    def __init__(self) -> None:
        self.records: dict[type[models.Model], list[Any]] = defaultdict(list)
        self.publications: dict[Publication, list[Version]] = defaultdict(list)
        self.canaries = 0

    def add(self, record: Record) -> Record:
        self.records[type(record)].append(record)
        return record

    def save(self) -> None:
        for model, records in self.records.items():
            if model in REFERS_TO_ITSELF:
                for record in records:
                    record.save()
            else:
                model._default_manager.bulk_create(records, batch_size=1000)
        for (version_model, since, until, reason), versions in self.publications.items():
            version_model._default_manager.filter(pk__in=[version.pk for version in versions]).update(
                stage=Stage.WITHDRAWN if reason else Stage.PUBLISHED,
                public_during=DateTimeTZRange(since, until),
                withdrawal_reason=reason,
            )

    def tell(self, life: Life, make: Make, since: datetime, add_parts: AddParts = lambda _: None) -> None:
        """Add the versions of a record with this life; `add_parts` adds what belongs to each of them."""
        stretches = public_stretches(life, since)
        for number, (start, end, reason) in enumerate(stretches, start=1):
            version = self.add(make(number=number, erratum=ERRATUM if number > 1 else ""))
            if version.text and number < len(stretches):
                version.text += MISTAKE
            self.publications[type(version), start, end, reason].append(version)
            add_parts(version)
        if life in {Life.REVISED, Life.IN_REVIEW, Life.DRAFT}:
            add_parts(self.add(self.hidden(make(number=len(stretches) + 1), life)))

    def hidden(self, version: Version, life: Life) -> Version:
        """The version with in every text that nobody may read it."""
        self.canaries += 1
        for name in TEXTS:
            if hasattr(version, name):
                setattr(version, name, f"CANARY-{self.canaries:05} dit concept is niet openbaar")
        if isinstance(version, FindingVersion):
            version.absence, version.state = "", State.DEVELOPING
        is_in_review = life is Life.IN_REVIEW or (life is Life.DRAFT and self.canaries % 2)
        version.stage = Stage.IN_REVIEW if is_in_review else Stage.DRAFT
        return version


def public_stretches(life: Life, since: datetime) -> list[tuple[datetime, datetime | None, str]]:
    """From, until and why withdrawn, for each version that the public could read."""
    later, still_later = since + timedelta(days=30), since + timedelta(days=60)
    match life:
        case Life.CORRECTED:
            return [(since, later, ""), (later, None, "")]
        case Life.WITHDRAWN:
            return [(since, later, WITHDRAWN)]
        case Life.RESTORED:
            return [(since, later, WITHDRAWN), (still_later, None, "")]
        case Life.DRAFT:
            return []
    return [(since, None, "")]
