"""Dates of which only the year, or the year and the month, may be known."""

import re
from datetime import date
from functools import total_ordering
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.dates import MONTHS

PATTERN = r"^[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$"


@total_ordering
class PartialDate:
    """An ISO 8601 date of reduced precision: "2023", "2023-09" or "2023-09-14". Raises ValueError on anything else."""

    __slots__ = ("iso",)

    def __init__(self, iso: str) -> None:
        if not re.fullmatch(PATTERN, iso):
            raise ValueError(f"{iso!r} is geen datum: schrijf jjjj, jjjj-mm of jjjj-mm-dd.")
        date.fromisoformat((iso + "-01-01")[:10])  # 31 February, or the year 0
        self.iso = iso

    def __str__(self) -> str:
        year, *rest = self.iso.split("-")
        words = [year] if not rest else [str(MONTHS[int(rest[0])]), year]
        return " ".join([str(int(rest[1])), *words] if len(rest) == 2 else words)

    def __repr__(self) -> str:
        return f"PartialDate({self.iso!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PartialDate) and self.iso == other.iso

    def __lt__(self, other: "PartialDate") -> bool:
        return self.iso < other.iso

    def __hash__(self) -> int:
        return hash(self.iso)


def in_figures(typed: str) -> str:
    """ISO of a date that someone wrote in words; anything else as it is."""
    months = {str(name).lower(): number for number, name in MONTHS.items()}
    found = re.fullmatch(r"(?:([0-9]{1,2}) )?([a-z]+) ([0-9]{4})", typed.lower())
    if found is None or found[2] not in months:
        return typed
    day = f"-{int(found[1]):02}" if found[1] else ""
    try:
        return PartialDate(f"{found[3]}-{months[found[2]]:02}{day}").iso
    except ValueError:
        return typed


def partial(iso: str | None) -> str:
    """As a reader sees it, from the text in the database; empty where nothing is known."""
    return str(PartialDate(iso)) if iso else ""


class PartialDateInput(forms.CharField):
    """Takes a date in words too. Long enough to say of what someone typed that it is none."""

    def __init__(self, *, help_text: str = "", **kwargs: Any) -> None:
        kwargs |= {"max_length": 40}
        super().__init__(help_text=help_text or "Bijvoorbeeld 2026, december 2026 of 14 december 2026.", **kwargs)

    def to_python(self, value: Any) -> Any:
        return in_figures(super().to_python(value) or "")

    def prepare_value(self, value: Any) -> Any:
        return value.iso if isinstance(value, PartialDate) else value


class PartialDateField(models.CharField):  # type: ignore[type-arg]
    """Stores the ISO text, so that the order of the database is the order of time. Null means unknown."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["max_length"] = 10
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_length"]
        return name, path, args, kwargs

    def db_check(self, connection: Any) -> str:
        return f"{connection.ops.quote_name(self.column)} ~ '{PATTERN}'"

    def from_db_value(self, value: str | None, *_: Any) -> PartialDate | None:
        return PartialDate(value) if value else None

    def to_python(self, value: Any) -> PartialDate | None:
        if value in (None, "") or isinstance(value, PartialDate):
            return value or None
        try:
            return PartialDate(str(value))
        except ValueError as error:
            raise ValidationError(
                "“%(value)s” is geen datum. Schrijf bijvoorbeeld 2026, december 2026 of 14 december 2026.",
                params={"value": value},
            ) from error

    def get_prep_value(self, value: Any) -> str | None:
        value = self.to_python(value)
        return value.iso if value else None

    def value_to_string(self, obj: models.Model) -> str:
        return self.get_prep_value(self.value_from_object(obj)) or ""

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**({"form_class": PartialDateInput} | kwargs))

    def run_validators(self, value: Any) -> None:
        """The type itself admits only whole dates."""

    def validate(self, value: Any, model_instance: models.Model | None) -> None:
        super().validate(value.iso if value else value, model_instance)
