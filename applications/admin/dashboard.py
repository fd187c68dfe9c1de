"""What waits for the team, on the first page of the admin."""

from django.db.models import Count
from django.urls import reverse
from django.utils import timezone
from post_office.models import STATUS, Email

from ..models import Candidature, Claim, Clarification, MailState, Recusal, Review, Seat, SelectionPhase, Status
from .conflicts import unsettled
from .waiting import WAITING, waiting


def waiting_work(user) -> dict:
    """The lines of « À faire » (label, number, address) and the coverage of each phase under review."""
    listed = reverse("admin:applications_candidature_changelist")
    mails = reverse("admin:post_office_email_changelist")
    to_examine, *others = (
        (f"candidatures {words}", waiting(Candidature.objects, name).count(), f"{listed}?attente={name}")
        for name, (words, _) in WAITING.items()
    )
    return {
        "todo": [
            to_examine,
            (
                "compléments attendus",
                Candidature.objects.filter(status=Status.SUPPLEMENTS_REQUESTED).count(),
                f"{listed}?status__exact=supplements_requested",
            ),
            *others,
            (
                "questions de candidats sans réponse",
                Clarification.objects.waiting().count(),
                f"{reverse('admin:applications_clarification_changelist')}?reponse=attendue",
            ),
            ("liens à trancher", len(unsettled(user)), reverse("admin:conflicts")),
            (
                "courriels en échec",
                Email.objects.filter(status=STATUS.failed).count(),
                f"{mails}?etat={MailState.FAILED}",
            ),
            (
                "courriels interrompus, peut-être partis",
                Claim.objects.interrupted().count(),
                f"{mails}?etat={MailState.INTERRUPTED}",
            ),
            *late_proclamations(),
        ],
        "phases": phases_under_review(),
    }


def late_proclamations() -> list[tuple]:
    """A line for each phase whose hour passed without its proclamation; none most of the time."""
    late = SelectionPhase.objects.filter(proclaimed_at=None, proclamation_at__lte=timezone.now()).select_related("call")
    return [
        (f"proclamation en retard\u00a0: {phase}", 1, reverse("admin:labels_proclaim", args=[phase.pk]))
        for phase in late
    ]


def phases_under_review() -> list[dict]:
    """For each phase with files before the committee: reviews signed and expected, recused seats left out."""
    judged = {"candidature__status": Status.ADMISSIBLE}
    by_phase = "candidature__phase"
    phases = (
        SelectionPhase.objects.filter(proclaimed_at=None, candidatures__status=Status.ADMISSIBLE)
        .annotate(files=Count("candidatures"))
        .select_related("call")
    )
    seats = dict(Seat.objects.filter(is_voting=True).order_by().values_list("call").annotate(Count("pk")))
    away = Recusal.objects.filter(member=None, seat__is_voting=True, **judged).order_by()
    recused = dict(away.values_list(by_phase).annotate(Count("pk")))
    signed = dict(Review.objects.counted().filter(**judged).order_by().values_list(by_phase).annotate(Count("pk")))
    return [
        {
            "phase": phase,
            "files": phase.files,
            "signed": signed.get(phase.pk, 0),
            "expected": phase.files * seats.get(phase.call_id, 0) - recused.get(phase.pk, 0),
        }
        for phase in phases
    ]
