"""The example set: clearly fictional, complete, the same each time, and without a way for its drafts to get out."""

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.core.management import CommandError, call_command
from django.db import connection, models, transaction
from django.http import QueryDict
from django.test import Client
from django.utils import timezone

from findings.matrix import Matrix
from findings.models import (
    Absence,
    AuditRound,
    Claim,
    Contradiction,
    FindingVersion,
    Participation,
    ResearchQuestion,
    RoundAspect,
    State,
)
from findings.query import MatrixQuery
from focusareas.models import Amount, AuditOffice, Event, Figure, FocusArea, KeyIndicator, Municipality
from nplv_portal import example
from nplv_portal.example.batch import MARK
from nplv_portal.lib.moments import Moment
from nplv_portal.lib.versions import Stage, Version
from nplv_portal.reports.municipality import SECTIONS, MunicipalityReport
from nplv_portal.sources.models import PublicRevision
from recommendations.chain import Standing
from recommendations.matrix import FollowUpMatrix
from recommendations.models import FollowUpEvent, Recommendation, RecommendationPoint, Reply, Reuse, Step
from recommendations.query import FollowUpQuery
from tests.conftest import as_owner

AREAS, ROUNDS = 6, 3
APPS = ["sources", "focusareas", "findings", "recommendations"]
MODELS = [model for app in APPS for model in apps.get_app_config(app).get_models(include_auto_created=True)]
VERSIONS: list[Any] = [model for model in MODELS if issubclass(model, Version)]
GROW_WITH_ROUNDS = {"Amount", "Event", "FindingVersion", "Indicator"}
GROW_WITH_AREAS = {"Body", "BudgetLine", "Contradiction", "Goal", "RecommendationVersion", "Reply", "Seat"}
PARTS = {
    RecommendationPoint: ["text"],
    Claim: ["text"],
    Figure: ["printed"],
}  # what belongs to a version, and says something itself
SHOWN = {  # what a section shows when it has something to show
    "raad": ["Wat de rekenkamer vond", "Wat de bronnen zeggen", "Waar bronnen verschillen"],
    "aanbevelingen": ["Spreek af welke rol u als raad wilt", "Stel het gebiedsplan vast"],
    "programma": ["Dakenplan", "KPI", "Wat de bronnen zeggen", "Waar bronnen verschillen"],
    "cijfers": ["<svg", "leeg in de bron", "minder dan 5", "Waar bronnen verschillen"],
    "geld": ["Wijkdeal Voorbeeldland", "Ruimte en wonen", "Waar bronnen verschillen"],
    "organisatie": ["<svg", "Voorbeeldcollege", "Waar bronnen verschillen"],
    "tijdlijn": ["Motie: laat bewoners", "niet genoemd in de bronnen", "Waar bronnen verschillen"],
    "voorbeelden": [
        "Raadswerkgroep",
        "Overgenomen door",
        "Overgenomen van anderen",
        "Wat hier eerder stond",
        "Vervallen op",
    ],
    "onderzoek": ["Hoe het doel wordt gemeten", "Over het rapport", "De begroting van het programma", "Bronnen"],
}
UNSEEN_STEPS = {Step.CLOSING, Step.CLOSED, Step.RETRACTED}  # they take two people, and nobody works in the example
CHOSEN = {"id", "written_at"}
NOT_IN_WORDS = {"number", "stage", "record", "withdrawal_reason", *CHOSEN}


def empty() -> None:
    tables = ", ".join(model._meta.db_table for model in MODELS if model is not PublicRevision)
    connection.check_constraints()  # Postgres does not empty a table that has checks to do at commit
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {tables} CASCADE")


