"""Territories that meet: files of the same place, labelled antennas, and what the same carriers deposited before."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from applications.models import Candidature, Decision, Event, Status
from applications.overlaps import earlier_of, overlaps_of
from tests.applications.file_case import deposit
from tests.factories import (
    AntennaFactory,
    CallFactory,
    CandidatureFactory,
    CarrierFactory,
    CommuneFactory,
    EpciFactory,
    PhaseFactory,
    SiteFactory,
    StaffFactory,
    siren,
)

GROUP = "la communauté d’agglomération du Pays de Dreux"


@pytest.fixture
def phase():
    return PhaseFactory(closed=True, number=2)


@pytest.fixture
def epci():
    return EpciFactory(name="CA du Pays de Dreux")


@pytest.fixture
def dreux(epci):
    return CommuneFactory(name="Dreux", epci=epci)


def file_of(phase, *carriers, sites=(), status=Status.SUBMITTED, **fields):
    """A deposited candidature with exactly these carriers and sites."""
    candidature = CandidatureFactory(
        status=Status.DRAFT, call=phase.call, carrier=None, site=None, attachment=None, **fields
    )
    for position, carrier in enumerate(carriers):
        CarrierFactory(candidature=candidature, is_lead=position == 0, position=position, **carrier)
    for commune in sites:
        SiteFactory(candidature=candidature, commune=commune)
    Candidature.objects.filter(pk=candidature.pk).update(status=status, phase=phase, submitted_at=timezone.now())
    deposit(candidature)
    return Candidature.objects.select_related("call").get(pk=candidature.pk)


def by_commune(commune) -> dict:
    return {"commune": commune}


def by_epci(epci) -> dict:
    return {"commune": None, "epci": epci}


def by_body(number=1, name="Université de Chartres") -> dict:
    return {"commune": None, "body_name": name, "body_siren": siren(number)}


def told(candidature) -> list[str]:
    """The sentences, as they are read."""
    found = overlaps_of([candidature])[candidature.pk]
    return [f"{overlap.words} {overlap.holder.name} ({overlap.holder.state})." for overlap in found]


def ending(candidature) -> str:
    return f"la candidature {candidature.reference} (phase 2, déposée)."


# Files that compete


def test_commune_and_its_epci_that_both_apply_are_told_on_each_side(phase, dreux, epci):
    town, group = file_of(phase, by_commune(dreux)), file_of(phase, by_epci(epci))

    inside = f"Dreux fait partie de {GROUP}, qui porte"
    around = "La communauté d’agglomération du Pays de Dreux comprend Dreux, qui porte"
    assert told(town) == [f"{inside} {ending(group)}"]
    assert told(group) == [f"{around} {ending(town)}"]


def test_commune_and_its_ept_that_both_apply_are_told(phase):
    ept = EpciFactory(name="Paris-Est-Marne et Bois", kind="EPT")
    file_of(phase, by_epci(ept))
    town = file_of(phase, by_commune(CommuneFactory(name="Vincennes", ept=ept)))

    [sentence] = told(town)
    assert sentence.startswith("Vincennes fait partie de l’établissement public territorial Paris-Est-Marne et Bois")


def test_shared_carrier_is_told_whatever_its_kind(phase, dreux, epci):
    first = file_of(phase, by_commune(dreux), by_epci(epci), by_body())
    other = file_of(phase, by_body(), by_epci(epci))

    assert told(first) == [
        f"{name} {ending(other)}"
        for name in (
            "La communauté d’agglomération du Pays de Dreux porte aussi",
            "Université de Chartres porte aussi",
            f"Dreux fait partie de {GROUP}, qui porte",
        )
    ]


def test_bodies_without_a_siren_are_never_taken_for_the_same(phase):
    nameless = {"commune": None, "body_name": "Association", "body_siren": ""}
    first, _ = file_of(phase, nameless), file_of(phase, nameless)

    assert told(first) == []


def test_shared_site_is_told(phase, dreux):
    first, other = file_of(phase, by_body(1), sites=[dreux]), file_of(phase, by_body(2), sites=[dreux])

    assert told(first) == [f"Dreux est aussi un site de {ending(other)}"]


def test_commune_that_carries_one_and_is_a_site_of_the_other_is_told_on_each_side(phase, dreux):
    town, other = file_of(phase, by_commune(dreux)), file_of(phase, by_body(), sites=[dreux])

    assert told(town) == [f"Dreux est un site de {ending(other)}"]
    assert told(other) == [f"Dreux, site de cette candidature, porte {ending(town)}"]


def test_epci_that_contains_the_site_of_another_is_told_on_each_side(phase, dreux, epci):
    group, other = file_of(phase, by_epci(epci)), file_of(phase, by_body(), sites=[dreux])

    inside = f"Dreux, site de cette candidature, fait partie de {GROUP}, qui porte"
    around = "La communauté d’agglomération du Pays de Dreux comprend Dreux, site de"
    assert told(other) == [f"{inside} {ending(group)}"]
    assert told(group) == [f"{around} {ending(other)}"]


def test_territory_that_merged_is_met_through_its_successor(phase, dreux):
    merged = CommuneFactory(name="Ancienne", successor=dreux, ended_on=timezone.localdate())
    first, other = file_of(phase, by_commune(merged)), file_of(phase, by_commune(dreux))

    assert told(first) == [f"Dreux porte aussi {ending(other)}"]


@pytest.mark.parametrize("status", list(Status))
def test_only_files_that_compete_are_met(phase, dreux, status):
    mine = file_of(phase, by_commune(dreux))
    file_of(phase, by_commune(dreux), status=status)

    competes = status in {Status.SUBMITTED, Status.SUPPLEMENTS_REQUESTED, Status.ADMISSIBLE}
    assert len(told(mine)) == competes


def test_what_is_deposited_is_met_not_what_is_being_written(phase, dreux):
    mine, other = file_of(phase, by_commune(dreux)), file_of(phase, by_body())
    CarrierFactory(candidature=other, commune=dreux, is_lead=False)

    assert told(mine) == []


def test_only_the_last_deposit_counts(phase, dreux):
    mine, other = file_of(phase, by_commune(dreux)), file_of(phase, by_commune(dreux))
    other.carriers.all().delete()
    CarrierFactory(candidature=other)
    deposit(other)

    assert told(mine) == told(other) == []


def test_demonstration_and_real_files_never_meet(phase, dreux):
    mine = file_of(phase, by_commune(dreux))
    file_of(PhaseFactory(closed=True, call=CallFactory(is_demo=True)), by_commune(dreux))
    AntennaFactory(places=dreux, phase__call__is_demo=True)

    assert told(mine) == []


def test_files_far_from_each_other_meet_nothing(phase):
    first = file_of(phase, by_commune(CommuneFactory(epci=EpciFactory())), sites=[CommuneFactory(epci=EpciFactory())])
    file_of(phase, by_commune(CommuneFactory(epci=EpciFactory())), sites=[CommuneFactory(epci=EpciFactory())])

    assert told(first) == []


# Labelled antennas


def test_antenna_of_the_same_territory_is_told_with_its_page(phase, dreux, epci):
    antenna = AntennaFactory(name="Dreux", places=dreux)
    mine = file_of(phase, by_epci(epci))

    [overlap] = overlaps_of([mine])[mine.pk]
    sentence = "La communauté d’agglomération du Pays de Dreux comprend Dreux, qui porte"
    assert (overlap.words, overlap.holder.name) == (sentence, "l’antenne labellisée « Dreux »")
    assert (overlap.holder.link, overlap.holder.state) == (antenna.get_absolute_url(), str(antenna.phase))


def test_candidature_does_not_meet_its_own_antenna(phase, dreux):
    mine = file_of(phase, by_commune(dreux), status=Status.LABELLED)
    AntennaFactory(places=dreux, phase=phase, candidature=mine)

    assert told(mine) == []


def test_overlaps_take_as_many_queries_for_three_files_as_for_one(phase, dreux, epci):
    counts, files = [], [file_of(phase, by_commune(dreux), sites=[dreux]).pk]
    AntennaFactory(places=dreux)
    file_of(phase, by_epci(epci))
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            overlaps_of(Candidature.objects.filter(pk__in=files).select_related("call"))
        counts.append(len(queries))
        files += [file_of(phase, by_epci(epci), sites=[dreux]).pk for _ in range(2)]
        AntennaFactory.create_batch(2)

    assert counts[0] == counts[1]


# What came before


def test_earlier_files_of_the_same_carriers_are_told_with_their_outcome_and_reason(phase, dreux):
    before = file_of(PhaseFactory(closed=True), by_commune(dreux), status=Status.REJECTED)
    Decision.objects.create(
        candidature=before, outcome="reject", reason="Trop tôt.", decided_by=StaffFactory(), decided_at=timezone.now()
    )
    refused = file_of(phase, by_commune(dreux), status=Status.INADMISSIBLE)
    Event.objects.record(refused, "refuse", StaffFactory(), note="Hors délai.")
    file_of(phase, by_body(), status=Status.REJECTED)
    mine = file_of(phase, by_commune(dreux))

    found = [(line.candidature, line.reason, line.is_previous) for line in earlier_of(mine)]
    assert found == [(refused, "Hors délai.", False), (before, "Trop tôt.", False)]


def test_decision_that_is_not_proclaimed_is_not_told(phase, dreux):
    recorded = file_of(phase, by_commune(dreux), status=Status.WITHDRAWN)
    Decision.objects.create(
        candidature=recorded, outcome="reject", reason="Secret.", decided_by=StaffFactory(), decided_at=timezone.now()
    )
    mine = file_of(phase, by_commune(dreux))

    assert [line.reason for line in earlier_of(mine)] == [""]


def test_chain_of_files_presented_again_is_told_even_when_the_carriers_changed(phase, dreux):
    first = file_of(phase, by_body(1), status=Status.DEFERRED)
    second = file_of(phase, by_body(2), status=Status.DEFERRED, previous=first)
    mine = file_of(phase, by_commune(dreux), previous=second)

    assert [(line.candidature, line.is_previous) for line in earlier_of(mine)] == [(second, True), (first, True)]


def test_drafts_and_files_that_compete_are_no_earlier_files(phase, dreux):
    for status in (Status.DRAFT, Status.SUBMITTED, Status.SUPPLEMENTS_REQUESTED, Status.ADMISSIBLE):
        file_of(phase, by_commune(dreux), status=status)
    mine = file_of(phase, by_commune(dreux))

    assert earlier_of(mine) == []


def test_earlier_files_take_as_many_queries_for_three_as_for_one(phase, dreux):
    counts, mine = [], file_of(phase, by_commune(dreux))
    previous = file_of(phase, by_commune(dreux), status=Status.DEFERRED)
    Candidature.objects.filter(pk=mine.pk).update(previous=previous)
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            earlier_of(mine)
        counts.append(len(queries))
        for _ in range(2):
            before = file_of(phase, by_commune(dreux), status=Status.DEFERRED)
            Candidature.objects.filter(pk=previous.pk).update(previous=before)
            previous = before

    assert counts[0] == counts[1]


def test_link_of_a_file_leads_the_team_to_it(phase, dreux):
    mine, other = file_of(phase, by_commune(dreux)), file_of(phase, by_commune(dreux))

    [overlap] = overlaps_of([mine])[mine.pk]
    assert overlap.holder.link == reverse("admin:applications_candidature_change", args=[other.pk])
