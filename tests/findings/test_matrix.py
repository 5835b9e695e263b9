"""The comparison matrix: what a view shows, and that every export of it is that same view."""

import csv
import gzip
import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from html import unescape
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from findings.models import AuditRound, Finding, FindingVersion, Participation, RoundAspect
from findings.views import MANY_COLUMNS
from focusareas.models import AuditOffice, FocusArea
from nplv_portal.sources.models import Source
from tests.conftest import forget_pages
from tests.test_pdfs import words, words_of

pytestmark = pytest.mark.django_db
HX = {"HX-Request": "true"}


def read(visitor: Client, query: str = "") -> str:
    response = visitor.get(f"/vergelijking/{query}")
    assert response.status_code == 200
    return text_of(response.content.decode())


def text_of(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def as_json(visitor: Client, query: str = "") -> dict[str, object]:
    content = visitor.get(f"/vergelijking.json{query}").json()
    assert isinstance(content, dict)
    return content


def cells(visitor: Client, query: str = "") -> list[dict[str, Any]]:
    found = as_json(visitor, query)["bevindingen"]
    assert isinstance(found, list)
    return found


def test_the_matrix_holds_every_headline(visitor: Client) -> None:
    page = read(visitor)
    for version in FindingVersion.objects.all():
        assert version.headline in page


def test_the_full_view_holds_every_text_and_source(visitor: Client) -> None:
    page = read(visitor, "?weergave=volledig")
    for version in FindingVersion.objects.all():
        assert " ".join(version.text.split()) in page


def test_a_row_can_be_opened_alone(visitor: Client) -> None:
    page = read(visitor, "?rij=monitoring")
    opened = FindingVersion.objects.get(record__slug="monitoring-arnhem-oost-start-2023-2025")
    closed = FindingVersion.objects.get(record__slug="kaders-arnhem-oost-start-2023-2025")
    assert opened.text in page
    assert closed.text not in page


def test_what_is_the_same_everywhere_is_said_once(visitor: Client) -> None:
    page = read(visitor)
    assert page.count("De hele raad onderschrijft het doel van het nationale programma") == 1
    assert page.count("alle vier gelijk") == 2


def test_only_differences_hides_the_rows_that_say_the_same(visitor: Client) -> None:
    aspects = {cell["aspect"] for cell in cells(visitor, "?verschillen=1")}
    assert len(aspects) == 11
    assert "Onderschrijving doel nationale programma" not in aspects


def test_columns_stand_in_the_order_of_the_note(visitor: Client) -> None:
    assert [cell["gemeente"] for cell in cells(visitor)[:4]] == ["Heerlen", "Lelystad", "Arnhem", "Groningen"]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 52),
        ("?rol=controlerend", 12),
        ("?rol=controlerend&rol=financien", 24),
        ("?aspect=kaders", 4),
        ("?gemeente=heerlen", 13),
        ("?gemeente=heerlen&gemeente=arnhem", 26),
        ("?gemeente=utrecht", 13),
        ("?rol=controlerend&gemeente=lelystad&weergave=volledig", 3),
        ("?stand=niet-geregeld&gemeente=lelystad", 2),
        ("?tekst=klankbordgroep", 4),
        ("?tekst=KLANKBORDGROEP", 4),
        ("?tekst=financien&rol=controlerend", 4),
        ("?tekst=zeppelin", 0),
        ("?op=2025-01-29", 52),
    ],
)
def test_filters_leave_what_they_say(visitor: Client, query: str, count: int) -> None:
    assert len(cells(visitor, query)) == count


def test_before_publication_every_cell_says_it_is_not_published(visitor: Client) -> None:
    assert {cell["kern"] for cell in cells(visitor, "?op=2025-01-29")} == {"nog niet gepubliceerd"}
    assert "nog niet gepubliceerd" not in read(visitor, "?op=2025-01-30")


def test_a_municipality_that_does_not_take_part_says_so(visitor: Client) -> None:
    assert {cell["kern"] for cell in cells(visitor, "?gemeente=utrecht")} == {"doet niet mee"}
    assert "1 van 4 gemeenten · één doet niet mee" in read(visitor, "?gemeente=utrecht&gemeente=heerlen")


def test_a_cell_that_was_withdrawn_is_empty_with_a_reason(visitor: Client) -> None:
    FindingVersion.objects.get(record__slug="kaders-heerlen-noord-start-2023-2025").withdraw(
        at=timezone.now(), reason="Verwisseld."
    )
    found = cells(visitor, "?aspect=kaders&gemeente=heerlen")
    assert [(cell["kern"], cell["stand"]) for cell in found] == [("ingetrokken", "ingetrokken")]
    assert "Verwisseld." in visitor.get("/bevindingen/kaders-heerlen-noord-start-2023-2025/").content.decode()
    before = cells(visitor, "?aspect=kaders&gemeente=heerlen&op=2025-02-01")
    assert before[0]["kern"] == "Raad stelde kaders vast die voortbouwen op wat er al was"


