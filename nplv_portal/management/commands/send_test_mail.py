"""Whether mail works, and what became of the mail that the worker had to send."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob, ProcrastinateWorker

from nplv_portal.following.models import MailDay
from nplv_portal.lib.mail import MAIL, ONCE, Postponed, Refused, Unsure, send

SIGN_OF_LIFE = timedelta(minutes=1)


class Command(BaseCommand):
    help = "Stuurt een proefmail, en zegt hoe het staat met de mail die de werker verstuurt."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="waar de proefmail heen gaat")

    def handle(self, *, email: str, **options: Any) -> None:
        if not settings.EMAIL_URL:
            raise CommandError("EMAIL_URL is niet ingesteld: dit portaal verstuurt geen mail.")
        text = f"Deze mail komt van het Raadsportaal NPLV op {settings.PORTAL_URL}. Mail versturen werkt."
        try:
            send(email, "Proefmail van het Raadsportaal NPLV", text)
        except Refused as refusal:
            raise CommandError(f"De mailserver weigert deze mail: {refusal}") from refusal
        except (Postponed, Unsure) as trouble:
            raise CommandError(f"De mailserver neemt nu geen mail aan: {trouble}") from trouble
        self.stdout.write(f"De mailserver nam de proefmail voor {email} aan.")
        self.stdout.write("\n".join(state_of_mail()))


def state_of_mail() -> list[str]:
    jobs = ProcrastinateJob.objects.filter(queue_name__in=[MAIL, ONCE])
    seen = ProcrastinateWorker.objects.filter(last_heartbeat__gt=timezone.now() - SIGN_OF_LIFE)
    today = MailDay.objects.filter(day=timezone.localdate()).first() or MailDay()
    made = today.digests + today.reminders + today.confirmations
    return [
        "De werker draait." if seen.exists() else "De werker draait niet: start het portaal.",
        f"Wacht op verzenden: {jobs.filter(status__in=['todo', 'doing']).count()}.",
        f"Opgegeven in de laatste maand: {jobs.filter(status='failed').count()}.",
        f"Vandaag gemaakt voor wie volgt, en herinneringen: {made} van ten hoogste {settings.MAILS_PER_DAY}.",
    ]
