"""The pieces of a file: added, taken away, and read by those who may read the file."""

from django.contrib import messages
from django.db import transaction
from django.http import FileResponse
from django.shortcuts import get_object_or_404, redirect, render

from ..forms import PiecesForm
from ..models import Attachment, Candidature, ForbiddenTransition
from .access import find_to_act
from .sections import NOT_EDITABLE, change


def pieces(request, reference):
    """The pieces, and more of them: a refused file does not make the others be lost."""
    if request.method == "POST":
        with transaction.atomic():
            candidature = find_to_act(request.user, reference, lock=True)
            form = PiecesForm(request.POST, request.FILES, candidature=candidature)
            if candidature.is_editable:
                for piece in form.save(by=request.user):
                    messages.success(request, f"« {piece} » est ajoutée.")
            else:
                form.add_error(None, NOT_EDITABLE)
        if form.is_valid():
            return redirect("applications:pieces", reference)
    else:
        candidature = find_to_act(request.user, reference)
        form = PiecesForm(candidature=candidature)
        if not candidature.is_editable:
            messages.error(request, NOT_EDITABLE)
            return redirect(candidature)
    last = candidature.last_submission
    rows = [(piece, piece.is_kept_by(last)) for piece in candidature.attachments.select_related("uploaded_by")]
    context = {"candidature": candidature, "form": form, "pieces": rows}
    return render(request, "applications/pieces.html", context)


def remove_piece(request, reference, pk):
    return change(request, reference, "pieces", pk, take_away_piece)


def take_away_piece(candidature: Candidature, piece: Attachment) -> str:
    """Forget a piece and its file, unless a deposited version relies on it."""
    if piece.is_kept_by(candidature.last_submission):
        raise ForbiddenTransition(
            f"« {piece} » figure dans un dépôt : elle reste au dossier. Ajoutez la nouvelle version à côté."
        )
    piece.delete()
    transaction.on_commit(lambda: piece.file.storage.delete(piece.file.name))
    return f"« {piece} » ne figure plus dans la candidature."


def download(request, reference, pk):
    """One piece, to whoever may read the file: its members, staff, and the committee once it judges the file."""
    readable = Candidature.objects.visible_to(request.user).by_reference(reference)
    return handed_over(get_object_or_404(Attachment, candidature__in=readable, pk=pk))


def handed_over(piece: Attachment) -> FileResponse:
    """The file, to be saved under its name: never opened inside the portal, never kept on the way."""
    response = FileResponse(piece.file.open(), as_attachment=True, filename=piece.name, content_type=piece.content_type)
    response["Cache-Control"] = "private, no-store"
    return response
