"""The life of a candidature, on one screen: who may do what, from where, to where.

Buttons, guards, the test matrix and the diagram of the README are computed from TRANSITIONS.
"""

from typing import NamedTuple

from django.db import models


class Status(models.TextChoices):
    DRAFT = "draft", "Brouillon"
    SUBMITTED = "submitted", "Déposée"
    SUPPLEMENTS_REQUESTED = "supplements_requested", "Compléments demandés"
    ADMISSIBLE = "admissible", "Recevable"
    INADMISSIBLE = "inadmissible", "Irrecevable"
    WITHDRAWN = "withdrawn", "Retirée"
    LABELLED = "labelled", "Labellisée"
    DEFERRED = "deferred", "À consolider"
    REJECTED = "rejected", "Non retenue"


class Actor(models.TextChoices):
    APPLICANT = "applicant", "porteur"
    STAFF = "staff", "équipe du programme"
    PROCLAMATION = "proclamation", "proclamation"  # staff, all candidatures of the phase at once
    RECTIFICATION = "rectification", "rectification"  # staff, in writing, after the proclamation


class Transition(NamedTuple):
    label: str  # the button
    done: str  # the line of the timeline
    actor: Actor
    sources: frozenset[Status]
    target: Status
    needs_note: bool = False
    guard: str = ""  # a method of Candidature: verb → why not now, or ""


S, A = Status, Actor
TRANSITIONS = {
    "submit": Transition(
        "Déposer", "Candidature déposée", A.APPLICANT, frozenset({S.DRAFT}), S.SUBMITTED, guard="why_closed"
    ),
    "resubmit": Transition(
        "Déposer de nouveau",
        "Nouvelle version déposée",
        A.APPLICANT,
        frozenset({S.SUBMITTED}),
        S.SUBMITTED,
        guard="why_not_again",
    ),
    "withdraw": Transition(
        "Retirer",
        "Candidature retirée",
        A.APPLICANT,
        frozenset({S.SUBMITTED, S.SUPPLEMENTS_REQUESTED, S.ADMISSIBLE}),
        S.WITHDRAWN,
        needs_note=True,
    ),
    "restore": Transition(
        "Annuler le retrait",
        "Retrait annulé",
        A.APPLICANT,
        frozenset({S.WITHDRAWN}),
        S.SUBMITTED,
        guard="why_phase_closed",
    ),
    "request_supplements": Transition(
        "Demander des compléments",
        "Compléments demandés",
        A.STAFF,
        frozenset({S.SUBMITTED, S.ADMISSIBLE}),
        S.SUPPLEMENTS_REQUESTED,
        needs_note=True,
        guard="why_not_completed",
    ),
    "answer_supplements": Transition(
        "Déposer les compléments",
        "Compléments déposés",
        A.APPLICANT,
        frozenset({S.SUPPLEMENTS_REQUESTED}),
        S.SUBMITTED,
        guard="why_supplements_late",
    ),
    "close_supplements": Transition(
        "Clore la demande de compléments",
        "Demande de compléments close",
        A.STAFF,
        frozenset({S.SUPPLEMENTS_REQUESTED}),
        S.SUBMITTED,
        needs_note=True,
    ),
    "admit": Transition(
        "Déclarer recevable",
        "Candidature déclarée recevable",
        A.STAFF,
        frozenset({S.SUBMITTED}),
        S.ADMISSIBLE,
        guard="why_not_examined",
    ),
    "refuse": Transition(
        "Déclarer irrecevable",
        "Candidature déclarée irrecevable",
        A.STAFF,
        frozenset({S.SUBMITTED, S.SUPPLEMENTS_REQUESTED}),
        S.INADMISSIBLE,
        needs_note=True,
        guard="why_still_open",
    ),
    "reconsider": Transition(
        "Réexaminer la recevabilité",
        "Recevabilité réexaminée",
        A.STAFF,
        frozenset({S.INADMISSIBLE}),
        S.SUBMITTED,
        needs_note=True,
        guard="why_proclaimed",
    ),
    "label": Transition(
        "Labelliser",
        "Candidature labellisée",
        A.PROCLAMATION,
        frozenset({S.ADMISSIBLE}),
        S.LABELLED,
        guard="why_not_proclaimed",
    ),
    "defer": Transition(
        "Déclarer à consolider",
        "Candidature à consolider",
        A.PROCLAMATION,
        frozenset({S.ADMISSIBLE}),
        S.DEFERRED,
        guard="why_not_proclaimed",
    ),
    "reject": Transition(
        "Ne pas retenir",
        "Candidature non retenue",
        A.PROCLAMATION,
        frozenset({S.ADMISSIBLE}),
        S.REJECTED,
        guard="why_not_proclaimed",
    ),
    "rectify_as_labelled": Transition(
        "Rectifier en labellisée",
        "Décision rectifiée : candidature labellisée",
        A.RECTIFICATION,
        frozenset({S.DEFERRED, S.REJECTED}),
        S.LABELLED,
        needs_note=True,
        guard="why_not_rectified",
    ),
    "rectify_as_deferred": Transition(
        "Rectifier en à consolider",
        "Décision rectifiée : candidature à consolider",
        A.RECTIFICATION,
        frozenset({S.LABELLED, S.REJECTED}),
        S.DEFERRED,
        needs_note=True,
        guard="why_not_rectified",
    ),
    "rectify_as_rejected": Transition(
        "Rectifier en non retenue",
        "Décision rectifiée : candidature non retenue",
        A.RECTIFICATION,
        frozenset({S.LABELLED, S.DEFERRED}),
        S.REJECTED,
        needs_note=True,
        guard="why_not_rectified",
    ),
}
BUTTONS_OF = {Actor.APPLICANT, Actor.STAFF}  # who acts by a button on the candidature; the others have their own pages

JUDGED = {S.ADMISSIBLE, S.LABELLED, S.DEFERRED, S.REJECTED}  # the committee may read the file
PROCLAIMED = {S.LABELLED, S.DEFERRED, S.REJECTED}
PRESENTABLE_AGAIN = {S.DEFERRED, S.REJECTED}


class ForbiddenTransition(Exception):
    """Not possible on this object, by this person, now. Its message is shown to the user."""


class ChangedMeanwhile(ForbiddenTransition):
    """Someone else saved since this person read: both texts are shown, nothing is overwritten unseen."""
