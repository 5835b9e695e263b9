"""Good examples and who took them over: the pages, the files, the feeds, and what the database promises."""

import re
from datetime import date, datetime
from html import unescape
from io import BytesIO
from itertools import count
from typing import Any

import feedparser
import psycopg
import pytest
from django.db import Error, IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from findings.models import Aspect, Finding, FindingVersion
from focusareas.models import Municipality
from nplv_portal.lib.moments import Moment
from nplv_portal.reports.finding import FindingPage
from recommendations.models import GoodPractice, GoodPracticeVersion, Recommendation, Reuse
from tests.conftest import forget_pages, portal_database_url
from tests.test_pdfs import words, words_of

pytestmark = pytest.mark.django_db
NUMBERS = count(1)
LINK = "https://raad.example.nl/stuk"
GAP = "/bevindingen/overzicht-middelen-groningen-noord-start-2023-2025/"
TEXT = "Groningen zet het geld per wijk op een rij."


def took_over(practice: str = "paragraaf-begroting", by: str = "groningen", **more: Any) -> Reuse:
    entered = timezone.make_aware(datetime.fromisoformat(more.pop("entered", "2025-06-10")))
    aspect, advice = more.pop("aspect", None), more.pop("recommendation", None)
    return Reuse.objects.create(
        slug=f"overgenomen-{next(NUMBERS)}",
        municipality=Municipality.objects.get(slug=by),
        practice=GoodPractice.objects.get(slug=practice),
        aspect=Aspect.objects.get(slug=aspect) if aspect else None,
        recommendation=Recommendation.objects.get(slug=advice) if advice else None,
        entered_at=entered,
        **{"since": "2025-03", "text": TEXT, "link": LINK} | more,
    )


def corrected(old: Reuse, entered: str = "2025-07-01", **more: Any) -> Reuse:
    return took_over(old.practice.slug, old.municipality.slug, corrects=old, entered=entered, **more)


def taken_back(old: Reuse, entered: str = "2025-08-01") -> Reuse:
    return corrected(old, entered, is_retraction=True, since=None, link="", text="Het was ons eigen idee.")


def page(address: str) -> str:
    forget_pages()
    response = Client().get(address)
    assert response.status_code == 200, address
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode().partition("<main")[2])).split())


# The page of an example


def test_an_example_has_a_page_with_what_hangs_on_it() -> None:
    shown = page("/voorbeelden/paragraaf-begroting/")
    for part in ("eigen paragraaf over Heerlen-Noord", "Sturingsmogelijkheden van de raad", "§6.4", "Versie 1"):
        assert part in shown
    html = Client().get("/voorbeelden/paragraaf-begroting/").content.decode()
    assert 'href="/vergelijking/overzicht-middelen/"' in html
    assert 'href="/aanbevelingen/inzicht/"' in html
    assert "Van geen andere gemeente is bekend dat zij dit overnam." in shown


def test_an_example_shows_who_took_it_over_since_when_and_with_what_proof() -> None:
    took_over(aspect="overzicht-middelen", recommendation="inzicht")
    took_over(by="arnhem", since="2024", text="Arnhem begon eerder.")
    shown = page("/voorbeelden/paragraaf-begroting/")
    assert shown.index("Sinds 2024 Arnhem") < shown.index("Sinds maart 2025 Groningen")
    assert f"{TEXT} Voor: Overzicht van geld en resultaten · Bij de aanbeveling Inzicht · Bewijs:" in shown
    assert "stuk op raad.example.nl · Gemeld op 10 juni 2025" in shown


def test_the_recommendation_shows_what_was_taken_over_for_it() -> None:
    took_over(recommendation="inzicht")
    taken_back(took_over(by="arnhem", recommendation="inzicht"))
    shown = page("/aanbevelingen/inzicht/").partition("Overgenomen voor deze aanbeveling")[2]
    assert "Groningen: Aparte paragraaf in begroting (van Heerlen), sinds maart 2025" in shown
    assert "Arnhem: Aparte" not in shown
    assert "Overgenomen voor" not in page("/aanbevelingen/rol/")


