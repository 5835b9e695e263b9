"""Loads municipalities that do not exist, for training and screenshots; running it again changes nothing."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from nplv_portal import example


class Command(BaseCommand):
    help = "Laadt verzonnen gemeenten, voor oefening en schermafbeeldingen, in een eigen en lege database."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--areas", type=int, default=20, help="aantal focusgebieden (standaard 20)")
        parser.add_argument("--rounds", type=int, default=3, help="aantal onderzoeksronden (standaard 3)")

    def handle(self, *, areas: int, rounds: int, **options: Any) -> None:
        if not (1 <= areas <= example.MAX_AREAS and 1 <= rounds <= example.MAX_ROUNDS):
            raise CommandError(
                f"Kies 1 tot {example.MAX_AREAS} gebieden (--areas) en 1 tot {example.MAX_ROUNDS} ronden (--rounds)."
            )
        if example.holds_real_data():
            raise CommandError(
                "Niets geladen: deze database bevat echte gemeenten. Maak een lege database, zet DATABASE_URL op die "
                "database, voer manage.py migrate uit en start load_example opnieuw."
            )
        size, loaded = example.size(areas, rounds), example.loaded_size()
        if loaded and loaded != size:
            raise CommandError(
                f"Niets geladen: de voorbeeldgegevens staan er al, met {loaded}. Maak voor een andere omvang een "
                "nieuwe, lege database."
            )
        if not settings.FICTIONAL_DATA:
            raise CommandError(
                "Niets geladen: zet FICTIONAL_DATA=1, dan zegt elke bladzijde dat de gegevens verzonnen zijn."
            )
        if loaded:
            self.stdout.write(f"De voorbeeldgegevens staan er al, met {size}. Er is niets gewijzigd.")
            return
        example.load(areas, rounds)
        self.stdout.write(f"Voorbeeldgegevens geladen, met {size}.")
