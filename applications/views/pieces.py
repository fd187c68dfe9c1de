"""The pieces of a file: sent one by one with their progress, replaced, taken away, and read by those who may."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from ..forms.files import SeveralFilesField
from ..models import Attachment, Candidature, ForbiddenTransition, Question, Slot
from ..receiving import receive, take_away
from ..templatetags.french import file_size
from .access import carrier_named, carrier_of, find, find_to_act
from .api import answers_json
from .sections import section_url


@require_POST
@answers_json
def upload(request, reference, question):
    """Keep the files sent for one question; tell those that stand then, and why the others were refused."""
    candidature = find_to_act(request.user, reference)
    asked = Question.objects.filter(section__call=candidature.call_id, kind=Question.Kind.FILE)
    question = get_object_or_404(asked.select_related("section"), pk=question)
    carrier = carrier_of(candidature, question, carrier_named(request))
    if refusal := candidature.openness().why_not(question.section, question, carrier):
        raise ForbiddenTransition(refusal)
    replaces = replaced_piece(candidature, question, request.POST.get("remplace", ""))
    errors = []
    for sent in SeveralFilesField(required=False).clean(request.FILES.getlist("files")):
        try:
            receive(candidature, question, carrier, sent, request.user, replaces)
        except ValidationError as refusal:
            errors += refusal.messages
    standing = candidature.attachments.standing().filter(question=question, carrier=carrier)
    return JsonResponse({"pieces": [told(candidature, piece) for piece in standing], "errors": errors})


def replaced_piece(candidature, question, text) -> Attachment | None:
    """The piece that a sent file takes the place of."""
    standing = candidature.attachments.standing().filter(question=question)
    return get_object_or_404(standing, pk=text if text.isdecimal() else 0) if text else None


def told(candidature, piece) -> dict:
    return {
        "id": piece.pk,
        "name": piece.name,
        "size": file_size(piece.size),
        "url": reverse("applications:piece", args=[candidature.reference, piece.pk]),
        "remove_url": reverse("applications:remove_piece", args=[candidature.reference, piece.pk]),
        "state": piece.get_scan_display() if piece.scan else "",
    }


def remove_piece(request, reference, pk):
    """Ask, then take a piece away: it stays among the former versions."""
    candidature = find_to_act(request.user, reference)
    piece = get_object_or_404(candidature.attachments.standing().select_related("question__section"), pk=pk)
    slot = Slot(piece.question, piece.carrier, None, [])
    back = section_url(candidature, piece.question.section, slot.key)
    if request.method != "POST":
        context = {"candidature": candidature, "piece": piece, "back": back}
        return render(request, "applications/remove_piece.html", context)
    piece.candidature = candidature
    try:
        take_away(piece)
        messages.success(request, f"« {piece} » ne figure plus dans la candidature.")
    except ForbiddenTransition as refusal:
        messages.error(request, str(refusal))
    return redirect(back)


def download(request, reference, pk):
    """One piece, to whoever may read the file: its members, staff, and the committee once it judges the file."""
    readable = Candidature.objects.visible_to(request.user).by_reference(reference)
    return handed_over(get_object_or_404(Attachment.objects.visible_to(request.user, readable), pk=pk))


def former_pieces(request, reference):
    """Every piece that was replaced or taken away, for the members and staff."""
    candidature = find(request.user, reference)
    former = candidature.attachments.filter(message=None).exclude(removed_at=None, replaced_by=None)
    former = former.select_related("uploaded_by", "question", "carrier", "replaced_by").order_by("-uploaded_at")
    return render(request, "applications/former_pieces.html", {"candidature": candidature, "pieces": former})


def handed_over(piece: Attachment) -> FileResponse:
    """The file, to be saved under its name: never opened inside the portal, never kept on the way."""
    response = FileResponse(piece.file.open(), as_attachment=True, filename=piece.name, content_type=piece.content_type)
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
