"""A press release ready to be copied: made of the records alone, in plain sentences."""

from django.conf import settings
from django.utils import timezone

from applications.models import Decision
from applications.templatetags.french import day_of

from .outlook import figures_before_and_after
from .rehearsal import Outcome, Rehearsal

NUMBERS = ("aucun", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix")


def communique(rehearsal: Rehearsal) -> str:
    """The text of the press release of a phase, dated of the hour planned, or of today."""
    phase, labelled = rehearsal.phase, rehearsal.labelled
    day = day_of(timezone.localtime(phase.proclamation_at or timezone.now()))
    parts = [
        f"Au cœur des territoires : {territories(len(labelled))} à l’issue de {phase}",
        f"Paris, le {day}. {opening(rehearsal)}",
        *by_region(labelled),
        programme(rehearsal),
        contact(phase.call),
    ]
    if phase.call.is_demo:
        parts.insert(0, "DÉMONSTRATION : ce texte est sans valeur.")
    return "\n\n".join(part for part in parts if part)


def territories(number: int) -> str:
    """« trois territoires labellisés », « aucun territoire labellisé »."""
    words = NUMBERS[number] if number < len(NUMBERS) else str(number)
    plural = "s" if number > 1 else ""
    return f"{words} territoire{plural} labellisé{plural}"


def opening(rehearsal: Rehearsal) -> str:
    examined, labelled = len(rehearsal.outcomes), rehearsal.labelled
    files = f"{examined} candidature{'s' if examined > 1 else ''} recevable{'s' if examined > 1 else ''}"
    text = (
        f"Le comité de sélection de l’appel « {rehearsal.phase.call.title} » s’est prononcé sur {files}. "
        f"Le Conservatoire national des arts et métiers (Cnam) annonce {territories(len(labelled))}."
    )
    return f"{text} {conditional(labelled)}".strip()


def conditional(labelled: list[Outcome]) -> str:
    """How many labels are given under conditions, in a sentence, or ""."""
    number = sum(row.decision.outcome == Decision.Outcome.CONDITIONS for row in labelled)
    if number == 0:
        return ""
    if number == len(labelled):
        return f"{'Le label est assorti' if number == 1 else 'Tous les labels sont assortis'} de conditions."
    of_them = "l’un" if number == 1 else NUMBERS[number] if number < len(NUMBERS) else number
    return f"Pour {of_them} d’entre eux, le label est assorti de conditions."


def by_region(labelled: list[Outcome]) -> list[str]:
    """One paragraph for each région, in the order of the alphabet."""
    regions = {}
    for outcome in labelled:
        regions.setdefault(" et ".join(outcome.regions) or "Région à préciser", []).append(outcome)
    return [
        "\n".join([region.replace("'", "’"), *(line(outcome) for outcome in regions[region])])
        for region in sorted(regions)
    ]


def line(outcome: Outcome) -> str:
    """« – Dreux (Eure-et-Loir), ouverture prévue en 2027-2028 »."""
    where = ", ".join(outcome.departments).replace("'", "’")
    return f"– {outcome.antenna_name} ({where}), ouverture prévue en {outcome.opening_year}"


def programme(rehearsal: Rehearsal) -> str:
    total, *_ = figures_before_and_after(rehearsal)
    if total.after == total.before:
        return ""
    return f"Avec cette phase, {total.after} antennes du programme ont un nom sur le portail : {settings.BASE_URL}"


def contact(call) -> str:
    press = settings.INSTITUTION["PRESS_EMAIL"] or call.contact_email or settings.INSTITUTION["CONTACT_EMAIL"]
    return f"Contact : {press}" if press else ""
