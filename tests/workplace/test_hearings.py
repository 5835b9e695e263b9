"""The right of reply, with people of two cities."""

from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pandas
import pytest
from django.db import Error, transaction
from django.test import Client
from django.utils import timezone
from django.utils.formats import date_format

from nplv_portal.accounts import demo
from nplv_portal.example.hearing import start_hearing
from nplv_portal.workplace.models import Hearing, HearingItem, Reaction
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
        "ongezien": "1",
    }
    assert writer.post("/werkplek/wederhoor/nieuw/", data).status_code == 302
    return Hearing.objects.get()


def typing(item: HearingItem, text: str, edition: int = 0, *, send: bool = False) -> dict[str, str]:
    """What a browser sends of the page when someone types in this field."""
    data = {f"text-{item.pk}": text, f"edition-{item.pk}": f"{edition}-"}
    return data | ({"verstuur": str(item.pk)} if send else {})


def test_an_official_reacts_and_the_office_answers() -> None:
    writer, official = signed_in(person("ans", "researcher")), signed_in(person("ofa", "official"))
    hearing = sent(writer)
    item = hearing.items.get()
    page = f"/werkplek/wederhoor/{hearing.pk}/"
    assert "Dit concept is geheim." in official.get(page).content.decode()
    official.post(f"{page}reageer/", typing(item, "Het jaartal klopt niet."))
    assert "Het jaartal klopt niet." not in writer.get(page).content.decode()
    official.post(f"{page}reageer/", typing(item, "Het jaartal klopt niet: 2022.", 1, send=True))
    assert "Het jaartal klopt niet: 2022." in writer.get(page).content.decode()
    writer.post(f"{page}nawoord/", typing(item, "Wij verbeteren het jaartal.", 2) | {"stuur": "1"})
    assert "Wij verbeteren het jaartal." in official.get(page).content.decode()
    assert "Het jaartal klopt niet: 2022." in official.get(f"{page}reacties.csv").content.decode("utf-8-sig")


def form_of(reader: Client, hearing: Hearing, action: str) -> Form:
    return Page(reader.get(f"/werkplek/wederhoor/{hearing.pk}/")).form(action)


def typed(form: Form, text: str) -> dict[str, str]:
    """The one field of the form, with this in it."""
    (name,) = form.typed
    return {name: text}


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
    assert ofa.post(early.action, early.values | typed(early, "Het jaartal is 2022.")).status_code == 302
    mine = late.values | typed(late, "Het jaartal is 2023.")
    assert_shows_both(oto.post(late.action, mine), "reageer/", "2022", "2023")
    again = assert_shows_both(oto.post(late.action, mine | {"verstuur": "alle"}), "reageer/", "2022", "2023")
    assert "Het jaartal is 2023." in again.values.values()
    stored = Reaction.objects.get()
    assert (stored.text, stored.by.email, stored.sent_at) == ("Het jaartal is 2022.", "ofa@example.nl", None)
    assert oto.post(again.action, again.values | {"verstuur": "alle"}).status_code == 302
    stored = Reaction.objects.get()
    assert (stored.text, stored.by.email) == ("Het jaartal is 2023.", "oto@example.nl")
    assert stored.sent_at


def test_of_two_officials_who_begin_at_once_the_second_is_told() -> None:
    ofa, oto = signed_in(person("ofa", "official")), signed_in(person("oto", "official"))
    hearing = sent(signed_in(person("ans", "researcher")))
    address, item = f"/werkplek/wederhoor/{hearing.pk}/reageer/", hearing.items.get()
    assert ofa.post(address, typing(item, "Eerste.")).status_code == 302
    assert oto.post(address, typing(item, "Eerste.")).status_code == 302  # says the same
    assert oto.post(address, typing(item, "Tweede.")).status_code == 409
    assert Reaction.objects.get().text == "Eerste."


def test_another_refusal_shows_what_a_colleague_kept_before_it_can_be_replaced() -> None:
    ofa, oto = signed_in(person("ofa", "official")), signed_in(person("oto", "official"))
    hearing = sent(signed_in(person("ans", "researcher")))
    late = form_of(oto, hearing, "reageer/")
    ofa.post(late.action, late.values | typed(late, "Het jaartal is 2022."))
    refused = oto.post(late.action, late.values | typed(late, " ") | {"verstuur": "alle"})
    assert refused.status_code == 409
    assert "Het jaartal is 2022." in refused.content.decode()
    response = oto.post(late.action, late.values | typed(late, "Het jaartal is 2023."))
    assert_shows_both(response, "reageer/", "2022", "2023")


