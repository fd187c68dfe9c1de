import time

from django.core.management.base import BaseCommand

from territories.loading import load_reference_data


class Command(BaseCommand):
    help = "Charge les régions, départements, intercommunalités et communes livrés avec le portail."

    def handle(self, **options):
        start = time.monotonic()
        self.stdout.write("Chargement des territoires…")
        for change in load_reference_data():
            name = change.model._meta.verbose_name_plural
            self.stdout.write(f"  {name} : {change.total} ({change.created} de plus, {change.updated} modifiées)")
        self.stdout.write(self.style.SUCCESS(f"Territoires à jour en {time.monotonic() - start:.1f} s."))
