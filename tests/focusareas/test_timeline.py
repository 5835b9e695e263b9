"""The timeline: filters that combine, and questions that say whether a source names the answer."""

import re
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from django.utils import timezone

from focusareas.filters import TimelineFilters
from focusareas.timeline import Timeline, events_as_json

pytestmark = pytest.mark.django_db


def shipped(**where: Any) -> Timeline:
    return Timeline.of(row["json"] for row in events_as_json(timezone.now(), **where))


def an_event(record: str, happened: str = "2021-05-27", **fields: Any) -> dict[str, Any]:
    texts = dict.fromkeys(["channel", "text", "answers", "remark"], "")
    known = {"kind": "vraag", "actor": "council", "municipality": "heerlen", "municipality_name": "Heerlen"}
    source = {
        "document": "Rapport",
        "document_kind": "rapport",
        "document_short": "",
        "document_slug": "S2",
        "place": "§8.4",
    }
    return texts | known | source | {"record": record, "title": record, "happened": happened, "until": None} | fields


FEW = Timeline.of(
    [
        an_event("d", "2023", kind="regeling", actor="state", municipality=None, municipality_name=None),
        an_event("c", "2022-02-23", kind="motie"),
        an_event("b", "2021-06-15", kind="antwoord", actor="executive", answers="a"),
        an_event("a"),
        an_event("z", "2021-03", kind="mijlpaal", municipality="arnhem", municipality_name="Arnhem"),
    ]
)


def filtered(query: str, timeline: Timeline = FEW) -> TimelineFilters:
    return TimelineFilters.of(QueryDict(query), timeline)


@pytest.mark.parametrize(
    ("query", "records"),
    [
        ("", "dcbaz"),
        ("soort=vraag", "a"),
        ("soort=vraag&soort=motie", "ca"),
        ("gemeente=heerlen", "cba"),
        ("gemeente=landelijk", "d"),
        ("gemeente=landelijk&gemeente=arnhem", "dz"),
        ("jaar=2021", "baz"),
        ("soort=vraag&soort=antwoord&gemeente=heerlen&jaar=2021", "ba"),
        ("soort=mijlpaal&jaar=2023", ""),
        ("soort=regeling&gemeente=heerlen", ""),
    ],
)
def test_kinds_places_and_years_combine(query: str, records: str) -> None:
    assert "".join(event.record for event in filtered(query).chosen.events) == records


@pytest.mark.parametrize(
    "query",
    ["soort=onzin", "soort=toezegging", "gemeente=atlantis", "gemeente=", "jaar=1999", "jaar=202", "kleur=rood"],
)
def test_what_the_timeline_does_not_know_is_left_out(query: str) -> None:
    filters = filtered(query)
    assert not filters.is_filtered
    assert len(filters.chosen.events) == int(filters.total) == 5


def test_an_unknown_value_does_not_undo_a_known_one() -> None:
    filters = filtered("soort=onzin&soort=vraag&jaar=1999&gemeente=atlantis&gemeente=heerlen")
    assert [event.record for event in filters.chosen.events] == ["a"]
    assert [option.value for option in [*filters.kinds, *filters.places, *filters.years] if option.is_chosen] == [
        "vraag",
        "heerlen",
    ]


def test_the_choices_are_what_occurs_with_how_often() -> None:
    filters = filtered("")
    assert [(o.name, o.count) for o in filters.places] == [("Arnhem", "1"), ("Heerlen", "3"), ("Landelijk", "1")]
    assert [(o.value, o.count) for o in filters.kinds] == [
        ("vraag", "1"),
        ("antwoord", "1"),
        ("motie", "1"),
        ("mijlpaal", "1"),
        ("regeling", "1"),
    ]
    assert [o.value for o in filters.years] == ["2023", "2022", "2021"]


def test_how_often_follows_the_other_choices_and_not_its_own() -> None:
    filters = filtered("jaar=2021&gemeente=heerlen&soort=vraag")
    assert [(o.name, o.count) for o in filters.places] == [("Arnhem", "0"), ("Heerlen", "1"), ("Landelijk", "0")]
    assert [(o.value, o.count) for o in filters.kinds] == [
        ("vraag", "1"),
        ("antwoord", "1"),
        ("motie", "0"),
        ("mijlpaal", "0"),
        ("regeling", "0"),
    ]
    assert [o.value for o in filters.years] == ["2023", "2022", "2021"]


@pytest.mark.parametrize("kind", ["vraag", "antwoord", "motie", "mijlpaal", "regeling"])
@pytest.mark.parametrize("rest", ["", "&jaar=2021", "&gemeente=heerlen", "&gemeente=heerlen&jaar=2022"])
def test_how_often_is_what_that_choice_alone_would_show(kind: str, rest: str) -> None:
    [said] = [option.count for option in filtered(rest).kinds if option.value == kind]
    assert said == str(len(filtered(f"soort={kind}{rest}").chosen.events))


@pytest.mark.parametrize(
    ("query", "summary"),
    [
        ("", "5 vermeldingen in onze bronnen, de laatste eerst"),
        ("soort=onzin", "5 vermeldingen in onze bronnen, de laatste eerst"),
        ("soort=motie&soort=vraag&jaar=2021", "1 van 5 vermeldingen: vraag, motie; 2021"),
        ("gemeente=landelijk&gemeente=arnhem", "2 van 5 vermeldingen: Arnhem, Landelijk"),
        ("gemeente=heerlen&soort=regeling", "0 van 5 vermeldingen: Heerlen; regeling"),
    ],
)
def test_the_summary_says_how_many_of_which_choice(query: str, summary: str) -> None:
    assert filtered(query).summary == summary


