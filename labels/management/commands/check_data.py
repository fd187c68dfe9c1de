from django.core.management.base import BaseCommand, CommandError

from labels.checks import FAULTS, REMARKS


class Command(BaseCommand):
    help = "Vérifie ce que les données doivent à elles-mêmes : journal, dépôts, pièces, dates, rôles, totaux."

    def handle(self, **options):
        remarks = [found for check in REMARKS for found in check()]
        faults = [found for check in FAULTS for found in check()]
        for found in remarks:
            self.stdout.write(f"À savoir : {found}")
        for found in faults:
            self.stdout.write(self.style.ERROR(f"À corriger : {found}"))
        if faults:
            raise CommandError(f"{len(faults)} anomalie{'s' if len(faults) > 1 else ''}.")
        self.stdout.write("Aucune anomalie.")
