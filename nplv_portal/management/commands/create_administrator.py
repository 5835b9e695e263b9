"""The first administrator of an organisation, who then invites everyone else."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from focusareas.models import AuditOffice, Municipality
from nplv_portal.accounts.models import INVITATION_DAYS, Invitation, Membership


class Command(BaseCommand):
    help = "Nodigt iemand uit als beheerder van een rekenkamer of gemeente, en toont de link."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="het e-mailadres van de beheerder")
        place = parser.add_mutually_exclusive_group(required=True)
        place.add_argument("--office", help="de rekenkamer, zoals in het adres: rekenkamer-heerlen")
        place.add_argument("--municipality", help="de gemeente, zoals in het adres: heerlen")

    def handle(self, *, email: str, office: str | None, municipality: str | None, **options: Any) -> None:
        invitation = Invitation(email=email, role=Membership.Role.ADMINISTRATOR)
        try:
            if office:
                invitation.office = AuditOffice.objects.get(slug=office)
            else:
                invitation.municipality = Municipality.objects.get(slug=municipality)
            link = invitation.issue(by=None)
        except (AuditOffice.DoesNotExist, Municipality.DoesNotExist) as error:
            model = AuditOffice if office else Municipality
            known = ", ".join(model.objects.order_by("slug").values_list("slug", flat=True))
            raise CommandError(f"{office or municipality} bestaat niet. Kies uit: {known}") from error
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(f"{email} is uitgenodigd als {invitation}.")
        self.stdout.write(f"Geef deze link door; hij werkt {INVITATION_DAYS} dagen, en één keer:")
        self.stdout.write(link)