@pytest.fixture(scope="module")
def shared_example(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The set in the place of the shipped data, for this module only: all of it is rolled back."""
    with django_db_blocker.unblock(), transaction.atomic():
        empty()
        example.load(AREAS, ROUNDS)
        PublicRevision.objects.update(number=10**12)  # no cache knows pages of this revision
        yield
        transaction.set_rollback(True)


@pytest.fixture
def example_set(shared_example: None, db: None) -> None:
    """The shared set; what a test changes in it is rolled back after that test."""


def content() -> dict[str, list[str]]:
    """Every row of every table, as text."""
    found = {}
    with connection.cursor() as cursor:
        for model in MODELS:
            cursor.execute(f"SELECT t::text FROM {model._meta.db_table} t ORDER BY 1")
            found[model.__name__] = [row[0] for row in cursor.fetchall()]
    return found


def counts() -> dict[str, int]:
    return {model.__name__: model.objects.count() for model in VERSIONS}


def said() -> dict[str, list[Any]]:
    """What all versions say and when, without the keys and moments that the database chose."""
    return {
        model.__name__: sorted(
            map(
                str,
                model.objects.values_list(
                    *[f.name for f in model._meta.concrete_fields if not f.is_relation and f.name not in CHOSEN]
                ),
            )
        )
        for model in VERSIONS
    }


@pytest.fixture(autouse=True)
def fictional(settings: Any) -> None:
    settings.FICTIONAL_DATA = True


def report(slug: str = "voorbeeld-stad") -> MunicipalityReport:
    return MunicipalityReport.of(slug, Moment.of(""))


def matrix(query: str) -> Matrix:
    return Matrix.of(MatrixQuery.of(QueryDict(query)), revision=10**12)


def run(**options: Any) -> str:
    out = io.StringIO()
    call_command("load_example", stdout=out, stderr=out, **options)
    return out.getvalue()


@pytest.mark.django_db
def test_it_refuses_a_database_with_real_municipalities() -> None:
    assert not example.is_example_database()
    with pytest.raises(CommandError, match="Maak een lege database"):
        run()
    assert not Municipality.objects.filter(example.FICTIONAL).exists()


@pytest.mark.django_db
@pytest.mark.parametrize("options", [{"areas": 0}, {"areas": 501}, {"rounds": 0}, {"rounds": 21}, {"areas": -1}])
def test_it_refuses_a_size_that_makes_no_sense(options: dict[str, int]) -> None:
    with pytest.raises(CommandError, match="Kies 1 tot 500 gebieden"):
        run(**options)


@pytest.mark.parametrize("size", [(1, 1), (2, 2), (5, 1)])
def test_a_small_set_loads_too(example_set: None, size: tuple[int, int]) -> None:
    empty()
    assert "Voorbeeldgegevens geladen" in run(areas=size[0], rounds=size[1])
    assert (FocusArea.objects.count(), AuditRound.objects.count()) == (size[0], size[1] + 1)


def test_a_second_run_changes_nothing(example_set: None) -> None:
    before = content()
    assert "Er is niets gewijzigd" in run(areas=AREAS, rounds=ROUNDS)
    assert content() == before


def test_another_size_is_refused(example_set: None) -> None:
    before = content()
    with pytest.raises(CommandError, match="met 6 focusgebieden en 3 onderzoeksronden"):
        run(areas=AREAS + 1, rounds=ROUNDS)
    assert content() == before


def test_it_says_the_same_each_time(example_set: None) -> None:
    first = said()
    empty()
    example.load(AREAS, ROUNDS)
    assert said() == first


def test_more_areas_and_rounds_hold_more(example_set: None) -> None:
    small = counts()
    empty()
    example.load(AREAS + 2, ROUNDS)
    wide = counts()
    assert {name for name in wide if wide[name] > small[name]} >= {*GROW_WITH_ROUNDS, *GROW_WITH_AREAS}
    empty()
    example.load(AREAS, ROUNDS + 1)
    long = counts()
    assert {name for name in long if long[name] > small[name]} == GROW_WITH_ROUNDS


def test_it_says_how_to_mark_every_page_as_fictional(example_set: None, settings: Any) -> None:
    settings.FICTIONAL_DATA = False
    with pytest.raises(CommandError, match="zet FICTIONAL_DATA=1"):
        run(areas=AREAS, rounds=ROUNDS)
    settings.FICTIONAL_DATA = True
    assert "FICTIONAL_DATA" not in run(areas=AREAS, rounds=ROUNDS)


def test_everything_in_it_is_clearly_fictional(example_set: None) -> None:
    assert example.is_example_database()
    assert not example.holds_real_data()
    assert all(
        "Voorbeeld" in str(record) for model in (Municipality, FocusArea, AuditOffice) for record in model.objects.all()
    )
    assert not Municipality.objects.exclude(slug__startswith="voorbeeld-", cbs_code__startswith="GM9").exists()


def test_twenty_names_are_twenty_municipalities(example_set: None) -> None:
    empty()
    example.load(21, 1)
    assert len(set(Municipality.objects.values_list("name", flat=True))) == 20


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_record_is_valid(example_set: None, model: Any) -> None:
    for record in model._default_manager.all():
        record.full_clean()


@pytest.mark.parametrize("model", VERSIONS, ids=lambda model: model.__name__)
def test_every_kind_has_been_through_everything(example_set: None, model: Any) -> None:
    versions = model.objects
    approved = {Stage.APPROVED}  # takes two people, and nobody works in the example
    assert set(versions.values_list("stage", flat=True)) == set(Stage.values) - approved
    assert versions.as_of(timezone.now()).filter(number=2).exclude(erratum="").exists()
    assert versions.filter(number=1, stage=Stage.PUBLISHED, public_during__endswith__isnull=False).exists()
    drafts = versions.filter(public_during__isnull=True)
    assert drafts.filter(number=1).exists()
    assert drafts.filter(number=2).exists()


def test_a_correction_is_read_from_its_own_day_on(example_set: None) -> None:
    wrong = FindingVersion.objects.filter(text__contains="1019", stage=Stage.PUBLISHED)[0]
    right = FindingVersion.objects.get(record=wrong.record, number=2)
    assert wrong.closed_at == right.published_at
    assert "1019" in right.erratum
    assert "1019" not in right.text


def test_findings_show_every_state_and_every_reason_to_be_empty(example_set: None) -> None:
    query = "ronde=voorbeeldronde-2027&" + "&".join(f"gemeente={m.slug}" for m in Municipality.objects.all())
    cells = [cell for row in matrix(query).rows for cell in row.cells]
    cells += [cell for row in matrix(query.replace("2027", "2023")).rows for cell in row.cells]
    assert {cell.state for cell in cells if cell.is_finding} == {*State.values, ""}
    assert {cell.absence for cell in cells if not cell.is_finding} == set(Absence.values)


def test_one_row_is_the_same_everywhere(example_set: None) -> None:
    assert [row.aspect for row in matrix("ronde=voorbeeldronde-2025").rows if row.same] == ["onderschrijving-doel"]


def test_texts_can_be_long(example_set: None) -> None:
    texts = FindingVersion.objects.as_of(timezone.now()).values_list("text", "headline")
    assert max(len(text.split()) for text, _ in texts) == 300
    assert max(len(word) for text, _ in texts for word in text.split()) > 100
    assert max(len(word) for _, headline in texts for word in headline.split()) == 70


def test_aspects_are_reworded_added_dropped_and_not_comparable(example_set: None) -> None:
    first, second, third = (
        {entry.aspect.slug: entry for entry in round_.round_aspects.select_related("aspect")}
        for round_ in AuditRound.objects.order_by("number")[:ROUNDS]
    )
    assert len(first) == 13
    assert first.keys() - second.keys() == {"link-raadsvoorstellen"}
    assert second.keys() - first.keys() == {"raadsrapporteurs"}
    assert third.keys() == first.keys() | second.keys()
    assert {slug for slug in first.keys() & second.keys() if first[slug].wording != second[slug].wording} == {
        "kaders",
        "programmabureau",
    }
    assert {entry.comparable for entry in second.values()} == set(RoundAspect.Comparable.values)
    assert second["kaders"].comparable_note


def test_offices_join_later_and_drop_out(example_set: None) -> None:
    taking_part = [
        set(Participation.objects.filter(round__number=number).values_list("focus_area__number", flat=True))
        for number in (1, 2, 3)
    ]
    assert taking_part == [{1, 2, 3, 5}, {1, 2, 3, 4}, {1, 2, 3, 4, 6}]


def test_one_municipality_has_two_areas_and_one_office_has_three_municipalities(example_set: None) -> None:
    assert [m.areas.count() for m in Municipality.objects.order_by("cbs_code")] == [2, 1, 1, 1, 1]
    assert AuditOffice.objects.get(slug="voorbeeld-rekenkamer").municipalities.count() == 3


def test_follow_up_knows_all_actors_and_dates_and_a_correction(example_set: None) -> None:
    events = FollowUpEvent.objects
    assert set(events.values_list("actor", flat=True)) == set(FollowUpEvent.Actor.values)
    assert set(events.values_list("modality", flat=True)) == {*FollowUpEvent.Modality.values, ""}
    assert {len(event.happened.iso) if event.happened else 0 for event in events.all()} == {0, 4, 7, 10}
    assert set(events.values_list("step", flat=True)) == set(Step.values) - UNSEEN_STEPS
    correcting = events.get(corrects__isnull=False)
    assert correcting.corrects not in events.known_by(timezone.now())
    assert correcting.corrects in events.known_by(correcting.entered_at - timedelta(days=1))


def test_examples_were_taken_over_corrected_and_taken_back(example_set: None) -> None:
    told = Reuse.objects.all()
    assert {len(reuse.since.iso) if reuse.since else 0 for reuse in told} == {0, 4, 7, 10}
    assert {reuse.is_retraction for reuse in told if reuse.corrects} == {True, False}
    assert {bool(reuse.aspect) for reuse in told} == {bool(reuse.recommendation) for reuse in told} == {True, False}
    assert len({reuse.municipality for reuse in told}) > 2


def test_every_standing_occurs_but_closed(example_set: None) -> None:
    items = FollowUpMatrix.of(FollowUpQuery.of(QueryDict(""))).items
    assert {item.chain.standing for item in items} == set(Standing) - {Standing.CLOSED}
    assert any(item.chain.deadline != item.chain.first_deadline for item in items)
    assert any(item.chain.standing == Standing.PAST_DUE and item.chain.established for item in items)


def test_local_recommendations_carry_out_umbrella_ones_and_have_points(example_set: None) -> None:
    assert {r.kind for r in Recommendation.objects.filter(serves__kind="umbrella")} == {"local"}
    assert RecommendationPoint.objects.filter(under__kind="check", kind="sub").exists()


def test_figures_are_known_empty_or_too_few(example_set: None) -> None:
    rows = [row for table in report().figure_sets for row in table.rows]
    assert {row.is_known for row in rows} == {True, False}
    values = [value for row in rows if row.is_known for value in row.values]
    assert {"", "0", "minder dan 5"} <= {value.printed for value in values}
    assert all(value.number is None for value in values if value.printed in {"", "minder dan 5"})
    assert any(row.measured for row in rows)
    assert not all(row.measured for row in rows)
    measures = {place for row in KeyIndicator.objects.all() for place in row.measured_by}
    assert measures <= set(Figure.objects.values_list("version__record", flat=True))


def test_money_has_every_scope_and_parts_that_match_or_not(example_set: None) -> None:
    for name, choices in [("scope", Amount.Scope), ("frequency", Amount.Frequency), ("kind", Amount.Kind)]:
        assert set(Amount.objects.values_list(name, flat=True)) == {*choices.values, *([""] if name == "kind" else [])}
    whole = [amount for place in Municipality.objects.all() for amount in report(place.slug).amounts if amount.parts]
    assert {amount.parts_match for amount in whole} == {True, False}


def test_the_timeline_knows_every_kind_and_actor(example_set: None) -> None:
    events = Event.objects.as_of(timezone.now())
    assert set(events.values_list("kind", flat=True)) == set(Event.Kind.values)
    assert set(events.values_list("actor", flat=True)) == set(Event.Actor.values)
    assert {len(event.happened.iso) for event in events} == {4, 7, 10}
    assert events.filter(municipality=None).exists()
    assert {bool(event.answered_by) for event in report().timeline.asked} == {True, False}


def test_sources_differ_in_every_section_and_about_the_whole_programme(example_set: None) -> None:
    differences = Contradiction.objects.as_of(timezone.now())
    assert set(differences.values_list("section", flat=True)) == set(Contradiction.Section.values)
    assert differences.filter(municipality=None).exists()
    assert {difference.claims.count() for difference in differences} == {2, 3, 4}


def test_some_questions_are_answered_and_correspond_to_others(example_set: None) -> None:
    questions = ResearchQuestion.objects.as_of(timezone.now())
    assert questions.exclude(answer="").exists()
    assert questions.filter(answer="").exists()
    same = {record for question in questions for record in question.corresponds_to}
    assert same
    assert same <= set(ResearchQuestion.objects.values_list("record", flat=True))


@pytest.mark.parametrize("slug", SHOWN)
def test_every_section_has_something_to_show(example_set: None, visitor: Client, slug: str) -> None:
    for municipality in Municipality.objects.all():
        page = visitor.get(f"/gemeenten/{municipality.slug}/{slug}/").content.decode()
        assert not MARK.search(page)
        if municipality.slug == "voorbeeld-stad":
            assert [part for part in SHOWN[slug] if part not in page] == []
            assert 'class="empty"' not in page


def test_the_sections_above_are_all_there_are() -> None:
    assert [section.slug for section in SECTIONS] == list(SHOWN)


def test_of_some_areas_sources_give_nothing(example_set: None, visitor: Client) -> None:
    empty()
    example.load(7, 1)
    for slug in ("cijfers", "geld", "organisatie", "tijdlijn"):
        assert 'class="empty"' in visitor.get(f"/gemeenten/voorbeeld-veen/{slug}/").content.decode()


def words(version: Any) -> list[str]:
    """Every text of a version that a writer chose, also those in lists."""
    found: list[Any] = []
    for field in version._meta.concrete_fields:
        value = getattr(version, field.name)
        is_chosen = field.choices or field.name in NOT_IN_WORDS or isinstance(field, models.SlugField)
        if not is_chosen and isinstance(value, str):
            found.append(value)
        elif isinstance(field, ArrayField) and not isinstance(field.base_field, models.SlugField):
            found += value
    return [*found, *[line["words"] for line in getattr(version, "relations", [])]]


def test_every_draft_has_a_mark_of_its_own_in_every_text_and_nothing_else_has_one(example_set: None) -> None:
    found: list[str] = []
    for model in VERSIONS:
        for version in model.objects.all():
            texts = words(version)
            marks = {mark for text in texts for mark in MARK.findall(text)}
            assert len(marks) == (0 if version.public_during else 1)
            unmarked = [text for text in texts if not MARK.search(text)]
            assert version.public_during or unmarked == [""] * (version.number == 1)  # a first version has no erratum
            found += marks
    assert len(found) == len(set(found)) > 150


@pytest.mark.parametrize("model", PARTS, ids=lambda model: model.__name__)
def test_what_belongs_to_a_draft_has_its_mark_too(example_set: None, model: Any) -> None:
    for name in PARTS[model]:
        assert model.objects.filter(version__public_during__isnull=True).exists()
        for part in model.objects.select_related("version"):
            assert bool(MARK.search(getattr(part, name))) is (part.version.public_during is None)


DOORS = ("/static/", "/werkplek/", "/griffie/", "/account/")  # not of this tour


def pages(visitor: Client) -> Iterator[tuple[str, bytes]]:
    """Every page that links lead to, without the endless ways to filter, and the files of text."""
    seen, todo = {"/"}, ["/", "/vergelijking.csv", "/vergelijking.json", "/vergelijking.xlsx", "/vergelijking.ods"]
    while todo:
        address = todo.pop()
        response = visitor.get(address)
        assert response.status_code == 200, address
        yield address, response.content
        if response["Content-Type"].startswith("text/html"):
            links = re.findall(r'href="(/[^"?#]*)["?#]', response.content.decode())
            new = {
                link
                for link in links
                if not link.startswith(("/static/", "/werkplek/", "/griffie/", "/account/"))
                and not link.endswith(".pdf")
            } - seen
            seen |= new
            todo += sorted(new)


def unpacked(file: bytes) -> bytes:
    if not file.startswith(b"PK"):
        return file
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        return b"".join(archive.read(name) for name in archive.namelist())


def test_no_draft_shows_anywhere(example_set: None, visitor: Client) -> None:
    shown = dict(pages(visitor))
    assert len(shown) > 100
    assert [
        address for address, content in shown.items() if MARK.search(unpacked(content).decode("utf-8", "replace"))
    ] == []


def test_the_addresses_of_drafts_do_not_exist(example_set: None, visitor: Client) -> None:
    public = FindingVersion.objects.as_of(timezone.now()).values("record")
    hidden = FindingVersion.objects.filter(public_during__isnull=True).exclude(record__in=public)
    for version in hidden.select_related("record"):
        assert visitor.get(f"/bevindingen/{version.record.slug}/").status_code == 404


def test_what_was_published_of_reactions_belongs_to_no_hearing_that_people_may_hold(example_set: None) -> None:
    numbers = [reply.item_key for reply in Reply.objects.all()]
    assert min(numbers) > 1_000_000
