"""What the portal ships with, and how a broken file is refused."""

import shutil
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import timezone

from findings.models import Aspect, CouncilRole, FindingVersion, ResearchQuestion
from focusareas.models import AreaFact, AuditOffice, FocusArea, Municipality
from nplv_portal.accounts.models import User
from nplv_portal.lib.versions import Version, VersionQuerySet
from nplv_portal.loading import BrokenFixtureError, Loader
from recommendations.models import (
    FollowUpEvent,
    GoodPracticeVersion,
    RecommendationPoint,
    RecommendationVersion,
    ResearchLine,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(settings.BASE_DIR / "fixtures", tmp_path / "fixtures"))


def change(folder: Path, file: str, old: str, new: str) -> None:
    path = folder / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def public(model: type[Version]) -> int:
    return VersionQuerySet(model).as_of(timezone.now()).count()


def test_everything_of_the_joint_note_is_there() -> None:
    assert CouncilRole.objects.count() == 4
    assert Aspect.objects.count() == 13
    assert public(FindingVersion) == 52
    umbrella = RecommendationPoint.objects.filter(version__record__kind="umbrella")
    assert umbrella.filter(kind="check").count() == 9
    assert umbrella.filter(kind="sub").count() == 5
    assert RecommendationVersion.objects.filter(record__kind="umbrella").count() == 4
    assert public(GoodPracticeVersion) == 25
    assert public(ResearchLine) == 3


def test_examples_are_spread_as_in_the_note() -> None:
    counts = {m.slug: m.good_practices.count() for m in Municipality.objects.filter(good_practices__isnull=False)}
    assert counts == {"heerlen": 12, "groningen": 6, "arnhem": 4, "lelystad": 3}


def test_all_areas_are_there() -> None:
    assert FocusArea.objects.count() == 20
    assert Municipality.objects.count() == 19
    assert Municipality.objects.get(slug="amsterdam").areas.count() == 2
    assert AuditOffice.objects.count() == 4


def test_the_questions_of_the_set_up_are_there() -> None:
    found = ResearchQuestion.objects.filter(document__slug="S1")
    assert {kind: found.filter(kind=kind).count() for kind in ResearchQuestion.Kind.values} == {
        "central": 1,
        "sub": 3,
        "follow_up": 1,
        "detail": 16,
    }


def test_the_six_recommendations_of_heerlen_have_their_five_conclusions() -> None:
    local = RecommendationVersion.objects.filter(record__municipality__slug="heerlen")
    assert local.count() == 6
    assert local.exclude(conclusion_text="").count() == 5


def test_the_actions_that_the_note_reports_are_there() -> None:
    groningen = FollowUpEvent.objects.filter(municipality__slug="groningen")
    assert sorted(groningen.values_list("modality", flat=True)) == ["decided", "instructed", "instructed", "requested"]
    assert FollowUpEvent.objects.filter(municipality__slug="lelystad").count() == 0


def test_every_published_finding_and_recommendation_names_its_source() -> None:
    for model in (FindingVersion, RecommendationVersion, GoodPracticeVersion):
        assert not model.objects.filter(citations__isnull=True).exists()


def test_no_headline_is_longer_than_its_limit() -> None:
    assert max(len(v.headline) for v in FindingVersion.objects.all()) <= 70


def test_loading_twice_changes_nothing() -> None:
    tally = Loader(settings.BASE_DIR / "fixtures").run()
    assert (tally.created, tally.changed) == (0, 0)
    assert tally.same > 400


def test_a_changed_text_becomes_a_correction_and_the_old_one_stays(folder: Path) -> None:
    change(
        folder,
        "findings.toml",
        "De raad heeft hernieuwde kaders vastgesteld.",
        "De raad stelde hernieuwde kaders vast.",
    )
    assert Loader(folder).run().changed == 1
    versions = FindingVersion.objects.filter(record__slug="kaders-arnhem-oost-start-2023-2025").order_by("number")
    assert [v.text[:25] for v in versions] == ["De raad heeft hernieuwde ", "De raad stelde hernieuwde"]
    assert versions[1].erratum
    assert versions[0].closed_at == versions[1].published_at


