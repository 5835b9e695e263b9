"""The shipped data against the inventory of the sources: counts, sums, sources, names and references."""

import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal
from hashlib import sha256
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db.models import Count, F, Q, Sum
from django.utils import timezone

from findings.models import Contradiction, GlossaryTerm, ResearchNote, ResearchQuestion
from focusareas.models import (
    Amount,
    Body,
    BudgetLine,
    Event,
    Figure,
    Goal,
    Indicator,
    KeyIndicator,
    NationalElement,
    ProgrammeTheme,
    Seat,
)
from nplv_portal.lib.versions import Version, VersionQuerySet
from nplv_portal.sources.models import Source, SourcedRecord
from recommendations.models import GoodPracticeVersion, RecommendationVersion, ResearchSuggestion

pytestmark = pytest.mark.django_db

FIXTURES = sorted((settings.BASE_DIR / "fixtures").glob("*.toml"))
APPS = ("focusareas", "findings", "recommendations")
SOURCED: list[Any] = [m for app in APPS for m in apps.get_app_config(app).get_models() if issubclass(m, SourcedRecord)]


def public(model: type[Version], **where: object) -> Any:
    return VersionQuerySet(model).as_of(timezone.now()).filter(**where)


# Counts


@pytest.mark.parametrize(
    ("model", "where", "count"),
    [
        (Indicator, {"table__slug": "figuur-2"}, 13),
        (Indicator, {"table__slug__startswith": "bijlage-5"}, 22),
        (KeyIndicator, {}, 17),
        (KeyIndicator, {"action_line": 2}, 6),
        (KeyIndicator, {"action_line": 3}, 8),
        (KeyIndicator, {"action_line": 4}, 3),
        (Goal, {"kind": "goal"}, 12),
        (Goal, {"kind": "kpi"}, 9),
        (Seat, {"body": "heerlen-alliantieraad"}, 18),
        (Seat, {"body": "heerlen-alliantiebestuur"}, 5),
        (Seat, {"body": "heerlen-programmabureau"}, 10),
        (BudgetLine, {}, 12),
        (Amount, {"part_of": "heerlen-regiodeal-tweede-tranche"}, 7),
        (Event, {"source__place__startswith": "§8.4, figuur 10,"}, 14),
        (Event, {"source__place__startswith": "§8.4, figuur 11,"}, 17),
        (Event, {"source__place__startswith": "§8.4, figuur 12,"}, 4),
        (NationalElement, {"kind": "goal"}, 3),
        (NationalElement, {"kind": "action_line"}, 4),
        (NationalElement, {"kind": "measure"}, 9),
        (NationalElement, {"kind": "part"}, 6),
        (NationalElement, {"kind": "commitment"}, 5),
        (ResearchQuestion, {"document__slug": "S2", "kind": "sub"}, 3),
        (ResearchQuestion, {"document__slug": "S2", "kind": "detail", "order__gt": 0}, 23),
        (ResearchQuestion, {"document__slug": "S2", "kind": "detail", "order": 0}, 1),
        (ResearchNote, {"topic": "respondents"}, 9),
        (ResearchSuggestion, {"under": ""}, 13),
        (ResearchSuggestion, {"under": "s2-netwerk-zelfstandige-organisatie"}, 3),
    ],
)
def test_the_portal_holds_as_many_as_the_source(model: type[Version], where: dict[str, object], count: int) -> None:
    assert public(model, **where).count() == count


def test_figure_2_has_four_values_a_row_and_appendix_5_three() -> None:
    cells = {
        table: Counter(Figure.objects.filter(version__table__slug=table).values_list("version", flat=True))
        for table in ("figuur-2", "bijlage-5-1", "bijlage-5-2", "bijlage-5-3", "bijlage-5-4", "bijlage-5-5")
    }
    assert cells["figuur-2"].total() == 52
    assert {table: set(found.values()) for table, found in cells.items()} == {
        "figuur-2": {4},
        **{f"bijlage-5-{number}": {3} for number in range(1, 6)},
    }


def test_the_rows_of_figure_2_stand_in_their_five_groups() -> None:
    groups = Counter(public(Indicator, table__slug="figuur-2").values_list("group", flat=True))
    assert groups == {"Gezondheid": 3, "Onderwijs": 2, "Werk en inkomen": 4, "Wonen": 2, "Veiligheid": 2}


def test_five_rows_of_appendix_5_are_empty_in_the_source() -> None:
    rows = public(Indicator, table__slug__startswith="bijlage-5").annotate(
        known=Count("figures", filter=~Q(figures__printed=""))
    )
    assert Counter(rows.filter(known=0).values_list("table__slug", flat=True)) == {"bijlage-5-3": 5}
    assert rows.filter(known__gt=0).count() == 17