def test_the_summary_of_one_is_about_one() -> None:
    one = Timeline.of([an_event("a")])
    assert filtered("", one).summary == "1 vermelding in onze bronnen, de laatste eerst"
    assert filtered("jaar=2021", one).summary == "1 van 1 vermelding: 2021"


@pytest.mark.parametrize(
    ("happened", "until", "years"),
    [
        ("2020", "2022", ["2020", "2021", "2022"]),
        ("2020-11", "2021-02-03", ["2020", "2021"]),
        ("2021", None, ["2021"]),
        ("2021-05-27", None, ["2021"]),
    ],
)
def test_a_year_shows_all_of_which_the_span_touches_it(happened: str, until: str | None, years: list[str]) -> None:
    timeline = Timeline.of([an_event("a", happened, until=until)])
    assert [year for year in map(str, range(2018, 2025)) if timeline.only(year=year)] == years


def test_a_question_knows_its_answer_also_when_the_answer_is_filtered_out() -> None:
    [question] = filtered("soort=vraag").chosen.events
    assert [answer.record for answer in question.answered_by] == ["b"]


def test_the_summary_counts_questions_motions_and_answers() -> None:
    assert FEW.asked_text == "Eén keer vragen en één motie van de raad. Bij één daarvan noemt een bron het antwoord."
    assert shipped(municipality__slug="heerlen").asked_text == (
        "Zeven keer vragen en drie moties van de raad. Bij drie daarvan noemt een bron het antwoord."
    )


def test_what_has_only_a_year_stands_first_in_that_year() -> None:
    days = ["2022-01-01", "2021", "2021-03", "2021-12-31", "2021-03-05", "2020-12"]
    found = Timeline.of(an_event(day, day) for day in days)
    assert [event.record for event in found.events] == [
        "2022-01-01",
        "2021",
        "2021-12-31",
        "2021-03-05",
        "2021-03",
        "2020-12",
    ]


def test_the_latest_comes_first_and_years_are_not_mixed() -> None:
    timeline = shipped()
    for found in timeline.years:
        exact = [event.happened_iso for event in found.events if event.happened_iso != found.year]
        assert exact == sorted(exact, reverse=True)
        vague = len(found.events) - len(exact)
        assert {event.happened_iso for event in found.events[:vague]} <= {found.year}
    years = [year.year for year in timeline.years]
    assert years == sorted(set(years), reverse=True)
    assert all(event.year == year.year for year in timeline.years for event in year.events)


def test_a_date_is_as_exact_as_the_source() -> None:
    dates = [("2023", None), ("2023-09", None), ("2020", "2021"), ("2024-06-06", "2024-06-25")]
    found = Timeline.of(an_event(str(number), day, until=end) for number, (day, end) in enumerate(dates))
    assert [event.when for event in sorted(found.events, key=lambda event: event.record)] == [
        "2023",
        "september 2023",
        "2020 tot en met 2021",
        "6 juni 2024 tot en met 25 juni 2024",
    ]


def test_an_answer_to_what_is_not_public_is_paired_with_nothing() -> None:
    found = Timeline.of([an_event("b", kind="antwoord", answers="niet-openbaar"), an_event("a")])
    assert [event.answered_by for event in found.events] == [[], []]


def test_a_question_without_a_paired_answer_says_so(visitor: Client) -> None:
    html = visitor.get("/gemeenten/heerlen/tijdlijn/").content.decode()
    asked = shipped(municipality__slug="heerlen").asked
    for event in asked:
        shown = html.partition(f'id="{event.anchor}"')[2].partition("</li>")[0]
        assert ("niet genoemd in de bronnen" in shown) is (not event.answered_by), event.record
    assert sum(not event.answered_by for event in asked) == 7


def test_an_answer_of_which_the_source_names_no_question_is_paired_with_none(visitor: Client) -> None:
    html = visitor.get("/gemeenten/heerlen/tijdlijn/?jaar=2023").content.decode()
    question = html.partition('id="gebeurtenis-heerlen-2023-05-26-vragen-huisvesting"')[2].partition("</li>")[0]
    assert "niet genoemd in de bronnen" in question
    assert "gebeurtenis-heerlen-2023-07-11" not in question


def test_the_page_of_the_whole_programme_shows_the_choice(visitor: Client) -> None:
    html = visitor.get("/tijdlijn/?gemeente=landelijk&soort=regeling&jaar=2023").content.decode()
    wanted = shipped().only(kinds=["regeling"], municipalities=["landelijk"], year="2023")
    assert len(wanted.events) == 2
    assert re.findall(r'<li class="event" id="([^"]+)"', html) == [event.anchor for event in wanted.events]
    assert f"2 van {len(shipped().events)} vermeldingen: Landelijk; regeling; 2023" in html


def test_a_choice_that_leaves_nothing_offers_the_way_back(visitor: Client) -> None:
    html = visitor.get("/gemeenten/heerlen/tijdlijn/?soort=motie&jaar=2023").content.decode()
    assert "Niets past bij deze keuze." in html
    assert '<a href="/gemeenten/heerlen/tijdlijn/">Toon alles</a>' in html
