"""What a reader asks of the matrix, from the address: every view has an address of its own."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.text import slugify

from findings.models import State
from nplv_portal.lib import dutch
from nplv_portal.lib.moments import Moment

if TYPE_CHECKING:
    from findings.matrix import Area, Round

STATE_PATHS = {
    "geregeld": State.IN_PLACE.value,
    "in-ontwikkeling": State.DEVELOPING.value,
    "niet-geregeld": State.NOT_IN_PLACE.value,
    "geen-stand": "",
}
MAX_TEXT = 100
LONGEST_PART = 60  # characters of a file name that a choice may take
MAX_VALUES = 400  # more values of one filter than there are municipalities in the country is no filter


@dataclass(frozen=True)
class MatrixQuery:
    moment: Moment
    round: str = ""
    roles: tuple[str, ...] = ()
    aspects: tuple[str, ...] = ()
    municipalities: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    text: str = ""
    is_full: bool = False
    only_differences: bool = False
    with_previous: bool = False  # what the round before it found, in each cell
    opened: tuple[str, ...] = ()  # aspects whose row is shown in full while the table shows the kern
    shown: str = ""  # the area that a phone shows
    notices: tuple[str, ...] = ()

    @classmethod
    def of(cls, params: QueryDict) -> MatrixQuery:
        moment = Moment.of(params.get("op", ""))
        notices = [moment.notice] if moment.notice else []
        text = readable(params.get("tekst", "")).strip()
        if len(text) > MAX_TEXT:
            notices.append(f"Zoek met ten hoogste {MAX_TEXT} tekens. U ziet nu de tabel zonder zoektekst.")
            text = ""
        speed = params.get("weergave", "")
        if speed not in {"", "kern", "volledig"}:
            notices.append("Deze weergave bestaat niet. Kies kern of volledig; u ziet nu de kern.")
        return cls(
            moment,
            round=params.get("ronde", "").strip(),
            roles=values(params, "rol"),
            aspects=values(params, "aspect"),
            municipalities=values(params, "gemeente"),
            states=values(params, "stand"),
            text=text,
            is_full=speed == "volledig",
            only_differences=params.get("verschillen") == "1",
            with_previous=params.get("vorige") == "1",
            opened=values(params, "rij"),
            shown=params.get("toon", "").strip(),
            notices=tuple(notices),
        )

    @property
    def state_values(self) -> Collection[str]:
        return {STATE_PATHS[state] for state in self.states}

    def checked(self, rounds: Iterable[Round], areas: Iterable[Area]) -> tuple[MatrixQuery, tuple[str, ...]]:
        """Without values that name nothing; each of those gets a sentence that says what is shown instead."""
        known: Mapping[str, tuple[str, Collection[str]]] = {
            "round": ("Onbekende onderzoeksronde", [r.slug for r in rounds]),
            "roles": ("Onbekende rol", {role.slug for r in rounds for role in r.roles}),
            "aspects": (
                "Onbekend aspect",
                (aspects := {row.aspect for r in rounds for role in r.roles for row in role.rows}),
            ),
            "municipalities": ("Onbekende gemeente", {area.municipality for area in areas}),
            "states": ("Onbekende stand", STATE_PATHS.keys()),
            "opened": ("Onbekende rij", aspects),
        }
        notices, found = list(self.notices), {}
        for name, (label, slugs) in known.items():
            value = getattr(self, name)
            asked = (value,) if isinstance(value, str) else value
            kept = tuple(slug for slug in asked if slug in slugs)
            unknown = [slug for slug in asked if slug and slug not in slugs]
            if unknown:
                notices.append(f"{label}: {shortened(unknown)}. Dit filter telt niet mee.")
            found[name] = (kept[0] if kept else "") if isinstance(value, str) else kept
        return replace(self, **found, notices=()), tuple(notices)  # type: ignore[arg-type]

    def address(self, **changes: object) -> str:
        """The query string of this view, with some of it changed; values that are the default are left out."""
        query = replace(self, **changes)  # type: ignore[arg-type]
        pairs = [
            ("ronde", query.round),
            *[("rol", slug) for slug in query.roles],
            *[("aspect", slug) for slug in query.aspects],
            *[("gemeente", slug) for slug in query.municipalities],
            *[("stand", slug) for slug in query.states],
            ("tekst", query.text),
            ("weergave", "volledig" if query.is_full else ""),
            ("verschillen", "1" if query.only_differences else ""),
            ("vorige", "1" if query.with_previous else ""),
            *[("rij", slug) for slug in query.opened],
            ("toon", query.shown),
            ("op", query.moment.day.isoformat() if query.moment.day else ""),
        ]
        encoded = urlencode([(name, value) for name, value in pairs if value])
        return f"?{encoded}" if encoded else ""

    @property
    def file_part(self) -> str:
        """What of a file name tells this choice from others."""
        flags = {"volledig": self.is_full, "verschillen": self.only_differences, "vorige": self.with_previous}
        slugs = [*self.roles, *self.aspects, *self.municipalities, *self.states, *self.opened]
        text = [f"tekst {self.text}"] if self.text else []
        return file_part([*slugs, *text, *(name for name, is_on in flags.items() if is_on)])

    def opening(self, aspect: str) -> str:
        """The address with one row opened, or closed again."""
        others = tuple(slug for slug in self.opened if slug != aspect)
        return self.address(opened=others if aspect in self.opened else (*others, aspect))

    @property
    def is_filtered(self) -> bool:
        return bool(
            self.roles or self.aspects or self.municipalities or self.states or self.text or self.only_differences
        )


def values(params: QueryDict, name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value.strip() for value in params.getlist(name)[:MAX_VALUES] if value.strip()))


def file_part(choice: Iterable[str]) -> str:
    """The choice in words, or a number that follows from it where that is too long."""
    told = "-".join(choice)
    short = slugify(told)
    return short if len(short) <= LONGEST_PART else f"keuze-{hashlib.sha256(told.encode()).hexdigest()[:8]}"


def in_words(chosen: Mapping[str, Iterable[str]]) -> str:
    """ "gemeente: Heerlen en Arnhem; termijn: alleen verstreken"; empty where nothing is chosen."""
    told = {name: dutch.listed(list(values)) for name, values in chosen.items()}
    return "; ".join(f"{name}: {values}" for name, values in told.items() if values)


def readable(typed: str) -> str:
    """What was typed, without the characters that show nothing."""
    return "".join(c if c.isprintable() else " " for c in typed)


def shortened(names: list[str]) -> str:
    shown = ", ".join(f"“{readable(name)[:40]}”" for name in names[:3])
    return f"{shown} en nog {len(names) - 3}" if len(names) > 3 else shown
