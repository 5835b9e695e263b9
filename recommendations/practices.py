"""The good examples that a reader asks for, from the address: by municipality, by aspect, by who took them over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.http import QueryDict

from findings.query import shortened
from nplv_portal.lib.moments import Moment
from recommendations.published import Practice

ANYONE = "ja"  # taken over, by whomever


@dataclass(frozen=True)
class Option:
    name: str
    count: str
    address: str
    is_chosen: bool


@dataclass(frozen=True)
class PracticeList:
    moment: Moment
    practices: list[Practice]
    place: str = ""
    taker: str = ""
    aspect: str = ""
    notices: tuple[str, ...] = ()

    @classmethod
    def of(cls, params: QueryDict, moment: Moment, practices: list[Practice]) -> PracticeList:
        """Without values that name nothing; each of those gets a sentence."""
        asked = cls(
            moment,
            practices,
            params.get("gemeente", "").strip(),
            params.get("overgenomen", "").strip(),
            params.get("aspect", "").strip(),
        )
        notices = []
        if asked.place and asked.place not in asked.places_by_slug:
            notices.append(f"Van {shortened([asked.place])} staan er geen voorbeelden in het portaal.")
            asked = replace(asked, place="")
        if asked.taker and asked.taker not in asked.takers_by_slug:
            notices.append(
                f"Van {shortened([asked.taker])} is niet bekend dat het een voorbeeld overnam."
                if asked.takers_by_slug
                else "Van geen enkele gemeente is bekend dat zij een voorbeeld overnam."
            )
            asked = replace(asked, taker="")
        if asked.aspect and asked.aspect not in asked.aspects_by_slug:
            notices.append(f"Bij het aspect {shortened([asked.aspect])} staat er geen voorbeeld in het portaal.")
            asked = replace(asked, aspect="")
        return replace(asked, notices=tuple(f"{notice} Dit filter telt niet mee." for notice in notices))

    @property
    def places_by_slug(self) -> Mapping[str, str]:
        return dict(sorted({(p.municipality, p.municipality_name) for p in self.practices}, key=lambda pair: pair[1]))

    @property
    def takers_by_slug(self) -> Mapping[str, str]:
        """Those who took something over, by name; none where nobody did."""
        found = {(r.municipality, r.municipality_name) for p in self.practices for r in p.standing}
        return dict([(ANYONE, "Een andere gemeente"), *sorted(found, key=lambda pair: pair[1])]) if found else {}

    @property
    def aspects_by_slug(self) -> Mapping[str, str]:
        return dict(sorted({(a.slug, a.title) for p in self.practices for a in p.aspects}, key=lambda pair: pair[1]))

    @property
    def shown(self) -> list[Practice]:
        return [practice for practice in self.practices if self.takes(practice)]

    def takes(self, practice: Practice) -> bool:
        takers = {ANYONE, *(item.municipality for item in practice.standing)} if practice.standing else set()
        about = {"", *(link.slug for link in practice.aspects)}
        return self.place in {"", practice.municipality} and self.taker in {"", *takers} and self.aspect in about

    def address(self) -> str:
        day = self.moment.day.isoformat() if self.moment.day else ""
        pairs = [("gemeente", self.place), ("overgenomen", self.taker), ("aspect", self.aspect), ("op", day)]
        encoded = urlencode([(name, value) for name, value in pairs if value])
        return f"?{encoded}" if encoded else ""

    def options(self, name: str, values: Mapping[str, str]) -> list[Option]:
        """All, then each value, with how many there are within the rest of the choice."""
        found = []
        for value, label in {"": "Alle", **values}.items():
            other: PracticeList = replace(self, **{name: value})  # type: ignore[arg-type]
            found.append(Option(label, str(len(other.shown)), other.address(), getattr(self, name) == value))
        return found

    @property
    def places(self) -> list[Option]:
        return self.options("place", self.places_by_slug)

    @property
    def takers(self) -> list[Option]:
        return self.options("taker", self.takers_by_slug) if self.takers_by_slug else []

    @property
    def aspects(self) -> list[Option]:
        return self.options("aspect", self.aspects_by_slug) if self.aspects_by_slug else []
