"""The jaaroverzicht: every recommendation with its standing at the beginning and at the end of a year."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.utils.timezone import localdate

from nplv_portal.dossiers.content import (
    Content,
    as_data,
    as_sheet,
    chain_as_of,
)
from nplv_portal.dossiers.models import Edition
from nplv_portal.lib import dutch
from nplv_portal.lib.moments import Moment
from nplv_portal.lib.partial_dates import PartialDate
from nplv_portal.reports.exchange import ADVICE, PROMISES, Columns
from nplv_portal.reports.municipality import MunicipalityReport
from recommendations.chain import Chain, Standing
from recommendations.follow_up import FollowUp
from recommendations.models import RecommendationVersion, Step
from recommendations.published import Action, Advice

NOT_YET = "nog niet uitgebracht"
APART = (
    "Vanaf het besluit van de raad loopt een termijn van een jaar. Wat de gemeente meldt en wat de rekenkamer "
    "vaststelde, staan apart."
)


@dataclass(frozen=True)
class Followed:
    """One recommendation over a year."""

    item: FollowUp
    before: Chain | None  # at the end of the year before; None: it was not issued yet
    after: Chain  # at the end of the year
    happened: list[Action]  # in the year

    @property
    def before_told(self) -> str:
        return self.before.told if self.before else NOT_YET

    @property
    def is_changed(self) -> bool:
        return self.before is None or self.before.standing != self.after.standing


@dataclass(frozen=True)
class Year:
    year: int
    report: MunicipalityReport
    followed: list[Followed]

    @classmethod
    def of(cls, slug: str, moment: Moment, year: int) -> Year:
        """What is known at the moment. Four queries."""
        report = MunicipalityReport.of(slug, moment, {"aanbevelingen"})
        issued: dict[str, PartialDate] = dict(
            RecommendationVersion.objects.as_of(moment.at).values_list("record__slug", "issued")
        )
        begin, end = date(year - 1, 12, 31), date(year, 12, 31)
        followed = [
            Followed(
                item,
                chain_as_of(item, begin) if issued[item.advice.slug].iso <= begin.isoformat() else None,
                chain_as_of(item, end),
                [action for action in item.chain.actions if happened_in(action, year)],
            )
            for item in report.follow_ups
            if issued[item.advice.slug].iso <= end.isoformat()
        ]
        return cls(year, report, followed)

    @property
    def counts(self) -> list[tuple[str, int, int]]:
        """Of each standing that occurs: how many had it at the beginning, and at the end. Each column adds up."""
        before = Counter(one.before.standing if one.before else NOT_YET for one in self.followed)
        after = Counter(one.after.standing for one in self.followed)
        rows = [(str(standing), before[standing], after[standing]) for standing in Standing]
        return [row for row in [(NOT_YET, before[NOT_YET], 0), *rows] if row[1] or row[2]]

    @property
    def changed(self) -> list[Followed]:
        return [one for one in self.followed if one.is_changed]

    @property
    def events(self) -> list[tuple[FollowUp, Action]]:
        found = [(one.item, action) for one in self.followed for action in one.happened]
        return sorted(found, key=lambda entry: (entry[1].happened_iso, entry[1].id))

    @property
    def promises(self) -> list[tuple[Action, Advice | None]]:
        return [entry for entry in self.report.promises if entry[0].happened_iso <= f"{self.year}-12-31"]

    @property
    def is_running(self) -> bool:
        """The year was not over yet at the moment of the dossier."""
        return localdate(self.report.moment.at) <= date(self.year, 12, 31)

    @property
    def summary(self) -> list[str]:
        count = len(self.followed)
        if not count:
            return [f"Eind {self.year} waren er nog geen aanbevelingen voor {self.report.name} uitgebracht."]
        events, changed = len(self.events), len(self.changed)
        told = dutch.counted(count, "aanbeveling", "aanbevelingen")
        texts = [
            f"Eind {self.year} golden voor de raad van {self.report.name}: {told}.",
            f"In de loop van het jaar veranderde de stand bij {dutch.number(changed)}.",
            f"Uit {self.year} bekend: {dutch.counted(events, 'gebeurtenis', 'gebeurtenissen')}.",
            APART,
        ]
        if self.is_running:
            texts.append(
                f"{self.year} was nog niet voorbij. De stand aan het eind is die van {self.report.moment.text}, met wat"
                " daarna nog kan komen."
            )
        if any(not action.happened for one in self.followed for action in one.item.chain.actions):
            texts.append("Een gebeurtenis zonder datum telt mee in elke stand: zij kan van vóór het jaar zijn.")
        return texts


def happened_in(action: Action, year: int) -> bool:
    return action.happened_iso.startswith(str(year)) and action.step != Step.CLOSING


FOLLOWED: Columns = [
    *[(heading, lambda one, getter=getter: getter(one.item)) for heading, getter in ADVICE[:5]],
    ("Stand begin van het jaar", lambda one: one.before.standing.value if one.before else NOT_YET),
    ("Stand eind van het jaar", lambda one: one.after.standing.value),
    ("Begin in een zin", lambda one: one.before_told),
    ("Eind in een zin", lambda one: one.after.told),
    ("In het jaar", lambda one: "\n".join(action.in_full for action in one.happened) or "niets bekend"),
    *[(heading, lambda one, getter=getter: getter(one.item)) for heading, getter in ADVICE[7:]],
]
EVENTS: Columns = [
    ("Wanneer", lambda entry: entry[1].happened_iso),
    ("Aanbeveling", lambda entry: entry[0].advice.title),
    ("Stap", lambda entry: entry[1].step_text),
    ("Wie", lambda entry: entry[1].actor or "niet genoemd"),
    ("Tekst", lambda entry: entry[1].text),
    ("Bewijs", lambda entry: entry[1].proof),
]


def content_of(edition: Edition, moment: Moment) -> Content:
    year = Year.of(edition.dossier.municipality.slug, moment, edition.year or localdate(moment.at).year)
    chosen = set(edition.sections)
    tables: list[tuple[str, Columns, list[Any]]] = [("Aanbevelingen", FOLLOWED, year.followed)]
    if "gebeurtenissen" in chosen:
        tables.append((f"Gebeurtenissen {year.year}", EVENTS, year.events))
    if "toezeggingen" in chosen:
        tables.append(("Toezeggingen", PROMISES, year.promises))
    return Content(
        "pdf/dossier/yearly.html",
        {"year": year, "report": year.report},
        [
            ("Onderdelen", [sorted(chosen), year.year]),
            *[
                (f"Aanbeveling: {one.item.advice.title}", [one.before_told, one.after.told, one.item.content])
                for one in year.followed
            ],
            ("Toezeggingen", [asdict(action) for action, _ in year.promises]),
        ],
        as_data(edition, moment, tables),
        as_sheet(edition, moment, tables),
    )
