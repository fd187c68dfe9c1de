"""What waits for the team in the files: the same lists for the first page of the admin and for a filter."""

from django.contrib import admin
from django.utils import timezone

from ..models import Attachment, Candidature, Message, Status, SupplementRequest


def to_examine():
    return Candidature.objects.awaiting_admissibility().values("pk")


def with_unanswered_message():
    return Message.objects.unanswered().values("candidature")


def with_late_supplements():
    waiting = SupplementRequest.objects.open().filter(candidature__status=Status.SUPPLEMENTS_REQUESTED)
    return waiting.filter(due_at__lte=timezone.now()).values("candidature")


def with_unscanned_piece():
    return Attachment.objects.filter(scan=Attachment.Scan.PENDING).values("candidature")


WAITING = {  # in the address → (words that follow « candidatures », the pk of those of which they are true)
    "examen": ("à examiner", to_examine),
    "messages": ("avec un message sans réponse", with_unanswered_message),
    "retards": ("en retard de compléments", with_late_supplements),
    "antivirus": ("avec une pièce en attente de l’antivirus", with_unscanned_piece),
}


def waiting(candidatures, name):
    """Those of `candidatures` that wait for the team in this way."""
    _, found = WAITING[name]
    return candidatures.filter(pk__in=found())


class WaitingFilter(admin.SimpleListFilter):
    title = "ce qui attend"
    parameter_name = "attente"

    def lookups(self, request, model_admin):
        return [(name, words) for name, (words, _) in WAITING.items()]

    def queryset(self, request, queryset):
        return waiting(queryset, self.value()) if self.value() in WAITING else queryset
