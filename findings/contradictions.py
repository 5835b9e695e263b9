"""Sources that say different things, side by side."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject

from findings.models import Claim, Contradiction
from nplv_portal.sources.citations import REFERENCE, Reference, reference


@dataclass(frozen=True)
class Said:
    text: str
    source: Reference


@dataclass(frozen=True)
class Difference:
    record: str
    municipality: str
    municipality_name: str
    section: str
    section_name: str
    subject: str
    note: str
    claims: list[Said]

    @classmethod
    def of(cls, entry: dict[str, Any]) -> Difference:
        return cls(
            entry["record"],
            entry["municipality"] or "",
            entry["municipality_name"] or "",
            entry["section"],
            str(Contradiction.Section(entry["section"]).label),
            entry["subject"],
            entry["note"],
            [Said(claim["text"], reference(claim)) for claim in entry["claims"]],
        )

    @property
    def anchor(self) -> str:
        return f"verschil-{self.record}"


def differences_as_json(moment: datetime, **where: Any) -> QuerySet[Any]:
    claims = Claim.objects.filter(version=OuterRef("pk")).order_by("pk")
    return (
        Contradiction.objects.as_of(moment)
        .filter(**where)
        .order_by("pk")
        .values(
            json=JSONObject(
                record="record",
                municipality="municipality__slug",
                municipality_name="municipality__name",
                section="section",
                subject="subject",
                note="note",
                claims=ArraySubquery(claims.values(json=JSONObject(text="text", **REFERENCE))),
            )
        )
    )


def differences(moment: datetime) -> list[Difference]:
    """All of them. One query."""
    return [Difference.of(row["json"]) for row in differences_as_json(moment)]
