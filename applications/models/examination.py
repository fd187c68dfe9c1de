"""What the team has before it when it examines a candidature: the check-list and the advice of the lists."""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from territories.eligibility import Advice, programme_advice_for
from territories.models.geography import capitalised

from .admissibility import Checklist, checklists_of
from .call import Call
from .places import Places, Territory, deposited_places

NOWHERE = Places([], {}, [])


class Examination(NamedTuple):
    """Of one deposit. All of it is advice: what speaks against admitting is answered by a written motive."""

    checklist: Checklist
    advice: dict[Territory, list[Advice]]
    is_listed: bool  # whether a territory is in the list of one of the call's programmes, as far as the lists tell

    @property
    def doubts(self) -> list[str]:
        """What the motive of an admission must answer, each a clause without its full stop. The only place that says
        whether a motive is needed.
        """
        unlisted = "aucun territoire de cette candidature ne figure dans les listes de l’appel"
        return [*([] if self.is_listed else [unlisted]), *self.checklist.doubts()]

    @property
    def in_words(self) -> str:
        """The doubts in one sentence without its full stop, "" without any."""
        return capitalised(" ; ".join(self.doubts))


def examinations_of(candidatures: Iterable) -> dict[int, Examination]:
    """What stands for each candidature, by its pk, in a number of queries that does not grow."""
    candidatures = list(candidatures)
    places = deposited_places([each.pk for each in candidatures])
    advice = programme_advice_for(dict.fromkeys(t for found in places.values() for t in found.territories))
    checklists, programmes = checklists_of(candidatures), programmes_of({each.call_id for each in candidatures})
    found = {}
    for each in candidatures:
        lines = {territory: advice[territory] for territory in places.get(each.pk, NOWHERE).territories}
        listed = {line.programme.pk for told in lines.values() for line in told if line.answer == "yes"}
        found[each.pk] = Examination(checklists[each.pk], lines, bool(listed & programmes[each.call_id]))
    return found


def programmes_of(calls: set[int]) -> dict[int, set[int]]:
    """The programmes whose lists each call looks at, by the pk of the call."""
    programmes = defaultdict(set)
    for link in Call.programmes.through.objects.filter(call__in=calls):
        programmes[link.call_id].add(link.nationalprogramme_id)
    return programmes
