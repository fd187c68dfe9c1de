"""All the files of a phase that a member of the committee may read, at once."""

from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404

from ..bundle import bundle_pdf, bundle_zip, dossiers_of
from ..models import Candidature, SelectionPhase
from ..views.versions import private
from .base import committee_only


def dossiers_or_404(user, pk) -> tuple:
    """The phase and its files, those from which `user` is recused left out; none is not found."""
    readable = Candidature.objects.judged_by(user)
    phase = get_object_or_404(SelectionPhase.objects.select_related("call"), pk=pk)
    dossiers = dossiers_of(readable.filter(phase=phase).select_related("call"), user)
    if not dossiers:
        raise Http404
    return phase, dossiers


def name_of(phase, extension) -> str:
    return f"{phase.call.prefix}-phase-{phase.number}.{extension}"


@committee_only
def as_zip(request, pk):
    """One folder per file: the candidature and its pieces."""
    phase, dossiers = dossiers_or_404(request.user, pk)
    file = bundle_zip(dossiers)
    return private(FileResponse(file, content_type="application/zip"), name_of(phase, "zip"))


@committee_only
def as_pdf(request, pk):
    """The same as one document, with bookmarks."""
    phase, dossiers = dossiers_or_404(request.user, pk)
    file = bundle_pdf(phase, dossiers)
    return private(FileResponse(file, content_type="application/pdf"), name_of(phase, "pdf"))
