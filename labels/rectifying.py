"""A proclaimed decision repaired in writing: the rectification, its letter, and what becomes of the antenna."""

from django.db import transaction
from django.utils import timezone

from applications.letters import addresses_of, rectification_content
from applications.models import Candidature, Letter, Rectification, Status

from .models import Milestone, Step
from .proclamation import found_antenna

NOTE = "Décision du comité rectifiée."


@transaction.atomic
def rectify(candidature: Candidature, by, text: str, **corrected) -> Letter:
    """Rectify the proclaimed decision of a candidature, and write to its members. All or nothing.

    Args:
        corrected: the fields of the decision that should have been proclaimed; none when it stays.

    Returns:
        The letter, that the outbox's worker then sends.

    Raises:
        ForbiddenTransition: not staff, not proclaimed, nothing said, or the antenna's life forbids it.
    """
    before = Candidature.objects.select_for_update(no_key=True).get(pk=candidature.pk).status
    rectification = Rectification.record(candidature, by, text, **corrected)
    if candidature.status == Status.LABELLED != before:
        label_after_all(candidature, by)
    elif before == Status.LABELLED != candidature.status:
        Milestone.record(candidature.antenna, Step.ABANDONED, timezone.localdate(), by, NOTE)
    return Letter.write(candidature, rectification_content(rectification), addresses_of(candidature), rectification)


def label_after_all(candidature, by):
    """Found its antenna; or, when an earlier rectification had abandoned it, say that this never was."""
    antenna = getattr(candidature, "antenna", None)
    if antenna is None:
        found_antenna(candidature, by)
        return
    for step in antenna.milestones.standing().filter(kind=Step.ABANDONED):
        step.correct(None, NOTE, by)
