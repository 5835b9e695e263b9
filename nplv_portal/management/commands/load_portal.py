"""Loads fixtures/ into the database; running it again changes nothing."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from nplv_portal.example import is_example_database
from nplv_portal.loading import BrokenFixtureError, Loader


class Command(BaseCommand):
    help = "Laadt de meegeleverde gegevens. Wat in het portaal zelf is gewijzigd, blijft staan."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", nargs="?", type=Path, default=settings.BASE_DIR / "fixtures")

    def handle(self, *, folder: Path, **options: Any) -> None:
        if settings.FICTIONAL_DATA:
            raise CommandError("FICTIONAL_DATA staat aan: echte gegevens komen nooit bij de voorbeeldgegevens.")
        if is_example_database():
            raise CommandError(
                "Niets geladen: deze database bevat de voorbeeldgegevens. Zet DATABASE_URL op een andere database."
            )
        try:
            tally = Loader(folder).run()
        except BrokenFixtureError as error:
            raise CommandError(f"Niets geladen. {error}") from error
        self.stdout.write(f"Geladen: {tally.created} nieuw, {tally.changed} bijgewerkt, {tally.same} ongewijzigd.")
        for name in tally.left:
            self.stderr.write(f"Overgeslagen, want in het portaal gewijzigd: {name}")
