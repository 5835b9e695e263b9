"""What the portal ships with, and how a broken file is refused."""

import re
import shutil
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import timezone

from findings.models import Aspect, Contradiction, CouncilRole, FindingVersion, ResearchQuestion
from focusareas.models import AreaFact, AuditOffice, FocusArea, Indicator, Municipality, QuestionArticle
from nplv_portal.accounts.models import User
from nplv_portal.lib.versions import Version, VersionQuerySet
from nplv_portal.loading import SUBJECTS, BrokenFixtureError, Loader
from recommendations.models import (
    FollowUpEvent,
    GoodPracticeVersion,
    RecommendationPoint,
    RecommendationVersion,
    ResearchLine,
)

pytestmark = pytest.mark.django_db

FIRST_VALUE = '{ region = "vrieheide-de-stack", value = "66.9", printed = "66,9" }'


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
        (
            "figures.toml",
            FIRST_VALUE,
            FIRST_VALUE.replace(" }", ', jaar = "2023" }'),
            ["figures.toml", "heerlen-fig2-leeftijd-overleden", "values", "regel 1", "printed, region, value"],
        ),
        (
            "figures.toml",
            FIRST_VALUE,
            '{ value = "66.9", printed = "66,9" }',
            ["figures.toml", "heerlen-fig2-leeftijd-overleden", "values", "regel 1"],
        ),
        (
            "figures.toml",
            FIRST_VALUE,
            FIRST_VALUE.replace("vrieheide-de-stack", "atlantis"),
            ["figures.toml", "heerlen-fig2-leeftijd-overleden", "values", "atlantis"],
        ),
        (
            "figures.toml",
            FIRST_VALUE,
            FIRST_VALUE.replace("66.9", "veel"),
            ["figures.toml", "heerlen-fig2-leeftijd-overleden", "value", "veel"],
        ),
        (
            "figures.toml",
            FIRST_VALUE,
            FIRST_VALUE.replace(', printed = "66,9"', ""),
            ["figures.toml", "heerlen-fig2-leeftijd-overleden", "hoe de bron haar schrijft"],
        ),
        (
            "figures.toml",
            FIRST_VALUE,
            FIRST_VALUE.replace("vrieheide-de-stack", "heerlen"),
            ["figures.toml", "heerlen-fig2-leeftijd-overleden", "bestaat al"],
        ),
        ("figures.toml", 'unit = "years"', 'unit = "dagen"', ["figures.toml", "leeftijd-overleden", "unit", "dagen"]),
        ("figures.toml", 'kind = "country"', 'kind = "rijk"', ["figures.toml", "nederland", "kind", "rijk"]),
        (
            "conflicts.toml",
            '  { text = "In alle 20 gebieden',
            '  { note = "x", text = "In alle 20 gebieden',
            ["conflicts.toml", "looptijd-arnhem", "claims", "regel 2", "document, place, text"],
        ),
        (
            "conflicts.toml",
            'text = "25 jaar.", document = "web-nieuws-nl"',
            'text = "", document = "web-nieuws-nl"',
            ["conflicts.toml", "looptijd-heerlen", "text"],
        ),
        (
            "conflicts.toml",
            'document = "S1", place = "Aanleiding',
            'document = "S8", place = "Aanleiding',
            ["conflicts.toml", "looptijd-landelijk", "claims", "S8"],
        ),
        ("conflicts.toml", 'section = "money"', 'section = "geld"', ["conflicts.toml", "section", "geld"]),
        (
            "money.toml",
            'euros = "4600000"',
            'euros = "-1"',
            ["money.toml", "heerlen-regiodeal-tweede-tranche", "euros"],
        ),
        ("money.toml", 'scope = "region"', 'scope = "wereld"', ["money.toml", "tweede-tranche", "scope", "wereld"]),
        ("money.toml", "last_year = 2027", "last_year = 2018", ["money.toml", "tweede-tranche", "laatste jaar"]),
        ("money.toml", 'kind = "extra"\n', "", ["money.toml", "tweede-tranche", "soort"]),
        ("money.toml", 'document = "S2"\n', "", ["money.toml", "tweede-tranche", "source"]),
        (
            "organisation.toml",
            '{ to = "heerlen-alliantieraad", words = "zit in" }',
            '{ to = "heerlen-alliantieraad", kleur = "rood" }',
            ["organisation.toml", "heerlen-rijk", "relations", "words"],
        ),
        (
            "organisation.toml",
            'fte = "0.5"',
            'fte = "half"',
            ["organisation.toml", "programmasecretaris", "fte", "half"],
        ),
        ("organisation.toml", 'kind = "kpi"', 'kind = "wens"', ["organisation.toml", "kind", "wens"]),
        (
            "timeline.toml",
            'happened = "2021-05-27"',
            'happened = "mei 2021"',
            ["timeline.toml", "heerlen-2021-05-27-vragen-regionale-aanpak", "happened", "mei 2021"],
        ),
        (
            "timeline.toml",
            'kind = "inspraak"',
            'kind = "roep"',
            ["timeline.toml", "inspraak-commissie-es", "kind", "roep"],
        ),
        ("timeline.toml", 'actor = "resident"', 'actor = "wij"', ["timeline.toml", "inspraak-commissie-es", "actor"]),
        (
            "national.toml",
            'kind = "goal"',
            'kind = "droom"',
            ["national.toml", "fysieke-leefomgeving", "kind", "droom"],
        ),
        ("national.toml", "plan = ", "plannen = ", ["national.toml", "nplv-maatregel-vhf", "plannen"]),
        (
            "research.toml",
            'answer_place = "§3.2, vraag 1"',
            'answer_place = ""',
            ["research.toml", "s2-sub-1", "place"],
        ),
        ("figures.toml", FIRST_VALUE, '"vrieheide-de-stack"', ["figures.toml", "values", "regel 1", "als tekst"]),
        (
            "figures.toml",
            FIRST_VALUE,
            FIRST_VALUE.replace('"66,9"', "66"),
            ["figures.toml", "heerlen-fig2-leeftijd-overleden", "values", "regel 1", "als tekst"],
        ),
        (
            "figures.toml",
            FIRST_VALUE,
            FIRST_VALUE.replace('"66.9"', "66.9"),
            ["figures.toml", "heerlen-fig2-leeftijd-overleden", "values", "regel 1", "als tekst"],
        ),
        (
            "conflicts.toml",
            'text = "25 jaar.", document = "web-nieuws-nl"',
            'text = 25, document = "web-nieuws-nl"',
            ["conflicts.toml", "looptijd-heerlen", "claims", "als tekst"],
        ),
        (
            "organisation.toml",
            '{ to = "heerlen-alliantieraad", words = "zit in" }',
            '{ to = "heerlen-alliantieraad", words = 5 }',
            ["organisation.toml", "heerlen-rijk", "relations", "lijst van teksten"],
        ),
        (
            "organisation.toml",
            '{ to = "heerlen-alliantieraad", words = "zit in" }',
            '{ to = ["heerlen-alliantieraad"], words = "zit in" }',
            ["organisation.toml", "heerlen-rijk", "relations", "lijst van teksten"],
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


LINKS = [  # file, table, field, a value that leads nowhere
    ("money.toml", "amount", "part_of", '"atlantis"'),
    ("timeline.toml", "event", "answers", '"atlantis"'),
    ("organisation.toml", "seat", "body", '"atlantis"'),
    ("organisation.toml", "body", "relations", '[{ to = "atlantis", words = "stuurt" }]'),
    ("figures.toml", "key_indicator", "measured_by", '["atlantis"]'),
    ("national.toml", "element", "under", '"atlantis"'),
    ("research.toml", "suggestion", "under", '"atlantis"'),
    ("research.toml", "question", "corresponds_to", '["atlantis"]'),
    ("glossary.toml", "term", "see", '["atlantis"]'),
]


def give_last(folder: Path, file: str, table: str, field: str, value: str) -> str:
    """Give the last record of a table that has this field another value. Returns its name."""
    path = folder / file
    head, *records = re.split(r"^(?=\[\[)", path.read_text(), flags=re.MULTILINE)
    having = rf"^{field} = (?:\[\n.*?\n\]|[^\n]*)$"
    number = max(
        n
        for n, text in enumerate(records)
        if text.startswith(f"[[{table}]]") and re.search(having, text, re.MULTILINE | re.DOTALL)
    )
    records[number] = re.sub(having, f"{field} = {value}", records[number], flags=re.MULTILINE | re.DOTALL)
    path.write_text(head + "".join(records))
    name: str = re.findall(r'^(?:key|slug) = "(.*)"$', records[number], re.MULTILINE)[0]
    return name


def test_every_field_that_names_another_record_is_tried() -> None:
    tried = {(file, table, field) for file, table, field, _ in LINKS}
    assert tried == {(subject.file, subject.table, field) for subject in SUBJECTS for field in subject.links}


@pytest.mark.parametrize(("file", "table", "field", "value"), LINKS)
def test_a_link_to_nothing_is_refused(folder: Path, file: str, table: str, field: str, value: str) -> None:
    record = give_last(folder, file, table, field, value)
    with pytest.raises(BrokenFixtureError) as refusal:
        Loader(folder).run()
    assert str(refusal.value).startswith(f"{file}, [[{table}]] {record}, veld {field}: 'atlantis' bestaat niet in [[")


def test_a_record_of_another_table_is_nothing_to_link_to(folder: Path) -> None:
    give_last(folder, "timeline.toml", "event", "answers", '"heerlen-alliantieraad"')
    with pytest.raises(
        BrokenFixtureError, match=r"veld answers: 'heerlen-alliantieraad' bestaat niet in \[\[event\]\]"
    ):
        Loader(folder).run()


def test_a_link_to_a_record_that_left_the_files_is_refused(folder: Path) -> None:
    path = folder / "glossary.toml"
    path.write_text(re.sub(r'\[\[term\]\]\nslug = "focusgebied"\n.*?(?=\[\[)', "", path.read_text(), flags=re.DOTALL))
    with pytest.raises(BrokenFixtureError, match=r"glossary.toml, .* veld see: 'focusgebied' bestaat niet"):
        Loader(folder).run()


@pytest.mark.parametrize(
    ("file", "table", "field"),
    [
        ("figures.toml", "key_indicator", "measured_by"),
        ("research.toml", "question", "corresponds_to"),
        ("glossary.toml", "term", "see"),
        ("organisation.toml", "body", "relations"),
        ("organisation.toml", "goal", "partners"),
    ],
)
@pytest.mark.parametrize("value", ['"atlantis"', "5", "[5]", '[["atlantis"]]', '{ to = "atlantis" }', "[{ to = 5 }]"])
def test_what_is_no_list_of_texts_is_refused(folder: Path, file: str, table: str, field: str, value: str) -> None:
    record = give_last(folder, file, table, field, value)
    with pytest.raises(BrokenFixtureError) as refusal:
        Loader(folder).run()
    assert str(refusal.value).startswith(f"{file}, [[{table}]] {record}, veld {field}: moet een lijst van teksten zijn")


@pytest.mark.parametrize("field", ["part_of", "answers", "under"])
@pytest.mark.parametrize("value", ["5", '["atlantis"]', "{ to = 5 }"])
def test_a_link_that_is_no_text_is_refused(folder: Path, field: str, value: str) -> None:
    file, table = {link[2]: link[:2] for link in LINKS}[field]
    record = give_last(folder, file, table, field, value)
    with pytest.raises(BrokenFixtureError) as refusal:
        Loader(folder).run()
    assert str(refusal.value).startswith(f"{file}, [[{table}]] {record}, veld {field}: ")


@pytest.mark.parametrize("claims", ["[]", '[{ text = "25 jaar.", document = "S2", place = "§3.2" }]'])
def test_one_claim_is_no_contradiction(folder: Path, claims: str) -> None:
    path = folder / "conflicts.toml"
    path.write_text(re.sub(r"claims = \[\n.*?\n\]", f"claims = {claims}", path.read_text(), count=1, flags=re.DOTALL))
    with pytest.raises(BrokenFixtureError, match=r"conflicts.toml, \[\[conflict\]\] looptijd-landelijk, veld claims"):
        Loader(folder).run()


def test_one_claim_says_that_two_are_needed(folder: Path) -> None:
    change(
        folder, "conflicts.toml", '  { text = "Een kwart eeuw.", document', '  # { text = "Een kwart eeuw.", document'
    )
    change(folder, "conflicts.toml", '  { text = "25 jaar.", document', '  # { text = "25 jaar.", document')
    with pytest.raises(BrokenFixtureError, match="looptijd-heerlen, veld claims: noem er minstens twee"):
        Loader(folder).run()


def test_a_changed_figure_becomes_a_correction_with_figures_of_its_own(folder: Path) -> None:
    change(folder, "figures.toml", FIRST_VALUE, FIRST_VALUE.replace("66.9", "67.1").replace("66,9", "67,1"))
    assert Loader(folder).run().changed == 1
    versions = Indicator.objects.filter(record="heerlen-fig2-leeftijd-overleden").order_by("number")
    assert [v.figures.get(region__slug="vrieheide-de-stack").printed for v in versions] == ["66,9", "67,1"]
    assert [v.figures.count() for v in versions] == [4, 4]


def test_a_changed_claim_becomes_a_correction_with_claims_of_its_own(folder: Path) -> None:
    change(folder, "conflicts.toml", 'text = "Een kwart eeuw."', 'text = "Vijfentwintig jaar."')
    assert Loader(folder).run().changed == 1
    versions = Contradiction.objects.filter(record="looptijd-heerlen").order_by("number")
    assert [v.claims.count() for v in versions] == [3, 3]
    assert [v.claims.filter(text="Vijfentwintig jaar.").exists() for v in versions] == [False, True]


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


def test_an_article_is_never_changed_and_a_later_one_counts(folder: Path) -> None:
    change(folder, "geography.toml", 'article = "artikel 33"', 'article = "artikel 34"')
    with pytest.raises(BrokenFixtureError, match="met een latere published_on"):
        Loader(folder).run()
    change(folder, "geography.toml", 'key = "heerlen-33"', 'key = "heerlen-34"')
    change(folder, "geography.toml", 'published_on = "2025-01-30"', 'published_on = "2025-03-01"')
    Loader(folder).run()
    known = QuestionArticle.objects.filter(municipality__slug="heerlen")
    assert [entry.article for entry in known.known_by(timezone.now())] == ["artikel 34", "artikel 33"]
