"""The right of reply, with people of two cities."""

from datetime import timedelta

import pytest
from django.db import Error, transaction
from django.test import Client
from django.utils import timezone

from nplv_portal.workplace.models import Hearing, Reaction
from tests.workplace.people import person, signed_in
from tests.workplace.test_life import current, draft_of, save

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
