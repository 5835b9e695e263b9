"""What a version says, as labels and texts: for history, for differences, and for two people who save at once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from django.db import models

from nplv_portal.lib.versions import Version
from nplv_portal.workplace.kinds import Kind
from nplv_portal.workplace.parts import SOURCES, name_of

LABEL = 3  # words: of which half would say something else ("niet geregeld")
WORD = re.compile(r"\s+|[^\W_]+|[^\w\s]|_", re.UNICODE)


def labels_of(kind: Kind) -> list[str]:
    """All labels that a version of this kind can have, in the order of the form."""
    meta: Any = kind.model._meta
    named = [str(meta.get_field(name).verbose_name).capitalize() for name in kind.fields]
    return [*named, *SOURCES.values(), *(part.title for part in kind.parts), "Erratum"]


def content_of(kind: Kind, version: Version) -> dict[str, str]:
    """Label → text, in the order of the form. What is empty is left out."""
    found = {}
    for name in kind.fields:
        field: Any = version._meta.get_field(name)
        if text := text_of(version, field):
            found[str(field.verbose_name).capitalize()] = text
    for name, label in SOURCES.items():
        if source := getattr(version, name, None):
            found[label] = str(source)
    for part in kind.parts:
        if rows := part.read(version):
            found[part.title] = "\n".join(part.text(row) for row in rows)
    if version.erratum:
        found["Erratum"] = version.erratum
    return found


def identity_of(kind: Kind, version: Version) -> dict[str, str]:
    """Label → text of what the record itself says, whatever its version: of which municipality, which number."""
    record: Any = getattr(version, "record", None)
    fields = [record._meta.get_field(name) for name in kind.identity]
    found = {str(field.verbose_name).capitalize(): text_of(record, field) for field in fields}
    return {label: text for label, text in found.items() if text}


def text_of(version: models.Model, field: Any) -> str:
    if isinstance(field, models.ManyToManyField):
        return "\n".join(name_of(item) for item in getattr(version, field.name).all()) if version.pk else ""
    if field.choices:
        return str(getattr(version, f"get_{field.name}_display")() or "")
    value = getattr(version, field.name)
    if isinstance(value, list):
        return "\n".join(f"{v['to']}: {v['words']}" if isinstance(v, dict) else str(v) for v in value)
    if isinstance(value, bool):
        return "ja" if value else "nee"
    return "" if value is None else str(value)


@dataclass(frozen=True)
class Piece:
    """A stretch of text that is the same, gone or new."""

    text: str
    change: str = ""  # "", "gone" or "new"


@dataclass(frozen=True)
class FieldChange:
    label: str
    pieces: list[Piece]

    @property
    def is_replaced(self) -> bool:
        """One thing in place of another."""
        return [piece.change for piece in self.pieces] == ["gone", "new"]


def changes(before: dict[str, str], after: dict[str, str]) -> list[FieldChange]:
    """The fields that differ, word by word."""
    labels = list(dict.fromkeys([*before, *after]))
    return [
        FieldChange(label, pieces(before.get(label, ""), after.get(label, "")))
        for label in labels
        if before.get(label, "") != after.get(label, "")
    ]


def pieces(before: str, after: str) -> list[Piece]:
    old, new_words = WORD.findall(before), WORD.findall(after)
    if max(len(before.split()), len(after.split())) <= LABEL:
        return changed(before, after)
    found: list[Piece] = []
    gone = new = ""
    # With its autojunk: without, a long text that repeats one word takes minutes.
    for operation, a1, a2, b1, b2 in SequenceMatcher(None, old, new_words).get_opcodes():
        was, now = "".join(old[a1:a2]), "".join(new_words[b1:b2])
        if operation == "equal" and (was.strip() or not (gone or new)):
            found += [*changed(gone, new), Piece(was)]
            gone = new = ""
        else:  # what lies between two changed words belongs to the change
            gone, new = gone + was, new + now
    return found + changed(gone, new)


def changed(gone: str, new: str) -> list[Piece]:
    return [Piece(text, change) for text, change in ((gone, "gone"), (new, "new")) if text]
