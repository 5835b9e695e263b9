"""Recording the decision chain: clerks, officials and audit offices of two cities, each their own steps."""

from datetime import date, timedelta
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import Error, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.formats import date_format

from focusareas.models import Municipality
from nplv_portal.accounts.models import Membership
from recommendations.chain import a_year_after
from recommendations.models import OUTCOMES, Evidence, FollowUpEvent, Outcome, RecommendationVersion, Step
from tests.bad_input import Page
from tests.conftest import forget_pages, without_triggers
from tests.workplace.people import person, signed_in

pytestmark = pytest.mark.django_db
ROOT = "/griffie/heerlen/heerlen-2-inzicht-financien/"
PDF = b"%PDF-1.7 besluitenlijst"
TO_CONFIRM = "Voorstel om af te sluiten, te bevestigen door een tweede persoon"


def typed(**values: Any) -> dict[str, Any]:
    return {
        "key": str(uuid4()),
        "happened": "2025-06-01",
        "text": "Zie de lijst.",
        "link": "https://example.nl/1",
    } | values


def events() -> Any:
    return FollowUpEvent.objects.filter(recommendation__slug="heerlen-2-inzicht-financien", entered_by__isnull=False)


def clerk() -> Client:
    return signed_in(person("gea", "clerk"))


def test_a_clerk_records_a_decision_and_the_year_begins() -> None:
    gea = clerk()
    response = gea.post(
        f"{ROOT}decision/", typed(outcome="adopted", happened=timezone.localdate().isoformat()), follow=True
    )
    assert "Genoteerd" in response.content.decode()
    assert response.context["chain"].days_left in {365, 366}
    assert "overgenomen" in Client().get("/aanbevelingen/heerlen-2-inzicht-financien/").content.decode()


def test_the_same_form_sent_twice_is_one_event() -> None:
    gea, data = clerk(), typed(outcome="adopted")
    for _ in range(3):
        assert gea.post(f"{ROOT}decision/", data).status_code == 302
    assert events().count() == 1


def test_one_decision_about_several_recommendations_is_recorded_once() -> None:
    data = typed(outcome="adopted", also=["heerlen-1-rol-netwerksturing", "rol"])
    gea = clerk()
    for _ in range(2):
        gea.post(f"{ROOT}decision/", data)
    about = FollowUpEvent.objects.filter(step="decision").values_list("recommendation__number", flat=True)
    assert sorted(about) == [1, 1, 2]
    for other in ("heerlen-2-inzicht-financien", "bestaat-niet"):
        assert gea.post(f"{ROOT}decision/", typed(outcome="adopted", also=[other])).status_code == 422


