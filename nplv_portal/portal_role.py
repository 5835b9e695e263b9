"""The role of Postgres that runs the portal: it uses the tables and owns nothing.

What a trigger refuses of every row (lib/triggers.py) this role has no right to either, so that it cannot take the
trigger away first. The owner of the tables grants it the rest, after each migration: manage.py grant_portal_role.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

import pgtrigger
from django.apps import apps
from django.conf import settings
from django.core.checks import Warning as CheckWarning
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from psycopg.sql import SQL, Composable, Identifier

ORDINARY = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"})
MORE = frozenset({"TRUNCATE", "REFERENCES", "TRIGGER"})  # nobody but the owner needs these

# pgtrigger asks this function whether a session wants to pass a trigger by. Nobody may.
NEVER = "SELECT false"
NO_PASSING_BY = f"""
    CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name name) RETURNS boolean
    LANGUAGE sql STABLE AS '{NEVER}'
"""


def rights() -> dict[str, frozenset[str]]:
    """Of each table: what the role may do with it."""
    refused: dict[str, set[str]] = defaultdict(set)
    for model, trigger in pgtrigger.registered():
        if type(trigger) is pgtrigger.Protect and trigger.condition is None:
            refused[model._meta.db_table].update(map(str, trigger.operation))  # type: ignore[arg-type]
    return {table: ORDINARY - refused[table] for table in tables()} | {
        MigrationRecorder.Migration._meta.db_table: frozenset({"SELECT"})
    }


def tables() -> Iterator[str]:
    for model in apps.get_models(include_auto_created=True):
        if (model._meta.managed or model._meta.app_label == "procrastinate") and not model._meta.proxy:
            yield model._meta.db_table
    for cache in settings.CACHES.values():
        if "DatabaseCache" in str(cache["BACKEND"]):
            yield str(cache["LOCATION"])


def grant(role: str) -> None:
    """All that the role needs, and nothing that it was ever given besides. Only the owner of the tables can."""
    given = rights()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT current_database(), current_schema()")
        database, schema = map(Identifier, cursor.fetchone())
        names = {"role": Identifier(role), "database": database, "schema": schema}

        def run(statement: str, **more: Composable) -> None:
            cursor.execute(SQL(statement).format(**names, **more))

        # A schema or a temporary table of its own would come before ours in what a trigger writes to.
        run("REVOKE ALL ON DATABASE {database} FROM {role}")
        run("REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC")
        run("GRANT CONNECT ON DATABASE {database} TO {role}")
        run("REVOKE ALL ON SCHEMA {schema} FROM {role}")
        run("REVOKE CREATE ON SCHEMA {schema} FROM PUBLIC")
        run("GRANT USAGE ON SCHEMA {schema} TO {role}")
        run("REVOKE ALL ON {tables} FROM PUBLIC, {role}", tables=listed(given))
        for what in sorted(set(given.values()), key=sorted):
            alike = [table for table, which in given.items() if which == what]
            run("GRANT {rights} ON {tables} TO {role}", rights=SQL(", ".join(sorted(what))), tables=listed(alike))
        cursor.execute(SERIALS, [list(given)])
        if serials := [name for (name,) in cursor.fetchall()]:
            run("GRANT USAGE ON {serials} TO {role}", serials=SQL("SEQUENCE ") + listed(serials))
        cursor.execute(NO_PASSING_BY)


def listed(names: Iterable[str]) -> Composable:
    return SQL(", ").join(map(Identifier, sorted(names)))


# What numbers the rows of a table made with bigserial (procrastinate's); an identity column needs no right.
SERIALS = """
    SELECT s.relname FROM pg_depend d JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S'
    JOIN pg_class t ON t.oid = d.refobjid
    WHERE d.deptype = 'a' AND t.relnamespace = current_schema()::regnamespace AND t.relname = ANY(%s)
