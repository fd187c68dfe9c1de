from django.core.management.base import BaseCommand

from territories.outline import OUTLINE, draw


class Command(BaseCommand):
    help = "Redessine le fond des cartes (outline.json) d’après les contours en degrés (regions.geojson)."

    def handle(self, **options):
        size = OUTLINE.write_text(draw(), encoding="utf-8")
        self.stdout.write(self.style.SUCCESS(f"Fond de carte dessiné : {size} caractères."))
