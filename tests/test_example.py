"""The example set: clearly fictional, complete, the same each time, and without a way for its drafts to get out."""

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.http import QueryDict
from django.test import Client
from django.utils import timezone

from findings.matrix import Matrix
from findings.models import Absence, AuditRound, FindingVersion, Participation, RoundAspect, State
from findings.query import MatrixQuery
from focusareas.models import AuditOffice, FocusArea, Municipality
from nplv_portal import example
from nplv_portal.lib.versions import Stage, Version
from nplv_portal.sources.models import PublicRevision
from recommendations.models import FollowUpEvent, Recommendation, RecommendationPoint

AREAS, ROUNDS = 6, 3
APPS = ["sources", "focusareas", "findings", "recommendations"]
MODELS = [model for app in APPS for model in apps.get_app_config(app).get_models(include_auto_created=True)]
TEXTS = ["title", "headline", "term", "subject", "text", "remark", "state_reason", "conclusion_text", "erratum"]
VERSIONS: list[Any] = [model for model in MODELS if issubclass(model, Version)]


def empty() -> None:
    tables = ", ".join(model._meta.db_table for model in MODELS if model is not PublicRevision)
    connection.check_constraints()  # Postgres does not empty a table that has checks to do at commit
    with connection.cursor() as cursor:
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


def said() -> dict[str, list[Any]]:
    """What all versions say and when, without the keys and moments that the database chose."""
    left_out = {
        "id",
        "record",
        "source",
        "version",
        "written_at",
        "focus_area",
        "theme",
        "for_round",
        "document",
        "municipality",
    }
    return {
        model.__name__: sorted(
            map(
                str, model.objects.values_list(*[f.name for f in model._meta.concrete_fields if f.name not in left_out])
            )
        )
        for model in VERSIONS
    }


@pytest.fixture(autouse=True)
def fictional(settings: Any) -> None:
    settings.FICTIONAL_DATA = True


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
    assert set(versions.values_list("stage", flat=True)) == set(Stage.values)
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
    assert set(events.values_list("modality", flat=True)) == set(FollowUpEvent.Modality.values)
    assert {len(event.happened.iso) if event.happened else 0 for event in events.all()} == {0, 4, 7, 10}
    correcting = events.get(corrects__isnull=False)
    assert correcting.corrects not in events.known_by(timezone.now())
    assert correcting.corrects in events.known_by(correcting.entered_at - timedelta(days=1))


def test_local_recommendations_carry_out_umbrella_ones_and_have_points(example_set: None) -> None:
    assert {r.kind for r in Recommendation.objects.filter(serves__kind="umbrella")} == {"local"}
    assert RecommendationPoint.objects.filter(under__kind="check", kind="sub").exists()


def test_every_draft_has_a_canary_of_its_own_and_nothing_else_has_one(example_set: None) -> None:
    found: list[str] = []
    for model in VERSIONS:
        for version in model.objects.all():
            texts = [getattr(version, name) for name in TEXTS if hasattr(version, name)]
            canaries = {canary for text in texts for canary in re.findall(r"CANARY-\d+", text)}
            assert len(canaries) == (0 if version.public_during else 1)
            assert version.public_during or all(text.startswith("CANARY-") for text in texts)
            found += canaries
    assert len(found) == len(set(found)) > 40


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
            new = {link for link in links if not link.startswith("/static/") and not link.endswith(".pdf")} - seen
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
    assert [address for address, content in shown.items() if b"CANARY" in unpacked(content)] == []


def test_the_addresses_of_drafts_do_not_exist(example_set: None, visitor: Client) -> None:
    public = FindingVersion.objects.as_of(timezone.now()).values("record")
    hidden = FindingVersion.objects.filter(public_during__isnull=True).exclude(record__in=public)
    for version in hidden.select_related("record"):
        assert visitor.get(f"/bevindingen/{version.record.slug}/").status_code == 404
