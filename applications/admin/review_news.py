"""What a seat must know before it goes on with its review: a new version, a reopening, a possible link."""

from decimal import Decimal
from typing import NamedTuple

from django.http import Http404

from ..comparison import compare, without_personal
from ..models import MAX_MARK, Event, Member, Review, Submission, conflicts_of, mark_in_words
from .base import committee_only, show
from .committee import judged_or_404


class News(NamedTuple):
    """A version deposited since the one that the seat had read, and what it changes."""

    read: Submission
    last: Submission
    changes: list


def news_of(candidature, review, form) -> News | None:
    """What was deposited since the seat wrote its review, or since its author opened the page."""
    deposits = list(candidature.submissions.order_by("number"))
    shown = str(form.data.get("read", "")) if form.is_bound else ""
    read = [
        deposit for deposit in deposits if str(deposit.pk) == shown or (review and deposit.pk == review.submission_id)
    ]
    if not read or read[0] == deposits[-1]:
        return None
    return News(read[0], deposits[-1], changes_between(read[0], deposits[-1]))


def changes_between(old, new) -> list:
    """What the committee may know of it: personal answers are left out of both."""
    return compare(without_personal(old.content), without_personal(new.content))


def links_of(candidature, user) -> list[str]:
    """The grounds on which the portal wonders whether `user` should judge this file, not settled yet."""
    term = Member.objects.sitting(user, candidature.call)
    return [link.ground for link in conflicts_of(candidature) if link.concerns(term)]


def reopening_of(candidature, review) -> Event | None:
    """The last time the chair gave back the signed review of this seat, unless it was signed since."""
    lines = candidature.events.filter(verb="reopen_review", payload__seat=str(review.seat.organisation))
    last, signature = lines.order_by("number").last(), review.signatures.last()
    return last if last and signature and last.at >= signature.signed_at else None


def signed_before(review) -> list[dict]:
    """What the seat has signed and is no longer signed, the latest first, in words."""
    kept = review.signatures.select_related("submission", "signed_by").order_by("-signed_at", "-pk")
    return [in_words(each) for each in kept if each.signed_at != review.signed_at]


def in_words(signature) -> dict:
    content = signature.content
    advice = dict(Review.Advice.choices).get(content["advice"], content["advice"])
    scores = [score | {"display": mark_display(score)} for score in content["scores"]]
    return {
        "signature": signature,
        "scores": scores,
        "advice": advice,
        "comment": content["comment"],
        "question": content.get("question", ""),  # the first signatures had none
    }


def mark_display(score) -> str:
    if score["abstains"]:
        return "ne se prononce pas"
    return "–" if score["mark"] is None else f"{mark_in_words(Decimal(score['mark']))} sur {MAX_MARK}"


@committee_only
def versions(request, reference):
    """The deposits of a file, and what changed between two of them: `?de=1&a=2`."""
    candidature = judged_or_404(request.user, reference)
    deposits = {str(deposit.number): deposit for deposit in candidature.submissions.order_by("number")}
    *_, before, last = [None, *deposits]
    old, new = (request.GET.get(name, number) for name, number in (("de", before or last), ("a", last)))
    if not {old, new} <= deposits.keys():
        raise Http404
    old, new = deposits[old], deposits[new]
    return show(
        request,
        "admin/committee/versions.html",
        title=f"Versions de {candidature.reference}",
        candidature=candidature,
        deposits=deposits.values(),
        old=old,
        new=new,
        changes=changes_between(old, new),
    )
