"""Territories that meet: files of the same place, sites already labelled, and what the same carriers deposited before.

The laureates are kept by an app that this one never imports. That app gives a function when it starts:

    overlaps.register_labelled(labelled_holders)  # in AppConfig.ready
"""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from django.db.models import Q
from django.urls import reverse

from territories.eligibility import shown, typographic, with_successors
from territories.models import Commune, Epci
from territories.models.geography import capitalised

from .models import Candidature, Event, Places, Status, decision_as_rectified, deposited_places
from .models.workflow import PROCLAIMED

COMPETING = (Status.SUBMITTED, Status.SUPPLEMENTS_REQUESTED, Status.ADMISSIBLE)


class Holder(NamedTuple):
    """What holds a territory: a candidature, or an antenna that is labelled."""

    name: str  # as it ends a sentence: « la candidature AMI2-0007 »
    link: str
    state: str
    places: Places
    is_demo: bool
    candidature: int | None  # its pk; None for an antenna that came from no candidature of the portal


class Overlap(NamedTuple):
    """One sentence, that the name of what is met ends: « Dreux est aussi un site de » « la candidature AMI2-0007 »."""

    words: str
    holder: Holder


LABELLED: list[Callable[[], Iterable[Holder]]] = []


def register_labelled(holders: Callable[[], Iterable[Holder]]) -> None:
    """Give the labelled territories, in a constant number of queries. Called once by the app that keeps them."""
    LABELLED.append(holders)


def overlaps_of(candidatures: Iterable[Candidature]) -> dict[int, list[Overlap]]:
    """What each candidature, given with its call, meets: by its pk, in a number of queries that does not grow.

    Only what competes is met: drafts, withdrawn and decided files are not, except those that the label made antennas.
    """
    mine = {each.pk: each.call.is_demo for each in candidatures}
    others = list(Candidature.objects.filter(status__in=COMPETING).select_related("call", "phase__call"))
    places = deposited_places({*mine, *(other.pk for other in others)})
    holders = [holder_of(other, places[other.pk]) for other in others if other.pk in places]
    holders += [holder for holders_now in LABELLED for holder in holders_now()]
    today = with_successors(t for found in [*places.values(), *(h.places for h in holders)] for t in found.territories)
    return {
        pk: [
            Overlap(typographic(words), holder)
            for holder in holders
            if holder.candidature != pk and holder.is_demo == is_demo
            for words in meetings(as_of_today(places[pk], today), as_of_today(holder.places, today))
        ]
        for pk, is_demo in mine.items()
        if pk in places
    }


def holder_of(candidature, places: Places) -> Holder:
    return Holder(
        f"la candidature {candidature.reference}",
        reverse("admin:applications_candidature_change", args=[candidature.pk]),
        f"phase {candidature.phase.number}, {candidature.get_status_display().lower()}",
        places,
        candidature.call.is_demo,
        candidature.pk,
    )


def as_of_today(places: Places, today: dict) -> Places:
    """The same places, each territory that ended replaced by the one that stands for it."""
    return Places([today[t] for t in places.carriers], places.bodies, [today[t] for t in places.sites])


def meetings(mine: Places, theirs: Places) -> list[str]:
    """How two holders meet, the strongest first, each as a sentence to be ended by the name of the other.

    What sites say of an EPCI is told only when the carriers say nothing: it would repeat them.
    """
    found = [*shared_carriers(mine, theirs), *shared_sites(mine, theirs), *carried_within(mine, theirs)]
    return list(dict.fromkeys(found or sites_within(mine, theirs)))


def shared_carriers(mine: Places, theirs: Places) -> Iterator[str]:
    for territory in mine.carriers:
        if territory in theirs.carriers:
            yield f"{name_of(territory)} porte aussi"
    for siren, name in mine.bodies.items():
        if siren in theirs.bodies:
            yield f"{name} porte aussi"


