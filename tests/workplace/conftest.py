"""A database of its own for a test that commits: a copy, in a quarter of a second, of the one with the shipped data."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.db import connection, connections

from tests.conftest import test_database_url

END_CONNECTIONS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}'"


@contextmanager
def copied(source: str, name: str) -> Iterator[str]:
    """The portal under test, if it runs on the source, connects again once it is asked something."""
    drop = f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'
    beside(drop, END_CONNECTIONS.format(source), f'CREATE DATABASE "{name}" TEMPLATE "{source}"')
    try:
        yield name
    finally:
        beside(drop)


def beside(*statements: str) -> None:
    with psycopg.connect(test_database_url(), dbname="postgres", autocommit=True) as server:
        for statement in statements:
            server.execute(statement)


@contextmanager
def connected_to(name: str) -> Iterator[None]:
    """This thread and the ones that start in here. The transaction that pytest-django rolls back waits outside."""
    outside: Any = connections["default"]
    settings, before = outside.settings_dict, outside.settings_dict["NAME"]
    outside.close_pool()
    settings["NAME"] = name
    connections["default"] = connections.create_connection("default")
    try:
        yield
    finally:
        disconnect()
        settings["NAME"] = before
        connections["default"] = outside


def disconnect() -> None:
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]


@pytest.fixture(scope="session")
def quiet_database(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """The shipped data, with nobody connected."""
    name = connection.settings_dict["NAME"]
    with django_db_blocker.unblock():
        disconnect()
        with copied(name, f"{name}_quiet") as quiet:
            yield quiet


@pytest.fixture
def own_database(quiet_database: str, db: None) -> Iterator[str]:
    with copied(quiet_database, quiet_database.replace("_quiet", "_own")) as name, connected_to(name):
        yield name
