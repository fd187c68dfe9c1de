from django.core.management.base import BaseCommand, CommandError

from applications.models import Event, broken_chains


class Command(BaseCommand):
    help = "Recalcule les empreintes du journal ; code de sortie 1 si une chaîne est rompue."

    def handle(self, **options):
        chains = Event.objects.order_by().values("subject").distinct().count()
        broken = broken_chains()
        for subject, fault in broken.items():
            self.stderr.write(f"{subject} : {fault}")
        if broken:
            raise CommandError(f"Journal altéré : {len(broken)} chaîne(s) rompue(s) sur {chains}.", returncode=1)
        self.stdout.write(self.style.SUCCESS(f"Journal intact : {Event.objects.count()} lignes, {chains} chaînes."))