def shared_sites(mine: Places, theirs: Places) -> Iterator[str]:
    """The same site, or a commune that carries one and is a site of the other."""
    for commune in mine.territories:
        if commune in theirs.sites:
            yield f"{name_of(commune)} est {'aussi ' if commune in mine.sites else ''}un site de"
    for site in mine.sites:
        if site in theirs.carriers and site not in mine.carriers:
            yield f"{name_of(site)}, site de cette candidature, porte"


def carried_within(mine: Places, theirs: Places) -> Iterator[str]:
    """A commune and its EPCI, each on its side."""
    for commune, epci in pairs(mine.carriers, theirs.carriers):
        yield f"{name_of(commune)} fait partie de {shown(epci)}, qui porte"
    for commune, epci in pairs(theirs.carriers, mine.carriers):
        yield f"{name_of(epci)} comprend {shown(commune)}, qui porte"


def sites_within(mine: Places, theirs: Places) -> Iterator[str]:
    for commune, epci in pairs(mine.sites, theirs.carriers):
        yield f"{name_of(commune)}, site de cette candidature, fait partie de {shown(epci)}, qui porte"
    for commune, epci in pairs(theirs.sites, mine.carriers):
        yield f"{name_of(epci)} comprend {shown(commune)}, site de"


def pairs(inside, around) -> Iterator[tuple[Commune, Epci]]:
    """Each commune of the first list with the EPCI of the second to which it belongs."""
    epcis = {territory.pk: territory for territory in around if isinstance(territory, Epci)}
    for commune in inside:
        if isinstance(commune, Commune):
            yield from ((commune, epcis[pk]) for pk in (commune.epci_id, commune.ept_id) if pk in epcis)


def name_of(territory) -> str:
    return capitalised(shown(territory))


class Earlier(NamedTuple):
    """What was deposited before: its outcome is in its status, the reason is told once it is public to its carriers."""

    candidature: Candidature
    reason: str
    is_previous: bool  # presented again as the one that is examined


def earlier_of(candidature) -> list[Earlier]:
    """What the same carriers deposited and which competes no more, the latest first; and what this one presents again.

    In a constant number of queries.
    """
    places = deposited_places([candidature.pk]).get(candidature.pk, Places([], {}, []))
    communes = [t.pk for t in places.carriers if isinstance(t, Commune)]
    epcis = [t.pk for t in places.carriers if isinstance(t, Epci)]
    carried = Q(carriers__commune__in=communes) | Q(carriers__epci__in=epcis)
    carried |= Q(carriers__body_siren__in=list(places.bodies))
    chain = chain_of(candidature)
    over = Candidature.objects.exclude(status__in=[Status.DRAFT, *COMPETING]).exclude(pk=candidature.pk)
    found = (
        over.filter(Q(pk__in=chain) | carried)
        .distinct()
        .select_related("phase__call", "call", "decision")
        .prefetch_related("rectifications")
    )
    found = list(found.order_by("-submitted_at", "-pk"))
    refusals = motives_of(found)
    return [Earlier(each, reason_of(each) or refusals.get(each.pk, ""), each.pk in chain) for each in found]


def reason_of(candidature) -> str:
    """Why the committee decided so, once it is proclaimed."""
    decision = decision_as_rectified(candidature) if candidature.status in PROCLAIMED else None
    return decision.reason if decision else ""


def chain_of(candidature) -> set[int]:
    """The files that this one presents again, one after the other."""
    presented = dict(candidature.call.candidatures.exclude(previous=None).values_list("pk", "previous"))
    chain, pk = set(), candidature.pk
    while pk := presented.get(pk):
        chain.add(pk)
    return chain


def motives_of(candidatures) -> dict[int, str]:
    """Why each was refused or withdrawn, by its pk: the last such line of its journal."""
    subjects = {f"candidature:{each.pk}": each.pk for each in candidatures}
    lines = Event.objects.filter(subject__in=subjects, verb__in=["refuse", "withdraw"]).order_by("number")
    return {subjects[line.subject]: line.note for line in lines}
