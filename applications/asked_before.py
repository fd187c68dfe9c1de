"""What the committee asked of the candidature that another one presents again: told once proclaimed, never before."""

from typing import NamedTuple

from .comparison import SectionChange, compare, without_personal
from .models import PROCLAIMED, Candidature, decision_as_rectified


class AskedBefore(NamedTuple):
    """The former candidature and what its decision said; `points` are `{"section": title or "", "text": …}`."""

    former: Candidature
    reason: str
    points: list[dict]

    def of_section(self, title: str) -> list[str]:
        """What is to be improved in the section of this title."""
        return [point["text"] for point in self.points if point["section"] == title]

    @property
    def of_the_whole(self) -> list[str]:
        return self.of_section("")

    def elsewhere(self, title: str) -> list[dict]:
        """The points of the other sections."""
        return [point for point in self.points if point["section"] not in ("", title)]


def asked_before(candidature) -> AskedBefore | None:
    """What was asked of the candidature that this one presents again; None for a first one."""
    former = candidature.previous
    decision = decision_as_rectified(former) if former and former.status in PROCLAIMED else None
    if decision is None:
        return None
    return AskedBefore(former, decision.reason, decision.points)


class Earlier(NamedTuple):
    """What the committee of a later phase reads of it: what was asked, and what the last deposit changes."""

    asked: AskedBefore
    changes: list[SectionChange]


def earlier_for(candidature, user) -> Earlier | None:
    """The same for `user`, who judges this one: nothing when the former file is closed to them by a recusal."""
    asked = asked_before(candidature)
    if asked is None or not Candidature.objects.deliberated_by(user).filter(pk=asked.former.pk).exists():
        return None
    deposits = asked.former.last_submission, candidature.last_submission
    return Earlier(asked, compare(*(without_personal(each.content) for each in deposits)))
