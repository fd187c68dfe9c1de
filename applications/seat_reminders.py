"""Reminders to the seats of a committee: who is late, as previewed, and the sending to those and only those."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from . import emails
from .models import Candidature, Event, ForbiddenTransition, Member, late_members

VERB = "remind_seats"
NOT_AGAIN_WITHIN = timedelta(hours=24)


class Recipient(NamedTuple):
    member: Member
    files: list[Candidature]  # those that they may still review
    reminded_at: datetime | None  # within the last 24 hours, for this phase


def why_not_remind(phase, user) -> str:
    """Why `user` cannot remind the seats of `phase` now, or ""."""
    if not (user.is_staff or phase.call.is_chair(user)):
        return "L’équipe du programme ou la présidence relance les sièges."
    return (
        "" if phase.takes_reviews else "Les évaluations de cette phase sont closes : il n’y a plus personne à relancer."
    )


def recipients(phase, user) -> list[Recipient]:
    """Who is late now, of the files that `user` may deliberate on, and when each was last reminded."""
    since = timezone.now() - NOT_AGAIN_WITHIN
    reminded = {
        person: event.at
        for event in Event.objects.about(phase).filter(verb=VERB, at__gt=since).order_by("number")
        for person in event.payload["people"]
    }
    return [Recipient(*late, reminded.get(late.member.user_id)) for late in late_members(phase, user)]


def last_reminder(phase) -> Event | None:
    """The line of the journal that the last reminder left."""
    return Event.objects.about(phase).filter(verb=VERB).select_related("by").order_by("number").last()


@transaction.atomic
def remind(phase, by, people, seen) -> list[Recipient]:
    """Write to those of `people` who are still late now, one message each, with a line in the journal.

    Args:
        people: the keys of the persons who were chosen in the preview.
        seen: the number of the last reminder that the preview knew, 0 without one. Whoever was reminded since is left
            out: two people may press the button at once.

    Returns:
        Those who were written to.

    Raises:
        ForbiddenTransition: no right, or the phase takes no review any more.
    """
    type(phase).objects.select_for_update(no_key=True).get(pk=phase.pk)
    phase.refresh_from_db()
    if refusal := why_not_remind(phase, by):
        raise ForbiddenTransition(refusal)
    later = Event.objects.about(phase).filter(verb=VERB, number__gt=seen)
    already = {person for event in later for person in event.payload["people"]}
    chosen = [each for each in recipients(phase, by) if each.member.user_id in set(people) - already]
    for each in chosen:
        emails.queue_seat_reminder(phase, each)
    if chosen:
        reminded = sorted({each.member.user_id for each in chosen})
        Event.objects.record(phase, VERB, by, audience=Event.Audience.TEAM, people=reminded)
    return chosen
