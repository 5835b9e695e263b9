"""Recording that a city took an example over: its clerk and its officials, in a minute, and nobody else."""

from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from recommendations.models import Evidence, Reuse
from tests.bad_input import VALUES, Page, as_html
from tests.conftest import forget_pages
from tests.workplace.people import person, signed_in
from tests.workplace.test_bad_input import check, everything

pytestmark = pytest.mark.django_db
ROOT = "/griffie/overgenomen/arnhem/"
FORM = f"{ROOT}noteer/"
PDF = b"%PDF-1.7 raadsbrief"


def typed(**values: Any) -> dict[str, Any]:
    return {
        "key": str(uuid4()),
        "practice": "klankbordgroep",
        "since": "2025-03",
        "text": "Arnhem heeft een groep van zes raadsleden.",
        "link": "https://example.nl/1",
    } | values


def gea() -> Client:
    return signed_in(person("gea", "clerk", "arnhem"))


def public(address: str) -> str:
    forget_pages()
    return Client().get(address).content.decode()


def test_a_clerk_records_it_from_the_desk_and_readers_see_it_at_both_ends() -> None:
    clerk = gea()
    assert f'href="{FORM}"' in clerk.get("/griffie/").content.decode()
    data = typed(aspect="mondelinge-informatie", recommendation="rol")
    assert "Genoteerd." in clerk.post(FORM, data, follow=True).content.decode()
    for address in (
        "/voorbeelden/klankbordgroep/",
        "/gemeenten/arnhem/voorbeelden/",
        "/bevindingen/mondelinge-informatie-arnhem-oost-start-2023-2025/",
    ):
        assert "Arnhem heeft een groep van zes raadsleden." in public(address), address


@pytest.mark.parametrize(
    ("role", "place", "status"),
    [
        ("clerk", "arnhem", 200),
        ("official", "arnhem", 200),
        ("clerk", "heerlen", 404),
        ("official", "groningen", 404),
        ("researcher", "arnhem", 404),
        ("secretary", "arnhem", 404),
        ("councillor", "arnhem", 403),
        ("administrator", "arnhem", 403),
    ],
)
def test_only_the_clerk_and_the_officials_of_the_city_record(role: str, place: str, status: int) -> None:
    gea().post(FORM, typed())
    kept, someone = Reuse.objects.get(), signed_in(person("iemand", role, place))
    for address in (ROOT, FORM, f"/griffie/overgenomen/{kept.pk}/verbeter/"):
        assert someone.get(address).status_code == status, address
    if status != 200:
        someone.post(FORM, typed(practice="frisse-wind"))
        someone.post(f"/griffie/overgenomen/{kept.pk}/verbeter/", typed())
        someone.post(f"/griffie/overgenomen/{kept.pk}/vervalt/", {"why": "x"})
        assert Reuse.objects.count() == 1


def test_one_chooses_from_the_public_examples_of_others() -> None:
    html = gea().get(FORM).content.decode()
    offered = Page(gea_again().get(FORM)).form().chosen["practice"]
    assert "klankbordgroep" in offered
    assert "schulden-afkopen" not in offered  # of Arnhem itself
    assert len(offered) == 1 + 21
    assert '<optgroup label="Heerlen">' in html
    assert "heerlen-2-inzicht-financien" not in html


def gea_again() -> Client:
    return signed_in(person("gerda", "clerk", "arnhem"))


