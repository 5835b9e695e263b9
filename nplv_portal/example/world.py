"""Who, where and when in the example set: documents, municipalities, offices, rounds, and who takes part in which."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zlib import crc32

from django.conf import settings
from django.utils import timezone

from findings.models import Aspect, AuditRound, CouncilRole, Participation, RoundAspect
from focusareas.models import AuditOffice, CouncilTerm, FocusArea, Municipality, QuestionArticle
from nplv_portal.example.batch import Batch
from nplv_portal.example.texts import COMPARABLE, DOCUMENTS, NEW_ASPECT, REWORDED
from nplv_portal.sources.models import Document, Source

NAMES = ["stad", "haven", "recht", "dam", "burg", "veen", "wijk", "dijk", "meer", "bos"]
NAMES += ["hoven", "dorp", "kerk", "monde", "voort", "sluis", "loo", "horst", "brug", "zand"]
PARTS = ["Noord", "Zuid", "Oost", "West"]
FICTIONAL_NOTE = "Dit document bestaat niet. Het hoort bij de voorbeeldgegevens."
SHARED_OFFICE = {1, 2, 3}  # municipalities that have one audit office together
COMES_AND_GOES, COMES_LATER = "link-raadsvoorstellen", NEW_ASPECT["slug"]
Comparable = RoundAspect.Comparable


def pick(options: Sequence[Any], *key: object) -> Any:
    """One of the options, always the same for the same key."""
    return options[crc32("/".join(map(str, key)).encode()) % len(options)]


def day(year: int, month: int, day_: int) -> datetime:
    return timezone.make_aware(datetime.combine(date(year, month, day_), time.min))


def published_at(index: int) -> datetime:
    """The first two rounds follow the calendar. Those after them are ahead of it, so that they can be read today."""
    known = [day(2024, 1, 30), day(2025, 11, 27)]
    return known[index] if index < len(known) else day(2026, 2, 1) + timedelta(days=10 * (index - len(known)))


def takes_part(area: int, round_: int) -> bool:
    """Some join in the second or third round, some leave after the first."""
    has_joined = round_ >= {3: 1, 5: 2}.get(area % 7, 0)
    return has_joined and not (area % 9 == 4 and round_ > 0)


def names_of(area: FocusArea) -> dict[str, str]:
    return {"area": area.name, "place": area.municipality.name}


def told(fields: dict[str, Any], **names: str) -> dict[str, Any]:
    """The same fields, with the names in their texts filled in."""
    return {name: text.format(**names) if isinstance(text, str) else text for name, text in fields.items()}


def is_awaited(area: int, round_: int, round_count: int) -> bool:
    """Of some that take part in the last round nothing is public yet."""
    return area % 8 == 1 and round_ == round_count - 1 > 0


def is_described(area: int) -> bool:
    """Of most areas sources give figures, money, an organisation and a timeline; of some they give nothing."""
    return area % 7 != 6


class World:
    """All of it, each list in its own order; numbers count from zero."""

    def __init__(self, batch: Batch, areas: int, rounds: int) -> None:
        self.add = batch.add
        self.round_count = rounds
        self._sources: dict[tuple[str, str], Source] = {}
        self.documents = {slug: self.document(slug, *about) for slug, *about in DOCUMENTS}
        self.municipalities = [self.municipality(number) for number in range(max(1, areas - 1))]
        self.areas = [self.area(number) for number in range(areas)]
        self.add_articles()
        self.offices = self.audit_offices()
        for first in range(2022, 2025 + 2 * rounds, 4):
            batch.add(CouncilTerm(slug=f"raadsperiode-{first}-{first + 4}", first_year=first, last_year=first + 4))
        self.aspects = self.roles_and_aspects()
        self.rounds = [self.round(number) for number in range(rounds + 1)]  # the last is only announced
        self.entries = [self.round_aspects(number) for number in range(rounds)]
        self.participants = [[a for a in range(areas) if takes_part(a, number)] for number in range(rounds)]
        for number in range(rounds):
            self.add_participations(number)
        self.described = [area for number, area in enumerate(self.areas) if is_described(number)]
        self.described_first = [area for area in self.described if area.number != 2]  # one of each municipality

    def reported(self, area: FocusArea) -> list[int]:
        """The rounds of which something about this area is public."""
        number = area.number - 1
        return [
            round_
            for round_, participants in enumerate(self.participants)
            if number in participants and not is_awaited(number, round_, self.round_count)
        ]

    def report_on(self, municipality: Municipality, place: str) -> Source:
        return self.source(f"rapport-{municipality.slug}", place)

    def source(self, document: str, place: str) -> Source:
        if (document, place) not in self._sources:
            self._sources[document, place] = self.add(Source(document=self.documents[document], place=place))
        return self._sources[document, place]

    def document(self, slug: str, title: str, kind: str, published: str, url: str = "") -> Document:
        return self.add(
            Document(
                slug=slug,
                title=title,
                kind=kind,
                publisher="Rekenkamer Voorbeeldstreek",
                published=published or None,
                url=url,
                is_held=slug != "voorbeeld-onbekend",
                note=FICTIONAL_NOTE,
            )
        )

    def municipality(self, number: int) -> Municipality:
        suffix = NAMES[number % len(NAMES)]
        again = number // len(NAMES) + 1
        name, slug = f"Voorbeeld{suffix}", f"voorbeeld-{suffix}"
        if again > 1:
            name, slug = f"{name} {again}", f"{slug}-{again}"
        report = f"rapport-{slug}"
        self.documents[report] = self.document(report, f"Voorbeeldrapport {name}", "rapport", "2024-01")
        return self.add(
            Municipality(
                slug=slug,
                name=name,
                official_name=name,
                province="Voorbeeldland",
                cbs_code=f"GM{9000 + number}",
                tile_x=number % 5,
                tile_y=number // 5,
                source=self.source("voorbeeldrapport", "Bijlage 1, gemeenten"),
            )
        )

    def add_articles(self) -> None:
        """Of two of every three councils the article for written questions is known."""
        for number, municipality in enumerate(self.municipalities):
            if number % 3 != 2:
                self.add(
                    QuestionArticle(
                        slug=f"artikel-{municipality.slug}",
                        municipality=municipality,
                        article=f"artikel {31 + number}",
                        source=self.source("voorbeeldrapport", "Bijlage 1, gemeenten"),
                        entered_at=published_at(0),
                    )
                )

    def of_area(self, number: int) -> int:
        """The municipality of an area: the first has two."""
        return max(0, number - 1)

    def area(self, number: int) -> FocusArea:
        municipality, part = self.municipalities[self.of_area(number)], PARTS[number % len(PARTS)]
        joined = [None, "2023", "2023-09", "2023-09-14"][number % 4]
        source = self.source("voorbeeldrapport", "Bijlage 1, focusgebieden")
        return self.add(
            FocusArea(
                slug=f"{municipality.slug}-{part.lower()}",
                name=f"{municipality.name}-{part}",
                municipality=municipality,
                number=number + 1,
                joined=joined,
                joined_source=source if joined else None,
                source=source,
            )
        )

    def audit_offices(self) -> list[AuditOffice]:
        """The office of each municipality."""
        source = self.source("voorbeeldrapport", "Colofon")
        shared = self.add(AuditOffice(slug="voorbeeld-rekenkamer", name="Rekenkamer Voorbeeldstreek", source=source))
        offices = [
            shared
            if number in SHARED_OFFICE
            else self.add(AuditOffice(slug=f"rekenkamer-{of.slug}", name=f"Rekenkamer {of.name}", source=source))
            for number, of in enumerate(self.municipalities)
        ]
        for office, municipality in zip(offices, self.municipalities, strict=True):
            self.add(AuditOffice.municipalities.through(auditoffice=office, municipality=municipality))
        return offices

    def roles_and_aspects(self) -> list[Aspect]:
        """The same as in the real set, and one aspect that joins later."""
        with (settings.BASE_DIR / "fixtures" / "rounds.toml").open("rb") as file:
            wording = tomllib.load(file)
        source = self.source("voorbeeldrapport", "Hoofdstuk 1, de rollen van de raad")
        names = ["slug", "name", "short_name", "question", "explanation", "order"]
        roles = {
            role["slug"]: self.add(CouncilRole(**{name: role[name] for name in names}, source=source))
            for role in wording["role"]
        }
        first = wording["round"][0]["slug"]
        self.wording = {entry["aspect"]: entry for entry in wording["round_aspect"] if entry["round"] == first}
        self.wording[COMES_LATER] = NEW_ASPECT
        aspects = [(entry["slug"], entry["role"]) for entry in wording["aspect"] if entry["slug"] in self.wording]
        return [
            self.add(Aspect(slug=slug, role=roles[role]))
            for slug, role in [*aspects, (COMES_LATER, NEW_ASPECT["role"])]
        ]

    def round(self, number: int) -> AuditRound:
        year = 2023 + 2 * number
        status = AuditRound.Status.PUBLISHED
        if number == self.round_count:
            status = AuditRound.Status.ANNOUNCED
        elif number == self.round_count - 1 > 0:
            status = AuditRound.Status.RUNNING
        return self.add(
            AuditRound(
                slug=f"voorbeeldronde-{year}",
                name=f"Voorbeeldronde {year}",
                short_name=f"Voorbeeld {year}",
                number=number + 1,
                first_year=year,
                last_year=year + 1,
                status=status,
                published_at=published_at(number) if status == AuditRound.Status.PUBLISHED else None,
                text="Deze ronde is verzonnen en kan vooruitlopen op de kalender. Zo ziet u het portaal na jaren.",
                source=self.source("voorbeeldopzet", f"Planning, {year}"),
            )
        )

    def round_aspects(self, number: int) -> list[RoundAspect]:
        """One aspect is left out of each second round, one joins in the second, two get another wording there."""
        shown = [
            aspect
            for aspect in self.aspects
            if not (aspect.slug == COMES_AND_GOES and number % 2) and not (aspect.slug == COMES_LATER and number == 0)
        ]
        shown.sort(key=lambda aspect: aspect.role.order)
        return [self.round_aspect(number, order, aspect) for order, aspect in enumerate(shown, start=1)]

    def round_aspect(self, number: int, order: int, aspect: Aspect) -> RoundAspect:
        wording = self.wording[aspect.slug] | (REWORDED.get(aspect.slug, {}) if number else {})
        is_first = number == (1 if aspect.slug == COMES_LATER else 0)
        is_broken = (aspect.slug == "kaders" and number == 1) or (aspect.slug == COMES_AND_GOES and number > 0)
        return self.add(
            RoundAspect(
                round=self.rounds[number],
                aspect=aspect,
                wording=wording["wording"],
                short_wording=wording["short_wording"],
                question=wording["question"],
                order=order,
                comparable=Comparable.FIRST if is_first else Comparable.NO if is_broken else Comparable.YES,
                comparable_note=COMPARABLE[aspect.slug] if is_broken else "",
                source=self.source("voorbeeldopzet", f"Ronde {number + 1}, aspect {order}"),
            )
        )

    def add_participations(self, number: int) -> None:
        round_ = self.rounds[number]
        for order, area in enumerate(self.participants[number], start=1):
            municipality = self.municipalities[self.of_area(area)]
            self.add(
                Participation(
                    round=round_,
                    focus_area=self.areas[area],
                    audit_office=self.offices[self.of_area(area)],
                    report=self.documents[f"rapport-{municipality.slug}"],
                    order=order,
                    source=self.source("voorbeeldopzet", f"Deelnemers, {round_.first_year}"),
                )
            )