def test_a_corrected_or_withdrawn_example_shows_its_versions(db: None) -> None:
    record = GoodPractice.objects.get(slug="paragraaf-begroting")
    first = GoodPracticeVersion.objects.get(record=record)
    again = GoodPracticeVersion(
        record=record, number=2, title="Eigen paragraaf", theme=first.theme, text="Nu met bedragen.", erratum="Titel."
    )
    again.save()
    again.publish(at=timezone.now())
    shown = page("/voorbeelden/paragraaf-begroting/")
    assert "Eigen paragraaf" in shown
    assert "Erratum: Titel." in shown
    assert "Tekst van versie 1" in shown
    again.withdraw(at=timezone.now(), reason="De bron klopte niet.")
    assert "ingetrokken. Reden: De bron klopte niet." in page("/voorbeelden/paragraaf-begroting/")
    assert "Aparte paragraaf" in page("/voorbeelden/paragraaf-begroting/?op=2025-06-01")


def test_what_was_corrected_and_what_fell_away_stay_readable_with_the_reason() -> None:
    corrected(took_over(), text="Alleen in de jaarrekening.", since="2025-05-01")
    taken_back(took_over(by="arnhem", text="Arnhem ook."))
    shown = page("/voorbeelden/paragraaf-begroting/")
    assert "Sinds 1 mei 2025 Groningen Alleen in de jaarrekening." in shown
    assert f"Wat hier eerder stond Sinds maart 2025: {TEXT}" in shown
    assert "Arnhem vervallen Arnhem ook. Vervallen op 1 augustus 2025: Het was ons eigen idee." in shown
    assert "Overgenomen door Groningen" in page("/voorbeelden/")
    assert "Arnhem, van Aparte" not in page("/voorbeelden/")


def test_every_page_can_be_asked_as_of_a_day() -> None:
    taken_back(corrected(took_over(), text="Alleen in de jaarrekening."))
    for address in ("/voorbeelden/paragraaf-begroting/", "/gemeenten/groningen/voorbeelden/"):
        assert TEXT not in page(f"{address}?op=2025-06-09")
        assert TEXT in page(f"{address}?op=2025-06-10")
        assert "Wat hier eerder stond" in page(f"{address}?op=2025-07-02")
        assert "Vervallen op 1 augustus 2025" in page(address)
        assert "Vervallen" not in page(f"{address}?op=2025-07-31")


def test_an_example_that_is_not_public_is_told_of_nowhere() -> None:
    took_over()
    GoodPracticeVersion.objects.get(record__slug="paragraaf-begroting").withdraw(
        at=timezone.now(), reason="Klopt niet."
    )
    for address in ("/voorbeelden/", "/gemeenten/groningen/", "/gemeenten/groningen/voorbeelden/", GAP):
        assert TEXT not in page(address), address
    forget_pages()
    assert TEXT not in Client().get("/volgen/gemeente/groningen.atom").content.decode()


# The list


def test_the_list_keeps_its_anchors_and_can_be_narrowed_to_what_was_taken_over() -> None:
    took_over()
    took_over("klankbordgroep", "arnhem")
    took_over("meedenkgroep-bewoners", "groningen")
    html = Client().get("/voorbeelden/").content.decode()
    assert len(re.findall(r'<li class="card" id="[a-z-]+">', html)) == 25
    assert 'id="paragraaf-begroting"' in html


def shown_on(address: str) -> list[str]:
    forget_pages()
    return re.findall(r'class="card" id="([^"]+)"', Client().get(address).content.decode())


