"""Money: parts add up to their own whole, and amounts of a different scope never add up."""

import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from focusareas.money import Sum, amounts_as_json, budget, budget_as_json, sums

pytestmark = pytest.mark.django_db


def an_entry(record: str, euros: object, **fields: Any) -> dict[str, Any]:
    texts = """area name text printed scope_text period_text kind kind_basis stage_text decides council_say part_of
        remark"""
    known = dict.fromkeys(texts.split(), "") | {"name": record, "printed": f"€ {euros}"}
    more = {"scope": "region", "frequency": "total", "first_year": None, "last_year": None, "is_rounded": False}
    source = {
        "document": "Rapport",
        "document_kind": "rapport",
        "document_short": "",
        "document_slug": "S2",
        "place": "§1",
    }
    return known | more | source | {"record": record, "euros": euros} | fields


def whole(euros: object, *parts: object, is_rounded: bool = False) -> Sum:
    entries = [an_entry(f"deel-{number}", part, part_of="heel") for number, part in enumerate(parts)]
    [found] = sums([an_entry("heel", euros, is_rounded=is_rounded), *entries])
    return found


def shipped(slug: str) -> list[Sum]:
    where = {"focus_area__municipality__slug": slug}
    return sums(row["json"] for row in amounts_as_json(timezone.now(), **where))


@pytest.mark.parametrize(
    ("euros", "parts", "is_rounded", "match"),
    [
        (1000, [400, 600], False, True),
        (1000, [400, 599], False, False),
        ("1000.01", ["999.99", "0.02"], False, True),
        (4_600_000, [4_000_000, 637_084], True, True),
        (4_600_000, [4_000_000, 637_084], False, False),
        (4_600_000, [4_000_000, 550_001], True, True),
        (4_600_000, [4_000_000, 549_999], True, False),
        (4_600_000, [4_000_000, 650_001], True, False),
    ],
)
def test_parts_match_their_whole_as_exact_as_the_source_prints_it(
    euros: object, parts: list[object], is_rounded: bool, match: bool
) -> None:
    assert whole(euros, *parts, is_rounded=is_rounded).parts_match is match


def test_the_sum_of_the_parts_is_written_as_dutch_readers_write_it() -> None:
    assert whole(4_600_000, 4_000_000, 637_084).parts_total == "€ 4.637.084"
    assert whole(1, "0.25", "0.5").parts_total == "€ 0,75"


def test_parts_stand_under_their_whole_and_keep_their_order() -> None:
    parts = [an_entry("b", 2, part_of="heel"), an_entry("a", 1, part_of="heel")]
    found = sums([*parts[:1], an_entry("los", 9), an_entry("heel", 3), *parts[1:]])
    assert [amount.record for amount in found] == ["los", "heel"]
    assert [part.record for part in found[1].parts] == ["b", "a"]


def test_a_part_whose_whole_is_not_public_stands_by_itself() -> None:
    [alone] = sums([an_entry("deel", 5, part_of="niet-openbaar")])
    assert (alone.record, alone.parts) == ("deel", [])


def test_only_the_regio_deal_has_parts_and_they_match() -> None:
    with_parts = [amount for amount in shipped("heerlen") if amount.parts]
    assert [(amount.record, len(amount.parts)) for amount in with_parts] == [("heerlen-regiodeal-tweede-tranche", 7)]
    assert with_parts[0].parts_match
    assert with_parts[0].parts_total == "€ 4.637.084"


@pytest.mark.parametrize(
    ("years", "often"),
    [((2019, 2027), "in totaal, 2019-2027"), ((2022, 2022), "in totaal, 2022"), ((None, None), "in totaal")],
)
def test_an_amount_says_how_often_and_when(years: tuple[int | None, int | None], often: str) -> None:
    [amount] = sums([an_entry("bedrag", 5, first_year=years[0], last_year=years[1])])
    assert (amount.often, amount.beside) == (often, often)


def test_what_the_source_prints_is_not_said_twice() -> None:
    entry = an_entry("bedrag", 5, printed="€ 5 per jaar", frequency="per_year", first_year=2022, last_year=2025)
    [amount] = sums([entry])
    assert (amount.often, amount.beside) == ("per jaar, 2022-2025", "2022-2025")


def test_an_amount_keeps_its_cents() -> None:
    [amount] = sums([an_entry("bedrag", 8200309.25)])
    assert amount.euros == Decimal("8200309.25")


def test_a_reader_sees_no_total_of_all_amounts(visitor: Client) -> None:
    html = visitor.get("/gemeenten/heerlen/geld/").content.decode()
    everything = sum((amount.euros for amount in shipped("heerlen")), Decimal(0))
    assert f"{everything:,.0f}".replace(",", ".") not in html
    assert re.findall(r"<tfoot>.*?<strong>(.*?)</strong>", html) == ["€ 4.637.084"]
    assert "Tel deze bedragen niet bij elkaar op" in html


def test_a_reader_sees_that_the_source_names_no_kind(visitor: Client) -> None:
    html = visitor.get("/gemeenten/heerlen/geld/").content.decode()
    without = [amount for amount in shipped("heerlen") if not amount.kind]
    assert without
    assert html.count("De bron noemt geen soort.") == len(without)


def test_the_budget_stands_by_programme_in_the_order_of_the_source() -> None:
    programmes = budget(row["json"] for row in budget_as_json(timezone.now()))
    assert [(programme.name.split(".")[0], len(programme.rows)) for programme in programmes] == [
        ("0", 1),
        ("1", 3),
        ("3", 1),
        ("4", 1),
        ("5", 1),
        ("6", 3),
        ("8", 2),
    ]
