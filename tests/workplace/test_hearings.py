"""The right of reply, with people of two cities."""

from datetime import timedelta

import pytest
from django.db import Error, transaction
from django.test import Client
from django.utils import timezone

from nplv_portal.workplace.models import Hearing, Reaction
from recommendations.models import Reply
from tests.test_pdfs import words_of
from tests.workplace.people import person, signed_in
from tests.workplace.test_life import current, draft_of, move, publish, save

pytestmark = pytest.mark.django_db


def sent(writer: Client) -> Hearing:
    """A draft about Heerlen, sent out by its writer."""
    draft = draft_of(writer, current())
    save(writer, draft, text="Dit concept is geheim.", erratum="Verbeterd.")
    heerlen = draft.record.focus_area.municipality
    data = {
        "municipality": heerlen.pk,
        "kind": "official",
        "deadline": (timezone.localdate() + timedelta(days=14)).isoformat(),
        "text": "Wij horen graag of de feiten kloppen.",
        "tekst": [f"bevindingen-{draft.pk}"],
    }
    assert writer.post("/werkplek/wederhoor/nieuw/", data).status_code == 302
    return Hearing.objects.get()


def test_an_official_reacts_and_the_office_answers() -> None:
    writer, official = signed_in(person("ans", "researcher")), signed_in(person("ofa", "official"))
    hearing = sent(writer)
    item = hearing.items.get()
    page, root = f"/werkplek/wederhoor/{hearing.pk}/", f"/werkplek/wederhoor/{hearing.pk}/{item.pk}"
    assert "Dit concept is geheim." in official.get(page).content.decode()
    official.post(f"{root}/reageer/", {"text": "Het jaartal klopt niet."})
    assert "Het jaartal klopt niet." not in writer.get(page).content.decode()
    official.post(f"{root}/reageer/", {"text": "Het jaartal klopt niet: 2022.", "verstuur": "1"})
    assert "Het jaartal klopt niet: 2022." in writer.get(page).content.decode()
    writer.post(f"{root}/nawoord/", {"text": "Wij verbeteren het jaartal."})
    assert "Wij verbeteren het jaartal." in official.get(page).content.decode()
    assert "Het jaartal klopt niet: 2022." in official.get(f"{page}reacties.csv").content.decode("utf-8-sig")


def test_what_was_sent_stands_in_the_database_too() -> None:
    writer, official = signed_in(person("ans", "researcher")), signed_in(person("ofa", "official"))
    hearing = sent(writer)
    item = hearing.items.get()
    for text in ("Eerste.", "Tweede."):
        official.post(f"/werkplek/wederhoor/{hearing.pk}/{item.pk}/reageer/", {"text": text, "verstuur": "1"})
    assert Reaction.objects.get().text == "Eerste."
    with pytest.raises(Error), transaction.atomic():
        Reaction.objects.update(text="Derde.")


def test_the_text_that_one_reacts_to_does_not_move() -> None:
    writer, official = signed_in(person("ans", "researcher")), signed_in(person("ofa", "official"))
    hearing = sent(writer)
    draft = current().siblings.prepared().get()
    save(writer, draft, text="Intussen anders.")
    page = official.get(f"/werkplek/wederhoor/{hearing.pk}/").content.decode()
    assert "Dit concept is geheim." in page
    assert "Intussen anders." not in page


@pytest.mark.parametrize(("role", "place"), [("official", "arnhem"), ("clerk", "heerlen"), ("researcher", "arnhem")])
def test_others_do_not_learn_that_there_is_a_hearing(role: str, place: str) -> None:
    hearing = sent(signed_in(person("ans", "researcher")))
    other = signed_in(person("oth", role, place))
    item = hearing.items.get()
    assert other.get(f"/werkplek/wederhoor/{hearing.pk}/").status_code == 404
    assert other.get(f"/werkplek/wederhoor/{hearing.pk}/reacties.xlsx").status_code == 404
    reply = other.post(f"/werkplek/wederhoor/{hearing.pk}/{item.pk}/reageer/", {"text": "x", "verstuur": "1"})
    assert reply.status_code == 404
    assert "geheim" not in other.get("/werkplek/wederhoor/").content.decode()