def test_every_count_of_the_list_equals_the_list_behind_it() -> None:
    took_over()
    took_over("klankbordgroep", "arnhem")
    took_over("meedenkgroep-bewoners", "groningen")
    taken_back(took_over("klankbordgroep", "lelystad"))
    assert shown_on("/voorbeelden/?overgenomen=ja") == [
        "klankbordgroep",
        "paragraaf-begroting",
        "meedenkgroep-bewoners",
    ]
    assert shown_on("/voorbeelden/?overgenomen=groningen&gemeente=heerlen") == ["paragraaf-begroting"]
    for start in (
        "",
        "?aspect=bewonersparticipatie&overgenomen=ja",
        "?overgenomen=groningen",
        "?gemeente=heerlen",
        "?overgenomen=ja&op=2025-06-09",
    ):
        forget_pages()
        html = Client().get(f"/voorbeelden/{start}").content.decode().partition("<main")[2]
        links = re.findall(r'href="/voorbeelden/([^"]*)"[^>]*>[^<(]+\((\d+)\)</a>', html)
        assert len(links) > 4
        for address, number in links:
            assert len(shown_on(f"/voorbeelden/{unescape(address)}")) == int(number), (start, address)


@pytest.mark.parametrize("value", ["ja", "lelystad", "x", "<b>", "ja" * 100])
def test_a_filter_that_names_nobody_says_so_and_shows_all(value: str) -> None:
    assert "overnam. Dit filter telt niet mee." in page(f"/voorbeelden/?overgenomen={value}")
    assert len(shown_on(f"/voorbeelden/?overgenomen={value}")) == 25


def test_examples_are_found_by_aspect_and_say_what_they_fit() -> None:
    shown = shown_on("/voorbeelden/?aspect=bewonersparticipatie")
    assert shown
    for slug in shown:
        assert 'href="/vergelijking/bewonersparticipatie/"' in Client().get(f"/voorbeelden/{slug}/").content.decode()
    assert "Bij het aspect x staat er geen voorbeeld" in page("/voorbeelden/?aspect=x").replace("“x”", "x")
    listed = page("/voorbeelden/")
    assert "Past bij de aanbeveling: " in listed
    assert "Past bij het aspect: " in listed
    assert "Past bij: " not in listed


# From a gap to an example


def test_a_gap_leads_to_examples_elsewhere_and_to_where_it_is_arranged() -> None:
    shown = page(GAP).partition("Zo doen anderen het")[2].partition("Versies")[0]
    assert "Aparte paragraaf in begroting Heerlen" in shown
    assert "Van geen andere gemeente vond een rekenkamer dat dit geregeld is." in shown
    plan = page("/bevindingen/gebiedsplan-lelystad-oost-start-2023-2025/")
    assert "Gemeenten waar dit geregeld is Heerlen" in plan
    assert "Op alfabet." in plan
    monitoring = page("/bevindingen/monitoring-groningen-noord-start-2023-2025/")
    assert "Monitoring Heerlen" in monitoring.partition("Goede voorbeelden bij dit aspect")[2]


def test_what_is_arranged_is_no_gap() -> None:
    assert "Zo doen anderen het" not in page("/bevindingen/gebiedsplan-heerlen-noord-start-2023-2025/")


def test_a_gap_without_any_example_says_so_honestly() -> None:
    shown = page("/bevindingen/link-raadsvoorstellen-arnhem-oost-start-2023-2025/")
    assert "Dit portaal heeft hierbij nog geen goed voorbeeld" in shown


def test_of_an_area_elsewhere_its_last_round_counts() -> None:
    old = Finding.objects.get(slug="gebiedsplan-heerlen-noord-start-2023-2025")
    entry = old.round_aspect
    entry.pk, entry.round = None, type(entry.round).objects.get(slug="vervolg-2025-2027")
    entry.save()
    later = Finding.objects.create(slug="gebiedsplan-later", round_aspect=entry, focus_area=old.focus_area)
    version = FindingVersion(
        record=later, headline="Nu weg", text="Nu weg.", state="not_in_place", state_reason="“weg”"
    )
    version.save()
    version.publish(at=timezone.now())
    gap = "gebiedsplan-lelystad-oost-start-2023-2025"
    now, then = (FindingPage.of(gap, Moment.on(day)) for day in (None, date(2025, 6, 1)))
    assert now
    assert then
    assert now.elsewhere == []
    assert [other.municipality for other in then.elsewhere] == ["heerlen"]


