"""The clocks of overseas: each département or collectivité at its own hour, all others at Paris's."""

import csv
from datetime import datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from applications.models import Extension
from applications.views.time import time_of
from territories.clocks import ZONES, clock_of, local_clocks
from territories.reference import DATA_DIR
from tests.factories import (
    CandidatureFactory,
    CommuneFactory,
    DepartmentFactory,
    EpciFactory,
    PhaseFactory,
    RegionFactory,
    StaffFactory,
)

PARIS = timezone.get_default_timezone()
HOURS_FROM_UTC = {  # in winter, in summer
    "971": (-4, -4),
    "972": (-4, -4),
    "973": (-3, -3),
    "974": (4, 4),
    "975": (-3, -2),
    "976": (3, 3),
    "977": (-4, -4),
    "978": (-4, -4),
    "984": (5, 5),
    "986": (12, 12),
    "987": (-10, -10),
    "988": (11, 11),
}
UNINHABITED = {"989"}  # Clipperton: nobody there carries a candidature


def department(code, name="Ailleurs"):
    return DepartmentFactory(code=code, name=name, region=RegionFactory(code=code, name=name, zone="drom"))


def hours(clock, month) -> float:
    return datetime(2027, month, 15, 12, tzinfo=clock).utcoffset() / timedelta(hours=1)


@pytest.mark.parametrize("code", HOURS_FROM_UTC)
def test_each_overseas_department_keeps_its_hour(code):
    clock = clock_of(CommuneFactory(department=department(code)))

    assert (hours(clock, 1), hours(clock, 7)) == HOURS_FROM_UTC[code]


def test_every_overseas_department_of_the_reference_data_has_its_clock():
    with (DATA_DIR / "departements.csv").open(encoding="utf-8", newline="") as file:
        overseas = {row["code"] for row in csv.DictReader(file) if row["zone"] != "metro"}

    assert set(ZONES) == set(HOURS_FROM_UTC) == overseas - UNINHABITED


@pytest.mark.parametrize("code", ["28", "2A", "75"])
def test_mainland_and_corsica_live_at_the_hour_of_paris(code):
    assert clock_of(CommuneFactory(department=department(code))) is None


def test_epci_keeps_the_hour_of_its_main_commune():
    epci = EpciFactory(department=department("976"))

    assert str(clock_of(epci)) == "Indian/Mayotte"


def test_local_clocks_name_each_overseas_department_once():
    reunion, guyane = department("974", "La Réunion"), department("973", "Guyane")
    places = [
        CommuneFactory(),
        CommuneFactory(department=reunion),
        EpciFactory(department=reunion),
        CommuneFactory(department=guyane),
    ]

    clocks = local_clocks(places)

    assert {name: str(clock) for name, clock in clocks.items()} == {
        "La Réunion": "Indian/Reunion",
        "Guyane": "America/Cayenne",
    }


# The closing, in the words of the territory


def times_of(candidature, at) -> dict:
    with time_machine.travel(at, tick=False):
        return time_of(type(candidature).objects.get(pk=candidature.pk))


def words(local_times) -> list:
    return [(name, moment.replace("\N{NO-BREAK SPACE}", " ")) for name, moment in local_times]


def candidature_of(*departments, closes_at):
    phase = PhaseFactory(opens_at=closes_at - timedelta(days=90), closes_at=closes_at)
    candidature = CandidatureFactory(call=phase.call, carrier__commune__department=departments[0])
    for other in departments[1:]:
        candidature.sites.create(commune=CommuneFactory(department=other))
    return candidature


@pytest.mark.parametrize(
    ("month", "moment"),
    [(6, "vendredi 25 juin 2027 à 20 h 00"), (12, "samedi 25 décembre 2027 à 21 h 00")],
)
def test_closing_is_said_in_the_hour_of_la_reunion(month, moment):
    closes_at = datetime(2027, month, 25, 18, tzinfo=PARIS)
    candidature = candidature_of(department("974", "La Réunion"), closes_at=closes_at)

    times = times_of(candidature, closes_at - timedelta(hours=1))

    assert words(times["local_times"]) == [("La Réunion", moment)]
    assert (times["deadline"], times["now"]) == (closes_at, closes_at - timedelta(hours=1))


def test_closing_in_the_evening_of_paris_is_the_next_day_in_noumea_and_the_day_before_noon_in_papeete():
    closes_at = datetime(2027, 6, 25, 23, 59, tzinfo=PARIS)
    places = [department("988", "Nouvelle-Calédonie"), department("987", "Polynésie française")]

    times = times_of(candidature_of(*places, closes_at=closes_at), closes_at - timedelta(hours=1))

    assert words(times["local_times"]) == [
        ("Nouvelle-Calédonie", "samedi 26 juin 2027 à 08 h 59"),
        ("Polynésie française", "vendredi 25 juin 2027 à 11 h 59"),
    ]


def test_mainland_reads_the_hour_of_paris_alone():
    closes_at = datetime(2027, 6, 25, 18, tzinfo=PARIS)
    candidature = candidature_of(department("28"), closes_at=closes_at)

    times = times_of(candidature, closes_at - timedelta(hours=1))

    assert (times["local_times"], times["is_extended"]) == ([], False)


def test_time_given_is_said_in_the_local_hour_too():
    closes_at = datetime(2027, 6, 25, 18, tzinfo=PARIS)
    candidature = candidature_of(department("974", "La Réunion"), closes_at=closes_at)
    with time_machine.travel(closes_at - timedelta(hours=1), tick=False):
        until = closes_at + timedelta(days=3)
        Extension.grant(candidature, candidature.call.phases.get(), until, "Cyclone.", StaffFactory())

    times = times_of(candidature, closes_at + timedelta(hours=1))

    assert words(times["local_times"]) == [("La Réunion", "lundi 28 juin 2027 à 20 h 00")]
    assert (times["deadline"], times["is_extended"]) == (until, True)


def test_nothing_is_said_once_the_deposits_are_closed():
    closes_at = datetime(2027, 6, 25, 18, tzinfo=PARIS)

    assert times_of(candidature_of(department("974"), closes_at=closes_at), closes_at) == {}
