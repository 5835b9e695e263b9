"""What stopped people who came to the workplace without a manual, and does not any more."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from findings.models import AuditRound, FindingVersion
from focusareas.models import AuditOffice, Municipality
from nplv_portal.accounts.models import User
from nplv_portal.lib.versions import ReleaseRefusedError, Stage, Version
from nplv_portal.sources.models import Document
from nplv_portal.workplace import work
from nplv_portal.workplace.desk import Desk, sheets
from nplv_portal.workplace.forms import Editor
from nplv_portal.workplace.kinds import BY_SLUG, KINDS
from nplv_portal.workplace.models import WorkEvent
from tests.conftest import forget_pages
from tests.test_permission import text_in
from tests.workplace.people import person, signed_in
from tests.workplace.steps import page_of

pytestmark = pytest.mark.django_db
BEVINDINGEN = BY_SLUG["bevindingen"]
Authors = tuple[User, User, User]
PUBLISH, DOCUMENTS = "/werkplek/publiceren/", "/werkplek/bronnen/nieuw/"
NEW_DOCUMENT = {
    "title": "Brief aan de raad",
    "kind": "collegebrief",
    "publisher": "Gemeente Heerlen",
    "published": "2026-03",
}


@pytest.fixture
def authors() -> Authors:
    return person("schrijver", "researcher"), person("lezer", "researcher"), person("baas", "secretary")


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def root(version: Version) -> str:
    return f"/werkplek/gegevens/bevindingen/{version.pk}/"


def mark(version: Version) -> str:
    return f"bevindingen-{version.pk}-{version.edition}"


def unapproved(version: Version) -> Version:
    """Approved by nobody, as only data from elsewhere can be."""
    type(version)._default_manager.filter(pk=version.pk).update(approved_by=None)
    version.refresh_from_db()
    return version


def another(authors: Authors, number: int) -> Version:
    """Another finding of Heerlen, approved."""
    public = BEVINDINGEN.versions.as_of(timezone.now()).filter(record__focus_area__slug="heerlen-noord")
    version = work.start_next(BEVINDINGEN, public.order_by("-pk")[number], by=authors[0])
    type(version)._default_manager.filter(pk=version.pk).update(erratum="Verbeterd.")
    version.refresh_from_db()
    work.submit(BEVINDINGEN, version, by=authors[0])
    work.approve(BEVINDINGEN, version, by=authors[1])
    return version


# --- Publishing ---


def test_a_text_that_nobody_approved_stops_the_release_and_is_named(authors: Authors) -> None:
    good, bad = another(authors, 0), unapproved(text_in("approved", authors))
    response = signed_in(authors[2]).post(PUBLISH, {"tekst": [mark(good), mark(bad)]})
    assert response.status_code == 422
    [(item, why)] = response.context["reasons"]
    assert (item.version.pk, "Niemand keurde deze tekst goed" in why) == (bad.pk, True)
    assert {FindingVersion.objects.get(pk=v.pk).stage for v in (good, bad)} == {Stage.APPROVED}


def test_what_the_database_refuses_is_said_too(authors: Authors, monkeypatch: pytest.MonkeyPatch) -> None:
    version = unapproved(text_in("approved", authors))
    monkeypatch.setattr(Version, "release", lambda self, *, at, by: self.publish(at=at, by=by))
    with pytest.raises(ReleaseRefusedError, match="houdt zich niet aan een regel"):
        work.release([(BEVINDINGEN, version)], at=timezone.now(), by=authors[2])


def test_nothing_is_ticked_but_the_text_one_came_from_until_one_asks_for_all(authors: Authors) -> None:
    first, second = text_in("approved", authors), another(authors, 0)
    cis = signed_in(authors[2])
    assert cis.get(PUBLISH).context["chosen"] == set()
    assert f"{PUBLISH}?tekst={mark(first)}" in cis.get(root(first)).content.decode()
    assert text_of(cis.get(f"{PUBLISH}?tekst={mark(first)}")).count(" checked>") == 1
    assert cis.get(f"{PUBLISH}?kies=alles").context["chosen"] == {mark(first), mark(second)}
    [pile] = cis.get(PUBLISH).context["piles"]
    assert cis.get(PUBLISH, {"kies": pile.key}).context["chosen"] == {mark(first), mark(second)}


def test_who_publishes_reads_first_what_becomes_public_and_afterwards_where(authors: Authors) -> None:
    version, cis = text_in("approved", authors), signed_in(authors[2])
    response = cis.post(PUBLISH, {"tekst": [mark(version)], "nakijken": "1"})
    assert response.status_code == 200
    assert "U maakt één tekst openbaar" in text_of(response)
    assert BEVINDINGEN.title(version) in text_of(response)
    assert FindingVersion.objects.get(pk=version.pk).stage == Stage.APPROVED
    response = cis.post(PUBLISH, {"tekst": [mark(version)], "wanneer": ""})
    page = cis.get(response["Location"]).content.decode()
    assert f"/bevindingen/{version.record.slug}/" in page  # type: ignore[attr-defined]
    for wrong in ("gisteren", "2026-01-01", "0001-01-01T00:00:00+14:00", "\x00"):
        assert cis.get(PUBLISH, {"gedaan": wrong}).status_code == 200


def test_every_public_text_has_a_page_to_read_it_on(authors: Authors) -> None:
    """The links of the workplace lead somewhere, for each kind."""
    forget_pages()
    for kind in KINDS:
        for version in kind.versions.as_of(timezone.now()).order_by("pk")[:2]:
            assert Client().get(kind.page(version)).status_code == 200, (kind.slug, kind.page(version))


def test_a_secretary_who_wrote_reads_beforehand_and_afterwards_who_can_publish(authors: Authors) -> None:
    cis = signed_in(authors[2])
    public = BEVINDINGEN.versions.as_of(timezone.now()).filter(record__focus_area__slug="heerlen-noord")[0]
    assert "U bent de enige secretaris." in text_of(cis.get(root(public)))
    version = work.start_next(BEVINDINGEN, public, by=authors[2])
    FindingVersion.objects.filter(pk=version.pk).update(erratum="Verbeterd.")
    version.refresh_from_db()
    work.submit(BEVINDINGEN, version, by=authors[2])
    work.approve(BEVINDINGEN, version, by=authors[1])
    assert "Nu kan niemand deze tekst publiceren." in text_of(cis.get(root(version)))
    sien = person("sien", "secretary")
    assert "kan worden gepubliceerd door Sien" in text_of(cis.get(root(version)))
    person("xandra", "secretary", "arnhem")
    assert "Xandra" not in text_of(cis.get(root(version)))
    assert "Uw verbetering kan worden gepubliceerd door: Sien" in text_of(cis.get(root(public)))
    assert version.pk not in [i.version.pk for pile in cis.get(PUBLISH).context["piles"] for i in pile.items]
    assert signed_in(sien).post(PUBLISH, {"tekst": [mark(version)]}).status_code == 302


# --- Documents ---


def test_a_researcher_adds_a_document_and_comes_back_with_it_chosen(authors: Authors) -> None:
    ans, version = signed_in(authors[0]), text_in("draft", authors)
    response = ans.post(f"{DOCUMENTS}?terug={root(version)}schrijf/", NEW_DOCUMENT)
    made = Document.objects.get(title="Brief aan de raad")
    assert response["Location"] == f"{root(version)}schrijf/?document={made.slug}"
    assert f'<option value="{made.pk}" selected>' in ans.get(response["Location"]).content.decode()
    event = WorkEvent.objects.get(kind="document", version_id=made.pk)
    assert (event.by, event.content["Datum"]) == (authors[0], "maart 2026")
    elsewhere = signed_in(person("eva", "researcher", "arnhem"))
    assert "Brief aan de raad" in text_of(elsewhere.get("/werkplek/bronnen/"))


@pytest.mark.parametrize("slug", ["\x00", "bestaat-niet", "'", "a" * 3000])
def test_a_document_that_is_not_there_is_not_chosen(slug: str, authors: Authors) -> None:
    version = text_in("draft", authors)
    assert signed_in(authors[0]).get(f"{root(version)}schrijf/", {"document": slug}).status_code == 200


def test_the_way_back_leads_nowhere_but_to_the_workplace(authors: Authors) -> None:
    ans = signed_in(authors[0])
    for number, away in enumerate(
        (
            "https://kwaad.example/",
            "//kwaad.example/werkplek/",
            "/uitloggen/",
            f"/werkplek/{'a' * 300}/",
            "/werkplek/\\\\kwaad",
        )
    ):
        response = ans.post(f"{DOCUMENTS}?terug={away}", NEW_DOCUMENT | {"title": f"Brief {number}"})
        assert response["Location"].startswith("/werkplek/")


@pytest.mark.parametrize(
    ("typed", "field", "what"),
    [
        ({"title": " BRIEF  aan de raad "}, "title", "staat al in de lijst"),
        ({"title": "Een andere brief", "url": "https://heerlen.example/brief"}, "url", "staat al in de lijst"),
        ({"title": ""}, "title", "verplicht"),
        ({"title": "a" * 301}, "title", "300"),
        ({"title": "nul\x00"}, "title", ""),
        ({"published": "2026-13"}, "published", "geen datum"),
        ({"kind": "roman"}, "kind", ""),
        ({"url": "javascript:alert(1)"}, "url", ""),
        ({"url": "ftp://heerlen.example/"}, "url", ""),
    ],
)
def test_what_is_wrong_with_a_document_is_said_and_nothing_is_added(
    typed: dict[str, str], field: str, what: str, authors: Authors
) -> None:
    ans = signed_in(authors[0])
    assert ans.post(DOCUMENTS, NEW_DOCUMENT | {"url": "https://heerlen.example/brief"}).status_code == 302
    before = Document.objects.count()
    response = ans.post(DOCUMENTS, NEW_DOCUMENT | typed)
    assert response.status_code == 422
    assert what in " ".join(response.context["form"].errors[field])
    assert Document.objects.count() == before


def test_a_document_can_be_improved_until_something_public_names_it(authors: Authors) -> None:
    ans, version = signed_in(authors[0]), text_in("approved", authors)
    ans.post(DOCUMENTS, NEW_DOCUMENT)
    made = Document.objects.get(title="Brief aan de raad")
    page = f"/werkplek/bronnen/document/{made.slug}/"
    assert ans.post(page, NEW_DOCUMENT | {"title": "Brief over het plan"}).status_code == 302
    version.citations.create(source=made.sources.create(place="Bladzijde 1"))  # type: ignore[attr-defined]
    assert ans.post(page, NEW_DOCUMENT | {"title": "Brief over het geld"}).status_code == 302
    work.release([(BEVINDINGEN, version)], at=timezone.now(), by=authors[2])
    assert "Dit ligt vast" in text_of(ans.get(page))
    assert ans.post(page, NEW_DOCUMENT | {"title": "Brief over niets"}).status_code == 409
    made.refresh_from_db()
    assert made.title == "Brief over het geld"
    assert ans.post("/werkplek/bronnen/document/S0/", NEW_DOCUMENT).status_code == 409


# --- Rounds ---


def test_a_round_moves_on_only_after_saying_for_whom_and_goes_back_until_the_next_begins(authors: Authors) -> None:
    cis, round_ = signed_in(authors[2]), AuditRound.objects.get(slug="start-2023-2025")
    AuditRound.objects.filter(pk=round_.pk).update(status="running", published_at=None)
    FindingVersion.objects.filter(record__round_aspect__round=round_, record__focus_area__slug="heerlen-noord")[
        0
    ].withdraw(at=timezone.now(), reason="Klopte niet.")
    forward, back = "/werkplek/ronden/start-2023-2025/verder/", "/werkplek/ronden/start-2023-2025/terug/"
    page = text_of(cis.get(forward))
    assert "Rekenkamer Heerlen: <strong>1 van" in page
    assert "Rekenkamer Arnhem" in page
    assert "terugdraaien tot de volgende ronde begint" in page
    round_.refresh_from_db()
    assert round_.status == "running"
    cis.post(forward, {"van": "running"})
    round_.refresh_from_db()
    assert round_.status == "published"
    cis.post(back)
    round_.refresh_from_db()
    assert round_.status == "running"
    cis.post(forward, {"van": "running"})
    later = AuditRound.objects.get(number=2)
    entry = round_.round_aspects.all()[0]
    entry.pk, entry.round = None, later
    entry.save()
    assert "Terug kan niet meer" in text_of(cis.get(back))
    assert "bouwt op deze ronde voort" in text_of(cis.post(back, follow=True))
    round_.refresh_from_db()
    assert round_.status == "published"


# --- The desk and the form ---


def test_the_desk_asks_nobody_to_review_what_they_wrote(authors: Authors) -> None:
    version = text_in("in_review", authors)
    writer, reviewer = Desk.of(authors[0]), Desk.of(authors[1])
    assert [item.version.pk for item in writer.to_review] == []
    assert [item.version.pk for item in writer.handed_in] == [version.pk]
    [item] = reviewer.to_review
    assert (item.version.pk, item.author, item.place) == (version.pk, "Schrijver", "Heerlen")
    assert item.since is not None


@pytest.mark.parametrize("stage", ["draft", "in_review", "approved"])
def test_a_remark_comes_before_everything_else(stage: str, authors: Authors) -> None:
    version = text_in(stage, authors)
    work.remark(BEVINDINGEN, version, by=authors[1], note="Waar staat dit?")
    desk = Desk.of(authors[0])
    assert [item.version.pk for item in desk.asked] == [version.pk]
    assert desk.drafts == desk.handed_in == []


def turns(user: User) -> dict[str, list[str]]:
    """List → what is said at each of its texts."""
    desk = Desk.of(user)
    lists = {"asked": desk.asked, "to_review": desk.to_review, "unanswered": desk.unanswered}
    return {name: [item.turn for item in items] for name, items in lists.items() if items}


def test_each_sees_whose_turn_it_is(authors: Authors) -> None:
    version, (writer, reviewer, _) = text_in("in_review", authors), authors
    made = work.remark(BEVINDINGEN, version, by=reviewer, note="Waar staat dit?")
    assert turns(writer) == {"asked": ["1 opmerking te beantwoorden"]}
    assert turns(reviewer) == {"unanswered": ["1 opmerking wacht op antwoord van de schrijver"]}
    page = text_of(signed_in(reviewer).get(root(version)))
    assert "1 opmerking wacht op antwoord van de schrijver" in page
    assert "Keur goed" not in page
    work.answer(BEVINDINGEN, version, made, by=writer, note="Op bladzijde 3.")
    assert turns(writer) == {}
    assert turns(reviewer) == {"to_review": ["opmerking beantwoord"]}
    assert "Keur goed" in text_of(signed_in(reviewer).get(root(version)))


def test_what_was_answered_is_reviewed_first(authors: Authors) -> None:
    version = text_in("in_review", authors)
    work.answer(
        BEVINDINGEN,
        version,
        work.remark(BEVINDINGEN, version, by=authors[1], note="Waar?"),
        by=authors[0],
        note="Bladzijde 3.",
    )
    public = BEVINDINGEN.versions.as_of(timezone.now()).filter(record__focus_area__slug="heerlen-noord")
    later = work.start_next(BEVINDINGEN, public.order_by("-pk")[0], by=authors[0])
    FindingVersion.objects.filter(pk=later.pk).update(stage=Stage.IN_REVIEW)
    assert [item.version.pk for item in Desk.of(authors[1]).to_review] == [version.pk, later.pk]


def test_the_desk_tells_a_correction_from_a_new_text(authors: Authors) -> None:
    text_in("in_review", authors)
    assert "In beoordeling, verbetering (versie 2)" in text_of(signed_in(authors[1]).get("/werkplek/"))


def test_what_was_published_is_on_the_desk_to_be_corrected(authors: Authors) -> None:
    assert Desk.of(authors[0]).published == []  # what came with the portal, nobody here published
    version = text_in("published", authors)
    page = signed_in(authors[0]).get("/werkplek/").content.decode()
    assert f'href="{root(version)}"' in page.partition('id="gepubliceerd"')[2].partition("</section>")[0]
    assert "erratum" in page
    assert Desk.of(person("eva", "researcher", "arnhem")).published == []


def test_the_desk_says_how_far_a_round_is_in_numbers_that_add_up(authors: Authors) -> None:
    latest = sheets(authors[0])[0]
    assert latest.progress == f"{len(latest.cells)} van {len(latest.cells)} aspecten begonnen: 13 gepubliceerd"
    text_in("in_review", authors)
    another(authors, 0)
    start_elsewhere = "13 van 13 aspecten begonnen: 11 gepubliceerd, 1 goedgekeurd, 1 in beoordeling"
    assert sheets(authors[0])[0].progress == start_elsewhere
    empty_cell()
    assert sheets(authors[0])[0].progress == "0 van 1 aspecten begonnen"


def empty_cell() -> str:
    version = FindingVersion.objects.filter(record__focus_area__slug="heerlen-noord").order_by("-pk")[0]
    entry, area = version.record.round_aspect, version.record.focus_area
    later = AuditRound.objects.get(number=2)
    area.participations.create(
        round=later, audit_office=area.municipality.audit_offices.all()[0], order=1, source=entry.source
    )
    entry.pk, entry.round = None, later
    entry.save()
    return f"/werkplek/ronde/{later.slug}/{area.slug}/{entry.aspect.slug}/"


def page_with(text: str = "", headline: str = "", **typed: str) -> dict[str, str]:
    rows = {"bronnen-TOTAL_FORMS": "2", "bronnen-INITIAL_FORMS": "0"}
    return rows | {"headline": headline, "text": text, "state": "", "state_reason": "", "absence": "", **typed}


def test_half_a_text_is_kept_and_handing_it_in_says_what_is_missing(authors: Authors) -> None:
    ans, cell = signed_in(authors[0]), empty_cell()
    response = ans.post(cell, page_with("Alleen een tekst.", daarna="ter-beoordeling"))
    version = FindingVersion.objects.get(text="Alleen een tekst.")
    assert version.stage == Stage.DRAFT
    page = ans.get(response["Location"]).content.decode()
    assert "Opgeslagen, maar nog niet ter beoordeling gegeven" in page
    for field in ("id_headline", "id_bronnen-0-document"):
        assert f'href="#{field}"' in page
        assert f'id="{field}"' in page
    typed = page_with("Alleen een tekst.", "En nu ook een kernzin", daarna="ter-beoordeling", edition="1")
    source = Document.objects.order_by("pk")[0]
    typed |= {"bronnen-0-document": str(source.pk), "bronnen-0-place": "Bladzijde 3"}
    response = ans.post(f"{root(version)}schrijf/", typed)
    assert response["Location"] == root(version)
    version.refresh_from_db()
    assert version.stage == Stage.IN_REVIEW


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({}, "headline"),
        ({"headline": "Kern", "text": "Tekst", "state": "in_place"}, "state_reason"),
        ({"headline": "Kern", "text": "Tekst", "state_reason": "‘besloot’"}, "state"),
        ({"text": "Tekst", "absence": "no_information"}, "absence"),
    ],
)
def test_what_is_wrong_in_a_finding_leads_to_its_field(typed: dict[str, str], field: str, authors: Authors) -> None:
    response = signed_in(authors[0]).post(empty_cell(), page_with(**typed))
    assert response.status_code == 422
    page = response.content.decode()
    assert f'<a href="#id_{field}">' in page
    assert f'id="id_{field}"' in page
    assert list(response.context["editor"].form.errors) == [field]


def test_one_goes_from_the_form_to_a_new_document_and_loses_nothing(authors: Authors) -> None:
    ans = signed_in(authors[0])
    response = ans.post(empty_cell(), page_with("Een begin.", daarna="document"))
    version = FindingVersion.objects.get(text="Een begin.")
    assert response["Location"].startswith(DOCUMENTS)
    response = ans.post(response["Location"], NEW_DOCUMENT)
    assert response["Location"].startswith(f"{root(version)}schrijf/")


# --- Reviewing ---


def test_a_reviewer_sees_what_changed_since_the_remark_and_answers_no_remark_of_their_own(authors: Authors) -> None:
    version = text_in("in_review", authors)
    bob, ans = signed_in(authors[1]), signed_in(authors[0])
    bob.post(f"{root(version)}teruggeven/", {"note": "Noem het jaar.", "edition": version.edition})
    assert "Uw antwoord" not in text_of(bob.get(root(version)))
    assert "Uw antwoord" in text_of(ans.get(root(version)))
    version.refresh_from_db()
    FindingVersion.objects.filter(pk=version.pk).update(text="In 2026 nam de raad het besluit.")
    version.refresh_from_db()
    work.answer(BEVINDINGEN, version, work.remarks(BEVINDINGEN, version)[0], by=authors[0], note="Gedaan.")
    work.submit(BEVINDINGEN, version, by=authors[0])
    response = bob.get(root(version))
    assert [change.label for change in response.context["since_remark"]] == ["Tekst"]
    assert "Wat er veranderde sinds de opmerking" in text_of(response)


def test_a_remark_stands_above_the_text_for_who_must_answer_it(authors: Authors) -> None:
    version = text_in("in_review", authors)
    work.remark(BEVINDINGEN, version, by=authors[1], note="Noem het jaar.")
    for reader, is_first in ((authors[0], True), (authors[1], False)):
        page = signed_in(reader).get(root(version)).content.decode()
        assert (page.index('id="opmerkingen"') < page.index('id="tekst"')) is is_first
    page = signed_in(authors[0]).get(f"{root(version)}schrijf/").content.decode()
    assert page.index("Noem het jaar.") < page.index('id="id_headline"')
    assert "Uw antwoord" not in page  # a second form, that would leave behind what one writes in the first


def test_who_answers_comes_back_to_the_text_with_the_message_in_sight(authors: Authors) -> None:
    version = text_in("in_review", authors)
    made = work.remark(BEVINDINGEN, version, by=authors[1], note="Noem het jaar.")
    response = signed_in(authors[0]).post(f"{root(version)}opmerking/{made.pk}/", {"note": "Gedaan."})
    assert response["Location"] == root(version)


def test_a_writer_takes_a_text_back_in_one_way_and_writes_on(authors: Authors) -> None:
    version, ans = text_in("in_review", authors), signed_in(authors[0])
    page = text_of(ans.get(root(version)))
    assert "Haal terug om verder te schrijven" in page
    assert "Wijzig zelf" not in page
    response = ans.post(f"{root(version)}teruggeven/", {"edition": version.edition})
    assert response["Location"] == f"{root(version)}schrijf/"
    assert "Teruggehaald." in text_of(ans.get(response["Location"]))


def test_what_one_may_do_stands_before_what_was_done(authors: Authors) -> None:
    page = signed_in(authors[1]).get(root(text_in("in_review", authors))).content.decode()
    assert page.index("Wat u kunt doen") < page.index('id="geschiedenis"')


def test_the_history_says_of_which_version(authors: Authors) -> None:
    version = text_in("published", authors)
    following = work.start_next(BEVINDINGEN, version, by=authors[0])
    page = text_of(signed_in(authors[0]).get(root(following)))
    history = page.partition('id="geschiedenis"')[2]
    assert history.index("Versie 3") < history.index("Versie 2")


def test_saving_to_read_it_leads_to_the_text(authors: Authors) -> None:
    ans, version = signed_in(authors[0]), text_in("draft", authors)
    typed = page_of(BEVINDINGEN, version) | {"text": "Wat ik net typte.", "daarna": "bekijk"}
    response = ans.post(f"{root(version)}schrijf/", typed)
    assert response["Location"] == root(version)
    assert "Wat ik net typte." in text_of(ans.get(root(version)))


@pytest.mark.parametrize(
    ("field", "what"),
    [("state_reason", "Nodig als u een stand kiest."), ("erratum", "Nodig om in te dienen."), ("remark", "Mag leeg.")],
)
def test_a_field_says_when_it_is_needed(field: str, what: str, authors: Authors) -> None:
    editor = Editor(BEVINDINGEN, text_in("draft", authors))
    assert str(editor.form.fields[field].help_text).startswith(what)


def test_a_release_for_later_is_not_called_published(authors: Authors) -> None:
    version, cis = text_in("approved", authors), signed_in(authors[2])
    tomorrow = timezone.localtime() + timedelta(days=1)
    sent = {"tekst": [mark(version)], "wanneer": f"{tomorrow:%Y-%m-%dT%H:%M}"}
    assert f"Klaargezet voor later: {BEVINDINGEN.title(version)}." in text_of(cis.post(PUBLISH, sent, follow=True))


@pytest.mark.parametrize("number", [0, 2])
def test_the_desk_says_which_area_does_not_take_part_and_where_to_add_it(number: int, authors: Authors) -> None:
    told, link = "Nog niet in Startonderzoek", "/werkplek/ronden/start-2023-2025/deelnemers/"
    client = signed_in(authors[number])
    assert told not in text_of(client.get("/werkplek/"))
    municipality = Municipality.objects.get(slug="amsterdam")
    AuditOffice.objects.get(slug="rekenkamer-heerlen").municipalities.add(municipality)
    page = text_of(client.get("/werkplek/"))
    assert f"{told}" in page
    assert str(municipality.areas.order_by("name")[0].name) in page
    assert (link in page) is (number == 2)


def test_the_only_office_is_chosen_beforehand(authors: Authors) -> None:
    page = signed_in(authors[2]).get("/werkplek/ronden/start-2023-2025/deelnemers/")
    assert page.context["form"].initial["office"] == AuditOffice.objects.get(slug="rekenkamer-heerlen").pk
