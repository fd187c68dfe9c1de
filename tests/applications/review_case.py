"""What the browser sends of the page where a seat scores a file, and how to read its answers."""

from django.urls import reverse
from django.utils import timezone

from applications.models import Review, Submission
from tests.factories import lead_of

JSON = {"accept": "application/json"}


def address(case, name="file", file=None) -> str:
    return reverse(f"admin:committee_{name}", args=[(file or case.file).reference])


def answers(case, **changes) -> dict:
    """A complete grid, on the version that stands."""
    data = {"revision": "0", "advice": "favourable", "comment": "Projet solide.", "read": case.file.last_submission.pk}
    for criterion in case.phase.call.criteria.all():
        data |= {f"mark_{criterion.pk}": "4", f"comment_{criterion.pk}": "Bien."}
    return data | changes


def text(response) -> str:
    return response.content.decode().replace("&nbsp;", "\u00a0")


def review_of(case, name="unsigned") -> Review:
    return Review.objects.standing().get(seat=case.members[name].seat)


def deposit_again(file) -> Submission:
    """A new version of the file, whose summary says NOUVEAURESUME; the signed reviews are reopened."""
    content = file.last_submission.content
    answers = [answer for section in content["sections"] for answer in section["answers"]]
    summary = next(answer for answer in answers if answer["code"] == "summary")
    summary["value"] = summary["text"] = "NOUVEAURESUME"
    deposit = Submission.take(file, content, lead_of(file), timezone.now())
    file.reviews.reopen_for_new_version()
    return deposit