def test_every_theme_has_the_goals_and_kpis_of_the_source() -> None:
    counts = ProgrammeTheme.objects.annotate(
        goal_count=Count("goals", filter=Q(goals__kind="goal")), kpi_count=Count("goals", filter=Q(goals__kind="kpi"))
    )
    assert {theme.slug: (theme.goal_count, theme.kpi_count) for theme in counts} == {
        "talentontwikkeling": (3, 1),
        "werk-en-bestaanszekerheid": (2, 3),
        "gezondheid-en-leefomgeving": (4, 3),
        "leefbaarheid-en-veiligheid": (3, 2),
    }


def test_the_budget_lines_sit_in_seven_programmes() -> None:
    names = public(BudgetLine).values_list("programme", flat=True)
    assert sorted({name.split(".")[0] for name in names}) == ["0", "1", "3", "4", "5", "6", "8"]


def test_every_row_of_figures_10_11_and_12_is_an_event_of_its_own() -> None:
    places = public(Event, source__place__startswith="§8.4, figuur").values_list("source__place", flat=True)
    found = Counter(tuple(map(int, re.findall(r"figuur (\d+), rij (\d+)", place)[0])) for place in places)
    assert found == {(figure, row): 1 for figure, rows in ((10, 14), (11, 17), (12, 4)) for row in range(1, rows + 1)}


def test_every_bullet_of_the_history_is_in_the_timeline() -> None:
    places = public(Event).values_list("source__place", flat=True)
    bullets = {found.groups() for place in places if (found := re.match(r"hoofdstuk 1, ([0-9-]+), (\w+) punt", place))}
    assert Counter(period for period, _ in bullets) == {"2020-2021": 4, "2022": 5, "2023": 4}


@pytest.mark.parametrize(
    "item",
    """
    Rapport: Ruimtelijke concentratie|NPLV-directeuren|Quick scan|Experimentele schuldenaanpak|stratenaanpak
    Wijkrechtspraak|SCP|Leerkringen|Woningbouwimpuls|Flex- en Transformatiewoningen|Groene Metropoolregio
    Werkbezoek|Versterking regie volkshuisvesting|Wet betaalbare huur
    """.replace("\n", "|")
    .strip("| ")
    .split("|"),
)
def test_every_item_of_the_newsletter_is_used(item: str) -> None:
    assert Source.objects.filter(document__slug="S4", place__contains=item.strip()).exists()


def test_the_suggestions_stand_under_their_five_headings() -> None:
    assert Counter(public(ResearchSuggestion).values_list("heading", flat=True)) == {
        "Netwerksamenwerking": 6,
        "De rol van de raad": 5,
        "Bekostiging": 3,
        "(Monitoring van) opbrengsten en effecten": 1,
        "Uitdaging": 1,
    }


def test_the_good_examples_are_spread_over_the_themes_as_in_the_note() -> None:
    themes = public(GoodPracticeVersion).values("theme__order").annotate(count=Count("pk")).order_by("theme__order")
    assert [theme["count"] for theme in themes] == [2, 3, 4, 7, 2, 2, 2, 1, 2]


# Sums


def test_the_parts_of_the_regio_deal_add_up_to_what_the_report_rounds() -> None:
    whole = public(Amount).get(record="heerlen-regiodeal-tweede-tranche")
    total = public(Amount, part_of=whole.record).aggregate(euros=Sum("euros"))["euros"]
    assert total == Decimal(4_637_084)
    assert (whole.printed, whole.is_rounded, round(total, -5)) == ("€ 4,6 mln", True, whole.euros)


def test_the_programme_bureau_has_seven_point_seventy_seven_fte() -> None:
    seats = public(Seat, body="heerlen-programmabureau")
    assert seats.aggregate(fte=Sum("fte"))["fte"] == Decimal("7.77")
    assert not seats.filter(fte=None).exists()


def test_a_part_has_the_scope_and_years_of_its_whole() -> None:
    wholes = {amount.record: amount for amount in public(Amount)}
    for part in public(Amount).exclude(part_of=""):
        whole = wholes[part.part_of]
        assert (part.scope, part.frequency, part.first_year, part.last_year) == (
            whole.scope,
            whole.frequency,
            whole.first_year,
            whole.last_year,
        )


def numbers_in(printed: str) -> list[Decimal]:
    """A dot before three digits divides thousands; one place of the source has a dot before decimals."""
    found = re.findall(r"\d+(?:\.\d{3})*(?:[,.]\d+)?", printed)
    return [Decimal(re.sub(r"\.(?=\d{3}\b)", "", number).replace(",", ".")) for number in found]


def test_every_amount_is_what_the_source_prints() -> None:
    for amount in public(Amount):
        unit = 1_000_000 if re.search(r"mln|miljoen", amount.printed) else 1
        assert amount.euros in [number * unit for number in numbers_in(amount.printed)], amount.record
        assert amount.is_rounded == (unit > 1), amount.record


