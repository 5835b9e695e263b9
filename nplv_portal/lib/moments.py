"""The moment that a page is asked for: `?op=2025-02-01` means as it stood at the end of that day in Amsterdam."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.formats import date_format

FIRST_YEAR = 2020  # nothing in this programme is older


@dataclass(frozen=True)
class Moment:
    at: datetime
    day: date | None = None  # the day asked for; None means now
    notice: str = ""
    typed: str = ""

    @classmethod
    def of(cls, typed: str) -> Moment:
        typed = typed.strip()[:40]
        now = timezone.now()
        if not typed:
            return cls(now)
        try:
            day = date.fromisoformat(typed)
        except ValueError:
            return cls(
                now,
                None,
                f"“{typed}” is geen datum. Schrijf jaar-maand-dag, zoals 2025-02-01. U ziet nu de stand van vandaag.",
                typed,
            )
        if day.year < FIRST_YEAR:
            return cls(
                now,
                None,
                f"Het portaal gaat niet verder terug dan {FIRST_YEAR}. U ziet nu de stand van vandaag.",
                typed,
            )
        if day >= timezone.localdate():
            notice = "Die dag is nog niet geweest. U ziet de stand van vandaag." if day > timezone.localdate() else ""
            return cls(now, None, notice, typed)
        return cls.on(day, typed)

    @classmethod
    def on(cls, day: date | None, typed: str = "") -> Moment:
        """The end of that day, or now."""
        if day is None:
            return cls(timezone.now())
        end = timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min)) - timedelta(microseconds=1)
        return cls(end, day, "", typed)

    @classmethod
    def then(cls, at: datetime) -> Moment:
        """That very moment, on the day that it was here."""
        return cls(at, timezone.localdate(at))

    @property
    def past(self) -> datetime | None:
        """None means now."""
        return self.at if self.day else None

    @property
    def text(self) -> str:
        return date_format(self.day or timezone.localdate(self.at), "j F Y")

    @property
    def pinned(self) -> Moment:
        """The same moment by its day, for an address that has to last."""
        return replace(self, day=self.day or timezone.localdate(self.at))

    @property
    def query(self) -> str:
        """What a link adds to stay at this moment."""
        return f"?op={self.day.isoformat()}" if self.day else ""

    @property
    def more(self) -> str:
        """The same, for an address that asks something already."""
        return self.query.replace("?", "&")
