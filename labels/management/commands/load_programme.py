from django.core.management.base import BaseCommand, CommandError

from labels.loading import TerritoriesMissing, load


class Command(BaseCommand):
    help = "Charge le programme publié : concepts, AMI#1 et AMI#2, 61 lauréats, chiffres. Ne modifie rien d’existant."

    def handle(self, **options):
        self.stdout.write("Chargement du programme publié…")
        try:
            created, kept = load()
        except TerritoriesMissing as missing:
            raise CommandError(
                f"Territoires absents de la base : {missing}. Lancez d’abord « manage.py load_territories »."
            ) from missing
        for model in [*dict.fromkeys([*created, *kept])]:
            name = model._meta.verbose_name_plural
            self.stdout.write(f"  {name} : {created[model]} de plus, {kept[model]} déjà en place")
        self.stdout.write(self.style.SUCCESS("Programme à jour."))
