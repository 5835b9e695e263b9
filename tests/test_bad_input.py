"""Whatever stands in an address, the portal answers in Dutch: the page, with or without a notice, or what is wrong."""

import itertools
import re
from html import unescape

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.django_db

HOSTILE = [
    "",
    " ",
    "x" * 100,
    "x" * 101,
    "x" * 5_000,
    "regel\nregel\r\n" * 50,
    "\x00",
    "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
    "\u202egnilav\u202c",
    "a\u200bb\u200d\ufeff",
    "e" + "\u0301" * 1_000,
    "👩‍👩‍👧‍👦",
    "１２３",
    "ĳsland",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7|add:7 }}{% debug %}",
    "javascript:alert(1)",
    "' OR 1=1 --",
    "heerlen'); DROP TABLE findings_finding; --",
    "__class__",
    "record__slug__startswith",
    "-1",
    str(2**63),
    "1e309",
    "NaN",
    "-0",
    "0x10",
    "../../etc/passwd",
    "%00",
    "..%2f..%2f",
    "c1e1b1d4-0000-0000-0000-000000000000",
    "=1+1",
    "null",
    "true",
    "[]",
    "2025-02-30",
]
DATES = [
    "31-02-2025",
    "0000-00-00",
    "9999-12-31",
    "1900-01-01",
    "2025-13-01",
    "02/03/2025",
    "20250201",
    "2025-W05",
    "morgen",
    "2025-02-01T00:00",
]
PARAMETERS = ["ronde", "rol", "aspect", "gemeente", "stand", "tekst", "weergave", "verschillen", "rij"]
CASES = [
    *(("/vergelijking/", name, value) for name, value in itertools.product(PARAMETERS, HOSTILE[:16] + HOSTILE[17::3])),
    *(("/vergelijking.json", name, value) for name, value in itertools.product(["gemeente", "tekst", "op"], HOSTILE)),
    *(
        (address, "op", value)
        for address, value in itertools.product(["/vergelijking/", "/gemeenten/heerlen/", "/voorbeelden/"], DATES)
    ),
    *(("/voorbeelden/", "gemeente", value) for value in HOSTILE),
    *(
        ("/aanbevelingen/", name, value)
        for name, value in itertools.product(["gemeente", "stand", "soort", "verstreken", "op"], HOSTILE[::2])
    ),
    *(("/aanbevelingen.json", "stand", value) for value in HOSTILE[::2]),
]


def text_of(content: bytes) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", content.decode())).split())


def test_there_are_more_than_two_hundred_cases() -> None:
    assert len(set(CASES)) > 200


@pytest.mark.parametrize(("address", "name", "value"), CASES)
def test_no_value_breaks_a_page(visitor: Client, address: str, name: str, value: str) -> None:
    response = visitor.get(address, {name: value})
    assert response.status_code in {200, 400}
    assert b"<script>alert" not in response.content
    assert b"onerror=alert(1)>" not in response.content


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("rol=koning", "Onbekende rol: “koning”. Dit filter telt niet mee."),
        ("aspect=x&aspect=y", "Onbekend aspect: “x”, “y”."),
        ("gemeente=atlantis", "Onbekende gemeente: “atlantis”."),
        ("ronde=2099", "Onbekende onderzoeksronde: “2099”."),
        ("stand=goed", "Onbekende stand: “goed”."),
        ("weergave=groot", "Deze weergave bestaat niet."),
        ("op=31-02-2025", "“31-02-2025” is geen datum. Schrijf jaar-maand-dag"),
        ("op=1999-01-01", "Het portaal gaat niet verder terug dan 2020."),
        ("op=2999-01-01", "Die dag is nog niet geweest."),
        ("tekst=" + "x" * 101, "Zoek met ten hoogste 100 tekens."),
    ],
)
def test_what_is_not_understood_gets_a_notice_and_the_unfiltered_view(visitor: Client, query: str, says: str) -> None:
    page = text_of(visitor.get(f"/vergelijking/?{query}").content)
    assert says in page
    assert "13 van 13 aspecten · 4 van 4 gemeenten" in page


def test_a_filter_that_leaves_nothing_offers_the_way_back(visitor: Client) -> None:
    page = text_of(visitor.get("/vergelijking/?tekst=zeppelin").content)
    assert "Geen rij past bij deze keuze" in page
    assert "Toon de hele vergelijking" in page


def test_ten_thousand_parameters_are_refused_in_dutch(visitor: Client) -> None:
    response = visitor.get("/vergelijking/?" + "&".join(f"rol={n}" for n in range(10_000)))
    assert response.status_code == 400
    assert 'lang="nl"' in response.content.decode()


@pytest.mark.parametrize(
    "query", ["rol=%FF%FE", "tekst=%C0%AF", "%=%", "&&&&", "=", "rol", "rol=a=b", "rol[]=x", "a;b", "tekst=%ED%A0%80"]
)
def test_broken_encoding_breaks_nothing(visitor: Client, query: str) -> None:
    assert visitor.get(f"/vergelijking/?{query}").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/gemeenten/%00/",
        "/gemeenten/../",
        "/gemeenten/Heerlen/",
        "/vergelijking/%F0%9F%98%80/",
        "/bevindingen/" + "x" * 3000 + "/",
        "/.env",
    ],
)
def test_broken_paths_are_not_found(visitor: Client, path: str) -> None:
    assert visitor.get(path).status_code == 404


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from([*PARAMETERS, "op"]), st.text(max_size=200)), max_size=8))
def test_any_text_in_any_filter_is_answered(visitor: Client, pairs: list[tuple[str, str]]) -> None:
    query: dict[str, list[str]] = {}
    for name, value in pairs:
        query.setdefault(name, []).append(value.encode("utf-8", "replace").decode())
    assert visitor.get("/vergelijking/", query).status_code == 200
