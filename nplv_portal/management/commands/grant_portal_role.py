"""After each migration, by the role that owns the tables: what the role that runs the portal may do."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from nplv_portal import portal_role

OWNERS = """
    SELECT DISTINCT pg_get_userbyid(relowner), pg_has_role(relowner, 'USAGE') FROM pg_class
    WHERE relnamespace = current_schema()::regnamespace AND relname = ANY(%s) ORDER BY 2
"""


class Command(BaseCommand):
    help = "Geeft de rol waarmee het portaal draait haar rechten op de tabellen, en neemt alle andere weg."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("role", help="de rol in DATABASE_URL waarmee het portaal draait")

    def handle(self, *, role: str, **options: Any) -> None:
        refuse_wrong_roles(role)
        portal_role.grant(role)
        if found := portal_role.shortcomings(role):
            raise CommandError(
                f"{' '.join(found)} Alleen een beheerder van Postgres kan dat wijzigen; docs/beheer.md zegt hoe, bij "
                "‘Twee rollen in de database’."
            )
        self.stdout.write(f"De rol {role} heeft haar rechten.")


def refuse_wrong_roles(role: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, EXISTS (SELECT FROM pg_roles WHERE rolname = %s)", [role])
        me, exists = cursor.fetchone()
        cursor.execute(OWNERS, [list(portal_role.rights())])
        owners: dict[str, bool] = dict(cursor.fetchall())
    if not owners:
        raise CommandError("Er zijn nog geen tabellen. Voer eerst manage.py migrate uit.")
    if not exists:
        raise CommandError(f"De rol {role} bestaat niet. Maak haar in Postgres: CREATE ROLE {role} LOGIN PASSWORD '…'")
    if strangers := [owner for owner, is_mine in owners.items() if not is_mine]:
        raise CommandError(
            f"{me} is niet de eigenaar van de tabellen; dat is {', '.join(strangers)}. Zet die rol in "
            "MIGRATION_DATABASE_URL (docs/configuratie.md)."
        )
    if role == me or role in owners:
        raise CommandError(
            f"De rol {role} is eigenaar van de tabellen. Het portaal hoort met een andere te draaien: maak er een, en "
            "zet die in DATABASE_URL en de eigenaar in MIGRATION_DATABASE_URL (docs/configuratie.md)."
        )
