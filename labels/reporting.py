"""The yearly report: whom it is asked of, when, by which mails; each mail once, safe to run twice."""

from datetime import date

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from applications.after_label import Awaited
from applications.emails import active, queue_about_call
from applications.models import Membership

from .models import Antenna, State, YearlyReport, reported_year


def send_requests() -> int:
    """Queue the requests and reminders that are due now; their number in antennas."""
    asked = sum(ask(antenna, year) for antenna, year in due_antennas())
    waiting = YearlyReport.objects.awaited().select_related("antenna__phase__call", "antenna__candidature")
    return asked + sum(remind(report) for report in waiting.iterator(chunk_size=100))


def due_antennas() -> list[tuple[Antenna, int]]:
    """The antennas whose report of the year is due and was not asked: labelled before the January of that school year
    or since an unknown day, not abandoned, with somebody to ask. None outside the season.
    """
    year = reported_year(timezone.localdate())
    if year is None:
        return []
    labelled = Coalesce("labelled_on", "phase__announced_on")
    antennas = Antenna.objects.with_opening().with_state().alias(labelled=labelled).exclude(state=State.ABANDONED)
    antennas = antennas.filter(Q(labelled=None) | Q(labelled__lt=date(year + 1, 1, 1))).exclude(reports__year=year)
    found = antennas.select_related("phase__call", "candidature").order_by("pk")
    return [(antenna, year) for antenna in found if addresses_of(antenna)]


def ask(antenna: Antenna, year: int) -> bool:
    """Ask for the report of that year, once: its line and its mail, both or neither."""
    with transaction.atomic():
        report = YearlyReport.ask(antenna, year)
        if report:
            queue_report(report, "bilan annuel", "emails/yearly_report.txt")
    return bool(report)


def remind(report: YearlyReport) -> bool:
    """Queue the reminder that is due, if any, and remember it in the same transaction."""
    if not (field := report.due_reminder()):
        return False
    with transaction.atomic():
        is_new = report.mark_reminded(field)
        if is_new:
            queue_report(report, "rappel du bilan annuel", "emails/yearly_report_reminder.txt")
    return is_new


def queue_report(report: YearlyReport, about: str, template: str, **context) -> None:
    """Write to each person who may fill it in."""
    antenna = report.antenna
    context |= {"antenna": antenna, "report": report, "link": settings.BASE_URL + report.get_absolute_url()}
    queue_about_call(addresses_of(antenna), antenna.phase.call, f"{antenna.name}\u00a0: {about}", template, **context)


def addresses_of(antenna: Antenna) -> list[str]:
    """Those who may act on its candidature, and the person in charge; each address once."""
    members = antenna.candidature.memberships if antenna.candidature_id else Membership.objects.none()
    found = active(members.filter(role__in=Membership.MAY_ACT))
    found += [antenna.contact_email] if antenna.contact_email else []
    return list(dict.fromkeys(address.lower() for address in found))


def awaited_of(user) -> list[Awaited]:
    """The reports that this person is waited for, in words. Registered into the list of candidatures."""
    theirs = Antenna.objects.reported_by(user)
    return [
        Awaited(
            f"Le bilan {report.school_year} de l’antenne « {report.antenna} » est attendu.", report.get_absolute_url()
        )
        for report in YearlyReport.objects.awaited().filter(antenna__in=theirs).select_related("antenna")
    ]
