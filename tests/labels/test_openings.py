"""The calendar of an opening: announced, revised with its cause, real; told in one sentence, counted as slips."""

from datetime import date, timedelta

import pytest
import time_machine
from django.utils import timezone

from applications.models import ForbiddenTransition
from applications.years import running_school_year
from labels.models import OpeningChange, State, Step, calendar_in_words
from labels.statistics import statistics
from tests.applications.at_once import at_once
from tests.factories import (
    AntennaFactory,
    CallFactory,
    CommuneFactory,
    DepartmentFactory,
    MilestoneFactory,
    OpeningFactory,
    PhaseFactory,
    RegionFactory,
    StaffFactory,
)

from .pages import text_of

Cause = OpeningChange.Cause


@pytest.fixture
def antenna():
    return AntennaFactory(slug="cherbourg", labelled_on=date(2019, 9, 26))


@pytest.fixture
def staff():
    return StaffFactory()


def said(antenna) -> str:
    return calendar_in_words(list(antenna.openings.all()))


@pytest.mark.parametrize(
    ("day", "year"), [(date(2026, 8, 31), 2025), (date(2026, 9, 1), 2026), (date(2026, 1, 1), 2025)]
)
def test_school_year_changes_on_the_first_of_september(day, year):
    assert running_school_year(day) == year


def test_calendar_is_told_in_one_sentence(antenna, staff):
    OpeningChange.announce(antenna, 2020, staff, date(2019, 9, 26))
    OpeningChange.revise(antenna, 2023, Cause.PREMISES, "Le bâtiment n’est pas livré.", staff, date(2021, 3, 1))
    OpeningChange.open(antenna, date(2023, 10, 4), staff)

    assert said(antenna) == "Prévue en 2020-2021, reportée à 2023-2024 (locaux), ouverte le 4 octobre 2023."


def test_calendar_brought_forward_or_unknown_is_told_so(antenna, staff):
    assert said(antenna) == "Calendrier à préciser : aucune année d’ouverture n’a encore été annoncée."

    OpeningChange.announce(antenna, 2030, staff)
    OpeningChange.revise(antenna, 2028, Cause.FUNDING, "Subvention", staff)

    assert said(antenna) == "Prévue en 2030-2031, avancée à 2028-2029 (financement)."


def test_mended_line_is_told_as_it_should_have_been(antenna, staff):
    OpeningChange.announce(antenna, 2030, staff)
    OpeningChange.revise(antenna, 2029, Cause.CORRECTION, "Faute de frappe", staff)

    assert said(antenna) == "Prévue en 2029-2030."


def test_public_page_tells_the_sentence_the_state_and_each_line(client, antenna, staff):
    OpeningChange.announce(antenna, 2020, staff, date(2019, 9, 26))
    OpeningChange.revise(antenna, 2023, Cause.PREMISES, "Le bâtiment n’est pas livré.", staff, date(2021, 3, 1))
    OpeningChange.open(antenna, date(2023, 10, 1), staff)

    text = text_of(client.get("/laureats/cherbourg/"))

    assert "Ouverte Prévue en 2020-2021, reportée à 2023-2024 (locaux), ouverte le 1er octobre 2023." in text
    assert "Le bâtiment n’est pas livré." in text
    assert "Décidé le 1er mars 2021" in text


# Guards


@pytest.mark.parametrize(
    ("lines", "act", "words"),
    [
        ([], ("revise", 2040), "annoncez-en une d’abord"),
        ([("announce", 2040)], ("announce", 2041), "reportez-la plutôt"),
        ([("announce", 2040)], ("revise", 2040), "déjà prévue en 2040-2041"),
        ([("open",)], ("announce", 2040), "déjà ouverte"),
        ([("announce", 2040), ("open",)], ("revise", 2041), "déjà ouverte"),
        ([("abandon",)], ("announce", 2040), "abandonné"),
        ([], ("announce", 2018), "n’est pas possible"),
        ([], ("announce", 9999), "n’est pas possible"),
        ([], ("announce", 2019), "2019-2020 était déjà passée aujourd’hui"),
        ([("announce", 2040)], ("revise", 2021), "déjà passée aujourd’hui"),
        ([], ("correct",), "il n’y a rien à corriger"),
    ],
)
def test_line_that_the_calendar_cannot_take_is_refused_in_words(antenna, staff, lines, act, words):
    acts = {
        "announce": lambda year: OpeningChange.announce(antenna, year, staff),
        "revise": lambda year: OpeningChange.revise(antenna, year, Cause.OTHER, "Motif", staff),
        "open": lambda: OpeningChange.open(antenna, date(2022, 1, 1), staff),
        "abandon": lambda: MilestoneFactory(antenna=antenna, kind=Step.ABANDONED),
        "correct": lambda: OpeningChange.correct(antenna, date(2022, 1, 1), "Motif", staff),
    }
    for name, *arguments in lines:
        acts[name](*arguments)

    with pytest.raises(ForbiddenTransition, match=words):
        acts[act[0]](*act[1:])


