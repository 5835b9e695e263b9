"""A vindplaats as plain data for the read models."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import JSONObject

from nplv_portal.lib.versions import Version


@dataclass(frozen=True, slots=True)
class Reference:
    document: str
    kind: str  # what a reader knows it by: its short title, else the kind of document
    place: str
    slug: str  # of the document

    @property
    def full(self) -> str:
        """ "Rapport van Rekenkamer Heerlen, §6.3", for a table without links."""
        return f"{self.document}, {self.place}"


# Of any model with a foreign key `source`.
REFERENCE = {
    "document": "source__document__title",
    "document_kind": "source__document__kind",
    "document_short": "source__document__short_title",
    "document_slug": "source__document__slug",
    "place": "source__place",
}
REFERENCE_AS_JSON = JSONObject(**REFERENCE)


def reference(entry: dict[str, Any]) -> Reference:
    name = entry["document_short"] or entry["document_kind"]
    return Reference(entry["document"], name, entry["place"], entry["document_slug"])


def published_as_json(
    model: type[Version], moment: datetime, *order: str, where: dict[str, Any], **fields: Any
) -> QuerySet[Any]:
    """What the public could read of a kind of sourced record at that moment, as rows with one JSON object each.

    `fields` are the names in the object and what they hold; the vindplaats comes with them.
    """
    found = model.objects.as_of(moment).filter(**where).order_by(*order, "pk")
    return found.values(json=JSONObject(**fields, **REFERENCE))
