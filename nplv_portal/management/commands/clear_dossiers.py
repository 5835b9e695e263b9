"""For an operator whose database grows too large. What a dossier was, who asked for it and its checksums stay."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand
from django.db.models import Sum
from django.template.defaultfilters import filesizeformat

from nplv_portal.dossiers.models import FileContent


class Command(BaseCommand):
    help = "Ruimt de bestanden op van dossiers die vóór een dag zijn gemaakt. Zonder --yes telt het alleen."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("before", type=date.fromisoformat, help="jaar-maand-dag, zoals 2028-01-01")
        parser.add_argument("--yes", action="store_true", help="ruim ze echt op; dat kan niet terug")

    def handle(self, *, before: date, yes: bool, **options: Any) -> None:
        old = FileContent.objects.filter(file__made_at__date__lt=before)
        count, size = old.count(), filesizeformat(old.aggregate(size=Sum("file__size"))["size"] or 0)
        if yes:
            old.delete()
        self.stdout.write(f"{count} bestanden van dossiers, {size}: {'opgeruimd' if yes else 'nog niets opgeruimd'}.")
