"""Asking for a dossier: who may, what is refused, and what happens to it until it is made."""

from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import Error, IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from findings.models import AuditRound
from focusareas.models import Municipality
from nplv_portal.dossiers import composing, making, views
from nplv_portal.dossiers.models import Dossier, DossierFile, Edition, FileContent, Stage, Template
from nplv_portal.dossiers.tasks import given_up_dossiers
from nplv_portal.lib import pdf
from nplv_portal.sources.models import IssuedFile
from tests.conftest import forget_pages
from tests.dossiers.asking import address, asked, file_of, made, recorded, typed, worked_on
from tests.workplace.people import person, signed_in

pytestmark = pytest.mark.django_db
ROLES = ("councillor", "researcher", "secretary", "clerk", "official", "administrator")
MAY = {"clerk", "researcher", "secretary"}


def clerk(name: str = "gea", place: str = "heerlen") -> Client:
    return signed_in(person(name, "clerk", place))


def small(client: Client, **other: Any) -> Edition:
    """A dossier that is made quickly."""
    return made(client, "jaaroverzicht", **{"sections": ["samenvatting"]} | other)


def page_of(client: Client, edition: Edition) -> str:
    return client.get(f"/griffie/dossiers/{edition.dossier_id}/").content.decode()


def test_clerks_and_the_audit_office_make_dossiers_for_their_own_council_only() -> None:
    edition = small(clerk())
    one, version = f"/griffie/dossiers/{edition.dossier_id}/", f"/griffie/dossiers/versie/{edition.pk}"
    pages = [one, f"{one}nieuwe-versie/", address("jaaroverzicht")]
    pages += [f"{version}.{file.format}" for file in files(edition)]
    for role, place in product(ROLES, ("heerlen", "arnhem")):
        client = signed_in(person(f"{role}-{place}", role, place))
        may, own = role in MAY, role in MAY and place == "heerlen"
        refused = 404 if may else 403
        shown = client.get("/griffie/dossiers/")
        assert (shown.status_code, edition.title in shown.content.decode()) == (200 if may else 403, own), (role, place)
        for path in pages:
            assert client.get(path).status_code == (200 if own else refused), (role, place, path)
        for path in (f"{version}/annuleer/", f"{version}/opnieuw/", address("jaaroverzicht")):
            sent = client.post(path, typed("jaaroverzicht"))
            assert sent.status_code == (302 if own else refused), (role, place, path)


def files(edition: Edition) -> list[DossierFile]:
    return list(edition.files.all())


def test_a_visitor_is_asked_to_sign_in_and_learns_nothing(visitor: Client) -> None:
    edition = small(clerk())
    for path in (f"/griffie/dossiers/{edition.dossier_id}/", f"/griffie/dossiers/versie/{edition.pk}.pdf"):
        response = visitor.get(path)
        assert (response.status_code, response["Location"].startswith("/inloggen/")) == (302, True)


def test_a_file_comes_as_a_download_that_no_cache_keeps() -> None:
    gea = clerk()
    edition = small(gea)
    response = gea.get(f"/griffie/dossiers/versie/{edition.pk}.pdf")
    assert response.content == file_of(edition, "pdf")
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith('attachment; filename="jaaroverzicht-opvolging-heerlen-versie-1')
    assert "no-store" in response["Cache-Control"]


def test_the_same_form_sent_twice_is_one_dossier_and_one_job() -> None:
    gea, form = clerk(), typed("jaaroverzicht", keep_as="Elk jaar")
    answers = {gea.post(address("jaaroverzicht"), form)["Location"] for _ in range(3)}
    assert len(answers) == Dossier.objects.count() == Edition.objects.count() == Template.objects.count() == 1
    assert ProcrastinateJob.objects.filter(queue_name="dossiers").count() == 1


