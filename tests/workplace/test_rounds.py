"""The next round, who takes part in it, and an office that joins later."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from findings.models import AuditRound, Finding, FindingVersion, Participation, RoundAspect
from focusareas.models import AuditOffice, FocusArea
from nplv_portal.accounts.models import User
from nplv_portal.sources.models import Document
from tests.conftest import forget_pages
from tests.findings.test_matrix import text_of
from tests.workplace.people import person, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def secretary() -> Client:
    return signed_in(person("cis", "secretary"))


def typed(client: Client) -> dict[str, Any]:
    """The page of a new round as it opens, with what a secretary has to add."""
    context = client.get("/werkplek/ronden/nieuw/").context
    forms = [context["form"], *context["carried"], *context["added"]]
    fields = [field for form in forms for field in form]
    fields += [field for formset in (context["carried"], context["added"]) for field in formset.management_form]
    values = {f.html_name: f.value() for f in fields if f.value() is not None and f.value() is not False}
    return {name: "on" if value is True else value for name, value in values.items()}


def test_the_next_round_starts_from_the_last_one_and_with_empty_cells(secretary: Client) -> None:
    data = typed(secretary) | {"aspecten-0-is_kept": "", "aspecten-1-wording": "Het doel, vertaald"}
    data |= {"aspecten-2-is_comparable": "", "aspecten-2-comparable_note": "De vraag is ruimer gesteld."}
    data |= {
        "nieuw-0-role": str(RoundAspect.objects.all()[0].aspect.role_id),
        "nieuw-0-wording": "Verbonden partijen",
        "nieuw-0-short_wording": "Verbonden partijen",
        "nieuw-0-question": "Met wie werken wij?",
    }
    response = secretary.post("/werkplek/ronden/nieuw/", data)
    assert response.status_code == 302
    round_ = AuditRound.objects.get(number=2)
    entries = {entry.aspect.slug: entry for entry in RoundAspect.objects.filter(round=round_)}
    first = [e.aspect.slug for e in RoundAspect.objects.filter(round__number=1).order_by("order")]
    assert len(entries) == 13
    assert first[0] not in entries
    assert entries[first[1]].wording == "Het doel, vertaald"
    assert entries[first[2]].comparable == RoundAspect.Comparable.NO
    assert entries["verbonden-partijen"].comparable == RoundAspect.Comparable.FIRST
    assert not FindingVersion.objects.filter(record__round_aspect__round=round_).exists()


def test_not_comparable_asks_why(secretary: Client) -> None:
    response = secretary.post("/werkplek/ronden/nieuw/", typed(secretary) | {"aspecten-0-is_comparable": ""})
    assert response.status_code == 422
    assert "Zeg waarom het aspect niet vergelijkbaar is" in response.content.decode()
    assert not RoundAspect.objects.filter(round__number=2).exists()


def test_an_older_matrix_stays_as_it_was_when_a_round_starts_and_an_office_joins(secretary: Client) -> None:
    before = Client().get("/vergelijking.json?ronde=start-2023-2025").json()["bevindingen"]
    assert secretary.post("/werkplek/ronden/nieuw/", typed(secretary)).status_code == 302
    document = Document.objects.get(slug="S0")
    round_ = AuditRound.objects.get(number=2)
    area = FocusArea.objects.get(slug="heerlen-noord")
    office = AuditOffice.objects.get(slug="rekenkamer-heerlen")
    data = {"area": area.pk, "office": office.pk, "document": document.pk, "place": "Vooruitblik"}
    assert secretary.post(f"/werkplek/ronden/{round_.slug}/deelnemers/", data).status_code == 302
    assert Participation.objects.get(round=round_).focus_area == area
    assert Client().get("/vergelijking.json?ronde=start-2023-2025").json()["bevindingen"] == before


def test_a_secretary_takes_part_only_with_areas_of_the_own_office(secretary: Client) -> None:
    form = secretary.get("/werkplek/ronden/start-2023-2025/deelnemers/").context["form"]
    assert not form.fields["area"].queryset.exists()
    secretary.post("/werkplek/ronden/nieuw/", typed(secretary))
    round_ = AuditRound.objects.get(number=2)
    form = secretary.get(f"/werkplek/ronden/{round_.slug}/deelnemers/").context["form"]
    assert [area.slug for area in form.fields["area"].queryset] == ["heerlen-noord"]


def test_a_round_that_was_announced_runs_only_once_it_is_started(secretary: Client) -> None:
    announced = AuditRound.objects.get(number=2)
    assert "Zet op: loopt" not in secretary.get("/werkplek/ronden/").content.decode()
    secretary.post(f"/werkplek/ronden/{announced.slug}/verder/", {"van": announced.status})
    announced.refresh_from_db()
    assert announced.status == AuditRound.Status.ANNOUNCED


def joined(secretary: Client) -> AuditRound:
    """A next round in which Heerlen takes part, and of which nothing is public yet."""
    secretary.post("/werkplek/ronden/nieuw/", typed(secretary))
    round_ = AuditRound.objects.get(number=2)
    document, area = Document.objects.get(slug="S0"), FocusArea.objects.get(slug="heerlen-noord")
    office = AuditOffice.objects.get(slug="rekenkamer-heerlen")
    data = {"area": area.pk, "office": office.pk, "document": document.pk, "place": "Vooruitblik"}
    assert secretary.post(f"/werkplek/ronden/{round_.slug}/deelnemers/", data).status_code == 302
    return round_


def found(round_: AuditRound, aspect: str) -> None:
    """A finding of Heerlen, public at once."""
    entry = RoundAspect.objects.get(round=round_, aspect__slug=aspect)
    area = FocusArea.objects.get(slug="heerlen-noord")
    finding = Finding.objects.create(slug=f"{aspect}-{round_.slug}", round_aspect=entry, focus_area=area)
    version = FindingVersion(record=finding, headline="De raad stelde nieuwe kaders vast", text="In maart.")
    version.save()
    version.publish(at=timezone.now())
    forget_pages()


def test_the_line_of_life_says_that_a_round_has_only_begun(secretary: Client) -> None:
    round_ = joined(secretary)
    line = Client().get("/bevindingen/kaders-heerlen-noord-start-2023-2025/").context["page"].lifeline
    assert [(entry.round, entry.state) for entry in line[1:]] == [(round_.name, "not_published")]


@pytest.mark.parametrize("page", ["/gemeenten/heerlen/", "/gemeenten/heerlen/raad/"])
def test_one_finding_of_a_round_that_runs_says_nothing_of_the_other_cells(secretary: Client, page: str) -> None:
    round_ = joined(secretary)
    before = text_of(Client().get(page).content.decode())
    found(round_, "kaders")
    shown = text_of(Client().get(page).content.decode())
    assert "De raad stelde nieuwe kaders vast" in shown
    assert "niet onderzocht" not in shown.replace("Een rekenkamer heeft het niet onderzocht", "")
    assert shown.count("nog niet gepubliceerd") == 12
    headline = "De hele raad onderschrijft het doel van het nationale programma"
    assert f"Start 2023-2025: {headline}" not in before
    assert f"Startonderzoek 2023-2025: {headline} (geregeld)" in shown
    assert "Deze ronde loopt nog." in shown
    if page == "/gemeenten/heerlen/":
        assert "1 aspect van de rol van de raad is gepubliceerd uit de ronde die nu loopt" in shown


def test_the_matrix_opens_with_a_round_once_it_is_public_or_most_of_it_is(secretary: Client) -> None:
    round_ = joined(secretary)
    found(round_, "kaders")
    opened = Client().get("/vergelijking/")
    assert opened.context["matrix"].round.slug == "start-2023-2025"
    assert f"Bekijk {round_.name}" in opened.content.decode()
    chosen = Client().get(f"/vergelijking.json?ronde={round_.slug}").json()["bevindingen"]
    assert sorted({cell["kern"] for cell in chosen}) == ["De raad stelde nieuwe kaders vast", "nog niet gepubliceerd"]
    for entry in RoundAspect.objects.filter(round=round_).exclude(aspect__slug="kaders")[:6]:
        found(round_, entry.aspect.slug)
    assert Client().get("/vergelijking/").context["matrix"].round.slug == round_.slug


def test_what_is_empty_was_not_examined_once_the_round_is_public_and_an_earlier_day_stays_as_it_was(
    secretary: Client,
) -> None:
    round_ = joined(secretary)
    found(round_, "kaders")
    address = f"/vergelijking.json?ronde={round_.slug}"
    secretary.post(f"/werkplek/ronden/{round_.slug}/verder/", {"van": "running"})
    forget_pages()
    empty = [cell["kern"] for cell in Client().get(address).json()["bevindingen"] if cell["aspect"] != "kaders"]
    assert "niet onderzocht in deze ronde" in empty
    assert "nog niet gepubliceerd" not in empty
    line = Client().get("/bevindingen/onderschrijving-doel-heerlen-noord-start-2023-2025/").context["page"].lifeline
    assert line[-1].state == "not_examined"
    AuditRound.objects.filter(pk=round_.pk).update(published_at=timezone.now() + timedelta(1))
    forget_pages()  # the same as a look at yesterday, when it ran
    assert "niet onderzocht in deze ronde" not in [c["kern"] for c in Client().get(address).json()["bevindingen"]]
    secretary.post(f"/werkplek/ronden/{round_.slug}/terug/")
    round_.refresh_from_db()
    assert (round_.status, round_.published_at) == ("running", None)


def test_a_researcher_reads_about_rounds_and_starts_none() -> None:
    researcher = signed_in(person("ans", "researcher"))
    assert researcher.get("/werkplek/ronden/").status_code == 200
    assert researcher.get("/werkplek/ronden/nieuw/").status_code == 403
    assert researcher.post("/werkplek/ronden/start-2023-2025/verder/").status_code == 403


def test_who_runs_the_portal_adds_an_office_without_code(secretary: Client) -> None:
    boss = User.objects.create_superuser(email="beheer@example.nl")
    person_ = person("x")
    person_.is_superuser = True
    person_.save()
    runner = signed_in(person_)
    assert boss.is_superuser
    area = FocusArea.objects.get(slug="delft-west")
    data = {
        "name": "Delftse Rekenkamer",
        "areas": [area.pk],
        "document": Document.objects.get(slug="S0").pk,
        "place": "Vooruitblik",
    }
    assert runner.post("/werkplek/rekenkamers/nieuw/", data).status_code == 302
    assert AuditOffice.objects.get(slug="delftse-rekenkamer").municipalities.get().slug == "delft"
    assert secretary.get("/werkplek/rekenkamers/nieuw/").status_code == 403
