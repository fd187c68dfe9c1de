"""The dates of a call, for the calendar of whoever prepares a candidature: iCalendar (RFC 5545)."""

from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone
from icalendar import Alarm, Calendar, Event

REMINDED_BEFORE = timedelta(days=7)


def calendar_file(call) -> bytes:
    """The openings, closings and announcements of the phases of `call`, as UTF-8. A date that nobody set is absent."""
    calendar = Calendar()
    calendar.add("prodid", "-//Au cœur des territoires//Appels//FR")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", f"{call.name} : {call.title}")
    for phase in call.phases.all():
        for event in events_of(phase):
            calendar.add_component(event)
    return calendar.to_ical()


def events_of(phase):
    """One event for each date: an hour for what has one, else a whole day."""
    if phase.opens_at:
        yield event(phase, "ouverture", "ouverture des dépôts", phase.opens_at)
    if phase.closes_at:
        closing = event(phase, "cloture", "clôture des dépôts", phase.closes_at)
        closing.add_component(reminder(phase))
        yield closing
    if phase.announced_on:
        yield event(phase, "resultats", "annonce des résultats", phase.announced_on)


def event(phase, code: str, what: str, moment) -> Event:
    call = phase.call
    made = Event()
    made.add("uid", f"{call.slug}-phase-{phase.number}-{code}@{urlsplit(settings.BASE_URL).hostname}")
    made.add("dtstamp", timezone.now())
    made.add("dtstart", moment)
    made.add("summary", f"{call.name}, phase {phase.number} : {what}")
    made.add("url", settings.BASE_URL + call.get_absolute_url())
    return made


def reminder(phase) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", -REMINDED_BEFORE)
    alarm.add("description", f"{phase.call.name}, phase {phase.number} : les dépôts ferment dans une semaine")
    return alarm