def test_a_new_version_takes_the_place_of_a_withdrawn_one(visitor: Client) -> None:
    first = FindingVersion.objects.get(record__slug="kaders-heerlen-noord-start-2023-2025")
    first.withdraw(at=timezone.now(), reason="Verwisseld.")
    again = FindingVersion.objects.create(
        record=first.record, number=2, headline="Nu goed", text="Tekst.", erratum="Verwisseling hersteld."
    )
    again.publish(at=timezone.now())
    assert [cell["kern"] for cell in cells(visitor, "?aspect=kaders&gemeente=heerlen")] == ["Nu goed"]


def test_a_draft_shows_nowhere(visitor: Client) -> None:
    finding = Finding.objects.get(slug="kaders-heerlen-noord-start-2023-2025")
    FindingVersion.objects.create(
        record=finding, number=2, headline="KANARIE", text="KANARIE", remark="KANARIE", erratum="KANARIE"
    )
    for address in [
        "/",
        "/vergelijking/?weergave=volledig",
        "/vergelijking/?tekst=kanarie",
        "/vergelijking.json",
        "/vergelijking.csv",
        "/vergelijking/kaders/",
        f"/bevindingen/{finding.slug}/",
        "/gemeenten/heerlen/",
    ]:
        assert "KANARIE" not in visitor.get(address).content.decode()


def test_the_page_as_of_a_past_day_is_what_stood_there(visitor: Client) -> None:
    finding = Finding.objects.get(slug="kaders-heerlen-noord-start-2023-2025")
    correction = FindingVersion.objects.create(
        record=finding, number=2, headline="Verbeterde kernzin", text="Verbeterde tekst.", erratum="Verbeterd."
    )
    correction.publish(at=timezone.now())
    today, then = cells(visitor, "?aspect=kaders"), cells(visitor, "?aspect=kaders&op=2025-06-01")
    assert today[0]["kern"] == "Verbeterde kernzin"
    assert then[0]["kern"] == "Raad stelde kaders vast die voortbouwen op wat er al was"
    page = text_of(visitor.get(f"/bevindingen/{finding.slug}/").content.decode())
    assert "Erratum: Verbeterd." in page
    assert "Erratum" not in text_of(visitor.get(f"/bevindingen/{finding.slug}/?op=2025-06-01").content.decode())


def test_publishing_shows_at_once_although_pages_are_kept(visitor: Client) -> None:
    assert "Nieuwe kernzin" not in read(visitor)
    finding = Finding.objects.get(slug="kaders-heerlen-noord-start-2023-2025")
    FindingVersion.objects.create(
        record=finding, number=2, headline="Nieuwe kernzin", text="Tekst.", erratum="Verbeterd."
    ).publish(at=timezone.now())
    assert "Nieuwe kernzin" in read(visitor)


def test_htmx_gets_the_fragment_and_the_address_and_history_the_whole_page(visitor: Client) -> None:
    fragment = visitor.get("/vergelijking/?rol=controlerend&tekst=&weergave=kern", headers=HX)
    assert b"<html" not in fragment.content
    assert fragment["HX-Push-Url"] == "/vergelijking/?rol=controlerend"
    assert "HX-Request" in fragment["Vary"]
    whole = visitor.get("/vergelijking/?rol=controlerend", headers=HX | {"HX-History-Restore-Request": "true"})
    assert b"<html" in whole.content


def test_a_filter_swap_is_a_small_part_of_the_page(visitor: Client) -> None:
    """The form travels only where its own choices change, with the round or the day."""
    html = visitor.get("/vergelijking/").content.decode()
    made_for = re.findall('name="vorm" value="([^"]+)"', html)[0]
    swap, other = (
        visitor.get(f"/vergelijking/?rol=controlerend&vorm={vorm}", headers=HX).content.decode()
        for vorm in (made_for, "een-andere-ronde")
    )
    assert "<form" not in swap
    assert "<form" in other
    assert len(gzip.compress(swap.encode())) <= 0.3 * len(gzip.compress(html.encode()))


