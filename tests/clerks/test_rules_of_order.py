"""The article of the rules of order: a clerk of that council sets it, and everyone reads it at once."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import Error, transaction
from django.test import Client
from django.utils import timezone

from focusareas.models import Municipality, QuestionArticle
from tests.bad_input import MARKS, VALUES, Page, as_html
from tests.workplace.people import person, signed_in

pytestmark = pytest.mark.django_db
HERE = "/griffie/lelystad/reglement-van-orde/"
DRAFT = "/bevindingen/monitoring-lelystad-oost-start-2023-2025/raad/"


def typed(**values: str) -> dict[str, str]:
    return {"key": str(uuid4()), "article": "artikel 40", "link": "https://example.nl/rvo", "note": ""} | values


def clerk() -> Client:
    return signed_in(person("gea", "clerk", "lelystad"))


def entered() -> Any:
    return QuestionArticle.objects.filter(municipality__slug="lelystad")


@pytest.mark.parametrize(
    ("text", "kept"),
    [("artikel 40", "artikel 40"), ("40", "artikel 40"), (" Artikel  40, tweede lid ", "artikel 40, tweede lid")],
)
def test_a_clerk_sets_it_and_the_draft_rests_on_it(text: str, kept: str) -> None:
    gea = clerk()
    assert HERE in gea.get("/griffie/").content.decode()
    page = gea.post(HERE, typed(article=text, note="Sinds 2024."), follow=True).content.decode()
    assert f"Genoteerd: {kept}." in page
    shown = Client().get(DRAFT).content.decode()
    assert f"{kept} van het reglement van orde" in shown
    assert "Sinds 2024." in shown


def test_a_correction_is_a_next_one_and_both_stay() -> None:
    gea = clerk()
    gea.post(HERE, typed(article="artikel 40"))
    page = gea.post(HERE, typed(article="artikel 41"), follow=True).content.decode()
    assert [entry.article for entry in entered()] == ["artikel 40", "artikel 41"]
    assert "vervangen" in page
    assert 'value="artikel 41"' in page
    assert "artikel 41 van het reglement" in Client().get(DRAFT).content.decode()


def test_the_same_form_sent_twice_is_one_entry() -> None:
    gea, data = clerk(), typed()
    for _ in range(3):
        assert gea.post(HERE, data).status_code == 302
    assert entered().count() == 1


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"article": ""}, "Dit veld is verplicht"),
        ({"article": "het artikel over vragen"}, "Noem het nummer van het artikel"),
        ({"article": "1" * 55}, "ten hoogste 60 tekens"),
        ({"link": ""}, "Dit veld is verplicht"),
        ({"link": "javascript:alert(1)"}, "geldige URL"),
        ({"note": "x" * 301}, "301"),
        ({"key": "x"}, "UUID"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(wrong: dict[str, str], says: str) -> None:
    response = clerk().post(HERE, typed(**{"note": "Blijft staan."} | wrong))
    page = response.content.decode()
    assert response.status_code == 422
    assert says in page
    assert wrong.get("note", "Blijft staan.") in page
    assert not entered().exists()


@pytest.mark.parametrize("category", VALUES)
def test_whatever_is_typed_is_kept_or_comes_back_as_it_was(category: str) -> None:
    gea = clerk()
    for value in VALUES[category]:
        response = gea.post(HERE, {"key": str(uuid4()), "article": value, "link": value, "note": value})
        html = response.content.decode()
        assert response.status_code in {302, 422}
        assert not [mark for mark in MARKS if mark in html]
        if response.status_code == 422:
            assert as_html(Page(response).form().values["note"]) == as_html(value)
        kept = gea.post(HERE, typed(article=f"1 {value}"[:60], note=value[:300]))
        assert kept.status_code in {302, 422}
        if kept.status_code == 302:
            assert Client().get(f"{DRAFT}schriftelijke-vragen.odt").status_code == 200


@pytest.mark.parametrize(
    ("role", "place", "status"),
    [
        ("clerk", "lelystad", 200),
        ("clerk", "arnhem", 404),
        ("official", "lelystad", 404),
        ("researcher", "lelystad", 404),
        ("councillor", "lelystad", 403),
    ],
)
def test_only_the_own_clerk_opens_it(role: str, place: str, status: int) -> None:
    client = signed_in(person("iemand", role, place))
    assert client.get(HERE).status_code == status
    assert client.post(HERE, typed()).status_code == (302 if status == 200 else status)
    assert entered().exists() == (status == 200)


def test_what_was_entered_is_never_rewritten() -> None:
    clerk().post(HERE, typed())
    with pytest.raises(Error), transaction.atomic():
        entered().update(article="artikel 1")
    with pytest.raises(Error), transaction.atomic():
        entered().delete()


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [({"article": ""}, "focusareas_article_named"), ({"link": ""}, "focusareas_article_proof")],
)
def test_it_names_an_article_and_where_that_stands(fields: dict[str, str], constraint: str) -> None:
    given: dict[str, Any] = {"article": "artikel 1", "link": "https://example.nl"} | fields
    with pytest.raises(Error, match=constraint), transaction.atomic():
        QuestionArticle.objects.create(
            slug="x", municipality=Municipality.objects.get(slug="lelystad"), entered_at=timezone.now(), **given
        )
