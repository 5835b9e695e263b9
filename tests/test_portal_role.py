"""History stands, also for the role of Postgres that the portal has: what that role may try, and what comes of it."""

from collections.abc import Iterator
from io import StringIO
from typing import Any, LiteralString

import pgtrigger
import psycopg
import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.core.management.base import SystemCheckError
from django.db import connection
from psycopg import errors
from psycopg.sql import SQL, Identifier

from findings.models import FindingVersion
from nplv_portal import portal_role
from nplv_portal.accounts.models import Membership
from nplv_portal.lib.versions import Stage, Version
from nplv_portal.portal_role import ORDINARY, shortcomings
from tests.accounts.actors import someone
from tests.conftest import PORTAL_ROLE, as_owner, portal_database_url

Role = psycopg.Connection[tuple[Any, ...]]
RIGHTS = portal_role.rights()
LOGS = sorted(table for table, rights in RIGHTS.items() if rights == {"SELECT", "INSERT"})
STAYING = sorted(table for table, rights in RIGHTS.items() if rights == ORDINARY - {"DELETE"})
VERSIONS: list[Any] = [model for model in apps.get_models() if issubclass(model, Version)]
TRIGGERS = [(model._meta.db_table, trigger.get_pgid(model)) for model, trigger in pgtrigger.registered()]


@pytest.fixture(scope="module")
def role(django_db_setup: None) -> Iterator[Role]:
    """Signed on with it, as the portal is."""
    with psycopg.connect(portal_database_url(), autocommit=True) as connected:
        yield connected


def may(role: Role, statement: LiteralString, *names: str) -> bool:
    """Whether Postgres lets it. What it would let is undone."""
    try:
        with role.transaction(force_rollback=True):
            role.execute(SQL(statement).format(*map(Identifier, names)))
    except errors.InsufficientPrivilege:
        return False
    return True


def a_column(table: str) -> str:
    model = next(model for model in apps.get_models() if model._meta.db_table == table)
    return next(field.attname for field in model._meta.concrete_fields if not field.primary_key)


# --- What it cannot ---


def test_the_lists_hold_what_we_know_of() -> None:
    events = {f"accounts_{name}event" for name in ("invitation", "membership", "secondfactor", "user")}
    assert set(LOGS) >= events | {"recommendations_followupevent", "workplace_hearingitem", "workplace_workevent"}
    assert set(STAYING) >= {"accounts_user", "accounts_membership", "accounts_invitation", "workplace_reaction"}
    assert RIGHTS["mfa_authenticator"] == RIGHTS["accounts_attempt"] == RIGHTS["findings_findingversion"] == ORDINARY


@pytest.mark.parametrize("table", LOGS)
def test_a_log_takes_new_lines_and_nothing_else(role: Role, table: str) -> None:
    assert may(role, "SELECT FROM {}", table)
    assert may(role, "INSERT INTO {0} SELECT * FROM {0} WHERE false", table)
    assert not may(role, "UPDATE {} SET {} = NULL", table, a_column(table))
    assert not may(role, "DELETE FROM {}", table)
    assert not may(role, "TRUNCATE {} CASCADE", table)


@pytest.mark.parametrize("table", STAYING)
def test_what_stays_can_change_and_never_go(role: Role, table: str) -> None:
    assert may(role, "UPDATE {} SET {} = NULL WHERE false", table, a_column(table))
    assert not may(role, "DELETE FROM {}", table)
    assert not may(role, "TRUNCATE {} CASCADE", table)


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE {} DISABLE TRIGGER ALL",
        "ALTER TABLE {} DISABLE TRIGGER USER",
        "ALTER TABLE {} OWNER TO CURRENT_USER",
        "ALTER TABLE {} ADD COLUMN x text",
        "CREATE TRIGGER x BEFORE UPDATE ON {} EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        "CREATE RULE x AS ON INSERT TO {} DO INSTEAD NOTHING",
        "TRUNCATE {} CASCADE",
        "DROP TABLE {} CASCADE",
    ],
)
def test_no_table_is_emptied_or_loses_its_triggers(role: Role, statement: LiteralString) -> None:
    assert [table for table in RIGHTS if may(role, statement, table)] == []


@pytest.mark.parametrize(
    "statement",
    ["ALTER TABLE {0} DISABLE TRIGGER {1}", "DROP TRIGGER {1} ON {0}", "DROP FUNCTION {1} CASCADE"],
)
def test_no_single_trigger_goes(role: Role, statement: LiteralString) -> None:
    assert [names for names in TRIGGERS if may(role, statement, *names)] == []


@pytest.mark.parametrize(
    "statement",
    [
        "SET session_replication_role = replica",
        "CREATE TABLE x ()",
        "CREATE TEMPORARY TABLE accounts_membershipevent ()",
        "CREATE SCHEMA x",
        "CREATE ROLE x",
        "CREATE FUNCTION x() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "DROP FUNCTION public._pgtrigger_should_ignore CASCADE",
        "DROP EXTENSION btree_gist CASCADE",
        "COPY accounts_user TO PROGRAM 'cat'",
        "INSERT INTO django_migrations (app, name, applied) VALUES ('x', 'x', now())",
    ],
)
def test_there_is_no_way_around(role: Role, statement: LiteralString) -> None:
    assert not may(role, statement)


