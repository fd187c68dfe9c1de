"""The state of a candidature in words, for those who carry it."""

from .models import Decision, Status
from .templatetags.french import long_moment

STATES = {
    Status.DRAFT: "Brouillon : rien n’est encore déposé.",
    Status.SUBMITTED: "Votre candidature est déposée : l’équipe du programme examine sa recevabilité.",
    Status.SUPPLEMENTS_REQUESTED: "L’équipe du programme vous demande des compléments : "
    "votre dernier dépôt est conservé en attendant le nouveau.",
    Status.ADMISSIBLE: "Votre candidature est recevable : le comité de sélection l’étudie.",
    Status.INADMISSIBLE: "Votre candidature est irrecevable : le comité de sélection ne l’étudie pas.",
    Status.WITHDRAWN: "Vous avez retiré votre candidature : elle n’est plus étudiée.",
    Status.LABELLED: "Votre candidature est labellisée.",
    Status.DEFERRED: "Votre candidature est à consolider.",
    Status.REJECTED: "Votre candidature n’est pas retenue.",
}
STEPS = {
    Status.SUBMITTED: "Rien à faire : un courriel vous dira la suite.",
    Status.SUPPLEMENTS_REQUESTED: "Modifier les rubriques concernées, puis déposer les compléments.",
    Status.ADMISSIBLE: "Rien à faire : un courriel vous dira les résultats.",
    Status.INADMISSIBLE: "Lire le motif ; pour toute question, écrire à l’équipe du programme.",
    Status.WITHDRAWN: "Le retrait peut être annulé tant que les dépôts sont ouverts.",
    Status.LABELLED: "Lire la décision ; l’équipe du programme prépare avec vous l’ouverture de l’antenne.",
    Status.DEFERRED: "Lire la décision et ce qu’elle demande de consolider.",
    Status.REJECTED: "Lire la décision et ses motifs.",
}
SECTIONS = {"carriers": "Porteurs", "sites": "Sites", "project": "Projet", "pieces": "Pièces"}  # pages of the file
OUTCOMES = {
    Decision.Outcome.LABEL: "Labellisée",
    Decision.Outcome.CONDITIONS: "Labellisée sous conditions",
    Decision.Outcome.RESERVE: "Inscrite en réserve",
    Decision.Outcome.DEFER: "À consolider",
    Decision.Outcome.REJECT: "Non retenue",
}


def next_step(candidature) -> str:
    """What its carriers do next, in words. Reads `call.phases` when the candidature is a draft."""
    if candidature.status != Status.DRAFT:
        return STEPS[candidature.status]
    phase = candidature.call.open_phase()
    if phase is None:
        return "Les dépôts sont clos pour cet appel : ce brouillon ne peut plus être déposé."
    act = "Compléter, puis relire et déposer" if candidature.missing() else "Relire et déposer"
    return f"{act} avant le {long_moment(phase.closes_at)} (heure de Paris)."
