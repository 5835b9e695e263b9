"""The right of reply, with people of two cities."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import Error, transaction
from django.test import Client
from django.utils import timezone

from nplv_portal.workplace.models import Hearing, Reaction
from recommendations.models import Reply
from tests.bad_input import Form, Page
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
    official.post(f"{root}/reageer/", {"text": "Het jaartal klopt niet: 2022.", "verstuur": "1", "edition": "1"})
    assert "Het jaartal klopt niet: 2022." in writer.get(page).content.decode()
    writer.post(f"{root}/nawoord/", {"text": "Wij verbeteren het jaartal.", "edition": "2"})
    assert "Wij verbeteren het jaartal." in official.get(page).content.decode()
    assert "Het jaartal klopt niet: 2022." in official.get(f"{page}reacties.csv").content.decode("utf-8-sig")


def form_of(reader: Client, hearing: Hearing, action: str) -> Form:
    return Page(reader.get(f"/werkplek/wederhoor/{hearing.pk}/")).form(action)


def assert_shows_both(response: Any, action: str, theirs: str, mine: str) -> Form:
    """The page of someone who was late: what a colleague kept, how one's own differs, and that in the form still."""
    assert response.status_code == 409
    html = response.content.decode()
    assert "Iemand anders heeft hier intussen iets anders bewaard" in html
    assert f'<del><span class="visually-hidden">weg: </span>{theirs}</del>' in html
    assert f'<ins><span class="visually-hidden">nieuw: </span>{mine}</ins>' in html
    return Page(response).form(action)


def test_of_two_officials_the_second_sees_both_reactions_and_types_nothing_again() -> None:
    ofa, oto = signed_in(person("ofa", "official")), signed_in(person("oto", "official"))
    hearing = sent(signed_in(person("ans", "researcher")))
    early, late = (form_of(official, hearing, "reageer/") for official in (ofa, oto))
    assert ofa.post(early.action, early.values | {"text": "Het jaartal is 2022."}).status_code == 302
    mine = late.values | {"text": "Het jaartal is 2023."}
    assert_shows_both(oto.post(late.action, mine), "reageer/", "2022", "2023")
    again = assert_shows_both(oto.post(late.action, mine | {"verstuur": "1"}), "reageer/", "2022", "2023")
    assert again.values["text"] == "Het jaartal is 2023."
    stored = Reaction.objects.get()
    assert (stored.text, stored.by.email, stored.sent_at) == ("Het jaartal is 2022.", "ofa@example.nl", None)
    assert oto.post(again.action, again.values | {"verstuur": "1"}).status_code == 302
    stored = Reaction.objects.get()
    assert (stored.text, stored.by.email) == ("Het jaartal is 2023.", "oto@example.nl")
    assert stored.sent_at


def test_of_two_officials_who_begin_at_once_the_second_is_told() -> None:
    ofa, oto = signed_in(person("ofa", "official")), signed_in(person("oto", "official"))
    hearing = sent(signed_in(person("ans", "researcher")))
    root = f"/werkplek/wederhoor/{hearing.pk}/{hearing.items.get().pk}"
    assert ofa.post(f"{root}/reageer/", {"text": "Eerste.", "edition": "0"}).status_code == 302
    assert oto.post(f"{root}/reageer/", {"text": "Eerste.", "edition": "0"}).status_code == 302  # says the same
    assert oto.post(f"{root}/reageer/", {"text": "Tweede.", "edition": "0"}).status_code == 409
    assert Reaction.objects.get().text == "Eerste."


def test_another_refusal_does_not_pass_over_what_a_colleague_kept() -> None:
    ofa, oto = signed_in(person("ofa", "official")), signed_in(person("oto", "official"))
    hearing = sent(signed_in(person("ans", "researcher")))
    late = form_of(oto, hearing, "reageer/")
    ofa.post(late.action, late.values | {"text": "Het jaartal is 2022."})
    emptied = Page(oto.post(late.action, late.values | {"text": " "})).form("reageer/")
    response = oto.post(emptied.action, emptied.values | {"text": "Het jaartal is 2023."})
    assert_shows_both(response, "reageer/", "2022", "2023")


def test_who_is_later_than_the_reaction_that_was_sent_still_has_the_own_words() -> None:
    ofa, oto = signed_in(person("ofa", "official")), signed_in(person("oto", "official"))
    hearing = sent(signed_in(person("ans", "researcher")))
    late = form_of(oto, hearing, "reageer/")
    ofa.post(late.action, late.values | {"text": "Zo is het.", "verstuur": "1"})
    response = oto.post(late.action, late.values | {"text": "Het is anders.", "verstuur": "1"})
    assert response.status_code == 409
    html = response.content.decode()
    assert "Deze reactie is al verstuurd en staat vast." in html
    assert "Zo is het." in html
    assert "Het is anders." in html


def test_of_two_colleagues_the_second_sees_both_afterwords_and_types_nothing_again() -> None:
    ans, bob = signed_in(person("ans", "researcher")), signed_in(person("bob", "researcher"))
    hearing = replied(ans, "Het jaartal klopt niet.")
    early, late = (form_of(writer, hearing, "nawoord/") for writer in (ans, bob))
    ans.post(early.action, early.values | {"text": "Wij namen 2022 over."})
    response = bob.post(late.action, late.values | {"text": "Wij namen 2023 over."})
    again = assert_shows_both(response, "nawoord/", "2022", "2023")
    assert Reaction.objects.get().answer == "Wij namen 2022 over."
    assert bob.post(again.action, again.values).status_code == 302
    assert Reaction.objects.get().answer == "Wij namen 2023 over."


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
    writer.post(f"{root}/nawoord/", {"text": "Wij verbeterden het jaartal.", "edition": "1"})
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