def test_json_has_the_promised_form(visitor: Client) -> None:
    content = as_json(visitor)
    assert content.keys() == {"ronde", "op", "bevindingen"}
    assert content["ronde"] == "start-2023-2025"
    first = cells(visitor)[0]
    keys = ["id", "rol", "aspect", "gemeente", "focusgebied", "kern", "tekst", "stand", "bronnen"]
    assert list(first) == [*keys, "erratum", "van_rekenkamer"]
    assert first["bronnen"] == [
        {
            "document": "Van toeschouwer naar speler. Een krachtige raad in netwerksamenwerking",
            "vindplaats": "Stand van zaken, Kaderstellende rol, rij 1, kolom Heerlen",
        }
    ]
    assert as_json(visitor, "?op=2025-02-01")["op"] == "2025-02-01"


VIEWS = [
    "",
    "?rol=controlerend&verschillen=1",
    "?gemeente=arnhem&gemeente=heerlen&tekst=begroting",
    "?gemeente=utrecht",
]


@pytest.mark.parametrize("query", VIEWS)
def test_csv_is_the_view_on_screen(visitor: Client, query: str) -> None:
    text = visitor.get(f"/vergelijking.csv{query}").content.decode("utf-8-sig")
    rows = list(csv.DictReader(StringIO(text), delimiter=";"))
    assert same_view(rows, cells(visitor, query))


@pytest.mark.parametrize("query", VIEWS)
def test_excel_is_the_view_on_screen(visitor: Client, query: str) -> None:
    book = load_workbook(BytesIO(visitor.get(f"/vergelijking.xlsx{query}").content))
    head, *body = book.worksheets[0].iter_rows(values_only=True)
    assert same_view(
        [dict(zip(head, ["" if v is None else v for v in row], strict=True)) for row in body], cells(visitor, query)
    )


@pytest.mark.parametrize("query", VIEWS)
def test_ods_is_the_view_on_screen(visitor: Client, query: str) -> None:
    import pandas as pd

    table = pd.read_excel(BytesIO(visitor.get(f"/vergelijking.ods{query}").content), engine="odf", dtype=str).fillna("")
    assert same_view(table.to_dict("records"), cells(visitor, query))


def same_view(rows: Sequence[Mapping[Any, Any]], expected: list[dict[str, Any]]) -> bool:
    """Same cells in the same order with the full text."""
    assert len(rows) == len(expected)
    for row, cell in zip(rows, expected, strict=True):
        assert row["Aspect"] == cell["aspect"]
        assert (row["Gemeente"], row["Focusgebied"]) == (cell["gemeente"], cell["focusgebied"])
        assert row["Stand"] == (cell["stand"] or "geen stand")
        assert row["Kernzin"] in {cell["kern"], ""}
        assert row["Tekst"] == cell["tekst"]
    return True


def test_a_file_name_says_what_it_is_and_of_which_day(visitor: Client) -> None:
    disposition = visitor.get("/vergelijking.csv?op=2025-02-01")["Content-Disposition"]
    assert 'filename="vergelijking-nplv-start-2023-2025-stand-2025-02-01.csv"' in disposition


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("?gemeente=heerlen&stand=geregeld", "heerlen-geregeld-stand"),
        ("?tekst=één+overzicht&verschillen=1", "tekst-een-overzicht-verschillen-stand"),
        (
            "?" + "&".join(f"gemeente={slug}" for slug in ("heerlen", "arnhem", "groningen", "lelystad", "amsterdam")),
            "",
        ),
    ],
)
def test_the_file_of_a_choice_says_which_one_it_is(visitor: Client, query: str, name: str) -> None:
    whole, chosen = (visitor.get(f"/vergelijking.csv{view}")["Content-Disposition"] for view in ("", query))
    assert whole != chosen
    assert name in chosen


def test_a_file_tells_in_words_what_was_chosen(visitor: Client) -> None:
    told = "Gekozen: gemeente: Heerlen en Arnhem; stand: geregeld; tekst: “raad”"
    query = "?gemeente=heerlen&gemeente=arnhem&stand=geregeld&tekst=raad"
    assert words(told) in words_of(visitor.get(f"/vergelijking.pdf{query}").content)
    book = load_workbook(BytesIO(visitor.get(f"/vergelijking.xlsx{query}").content))
    assert f"{told}." in {cell.value for sheet in book for row in sheet.iter_rows() for cell in row}


