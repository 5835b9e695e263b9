"""What came of recommendations, in other forms. Each starts from the same FollowUpMatrix as the page."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from django.conf import settings
from django.http import QueryDict
from django.urls import reverse
from django.utils.timezone import localdate

from nplv_portal.lib.moments import Moment
from nplv_portal.lib.tables import Cell, Sheet
from nplv_portal.sources.copies import Copy
from recommendations.follow_up import FollowUp
from recommendations.matrix import FollowUpMatrix
from recommendations.models import Outcome, Step
from recommendations.published import Action
from recommendations.query import FollowUpQuery

Columns = list[tuple[str, Callable[[FollowUp], Cell]]]


def on_lines(actions: Iterable[Action | None]) -> str:
    return "\n".join(action.in_full for action in actions if action)


def iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def address_of(item: FollowUp) -> str:
    return f"{settings.PORTAL_URL}{reverse('recommendation', args=[item.advice.slug])}?gemeente={item.municipality}"


# What is known of it here: the same in every sheet that tells of recommendations.
KNOWN: Columns = [
    ("Stand", lambda item: item.chain.standing.value),
    ("Stand in een zin", lambda item: item.chain.told),
    ("Besluit van de raad", lambda item: on_lines([item.chain.decision]) or "geen besluit bekend"),
    ("Termijn", lambda item: iso(item.chain.deadline) or item.chain.no_deadline),
    ("Eerste termijn", lambda item: iso(item.chain.first_deadline)),
    ("Verlengd", lambda item: on_lines(item.chain.extensions)),
    ("Gemeld door de gemeente", lambda item: on_lines(item.chain.said) or "niets gemeld"),
    ("Vastgesteld door de rekenkamer", lambda item: on_lines(item.chain.found) or "nog niet vastgesteld"),
    ("Standpunt van het college", lambda item: on_lines([item.chain.position]) or "niet bekend"),
    ("Nawoord van de rekenkamer", lambda item: on_lines([item.chain.afterword]) or "niet bekend"),
    ("Op de agenda", lambda item: on_lines(item.chain.agenda)),
]
COLUMNS: Columns = [
    ("Soort", lambda item: item.advice.kind),
    ("Aanbeveling", lambda item: item.advice.title),
    ("Kern", lambda item: item.advice.headline),
    ("Hoort bij", lambda item: "; ".join(link.title for link in item.advice.serves)),
    ("Gemeente", lambda item: item.name),
    *KNOWN,
    ("Vindplaats", lambda item: "; ".join(source.full for source in item.advice.sources)),
    ("Adres", address_of),
]


def permanent_address(matrix: FollowUpMatrix) -> str:
    """Where this very view can be read again, also when the data have changed since."""
    return settings.PORTAL_URL + reverse("recommendations") + matrix.query.address(moment=matrix.query.moment.pinned)


def sheet(matrix: FollowUpMatrix) -> Sheet:
    return Sheet(
        title="Aanbevelingen NPLV",
        headings=[heading for heading, _ in COLUMNS],
        rows=[[getter(item) for _, getter in COLUMNS] for item in matrix.items],
        notes=[
            "Aanbevelingen van rekenkamers over het Nationaal Programma Leefbaarheid en Veiligheid, per gemeente",
            matrix.summary,
            f"Gekozen: {matrix.chosen}." if matrix.chosen else "",
            matrix.told,
            f"Opgehaald op de stand van {matrix.query.moment.text}.",
            f"Deze weergave staat op {permanent_address(matrix)}",
            "Wat de gemeente meldt en wat de rekenkamer vaststelde, zijn twee verschillende dingen.",
        ],
    )


def as_json(matrix: FollowUpMatrix) -> dict[str, Any]:
    return {
        "op": localdate(matrix.query.moment.at).isoformat(),
        "gekozen": matrix.chosen or None,
        "opvolging": [content_of(item) | {"adres": address_of(item)} for item in matrix.items],
    }


def content_of(item: FollowUp) -> dict[str, Any]:
    return {
        "aanbeveling": item.advice.slug,
        "naam": item.advice.title,
        "kern": item.advice.headline,
        "soort": item.advice.kind,
        "hoort_bij": [link.slug for link in item.advice.serves],
        "gemeente": item.name,
        "stand": item.chain.standing.value,
        "stand_in_een_zin": item.chain.told,
        "besluit": outcome_of(item.chain.decision),
        "termijn": iso(item.chain.deadline) or None,
        "eerste_termijn": iso(item.chain.first_deadline) or None,
        "gebeurtenissen": [
            event_of(action)
            for action in item.chain.actions
            if action.step != Step.CLOSING  # what nobody confirmed is not what the office says
        ],
    }


def copy_of(matrix: FollowUpMatrix) -> Copy:
    """What a PDF of this view says, by recommendation and municipality."""
    pinned = matrix.query.address(moment=matrix.query.moment.pinned)
    items = [(f"{item.advice.title} ({item.name})", content_of(item)) for item in matrix.items]
    return Copy(
        kind="aanbevelingen",
        title=matrix.title,
        address=reverse("recommendations_pdf") + pinned,
        page=reverse("recommendations") + pinned,
        content=[("Besluiten van de raden", matrix.told), *items],
        moment=matrix.query.moment,
    )


def copy_at(moment: Moment, params: QueryDict) -> Copy:
    """The same view at another moment."""
    return copy_of(FollowUpMatrix.of(replace(FollowUpQuery.of(params), moment=moment)))


def outcome_of(action: Action | None) -> str | None:
    return str(Outcome(action.outcome).label) if action and action.outcome else None


def event_of(action: Action) -> dict[str, str | bool | None]:
    return {
        "stap": str(Step(action.step).label),
        "uitkomst": outcome_of(action),
        "wie": action.actor or None,
        "wat": action.modality or None,
        "tekst": action.text,
        "wanneer": action.happened_iso or None,
        "uiterlijk": action.due_on or None,
        "bewijs": action.proof or None,
        "ingevoerd_op": action.entered_on,
        "is_verbetering": action.is_correction,
    }


def file_name(matrix: FollowUpMatrix, extension: str) -> str:
    """ "aanbevelingen-nplv-heerlen-verstreken-stand-2026-02-01.pdf" """
    day = localdate(matrix.query.moment.at).isoformat()
    return "-".join(filter(None, ["aanbevelingen-nplv", matrix.query.file_part, "stand", f"{day}.{extension}"]))
