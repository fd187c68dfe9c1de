"""Reminders before a closing, to those who have not deposited all that they wrote: each once, safe to run twice."""

from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from .emails import active, queue_to
from .models import Candidature, Membership, Reminder, Status, WorkingCopy
from .models.reminders import DAYS


def send_reminders() -> int:
    """Queue the reminders that are due now; their number in candidatures.

    A day that the command missed is made up for: a file closing in 6 days gets its J-7 if it never did.
    """
    waiting = Candidature.objects.filter(status__in=[Status.DRAFT, Status.SUBMITTED], call__is_published=True)
    return sum(remind(candidature) for candidature in waiting.with_working_copy().iterator(chunk_size=100))


def remind(candidature) -> bool:
    """Queue the reminder that this candidature is due, if any, and remember it in the same transaction."""
    phase = candidature.open_phase()
    last_day = last_day_before(candidature.closing(phase)) if phase else None
    step = due_step(last_day) if phase else None
    if step is None or not (candidature.status == Status.DRAFT or candidature.has_undeposited_changes):
        return False
    with transaction.atomic():
        is_new = remember(candidature, phase, step, last_day)
        if is_new:
            queue_reminder(candidature, phase)
    return is_new


def last_day_before(closing) -> date:
    """The last day to deposit, in Paris time: a closing at midnight leaves the day before."""
    return timezone.localdate(closing - timedelta(seconds=1))


def due_step(last_day) -> int | None:
    """The step whose time has come before this day: the smallest of DAYS that is not past; None when too early."""
    left = (last_day - timezone.localdate()).days
    return min((days for days in DAYS if days >= left), default=None)


def remember(candidature, phase, step, last_day) -> bool:
    """Note that this step is reminded of now; False when it was already. One sent before its day was for an earlier
    closing, moved since or followed by more time: it does not count.
    """
    now, day = timezone.now(), last_day - timedelta(days=step)
    key = {"candidature": candidature, "phase": phase, "days": step}
    reminder, is_new = Reminder.objects.get_or_create(**key, defaults={"sent_at": now})
    outdated = Reminder.objects.filter(pk=reminder.pk, sent_at__lt=timezone.make_aware(datetime.combine(day, time.min)))
    return is_new or bool(outdated.update(sent_at=now))


def queue_reminder(candidature, phase) -> None:
    """One message to each member who may deposit, with what is missing."""
    queue_to(
        active(candidature.memberships.filter(role__in=Membership.MAY_ACT)),
        candidature,
        "clôture prochaine des dépôts",
        "emails/reminder.txt",
        deadline=candidature.closing(phase),
        problems=WorkingCopy(candidature).problems(),
        is_deposited=candidature.status == Status.SUBMITTED,
    )