def many_more_areas_and_rounds(rounds: int, opens_in: timedelta = timedelta()) -> None:
    """Every area of the country examined on every aspect, round after round."""
    source, office = Source.objects.all()[0], AuditOffice.objects.all()[0]
    first = AuditRound.objects.get(slug="start-2023-2025")
    old = list(RoundAspect.objects.filter(round=first))
    for number in range(3, 3 + rounds):
        round_ = AuditRound.objects.create(
            slug=f"ronde-{number}",
            name=f"Ronde {number}",
            short_name=f"R{number}",
            number=number,
            first_year=2024 + number,
            last_year=2026 + number,
            status="published",
            published_at=timezone.now() + opens_in,
            text="Tekst",
            source=source,
        )
        aspects = RoundAspect.objects.bulk_create(
            RoundAspect(
                round=round_,
                aspect=a.aspect,
                wording=a.wording,
                short_wording=a.short_wording,
                question=a.question,
                order=a.order,
                comparable="yes",
            )
            for a in old
        )
        for order, area in enumerate(FocusArea.objects.all()):
            Participation.objects.create(round=round_, focus_area=area, audit_office=office, order=order, source=source)
            for aspect in aspects:
                finding = Finding.objects.create(
                    slug=f"{aspect.aspect.slug}-{area.slug}-{round_.slug}", round_aspect=aspect, focus_area=area
                )
                FindingVersion.objects.create(
                    record=finding, headline=f"{area} {aspect}"[:70], text="Een tekst."
                ).publish(at=timezone.now() + opens_in)


@pytest.mark.parametrize("address", ["/vergelijking/", "/gemeenten/heerlen/", "/vergelijking/kaders/"])
def test_ten_times_the_rows_take_the_same_queries(visitor: Client, address: str) -> None:
    def count() -> int:
        forget_pages()
        with CaptureQueriesContext(connection) as queries:
            assert visitor.get(address).status_code == 200
        return len(queries)

    before = count()
    assert before <= 4
    many_more_areas_and_rounds(2)
    assert FindingVersion.objects.count() > 10 * 52
    assert count() == before


def test_many_columns_get_a_window_of_their_own(visitor: Client) -> None:
    many_more_areas_and_rounds(1)
    html = visitor.get("/vergelijking/?ronde=ronde-3").content.decode()
    assert html.count('<th scope="col"') == 21 > MANY_COLUMNS
    assert "is-wide" in html
    assert "Negentien" not in html
    assert "19 gemeenten (20 gebieden) naast elkaar" in text_of(html)


def test_the_newest_round_is_shown_and_older_ones_stay_as_they_were(visitor: Client) -> None:
    before = cells(visitor)
    many_more_areas_and_rounds(1)
    assert as_json(visitor)["ronde"] == "ronde-3"
    assert cells(visitor, "?ronde=start-2023-2025") == before


def test_a_municipality_that_left_is_shown_in_the_last_round_it_took_part_in(visitor: Client) -> None:
    many_more_areas_and_rounds(1)
    Participation.objects.filter(round__slug="ronde-3", focus_area__slug="heerlen-noord").delete()
    assert as_json(visitor, "?gemeente=heerlen")["ronde"] == "start-2023-2025"
    assert as_json(visitor, "?gemeente=heerlen&gemeente=arnhem")["ronde"] == "ronde-3"
    page = visitor.get("/gemeenten/heerlen/").content.decode()
    assert 'href="/vergelijking/?ronde=start-2023-2025">Vergelijk met de andere gemeenten' in page


def test_the_day_of_a_view_is_the_day_in_amsterdam(visitor: Client) -> None:
    assert as_json(visitor)["op"] == timezone.localdate().isoformat()


def test_a_round_shows_beside_the_previous_one_on_the_page_and_in_every_export(visitor: Client) -> None:
    old = as_json(visitor, "?gemeente=heerlen&aspect=kaders")["bevindingen"][0]  # type: ignore[index]
    before, query = old["kern"], "?ronde=ronde-3&gemeente=heerlen&aspect=kaders"
    many_more_areas_and_rounds(1)
    assert before not in read(visitor, query)
    assert before in read(visitor, f"{query}&vorige=1")
    found = as_json(visitor, f"{query}&vorige=1")["bevindingen"][0]  # type: ignore[index]
    assert found["vorige"]["kern"] == before
    book = load_workbook(BytesIO(visitor.get(f"/vergelijking.xlsx{query}&vorige=1").content))
    assert before in {cell.value for row in book.worksheets[0].iter_rows() for cell in row}
    paper = visitor.get(f"/vergelijking.pdf{query}&vorige=1").content
    assert words(before) in words_of(paper)


def test_a_round_that_has_only_begun_shows_what_the_previous_one_found(visitor: Client) -> None:
    many_more_areas_and_rounds(1, opens_in=timedelta(days=3))
    assert as_json(visitor)["ronde"] == "start-2023-2025"
    shown = read(visitor, "?ronde=ronde-3&gemeente=heerlen&aspect=kaders&vorige=1")
    assert "nog niet gepubliceerd" in shown
    assert "Startonderzoek" in shown
