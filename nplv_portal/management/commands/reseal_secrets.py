"""After SECRET_KEY was replaced, and before the old key is thrown away."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand, CommandError

from nplv_portal.accounts.sealing import seal_all


class Command(BaseCommand):
    help = "Versleutelt de geheimen van ieders tweede stap opnieuw, met de SECRET_KEY van nu."

    def handle(self, **options: Any) -> None:
        sealed, lost = seal_all(Authenticator.objects)
        self.stdout.write(f"Versleuteld met de sleutel van nu: {sealed}.")
        if lost:
            raise CommandError(
                f"Niet te lezen: {lost}. Zet de sleutel waarmee ze zijn versleuteld in SECRET_KEY_FALLBACKS. Is die "
                "weg, haal dan per persoon de tweede stap weg: manage.py reset_access naam@heerlen.nl --second-factor."
            )
