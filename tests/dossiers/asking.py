"""Asking for dossiers as clerks do, and making them as the worker does."""

import subprocess
from functools import cache
from typing import Any
from uuid import uuid4

from django.test import Client

from focusareas.models import Municipality
from nplv_portal.clerks.recording import StepForm, record
from nplv_portal.dossiers.kinds import BY_SLUG
from nplv_portal.dossiers.making import make
from nplv_portal.dossiers.models import Edition
from recommendations.models import Recommendation, Step
from tests.workplace.people import person, signed_in

ITEMS = {
    "vergaderpakket": ["aanbeveling-rol", "aanbeveling-heerlen-2-inzicht-financien"],
    "vergelijking": ["heerlen", "arnhem"],
}


def address(kind: str, place: str = "heerlen") -> str:
    return f"/griffie/dossiers/nieuw/{place}/{kind}/"


def typed(kind: str, **other: Any) -> dict[str, Any]:
    """What a clerk sends who changes nothing but what has to be chosen."""
    recipe = BY_SLUG[kind]
    form: dict[str, Any] = {"key": str(uuid4()), "title": f"{recipe.name} Heerlen", "items": ITEMS.get(kind, [])}
    form["sections"] = [slug for slug, _ in recipe.sections]
    if recipe.has_year:
        form["year"] = "2025"
    return form | other


def asked(client: Client, kind: str, place: str = "heerlen", **other: Any) -> Edition:
    response = client.post(address(kind, place), typed(kind, **other))
    assert response.status_code == 302, response.content.decode()
    edition: Edition = Edition.objects.order_by("-pk")[0]
    assert response["Location"] == f"/griffie/dossiers/{edition.dossier_id}/"
    return edition


def made(client: Client, kind: str, place: str = "heerlen", **other: Any) -> Edition:
    edition = worked_on(asked(client, kind, place, **other))
    assert edition.stage == "made", edition.reason
    return edition


def worked_on(edition: Edition) -> Edition:
    """What the worker does when it is the turn of this one."""
    edition.refresh_from_db()
    make(edition.pk, edition.job or 0)
    edition.refresh_from_db()
    return edition


def file_of(edition: Edition, format_: str) -> bytes:
    return bytes(edition.files.get(format=format_).kept.content)


def words_of(pdf: bytes) -> str:
    """In the order in which they were drawn."""
    command = ["pdftotext", "-raw", "-", "-"]
    return words(subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode())


@cache
def files(kind: str) -> dict[str, bytes]:
    """The files of a dossier of this kind about Heerlen, as it is now. Made once: all tests read the same."""
    edition = made(signed_in(person(f"griffie-{kind}", "clerk")), kind)
    return {file.format: bytes(file.kept.content) for file in edition.files.select_related("kept")}


def words(text: str) -> str:
    """Without white space: lines break elsewhere on paper."""
    return "".join(text.split())


def recorded(slug: str, step: str, outcome: str, day: str) -> None:
    """What a clerk of Heerlen records today of what happened then."""
    advice = Recommendation.objects.get(slug=slug)
    typed_ = {
        "key": uuid4(),
        "outcome": outcome,
        "happened": day,
        "text": "Zie de lijst.",
        "link": "https://example.nl/1",
    }
    clerk = person(f"w{day}")
    form = StepForm(typed_, by=clerk, step=Step(step))
    assert form.is_valid(), form.errors
    record(form, municipality=Municipality.objects.get(slug="heerlen"), recommendation=advice, by=clerk)