def test_who_is_later_than_the_reaction_that_was_sent_still_has_the_own_words() -> None:
    ofa, oto = signed_in(person("ofa", "official")), signed_in(person("oto", "official"))
    hearing = sent(signed_in(person("ans", "researcher")))
    late = form_of(oto, hearing, "reageer/")
    ofa.post(late.action, late.values | typed(late, "Zo is het.") | {"verstuur": "alle"})
    response = oto.post(late.action, late.values | typed(late, "Het is anders.") | {"verstuur": "alle"})
    assert response.status_code == 409
    html = response.content.decode()
    assert "Deze reactie is al verstuurd en staat vast." in html
    assert "Zo is het." in html
    assert "Het is anders." in html


def test_of_two_colleagues_the_second_sees_both_afterwords_and_types_nothing_again() -> None:
    ans, bob = signed_in(person("ans", "researcher")), signed_in(person("bob", "researcher"))
    hearing = replied(ans, "Het jaartal klopt niet.")
    early, late = (form_of(writer, hearing, "nawoord/") for writer in (ans, bob))
    ans.post(early.action, early.values | typed(early, "Wij namen 2022 over."))
    response = bob.post(late.action, late.values | typed(late, "Wij namen 2023 over."))
    again = assert_shows_both(response, "nawoord/", "2022", "2023")
    assert Reaction.objects.get().answer == "Wij namen 2022 over."
    assert bob.post(again.action, again.values).status_code == 302
    assert Reaction.objects.get().answer == "Wij namen 2023 over."


def test_what_was_sent_stands_in_the_database_too() -> None:
    writer, official = signed_in(person("ans", "researcher")), signed_in(person("ofa", "official"))
    hearing = sent(writer)
    item = hearing.items.get()
    for text in ("Eerste.", "Tweede."):
        official.post(f"/werkplek/wederhoor/{hearing.pk}/reageer/", typing(item, text, send=True))
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
    reply = other.post(f"/werkplek/wederhoor/{hearing.pk}/reageer/", typing(item, "x", send=True))
    assert reply.status_code == 404
    assert "geheim" not in other.get("/werkplek/wederhoor/").content.decode()


def test_after_the_last_day_nobody_reacts_any_more() -> None:
    writer, official = signed_in(person("ans", "researcher")), signed_in(person("ofa", "official"))
    hearing = sent(writer)
    Hearing.objects.update(deadline=timezone.localdate() - timedelta(days=1))
    item = hearing.items.get()
    official.post(f"/werkplek/wederhoor/{hearing.pk}/reageer/", typing(item, "Te laat.", send=True))
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
    root, item = f"/werkplek/wederhoor/{hearing.pk}", hearing.items.get()
    official.post(f"{root}/reageer/", typing(item, text, send=True))
    writer.post(f"{root}/nawoord/", typing(item, "Wij verbeterden het jaartal.", 1))
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
    late = typing(hearing.items.get(), "Te laat getypt.", send=True)
    response = official.post(f"/werkplek/wederhoor/{hearing.pk}/reageer/", late)
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


def two_texts(writer: Client) -> Hearing:
    """Two drafts about Heerlen, in one hearing."""
    drafts = [draft_of(writer, version) for version in (current(), current(OTHER))]
    data = {
        "municipality": drafts[0].record.focus_area.municipality_id,
        "kind": "official",
        "deadline": (timezone.localdate() + timedelta(days=14)).isoformat(),
        "tekst": [f"bevindingen-{draft.pk}" for draft in drafts],
        "ongezien": "1",
    }
    assert writer.post("/werkplek/wederhoor/nieuw/", data).status_code == 302
    return Hearing.objects.get()


OTHER = "bewonersparticipatie-heerlen-noord-start-2023-2025"


def fields(form: Form) -> tuple[str, str]:
    first, second = form.typed
    return first, second


def test_what_is_typed_at_one_text_is_not_lost_by_a_button_at_another() -> None:
    official = signed_in(person("ofa", "official"))
    hearing = two_texts(signed_in(person("ans", "researcher")))
    form = form_of(official, hearing, "reageer/")
    first, second = fields(form)
    one = first.removeprefix("text-")
    both = {first: "Het jaartal klopt niet.", second: "Dit was in juni.", "verstuur": one}
    assert official.post(form.action, form.values | both).status_code == 302
    said = {reaction.item_id: (reaction.text, bool(reaction.sent_at)) for reaction in Reaction.objects.all()}
    assert said == {
        int(one): ("Het jaartal klopt niet.", True),
        int(second.removeprefix("text-")): ("Dit was in juni.", False),
    }


