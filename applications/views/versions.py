"""What was deposited, version by version: receipts, their public check, comparisons, and everything in one file."""

from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import patch_cache_control

from ..archive import archive_of
from ..comparison import compare
from ..documents import receipt_pdf
from ..forms.receipts import ReceiptForm
from ..models import WorkingCopy
from .access import find, find_with_copy


def find_submission(user, reference, number):
    candidature = find(user, reference)
    submission = get_object_or_404(candidature.submissions.select_related("submitted_by"), number=number)
    submission.candidature = candidature
    return submission


def receipt(request, reference, number):
    """What a deposit contained, when and by whom, for as long as the portal keeps it."""
    submission = find_submission(request.user, reference, number)
    context = {
        "candidature": submission.candidature,
        "submission": submission,
        "content": submission.content,
        "is_last": submission == submission.candidature.last_submission,
    }
    return render(request, "applications/receipt.html", context)


def receipt_file(request, reference, number):
    """The same as a PDF to keep."""
    submission = find_submission(request.user, reference, number)
    return private(
        HttpResponse(receipt_pdf(submission), "application/pdf"), f"recepisse-{submission.number_on_receipt}.pdf"
    )


def private(response, name):
    """To be saved under `name`, and never kept on the way."""
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    patch_cache_control(response, private=True, no_store=True)
    return response


@login_not_required
def verify_receipt(request):
    """Anybody who holds a receipt checks that the portal gave it: by its number and its code."""
    form = ReceiptForm(request.GET if request.GET else None)
    submission = form.find() if form.is_valid() else None
    context = {"form": form, "submission": submission, "is_asked": form.is_bound and form.is_valid()}
    return render(request, "applications/verify_receipt.html", context)


def versions(request, reference):
    """What changed between two deposits, or since the last one: `?de=1&a=2`, « brouillon » for the working copy."""
    candidature = find_with_copy(request.user, reference)
    deposits = {str(deposit.number): deposit for deposit in candidature.submissions.order_by("number")}
    if not deposits:
        raise Http404
    last = str(max(map(int, deposits)))
    old = request.GET.get("de", "") if request.GET.get("de") in deposits else last
    new = request.GET.get("a", "") if request.GET.get("a") in deposits else DRAFT
    content = deposits[new].content if new != DRAFT else WorkingCopy(candidature).content()
    context = {
        "candidature": candidature,
        "deposits": deposits.values(),
        "draft": DRAFT,
        "old": old,
        "new": new,
        "changes": compare(deposits[old].content, content),
    }
    return render(request, "applications/versions.html", context)


DRAFT = "brouillon"


def set_aside(request, reference):
    """The texts that did not become answers, kept for the members."""
    candidature = find_with_copy(request.user, reference)
    content = WorkingCopy(candidature).content()
    rows = [
        (kept, compare(content, kept.value) if kept.question_id is None else None)
        for kept in candidature.set_aside.select_related("question__section__call", "by")
    ]
    return render(request, "applications/set_aside.html", {"candidature": candidature, "rows": rows})


def archive(request, reference):
    """Everything that the person may have of the file, in one ZIP."""
    candidature = find_with_copy(request.user, reference)
    file = archive_of(candidature, request.user)
    return private(FileResponse(file, content_type="application/zip"), f"{candidature.reference}.zip")