def test_after_the_last_day_nobody_reacts_any_more() -> None:
    writer, official = signed_in(person("ans", "researcher")), signed_in(person("ofa", "official"))
    hearing = sent(writer)
    Hearing.objects.update(deadline=timezone.localdate() - timedelta(days=1))
    item = hearing.items.get()
    official.post(f"/werkplek/wederhoor/{hearing.pk}/{item.pk}/reageer/", {"text": "Te laat.", "verstuur": "1"})
    assert not Reaction.objects.exists()


def test_a_text_about_another_city_is_never_sent_along() -> None:
    writer = signed_in(person("ans", "researcher"))
    hearing = sent(writer)
    elsewhere = signed_in(person("eva", "researcher", "arnhem"))
    data = {
        "municipality": hearing.municipality_id,
        "kind": "official",
        "deadline": timezone.localdate().isoformat(),
        "tekst": [f"bevindingen-{hearing.items.get().version_id}"],
    }
    assert elsewhere.post("/werkplek/wederhoor/nieuw/", data).status_code == 422
    assert Hearing.objects.count() == 1


def replied(writer: Client, text: str) -> Hearing:
    """A hearing in which the municipality answered this and the office said what it did."""
    official = signed_in(person("ofb", "official"))
    hearing = sent(writer)
    root = f"/werkplek/wederhoor/{hearing.pk}/{hearing.items.get().pk}"
    official.post(f"{root}/reageer/", {"text": text, "verstuur": "1"})
    writer.post(f"{root}/nawoord/", {"text": "Wij verbeterden het jaartal."})
    return hearing


def taken_up(writer: Client, text: str) -> Reply:
    """The draft of what is published of this reaction."""
    hearing = replied(writer, text)
    writer.post(f"/werkplek/wederhoor/{hearing.pk}/{hearing.items.get().pk}/neem-op/")
    return Reply.objects.get()


def test_what_is_published_of_a_reaction_is_chosen_reviewed_and_shown_with_the_afterword() -> None:
    writer, reviewer = signed_in(person("ans", "researcher")), signed_in(person("bob", "researcher"))
    secretary, page = signed_in(person("cis", "secretary")), f"/bevindingen/{current().record.slug}/"
    reply = taken_up(writer, "Het jaartal klopt niet.\n\nBel ons gerust.")
    save(writer, reply, "reacties", reaction="Het jaartal klopt niet.")
    move(writer, reply, "ter-beoordeling", kind="reacties")
    move(reviewer, reply, "goedkeuren", kind="reacties")
    assert "Het jaartal klopt niet." not in Client().get(page).content.decode()
    publish(secretary, reply, kind="reacties")
    shown = Client().get(page).content.decode()
    assert "Het jaartal klopt niet." in shown
    assert "Wij verbeterden het jaartal." in shown
    assert "Bel ons gerust." not in shown


def test_nobody_changes_the_words_of_a_municipality() -> None:
    writer = signed_in(person("ans", "researcher"))
    reply = taken_up(writer, "Het jaartal klopt niet.")
    response = save(writer, reply, "reacties", reaction="Het jaartal klopt.")
    assert response.status_code == 422
    assert "stuurde de gemeente niet zo" in response.content.decode()


def test_a_reaction_that_is_refused_keeps_its_words() -> None:
    writer, official = signed_in(person("ans", "researcher")), signed_in(person("ofa", "official"))
    hearing = sent(writer)
    Hearing.objects.update(deadline=timezone.localdate() - timedelta(days=1))
    root = f"/werkplek/wederhoor/{hearing.pk}/{hearing.items.get().pk}"
    response = official.post(f"{root}/reageer/", {"text": "Te laat getypt.", "verstuur": "1"})
    assert response.status_code == 409
    assert "Te laat getypt." in response.content.decode()


def test_an_official_takes_the_texts_and_the_own_reaction_along_as_pdf() -> None:
    hearing = replied(signed_in(person("ans", "researcher")), "Het jaartal klopt niet.")
    response = signed_in(person("ofa", "official")).get(f"/werkplek/wederhoor/{hearing.pk}/wederhoor.pdf")
    text = words_of(response.content)
    assert "no-store" in response["Cache-Control"]
    assert "Ditconceptisgeheim." in text
    assert "Hetjaartalkloptniet." in text
    assert "Nietopenbaar·voorOfa" in text