def test_it_does_not_become_the_owner(role: Role) -> None:
    found = role.execute("SELECT DISTINCT tableowner FROM pg_tables WHERE tablename = ANY(%s)", [list(RIGHTS)])
    ((owner,),) = found.fetchall()
    assert not may(role, "SET ROLE {}", owner)
    assert not may(role, "SET SESSION AUTHORIZATION {}", owner)


@pytest.mark.django_db
@pytest.mark.parametrize("statement", ["UPDATE {} SET erratum = 'x'", "DELETE FROM {}"])
def test_a_published_version_stands_whatever_is_tried_first(role: Role, statement: LiteralString) -> None:
    ignored = "{" + ",".join(trigger for _, trigger in TRIGGERS) + "}"
    role.execute("SELECT set_config('pgtrigger.ignore', %s, false)", [ignored])
    shipped = [model for model in VERSIONS if model.objects.filter(stage=Stage.PUBLISHED).exists()]
    assert FindingVersion in shipped
    for model in shipped:
        assert not may(role, "ALTER TABLE {} DISABLE TRIGGER ALL", model._meta.db_table)
        with pytest.raises(errors.RestrictViolation, match="a published version is"):
            role.execute(SQL(statement).format(Identifier(model._meta.db_table)))


@pytest.mark.django_db
def test_no_access_changes_without_a_line_of_history() -> None:
    membership = someone("ans", "researcher").memberships.get()
    events = apps.get_model("accounts", "MembershipEvent")._default_manager.filter(pgh_obj_id=membership.pk)
    before = events.count()
    with pgtrigger.ignore():
        Membership.objects.filter(pk=membership.pk).update(role="secretary")
    assert events.count() == before + 1


# --- What it can: all that the tests of the portal do ---


@pytest.mark.django_db
def test_the_tests_and_the_portal_in_the_browser_have_this_role() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == (PORTAL_ROLE,)
    assert f"user={PORTAL_ROLE}" in portal_database_url()


# --- Who grants it that, and who checks ---


def grant(role: str = PORTAL_ROLE) -> None:
    call_command("grant_portal_role", role, stdout=StringIO())


def check() -> None:
    call_command("check", deploy=True, databases=["default"], tags=["database"], fail_level="WARNING")


@pytest.mark.django_db
def test_the_check_has_nothing_to_say_of_it_and_names_a_role_that_could_undo_history() -> None:
    check()
    with as_owner(), pytest.raises(SystemCheckError, match=r"nplv_portal.W001.* De rol .*(superuser|eigenaar)"):
        check()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("GRANT DELETE ON accounts_userevent TO {}", "te veel met accounts_userevent: DELETE"),
        ("GRANT DELETE ON accounts_userevent TO PUBLIC", "te veel met accounts_userevent: DELETE"),
        ("GRANT UPDATE (pgh_context) ON accounts_userevent TO {}", "te veel met accounts_userevent: UPDATE"),
        ("GRANT ALL ON findings_finding TO {}", "te veel met findings_finding: REFERENCES, TRIGGER, TRUNCATE"),
        ("REVOKE INSERT ON accounts_userevent FROM {}", "te weinig met accounts_userevent: INSERT ontbreekt"),
        ("GRANT CREATE ON SCHEMA public TO {}", "tabellen maken in schema public"),
        ("GRANT CREATE ON SCHEMA public TO PUBLIC", "tabellen maken in schema public"),
        (pgtrigger.compiler.UpsertTriggerSql.get_template, "pgtrigger.ignore"),
    ],
)
def test_a_right_too_many_or_too_few_is_noticed_and_put_right(statement: Any, says: str) -> None:
    assert shortcomings(PORTAL_ROLE) == []
    with as_owner(), connection.cursor() as cursor:
        if isinstance(statement, str):
            cursor.execute(SQL(statement).format(Identifier(PORTAL_ROLE)))
        else:
            pgtrigger.install("accounts.User:never_deleted")  # as a migration does
        (found,) = shortcomings(PORTAL_ROLE)
        assert says in found
        grant()
        assert shortcomings(PORTAL_ROLE) == []
        grant()


@pytest.mark.django_db
def test_granting_says_what_is_wrong() -> None:
    with pytest.raises(CommandError, match=r"is niet de eigenaar van de tabellen; dat is .* MIGRATION"):
        grant()
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        owner = cursor.fetchone()[0]
        with pytest.raises(CommandError, match=f"De rol {owner} is eigenaar van de tabellen"):
            grant(owner)
        with pytest.raises(CommandError, match="De rol niemand bestaat niet"):
            grant("niemand")
