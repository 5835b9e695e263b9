"""Whether a copy is current: what the same document would say now, compared with what it said then.

Both are worked out by the code of today, so a new release, that writes the same facts down differently, makes no copy
outdated; and a day that passes makes it so only if it changed what the document says.
"""

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
from nplv_portal.lib.moments import Moment
from nplv_portal.reports import copies
from nplv_portal.sources.copies import Copy
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
            if make is None:
                return None
            now = make(Moment.of(""))
            return cls(now, [] if now.checksum == issued.checksum else different(make(Moment.then(issued.as_of)), now))
        except ObjectDoesNotExist:
            return None


def maker_of(address: str) -> Callable[[Moment], Copy] | None:
    parts = urlsplit(address)
    try:
        found = resolve(parts.path)
    except Resolver404:
        return None
    make = DOCUMENTS.get(found.url_name or "")
    if make is None:
        return None
    values = {name: value for name, value in found.kwargs.items() if name != "format"}  # one view makes several
    return partial(make, params=QueryDict(parts.query), **values)


def different(then: Copy, now: Copy) -> list[str]:
    """The headings under which they do not say the same, in the order in which they stand now."""
    before, after = by_heading(then), by_heading(now)
    return [heading for heading in after | before if before.get(heading) != after.get(heading)]


def by_heading(copy: Copy) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for heading, content in copy.content:
        found.setdefault(heading, []).append(content)
    return found
