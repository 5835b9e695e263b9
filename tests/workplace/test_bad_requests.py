"""Requests that no page of the workplace sends, people who are a moment too late, and what a page tells of others."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django import forms
from django.test import Client
from django.utils import timezone

from findings.models import FindingVersion, RoundAspect
from focusareas.models import Municipality
from nplv_portal.lib.versions import Stage
from nplv_portal.sources.models import Document
from nplv_portal.workplace import work
from nplv_portal.workplace.forms import LINKS
from nplv_portal.workplace.kinds import BY_SLUG, KINDS, Kind
from nplv_portal.workplace.models import Hearing, Remark
from recommendations.models import Recommendation, RecommendationVersion
from tests.bad_input import Page
from tests.test_permission import CANARY, STAGES, authors, text_in, whisper
from tests.workplace.people import person, signed_in
from tests.workplace.test_bad_input import NEW_ROUND, Opened, boss, by_kind, draft, edit, everything, opened, undone
from tests.workplace.test_hearings import sent
from tests.workplace.test_import import emptied, rehearse
from tests.workplace.test_life import draft_of, move

__all__ = ["authors"]
pytestmark = pytest.mark.django_db
FINDING, AMOUNT = BY_SLUG["bevindingen"], BY_SLUG["bedragen"]
CELL = "/werkplek/ronde/start-2023-2025/heerlen-noord/kaders/"
NEW_TEXT = "/werkplek/gegevens/ontbreekt/nieuw/"
TYPED = {"subject": "x", "text": "y", "edition": "0"}
AS_A_FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def ans() -> Client:
    return signed_in(person("ans", "researcher"))


def version_at(kind: Kind, address: str) -> Any:
    return kind.versions.get(pk=int(address.split("/")[-3]))


# --- More than the form asks, and what is of others ---

MORE = "id pk number stage record record_id written_by writers approved_by published_by closed_by public_during".split()
KEPT = "number stage record writers approved_by_id published_by_id closed_by_id public_during withdrawal_reason".split()


@by_kind
def test_who_sends_more_than_the_form_asks_changes_nothing_more(kind: Kind) -> None:
    client, address = edit(kind)
    eva, before = person("eva", "secretary"), version_at(kind, address)
    more = dict.fromkeys(MORE, eva.pk) | {
        "stage": "published",
        "withdrawal_reason": "x",
        "public_during_0": "2020-01-01",
    }
    assert client.post(address, more | opened(client, address)).status_code == 302
    after = version_at(kind, address)
    assert [getattr(after, name) for name in KEPT] == [getattr(before, name) for name in KEPT]
    assert (after.edition, after.written_by_id) == (before.edition + 1, before.written_by_id)


@by_kind
def test_what_belongs_to_another_office_cannot_be_chosen_nor_pointed_at(kind: Kind) -> None:
    client, address = edit(kind)
    form = client.get(address).context["editor"].form
    elsewhere: dict[str, Any] = dict.fromkeys(form.fields.keys() & LINKS.keys(), "sleutel-van-een-ander: x")
    for name, field in form.fields.items():
        if isinstance(field, forms.ModelChoiceField) and field.queryset is not None:
            other = field.queryset.model.objects.exclude(pk__in=field.queryset).first()
            elsewhere |= {name: other.pk} if other else {}
    asked, before = opened(client, address), everything()
    for name, value in elsewhere.items():
        response = client.post(address, asked | {name: value})
        assert response.status_code == 422, name
        assert name in response.context["editor"].form.errors
    assert everything() == before


def test_a_draft_of_another_office_answers_to_its_key_as_if_it_were_not_there() -> None:
    figures, client = BY_SLUG["cijfers"], signed_in(person("eva", "researcher", "arnhem"))
    public: Any = figures.versions.as_of(timezone.now())[0]
    theirs = work.start_next(figures, public, by=person("ans", "researcher"))
    figures.versions.filter(pk=theirs.pk).update(record="geheim")
    address = f"/werkplek/gegevens/kernindicatoren/{draft(client, BY_SLUG['kernindicatoren']).pk}/schrijf/"
    asked, told = opened(client, address), []
    for key in ("geheim", "niets"):
        response = client.post(address, asked | {"measured_by": key})
        told.append(str(response.context["editor"].form.errors["measured_by"]).replace(key, ""))
    assert told[0] == told[1]
    assert client.post(address, asked | {"measured_by": public.record}).status_code == 302


def test_an_amount_is_no_part_of_itself_nor_of_its_own_part() -> None:
    client, address = edit(AMOUNT)
    own = version_at(AMOUNT, address)
    other = AMOUNT.versions.as_of(timezone.now()).filter(focus_area=own.focus_area).exclude(record=own.record)[0]
    part = draft_of(client, other, "bedragen")
    AMOUNT.model._default_manager.filter(pk=part.pk).update(part_of=own.record)
    for key in (own.record, part.record):
        response = client.post(address, opened(client, address) | {"part_of": key})
        assert "verwijst dit naar zichzelf" in str(response.context["editor"].form.errors["part_of"])


def test_no_page_to_write_on_tells_of_drafts_of_another_office() -> None:
    eva, ans = person("eva", "secretary", "arnhem"), signed_in(person("ans", "secretary"))
    for kind in (kind for kind in KINDS if kind.model.municipality_path):
        public = kind.versions.as_of(timezone.now()).filter(**{f"{kind.model.municipality_path}__slug": "arnhem"})
        for version in public.order_by("pk")[:1]:
            whisper(kind, work.start_next(kind, version, by=eva))
    arnhem, report = Municipality.objects.get(slug="arnhem"), Document.objects.all()[0]
    secret = Recommendation.objects.create(slug="canary", kind="local", municipality=arnhem, report=report, number=99)
    RecommendationVersion.objects.create(record=secret, title=CANARY, headline=CANARY[:70], text=CANARY, issued="2025")
    early = FindingVersion.objects.get(record__focus_area__municipality=arnhem, headline__startswith="CANARY")
    FindingVersion.objects.filter(pk=early.pk).update(stage=Stage.APPROVED, writers=[], approved_by=person("z"))
    early.refresh_from_db()
    early.release(at=timezone.now() + timedelta(days=2), by=person("y"))
    beside = FindingVersion.objects.as_of(timezone.now()).get(
        record__focus_area__municipality__slug="heerlen", record__round_aspect=early.record.round_aspect
    )
    pages = [f"gegevens/{kind.slug}/nieuw" for kind in KINDS if not kind.begins]
    pages += ["wederhoor/nieuw", "ronden/nieuw", "publiceren", "import", "ronden/start-2023-2025/deelnemers"]
    for page in [*pages, f"gegevens/bevindingen/{draft_of(ans, beside).pk}/schrijf"]:
        response = ans.get(f"/werkplek/{page}/")
        assert response.status_code == 200
        assert "canary" not in response.content.decode().lower(), page


# --- Parameters and rows ---

COUNTS = ["1000000", "-1", "", "x", "1e9", "0", "0x1", "２", "1\x00", None]
WITH_ROWS: dict[str, Callable[[], Opened]] = {
    **{kind.slug: lambda kind=kind: edit(kind) for kind in KINDS if kind.parts},  # type: ignore[misc]
    "new round": lambda: (boss(), NEW_ROUND),
}


@pytest.mark.parametrize("name", WITH_ROWS)
def test_a_tampered_count_of_rows_is_refused_or_read_as_it_says(name: str) -> None:
    client, address = WITH_ROWS[name]()
    asked = opened(client, address)
    for field in [field for field in asked if field.endswith(("TOTAL_FORMS", "INITIAL_FORMS"))]:
        others = {key: value for key, value in asked.items() if key != field}
        for count in COUNTS:
            with undone():
                response = client.post(address, others if count is None else others | {field: count})
                assert response.status_code in {302, 422}, count
                assert response.status_code == 302 or "error-summary" in response.content.decode()


@pytest.mark.parametrize("slug", ["cijfers", "verschillen"])
def test_the_same_row_twice_is_said_in_dutch(slug: str) -> None:
    client, address = edit(BY_SLUG[slug])
    asked = opened(client, address)
    row = {name.replace("-0-", "-1-"): value for name, value in asked.items() if "-0-" in name}
    response = client.post(address, asked | row)
    assert response.status_code == 422
    assert "Dit staat al in een andere regel" in response.content.decode()


@pytest.mark.parametrize("aspect", ["bestaat-niet", "", "\x00", "1", "../x", "x" * 5_000, "twice", "KADERS", "-1", "'"])
def test_a_tampered_aspect_starts_no_round(aspect: str) -> None:
    client = boss()
    form, before = opened(client, NEW_ROUND), everything()
    form["aspecten-1-aspect"] = form["aspecten-0-aspect"] if aspect == "twice" else aspect
    assert client.post(NEW_ROUND, form).status_code == 422
    assert everything() == before


@by_kind
def test_missing_and_repeated_parameters(kind: Kind) -> None:
    client, address = edit(kind)
    asked, before = opened(client, address), everything()
    for typed in ({}, {"edition": "1"}, {f"{name}[]": value for name, value in asked.items()}):
        assert client.post(address, typed).status_code in {409, 422}
    assert everything() == before
    twice = {name: value if isinstance(value, list) else ["x", value] for name, value in asked.items()}
    assert client.post(address, twice).status_code == 302  # the last one counts


@pytest.mark.parametrize(
    "seen", ["", "\x00", "kaders:1", "x" * 10_000, "-1", "__all__", "<script>", "1e309", "None", "*"]
)
def test_a_rehearsal_that_nobody_saw_is_not_taken_over(ans: Client, seen: str) -> None:
    address = rehearse(ans, {"kaders": {"Tekst": "Van Ans"}}).request["PATH_INFO"]
    before = everything()
    assert ans.post(address, {"gezien": [seen] * 20}).status_code == 409
    assert everything() == before


# --- The request itself ---

BODIES = {
    "10,000 parameters": "&".join(f"x{n}=1" for n in range(10_000)),
    "10 MB": "subject=x&text=" + "x" * 10_000_000,
    "1e6 lines": "subject=x&text=" + "%0D%0Ax" * 1_000_000,
}


@pytest.mark.parametrize("body", BODIES.values(), ids=list(BODIES))
def test_too_much_is_refused_in_dutch_and_says_how_to_go_on(ans: Client, body: str) -> None:
    before = everything()
    response = ans.generic("POST", NEW_TEXT, body.encode(), AS_A_FORM)
    assert response.status_code == 400
    assert "Ga terug en maak het korter" in response.content.decode()
    assert everything() == before


TYPES = "application/json text/plain text/xml multipart/form-data multipart/form-data;boundary= image/png x".split()


@pytest.mark.parametrize("content_type", [*TYPES, "", f"{AS_A_FORM}; charset=utf-7", f"{AS_A_FORM}; charset=niets"])
def test_another_content_type_is_refused(ans: Client, content_type: str) -> None:
    before = everything()
    response = ans.generic("POST", NEW_TEXT, b'{"subject": "x", "text": "y"}', content_type)
    assert response.status_code in {400, 415, 422}
    assert everything() == before


@pytest.mark.parametrize("odd", [b"%ED%A0%80", b"%FF%FE", b"%C0%AF", b"%", b"%u0041", b"%80", b"\xff", b"%F4%90%80%80"])
def test_what_is_not_utf_8_is_kept_with_a_mark_in_its_place(ans: Client, odd: bytes) -> None:
    saved = ans.generic("POST", NEW_TEXT, b"subject=a" + odd + b"&text=b" + odd + b"&edition=0", AS_A_FORM)
    assert saved.status_code == 302
    again = opened(ans, saved["Location"])
    assert (again["subject"][0], again["text"][0]) == ("a", "b")


@pytest.mark.parametrize(
    "method", ["PUT", "PATCH", "DELETE", "TRACE", "OPTIONS", "HEAD", "CONNECT", "BREW", "PROPFIND", ""]
)
def test_another_method_does_nothing(ans: Client, method: str) -> None:
    before = everything()
    for address in (NEW_TEXT, "/werkplek/publiceren/", "/werkplek/wederhoor/nieuw/", "/werkplek/import/", CELL):
        assert ans.generic(method, address, b"subject=x&text=y", AS_A_FORM).status_code < 500
    assert everything() == before


HEADERS = [
    {"Origin": origin} for origin in ("https://evil.example", "null", "javascript:", "http://testserver.evil.nl", "")
]
HEADERS += [{}, {"X-CSRFToken": "x"}, {"X-CSRFToken": "x" * 64}, {"Cookie": "csrf=" + "x" * 32}, {"HX-Request": "true"}]


@pytest.mark.parametrize("headers", HEADERS)
def test_without_the_token_of_the_form_nothing_happens(headers: dict[str, str]) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(person("ans", "researcher"))
    before = everything()
    response = client.post(NEW_TEXT, TYPED | {"csrfmiddlewaretoken": "x"}, headers=headers)
    assert response.status_code == 403
    assert 'lang="nl"' in response.content.decode()
    assert everything() == before


KEYS: dict[str, Callable[[str], str]] = {
    "capitals": str.upper,
    "cut off": lambda key: key[:-1],
    "long": lambda key: key * 200,
    "empty": lambda key: "",
    "nul": lambda key: key + "\x00",
    "path": lambda key: "../" + key,
    "reversed": lambda key: key[::-1],
    "two": lambda key: f"{key} {key}",
    "quote": lambda key: f'"{key}',
    "accent": lambda key: "é" * 32,
}


@pytest.mark.parametrize("name", KEYS)
def test_a_forged_or_cut_off_session_is_nobody(ans: Client, name: str) -> None:
    ans.cookies["session"] = KEYS[name](ans.cookies["session"].value)
    for referer in ("", "http://[", "https://evil.example/", "http://testserver/\x00", "javascript:alert(1)"):
        response = ans.post(NEW_TEXT, TYPED, headers={"Referer": referer})
        assert response["Location"].startswith("/inloggen/?next=/")


# --- A moment too late ---

STEPS = "ter-beoordeling goedkeuren teruggeven opmerking afblazen intrekken publiceren concept".split()
FITS = {
    "draft": {"ter-beoordeling", "opmerking"},
    "in_review": {"goedkeuren", "teruggeven", "opmerking"},
    "approved": {"teruggeven", "opmerking"},
    "later": {"afblazen"},
    "published": {"intrekken"},
    "withdrawn": set(),
}


@pytest.mark.parametrize("stage", STAGES)
def test_a_step_that_does_not_fit_the_stage_is_refused(stage: str, authors: Any) -> None:
    version, client = text_in(stage, authors), boss()
    before = everything()
    for step in STEPS:
        with undone():
            response = move(client, version, step, "Daarom.")
            assert bool(response.redirect_chain) == (step in FITS[stage]), step
            assert response.redirect_chain or (response.status_code in {404, 409} and everything() == before)
    published = client.post("/werkplek/publiceren/", {"tekst": [f"bevindingen-{version.pk}-{version.edition}"]})
    assert (published.status_code == 302) == (stage == "approved")


def test_a_text_that_went_out_meanwhile_keeps_what_was_typed_on_screen(ans: Client, authors: Any) -> None:
    version = text_in("approved", authors)
    address = f"/werkplek/gegevens/bevindingen/{version.pk}/schrijf/"
    late = opened(ans, address) | {"text": "Mijn late tekst."}
    for stage in ("gepubliceerd", "ingetrokken"):
        if stage == "gepubliceerd":
            work.release([(FINDING, version)], at=timezone.now(), by=authors[2])
        else:
            work.withdraw(FINDING, version, by=authors[2], note="Fout.")
        response = ans.post(address, late)
        assert response.status_code == 422
        assert f"intussen {stage}" in response.content.decode()
        assert Page(response).form().values["text"] == "Mijn late tekst."


def test_two_people_who_begin_the_same_cell_both_see_both_texts(ans: Client) -> None:
    emptied("kaders")
    bob = signed_in(person("bob", "researcher"))
    asked = opened(ans, CELL) | {"headline": "Kern", "text": "Van Ans."}
    assert ans.post(CELL, asked).status_code == 302
    response = bob.post(CELL, asked | {"text": "Van Bob."})
    assert response.status_code == 409
    assert "Ans" in response.content.decode()
    form = Page(response).form()
    assert form.values["text"] == "Van Bob."
    assert bob.post(CELL, form.values).status_code == 302
    assert FindingVersion.objects.get(headline="Kern").text == "Van Bob."


@pytest.mark.parametrize(
    ("slug", "name"), [("feiten", "place_of_source"), ("feiten", "document_of_source"), ("voorbeelden", "aspects")]
)
def test_a_colleague_who_changed_only_a_source_or_a_link_is_noticed(slug: str, name: str) -> None:
    client, address = edit(BY_SLUG[slug])
    form = Page(client.get(address)).form()
    changed = {
        "place_of_source": "blz. 99",
        "document_of_source": form.chosen.get("document_of_source", [""])[-1],
        "aspects": [RoundAspect.objects.all()[0].aspect_id],
    }
    assert client.post(address, form.values).status_code == 302
    late = form.values | {name: changed[name]}
    assert signed_in(person("bob", "researcher")).post(address, late).status_code == 409


def test_a_remark_that_a_colleague_answered_keeps_the_second_answer_on_screen(ans: Client, authors: Any) -> None:
    version = text_in("in_review", authors)
    remark = work.remark(FINDING, version, by=authors[1], note="Waar?")
    address = f"/werkplek/gegevens/bevindingen/{version.pk}/opmerking/{remark.pk}/"
    assert ans.post(address, {"note": "Hier."}).status_code == 302
    response = ans.post(address, {"note": "Daar."})
    assert (response.status_code, "Daar." in response.content.decode()) == (409, True)
    assert Remark.objects.get().answer == "Hier."


def test_a_hearing_goes_out_with_all_that_was_chosen_or_not_at_all(ans: Client) -> None:
    hearing = sent(ans)
    data = {"municipality": hearing.municipality_id, "kind": "official", "deadline": timezone.localdate().isoformat()}
    key = f"bevindingen-{hearing.items.get().version_id}"
    response = ans.post("/werkplek/wederhoor/nieuw/", data | {"tekst": [key, "bevindingen-999999"], "ongezien": "1"})
    assert response.status_code == 422
    assert Page(response).form().values["tekst"] == [key]
    assert Hearing.objects.count() == 1