def test_all_reactions_are_sent_at_once_and_what_is_empty_stays_open() -> None:
    official = signed_in(person("ofa", "official"))
    hearing = two_texts(signed_in(person("ans", "researcher")))
    form = form_of(official, hearing, "reageer/")
    first, _ = fields(form)
    official.post(form.action, form.values | {first: "Klopt.", "verstuur": "alle"})
    assert [(reaction.text, bool(reaction.sent_at)) for reaction in Reaction.objects.all()] == [("Klopt.", True)]
    nothing = form_of(official, hearing, "reageer/")
    response = official.post(nothing.action, nothing.values | {"verstuur": "alle"})
    assert response.status_code == 409
    assert "Schrijf eerst een reactie." in response.content.decode()


def test_where_one_text_cannot_be_kept_all_that_was_typed_comes_back() -> None:
    ofa, oto = signed_in(person("ofa", "official")), signed_in(person("oto", "official"))
    hearing = two_texts(signed_in(person("ans", "researcher")))
    late = form_of(oto, hearing, "reageer/")
    early = form_of(ofa, hearing, "reageer/")
    first, second = fields(late)
    ofa.post(early.action, early.values | {first: "Het jaartal is 2022."})
    response = oto.post(late.action, late.values | {first: "Het jaartal is 2023.", second: "Dit was in juni."})
    again = assert_shows_both(response, "reageer/", "2022", "2023")
    assert (again.values[first], again.values[second]) == ("Het jaartal is 2023.", "Dit was in juni.")
    assert Reaction.objects.get().text == "Het jaartal is 2022."
    assert oto.post(again.action, again.values).status_code == 302
    assert sorted(Reaction.objects.values_list("text", flat=True)) == ["Dit was in juni.", "Het jaartal is 2023."]


def test_what_a_colleague_kept_at_a_text_that_one_did_not_touch_stays() -> None:
    ofa, oto = signed_in(person("ofa", "official")), signed_in(person("oto", "official"))
    hearing = two_texts(signed_in(person("ans", "researcher")))
    early, late = (form_of(official, hearing, "reageer/") for official in (ofa, oto))
    first, second = fields(late)
    ofa.post(early.action, early.values | {first: "Van Ofa."})
    assert oto.post(late.action, late.values | {second: "Van Oto."}).status_code == 302
    told = dict(Reaction.objects.values_list("text", "by__first_name"))
    assert told == {"Van Ofa.": "Ofa", "Van Oto.": "Oto"}


def test_what_is_sent_unseen_is_not_the_text_of_a_colleague() -> None:
    ofa, oto = signed_in(person("ofa", "official")), signed_in(person("oto", "official"))
    hearing = sent(signed_in(person("ans", "researcher")))
    early = form_of(ofa, hearing, "reageer/")
    ofa.post(early.action, early.values | typed(early, "Eerste."))
    seen, late = form_of(ofa, hearing, "reageer/"), form_of(oto, hearing, "reageer/")
    ofa.post(seen.action, seen.values | typed(seen, "Tweede."))
    assert oto.post(late.action, late.values | {"verstuur": "alle"}).status_code == 409
    assert (Reaction.objects.get().text, Reaction.objects.get().sent_at) == ("Tweede.", None)


def test_a_draft_of_a_reaction_may_be_emptied() -> None:
    official = signed_in(person("ofa", "official"))
    hearing = sent(signed_in(person("ans", "researcher")))
    for text in ("Toch niet.", ""):
        form = form_of(official, hearing, "reageer/")
        assert official.post(form.action, form.values | typed(form, text)).status_code == 302
    assert Reaction.objects.get().text == ""


@pytest.mark.parametrize("button", ["neem-op", "nawoord"])
def test_every_button_of_the_office_keeps_the_afterwords_on_the_page(button: str) -> None:
    writer, official = signed_in(person("ans", "researcher")), signed_in(person("ofa", "official"))
    hearing = two_texts(writer)
    form = form_of(official, hearing, "reageer/")
    official.post(form.action, form.values | dict.fromkeys(fields(form), "Klopt.") | {"verstuur": "alle"})
    mine = form_of(writer, hearing, "nawoord/")
    one = fields(mine)[0].removeprefix("text-")
    address = mine.action.replace("nawoord/", f"{one}/neem-op/" if button == "neem-op" else f"{button}/")
    assert writer.post(address, mine.values | dict.fromkeys(fields(mine), "Dank.")).status_code == 302
    assert set(Reaction.objects.values_list("answer", flat=True)) == {"Dank."}


