"""The letters as the team reads them: projected before the proclamation, as they were sent afterwards; sent again."""

from django.contrib import messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_POST

from applications.admin.base import staff_only
from applications.letters import decision_content, letter_pdf
from applications.models import LetterCopy
from applications.sending import send_again

from ..rehearsal import decided
from .proclamation import phase_of


@staff_only
def letter(request, pk, reference):
    """The PDF of the letter of a candidature: what will be sent, marked « projet », or what was. `?lettre=` for one of
    several.
    """
    phase = phase_of(pk)
    if phase.proclaimed_at is None:
        candidature = get_object_or_404(decided(phase).by_reference(reference))
        return pdf(letter_pdf(decision_content(candidature), is_projected=True), f"projet-{reference}.pdf")
    candidature = get_object_or_404(phase.candidatures.by_reference(reference))
    letters = candidature.letters.select_related("candidature__call").order_by("pk")
    asked = request.GET.get("lettre", "")
    found = letters.filter(pk=asked).first() if asked.isdecimal() and len(asked) < 19 else letters.first()
    sent = found or get_object_or_404(letters[:1])
    return pdf(letter_pdf(sent.content, sent.sha256), sent.file_name)


def pdf(content: bytes, name: str):
    """Read in the browser, never kept on the way."""
    response = HttpResponse(content, "application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}"'
    patch_cache_control(response, private=True, no_store=True)
    return response


@staff_only
@require_POST
def resend(request, pk):
    """Send again to those who may not have theirs: one copy, or all those of the phase that failed."""
    phase = phase_of(pk)
    copies = LetterCopy.objects.filter(letter__candidature__phase=phase, email__isnull=False)
    asked = request.POST.get("copy", "")
    if asked:
        copies = copies.filter(pk=asked if asked.isdecimal() and len(asked) < 19 else 0)
    number = 0
    for copy in copies.select_related("email", "letter"):
        if send_again(copy.email):
            number += 1
            LogEntry.objects.log_actions(
                request.user.pk, [copy.email], CHANGE, f"Renvoyé : {copy.address}", single_object=True
            )
    if number:
        messages.success(request, f"Lettres remises en file\u00a0: {number}.")
    else:
        messages.error(request, "Aucune lettre à renvoyer\u00a0: elles sont parties, ou partent.")
    return redirect("admin:labels_proclaim", phase.pk)
