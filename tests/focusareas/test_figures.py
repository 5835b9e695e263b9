"""Figures: what stands in one table of a source stays together, and nothing else joins it."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from focusareas.figures import FigureSet, figure_sets, indicators_as_json, key_indicators
from focusareas.models import Figure, Indicator

pytestmark = pytest.mark.django_db


def shipped(**where: Any) -> list[FigureSet]:
    return figure_sets(row["json"] for row in indicators_as_json(timezone.now(), **where))


def an_entry(record: str, figures: list[tuple[str, str, str | None]], **fields: Any) -> dict[str, Any]:
    """Figures are (region, as printed, value)."""
    values = [{"region": r, "kind": "municipality", "printed": p, "value": v} for r, p, v in figures]
    known = {"table": "een", "title": "Tabel een", "text": "", "group": "", "name": record, "definition": ""}
    more = {"unit": "percent", "measured": None, "remark": "", "record": record, "figures": values}
    source = {
        "document": "Rapport",
        "document_kind": "rapport",
        "document_short": "",
        "document_slug": "S2",
        "place": "§1",
    }
    return known | more | source | fields


def test_a_set_holds_the_rows_of_one_table_only() -> None:
    tables = dict(Indicator.objects.values_list("record", "table__slug"))
    sets = shipped()
    assert len(sets) == 6
    assert sorted(row.record for found in sets for row in found.rows) == sorted(tables)
    for found in sets:
        assert {tables[row.record] for row in found.rows} == {found.slug}


def test_indicators_of_one_name_in_two_tables_stay_two_series() -> None:
    rows = [(found.slug, row) for found in shipped() for row in found.rows if row.name == "Arbeidsparticipatie"]
    assert [(slug, row.values[0].region, row.values[0].printed) for slug, row in rows] == [
        ("figuur-2", "Vrieheide-De Stack", "53%"),
        ("bijlage-5-2", "Heerlen-Noord", "57%"),
    ]


def test_a_drawing_holds_the_figures_of_its_own_row_and_no_other() -> None:
    for found in shipped():
        for row in found.drawn:
            assert row.chart
            own = Figure.objects.filter(version__record=row.record).exclude(value=None).order_by("region__order")
            assert [bar.value for bar in row.chart.bars] == [float(figure.value or 0) for figure in own]


def test_every_row_has_the_columns_of_its_table() -> None:
    for found in shipped():
        for row in found.rows:
            assert [value.region for value in row.values] == found.regions


def test_rows_that_are_empty_in_the_source_are_counted_and_not_drawn() -> None:
    third = next(found for found in shipped() if found.slug == "bijlage-5-3")
    assert third.empty_text == "Vijf rijen zijn leeg in de bron."
    assert [row.chart for row in third.rows if not row.is_known] == [None] * 5
    assert [found.empty_text for found in shipped() if found is not third].count("") == 5


def test_a_reader_sees_empty_cells_as_empty_in_the_source(visitor: Client) -> None:
    html = visitor.get("/gemeenten/heerlen/cijfers/").content.decode()
    row = html.partition('id="cijfer-heerlen-b5-3-rokers"')[2].partition("</tr>")[0]
    assert row.count("leeg in de bron") == 3
    assert html.count(">leeg in de bron<") == Figure.objects.filter(printed="").count()


def test_one_figure_alone_is_not_drawn() -> None:
    one = an_entry("een", [("Heerlen", "13%", "13"), ("Nederland", "", None)])
    two = an_entry("twee", [("Heerlen", "13%", "13"), ("Nederland", "9%", "9")])
    [found] = figure_sets([one, two])
    assert [row.record for row in found.drawn] == ["twee"]


@pytest.mark.parametrize(("unit", "widths"), [("percent", ["64.0", "28.8"]), ("euro", ["320.0", "144.0"])])
def test_percentages_are_drawn_on_a_scale_of_a_hundred(unit: str, widths: list[str]) -> None:
    [found] = figure_sets([an_entry("een", [("Heerlen", "20", "20"), ("Nederland", "9", "9")], unit=unit)])
    chart = found.rows[0].chart
    assert chart
    assert [drawn.width for drawn in chart.drawn] == widths
    assert found.rows[0].titled_chart
    assert [drawn.width for drawn in found.rows[0].titled_chart.drawn] == widths


def test_no_shipped_percentage_is_drawn_on_another_scale() -> None:
    drawn = {row.record: row.chart.full for found in shipped() for row in found.drawn if row.chart}
    shares = set(Indicator.objects.filter(unit=Indicator.Unit.PERCENT).values_list("record", flat=True))
    assert {record for record, full in drawn.items() if full == 100} == shares & drawn.keys()
    assert {full for record, full in drawn.items() if record not in shares} <= {0}


def test_the_text_beside_a_drawing_names_every_figure_and_what_is_not_given() -> None:
    figures = [("Noord", "5,1%", "5.1"), ("Heerlen", "", None), ("Nederland", "9%", "9")]
    [found] = figure_sets([an_entry("Bijstand", figures)])
    assert found.rows[0].known_text == "Bijstand: Noord 5,1% en Nederland 9%. Niet gegeven voor Heerlen."


def test_the_highlights_are_the_first_row_of_each_group_that_can_be_drawn() -> None:
    figures: list[tuple[str, str, str | None]] = [("Heerlen", "1", "1"), ("Nederland", "2", "2")]
    empty: list[tuple[str, str, str | None]] = [("Heerlen", "", None), ("Nederland", "", None)]
    rows = [("a", empty, "Wonen"), ("b", figures, "Wonen"), ("c", figures, "Wonen"), ("d", empty, "Werk")]
    [found] = figure_sets([an_entry(record, values, group=group) for record, values, group in rows])
    assert [row.record for row in found.highlights] == ["b"]
    assert [(group.name, len(group.rows)) for group in found.groups] == [("Wonen", 3), ("Werk", 1)]


def test_two_tables_with_the_same_rows_are_two_sets() -> None:
    figures: list[tuple[str, str, str | None]] = [("Heerlen", "1", "1"), ("Nederland", "2", "2")]
    entries = [an_entry("woz", figures, table="een"), an_entry("woz", figures[:1], table="twee")]
    assert [(found.slug, found.regions) for found in figure_sets(entries)] == [
        ("een", ["Heerlen", "Nederland"]),
        ("twee", ["Heerlen"]),
    ]


def test_before_the_day_of_publication_there_are_no_figures() -> None:
    assert not list(indicators_as_json(datetime(2025, 1, 1, tzinfo=UTC), table__slug="figuur-2"))


def test_a_key_indicator_leads_to_its_figures_in_the_order_of_the_file() -> None:
    rows = {row.record: row for row in key_indicators(timezone.now())}
    assert [row.action_line for row in rows.values()] == [2] * 6 + [3] * 8 + [4] * 3
    work = rows["nplv-kern-3-arbeidsparticipatie"]
    assert [measure.record for measure in work.measures] == [
        "heerlen-fig2-arbeidsparticipatie",
        "heerlen-b5-2-arbeidsparticipatie",
    ]
    assert rows["nplv-kern-3-wmo"].measures == []


def test_a_key_indicator_without_a_figure_says_that_no_value_is_known(visitor: Client) -> None:
    html = visitor.get("/programma/").content.decode()
    unknown = [row for row in key_indicators(timezone.now()) if not row.measures]
    assert html.count("geen waarde bekend") == len(unknown)
    links = re.findall(r'href="/gemeenten/heerlen/cijfers/#cijfer-([^"]+)"', html)
    assert set(links) <= set(Indicator.objects.values_list("record", flat=True))
    assert len(links) == 5