def test_every_figure_is_what_the_source_prints() -> None:
    for figure in Figure.objects.exclude(value=None).select_related("version"):
        assert figure.value in numbers_in(figure.printed), (figure.version.record, figure.printed)


# Sources

# Ordering and naming, not statements; what is missing; and the words of the portal itself.
WITHOUT_SOURCE = {"document", "region", "council_term", "aspect", "missing", "term"}


def records() -> Iterator[tuple[str, dict[str, Any]]]:
    for file in FIXTURES:
        for table, rows in tomllib.loads(file.read_text()).items():
            if isinstance(rows, list):
                yield from ((table, row) for row in rows)


def has_source(record: dict[str, Any]) -> bool:
    entries = [record, *record.get("sources", []), *record.get("claims", [])]
    cited = [bool(entry.get("document")) and bool(entry.get("place")) for entry in entries]
    return cited[0] or (len(cited) > 1 and all(cited[1:]))


def test_every_record_in_the_files_names_document_and_place() -> None:
    assert {table for table, record in records() if not has_source(record)} == WITHOUT_SOURCE
    assert sum(has_source(record) for _, record in records()) > 600


@pytest.mark.parametrize("lost", ["document", "place"])
def test_a_record_without_source_does_not_pass(lost: str) -> None:
    for table, record in records():
        if record.get("document") and table not in WITHOUT_SOURCE:
            assert not has_source({**record, lost: ""}), (table, record)


@pytest.mark.parametrize("model", SOURCED, ids=lambda model: model.__name__)
def test_every_published_statement_has_a_place_in_a_document(model: Any) -> None:
    assert public(model).exists()
    assert not public(model).filter(Q(source=None) | Q(source__place="")).exists()


def test_a_document_that_the_portal_does_not_hold_is_cited_for_no_more_than_its_title_and_date() -> None:
    not_held = [
        public(model, source__document__is_held=False).values_list("source__place", flat=True) for model in SOURCED
    ]
    places = [place for found in not_held for place in found]
    assert places
    assert all(place.startswith("titel, ") for place in places)


@pytest.mark.parametrize("model", [GoodPracticeVersion, RecommendationVersion])
def test_every_advice_and_example_cites_a_document_that_the_portal_holds(model: Any) -> None:
    assert not public(model).filter(citations__isnull=True).exists()
    assert not public(model).filter(citations__source__document__is_held=False).exists()


def test_every_answer_to_a_question_of_the_research_has_its_own_source() -> None:
    answered = public(ResearchQuestion).exclude(answer="")
    assert Counter(answered.values_list("kind", flat=True)) == {"central": 1, "sub": 3, "follow_up": 1}
    assert set(answered.values_list("answer_source__document__slug", flat=True)) == {"S2"}


def test_every_contradiction_sets_at_least_two_different_places_side_by_side() -> None:
    counted = public(Contradiction).annotate(places=Count("claims__source", distinct=True))
    assert counted.exists()
    assert not counted.filter(places__lt=2).exists()


# Names

# The sources name citizens, contact persons, authors and office holders. Here stand only the first 16 digits of the
# sha256 of their names, word by word or as a run of words, in small letters without accents.
NAMED_IN_THE_SOURCES = frozenset(
    """
    0478721f1106c2a6 19a0098e641d4bee 3254c79b3804f5d6 32801f5c6ca59882 332cd4061b899cd2 54ac1a5483633856
    664ecc33881fa0a6 6ad50e5818f1a294 7a282d3b73dd053d 87c5116bc300d292 8fb611669b2d6664 93722a04fa35a4da
    95a8792631013502 a4f68bf8aef7dad6 a59b1da0739609cf ae88b4d446bb838a b7dc6fc2d55bad10 bfb66a92117c203a
    ca83833a07b3179c cbaecad81ff9bc26 cd827719e0306b93 d4a83e68937b7294 edf4596fcc668829 f25044e282dd5159
    f3728e099ea30a5c
    """.split()
)
PHONE = re.compile(r"(?<![\d.,])(?:\+31|0031|0)[\s-]?(?:\(0\)[\s-]?)?[1-9](?:[\s-]?\d){8}(?![\d.,]*\d)")
EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.\w+")


def hashed(words: str) -> str:
    return sha256(words.encode()).hexdigest()[:16]