def test_the_gap_shows_what_its_own_city_took_over_for_it() -> None:
    took_over()
    took_over("klankbordgroep", aspect="overzicht-middelen", text="Voor het geld.")
    took_over("frisse-wind", text="Voor iets anders.")
    taken_back(took_over("sociaal-veilig", aspect="overzicht-middelen", text="Toch niet."))
    shown = page(GAP)
    assert "Groningen nam over" in shown
    assert TEXT in shown
    assert "Voor het geld." in shown
    assert "Voor iets anders." not in shown
    assert "Toch niet." not in shown
    assert "nam over" not in page("/bevindingen/overzicht-middelen-lelystad-oost-start-2023-2025/")


@pytest.mark.parametrize("address", ["/gemeenten/groningen/raad/", "/vergelijking/overzicht-middelen/"])
def test_a_gap_in_a_list_has_a_short_way_to_how_others_do_it(address: str) -> None:
    assert f'href="{GAP}#zo-doen-anderen-het"' in Client().get(address).content.decode()
    assert f'href="{GAP}?op=2025-06-01#zo-doen' in Client().get(f"{address}?op=2025-06-01").content.decode()


# The other end: the report of the municipality, and who follows it


def test_the_report_of_the_city_tells_it_on_screen_and_in_every_file() -> None:
    corrected(took_over(), text="Alleen in de jaarrekening.")
    taken_back(took_over("klankbordgroep", text="Een groep van zes."))
    forget_pages()
    assert "Overgenomen van anderen: Aparte paragraaf in begroting (Heerlen)" in page("/gemeenten/groningen/")
    section = page("/gemeenten/groningen/voorbeelden/")
    assert "van Heerlen, sinds maart 2025 Alleen in de jaarrekening." in section
    rows = Client().get("/gemeenten/groningen/voorbeelden.json").json()["tabellen"]["Overgenomen voorbeelden"]
    assert [(row["Overgenomen voorbeeld"], row["Sinds"]) for row in rows] == [
        ("Aparte paragraaf in begroting", "2025-03"),
        ("Klankbordgroep", "2025-03"),
    ]
    assert rows[0]["Eerder stond hier"] == f"sinds maart 2025: {TEXT}"
    assert rows[1]["Vervallen"] == "1 augustus 2025: Het was ons eigen idee."
    book = load_workbook(BytesIO(Client().get("/gemeenten/groningen.xlsx").content))
    assert [row[3].value for row in book["Overgenomen voorbeelden"].rows][1:] == [
        row["Wat de gemeente ervan maakte"] for row in rows
    ]
    theirs = Client().get("/gemeenten/heerlen/voorbeelden.json").json()["tabellen"]["Goede voorbeelden"]
    assert {row["Overgenomen door"] for row in theirs if row["Voorbeeld"] == "Aparte paragraaf in begroting"} == {
        f"Groningen, sinds maart 2025: Alleen in de jaarrekening. [{LINK}]"
    }


def test_the_pdf_of_the_report_tells_it_at_both_ends() -> None:
    taken_back(took_over("klankbordgroep", text="Een groep van zes."))
    took_over()
    mine = words_of(Client().get("/gemeenten/groningen.pdf?deel=voorbeelden").content)
    for part in ("Overgenomen van anderen", TEXT, "Vervallen op 1 augustus 2025: Het was ons eigen idee."):
        assert words(part) in mine
    theirs = words_of(Client().get("/gemeenten/heerlen.pdf?deel=voorbeelden").content)
    assert words("Overgenomen door Groningen (sinds maart 2025).") in theirs


def test_a_feed_of_the_city_tells_it_and_what_was_corrected() -> None:
    taken_back(corrected(took_over(), text="Alleen in de jaarrekening."))
    forget_pages()
    found = feedparser.parse(Client().get("/volgen/gemeente/groningen.atom").content).entries
    what = "goed voorbeeld overgenomen van Heerlen: Aparte paragraaf in begroting"
    told = [entry for entry in found if what in entry.title]
    assert [entry.title for entry in told] == [
        f"Groningen: {word}{what}" for word in ("vervallen: ", "verbeterd: ", "")
    ]
    assert told[0].summary == "Het was ons eigen idee."
    assert told[0].link.endswith("/voorbeelden/paragraaf-begroting/#overgenomen")
    forget_pages()
    assert what not in Client().get("/volgen/gemeente/heerlen.atom").content.decode()


