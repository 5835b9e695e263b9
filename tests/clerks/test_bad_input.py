"""Requests that no page for the griffie sends, and people who are a moment too late; its forms stand in the table of
tests/workplace/test_bad_input.py."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from recommendations.models import Evidence, FollowUpEvent
from tests.bad_input import MARKS, VALUES, Page, as_html
from tests.clerks.test_recording import PDF, clerk, events, typed
from tests.workplace.people import person, signed_in
from tests.workplace.test_bad_input import ALL, ENGLISH, FOLLOWED, check, correction, everything, opened, undone
from tests.workplace.test_bad_requests import AS_A_FORM, BODIES, HEADERS

pytestmark = pytest.mark.django_db
DECISION = f"{FOLLOWED}decision/"


def withdrawal() -> tuple[Client, str]:
    """Of the decision that a clerk recorded."""
    client, address = correction()
    return client, address.replace("verbeter", "vervalt")


# --- Whatever is typed ---


@pytest.mark.parametrize("why", [*VALUES["lines"], *VALUES["unicode"], *VALUES["lengths"][-2:], *VALUES["html"]])
def test_a_reason_is_kept_as_typed_or_comes_back(why: str) -> None:
    client, address = withdrawal()
    before = everything()
    response = client.post(address, {"why": why})
    html = response.content.decode()
    if response.status_code == 302:
        assert FollowUpEvent.objects.get(step="retracted").text == why.strip()
        assert not any(mark in client.get(FOLLOWED).content.decode() for mark in MARKS)
        return
    assert response.status_code == 422
    assert as_html(Page(response).form("vervalt/").values["why"]) == as_html(why)
    assert not ENGLISH.search(html)
    assert not any(mark in html for mark in MARKS)
    assert everything() == before


@pytest.mark.parametrize("key", [*VALUES["ids"], *VALUES["queries"][:5], "", "\x00", "x" * 5_000])
def test_a_form_with_another_key_records_nothing(key: str) -> None:
    client, address = clerk(), DECISION
    before = everything()
    response = client.post(address, typed(outcome="adopted", key=key))
    if key == "c1e1b1d4-0000-0000-0000-000000000000":  # which is one
        assert (response.status_code, events().count()) == (302, 1)
        return
    assert response.status_code == 422
    assert not ENGLISH.search(response.content.decode())
    assert everything() == before


@pytest.mark.parametrize("name", ["also", "outcome"])
def test_what_was_not_offered_cannot_be_chosen(name: str) -> None:
    client, before = clerk(), everything()
    for value in ALL[::3]:
        with undone():
            assert client.post(DECISION, typed(**{"outcome": "adopted", name: value})).status_code == 422
    assert everything() == before


NAMES = ["", ".pdf", "x" * 400 + ".pdf", "\x00.pdf", "../../x.pdf", "x.pdf.exe", "CON.pdf", "x\u202efdp.exe", "<b>.pdf"]


@pytest.mark.parametrize("name", [*NAMES, "a\nb.pdf"])
def test_a_file_with_any_name_is_kept_under_a_harmless_one_or_refused(name: str) -> None:
    client, before = clerk(), everything()
    file = SimpleUploadedFile("x.pdf", PDF)
    file._name = name  # type: ignore[attr-defined]  # as it comes, not as Django makes it
    response = client.post(DECISION, typed(outcome="adopted", link="", file=file))
    if response.status_code == 302:
        told = client.get(f"/griffie/bewijs/{Evidence.objects.get().pk}/")["Content-Disposition"]
        assert told == f'attachment; filename="bewijs-{Evidence.objects.get().pk}.pdf"'
        assert "<b>." not in client.get(FOLLOWED).content.decode()
        return
    assert response.status_code == 422
    assert everything() == before


# --- More than the form asks ---

MORE = {
    "step": "closed",
    "slug": "van-mij",
    "actor": "audit_office",
    "municipality": "arnhem",
    "recommendation": "umbrella-1",
    "entered_by": "1",
    "entered_at": "2020-01-01",
    "confirms": "1",
    "corrects": "1",
    "evidence": "1",
}


def test_who_sends_more_than_the_form_asks_records_nothing_more() -> None:
    client = clerk()
    assert client.post(DECISION, typed(outcome="adopted")).status_code == 302
    plain = events().get()
    assert client.post(DECISION, typed(outcome="adopted") | MORE).status_code == 302
    more = events().exclude(pk=plain.pk).get()
    for name in ("step", "actor", "municipality", "recommendation", "entered_by", "confirms", "corrects", "evidence"):
        assert getattr(more, name, None) == getattr(plain, name, None), name
    assert more.entered_at > plain.entered_at


# --- The request itself ---


@pytest.mark.parametrize("method", "PUT PATCH DELETE TRACE OPTIONS HEAD CONNECT BREW PROPFIND X".split())
def test_another_method_does_nothing(method: str) -> None:
    client, address = withdrawal()
    before = everything()
    for at in (address, address.replace("vervalt", "verbeter"), DECISION, f"{FOLLOWED}afsluiten/", "/griffie/"):
        assert client.generic(method, at, b"why=x&outcome=adopted", AS_A_FORM).status_code < 500
    assert everything() == before


@pytest.mark.parametrize("headers", HEADERS)
def test_without_the_token_of_the_form_nothing_happens(headers: dict[str, str]) -> None:
    _, address = withdrawal()
    client = Client(enforce_csrf_checks=True)
    client.force_login(person("gea", "clerk"))
    before = everything()
    for at in (address, DECISION):
        response = client.post(at, typed(outcome="adopted", why="x", csrfmiddlewaretoken="x"), headers=headers)
        assert response.status_code == 403
    assert everything() == before


@pytest.mark.parametrize("body", BODIES.values(), ids=list(BODIES))
def test_too_much_is_refused_in_dutch(body: str) -> None:
    client, address = withdrawal()
    before = everything()
    for at in (address, DECISION):
        response = client.generic("POST", at, body.encode(), AS_A_FORM)
        assert response.status_code == 400
        assert "Ga terug en maak het korter" in response.content.decode()
    assert everything() == before


@pytest.mark.parametrize("number", ["0", "-1", "1e3", str(2**63), "9" * 400, "x", "\u0663", "%00", "..", "1,2"])
def test_a_step_that_is_not_there_is_not_found(number: str) -> None:
    client, before = clerk(), everything()
    for what in ("verbeter", "vervalt"):
        assert client.post(f"/griffie/stap/{number}/{what}/", typed(why="x")).status_code == 404
    assert client.get(f"/griffie/bewijs/{number}/").status_code == 404
    assert everything() == before


# --- A moment too late ---


def test_who_corrects_or_withdraws_what_a_colleague_withdrew_changes_nothing() -> None:
    gea, address = withdrawal()
    hub, root = signed_in(person("hub", "clerk")), address.removesuffix("vervalt/")
    asked = opened(hub, f"{root}verbeter/")
    assert gea.post(address, {"why": "Van Gea."}).status_code == 302
    before = everything()
    for what, said in (("verbeter", asked | {"text": "Van Hub."}), ("vervalt", {"why": "Van Hub."})):
        assert hub.post(f"{root}{what}/", said).status_code in {404, 422}
    assert everything() == before


def test_who_confirms_what_is_no_longer_proposed_closes_nothing() -> None:
    ans, bob = signed_in(person("ans", "researcher")), signed_in(person("bob", "researcher"))
    assert ans.post(f"{FOLLOWED}closing/", typed(outcome="not_implemented", text="Anders gekozen.")).status_code == 302
    ans.post(f"/griffie/stap/{events().get().pk}/vervalt/", {"why": "Toch niet."})
    gea, before = clerk(), everything()
    for client in (ans, bob, gea):
        assert client.post(f"{FOLLOWED}afsluiten/", {"outcome": "done"}).status_code in {302, 404}
    assert everything() == before


def test_the_key_of_a_form_of_someone_else_records_nothing_twice() -> None:
    key = str(uuid4())
    first: Any = typed(outcome="adopted", key=key)
    assert clerk().post(DECISION, first).status_code == 302
    response = signed_in(person("hub", "clerk")).post(DECISION, first | {"text": "Van een ander."})
    assert response.status_code in {302, 422}
    assert events().count() == 1


def test_a_correction_that_is_refused_keeps_what_was_typed() -> None:
    client, address = correction()
    form = Page(client.get(address)).form()
    sent = form.values | {"happened": "31-02-2025", "text": "Blijft staan."}
    check(client.post(address, sent), sent, form)