def test_the_other_recommendations_are_all_offered_each_with_its_kind() -> None:
    page = clerk().get(f"{ROOT}decision/").content.decode()
    assert "Burgerparticipatie (voor alle raden)" in page
    assert page.index("Monitoring en onderzoek (lokaal)") < page.index("Burgerparticipatie (voor alle raden)")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"link": ""}, "Geef het adres van het stuk"),
        ({"happened": (date.today() + timedelta(days=2)).isoformat()}, "Deze dag moet nog komen"),  # noqa: DTZ011
        ({"happened": "31-02-2025"}, "datum"),
        ({"outcome": "rejected", "text": ""}, "Zeg waarom de aanbeveling niet is overgenomen"),
        ({"outcome": "done"}, "Selecteer een geldige keuze"),
        ({"link": "javascript:alert(1)"}, "geldige URL"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_recorded(wrong: dict[str, str], message: str) -> None:
    response = clerk().post(f"{ROOT}decision/", typed(**{"outcome": "adopted", "text": "Blijft staan."} | wrong))
    assert response.status_code == 422
    assert message in response.content.decode()
    assert wrong.get("text", "Blijft staan.") in response.content.decode()
    assert not events().exists()


@pytest.mark.parametrize(
    ("role", "may"),
    [
        ("clerk", {"position", "decision", "agenda", "extension", "commitment"}),
        ("official", {"reported"}),
        ("researcher", {"afterword", "established", "closing"}),
        ("secretary", {"afterword", "established", "closing"}),
        ("councillor", set()),
        ("administrator", set()),
    ],
)
def test_each_records_the_own_steps_of_the_own_city(role: str, may: set[str]) -> None:
    here, elsewhere = signed_in(person("iemand", role)), signed_in(person("ander", role, "arnhem"))
    steps = [step.value for step in Step]
    assert {step for step in steps if here.get(f"{ROOT}{step}/").status_code == 200} == may
    assert not [step for step in steps if elsewhere.get(f"{ROOT}{step}/").status_code == 200]


def test_a_mistake_is_corrected_by_a_next_line_and_both_stay() -> None:
    gea = clerk()
    gea.post(f"{ROOT}decision/", typed(outcome="adopted"))
    wrong = events().get()
    gea.post(f"/griffie/stap/{wrong.pk}/verbeter/", typed(outcome="partly", text="Alleen het eerste punt."))
    assert [e.outcome for e in events()] == ["adopted", "partly"]
    page = gea.get(ROOT)
    assert page.context["chain"].decision.outcome == Outcome.PARTLY
    assert "verbeterd" in page.content.decode()
    again = gea.post(f"/griffie/stap/{wrong.pk}/verbeter/", typed(outcome="rejected", text="Blijft staan."))
    assert again.status_code == 422
    assert "Een collega verbeterde deze stap intussen" in again.content.decode()
    assert "Blijft staan." in again.content.decode()
    late = gea.get(f"/griffie/stap/{wrong.pk}/verbeter/", follow=True)
    assert late.redirect_chain == [(ROOT, 302)]
    assert "intussen verbeterd of vervallen" in late.content.decode()


RECORDED = {  # step → who records it, and what a form asks besides the usual
    "position": ("clerk", {"outcome": "partly"}),
    "decision": ("clerk", {"outcome": "amended"}),
    "agenda": ("clerk", {}),
    "extension": ("clerk", {"due_on": "2027-03-31"}),
    "commitment": ("clerk", {"due_on": "2027-03-31"}),
    "reported": ("official", {"outcome": "started"}),
    "afterword": ("researcher", {}),
    "established": ("researcher", {"outcome": "unclear"}),
    "closing": ("researcher", {"outcome": "not_implemented"}),
}


@pytest.mark.parametrize("step", RECORDED)
def test_a_correction_begins_with_all_that_stood_there(step: str) -> None:
    role, more = RECORDED[step]
    clerk().post(f"{ROOT}decision/", typed(outcome="adopted", happened="2025-05-01"))
    client, said = signed_in(person("rik", role)), typed(**more)
    assert client.post(f"{ROOT}{step}/", said).status_code == 302
    form = Page(client.get(f"/griffie/stap/{events().latest('pk').pk}/verbeter/")).form().values
    assert {"happened", "text", "link"} <= form.keys()
    expected = said | {name: [value] for name, value in said.items() if name == "outcome"} | {"key": form["key"]}
    assert {name: form.get(name) for name in expected} == expected
    assert not [name for name, value in form.items() if not value and name != "csrfmiddlewaretoken"]


def test_what_was_recorded_by_mistake_falls_away_with_a_reason() -> None:
    gea = clerk()
    gea.post(f"{ROOT}decision/", typed(outcome="adopted"))
    address = f"/griffie/stap/{events().get().pk}/vervalt/"
    assert "Zeg waarom" in gea.post(address, {"why": " "}, follow=True).content.decode()
    page = gea.post(address, {"why": "Andere aanbeveling."}, follow=True)
    assert page.context["chain"].decision is None


def test_closing_takes_a_second_person_also_in_the_database() -> None:
    ans, bob = signed_in(person("ans", "researcher")), signed_in(person("bob", "researcher"))
    ans.post(f"{ROOT}closing/", typed(outcome="not_implemented", text="De raad koos een andere weg."))
    ans.post(f"{ROOT}afsluiten/")
    assert not events().filter(step="closed").exists()
    proposal = events().get()
    copy = {f: getattr(proposal, f) for f in ("municipality", "recommendation", "outcome", "actor", "text", "link")}
    with pytest.raises(Error), transaction.atomic():
        FollowUpEvent.objects.create(
            slug="zelf", step="closed", confirms=proposal, entered_by=proposal.entered_by,
            happened="2025-06-01", entered_at=timezone.now(), **copy,
        )  # fmt: skip
    page = bob.post(f"{ROOT}afsluiten/", follow=True)
    assert page.context["chain"].told == "afgesloten: niet uitgevoerd"


def test_a_file_is_kept_with_its_sum_and_opened_by_who_may_record_here_only() -> None:
    gea = clerk()
    gea.post(f"{ROOT}decision/", typed(outcome="adopted", link="", file=SimpleUploadedFile("besluiten.pdf", PDF)))
    kept = Evidence.objects.get()
    address = f"/griffie/bewijs/{kept.pk}/"
    assert gea.get(address).content == PDF
    assert "attachment" in gea.get(address)["Content-Disposition"]
    assert signed_in(person("ans", "researcher")).get(address).status_code == 200
    assert signed_in(person("wim", "clerk", "arnhem")).get(address).status_code == 404
    assert signed_in(person("dre", "councillor")).get(address).status_code == 403
    assert Client().get(address).status_code == 302


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("kwaad.html", b"<script>"),
        ("besluit.pdf", b"<script>"),
        ("lijst.xlsx", b"PK\x03\x04"),
        ("zonder", PDF),
        ("x.svg", b"<svg/>"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused(name: str, content: bytes) -> None:
    response = clerk().post(f"{ROOT}decision/", typed(outcome="adopted", file=SimpleUploadedFile(name, content)))
    assert response.status_code == 422
    assert "Het portaal bewaart alleen" in response.content.decode()
    assert not Evidence.objects.exists()


def test_progress_that_an_official_reports_is_not_what_the_office_established() -> None:
    gea, amir = clerk(), signed_in(person("amir", "official"))
    gea.post(f"{ROOT}decision/", typed(outcome="adopted", happened="2025-06-01"))
    amir.post(
        f"{ROOT}reported/", typed(outcome="done", happened="2025-09-01", text="De paragraaf staat in de begroting.")
    )
    assert amir.get(ROOT).context["chain"].told == "afgerond volgens de gemeente, nog niet vastgesteld"


def test_the_state_on_an_earlier_day_is_what_was_known_then() -> None:
    gea = clerk()
    gea.post(f"{ROOT}decision/", typed(outcome="adopted"))
    assert FollowUpEvent.objects.known_by(timezone.now()).filter(entered_by__isnull=False).count() == 1
    assert (
        not FollowUpEvent.objects.known_by(timezone.now() - timedelta(days=1)).filter(entered_by__isnull=False).exists()
    )


def test_what_was_recorded_is_never_rewritten() -> None:
    clerk().post(f"{ROOT}decision/", typed(outcome="adopted"))
    with pytest.raises(Error), transaction.atomic():
        events().update(text="anders")
    with pytest.raises(Error), transaction.atomic():
        events().delete()


def test_a_colleague_finds_what_is_to_be_confirmed_on_top_of_both_desks() -> None:
    ans, bob = signed_in(person("ans", "researcher")), signed_in(person("bob", "secretary"))
    ans.post(f"{ROOT}closing/", typed(outcome="implemented"))
    way = f'href="{ROOT}#voorstel"'
    for address in ("/griffie/", "/werkplek/"):
        page = bob.get(address).content.decode()
        assert page.count(way) == 1
        assert page[: page.index(way)].count("<h3") <= 1
    assert 'id="voorstel"' in bob.get(ROOT).content.decode()
    assert "Voorgesteld door Ans" in bob.get(ROOT).content.decode()
    assert "Een collega van de rekenkamer bevestigt dit" in ans.get(ROOT).content.decode()
    assert way not in ans.get("/werkplek/").content.decode()
    seen_by_clerk = clerk().get("/griffie/").content.decode()
    assert TO_CONFIRM in seen_by_clerk
    assert way not in seen_by_clerk
    bob.post(f"{ROOT}afsluiten/")
    for address in ("/griffie/", "/werkplek/"):
        assert way not in bob.get(address).content.decode()


def test_what_was_closed_and_fell_away_waits_for_a_new_proposal() -> None:
    ans, bob = signed_in(person("ans", "researcher")), signed_in(person("bob", "researcher"))
    ans.post(f"{ROOT}closing/", typed(outcome="implemented"))
    bob.post(f"{ROOT}afsluiten/")
    bob.post(f"/griffie/stap/{events().get(step='closed').pk}/vervalt/", {"why": "Te vroeg."})
    assert TO_CONFIRM not in bob.get("/griffie/").content.decode()
    ans.post(f"{ROOT}closing/", typed(outcome="not_implemented"))
    assert TO_CONFIRM in bob.get("/griffie/").content.decode()


@pytest.mark.parametrize("role", ["clerk", "official", "researcher"])
def test_the_desk_shows_the_own_city(role: str) -> None:
    page = signed_in(person("iemand", role)).get("/griffie/").content.decode()
    assert "Nog geen besluit van de raad genoteerd" in page
    assert "Arnhem" not in page.split("<main")[1].split("</main")[0]


# Sent twice, and what a form refuses


def test_a_correction_sent_twice_is_one_and_so_is_what_falls_away() -> None:
    gea = clerk()
    gea.post(f"{ROOT}decision/", typed(outcome="adopted"))
    wrong, again = events().get(), typed(outcome="partly")
    for _ in range(2):
        assert "Verbeterd" in gea.post(f"/griffie/stap/{wrong.pk}/verbeter/", again, follow=True).content.decode()
    better = events().get(corrects=wrong)
    for _ in range(2):
        page = gea.post(f"/griffie/stap/{better.pk}/vervalt/", {"why": "Toch niet."}, follow=True).content.decode()
        assert "De stap telt niet meer mee" in page
    assert events().count() == 3


def test_closing_that_is_confirmed_twice_says_that_it_is_closed() -> None:
    ans, bob = signed_in(person("ans", "researcher")), signed_in(person("bob", "researcher"))
    ans.post(f"{ROOT}closing/", typed(outcome="implemented"))
    for _ in range(2):
        assert "fgesloten." in bob.post(f"{ROOT}afsluiten/", follow=True).content.decode()
    assert events().filter(step="closed").count() == 1


def test_a_term_is_extended_only_where_one_runs_and_only_to_a_later_day() -> None:
    gea = clerk()
    new = typed(happened="2025-06-02", due_on="2026-05-31")
    assert "Noteer eerst het besluit van de raad" in gea.post(f"{ROOT}extension/", new).content.decode()
    assert f"{ROOT}extension/" not in gea.get(ROOT).content.decode()
    gea.post(f"{ROOT}decision/", typed(outcome="adopted"))
    assert f"{ROOT}extension/" in gea.get(ROOT).content.decode()
    assert "komt na de termijn die er al is: 1 juni 2026" in gea.post(f"{ROOT}extension/", new).content.decode()
    gea.post(f"{ROOT}extension/", new | {"due_on": "2026-09-01"})
    extension = events().get(step="extension")
    gea.post(f"/griffie/stap/{extension.pk}/verbeter/", typed(happened="2025-06-02", due_on="2026-08-01"))
    assert gea.get(ROOT).context["chain"].deadline == date(2026, 8, 1)


def test_a_correction_keeps_its_place_among_what_happened_that_day() -> None:
    """A council refuses and, the same evening, takes it over after all; the first line had a typing error."""
    gea = clerk()
    for outcome in ("rejected", "adopted"):
        gea.post(f"{ROOT}decision/", typed(outcome=outcome))
    for _ in range(3):
        wrong = events().filter(outcome="rejected", corrected_by__isnull=True).get()
        gea.post(f"/griffie/stap/{wrong.pk}/verbeter/", typed(outcome="rejected", text="Zonder tikfout."))
    assert gea.get(ROOT).context["chain"].decision.outcome == Outcome.ADOPTED


def test_what_falls_away_is_told_to_readers_but_not_of_a_proposal() -> None:
    gea, ans = clerk(), signed_in(person("ans", "researcher"))
    gea.post(f"{ROOT}decision/", typed(outcome="adopted"))
    ans.post(f"{ROOT}closing/", typed(outcome="implemented", text="CANARY"))
    address = "/aanbevelingen/heerlen-2-inzicht-financien/"
    feed = "/volgen/gemeente/heerlen.atom"
    for event, why in zip(events().order_by("pk"), ("Andere gemeente.", "CANARY"), strict=True):
        (gea if event.step == Step.DECISION else ans).post(f"/griffie/stap/{event.pk}/vervalt/", {"why": why})
        forget_pages()
        assert "CANARY" not in Client().get(address).content.decode()
        assert "CANARY" not in Client().get(feed).content.decode()
    assert "besluit van de raad. Andere gemeente." in Client().get(address).content.decode()


# The log


def days(client: Client) -> list[str]:
    return [str(event.happened) for event, _ in client.get(ROOT).context["log"]]


def test_the_log_follows_the_days_and_what_corrects_stands_beside_what_it_corrects() -> None:
    gea = clerk()
    gea.post(f"{ROOT}decision/", typed(outcome="adopted", happened="2025-06-01"))
    gea.post(f"{ROOT}position/", typed(outcome="adopted", happened="2025-02-01"))
    gea.post(f"{ROOT}agenda/", typed(happened="2025-05-01"))
    assert days(gea) == ["1 februari 2025", "1 mei 2025", "1 juni 2025"]
    wrong = events().get(step="position")
    gea.post(f"/griffie/stap/{wrong.pk}/verbeter/", typed(outcome="adopted", happened="2025-05-15"))
    assert days(gea) == ["1 mei 2025", "1 februari 2025", "15 mei 2025", "1 juni 2025"]
    gea.post(f"/griffie/stap/{events().get(step='agenda').pk}/vervalt/", {"why": "Andere raad."})
    assert days(gea)[0] == "1 mei 2025"
    page = gea.get(ROOT).content.decode()
    assert "verbeterd, geldt niet meer" in page
    assert "vervallen, geldt niet meer" in page
    assert page.count('<li class="is-past">') == 2


# The desk


def piles(client: Client) -> dict[str, list[str]]:
    """The piles in which the recommendation lies, with the forms that each leads to."""
    (place,) = client.get("/griffie/").context["places"]
    return {
        pile.slug: [step.value for step in task.steps]
        for pile in place.piles
        for task in pile.tasks
        if f"/{task.item.advice.slug}/" in ROOT
    }


def days_before_today(days: int) -> str:
    return (timezone.localdate() - timedelta(days=days)).isoformat()


def due_in(gea: Client, days: int) -> None:
    """The council took it over so long ago that its term, extended, ends in so many days."""
    gea.post(f"{ROOT}decision/", typed(outcome="adopted", happened=days_before_today(800)))
    due = (timezone.localdate() + timedelta(days=days)).isoformat()
    assert gea.post(f"{ROOT}extension/", typed(happened=days_before_today(700), due_on=due)).status_code == 302


@pytest.mark.parametrize(
    ("days", "pile"),
    [
        (-1, "verstreken"),
        (0, "binnen-1"),
        (1, "binnen-1"),
        (2, "binnen-7"),
        (7, "binnen-7"),
        (8, "binnen-30"),
        (30, "binnen-30"),
        (31, None),
    ],
)
def test_what_is_due_lies_in_the_pile_of_its_day(days: int, pile: str | None) -> None:
    gea = clerk()
    due_in(gea, days)
    assert piles(gea) == ({pile: ["extension"]} if pile else {})


def test_each_gets_the_form_that_settles_it() -> None:
    gea, ofa, ans = clerk(), signed_in(person("ofa", "official")), signed_in(person("ans", "researcher"))
    due_in(gea, -1)
    assert piles(gea)["verstreken"] == ["extension"]
    assert piles(ofa)["verstreken"] == ["reported"]
    assert piles(ans)["verstreken"] == []
    ofa.post(f"{ROOT}reported/", typed(outcome="done", happened=days_before_today(0)))
    assert piles(ans)["vast-te-stellen"] == ["established"]
    ans.post(f"{ROOT}closing/", typed(outcome="implemented", happened=days_before_today(0)))
    assert piles(ans)["voorstel"] == ["closed"]
    assert f'href="{ROOT}reported/"' not in gea.get("/griffie/").content.decode()


def test_a_meeting_that_has_been_asks_for_its_decision_until_there_is_one() -> None:
    gea = clerk()
    gea.post(f"{ROOT}agenda/", typed(happened=(timezone.localdate() + timedelta(days=1)).isoformat()))
    assert "vergadering" not in piles(gea)
    gea.post(f"{ROOT}agenda/", typed(happened=days_before_today(3)))
    assert piles(gea)["vergadering"] == ["decision"]
    assert "besluit" not in piles(gea)
    gea.post(f"{ROOT}decision/", typed(outcome="postponed", happened=days_before_today(3)))
    assert "vergadering" not in piles(gea)
    gea.post(f"{ROOT}decision/", typed(outcome="adopted", happened=days_before_today(2)))
    assert "besluit" not in piles(gea)


def test_a_promise_past_its_day_asks_for_a_word_until_something_is_reported() -> None:
    gea, ofa = clerk(), signed_in(person("ofa", "official"))
    gea.post(f"{ROOT}commitment/", typed(happened=days_before_today(50), due_on=days_before_today(1)))
    assert piles(gea)["toezegging"] == ["commitment"]
    assert piles(ofa)["toezegging"] == ["reported"]
    gea.post(f"{ROOT}commitment/", typed(happened=days_before_today(2), due_on=days_before_today(1)))
    assert "toezegging" in piles(gea)
    gea.post(f"{ROOT}commitment/", typed(happened=days_before_today(0), due_on=days_before_today(-9)))
    assert "toezegging" not in piles(gea)


def test_a_word_of_the_municipality_settles_a_promise() -> None:
    gea, ofa = clerk(), signed_in(person("ofa", "official"))
    gea.post(f"{ROOT}commitment/", typed(happened=days_before_today(50), due_on=days_before_today(1)))
    ofa.post(f"{ROOT}reported/", typed(outcome="started", happened=days_before_today(0)))
    assert "toezegging" not in piles(gea)


def test_what_is_reported_as_done_without_a_decision_still_asks_for_the_decision() -> None:
    gea, ofa = clerk(), signed_in(person("ofa", "official"))
    ofa.post(f"{ROOT}reported/", typed(outcome="done", happened=days_before_today(0)))
    assert piles(gea) == {"vast-te-stellen": [], "besluit": ["decision"]}


def test_closing_that_fell_away_leaves_no_proposal_that_nobody_can_confirm() -> None:
    ans, bob = signed_in(person("ans", "researcher")), signed_in(person("bob", "researcher"))
    ans.post(f"{ROOT}closing/", typed(outcome="implemented"))
    bob.post(f"{ROOT}afsluiten/")
    ans.post(f"/griffie/stap/{events().get(step='closed').pk}/vervalt/", {"why": "Te vroeg."})
    assert "voorstel" not in piles(ans)
    ans.post(f"{ROOT}closing/", typed(outcome="implemented"))
    assert piles(ans)["voorstel"] == ["closed"]


def test_a_desk_with_several_cities_begins_with_where_something_waits() -> None:
    gea = person("gea", "clerk")
    Membership.objects.create(user=gea, role="clerk", municipality=Municipality.objects.get(slug="arnhem"))
    page = signed_in(gea).get("/griffie/").content.decode()
    assert page.index('href="#gemeente-arnhem"') < page.index('href="#gemeente-heerlen"')
    assert page.index('href="#gemeente-heerlen"') < page.index('id="gemeente-arnhem"')
    assert "tien aanbevelingen wachten" in page


def test_a_desk_without_anything_to_do_says_so_and_one_without_recommendations_too() -> None:
    gea = person("gea", "clerk", "arnhem")
    client = signed_in(gea)
    for slug in ("rol", "inzicht", "informatiestroom", "burgerparticipatie"):
        client.post(f"/griffie/arnhem/{slug}/decision/", typed(outcome="adopted", happened=days_before_today(9)))
    assert "Er wacht niets." in client.get("/griffie/").content.decode()
    with without_triggers("recommendations_recommendationversion"), connection.cursor() as cursor:
        cursor.execute("UPDATE recommendations_recommendationversion SET public_during = NULL, stage = 'draft'")
    assert "Er zijn nog geen aanbevelingen gepubliceerd" in client.get("/griffie/").content.decode()


def test_the_desk_takes_as_many_queries_for_one_city_as_for_all() -> None:
    one, all_ = person("gea", "clerk"), person("bas", "clerk")
    for place in Municipality.objects.exclude(slug="heerlen"):
        Membership.objects.create(user=all_, role="clerk", municipality=place)
    numbers = []
    for user in (one, all_):
        client = signed_in(user)
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/griffie/").status_code == 200
        numbers.append(len(queries))
    assert numbers[0] == numbers[1]


# --- What a newcomer must see ---


def test_the_form_says_what_the_recommendation_asks_and_how_long_a_year_runs() -> None:
    page = " ".join(clerk().get(f"{ROOT}decision/").content.decode().split())
    advice = RecommendationVersion.objects.get(record__slug="heerlen-2-inzicht-financien")
    assert advice.text[:60] in unescape(page)
    a_year = date_format(a_year_after(timezone.localdate()), "j F Y")
    assert f"Bij een besluit van vandaag loopt die tot en met {a_year}." in page


def test_who_records_that_it_was_taken_over_hears_until_when_it_runs() -> None:
    response = clerk().post(f"{ROOT}decision/", typed(outcome="adopted"), follow=True)
    assert "De termijn loopt tot en met 1 juni 2026." in response.content.decode()


@pytest.mark.parametrize("step", ["position", "decision", "agenda"])
def test_the_portal_puts_no_words_in_the_mouth_of_who_explains_nothing(step: str) -> None:
    gea, outcomes = clerk(), OUTCOMES.get(Step(step))
    said = typed(text="") | ({"outcome": outcomes[0].value} if outcomes else {})
    assert gea.post(f"{ROOT}{step}/", said).status_code == 302
    assert events().get().text == ""
    for page in (ROOT, "/aanbevelingen/heerlen-2-inzicht-financien/"):
        assert "Zonder toelichting genoteerd." in gea.get(page).content.decode()
    sheet = Client().get("/aanbevelingen.csv").content.decode("utf-8-sig")
    assert "Zonder toelichting" not in sheet


@pytest.mark.parametrize(
    ("role", "own", "others"),
    [
        ("clerk", "U noteert wat college en raad besloten", ("meldt een ambtenaar", "stelt de rekenkamer vast")),
        ("official", "U meldt wat er gedaan is", ("noteert de griffie", "stelt de rekenkamer vast")),
        ("researcher", "U stelt vast wat de rekenkamer vond", ("noteert de griffie", "meldt een ambtenaar")),
    ],
)
def test_each_reads_what_to_record_here_and_who_records_the_rest(role: str, own: str, others: tuple[str, ...]) -> None:
    client = signed_in(person("iemand", role))
    for address in ("/griffie/", ROOT):
        page = client.get(address).content.decode()
        assert page.count("<p") > page.count(own) == 1
        assert [told for told in others if told not in page] == []


def test_where_nobody_can_report_progress_it_says_who_invites_someone() -> None:
    gea, told = clerk(), "geen ambtenaar met een account"
    for address in ("/griffie/", ROOT):
        assert told in gea.get(address).content.decode()
    official = person("ofa", "official")
    for address in ("/griffie/", ROOT):
        assert told not in gea.get(address).content.decode()
    official.disable()
    bas = person("bas", "clerk")
    Membership.objects.create(user=bas, role="administrator", municipality=Municipality.objects.get(slug="heerlen"))
    assert told in gea.get(ROOT).content.decode()
    assert "en dat bent u" in signed_in(bas).get(ROOT).content.decode()


@pytest.mark.parametrize("slug", ["heerlen-2-inzicht-financien", "rol"])
def test_what_a_council_can_use_is_one_link_away(slug: str) -> None:
    gea = clerk()
    page = gea.get(f"/griffie/heerlen/{slug}/").content.decode()
    where = "?gemeente=heerlen" if slug == "rol" else ""
    address = f"/aanbevelingen/{slug}/raad/{where}"
    assert f'href="{address}"' in page
    assert "Heerlen" in gea.get(address).content.decode()


def test_a_checksum_is_there_for_who_opens_it() -> None:
    gea = clerk()
    gea.post(f"{ROOT}decision/", typed(outcome="adopted", link="", file=SimpleUploadedFile("besluiten.pdf", PDF)))
    page = gea.get(ROOT).content.decode()
    sum_ = page.index(Evidence.objects.get().sha256)
    assert page.rindex("<details", 0, sum_) > page.rindex("</details", 0, sum_)
