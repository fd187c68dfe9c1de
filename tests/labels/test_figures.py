"""The figures: each published one beside what the records count, the gap in words, the counts and their rules."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Role
from applications.models import Status
from labels.figures import Comparison, comparisons
from labels.models import State
from labels.statistics import statistics
from tests.factories import (
    AntennaFactory,
    CallFactory,
    CandidatureFactory,
    LearnerCountFactory,
    MilestoneFactory,
    OpeningFactory,
    PhaseFactory,
    SourceFactory,
    StaffFactory,
    UserFactory,
    YearlyReportFactory,
)

from .pages import text_of


@pytest.fixture(autouse=True)
def _without_second_factor(settings):
    settings.REQUIRE_SECOND_FACTOR = False


def published(call, code, value, label="lauréats"):
    return call.figures.create(code=code, value=value, label=label, source=SourceFactory())


def test_gap_between_announced_and_named_is_told_in_words(client, programme):
    text = text_of(client.get("/chiffres/"))

    for known in [
        "55 annoncés, 52 nommés : 3 lauréats n’ont de nom dans aucune source.",
        "64 annoncés, 61 nommés : 3 lauréats n’ont de nom dans aucune source.",
        "n’ont pas été déposées sur ce portail",
        "61 antennes, par état",
        "2020-2021 25 25 0",
        "labellisées Au cœur des territoires",
    ]:
        assert known in text


@pytest.mark.parametrize(
    ("code", "told", "counted", "words"),
    [
        ("laureates", 4, 4, "Aucun écart."),
        ("laureates", 4, 3, "4 annoncés, 3 nommés : 1 lauréat n’a de nom dans aucune source."),
        ("laureates-phase-1", 4, 6, "4 annoncés, 6 nommés : 2 de plus que l’annonce."),
        ("candidatures", 9, 8, "9 annoncées, 8 enregistrées : 1 candidature n’est pas sur ce portail."),
        ("candidatures", 9, 5, "9 annoncées, 5 enregistrées : 4 candidatures ne sont pas sur ce portail."),
        ("towns", 222, None, ""),
    ],
)
def test_gap_is_said_as_it_is(code, told, counted, words):
    figure = published(CallFactory(), code, told)

    assert Comparison(figure, counted, "").gap == words


def test_each_figure_counts_what_it_names():
    call = CallFactory(name="AMI#9")
    phases = [PhaseFactory(call=call, number=number) for number in (1, 2)]
    for phase in (*phases, phases[1]):
        AntennaFactory(phase=phase)
    AntennaFactory(phase=PhaseFactory(call=CallFactory(is_demo=True)))
    for status in (Status.DRAFT, Status.WITHDRAWN, Status.SUBMITTED, Status.REJECTED):
        CandidatureFactory(status=status, **({"call": call} if status == Status.DRAFT else {"phase": phases[0]}))
    for code in ("laureates", "laureates-phase-1", "laureates-phase-2", "programme-total", "candidatures", "towns"):
        published(call, code, 3)

    assert {line.figure.code: line.counted for line in comparisons()} == {
        "laureates": 3,
        "laureates-phase-1": 1,
        "laureates-phase-2": 2,
        "programme-total": 3,
        "candidatures": 2,
        "towns": None,
    }


def test_figure_of_a_call_in_preparation_or_of_a_demonstration_is_not_told():
    published(CallFactory(is_published=False), "laureates", 3)
    published(CallFactory(is_demo=True), "laureates", 3)

    assert comparisons() == []


def test_antennas_are_counted_by_derived_state():
    AntennaFactory()
    MilestoneFactory(kind="agreement")
    MilestoneFactory(kind="abandoned")
    AntennaFactory(phase__call__is_demo=True)

    assert {label: number for label, number in statistics().states if number} == {
        State.LABELLED.label: 1,
        State.AGREED.label: 1,
        State.ABANDONED.label: 1,
    }


def test_learners_are_summed_by_school_year():
    LearnerCountFactory(year=2022, value=10)
    LearnerCountFactory(year=2022, value=5)
    LearnerCountFactory(year=2023, value=1)
    LearnerCountFactory(year=2023, value=99, antenna__phase__call__is_demo=True)

    assert [(row["label"], row["total"], row["antennas"]) for row in statistics().learners] == [
        ("2022-2023", 15, 2),
        ("2023-2024", 1, 1),
    ]


def queries_of(client, path) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


def one_more():
    call = CallFactory()
    published(call, "laureates", 3)
    opening = OpeningFactory(antenna=AntennaFactory(phase=PhaseFactory(call=call)), year=2020)
    OpeningFactory(antenna=opening.antenna, kind="revised", year=2021, cause="premises", reason="Motif")
    LearnerCountFactory(antenna=opening.antenna)
    YearlyReportFactory(antenna=opening.antenna)


@pytest.mark.parametrize("name", ["labels:figures", "admin:labels_figures"])
def test_figures_take_as_many_queries_with_1_and_3_antennas(client, name):
    client.force_login(StaffFactory())
    one_more()
    client.get(reverse(name))
    one = queries_of(client, reverse(name))
    one_more()
    one_more()

    assert queries_of(client, reverse(name)) == one


def test_figures_of_an_empty_portal_open_and_say_so(client):
    text = text_of(client.get("/chiffres/"))

    assert "Aucun chiffre publié n’est encore enregistré." in text
    assert "Aucun report n’est enregistré." in text


def test_public_figures_set_no_cookie_and_name_no_antenna(client):
    antenna = AntennaFactory(name="Antenne de Dreux", contact_name="Anne Martin")
    OpeningFactory(antenna=antenna, year=2020)
    OpeningFactory(antenna=antenna, kind="revised", year=2021, cause="premises", reason="Motif")
    page = client.get("/chiffres/")

    assert not page.cookies
    assert "Anne Martin" not in text_of(page)
    assert client.post("/chiffres/").status_code == 405


def test_team_reads_each_slip_and_each_report_awaited(client):
    antenna = AntennaFactory(name="Antenne de Dreux")
    OpeningFactory(antenna=antenna, year=2020)
    OpeningFactory(antenna=antenna, kind="revised", year=2022, cause="premises", reason="Motif")
    YearlyReportFactory(antenna=antenna, year=2025, asked_at="2026-06-20T08:00Z")
    client.force_login(StaffFactory())

    text = text_of(client.get(reverse("admin:labels_figures")))

    assert "Antenne de Dreux de 2020-2021 à 2022-2023, locaux" in text
    assert "2025-2026, demandé le 20 juin 2026" in text
    assert "Antennes dont personne ne peut remplir le bilan" in text


def test_figures_of_the_team_are_for_the_team(client):
    for role, status in {Role.APPLICANT: 403, Role.COMMITTEE: 403, Role.STAFF: 200}.items():
        client.force_login(UserFactory(role=role))
        assert client.get(reverse("admin:labels_figures")).status_code == status


def test_figures_are_reached_from_every_page_and_from_the_home_page(client, programme):
    assert 'href="/chiffres/"' in client.get("/laureats/").content.decode()
    assert "Tous les chiffres, leurs sources et leurs écarts" in text_of(client.get("/"))


def test_figures_follow_what_is_noted_at_once(client, settings):
    settings.CACHES = settings.CACHES | {
        "pages": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "figures-of-tests"}
    }
    antenna = AntennaFactory()
    assert "Labellisée 1" in text_of(client.get("/chiffres/"))

    antenna.milestones.model.record(antenna, "agreement", date(2024, 1, 1), StaffFactory())

    assert "Convention signée 1" in text_of(client.get("/chiffres/"))
