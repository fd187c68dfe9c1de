"""What a candidature says, as staff and committee read it, and its pieces."""

from django.shortcuts import get_object_or_404

from territories.eligibility import programme_advice_for

from ..models import Attachment, Candidature
from ..views.pieces import handed_over


def file_context(candidature) -> dict:
    """What the partial `admin/applications/_file.html` shows of a candidature."""
    return {
        "candidature": candidature,
        "carriers": candidature.carriers.all(),
        "sites": candidature.sites.all(),
        "pieces": candidature.attachments.all(),
        "advice": programme_advice_for(candidature.territories()),
        "submission": candidature.last_submission,
    }


def piece(request, pk):
    """One piece of a file that this person may read."""
    readable = Candidature.objects.visible_to(request.user)
    return handed_over(get_object_or_404(Attachment, pk=pk, candidature__in=readable))
