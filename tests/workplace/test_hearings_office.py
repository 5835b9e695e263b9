"""What both sides of a right of reply are told, and what the office decides in it."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import Error, transaction
from django.test import Client
from django.utils import timezone
from django.utils.formats import date_format

from findings.models import FindingVersion
from focusareas.models import AuditOffice, Municipality
from nplv_portal.lib.versions import Stage
from nplv_portal.workplace import work
from nplv_portal.workplace.kinds import BY_SLUG
from nplv_portal.workplace.models import Hearing, Reaction, WorkEvent
from recommendations.models import Recommendation, RecommendationVersion, Reply
from tests.bad_input import Page
from tests.test_pdfs import words_of
from tests.workplace.people import person, signed_in
from tests.workplace.test_hearings import OTHER, fields, form_of, sent, taken_up, two_texts, typing
from tests.workplace.test_life import current, draft_of, move, publish, save

pytestmark = pytest.mark.django_db
AFTERWORD = "Wij namen het jaartal over."


@pytest.fixture
def ans() -> Client:
    return signed_in(person("ans", "researcher"))


@pytest.fixture
def ofa() -> Client:
    return signed_in(person("ofa", "official"))


@pytest.fixture
def cis() -> Client:
    return signed_in(person("cis", "secretary"))


def page_of(reader: Client, hearing: Hearing, rest: str = "") -> str:
    return reader.get(f"/werkplek/wederhoor/{hearing.pk}/{rest}").content.decode()


def react(official: Client, hearing: Hearing, text: str = "Het jaartal klopt niet.") -> None:
    """To the first text."""
    item = hearing.items.order_by("pk")[0]
    official.post(f"/werkplek/wederhoor/{hearing.pk}/reageer/", typing(item, text, send=True))


def answer(writer: Client, hearing: Hearing, **more: str) -> Any:
    item = hearing.items.order_by("pk")[0]
    data = typing(item, AFTERWORD, 1) | more
    return writer.post(f"/werkplek/wederhoor/{hearing.pk}/nawoord/", data)


# The afterword


def test_an_afterword_is_the_offices_own_until_it_is_sent_and_then_stands(ans: Client, ofa: Client) -> None:
    hearing = sent(ans)
    react(ofa, hearing)
    answer(ans, hearing)
    sides = (page_of(ofa, hearing), page_of(ofa, hearing, "reacties.csv"))
    assert AFTERWORD in page_of(ans, hearing)
    assert all(AFTERWORD not in side for side in sides)
    paper = ofa.get(f"/werkplek/wederhoor/{hearing.pk}/wederhoor.pdf").content
    assert AFTERWORD.replace(" ", "") not in words_of(paper)
    answer(ans, hearing, stuur="1")
    assert AFTERWORD in page_of(ofa, hearing)
    assert AFTERWORD in page_of(ofa, hearing, "reacties.csv")
    late = ans.post(f"/werkplek/wederhoor/{hearing.pk}/nawoord/", typing(hearing.items.get(), "Toch anders.", 2))
    assert late.status_code == 409
    assert "Toch anders." in late.content.decode()
    with pytest.raises(Error), transaction.atomic():
        Reaction.objects.update(answer="Toch anders.")
    assert "Nawoord gestuurd door Ans: één nawoord" in page_of(ans, hearing)


def test_once_taken_up_the_afterword_lives_in_what_becomes_public_alone(ans: Client, ofa: Client, cis: Client) -> None:
    reply = taken_up(ans, "Het jaartal klopt niet.")
    hearing = Hearing.objects.get()
    page = page_of(ans, hearing)
    assert "<textarea" not in page
    assert f'href="/werkplek/gegevens/reacties/{reply.pk}/"' in page
    item = hearing.items.get()
    late = ans.post(f"/werkplek/wederhoor/{hearing.pk}/nawoord/", typing(item, "Een oude bladzijde.", 2))
    assert late.status_code == 409
    assert "Verander het nawoord daar" in late.content.decode()
    assert "Een oude bladzijde." in late.content.decode()
    save(ans, reply, "reacties", afterword="De nieuwste woorden.")
    assert "De nieuwste woorden." in page_of(ans, hearing)
    assert "De nieuwste woorden." not in page_of(ofa, hearing)
    move(ans, reply, "ter-beoordeling", kind="reacties")
    move(signed_in(person("bob", "researcher")), reply, "goedkeuren", kind="reacties")
    publish(cis, reply, kind="reacties")
    for side in (page_of(ans, hearing), page_of(ofa, hearing)):
        assert "De nieuwste woorden." in side
        assert "openbaar, zoals lezers het zien" in side
    assert f'href="/bevindingen/{current().record.slug}/"' in page_of(ofa, hearing)
    assert "De nieuwste woorden." in Client().get(f"/bevindingen/{current().record.slug}/").content.decode()


def test_nothing_is_sent_where_no_afterword_is_written(ans: Client, ofa: Client) -> None:
    hearing = sent(ans)
    react(ofa, hearing)
    response = ans.post(f"/werkplek/wederhoor/{hearing.pk}/nawoord/", {"stuur": "1"})
    assert response.status_code == 409
    assert "Er is geen nawoord dat u nog kunt sturen." in response.content.decode()


# Closing and opening again


def test_who_closes_reads_first_what_is_lost(ans: Client, ofa: Client) -> None:
    hearing = two_texts(ans)
    react(ofa, hearing)
    first, second = hearing.items.order_by("pk")
    page = page_of(ans, hearing, "sluit/")
    assert "nog 14 dagen" in page
    assert second.title in page
    assert first.title not in page
    assert Hearing.objects.get().is_open
    assert f'action="/werkplek/wederhoor/{hearing.pk}/sluit/"' not in page_of(ans, hearing)
    ans.post(f"/werkplek/wederhoor/{hearing.pk}/sluit/")
    assert not Hearing.objects.get().is_open
    assert "Gesloten door Ans" in page_of(ans, hearing)


def test_an_official_reads_who_closed_it_when_and_whom_to_turn_to(ans: Client, ofa: Client) -> None:
    person("cis", "secretary")
    hearing = sent(ans)
    ofa.post(f"/werkplek/wederhoor/{hearing.pk}/reageer/", typing(hearing.items.get(), "Een concept."))
    ans.post(f"/werkplek/wederhoor/{hearing.pk}/sluit/")
    page = page_of(ofa, hearing)
    assert f"Gesloten door de rekenkamer op {date_format(timezone.localdate(), 'j F Y')}" in page
    assert "Een concept." in page
    assert "de rekenkamer heeft dit niet gelezen" in page
    assert "om het weer open te zetten: Cis." in page


@pytest.mark.parametrize("ended", [{"closed_at": timezone.now()}, {"deadline": timezone.localdate() - timedelta(1)}])
def test_only_the_secretary_opens_it_again_with_a_day_to_come(
    ended: dict[str, Any], ans: Client, ofa: Client, cis: Client
) -> None:
    hearing = sent(ans)
    Hearing.objects.update(**ended)
    address = f"/werkplek/wederhoor/{hearing.pk}/open/"
    day = timezone.localdate() + timedelta(days=7)
    assert ans.post(address, {"deadline": day.isoformat()}).status_code == 403
    assert address not in page_of(ans, hearing)
    assert address in page_of(cis, hearing)
    past = cis.post(address, {"deadline": (timezone.localdate() - timedelta(days=1)).isoformat()})
    assert (past.status_code, Hearing.objects.get().is_open) == (422, False)
    assert cis.post(address, {"deadline": day.isoformat()}).status_code == 302
    now = Hearing.objects.get()
    assert (now.is_open, now.deadline) == (True, day)
    assert f"Weer opengezet door Cis: tot en met {date_format(day, 'j F Y')}" in page_of(ans, hearing)
    react(ofa, hearing)
    assert Reaction.objects.get().sent_at


# What the office is told


def test_the_desk_and_the_list_say_that_a_reaction_came_in_until_it_is_answered(ans: Client, ofa: Client) -> None:
    hearing = two_texts(ans)
    told = "Reactie van Heerlen binnen: 1 van 2 teksten"
    assert told not in ans.get("/werkplek/").content.decode()
    react(ofa, hearing)
    assert told in ans.get("/werkplek/").content.decode()
    assert "1 van 2 ontvangen" in ans.get("/werkplek/wederhoor/").content.decode()
    assert told not in signed_in(person("eva", "researcher", "arnhem")).get("/werkplek/").content.decode()
    answer(ans, hearing)
    assert told in ans.get("/werkplek/").content.decode()
    answer(ans, hearing, stuur="1")
    assert told not in ans.get("/werkplek/").content.decode()


def test_a_reaction_that_is_taken_up_waits_no_more(ans: Client) -> None:
    taken_up(ans, "Het jaartal klopt niet.")
    assert "Reactie van Heerlen binnen" not in ans.get("/werkplek/").content.decode()


def approved(writer: Client, hearing: Hearing) -> Any:
    """The text of that hearing, brought as far as its publication."""
    kind = BY_SLUG["bevindingen"]
    text = kind.versions.get(pk=hearing.items.order_by("pk")[0].version_id)
    for what, who in (("ter-beoordeling", writer), ("goedkeuren", signed_in(person("bob", "researcher")))):
        move(who, text, what)
    return kind.versions.get(pk=text.pk)


def checked(secretary: Client, *texts: Any) -> str:
    marks = [f"{'reacties' if isinstance(t, Reply) else 'bevindingen'}-{t.pk}-{t.edition}" for t in texts]
    return secretary.post("/werkplek/publiceren/", {"tekst": marks, "nakijken": "1"}).content.decode()


def test_who_publishes_is_warned_of_a_right_of_reply_that_runs(ans: Client, ofa: Client, cis: Client) -> None:
    hearing = sent(ans)
    text = approved(ans, hearing)
    told = f"Over deze tekst loopt nog wederhoor tot en met {date_format(hearing.deadline, 'j F Y')}"
    assert told in checked(cis, text)
    assert "loopt nog tot en met" in ans.get(f"/werkplek/gegevens/bevindingen/{text.pk}/").content.decode()
    react(ofa, hearing)
    page = checked(cis, text)
    assert told not in page
    assert "Van die reactie is niets opgenomen in de publicatie." in page
    read = ans.get(f"/werkplek/gegevens/bevindingen/{text.pk}/").content.decode()
    assert "Heerlen reageerde op" in read
    assert f'href="/werkplek/wederhoor/{hearing.pk}/#tekst-{hearing.items.get().pk}"' in read
    publish(cis, text)
    text.refresh_from_db()
    assert text.stage == Stage.PUBLISHED  # a warning, not a refusal


def test_who_publishes_is_warned_of_a_reaction_that_is_not_chosen(ans: Client, cis: Client) -> None:
    reply = taken_up(ans, "Het jaartal klopt niet.")
    text = approved(ans, Hearing.objects.get())
    assert "die is nog niet goedgekeurd" in checked(cis, text)
    move(ans, reply, "ter-beoordeling", kind="reacties")
    move(signed_in(person("bep", "researcher")), reply, "goedkeuren", kind="reacties")
    reply.refresh_from_db()
    told = "Een reactie hierop is goedgekeurd en is niet gekozen."
    assert told in checked(cis, text)
    assert told not in checked(cis, text, reply)
    nowhere = "Tot dan leest niemand de reactie."
    assert nowhere not in checked(cis, reply)  # an earlier version of the finding is public
    for public in FindingVersion.objects.as_of(timezone.now()).filter(record=text.record):
        public.withdraw(at=timezone.now(), reason="Verwisseld.")
    assert nowhere in checked(cis, reply)
    assert nowhere not in checked(cis, text, reply)


def test_who_reviews_a_reaction_reads_the_text_that_it_is_about(ans: Client) -> None:
    reply = taken_up(ans, "Het jaartal klopt niet.")
    item = Hearing.objects.get().items.get()
    page = signed_in(person("bob", "researcher")).get(f"/werkplek/gegevens/reacties/{reply.pk}/").content.decode()
    assert "Dit concept is geheim." in page
    assert f'href="/werkplek/gegevens/bevindingen/{item.version_id}/"' in page


def test_what_a_colleague_writes_is_not_given_on_by_who_only_reads(ans: Client, cis: Client) -> None:
    version = draft_of(ans, current())
    page = f"/werkplek/gegevens/bevindingen/{version.pk}/"
    assert "Geef ter beoordeling" in ans.get(page).content.decode()
    read = cis.get(page).content.decode()
    assert "Geef ter beoordeling" not in read
    assert "Dan schrijft u mee" in read


def test_who_gives_on_a_text_with_an_open_remark_hears_that_it_still_needs_an_answer(ans: Client, cis: Client) -> None:
    version = draft_of(ans, current())
    save(ans, version, text="Nieuw.", erratum="Anders.")
    move(ans, version, "ter-beoordeling")
    move(cis, version, "teruggeven", note="Welk jaar?")
    said = move(ans, version, "ter-beoordeling")
    assert "Beantwoord nog wel de opmerking" in said.content.decode()


# What the official is told


def test_an_official_reads_before_sending_which_texts_go_and_that_they_may_become_public(
    ans: Client, ofa: Client
) -> None:
    hearing = two_texts(ans)
    assert "openbaar maken als reactie van Heerlen" in page_of(ofa, hearing)
    form = form_of(ofa, hearing, "reageer/")
    first, second = fields(form)
    asked = ofa.post(form.action, form.values | {first: "Klopt.", "nakijken": "alle"})
    assert asked.status_code == 302
    assert not Reaction.objects.get().sent_at
    one, other = hearing.items.order_by("pk")
    check = ofa.get(asked["Location"])
    page = check.content.decode()
    assert "Klopt." in page
    assert one.title in page
    assert other.title not in page
    assert "openbaar maken als reactie van Heerlen" in page
    confirmed = Page(check).form("reageer/")
    done = ofa.post(confirmed.action, confirmed.values | {"verstuur": "alle"}, follow=True)
    assert Reaction.objects.get().sent_at
    assert "Verstuurd: één reactie.<" in done.content.decode()  # and nothing about a rest that is not there
    assert done.redirect_chain == [(f"/werkplek/wederhoor/{hearing.pk}/", 302)]
    empty = ofa.post(form.action, {second: " ", "nakijken": second.removeprefix("text-")})
    assert empty.status_code == 409


def test_what_a_colleague_changes_while_one_checks_is_not_sent(ans: Client, ofa: Client) -> None:
    hearing = sent(ans)
    form = form_of(ofa, hearing, "reageer/")
    (name,) = form.typed
    asked = ofa.post(form.action, form.values | {name: "Klopt.", "nakijken": "alle"})
    confirmed = Page(ofa.get(asked["Location"])).form("reageer/")
    oto = signed_in(person("oto", "official"))
    oto.post(form.action, typing(hearing.items.get(), "Klopt niet.", 1))
    assert ofa.post(confirmed.action, confirmed.values | {"verstuur": "alle"}).status_code == 409
    assert not Reaction.objects.get().sent_at


def test_the_pages_of_an_official_say_what_was_sent_and_that_it_is_not_public(ans: Client, ofa: Client) -> None:
    hearing = two_texts(ans)
    page = page_of(ofa, hearing)
    assert "Niet openbaar." in page
    assert "Bevinding: " in page
    react(ofa, hearing)
    assert "1 van 2 verstuurd" in ofa.get("/werkplek/wederhoor/").content.decode()
    assert "U verstuurde 1 van 2 reacties." in ofa.get("/griffie/").content.decode()
    second = hearing.items.order_by("pk")[1]
    ofa.post(f"/werkplek/wederhoor/{hearing.pk}/reageer/", typing(second, "Klopt.", send=True))
    listed = ofa.get("/werkplek/wederhoor/").content.decode()
    assert f"alles verstuurd op {date_format(timezone.localdate(), 'j F Y')}" in listed
    assert "reageren tot en met" not in listed
    assert "Deel de teksten niet" in listed
    assert "Deel de teksten niet" not in ans.get("/werkplek/wederhoor/").content.decode()


def test_an_official_hears_of_an_afterword_and_of_what_is_public_on_the_own_page(
    ans: Client, ofa: Client, cis: Client
) -> None:
    told = "antwoordde op uw reactie"
    reply = taken_up(ans, "Het jaartal klopt niet.")
    assert told not in ofa.get("/griffie/").content.decode()
    move(ans, reply, "ter-beoordeling", kind="reacties")
    move(signed_in(person("bob", "researcher")), reply, "goedkeuren", kind="reacties")
    publish(cis, reply, kind="reacties")
    assert told in ofa.get("/griffie/").content.decode()
    assert told not in ans.get("/griffie/").content.decode()


# Sending texts out


def test_the_texts_stand_by_municipality_and_the_refusal_names_the_wrong_one() -> None:
    both, (findings, recommendations) = person("ans", "researcher"), (BY_SLUG["bevindingen"], BY_SLUG["aanbevelingen"])
    AuditOffice.objects.get(slug="rekenkamer-heerlen").municipalities.add(Municipality.objects.get(slug="arnhem"))
    writer, public = signed_in(both), FindingVersion.objects.as_of(timezone.now())
    finding = work.start_next(
        findings, public.filter(record__focus_area__municipality__slug="arnhem").order_by("pk")[0], by=both
    )
    advised = RecommendationVersion.objects.as_of(timezone.now()).order_by("pk")
    umbrella, advice = (
        work.start_next(recommendations, advised.filter(record__kind=kind)[0], by=both)
        for kind in (Recommendation.Kind.UMBRELLA, Recommendation.Kind.LOCAL)
    )
    page = writer.get("/werkplek/wederhoor/nieuw/").content.decode()
    named = f"Aanbeveling {advice.record.number}: {advice.title}"  # type: ignore[attr-defined]
    title = findings.title(finding)
    assert (
        page.index("Teksten over Arnhem") < page.index(title) < page.index("Teksten over Heerlen") < page.index(named)
    )
    assert f"aanbevelingen-{umbrella.pk}" not in page  # that goes to no municipality in particular
    response = writer.post(
        "/werkplek/wederhoor/nieuw/",
        {
            "municipality": Municipality.objects.get(slug="heerlen").pk,
            "kind": "official",
            "deadline": timezone.localdate().isoformat(),
            "tekst": [f"bevindingen-{finding.pk}", f"aanbevelingen-{advice.pk}"],
        },
    )
    assert response.status_code == 422
    said = response.content.decode()
    assert f"U stuurt aan Heerlen. Dit gaat daar niet over: bevinding {title} (Arnhem)." in said
    assert "Ambtelijk: kloppen de feiten?" in said


@pytest.mark.parametrize("has_reader", [True, False])
def test_the_office_reads_who_gets_it_before_it_is_sent(has_reader: bool, ans: Client) -> None:
    draft = draft_of(ans, current(OTHER))
    if has_reader:
        person("ofa", "official")
    data = {
        "municipality": draft.record.focus_area.municipality_id,
        "kind": "official",
        "deadline": timezone.localdate().isoformat(),
        "tekst": [f"bevindingen-{draft.pk}"],
        "ongezien": "1",
    }
    check = ans.post("/werkplek/wederhoor/nieuw/", data | {"nakijken": "1"})
    assert check.status_code == 200
    page = check.content.decode()
    assert ("Ofa. Het portaal stuurt geen e-mail" in page) is has_reader
    assert ("Nog niemand: geen ambtenaar van Heerlen heeft een account." in page) is not has_reader
    assert not Hearing.objects.exists()
    form = Page(check).form()
    assert ans.post("/werkplek/wederhoor/nieuw/", form.values | {"terug": "1"}).status_code == 200
    assert not Hearing.objects.exists()
    assert ans.post("/werkplek/wederhoor/nieuw/", form.values).status_code == 302
    assert Hearing.objects.get().items.get().version_id == draft.pk


def test_what_happens_with_a_right_of_reply_is_logged(ans: Client, cis: Client) -> None:
    hearing = sent(ans)
    ans.post(f"/werkplek/wederhoor/{hearing.pk}/sluit/")
    cis.post(f"/werkplek/wederhoor/{hearing.pk}/open/", {"deadline": timezone.localdate().isoformat()})
    logged = WorkEvent.objects.filter(kind="wederhoor", version_id=hearing.pk).order_by("pk")
    assert [event.what for event in logged] == ["closed", "reopened"]
