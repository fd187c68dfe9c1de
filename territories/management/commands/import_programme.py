from datetime import date
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from territories.models import NationalProgramme
from territories.programme_lists import MAX_SIZE, ImportReport, UnreadableList, import_programme_list


def day(text: str) -> date:
    """A date typed as 2021-06-25."""
    return date.fromisoformat(text)


class Command(BaseCommand):
    help = "Importe la liste publiée d’un programme national ; les listes précédentes sont gardées."

    def add_arguments(self, parser):
        parser.add_argument("code", help="code du programme : ACV ou TI")
        parser.add_argument("file", type=Path, help="fichier CSV en UTF-8")
        parser.add_argument("--complete", action="store_true", help="la liste est complète : elle peut dire « non »")
        parser.add_argument("--dry-run", action="store_true", help="vérifier sans rien enregistrer")
        parser.add_argument("--skip-unknown", action="store_true", help="ignorer les lignes dont le code est inconnu")
        parser.add_argument("--source", default="", help="titre de la source")
        parser.add_argument("--url", default="", help="adresse de la source")
        parser.add_argument("--date", type=day, help="date de la liste, AAAA-MM-JJ (aujourd’hui par défaut)")

    def handle(self, *, code, file, **options):
        programme = NationalProgramme.objects.filter(code=code).first()
        if programme is None:
            known = ", ".join(NationalProgramme.objects.values_list("code", flat=True)) or "aucun"
            raise CommandError(f"Programme {code} inconnu. Programmes enregistrés : {known}.")
        try:
            report = import_programme_list(
                programme,
                read(file),
                is_complete=options["complete"],
                source_title=options["source"] or file.name,
                source_url=options["url"],
                published_on=options["date"],
                skip_unknown=options["skip_unknown"],
                dry_run=options["dry_run"],
            )
        except UnreadableList as error:
            raise CommandError(f"{error} Rien n’a été changé.") from error
        self.tell(report, programme)

    def tell(self, report: ImportReport, programme: NationalProgramme):
        for sentence in [*report.problems, *report.unknown]:
            self.stdout.write(sentence)
        counts = f"{programme.name} : {report.members} membres dans {report.territories} territoires"
        if report.refused:
            count = len(report.problems) + len(report.unknown)
            lines = "1 ligne" if count == 1 else f"{count} lignes"
            raise CommandError(f"Liste refusée ({lines} à corriger). Rien n’a été changé.")
        if report.unchanged:
            self.stdout.write(f"{counts}. Cette liste est déjà enregistrée : rien n’a été changé.")
        elif report.saved:
            self.stdout.write(self.style.SUCCESS(f"{counts}. Liste enregistrée."))
        else:
            self.stdout.write(f"{counts}. Essai : rien n’a été changé.")


def read(path: Path) -> bytes:
    """The content of the file, no more than what is needed to see that it is too large."""
    try:
        with path.open("rb") as file:
            return file.read(MAX_SIZE + 1)
    except OSError as error:
        raise CommandError(f"Le fichier {path} ne peut pas être lu : {error.strerror}. Rien n’a été changé.") from error
