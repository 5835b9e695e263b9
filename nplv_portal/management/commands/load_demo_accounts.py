"""Makes people to try the example set with; running it again changes nothing."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from nplv_portal import example
from nplv_portal.accounts import demo
from nplv_portal.example.hearing import start_hearing


class Command(BaseCommand):
    help = "Maakt in de voorbeeldset voor elke rol een account om mee te oefenen."

    def handle(self, **options: Any) -> None:
        if not settings.FICTIONAL_DATA or example.holds_real_data():
            raise CommandError(
                "Niets gemaakt: oefenaccounts horen alleen in een database met voorbeeldgegevens, met FICTIONAL_DATA=1."
            )
        if not (made := demo.load()):
            raise CommandError("Niets gemaakt: laad eerst de voorbeeldgegevens (manage.py load_example).")
        start_hearing(made)
        self.stdout.write("Oefenaccounts, om in te loggen op /inloggen/:")
        for membership in made:
            self.stdout.write(f"  {membership.user.email:45} {membership}")
        self.stdout.write(f"Wachtwoord: {demo.PASSWORD}")
        self.stdout.write(f"Tweede stap: de code staat bij het inloggen in beeld (sleutel voor een app: {demo.SECRET})")
