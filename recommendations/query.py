"""What a reader asks of the recommendations, from the address: every view has an address of its own."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict

from findings.query import file_part, in_words, shortened, values
from nplv_portal.lib.moments import Moment
from recommendations.chain import Standing

STANDINGS = {standing.slug: standing for standing in Standing}
KINDS = {"overkoepelend": "Voor alle raden", "lokaal": "Lokaal"}


@dataclass(frozen=True)
class FollowUpQuery:
    moment: Moment
    municipalities: tuple[str, ...] = ()
    standings: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    only_past_due: bool = False
    notices: tuple[str, ...] = ()

    @classmethod
    def of(cls, params: QueryDict) -> FollowUpQuery:
        moment = Moment.of(params.get("op", ""))
        notices = [moment.notice] if moment.notice else []
        past_due = params.get("verstreken", "").strip()
        if past_due not in {"", "1"}:
            notices.append("Schrijf verstreken=1 voor alleen wat over de termijn is. Dit filter telt niet mee.")
        return cls(
            moment,
            municipalities=values(params, "gemeente"),
            standings=values(params, "stand"),
            kinds=values(params, "soort"),
            only_past_due=past_due == "1",
            notices=tuple(notices),
        )

    def checked(self, municipalities: Collection[str]) -> tuple[FollowUpQuery, tuple[str, ...]]:
        """Without values that name nothing; each of those gets a sentence."""
        known: Mapping[str, tuple[str, Collection[str]]] = {
            "municipalities": ("Onbekende gemeente", municipalities),
            "standings": ("Onbekende stand", STANDINGS),
            "kinds": ("Onbekende soort", KINDS),
        }
        notices, found = list(self.notices), dict[str, Any]()
        for name, (label, slugs) in known.items():
            asked: tuple[str, ...] = getattr(self, name)
            found[name] = tuple(slug for slug in asked if slug in slugs)
            if unknown := [slug for slug in asked if slug not in slugs]:
                notices.append(f"{label}: {shortened(unknown)}. Dit filter telt niet mee.")
        return replace(self, notices=(), **found), tuple(notices)

    def address(self, **changes: object) -> str:
        """The query string of this view, with some of it changed; values that are the default are left out."""
        query = replace(self, **changes)  # type: ignore[arg-type]
        pairs = [
            *[("gemeente", slug) for slug in query.municipalities],
            *[("stand", slug) for slug in query.standings],
            *[("soort", slug) for slug in query.kinds],
            ("verstreken", "1" if query.only_past_due else ""),
            ("op", query.moment.day.isoformat() if query.moment.day else ""),
        ]
        encoded = urlencode([(name, value) for name, value in pairs if value])
        return f"?{encoded}" if encoded else ""

    @property
    def file_part(self) -> str:
        past_due = ["verstreken"] if self.only_past_due else []
        return file_part([*self.municipalities, *self.standings, *self.kinds, *past_due])

    def told(self, names: Mapping[str, str]) -> str:
        """The choice in words; `names` of municipalities by their slug."""
        return in_words(
            {
                "gemeente": [names[slug] for slug in self.municipalities],
                "soort": [KINDS[slug].lower() for slug in self.kinds],
                "stand": [STANDINGS[slug].value for slug in self.standings],
                "termijn": ["alleen verstreken"] if self.only_past_due else [],
            }
        )

    @property
    def asks_a_standing(self) -> bool:
        return bool(self.standings or self.only_past_due)

    def takes(self, standing: Standing) -> bool:
        is_chosen = not self.standings or standing.slug in self.standings
        return is_chosen and (not self.only_past_due or standing == Standing.PAST_DUE)