def test_what_a_person_corrected_in_the_portal_is_left_alone(folder: Path) -> None:
    first = FindingVersion.objects.get(record__slug="kaders-arnhem-oost-start-2023-2025")
    own = FindingVersion.objects.create(
        record=first.record,
        number=2,
        headline="Eigen kernzin",
        text="Eigen tekst.",
        erratum="Verbeterd.",
        written_by=User.objects.create_user("onderzoeker"),
    )
    own.publish(at=timezone.now())
    change(
        folder,
        "findings.toml",
        "De raad heeft hernieuwde kaders vastgesteld.",
        "De raad stelde hernieuwde kaders vast.",
    )
    assert len(Loader(folder).run().left) == 1
    assert first.record.versions.as_of(timezone.now()).get().headline == "Eigen kernzin"


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        (
            "findings.toml",
            'area = "heerlen-noord"',
            'area = "heerlen-zuid"',
            ["findings.toml", "onderschrijving-doel", "area", "heerlen-zuid"],
        ),
        ("findings.toml", 'state = "in_place"', 'state = "goed"', ["findings.toml", "state", "goed"]),
        ("findings.toml", 'headline = "De hele raad', 'headline = "' + "x" * 80, ["findings.toml", "headline", "70"]),
        (
            "findings.toml",
            'place = "Stand van zaken, Kaderstellende rol, rij 1, kolom Heerlen"',
            'place = ""',
            ["findings.toml", "place"],
        ),
        (
            "findings.toml",
            "published_on = 2025-01-30",
            'published_on = "30 januari"',
            ["findings.toml", "published_on", "30 januari"],
        ),
        ("findings.toml", "remark = ", "opmerking = ", ["findings.toml", "vertaling-doel", "opmerking"]),
        ("findings.toml", "[[finding]]", "[[finding", ["findings.toml", "TOML"]),
        ("geography.toml", 'cbs_code = "GM0080"', 'cbs_code = "0080"', ["geography.toml", "leeuwarden"]),
        ("geography.toml", 'slug = "groningen"', 'slug = "leeuwarden"', ["geography.toml", "leeuwarden", "twee keer"]),
        (
            "area_facts.toml",
            'topic = "programme"',
            'topic = "geheim"',
            ["area_facts.toml", "heerlen-programme", "topic"],
        ),
        ("recommendations.toml", "under = 2", "under = 9", ["recommendations.toml", "rol", "points"]),
        ("sources.toml", 'published = "2025-01-30"', 'published = "2025-13-30"', ["sources.toml", "S0", "published"]),
        (
            "good_practices.toml",
            'aspects = ["mondelinge-informatie"]',
            'aspects = ["fluisteren"]',
            ["good_practices.toml", "klankbordgroep", "aspects", "fluisteren"],
        ),
    ],
)
def test_a_broken_file_is_refused_with_file_record_and_field(
    folder: Path, file: str, old: str, new: str, says: list[str]
) -> None:
    change(folder, file, old, new)
    with pytest.raises(BrokenFixtureError) as refusal:
        Loader(folder).run()
    for part in says:
        assert part in str(refusal.value)


def test_a_broken_file_loads_nothing(folder: Path) -> None:
    change(folder, "sources.toml", 'title = "Van toeschouwer', 'title = "Anders')
    change(folder, "glossary.toml", "abbreviation", "afkorting")
    with pytest.raises(CommandError, match="Niets geladen"):
        call_command("load_portal", str(folder))
    assert not AreaFact.objects.filter(source__document__title__startswith="Anders").exists()


def test_an_event_that_stands_is_not_rewritten(folder: Path) -> None:
    change(folder, "actions.toml", 'modality = "instructed"', 'modality = "decided"')
    with pytest.raises(BrokenFixtureError, match="corrects"):
        Loader(folder).run()
