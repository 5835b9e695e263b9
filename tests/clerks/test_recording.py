"""Recording the decision chain: clerks, officials and audit offices of two cities, each their own steps."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import Error, transaction
from django.test import Client
from django.utils import timezone

from recommendations.models import Evidence, FollowUpEvent, Outcome, Step
from tests.workplace.people import person, signed_in

pytestmark = pytest.mark.django_db
ROOT = "/griffie/heerlen/heerlen-2-inzicht-financien/"
PDF = b"%PDF-1.7 besluitenlijst"


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
    data = typed(outcome="adopted", also=["heerlen-1-rol-netwerksturing", "heerlen-3-monitoring-onderzoek"])
    gea = clerk()
    for _ in range(2):
        gea.post(f"{ROOT}decision/", data)
    about = FollowUpEvent.objects.filter(step="decision").values_list("recommendation__number", flat=True)
    assert sorted(about) == [1, 2, 3]
    assert gea.post(f"{ROOT}decision/", typed(outcome="adopted", also=["rol"])).status_code == 422


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
    assert gea.post(f"/griffie/stap/{wrong.pk}/verbeter/", typed(outcome="rejected")).status_code == 404


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
    way, ours = f'href="{ROOT}#voorstel"', "Ans stelde dit voor"
    for address in ("/griffie/", "/werkplek/"):
        page = bob.get(address).content.decode()
        assert page.index(way) < page.index("<h2", page.index(way))
        assert page.count(way) == 1
    assert f"{ours} op" in bob.get("/griffie/").content.decode()
    assert 'id="voorstel"' in bob.get(ROOT).content.decode()
    assert "u stelde dit voor op" in ans.get("/griffie/").content.decode()
    assert way not in ans.get("/werkplek/").content.decode()
    assert "De rekenkamer stelt voor om af te sluiten" in clerk().get("/griffie/").content.decode()
    bob.post(f"{ROOT}afsluiten/")
    for address in ("/griffie/", "/werkplek/"):
        assert way not in bob.get(address).content.decode()


def test_what_was_closed_and_fell_away_waits_for_a_new_proposal() -> None:
    ans, bob = signed_in(person("ans", "researcher")), signed_in(person("bob", "researcher"))
    ans.post(f"{ROOT}closing/", typed(outcome="implemented"))
    bob.post(f"{ROOT}afsluiten/")
    bob.post(f"/griffie/stap/{events().get(step='closed').pk}/vervalt/", {"why": "Te vroeg."})
    assert "Voorstellen om af te sluiten" not in bob.get("/griffie/").content.decode()
    ans.post(f"{ROOT}closing/", typed(outcome="not_implemented"))
    assert "Voorstellen om af te sluiten" in bob.get("/griffie/").content.decode()


@pytest.mark.parametrize("role", ["clerk", "official", "researcher"])
def test_the_desk_shows_the_own_city(role: str) -> None:
    page = signed_in(person("iemand", role)).get("/griffie/").content.decode()
    assert "Nog geen besluit van de raad genoteerd" in page
    assert "Arnhem" not in page.split("<main")[1].split("</main")[0]
