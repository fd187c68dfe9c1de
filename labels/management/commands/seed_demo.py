from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.models import User
from applications.models import Call
from labels.demonstration import PASSWORD, content
from labels.demonstration.story import Story


class Command(BaseCommand):
    help = "Ouvre un appel de démonstration sur de vrais territoires, avec un compte par rôle."

    def handle(self, **options):
        if not settings.DEMO:
            raise CommandError("Réservé à la démonstration : ce portail n’a pas le réglage DEMO=true.")
        if not Call.objects.filter(slug="ami-2").exists():
            raise CommandError("Chargez d’abord le programme : manage.py load_programme.")
        if not Call.objects.filter(slug=content.CALL["slug"]).exists():
            self.stdout.write("Écriture de la démonstration…")
            with transaction.atomic():
                Story().play()
        self.print_accounts()

    def print_accounts(self):
        self.stdout.write(f"\nComptes de démonstration (mot de passe de tous : {PASSWORD})")
        for person in User.objects.filter(email__endswith="@demo.example").order_by("role", "pk"):
            self.stdout.write(f"  {person.email:<36} {person.get_role_display():<22} {person.full_name}")
        self.stdout.write("")
