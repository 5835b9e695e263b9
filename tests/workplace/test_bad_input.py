"""Whatever is typed into a form of the workplace: an answer in Dutch, all of it or nothing, and not a letter lost."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from itertools import cycle, islice
from typing import Any

import pytest
from django import forms
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from findings.models import AuditRound, RoundAspect
from focusareas.models import AuditOffice
from nplv_portal.accounts.models import User
from nplv_portal.workplace import work
from nplv_portal.workplace.kinds import BY_SLUG, KINDS, Kind
from recommendations.models import FollowUpEvent
from tests.bad_input import MARKS, VALUES, Form, Page, as_html
from tests.test_permission import authors, text_in
from tests.workplace.people import person, signed_in
from tests.workplace.test_hearings import sent, typing
from tests.workplace.test_life import draft_of, move, publish

__all__ = ["authors"]
pytestmark = pytest.mark.django_db
ALL = [value for values in VALUES.values() for value in values]
WORST = ["\x00", "-1", "1e309", "9" * 400, "0000-02-31", "javascript:alert(1)"]
ENGLISH = re.compile(r"\b(Ensure|Enter a|This field|Select a|not a valid|did not validate|must be)\b")
NEW_ROUND, NEW_OFFICE = "/werkplek/ronden/nieuw/", "/werkplek/rekenkamers/nieuw/"
Opened = tuple[Client, str]  # someone, and the address of a form
by_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.slug)


def draft(client: Client, kind: Kind) -> Any:
    """Of Heerlen, or of all offices together."""
    if kind.slug == "reacties":  # begun from a hearing
        return reply(client)
    public, path = kind.versions.as_of(timezone.now()), kind.model.municipality_path
    here = public.filter(**{f"{path}__slug": "heerlen"}) if path else public
    return draft_of(client, here.order_by("pk")[0], kind.slug)


def reply(client: Client) -> Any:
    hearing = sent(client)
    root, item = f"/werkplek/wederhoor/{hearing.pk}", hearing.items.get()
    signed_in(person("ofa", "official")).post(f"{root}/reageer/", typing(item, "Het jaartal klopt niet.", send=True))
    client.post(f"{root}/{item.pk}/neem-op/")
    return BY_SLUG["reacties"].versions.get()


def edit(kind: Kind) -> Opened:
    client = signed_in(person("ans", "researcher"))
    return client, f"/werkplek/gegevens/{kind.slug}/{draft(client, kind).pk}/schrijf/"


def boss() -> Client:
    """Secretary of an office, and runs the portal."""
    user = person("cis", "secretary")
    User.objects.filter(pk=user.pk).update(is_superuser=True)
    return signed_in(User.objects.get(pk=user.pk))


def at(address: str) -> Callable[[], Opened]:
    return lambda: (boss(), address)


def participation() -> Opened:
    client = boss()
    return client, client.post(NEW_ROUND, opened(client, NEW_ROUND))["Location"]


FOLLOWED = "/griffie/heerlen/heerlen-2-inzicht-financien/"
STEPS = {  # who records what of a recommendation
    "clerk": ("position", "decision", "agenda", "extension", "commitment"),
    "official": ("reported",),
    "researcher": ("afterword", "established", "closing"),
}


def recorder(role: str, step: str) -> Opened:
    return signed_in(person("rik", role)), f"{FOLLOWED}{step}/"


def correction() -> Opened:
    """Of a decision that a clerk recorded."""
    client, address = recorder("clerk", "decision")
    said = {"outcome": "adopted", "happened": "2025-06-01", "text": "Zie de lijst.", "link": "https://example.nl/1"}
    assert client.post(address, opened(client, address) | said).status_code == 302
    return client, f"/griffie/stap/{FollowUpEvent.objects.latest('pk').pk}/verbeter/"


FORMS: dict[str, Callable[[], Opened]] = {
    **{kind.slug: lambda kind=kind: edit(kind) for kind in KINDS},  # type: ignore[misc]
    **{f"new {kind.slug}": at(f"/werkplek/gegevens/{kind.slug}/nieuw/") for kind in KINDS if not kind.begins},
    "new round": at(NEW_ROUND),
    "participation": participation,
    "new office": at(NEW_OFFICE),
    "new document": at("/werkplek/bronnen/nieuw/"),
    "new hearing": at("/werkplek/wederhoor/nieuw/"),
    **{step: lambda role=role, step=step: recorder(role, step) for role in STEPS for step in STEPS[role]},  # type: ignore[misc]
    "correction": correction,
}


def opened(client: Client, address: str) -> dict[str, Any]:
    """What a browser would send when nobody types."""
    return Page(client.get(address)).form().values


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def everything() -> dict[str, Any]:
    """A count and a checksum of every table, but for sessions and counts of attempts."""
    with connection.cursor() as cursor:
        tables = {*connection.introspection.table_names(cursor)} - {"django_session", "accounts_attempt"}
        each = (f"SELECT '{table}', count(*), sum(hashtext(t::text)) FROM \"{table}\" t" for table in tables)
        cursor.execute(" UNION ALL ".join(each))
        return {table: found for table, *found in cursor.fetchall()}


def check(response: Any, sent: dict[str, Any], form: Form) -> None:
    """Kept, or refused in Dutch with all that was typed in the page again."""
    assert response.status_code in {302, 409, 422}
    if response.status_code == 302:
        return
    html, back = response.content.decode(), Page(response).form(form.action).values
    assert 'class="error-summary"' in html
    assert not any(mark in html for mark in MARKS)
    assert not ENGLISH.search(html)
    assert {name: as_html(back[name]) for name in form.typed} == {name: as_html(sent[name]) for name in form.typed}


# --- Every form ---


@pytest.mark.parametrize("name", FORMS)
def test_whatever_is_typed_comes_back_as_typed_and_nothing_is_written(name: str) -> None:
    client, address = FORMS[name]()
    form = Page(client.get(address)).form()
    names, before = [*form.typed, *form.chosen], everything()
    for start in range(0, len(ALL), len(names)):
        sent = form.values | dict(zip(names, islice(cycle(ALL), start, None), strict=False))
        response = client.post(address, sent)
        assert response.status_code == 422
        check(response, sent, form)
    assert everything() == before


@pytest.mark.parametrize("name", [name for name in FORMS if name not in {f"new {kind.slug}" for kind in KINDS}])
def test_the_worst_in_one_field_alone_is_refused_or_kept(name: str) -> None:
    client, address = FORMS[name]()
    form = Page(client.get(address)).form()
    before = everything()
    fields = [field for field in (*form.typed, *form.chosen) if not re.search(r"-[1-9]\d*-", field)]
    for number, field in enumerate(fields):
        for value in {WORST[0], WORST[number % len(WORST)]}:
            sent = form.values | {field: value}
            with undone():
                check(client.post(address, sent), sent, form)
    assert everything() == before


@by_kind
def test_a_text_that_fits_is_stored_as_typed_and_shown_escaped(kind: Kind) -> None:
    client, address = edit(kind)
    response = client.get(address)
    form, editor = Page(response).form(), response.context["editor"]
    rows = [editor.form, *(row for _, formset in editor.rows for row in formset)]
    texts = [field.html_name for row in rows for field in row if type(field.field) is forms.CharField]
    texts = [name for name in texts if form.values[name] and name != "reaction"] or ["afterword"]  # theirs, and ours
    wholes = ["\n".join(values).replace("\x00", "") for values in VALUES.values()]
    for start in range(0, len(wholes), len(texts)):
        cut = zip(texts, islice(cycle(wholes), start, None), strict=False)
        typed = {name: as_html(whole)[: form.typed[name]].strip() for name, whole in cut}
        with undone():
            saved = client.post(address, form.values | typed)
            assert saved.status_code == 302, saved.context["editor"].errors
            again = opened(client, address)
            assert {name: as_html(again[name]) for name in typed} == typed
            seen = client.get(address.removesuffix("schrijf/")).content.decode()
            assert not any(mark in seen for mark in MARKS)


# --- Numbers, moments, notes and names ---

NUMBERS = {
    "1500": "1500",
    "1500,5": "1500.5",
    "1.500": "1500",
    "1.234.567,89": "1234567.89",
    "1500.50": "1500.5",
    "0.5": "0.5",
    "-0": "0",
    **dict.fromkeys(["1,234.5", "1.23.456", "1e309", "NaN", "inf", "twee", "-5", "€ 5", "1,234", "9" * 13], ""),
}


@pytest.mark.parametrize("typed", NUMBERS)
def test_a_number_is_read_as_it_is_written_here_or_refused(typed: str) -> None:
    client, address = edit(BY_SLUG["bedragen"])
    saved = client.post(address, opened(client, address) | {"euros": typed})
    assert saved.status_code == (302 if NUMBERS[typed] else 422)
    if NUMBERS[typed]:
        stored: Any = BY_SLUG["bedragen"].versions.get(pk=int(address.split("/")[-3]))
        assert stored.euros == Decimal(NUMBERS[typed])
        assert opened(client, address)["euros"] == f"{stored.euros:.2f}".replace(".", ",")


WHEN = "31-02-2027 0001-01-01T00:00 9999-12-31T23:59-12:00 2027-03-28T02:30 2026-10-25T02:30+99:00 x 1e309".split()


@pytest.mark.parametrize("when", [*WHEN, "\x00", "2020-01-01T00:00", "infinity"])
def test_an_impossible_moment_publishes_nothing_and_keeps_the_choice(when: str, authors: Any) -> None:
    version, client = text_in("approved", authors), boss()
    before = everything()
    refused = publish(client, version, at=when)
    assert refused.status_code == 422
    form = Page(refused).form()
    assert (as_html(form.values["wanneer"]), len(form.values["tekst"])) == (as_html(when), 1)
    unticked = client.post("/werkplek/publiceren/", {"wanneer": when})
    assert "tekst" not in Page(unticked).form().values
    assert everything() == before


NOTES = {"nul": "nul\x00nul", "long": "\n" + "x" * 20_001, "lines": "regel\r\n" * 9_000}


@pytest.mark.parametrize("note", NOTES.values(), ids=list(NOTES))
def test_a_note_that_cannot_be_kept_comes_back(note: str, authors: Any) -> None:
    version, client = text_in("in_review", authors), boss()
    remark = work.remark(BY_SLUG["bevindingen"], version, by=authors[1], note="Waar staat dit?")
    before = everything()
    for what in ("opmerking", "teruggeven", f"opmerking/{remark.pk}"):
        response = move(client, version, what, note)
        assert response.status_code == 409
        assert as_html(note).replace("\n", "<br>") in as_html(response.content.decode())
        if "/" not in what:
            assert as_html(Page(response).form("opmerking/").values["note"]) == as_html(note)  # one form, two buttons
    assert everything() == before


@pytest.mark.parametrize("note", [*NOTES.values(), "", " ", "\u200b", "<script>alert(1)</script>"])
def test_a_reaction_and_its_answer_are_kept_or_come_back(note: str) -> None:
    ans, official = signed_in(person("ans", "researcher")), signed_in(person("ofa", "official"))
    hearing = sent(ans)
    page = f"/werkplek/wederhoor/{hearing.pk}/"
    for who, what in ((official, "reageer"), (ans, "nawoord")):
        item = hearing.items.get()
        response = who.post(f"{page}{what}/", typing(item, note, 1 if what == "nawoord" else 0, send=True))
        assert response.status_code in {302, 409}
        if response.status_code == 409:
            assert as_html(Page(response).form(f"{what}/").values[f"text-{item.pk}"]) == as_html(note)
            who.post(f"{page}{what}/", typing(item, "Geen opmerkingen.", 1 if what == "nawoord" else 0, send=True))
        assert "<script>alert" not in who.get(page).content.decode()


NAMES = ["???", "👩", "n" * 100, "Ronde (start)", "-", "__", "\u0133", "a" * 50 + "b", "a" * 50 + "c", "1"]


@pytest.mark.parametrize("name", NAMES)
def test_any_name_makes_a_round_an_aspect_and_an_office(name: str) -> None:
    client, role = boss(), RoundAspect.objects.all()[0].aspect.role_id
    new = {f"nieuw-{n}-{field}": name[:60] for n in (0, 1) for field in ("wording", "short_wording", "question")}
    new |= {"name": name, "nieuw-0-role": str(role), "nieuw-1-role": str(role)}
    assert client.post(NEW_ROUND, opened(client, NEW_ROUND) | new).status_code == 302
    made = AuditRound.objects.order_by("-number")[0]
    assert (made.name, made.round_aspects.filter(wording=name[:60]).count()) == (name, 2)
    form = Page(client.get(NEW_OFFICE)).form()
    office = {"name": name, "place": "x"} | {field: form.chosen[field][-1] for field in ("areas", "document")}
    assert [client.post(NEW_OFFICE, office).status_code for _ in range(2)] == [302, 422]
    assert AuditOffice.objects.get(name=name).slug
