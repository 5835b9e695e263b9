"""What readers are told beside a finding: who wrote it, and what was put right in it."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from findings.models import AuditRound, Finding, FindingVersion
from nplv_portal.accounts.models import User
from tests.findings.test_matrix import text_of
from tests.test_pdfs import words_of

pytestmark = pytest.mark.django_db
KADERS = "kaders-heerlen-noord-start-2023-2025"
EDITORS = "de rekenkamer heeft dat nog niet bevestigd"
ERRATUM = "Er stond een ander jaartal."


def correct(slug: str, *, by_office: bool) -> FindingVersion:
    """The next version, by people of the audit office or loaded by the editors of the portal."""
    old = FindingVersion.objects.as_of(timezone.now()).get(record__slug=slug)
    approver, publisher = (
        (User.objects.create_user(f"{name}-{old.pk}@example.nl") for name in ("bob", "cis"))
        if by_office
        else (None, None)
    )
    version: FindingVersion = FindingVersion.objects.create(
        record=old.record,
        number=old.number + 1,
        headline=old.headline,
        text="De verbeterde tekst.",
        erratum=ERRATUM,
        approved_by=approver,
    )
    version.publish(at=timezone.now(), by=publisher)
    return version


def page(address: str) -> str:
    response = Client().get(address)
    assert response.status_code == 200
    return text_of(response.content.decode())


PLACES = [
    f"/bevindingen/{KADERS}/",
    "/vergelijking/kaders/",
    "/vergelijking/?weergave=volledig",
    "/gemeenten/heerlen/raad/",
]


@pytest.mark.parametrize("address", PLACES)
def test_an_erratum_stands_with_the_text(address: str) -> None:
    assert "Erratum" not in page(address)
    correct(KADERS, by_office=True)
    shown = page(address)
    assert shown.index("De verbeterde tekst.") < shown.index(ERRATUM) < shown.index("De verbeterde tekst.") + 400


@pytest.mark.parametrize("address", ["/vergelijking/", "/gemeenten/heerlen/"])
def test_where_only_the_essence_stands_an_erratum_is_a_link(address: str) -> None:
    correct(KADERS, by_office=True)
    assert f'href="/bevindingen/{KADERS}/#versies"' in Client().get(address).content.decode()
    assert "met een erratum" in page(address).lower() or "met erratum" in page(address)


@pytest.mark.parametrize(
    "address", ["/gemeenten/heerlen.pdf?deel=raad", "/vergelijking.pdf?gemeente=heerlen&weergave=volledig"]
)
def test_on_paper_an_erratum_stands_with_the_text_or_in_a_note(address: str) -> None:
    correct(KADERS, by_office=True)
    assert ERRATUM.replace(" ", "") in words_of(Client().get(address).content)


@pytest.mark.parametrize("address", ["/vergelijking.csv", "/vergelijking.json", "/gemeenten/heerlen/raad.csv"])
def test_every_sheet_says_what_was_put_right_and_who_wrote_it(address: str) -> None:
    correct(KADERS, by_office=True)
    content = Client().get(address).content.decode("utf-8-sig")
    assert ERRATUM in content
    assert "redactie van het portaal, nog niet bevestigd" in content or '"van_rekenkamer": false' in content
    assert '"rekenkamer"' in content or '"van_rekenkamer": true' in content


def test_several_that_say_the_same_each_keep_their_erratum() -> None:
    same = FindingVersion.objects.filter(record__round_aspect__aspect__slug="kaders")
    for version in list(same):
        correct(version.record.slug, by_office=False)
    shown = page("/vergelijking/?weergave=volledig&aspect=kaders")
    assert shown.count(ERRATUM) == len(same)


@pytest.mark.parametrize("address", [f"/bevindingen/{KADERS}/", *PLACES[1:], "/vergelijking/", "/gemeenten/heerlen/"])
def test_what_the_editors_wrote_is_said_to_be_theirs(address: str) -> None:
    assert EDITORS in page(address)


def test_of_a_finding_that_the_office_published_nobody_reads_that_it_is_unconfirmed() -> None:
    correct(KADERS, by_office=True)
    shown = page(f"/bevindingen/{KADERS}/")
    assert "Geschreven en bevestigd door Rekenkamer Heerlen" in shown
    assert EDITORS not in shown


def test_where_both_wrote_each_finding_of_the_editors_says_so() -> None:
    correct(KADERS, by_office=True)
    findings = FindingVersion.objects.as_of(timezone.now()).exclude(headline="")
    here = findings.filter(record__focus_area__slug="heerlen-noord").count()
    shown = page("/gemeenten/heerlen/raad/")
    assert "Waar ‘redactie van het portaal’ bij staat" in shown
    assert shown.count("Redactie van het portaal, nog niet bevestigd door de rekenkamer") == here - 1
    assert "Waar ‘redactie van het portaal’ bij staat" not in page("/gemeenten/arnhem/raad/")


def test_where_the_office_wrote_everything_nothing_is_said_of_editors() -> None:
    for version in list(FindingVersion.objects.filter(record__focus_area__slug="heerlen-noord").exclude(headline="")):
        correct(version.record.slug, by_office=True)
    for address in ("/gemeenten/heerlen/", "/gemeenten/heerlen/raad/", "/vergelijking/?gemeente=heerlen"):
        assert "bevestigd door Rekenkamer Heerlen" in page(address) or "bevestigd door de rekenkamers" in page(address)
        assert "redactie" not in page(address).lower(), address
    words = words_of(Client().get("/gemeenten/heerlen.pdf?deel=raad").content)
    assert "redactie" not in words.lower()


# --- The front page ---


def latest() -> list[str]:
    html = Client().get("/").content.decode().partition('id="nieuw"')[2].partition("</ol>")[0]
    return [text_of(line) for line in html.split("<li>")[1:]]


def test_a_later_erratum_changes_no_earlier_count_and_leads_to_its_text() -> None:
    before = latest()
    correct(KADERS, by_office=True)
    now = latest()
    assert now[1:] == before[: len(now) - 1]
    assert "erratum bij één bevinding" in now[0]
    assert f'href="/bevindingen/{KADERS}/"' in Client().get("/").content.decode()


def test_what_was_withdrawn_was_published_still() -> None:
    before = latest()
    version = FindingVersion.objects.as_of(timezone.now()).get(record__slug=KADERS)
    version.withdraw(at=timezone.now() - timedelta(seconds=1), reason="Hoort elders.")
    assert latest() == before


def publish_another(moment: datetime) -> None:
    """Another finding, in a later round."""
    old = FindingVersion.objects.as_of(timezone.now()).get(record__slug=KADERS)
    entry = old.record.round_aspect
    entry.pk, entry.round = None, AuditRound.objects.get(number=2)
    entry.save()
    record = Finding.objects.create(round_aspect=entry, focus_area=old.record.focus_area, slug="kaders-later")
    FindingVersion(record=record, headline="Er is een kader", text="De raad stelde het vast.").publish(at=moment)


def test_of_one_day_what_came_last_stands_first() -> None:
    publish_another(timezone.now() - timedelta(minutes=1))
    correct(KADERS, by_office=True)
    assert ["erratum" in line for line in latest()[:2]] == [True, False]


# --- The versions ---


def test_what_stood_there_first_is_open_to_read() -> None:
    address = f"/bevindingen/{KADERS}/"
    assert "<details open><summary>Tekst van versie" not in Client().get(address).content.decode()
    correct(KADERS, by_office=True)
    shown = Client().get(address).content.decode()
    assert shown.count("<details open><summary>Tekst van versie") == 1
    assert "<details open><summary>Tekst van versie 1<" in shown


def test_a_version_of_one_day_does_not_run_from_that_day_to_that_day() -> None:
    correct(KADERS, by_office=True)
    assert "tot later die dag" not in page(f"/bevindingen/{KADERS}/")
    correct(KADERS, by_office=False)
    assert "tot later die dag" in page(f"/bevindingen/{KADERS}/")


def test_it_is_the_state_that_is_no_score() -> None:
    stated = FindingVersion.objects.as_of(timezone.now()).exclude(state="").order_by("pk")[0]
    assert "De stand is een zoekhulp en geen score." in page(f"/bevindingen/{stated.record.slug}/")
