"""A proclamation planned for an hour: results stay private until then, and are public from then on, for everybody."""

import logging
from datetime import UTC, datetime, timedelta
from time import monotonic

from django.db import Error, transaction
from django.db.models import Min
from django.utils import timezone

from applications.models import Event, ForbiddenTransition, SelectionPhase
from applications.templatetags.french import long_moment
from applications.years import LAST

from .proclamation import ALREADY, locked, proclaim, refuse_unless_read
from .rehearsal import rehearse

logger = logging.getLogger(__name__)

NOTICE = timedelta(minutes=2)  # a proclamation is planned at least so long ahead, so that every process learns of it
READ_AGAIN = 10  # seconds; well under NOTICE
REST = 60  # seconds without another try after a failure


def plan_proclamation(phase, by, at, expected: str = "") -> None:
    """Set the hour at which the results of the phase are proclaimed. Until then nothing of it can change.

    Args:
        at: an aware moment, at least two minutes ahead.
        expected: the fingerprint of the rehearsal that `by` has read, when there was one.

    Raises:
        ForbiddenTransition: the proclamation itself would be refused now, or this hour is not possible.
    """
    with transaction.atomic():
        phase = locked(phase)
        rehearsal = rehearse(phase, by)
        if reason := rehearsal.reason or why_not_planned(phase) or why_not_at(at):
            raise ForbiddenTransition(reason)
        refuse_unless_read(rehearsal, expected)
        phase.proclamation_at, phase.proclamation_by = at, by
        phase.save(update_fields=["proclamation_at", "proclamation_by"])
        Event.objects.record(phase, "plan_proclamation", by, audience=Event.Audience.TEAM, hour=at.isoformat())
    watch.forget()


def why_not_planned(phase) -> str:
    """Why another hour cannot be set now, or ""."""
    if phase.proclamation_at is None:
        return ""
    return f"La proclamation est déjà programmée pour le {long_moment(phase.proclamation_at)} : annulez-la d’abord."


def why_not_at(at) -> str:
    """Why a proclamation cannot be planned for this moment, or ""."""
    now = timezone.now()
    if at <= now:
        return "Cette heure est passée : proclamez maintenant, ou choisissez une heure à venir."
    if at < now + NOTICE:
        return "Cette heure est trop proche : deux minutes au moins sont nécessaires."
    if at >= datetime(LAST + 1, 1, 1, tzinfo=UTC):
        return "Cette date n’est pas possible."
    return ""


def cancel_proclamation(phase, by) -> None:
    """Forget the hour: the results stay private, and decisions can be taken again.

    Raises:
        ForbiddenTransition: not staff, proclaimed already, or nothing was planned.
    """
    with transaction.atomic():
        phase = locked(phase)
        if not by.is_staff:
            raise ForbiddenTransition("L’équipe du programme proclame les résultats.")
        if phase.proclaimed_at:
            raise ForbiddenTransition(ALREADY)
        if phase.proclamation_at is None:
            raise ForbiddenTransition("Aucune proclamation n’est programmée.")
        hour = phase.proclamation_at.isoformat()
        phase.proclamation_at = phase.proclamation_by = None
        phase.save(update_fields=["proclamation_at", "proclamation_by"])
        Event.objects.record(phase, "cancel_proclamation", by, audience=Event.Audience.TEAM, hour=hour)
    watch.forget()


def planned():
    """The phases whose proclamation is planned and did not take place yet."""
    return SelectionPhase.objects.filter(proclaimed_at=None, proclamation_at__isnull=False)


def overdue():
    """Those whose hour has come: for an instant, or because something forbids it."""
    return planned().filter(proclamation_at__lte=timezone.now())


def carry_out_due() -> bool:
    """Proclaim every phase whose hour has come. What forbids one is logged and told to the team; others go on.

    Returns:
        Whether all of them are proclaimed.
    """
    done = [carried_out(phase) for phase in overdue().order_by("proclamation_at", "pk")]
    return all(done)


def carried_out(phase) -> bool:
    """Proclaim one, as planned by whoever planned it; of two processes at once, the second waits and does nothing."""
    try:
        with transaction.atomic():
            phase = locked(phase)
            if phase.proclaimed_at is None and phase.proclamation_at:
                proclaim(phase, phase.proclamation_by)
    except ForbiddenTransition as refusal:
        logger.error("Planned proclamation of %s refused: %s", phase, refusal)
        return False
    except Exception:  # nothing was written; the page that was asked for is still to be answered
        logger.exception("Planned proclamation of %s failed", phase)
        return False
    return True


class Watch:
    """The next hour, in the memory of the process: asked of the database every ten seconds at most."""

    def __init__(self):
        self.forget()

    def forget(self):
        """Ask the database at the next request."""
        self.due_at, self.known_until = None, float("-inf")

    def rest(self, seconds: float):
        """Do and ask nothing for some time."""
        self.due_at, self.known_until = None, monotonic() + seconds

    def keep(self):
        """Proclaim what is due, before a page is answered. Costs nothing most of the time, and never raises."""
        try:
            if monotonic() >= self.known_until:
                due_at = planned().aggregate(next=Min("proclamation_at"))["next"]
                self.due_at, self.known_until = due_at, monotonic() + READ_AGAIN
            if self.due_at is None or self.due_at > timezone.now():
                return
            if carry_out_due():
                self.forget()
            else:
                self.rest(REST)
        except Error:
            logger.exception("The planned proclamations cannot be read")
            self.rest(READ_AGAIN)


watch = Watch()
