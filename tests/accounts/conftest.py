import pytest
from django.core.cache import cache
from pytest_django import Settings


@pytest.fixture(autouse=True)
def quick_hashes(settings: Settings) -> None:
    """A real hash takes half a second on purpose."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def fresh_counts(request: pytest.FixtureRequest) -> None:
    """The tests in the browser leave real attempts behind, and all tests come from one machine."""
    if request.node.get_closest_marker("django_db") and "browser" not in request.fixturenames:
        request.getfixturevalue("db")
        cache.clear()
