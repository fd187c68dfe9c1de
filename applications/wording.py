"""The state of a candidature in words, for those who carry it."""

from .models import Decision, Membership, Status
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
    Status.SUPPLEMENTS_REQUESTED: "Compléter les points demandés, puis déposer les compléments.",
    Status.ADMISSIBLE: "Rien à faire : un courriel vous dira les résultats.",
    Status.INADMISSIBLE: "Lire le motif ; pour toute question, écrire à l’équipe du programme.",
    Status.WITHDRAWN: "Le retrait peut être annulé tant que les dépôts de la phase sont ouverts.",
    Status.LABELLED: "Lire la décision ; l’équipe du programme prépare avec vous l’ouverture de l’antenne.",
    Status.DEFERRED: "Lire la décision et ce qu’elle demande de consolider.",
    Status.REJECTED: "Lire la décision et ses motifs.",
}
OUTCOMES = {
    Decision.Outcome.LABEL: "Labellisée",
    Decision.Outcome.CONDITIONS: "Labellisée sous conditions",
    Decision.Outcome.RESERVE: "Inscrite en réserve",
    Decision.Outcome.DEFER: "À consolider",
    Decision.Outcome.REJECT: "Non retenue",
}
ROLES = {  # what each role allows, after « peut » or « vous pourrez »
    Membership.Role.READER: "lire tout le dossier, sans rien y changer",
    Membership.Role.EDITOR: "remplir le dossier, le déposer, et inviter d’autres personnes",
    Membership.Role.LEAD: "remplir le dossier, le déposer, et décider qui travaille sur la candidature",
}


def next_step(candidature, problems) -> str:
    """What its carriers do next, in words. `problems` are those of the working copy."""
    phase = candidature.open_phase()
    if candidature.status == Status.DRAFT and phase is None:
        return "Les dépôts sont clos pour cet appel : ce brouillon ne peut plus être déposé."
    if candidature.status == Status.DRAFT:
        act = "Compléter, puis relire et déposer" if problems else "Relire et déposer"
        return f"{act} avant le {long_moment(candidature.closing(phase))} (heure de Paris)."
    if candidature.status == Status.SUBMITTED and phase:
        end = long_moment(candidature.closing(phase))
        return f"Ce dépôt compte. Vous pouvez modifier et déposer de nouveau jusqu’au {end} (heure de Paris)."
    return STEPS[candidature.status]


def undeposited(candidature) -> str:
    """What a draft or a change never deposited is, in words that nobody takes for a deposit; "" otherwise."""
    if candidature.status == Status.DRAFT:
        return "Brouillon : rien n’est déposé."
    if candidature.is_editable and candidature.has_undeposited_changes:
        return (
            "Vos dernières modifications ne sont pas déposées : seul compte votre dépôt du "
            f"{long_moment(candidature.submitted_at)}."
        )
    return ""
