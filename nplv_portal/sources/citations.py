"""A vindplaats as plain data for the read models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models.functions import JSONObject


@dataclass(frozen=True, slots=True)
class Reference:
    document: str
    kind: str
    place: str


# Of any model with a foreign key `source`.
REFERENCE = {"document": "source__document__title", "kind": "source__document__kind", "place": "source__place"}
REFERENCE_AS_JSON = JSONObject(**REFERENCE)


def reference(entry: dict[str, Any]) -> Reference:
    return Reference(entry["document"], entry["kind"], entry["place"])
