from django.core.management.base import BaseCommand

from applications.after_label import REMINDERS
from applications.reminding import send_reminders


class Command(BaseCommand):
    help = (
        "Met en file les rappels avant clôture (J-14, J-7, J-2, J-0) et les demandes de bilan annuel ; "
        "à lancer chaque jour, sans risque deux fois."
    )

    def handle(self, **options):
        self.stdout.write(f"Candidatures rappelées : {send_reminders()}.")
        for words, send in REMINDERS:
            self.stdout.write(f"{words} : {send()}.")