"""

# The role itself and all it is a member of. pg_shdepend knows who owns what in this database, and the database itself.
POWERS = """
    SELECT r.rolname, CASE
        WHEN r.rolsuper THEN 'mag alles (superuser)'
        WHEN r.rolcreaterole THEN 'mag rollen maken (CREATEROLE)'
        WHEN r.rolname IN ('pg_execute_server_program', 'pg_write_server_files')
        THEN 'mag op de machine van Postgres schrijven'
        ELSE 'is eigenaar van tabellen of van iets anders in deze database' END
    FROM pg_roles r
    WHERE pg_has_role(%(role)s, r.oid, 'MEMBER') AND (
        r.rolsuper OR r.rolcreaterole OR r.rolname IN ('pg_execute_server_program', 'pg_write_server_files')
        OR EXISTS (
            SELECT FROM pg_shdepend d, pg_database b
            WHERE b.datname = current_database() AND d.deptype = 'o'
            AND d.refclassid = 'pg_authid'::regclass AND d.refobjid = r.oid
            AND (d.dbid = b.oid OR (d.classid = 'pg_database'::regclass AND d.objid = b.oid))
        )
    )
    ORDER BY r.rolname <> %(role)s, r.rolname
"""

MAY_MAKE = """
    SELECT 'tijdelijke tabellen maken (TEMPORARY)'
    WHERE has_database_privilege(%(role)s, current_database(), 'TEMPORARY')
    UNION ALL
    SELECT 'schema’s maken (CREATE)' WHERE has_database_privilege(%(role)s, current_database(), 'CREATE')
    UNION ALL
    SELECT 'tabellen maken in schema ' || nspname FROM pg_namespace
    WHERE has_schema_privilege(%(role)s, oid, 'CREATE') AND nspname !~ '^pg_(toast_)?temp_'
"""

RIGHTS = """
    SELECT relname, array_agg(what) FILTER (WHERE CASE
        WHEN what IN ('DELETE', 'TRUNCATE', 'TRIGGER') THEN has_table_privilege(%(role)s, c.oid, what)
        ELSE has_any_column_privilege(%(role)s, c.oid, what) END)
    FROM pg_class c, unnest(%(rights)s::text[]) AS what
    WHERE relnamespace = current_schema()::regnamespace AND relname = ANY(%(tables)s)
    GROUP BY relname ORDER BY relname
"""

PASSING_BY = "SELECT prosrc FROM pg_proc WHERE oid = to_regprocedure('public._pgtrigger_should_ignore(name)')"


def shortcomings(role: str) -> list[str]:
    """Why the history is not safe from this role, or out of its reach, in sentences for the operator."""
    expected = rights()
    values: dict[str, Any] = {"role": role, "tables": list(expected), "rights": sorted(ORDINARY | MORE)}
    with connection.cursor() as cursor:
        cursor.execute(POWERS, values)
        if powers := cursor.fetchall():
            name, what = powers[0]
            return [f"De rol {role} {what}." if name == role else f"De rol {role} is lid van {name}, en die {what}."]
        cursor.execute(MAY_MAKE, values)
        found = [f"De rol {role} mag {what}." for (what,) in cursor.fetchall()]
        cursor.execute(RIGHTS, values)
        for table, held in cursor.fetchall():
            has = set(held or ())
            if too_much := has - expected[table]:
                found.append(f"De rol {role} mag te veel met {table}: {', '.join(sorted(too_much))}.")
            if too_little := expected[table] - has:
                found.append(f"De rol {role} mag te weinig met {table}: {', '.join(sorted(too_little))} ontbreekt.")
        cursor.execute(PASSING_BY)
        if cursor.fetchone() not in {None, (NEVER,)}:
            found.append(f"De rol {role} kan triggers voorbijgaan (pgtrigger.ignore).")
    return found


HINT = (
    "Het portaal hoort een rol te hebben die de geschiedenis niet kan wijzigen: zie ‘Twee rollen in de database’ in "
    "docs/beheer.md."
)


def check(*, databases: Iterable[str] | None, **options: Any) -> list[CheckWarning]:
    """For manage.py check --deploy --database default: is the history safe from the role that DATABASE_URL names?"""
    if not databases:
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        (role,) = cursor.fetchone()
    return [CheckWarning(text, hint=HINT, id="nplv_portal.W001") for text in shortcomings(role)]
