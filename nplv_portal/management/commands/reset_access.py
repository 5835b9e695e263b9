"""For someone who cannot get in any more, and for someone who must not."""

from argparse import ArgumentParser
from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from nplv_portal.accounts.models import User


class Command(BaseCommand):
    help = "Toont een link voor een nieuw wachtwoord, of schakelt een account uit of weer in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="het e-mailadres van het account")
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--second-factor", action="store_true", help="haal ook de tweede stap weg")
        what.add_argument("--disable", action="store_true", help="schakel het account uit, meteen")
        what.add_argument("--enable", action="store_true", help="schakel het account weer in")

    def handle(self, *, email: str, second_factor: bool, disable: bool, enable: bool, **options: Any) -> None:
        user = User.objects.filter(email=email.lower()).first()
        if user is None:
            raise CommandError(f"Er is geen account met het adres {email}.")
        if disable:
            user.disable()
            self.stdout.write(f"Het account van {user} is uitgeschakeld.")
            return
        if enable:
            user.is_active = True
            user.save(update_fields=["is_active"])
        if second_factor:
            Authenticator.objects.filter(user_id=user.pk).delete()
            user.end_sessions()
        token = default_token_generator.make_token(user)
        path = reverse("account_reset_password_from_key", args=[user_pk_to_url_str(user), token])
        self.stdout.write(f"Geef deze link alleen aan {user}; hij werkt een uur:")
        self.stdout.write(settings.PORTAL_URL + path)