def runs(text: str) -> set[str]:
    """Every run of one to four words, normalised."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    words = re.findall(r"[a-z]+", plain)
    return {" ".join(words[at : at + length]) for length in range(1, 5) for at in range(len(words))}


def named(text: str, hashes: Iterable[str] = NAMED_IN_THE_SOURCES) -> set[str]:
    return {run for run in runs(text) if hashed(run) in hashes}


@pytest.mark.parametrize("file", FIXTURES, ids=lambda file: file.name)
def test_no_file_holds_a_name_that_the_sources_hold(file: Any) -> None:
    assert not named(file.read_text())


@pytest.mark.parametrize("file", FIXTURES, ids=lambda file: file.name)
def test_no_file_holds_a_phone_number_or_mail_address(file: Any) -> None:
    text = file.read_text()
    assert not PHONE.search(text)
    assert not EMAIL.search(text)


@pytest.mark.parametrize("text", ["Mw. Voorbéeld sprak in.", "m.voorbeeld@gemeente.nl", "Jan Voor in 't Beeld"])
def test_a_name_is_found_however_it_is_written(text: str) -> None:
    assert named(text, {hashed("voorbeeld"), hashed("voor in t beeld")})


@pytest.mark.parametrize("text", ["06 1234 5678", "050 123 4567", "050-1234567", "+31 6 12345678", "+31 (0)6 12345678"])
def test_a_dutch_phone_number_is_found(text: str) -> None:
    assert PHONE.search(f"Bel {text}.")


@pytest.mark.parametrize("text", ["2021-07-04", "€ 8.200.309", "2019-2027", "0,22 en 0,18", "m-23001429", "30 995"])
def test_a_date_or_amount_is_no_phone_number(text: str) -> None:
    assert not PHONE.search(text)


# References


def slugs(model: type[Version], **where: object) -> set[str]:
    return set(public(model, **where).values_list("record", flat=True))


def listed(model: type[Version], field: str) -> set[str]:
    return {name for names in public(model).values_list(field, flat=True) for name in names}


def single(model: type[Version], field: str) -> set[str]:
    return set(public(model).values_list(field, flat=True)) - {""}


@pytest.mark.parametrize(
    ("model", "field", "read", "to", "where"),
    [
        (KeyIndicator, "measured_by", listed, Indicator, {}),
        (ResearchQuestion, "corresponds_to", listed, ResearchQuestion, {"document__slug": "S1"}),
        (GlossaryTerm, "see", listed, GlossaryTerm, {}),
        (Amount, "part_of", single, Amount, {"part_of": ""}),
        (Event, "answers", single, Event, {"kind__in": ["vraag", "motie"]}),
        (NationalElement, "under", single, NationalElement, {"kind": "measure"}),
        (ResearchSuggestion, "under", single, ResearchSuggestion, {"under": ""}),
        (Seat, "body", single, Body, {}),
    ],
)
def test_what_a_record_refers_to_is_there(model: Any, field: str, read: Any, to: Any, where: Any) -> None:
    referred = read(model, field)
    assert referred
    assert referred <= slugs(to, **where)


def test_a_line_of_the_organisation_leads_to_another_body_of_the_same_area() -> None:
    areas = dict(public(Body).values_list("record", "focus_area"))
    lines = [(body, line["to"]) for body in public(Body) for line in body.relations]
    assert len(lines) > 20
    for body, to in lines:
        assert to != body.record
        assert areas.get(to) == body.focus_area_id, (body.record, to)


def test_a_seat_stands_in_a_body_of_its_own_area() -> None:
    areas = dict(public(Body).values_list("record", "focus_area"))
    assert all(areas[seat.body] == seat.focus_area_id for seat in public(Seat))


def test_only_a_part_stands_under_a_measure() -> None:
    assert set(public(NationalElement).exclude(under="").values_list("kind", flat=True)) == {"part"}
    assert not public(NationalElement, kind="part", under="").exists()


# Questions and answers


def test_only_the_three_pairs_that_the_source_makes_are_paired() -> None:
    pairs = public(Event).exclude(answers="").values_list("answers", "record")
    assert set(pairs) == {
        ("heerlen-2021-05-27-vragen-regionale-aanpak", "heerlen-2021-06-15-antwoorden-regionale-aanpak"),
        ("heerlen-2021-06-16-vraag-ggd", "heerlen-2021-06-23-antwoord-ggd"),
        ("heerlen-2022-02-23-motie-positie-raad", "heerlen-2022-12-20-rib-positie-raad"),
    }


def test_an_answer_comes_after_its_question_in_the_same_city() -> None:
    events = {event.record: event for event in public(Event)}
    for answer in public(Event).exclude(answers=""):
        question = events[answer.answers]
        assert question.happened < answer.happened
        assert question.municipality_id == answer.municipality_id


def test_an_event_ends_after_it_begins() -> None:
    assert public(Event).exclude(until=None).exists()
    assert not public(Event, until__lt=F("happened")).exists()


def test_no_event_of_a_citizen_says_more_than_that_a_citizen_spoke() -> None:
    spoken = public(Event, kind="inspraak")
    assert {event.actor for event in spoken} == {"resident"}
    assert all(re.match(r"(Een inspreker|Insprekers) ", event.title) for event in spoken)
