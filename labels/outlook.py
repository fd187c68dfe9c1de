"""The public figures before a proclamation and after it, reckoned without writing anything."""

from collections import Counter
from typing import NamedTuple

from applications.years import school_year

from .calendar import opening_counts
from .figures import programme_figures, regions_represented
from .models import Antenna
from .rehearsal import Rehearsal


class Change(NamedTuple):
    """A figure of the public pages, before and after."""

    label: str
    before: int
    after: int

    @property
    def gap(self) -> str:
        """« +3 », or « sans changement »."""
        return f"{self.after - self.before:+d}" if self.after != self.before else "sans changement"


def figures_before_and_after(rehearsal: Rehearsal) -> list[Change]:
    """What the public pages count now, and what they would count. A demonstration call changes no figure."""
    call = rehearsal.phase.call
    labelled = [] if call.is_demo else rehearsal.labelled
    named = Antenna.objects.real().count()
    regions = regions_represented()
    found = [
        Change("Lauréats nommés, tous appels", named, named + len(labelled)),
        *(
            Change(f"Lauréats nommés, {each.call}", each.named, each.named + len(labelled))
            for each in programme_figures().calls
            if each.call == call
        ),
        Change(
            "Régions et collectivités d’outre-mer représentées",
            len(regions),
            len(regions | {region for outcome in labelled for region in outcome.regions}),
        ),
    ]
    coming = Counter(outcome.candidature.target_year for outcome in labelled)
    counted = {each.start: each.number for each in opening_counts()}
    years = sorted(coming)
    return found + [
        Change(f"Ouvertures en {school_year(year)}", counted.get(year, 0), counted.get(year, 0) + coming[year])
        for year in years
    ]