@pytest.mark.parametrize("practice", ["schulden-afkopen", "bestaat-niet", "", "frisse-wind\x00"])
def test_what_is_not_offered_is_not_recorded(practice: str) -> None:
    response = gea().post(FORM, typed(practice=practice))
    assert response.status_code == 422
    assert "Arnhem heeft een groep van zes raadsleden." in response.content.decode()
    assert not Reuse.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"since": ""}, "verplicht"),
        ({"since": "maart"}, "“maart” is geen datum. Schrijf jjjj, jjjj-mm of jjjj-mm-dd."),
        ({"since": "2025-02-30"}, "is geen datum"),
        ({"since": "2031"}, "Deze dag moet nog komen"),
        ({"since": "1999-12"}, "Deze dag ligt vóór het programma"),
        ({"text": ""}, "Zeg in een zin wat uw gemeente ervan maakte."),
        ({"practice": ""}, "Kies het voorbeeld dat uw gemeente overnam."),
        ({"text": "x" * 3001}, "3000"),
        ({"link": ""}, "Geef het adres van het stuk"),
        ({"link": "javascript:alert(1)"}, "geldige URL"),
        ({"aspect": "geluk"}, "Selecteer een geldige keuze"),
        ({"recommendation": "heerlen-2-inzicht-financien"}, "Selecteer een geldige keuze"),
        ({"key": "x"}, "geldige UUID"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_comes_back(wrong: dict[str, str], message: str) -> None:
    response = gea().post(FORM, typed(**wrong))
    html = response.content.decode()
    assert response.status_code == 422
    assert message in html
    assert wrong.get("since", "2025-03") in html
    assert not Reuse.objects.exists()


@pytest.mark.parametrize("kind", VALUES)
def test_whatever_is_typed_comes_back_as_typed_and_nothing_is_written(kind: str) -> None:
    clerk = gea()
    form = Page(clerk.get(FORM)).form()
    before = everything()
    for value in VALUES[kind]:
        sent = form.values | dict.fromkeys([*form.typed, *form.chosen], value)
        response = clerk.post(FORM, sent)
        assert response.status_code == 422
        check(response, sent, form)
    assert everything() == before


@pytest.mark.parametrize("since", ["2025", "2025-03", "2025-03-31"])
def test_one_need_not_know_the_day(since: str) -> None:
    gea().post(FORM, typed(since=since))
    kept = Reuse.objects.get().since
    assert kept
    assert kept.iso == since


def test_the_same_form_sent_twice_is_one_and_another_form_about_the_same_is_refused() -> None:
    clerk, data = gea(), typed()
    for _ in range(3):
        assert clerk.post(FORM, data).status_code == 302
    response = signed_in(person("ofa", "official", "arnhem")).post(FORM, typed())
    assert response.status_code == 422
    assert "Dit voorbeeld staat al genoteerd voor Arnhem." in response.content.decode()
    assert "Klankbordgroep (al genoteerd)" in response.content.decode()
    assert Reuse.objects.count() == 1


def test_a_mistake_is_corrected_by_a_next_line_and_both_stay() -> None:
    clerk, ofa = gea(), signed_in(person("ofa", "official", "arnhem"))
    clerk.post(FORM, typed(file=SimpleUploadedFile("brief.pdf", PDF), link=""))
    old = Reuse.objects.get()
    address = f"/griffie/overgenomen/{old.pk}/verbeter/"
    form = Page(ofa.get(address)).form()
    assert (form.values["since"], "practice" in form.chosen) == ("2025-03", False)
    data = form.values | {"text": "Een groep van acht."}
    for _ in range(2):
        ofa.post(address, data)
    assert [(reuse.text, reuse.evidence_id) for reuse in Reuse.objects.all()] == [
        (old.text, old.evidence_id),
        ("Een groep van acht.", old.evidence_id),
    ]
    assert "verbeterd" in clerk.get(ROOT).content.decode()
    assert clerk.get(address).status_code == 404


def test_two_who_correct_the_same_line_do_not_both() -> None:
    clerk, ofa = gea(), signed_in(person("ofa", "official", "arnhem"))
    clerk.post(FORM, typed())
    old = Reuse.objects.get()
    for who in (clerk, ofa):
        who.post(f"/griffie/overgenomen/{old.pk}/verbeter/", typed(text="Een groep van acht."))
    assert Reuse.objects.count() == 2


def test_what_was_recorded_by_mistake_falls_away_with_a_reason_that_readers_see() -> None:
    clerk = gea()
    clerk.post(FORM, typed())
    address = f"/griffie/overgenomen/{Reuse.objects.get().pk}/vervalt/"
    for why in (" ", "", "x" * 3001, "a\x00b"):
        response = clerk.post(address, {"why": why})
        assert response.status_code == 422
        assert as_html(Page(response).form("vervalt/").values["why"]) == as_html(why)
    assert Reuse.objects.count() == 1
    assert "blijft zichtbaar" in clerk.post(address, {"why": "Was ons eigen idee."}, follow=True).content.decode()
    assert "Was ons eigen idee." in public("/voorbeelden/klankbordgroep/")
    assert clerk.post(address, {"why": "Nog eens."}).status_code == 404
    assert clerk.post(FORM, typed()).status_code == 302
    assert Reuse.objects.count() == 3


def test_a_file_is_kept_and_opened_by_who_may_record_here_and_by_the_office_only() -> None:
    clerk = gea()
    clerk.post(FORM, typed(file=SimpleUploadedFile("brief.pdf", PDF), link=""))
    address = f"/griffie/bewijs/{Evidence.objects.get().pk}/"
    assert clerk.get(address).content == PDF
    assert signed_in(person("ans", "researcher", "arnhem")).get(address).status_code == 200
    assert signed_in(person("hub", "clerk", "heerlen")).get(address).status_code == 404
    assert "bestand “brief.pdf”, niet openbaar" in public("/voorbeelden/klankbordgroep/")


def test_the_pages_of_the_clerk_ask_as_much_with_many_as_with_one() -> None:
    clerk, asked = gea(), []
    for practices in (["klankbordgroep"], ["frisse-wind", "sociaal-veilig", "wijkacademie", "buurthub"]):
        for practice in practices:
            clerk.post(FORM, typed(practice=practice))
        with CaptureQueriesContext(connection) as queries:
            clerk.get(ROOT)
        asked.append(len(queries))
    assert asked[0] == asked[1]
