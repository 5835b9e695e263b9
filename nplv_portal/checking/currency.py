"""Whether a copy is current: what the same document would say now, compared with what it said then."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ObjectDoesNotExist
from django.http import QueryDict
from django.urls import Resolver404, resolve

import findings.exchange
import recommendations.exchange
from nplv_portal.dossiers import making
from nplv_portal.dossiers.models import Edition
from nplv_portal.lib.moments import Moment
from nplv_portal.reports import copies
from nplv_portal.sources.copies import Copy, changed_since
from nplv_portal.sources.models import IssuedCopy

# URL name of a document → what it is at a moment, given its query and the parts of its path. It may raise
# ObjectDoesNotExist, for what is no more. A document that is not listed is genuine, and nobody says whether current.
DOCUMENTS: dict[str, Callable[..., Copy]] = {
    "matrix_pdf": findings.exchange.copy_at,
    "recommendations_pdf": recommendations.exchange.copy_at,
    "municipality_pdf": copies.report_at,
    "factsheet_pdf": copies.factsheet_at,
    "dossier": making.copy_at,
}


@dataclass(frozen=True)
class Currency:
    now: Copy
    changed: list[str]  # headings

    @classmethod
    def of(cls, issued: IssuedCopy) -> Currency | None:
        """None where nobody can say: of a kind that is not listed above, or that the portal makes no more."""
        make = maker_of(issued.address)
        try:
            return cls(*changed_since(make, issued.checksum, issued.as_of)) if make else None
        except ObjectDoesNotExist:
            return None


def maker_of(address: str) -> Callable[[Moment], Copy] | None:
    name, params, values = read(address)
    make = DOCUMENTS.get(name)
    return partial(make, params=params, **values) if make else None


def edition_of(issued: IssuedCopy) -> Edition | None:
    """Of a dossier, the version that this copy is."""
    name, params, values = read(issued.address)
    try:
        return making.edition_at(params, **values) if name == "dossier" else None
    except ObjectDoesNotExist:
        return None


def read(address: str) -> tuple[str, QueryDict, dict[str, Any]]:
    """Name of the URL, query, and the parts of the path."""
    parts = urlsplit(address)
    try:
        found = resolve(parts.path)
    except Resolver404:
        return "", QueryDict(), {}
    values = {name: value for name, value in found.kwargs.items() if name != "format"}  # one view makes several
    return found.url_name or "", QueryDict(parts.query), values