def test_the_office_is_warned_before_it_sends_what_nobody_reviewed() -> None:
    writer = signed_in(person("ans", "researcher"))
    draft = draft_of(writer, current())
    form = Page(writer.get("/werkplek/wederhoor/nieuw/")).form()
    assert "tekst" not in form.values  # nothing is chosen beforehand
    data = form.values | {"tekst": [f"bevindingen-{draft.pk}"], "deadline": timezone.localdate().isoformat()}
    data |= {"municipality": str(draft.record.focus_area.municipality_id), "kind": "official"}
    response = writer.post("/werkplek/wederhoor/nieuw/", data)
    assert response.status_code == 422
    assert "U koos teksten die nog niemand beoordeelde." in response.content.decode()
    assert not Hearing.objects.exists()
    assert writer.post("/werkplek/wederhoor/nieuw/", data | {"ongezien": "1"}).status_code == 302
    draft = draft_of(writer, current(OTHER))
    save(writer, draft, erratum="Iets verbeterd.")
    move(writer, draft, "ter-beoordeling")
    data |= {"tekst": [f"bevindingen-{draft.pk}"]}
    assert writer.post("/werkplek/wederhoor/nieuw/", data).status_code == 302  # a colleague looks at it


@pytest.mark.parametrize("format_", ["csv", "xlsx", "ods"])
def test_the_sheet_says_what_was_sent_by_whom_before_which_day_and_that_it_is_not_public(format_: str) -> None:
    writer, official = signed_in(person("ans", "researcher")), signed_in(person("ofa", "official"))
    hearing = two_texts(writer)
    form = form_of(official, hearing, "reageer/")
    first, second = fields(form)
    typed_ = {first: "Verstuurd woord.", second: "Bewaard woord.", "verstuur": first.removeprefix("text-")}
    official.post(form.action, form.values | typed_)
    address = f"/werkplek/wederhoor/{hearing.pk}/reacties.{format_}"
    ours, theirs = (told_in(client.get(address).content, format_) for client in (writer, official))
    for told in (ours, theirs):
        assert "Niet openbaar" in told
        assert date_format(hearing.deadline, "j F Y") in told
        assert "verstuurd door Ofa" in told
    assert "nog niet verstuurd; bewaard door Ofa" in theirs
    assert "Bewaard woord." in theirs
    assert "nog geen reactie" in ours
    assert "Bewaard woord." not in ours


def told_in(content: bytes, format_: str) -> str:
    """All words of a spreadsheet."""
    if format_ == "csv":
        return content.decode("utf-8-sig")
    sheets = pandas.read_excel(BytesIO(content), sheet_name=None, header=None, dtype=str)
    return " ".join(str(value) for sheet in sheets.values() for value in sheet.to_numpy().ravel())


def test_an_official_finds_a_concept_that_waits_on_top_of_the_own_page_and_a_clerk_does_not() -> None:
    official, clerk = signed_in(person("ofa", "official")), signed_in(person("gus", "clerk"))
    hearing = sent(signed_in(person("ans", "researcher")))
    told = f"Reageren kan tot en met {date_format(hearing.deadline, 'j F Y')}."
    page = official.get("/griffie/").content.decode()
    assert told in page
    assert f'href="/werkplek/wederhoor/{hearing.pk}/"' in page
    assert "wederhoor" not in clerk.get("/griffie/").content.decode()
    assert told not in signed_in(person("eva", "official", "arnhem")).get("/griffie/").content.decode()
    official.post(f"/werkplek/wederhoor/{hearing.pk}/reageer/", typing(hearing.items.get(), "Klopt.", send=True))
    assert told not in official.get("/griffie/").content.decode()


@pytest.mark.parametrize("ended", [{"closed_at": timezone.now()}, {"deadline": date(2026, 1, 1)}])
def test_what_one_can_no_longer_react_to_does_not_wait(ended: dict[str, Any]) -> None:
    hearing = sent(signed_in(person("ans", "researcher")))
    Hearing.objects.update(**ended)
    page = signed_in(person("ofa", "official")).get("/griffie/").content.decode()
    assert f"/werkplek/wederhoor/{hearing.pk}/" not in page


def test_who_practises_finds_a_right_of_reply_that_runs() -> None:
    people = demo.load()
    writer = next(p.user for p in people if p.role == "researcher" and p.office and p.office.name.endswith("Heerlen"))
    drafts = {draft_of(signed_in(writer), current(slug)).pk for slug in ("", OTHER)}
    for _ in range(2):
        start_hearing(people)
    officials = [person for person in people if person.role == "official"]
    assert Hearing.objects.count() == len(officials) == 2
    for official in officials:
        hearing = Hearing.objects.get(municipality=official.municipality)
        assert hearing.items.count() == 3
        assert signed_in(official.user).get(f"/werkplek/wederhoor/{hearing.pk}/").status_code == 200
    assert drafts < set(HearingItem.objects.values_list("version_id", flat=True))
