"""The form of a recommendation, for who writes the first one."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from nplv_portal.workplace import work
from nplv_portal.workplace.kinds import BY_SLUG
from recommendations.models import RecommendationVersion
from tests.bad_input import Page
from tests.workplace.people import person, signed_in

pytestmark = pytest.mark.django_db
ADDRESS = "/werkplek/gegevens/aanbevelingen/nieuw/"


@pytest.fixture
def ans() -> Client:
    return signed_in(person("ans", "researcher"))


def here() -> RecommendationVersion:
    """A recommendation to Heerlen that is public."""
    public = RecommendationVersion.objects.as_of(timezone.now()).filter(record__municipality__slug="heerlen")
    version: RecommendationVersion = public.order_by("pk")[0]
    return version


def send(client: Client, **typed: Any) -> Any:
    values = Page(client.get(ADDRESS)).form().values
    return client.post(ADDRESS, values | {name.replace("__", "-"): value for name, value in typed.items()})


def test_a_number_that_is_taken_is_named_before_and_refused_in_dutch(ans: Client) -> None:
    record = here().record
    page = ans.get(ADDRESS).content.decode()
    numbers = type(record).objects.filter(report=record.report).order_by("number").values_list("number", flat=True)
    assert f"{record.report}: {', '.join(map(str, numbers))}" in page
    response = send(ans, record__report=record.report_id, record__number=record.number)
    said = response.content.decode()
    assert response.status_code == 422
    assert "Dit rapport heeft al een aanbeveling met dit nummer." in said
    assert "Recommendation" not in said
    assert said.count("Dit klopt nog niet") == 1


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("december 2026", "2026-12"),
        ("14 December 2026", "2026-12-14"),
        ("2026", "2026"),
        ("2026-12-14", "2026-12-14"),
    ],
)
def test_the_day_of_issue_is_taken_in_words_too(typed: str, kept: str) -> None:
    field = RecommendationVersion._meta.get_field("issued").formfield()
    assert field.clean(typed) == kept


@pytest.mark.parametrize("typed", ["ergens in het najaar", "31 februari 2026", "december"])
def test_what_is_no_date_comes_back_whole(typed: str, ans: Client) -> None:
    response = send(ans, issued=typed)
    assert f"“{typed}” is geen datum" in response.content.decode()
    assert f'value="{typed}"' in response.content.decode()


def test_the_hints_fit_a_recommendation(ans: Client) -> None:
    page = ans.get(ADDRESS).content.decode()
    assert "niet wat u ervan vindt" not in page
    assert "Bijvoorbeeld 2026, december 2026 of 14 december 2026." in page
    assert "Nodig bij een lokale aanbeveling. Een overkoepelende heeft er geen." in page


def test_who_reviews_a_recommendation_reads_whose_it_is_and_which_number(ans: Client) -> None:
    draft = work.start_next(BY_SLUG["aanbevelingen"], here(), by=person("bob", "researcher"))
    record = here().record
    response = ans.get(f"/werkplek/gegevens/aanbevelingen/{draft.pk}/")
    assert (
        response.context["identity"] | {"Gemeente": "Heerlen", "Nummer": str(record.number)}
        == (response.context["identity"])
    )
    assert str(record.report) in response.content.decode()
