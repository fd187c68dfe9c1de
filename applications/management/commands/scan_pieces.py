import logging

from django.core.management.base import BaseCommand, CommandError

from applications.models import Attachment
from applications.receiving import STORAGE_ERRORS
from applications.scanning import UNREACHABLE, is_scanner_set, scan

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Soumet à l’antivirus les pièces qu’il n’a pas encore vues ; à lancer chaque minute s’il y en a un."

    def handle(self, **options):
        if not is_scanner_set():
            raise CommandError("Aucun antivirus n’est réglé (CLAMAV_URL).", returncode=1)
        seen = dict.fromkeys(("clean", "infected", "unreachable"), 0)
        for piece in Attachment.objects.filter(scan=Attachment.Scan.PENDING).iterator():
            seen[self.look_at(piece)] += 1
        words = {"clean": "saines", "infected": "infectées", "unreachable": "à revoir"}
        self.stdout.write(f"Pièces {', '.join(f'{words[state]} : {number}' for state, number in seen.items())}.")

    def look_at(self, piece) -> str:
        """Keep what the scanner says of a piece. One that the storage does not give never holds up the others."""
        try:
            with piece.file.open() as file:
                state = scan(file).state
        except STORAGE_ERRORS:
            logger.exception("The file storage does not give the piece %s", piece.pk)
            return UNREACHABLE
        if state != UNREACHABLE:
            Attachment.objects.filter(pk=piece.pk).update(scan=state)
        return state