@pytest.mark.parametrize(("cause", "reason"), [("", "Motif"), (Cause.PREMISES, "  ")])
def test_revision_needs_its_cause_and_its_words(antenna, staff, cause, reason):
    OpeningChange.announce(antenna, 2040, staff)

    with pytest.raises(ForbiddenTransition, match="de sa cause et de son motif"):
        OpeningChange.revise(antenna, 2041, cause, reason, staff)


@time_machine.travel("2026-08-31 12:00", tick=False)
def test_running_school_year_is_not_past(antenna, staff):
    OpeningChange.announce(antenna, 2025, staff)

    assert said(antenna) == "Prévue en 2025-2026."


def test_decision_is_told_neither_before_the_last_one_nor_to_come(antenna, staff):
    OpeningChange.announce(antenna, 2040, staff, date(2022, 5, 1))

    with pytest.raises(ForbiddenTransition, match="précède celle de la dernière annonce"):
        OpeningChange.revise(antenna, 2041, Cause.OTHER, "Motif", staff, date(2022, 4, 30))
    with pytest.raises(ForbiddenTransition, match="à venir"):
        OpeningChange.revise(antenna, 2041, Cause.OTHER, "Motif", staff, timezone.localdate() + timedelta(days=1))


def test_wrong_opening_is_corrected_or_denied_and_stays_written(antenna, staff):
    OpeningChange.open(antenna, date(2022, 1, 1), staff)
    OpeningChange.correct(antenna, date(2022, 1, 3), "Inaugurée le lundi", staff)
    assert said(antenna) == "Ouverte le 3 janvier 2022."

    OpeningChange.correct(antenna, None, "Inauguration annulée", staff)

    assert antenna.compute_state() == State.LABELLED
    assert antenna.openings.count() == 3


def test_opening_moved_before_the_label_is_refused(antenna, staff):
    OpeningChange.open(antenna, date(2022, 1, 1), staff)

    with pytest.raises(ForbiddenTransition, match="avant le label"):
        OpeningChange.correct(antenna, date(2019, 1, 1), "Erreur", staff)


@pytest.mark.django_db(transaction=True)
def test_of_two_people_postponing_at_once_to_the_same_year_one_is_told():
    antenna, people = AntennaFactory(), [StaffFactory(), StaffFactory()]
    OpeningFactory(antenna=antenna, year=2040)

    outcomes = at_once(*(lambda by=by: OpeningChange.revise(antenna, 2041, Cause.OTHER, "Motif", by) for by in people))

    assert outcomes == ["done", "refused"]


# Slips


def antenna_in(*regions, demo=False):
    """An antenna with a site in each of these régions."""
    made = AntennaFactory(phase=PhaseFactory(call=CallFactory(is_demo=demo)))
    made.sites.all().delete()
    for name in regions:
        region = RegionFactory(code=name[:2], name=name)
        made.sites.create(commune=CommuneFactory(department=DepartmentFactory(code=name[:3], region=region)))
    return made


def planned(antenna, *years, cause=Cause.PREMISES):
    OpeningFactory(antenna=antenna, year=years[0])
    for year in years[1:]:
        OpeningFactory(antenna=antenna, kind="revised", year=year, cause=cause, reason="Motif")


def test_slips_are_counted_by_cause_and_by_region():
    planned(antenna_in("Bretagne"), 2020, 2022, 2023)
    planned(antenna_in("Bretagne", "Normandie"), 2020, 2024, cause=Cause.FUNDING)

    found = statistics()

    assert [(line.label, line.number, line.mean) for line in found.by_cause] == [
        ("locaux", 2, 1.5),
        ("financement", 1, 4),
    ]
    assert [(line.label, line.number, line.years) for line in found.by_region] == [
        ("Bretagne", 3, 7),
        ("Normandie", 1, 4),
    ]
    assert found.mean_slip == pytest.approx(7 / 3)


def test_neither_what_is_brought_forward_nor_a_correction_is_a_slip():
    planned(antenna_in("Bretagne"), 2022, 2021)
    planned(antenna_in("Bretagne"), 2020, 2030, cause=Cause.CORRECTION)
    planned(antenna_in("Bretagne", demo=True), 2020, 2022)

    assert statistics().slips == []


def test_revision_without_a_cause_is_counted_apart():
    planned(antenna_in("Bretagne"), 2020, 2021, cause="")

    assert [line.label for line in statistics().by_cause] == ["cause non notée"]


def test_openings_are_counted_planned_and_real_by_school_year():
    antenna = antenna_in("Bretagne")
    planned(antenna, 2020, 2022)
    OpeningFactory(antenna=antenna, kind="opened", year=None, opened_on=date(2023, 8, 31))
    planned(antenna_in("Bretagne"), 2022)

    rows = [(row.label, row.announced, row.planned, row.opened) for row in statistics().openings]
    assert rows == [("2020-2021", 1, 0, 0), ("2022-2023", 1, 2, 1)]