def test_the_feed_of_a_recommendation_tells_also_that_it_fell_away() -> None:
    taken_back(took_over(recommendation="inzicht"))
    forget_pages()
    found = feedparser.parse(Client().get("/volgen/aanbeveling/inzicht.atom").content).entries
    assert [entry.title.split(":")[1] for entry in found][:2] == [
        " vervallen",
        " goed voorbeeld overgenomen van Heerlen",
    ]


@pytest.mark.parametrize(
    ("address", "most"),
    [
        ("/voorbeelden/", 3),
        ("/voorbeelden/klankbordgroep/", 3),
        ("/bevindingen/mondelinge-informatie-arnhem-oost-start-2023-2025/", 3),
        ("/gemeenten/arnhem/voorbeelden/", 2),
    ],
)
def test_a_page_asks_as_much_with_many_as_with_one(address: str, most: int) -> None:
    asked = []
    for takers in (
        ["arnhem"],
        Municipality.objects.exclude(slug__in=["heerlen", "arnhem"]).values_list("slug", flat=True),
    ):
        for taker in takers:
            corrected(took_over("klankbordgroep", taker, text=f"{taker} doet het ook."))
        forget_pages()
        with CaptureQueriesContext(connection) as queries:
            Client().get(address)
        asked.append(len(queries))
    assert asked[0] == asked[1] <= most


# What the database promises


def refused(why: str, **fields: Any) -> None:
    with pytest.raises(IntegrityError, match=why), transaction.atomic():
        took_over(**fields)


def test_nobody_takes_over_what_is_ones_own() -> None:
    refused("one's own", by="heerlen")


def test_a_city_takes_an_example_over_once_until_that_falls_away() -> None:
    first = took_over()
    refused("known already")
    refused("known already", since="2026")
    second = corrected(first)
    refused("known already")
    refused("corrects", corrects=first)
    taken_back(second)
    took_over()


def test_a_correction_stays_about_the_same_example_in_the_same_city() -> None:
    old = took_over()
    refused("a correction of another", corrects=old, practice="klankbordgroep")
    refused("a correction of another", corrects=old, by="arnhem")
    gone = taken_back(old)
    refused("a correction of another", corrects=gone)


@pytest.mark.parametrize(
    "missing",
    [{"text": ""}, {"since": None}, {"link": ""}, {"is_retraction": True}, {"is_retraction": True, "since": None}],
)
def test_what_is_taken_over_says_since_when_what_and_where(missing: dict[str, Any]) -> None:
    refused("reuse_says_what", **missing)


def test_what_was_recorded_is_never_rewritten_or_removed() -> None:
    kept = Reuse.objects.filter(pk=took_over().pk)
    for act in (lambda: kept.update(text="anders"), kept.delete):
        with pytest.raises(Error), transaction.atomic():
            act()


def test_an_example_that_was_taken_over_stays_where_it_is() -> None:
    practice, arnhem = GoodPractice.objects.filter(slug="paragraaf-begroting"), Municipality.objects.get(slug="arnhem")
    practice.update(municipality=arnhem)
    took_over(by="groningen")
    with pytest.raises(IntegrityError, match="stays with its municipality"), transaction.atomic():
        practice.update(municipality=Municipality.objects.get(slug="groningen"))
    practice.update(order=99)


def test_the_shipped_data_say_of_nobody_that_an_example_was_taken_over() -> None:
    assert not Reuse.objects.exists()


def test_of_two_who_record_the_same_at_once_the_second_waits_for_the_first() -> None:
    first = took_over()
    columns = "municipality_id, practice_id, since, text, link, entered_at, is_retraction"
    again = f"INSERT INTO recommendations_reuse (slug, {columns}) SELECT 'x', %s, %s, '2025', 'x', 'x', now(), false"
    with psycopg.connect(portal_database_url()) as other:
        other.execute("SET lock_timeout = '500ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            other.execute(again.encode(), [first.municipality_id, first.practice_id])
        other.rollback()