@pytest.mark.parametrize(
    ("kind", "wrong", "message"),
    [
        ("jaaroverzicht", {"title": ""}, "Titel"),
        ("jaaroverzicht", {"title": "–––"}, "Geef een titel met woorden"),
        ("jaaroverzicht", {"title": "x" * 121}, "120"),
        ("jaaroverzicht", {"title": "a\x00b"}, "Null"),
        ("jaaroverzicht", {"year": "1999"}, "geldige keuze"),
        ("jaaroverzicht", {"year": "2025", "day": "2024-12-31"}, "Deze dag ligt vóór 2025"),
        ("jaaroverzicht", {"day": "2999-01-01"}, "Hier kiest u van welke dag de gegevens zijn"),
        ("jaaroverzicht", {"day": "1999-01-01"}, "niet verder terug dan"),
        ("jaaroverzicht", {"day": "31-02-2025"}, "datum"),
        ("jaaroverzicht", {"sections": []}, "Kies ten minste één onderdeel."),
        ("jaaroverzicht", {"sections": ["geheim"]}, "geldige keuze"),
        ("jaaroverzicht", {"key": "geen-sleutel"}, "UUID"),
        ("vergaderpakket", {"items": []}, "Kies ten minste één aanbeveling of bevinding."),
        ("vergaderpakket", {"meeting": "x" * 121}, "120"),
        ("overdrachtsdossier", {"round": "start-2023-2025", "day": "2024-01-01"}, "nog niets openbaar"),
        ("vergaderpakket", {"items": ["aanbeveling-van-een-ander"]}, "geldige keuze"),
        ("overdrachtsdossier", {"round": "bestaat-niet"}, "geldige keuze"),
        ("vergelijking", {"items": ["nergens"]}, "geldige keuze"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(kind: str, wrong: dict[str, Any], message: str) -> None:
    response = clerk().post(address(kind), typed(kind, **{"title": "Mijn eigen titel"} | wrong))
    assert response.status_code == 422
    assert message in response.content.decode()
    if "title" not in wrong:
        assert "Mijn eigen titel" in response.content.decode()
    assert not Dossier.objects.exists()


def test_only_a_round_of_which_something_is_public_there_can_be_chosen() -> None:
    first = AuditRound.objects.get(slug="start-2023-2025")
    later = {"slug": "ronde-2029", "name": "Ronde 2029", "number": 9, "first_year": 2028, "last_year": 2029}
    published = {"status": "published", "published_at": timezone.now(), "text": "Tekst", "source": first.source}
    AuditRound.objects.create(**later, **published)
    gea = clerk()
    for kind in ("overdrachtsdossier", "vergelijking"):
        page = gea.get(address(kind)).content.decode()
        assert 'value="start-2023-2025"' in page
        assert "Ronde 2029" not in page


def test_the_title_of_a_yearly_overview_follows_the_year_that_is_chosen() -> None:
    gea = clerk()
    last = timezone.localdate().year - 1
    assert (
        gea.get(address("jaaroverzicht")).context["form"]["title"].value() == f"Jaaroverzicht opvolging Heerlen {last}"
    )
    offered = f"Jaaroverzicht opvolging Heerlen {last}"
    assert asked(gea, "jaaroverzicht", title=offered, year="2024").title == "Jaaroverzicht opvolging Heerlen 2024"
    assert asked(gea, "jaaroverzicht", title="Het jaar 2023", year="2024").title == "Het jaar 2023"


def test_what_may_be_chosen_for_a_meeting_stands_per_kind() -> None:
    form = clerk().get(address("vergaderpakket")).context["form"]
    groups = [(name, [box.data["value"] for box in boxes]) for name, boxes in form.groups]
    assert [name for name, _ in groups] == ["Aanbevelingen", "Bevindingen over Heerlen-Noord"]
    assert all(value.startswith("aanbeveling-") for value in groups[0][1])
    assert all(value.startswith("bevinding-") for value in groups[1][1])
    assert sum(len(values) for _, values in groups) == len(list(form["items"]))


def test_where_nothing_is_public_yet_there_is_nothing_to_choose(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "subjects_for", lambda *_: [])
    gea = clerk()
    assert gea.get(address("vergaderpakket")).status_code == 200
    assert gea.post(address("vergaderpakket"), typed("vergaderpakket")).status_code == 422


def test_a_form_about_one_subject_never_offers_the_ticks_of_another() -> None:
    assert "data-keep" not in clerk().get(f"{address('vergaderpakket')}?over=aanbeveling-rol").content.decode()


@pytest.mark.parametrize("path", ["nieuw/heerlen/onbekend/", "nieuw/nergens/rapport/", "999999/", "versie/1.exe"])
def test_what_does_not_exist_is_a_404(path: str) -> None:
    assert clerk().get(f"/griffie/dossiers/{path}").status_code == 404


def test_a_choice_kept_as_a_template_is_there_for_colleagues_until_one_removes_it() -> None:
    asked(clerk(), "overdrachtsdossier", title="Voor de raad", sections=["inleiding", "bronnen"], keep_as="Kort")
    colleague = clerk("gon")
    template = Template.objects.get()
    assert "Kort" in colleague.get("/griffie/dossiers/").content.decode()
    form = colleague.get(f"{address('overdrachtsdossier')}?sjabloon={template.pk}").context["form"]
    assert form["title"].value() == "Voor de raad"
    assert form["sections"].value() == ["inleiding", "bronnen"]
    again = colleague.post(address("overdrachtsdossier"), typed("overdrachtsdossier", keep_as="Kort"))
    assert (again.status_code, "al een sjabloon met deze naam" in again.content.decode()) == (422, True)
    elsewhere = clerk("ans", "arnhem")
    assert "Kort" not in elsewhere.get("/griffie/dossiers/").content.decode()
    assert elsewhere.post(f"/griffie/dossiers/sjabloon/{template.pk}/verwijder/").status_code == 404
    colleague.post(f"/griffie/dossiers/sjabloon/{template.pk}/verwijder/")
    assert not Template.objects.exists()


def test_a_next_version_keeps_the_one_before_it() -> None:
    gea = clerk()
    first = small(gea)
    before = file_of(first, "pdf")
    form = gea.get(f"/griffie/dossiers/{first.dossier_id}/nieuwe-versie/").context["form"]
    assert form["sections"].value() == ["samenvatting"]
    assert form["year"].value() == 2025
    gea.post(f"/griffie/dossiers/{first.dossier_id}/nieuwe-versie/", typed("jaaroverzicht", title="Beter"))
    second = first.dossier.editions.get(number=2)
    assert gea.post(f"/griffie/dossiers/{first.dossier_id}/nieuwe-versie/", typed("jaaroverzicht"))["Location"]
    assert first.dossier.editions.count() == 2  # one at a time
    worked_on(second)
    page = page_of(gea, second)
    assert f"versie/{first.pk}.pdf" in page
    assert f"versie/{second.pk}.pdf" in page
    assert gea.get(f"/griffie/dossiers/versie/{first.pk}.pdf").content == before


def test_one_sees_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    gea, seen = clerk(), list[str]()
    asked(gea, "jaaroverzicht", title="Een")
    last = asked(gea, "jaaroverzicht", title="Twee")
    assert "In de wachtrij, nog 1 voor u" in page_of(gea, last)
    assert 'hx-trigger="every 2s"' in page_of(gea, last)
    ready = making.ready

    def told(edition: Edition, job: int, part: int) -> None:
        ready(edition, job, part)
        if part < 6:
            fragment = gea.get(f"/griffie/dossiers/{edition.dossier_id}/", headers={"HX-Request": "true"})
            seen.append(fragment.content.decode())

    monkeypatch.setattr(making, "ready", told)
    worked_on(last)
    assert [f"onderdeel {part} van 6" in page for part, page in enumerate(seen, start=2)] == [True] * 5
    assert all("<html" not in page for page in seen)
    assert "every 2s" not in page_of(gea, last)


def test_what_is_cancelled_while_waiting_is_never_made_and_can_be_asked_again() -> None:
    gea = clerk()
    edition = asked(gea, "jaaroverzicht")
    job = edition.job
    assert job
    gea.post(f"/griffie/dossiers/versie/{edition.pk}/annuleer/")
    assert not ProcrastinateJob.objects.filter(pk=job).exists()
    making.make(edition.pk, job)
    edition.refresh_from_db()
    assert (edition.stage, edition.files.count()) == (Stage.CANCELLED, 0)
    assert "Geannuleerd door Gea" in page_of(gea, edition)
    gea.post(f"/griffie/dossiers/versie/{edition.pk}/opnieuw/")
    assert worked_on(edition).job != job
    assert edition.stage == Stage.MADE


def test_what_is_cancelled_while_it_is_being_made_leaves_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    gea = clerk()
    edition = asked(gea, "jaaroverzicht", sections=["samenvatting"])
    render = pdf.render

    def cancelled_meanwhile(html: str, *, seconds: int | None = None) -> bytes:
        gea.post(f"/griffie/dossiers/versie/{edition.pk}/annuleer/")
        return render(html, seconds=seconds)

    monkeypatch.setattr(pdf, "render", cancelled_meanwhile)
    worked_on(edition)
    assert (edition.stage, edition.files.count()) == (Stage.CANCELLED, 0)


@pytest.mark.parametrize("reason", ["timeout", "memory", "busy", "error"])
def test_what_fails_says_why_and_what_one_can_do(reason: str, monkeypatch: pytest.MonkeyPatch) -> None:
    gea = clerk()
    edition = asked(gea, "jaaroverzicht")

    def failing(html: str, *, seconds: int | None = None) -> bytes:
        raise pdf.PdfFailed(reason)

    monkeypatch.setattr(pdf, "render", failing)
    worked_on(edition)
    page = page_of(gea, edition)
    assert "Mislukt" in page
    assert making.WHAT_TO_DO[reason] in page
    assert "Probeer opnieuw" in page


def test_what_ended_three_workers_is_not_waited_for() -> None:
    edition = asked(clerk(), "jaaroverzicht")
    given_up_dossiers(timestamp=0)
    edition.refresh_from_db()
    assert edition.stage == Stage.WAITING
    assert app.job_manager.cancel_job_by_id(edition.job or 0, delete_job=True)
    given_up_dossiers(timestamp=0)
    edition.refresh_from_db()
    assert edition.stage == Stage.FAILED
    assert "afgebroken" in edition.reason


def test_fifty_dossiers_of_one_do_not_hold_up_the_one_of_another() -> None:
    busy, quick = clerk("druk"), clerk("vlug")
    many = [asked(busy, "jaaroverzicht", title=f"Nummer {number}") for number in range(50)]
    one = asked(quick, "jaaroverzicht", title="De mijne")
    order = list(
        ProcrastinateJob.objects.filter(queue_name="dossiers").order_by("-priority", "pk").values_list("pk", flat=True)
    )
    assert order[:3] == [many[0].job, one.job, many[1].job]
    assert composing.ahead(one) == 1
    assert composing.ahead(many[-1]) == 50
    assert set(ProcrastinateJob.objects.filter(pk__in=order).values_list("lock", flat=True)) == {"dossiers"}


def test_made_is_made_and_stays() -> None:
    edition = small(clerk())
    shown = [file.sha256 for file in files(edition)]
    worked_on(edition)
    assert [file.sha256 for file in files(edition)] == shown
    content = FileContent.objects.filter(file__edition=edition)
    attempts: list[Any] = [
        lambda: Edition.objects.filter(pk=edition.pk).update(title="Anders"),
        lambda: Edition.objects.filter(pk=edition.pk).delete(),
        lambda: edition.files.update(sha256="0" * 64),
        lambda: edition.files.all().delete(),
        lambda: Dossier.objects.filter(pk=edition.dossier_id).update(kind="rapport"),
        lambda: content.update(content=b"anders"),
    ]
    for attempt in attempts:
        with pytest.raises(Error), transaction.atomic():
            attempt()


@pytest.mark.parametrize(
    "wrong",
    [
        {"stage": "made", "ended_at": timezone.now()},  # without a moment or a checksum
        {"stage": "failed"},  # that did not end
        {"stage": "asleep", "ended_at": timezone.now()},
        {"stage": "cancelled", "ended_at": timezone.now() - timedelta(days=400)},  # before it was asked
        {"number": 1},
    ],
)
def test_the_database_refuses_an_edition_that_cannot_be(wrong: dict[str, Any]) -> None:
    user = person("gea", "clerk")
    dossier = Dossier.objects.create(
        municipality=Municipality.objects.get(slug="heerlen"), kind="rapport", started_by=user
    )
    Edition.objects.create(dossier=dossier, number=1, title="Een", asked_by=user).end(Stage.CANCELLED)
    with pytest.raises(IntegrityError), transaction.atomic():
        Edition.objects.create(**{"dossier": dossier, "number": 2, "title": "Twee", "asked_by": user} | wrong)
    Edition.objects.create(dossier=dossier, number=2, title="Twee", asked_by=user)
    with pytest.raises(IntegrityError), transaction.atomic():  # one in the making
        Edition.objects.create(dossier=dossier, number=3, title="Drie", asked_by=user)


def control_page(visitor: Client, edition: Edition) -> str:
    code = IssuedFile.objects.get(pk=edition.files.get(format="pdf").sha256).copy_id
    forget_pages()
    return visitor.get(f"/controle/{code}/", follow=True).content.decode()


def test_who_finds_a_copy_learns_what_it_is_and_whether_it_is_current(visitor: Client) -> None:
    edition = small(clerk())
    page = control_page(visitor, edition)
    assert "<dd>Jaaroverzicht opvolging Heerlen (versie 1)</dd>" in page
    assert "Dit exemplaar is actueel" in page
    assert f'href="/griffie/dossiers/{edition.dossier_id}/"' in page
    assert "Inzicht in" not in page


def test_data_that_changed_is_no_newer_version_until_someone_made_one(visitor: Client) -> None:
    gea = clerk()
    first = small(gea)
    assert "niet meer actueel" not in page_of(gea, first)
    recorded("heerlen-2-inzicht-financien", "decision", "adopted", "2025-06-01")
    page, own = control_page(visitor, first), page_of(gea, first)
    assert "<h1>De gegevens zijn veranderd</h1>" in page
    assert "Een nieuwere versie van dit dossier is nog niet gemaakt." in page
    assert "Inzicht in" not in page
    assert "Versie 1 is niet meer actueel" in own
    assert "<li>Aanbeveling: Inzicht in de financiën</li>" in own
    assert own.count("Maak een nieuwe versie") == 1
    gea.post(f"/griffie/dossiers/{first.dossier_id}/nieuwe-versie/", typed("jaaroverzicht", sections=["samenvatting"]))
    assert "niet meer actueel" not in page_of(gea, first)  # one is being made
    second = worked_on(first.dossier.editions.get(number=2))
    page = control_page(visitor, first)
    assert "<h1>Er is een nieuwere versie</h1>" in page
    assert "Dit is versie 1; versie 2 is gemaakt op" in page
    assert "Inzicht in" not in page
    assert "Dit exemplaar is actueel" in control_page(visitor, second)
    assert "niet meer actueel" not in page_of(gea, first)


def test_the_page_of_a_dossier_as_of_an_earlier_day_does_not_call_it_outdated() -> None:
    gea = clerk()
    edition = small(gea, year="2024", day="2025-02-01")
    recorded("heerlen-2-inzicht-financien", "decision", "adopted", "2025-06-01")
    assert "niet meer actueel" not in page_of(gea, edition)


def test_an_operator_clears_the_files_of_old_dossiers_and_what_they_were_stays(
    visitor: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    gea = clerk()
    edition = small(gea)
    paper, name = file_of(edition, "pdf"), edition.files.get(format="pdf").name
    today = timezone.localdate()
    call_command("clear_dossiers", today.isoformat(), "--yes")
    call_command("clear_dossiers", (today + timedelta(1)).isoformat())
    assert FileContent.objects.filter(file__edition=edition).count() == edition.files.count() == 5
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("0 bestanden")
    assert said[1].startswith("5 bestanden")
    assert said[1].endswith("nog niets opgeruimd.")
    call_command("clear_dossiers", (today + timedelta(1)).isoformat(), "--yes")
    assert not FileContent.objects.exists()
    assert f"{name}: opgeruimd, maak een nieuwe versie" in page_of(gea, edition)
    gone = gea.get(f"/griffie/dossiers/versie/{edition.pk}.pdf")
    assert gone.status_code == 404
    checked = visitor.post("/controle/bestand/", {"bestand": SimpleUploadedFile("paper.pdf", paper)}, follow=True)
    assert f"{edition.title} (versie 1)" in checked.content.decode()
