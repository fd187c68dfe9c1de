"""What the reference data answer by themselves, marked as theirs until somebody writes."""

from datetime import date

import pytest

from applications.models import Answer, Question
from applications.prefilling import SOURCE, prefill
from territories.models import NationalProgramme, ProgrammeList
from territories.programme_lists import save_list
from tests.applications.file_case import ask
from tests.factories import (
    CandidatureFactory,
    CarrierFactory,
    CommuneFactory,
    DepartmentFactory,
    EpciFactory,
    SiteFactory,
    lead_of,
    siren,
)

Kind, Prefill = Question.Kind, Question.Prefill
KINDS = {
    Prefill.POPULATION: Kind.INTEGER,
    Prefill.DEPARTMENTS: Kind.SHORT_TEXT,
    Prefill.PROGRAMMES: Kind.LONG_TEXT,
}


def candidature_of(*carriers, sites=(), asked=tuple(KINDS)):
    """A draft carried by these territories, whose form asks what the reference data know."""
    candidature = CandidatureFactory(carrier=None, site=None)
    for number, territory in enumerate(carriers):
        place = {territory._meta.model_name: territory}
        CarrierFactory(candidature=candidature, **{"commune": None} | place, is_lead=not number, position=number)
    for commune in sites:
        SiteFactory(candidature=candidature, commune=commune)
    for name in asked:
        ask(candidature.call, "projet", name, kind=KINDS[name], prefill=name)
    return candidature


def prefilled(candidature) -> dict:
    """What the reference data answer, by what is asked, read again."""
    prefill(candidature, lead_of(candidature))
    return answers(candidature)


def answers(candidature) -> dict:
    found = Answer.objects.filter(candidature=candidature).exclude(question__prefill="")
    return {answer.question.prefill: answer.value for answer in found.select_related("question")}


def write(candidature, name, value):
    answer = candidature.answers.get(question__prefill=name)
    Answer.write(candidature, answer.question, value, lead_of(candidature), answer.version)


@pytest.fixture
def dreux():
    """A commune of 30 000 inhabitants in an agglomération of 100 000."""
    epci = EpciFactory(name="CA du Pays de Dreux", population=100_000)
    return CommuneFactory(name="Dreux", epci=epci, population=30_000)


# What they know


def test_population_is_that_of_the_carriers_each_inhabitant_once(dreux):
    member = CommuneFactory(epci=dreux.epci, population=5_000)
    outside = CommuneFactory(population=7_000)

    assert prefilled(candidature_of(dreux.epci, dreux, member, outside))[Prefill.POPULATION] == 107_000


def test_population_of_a_commune_alone_is_its_own(dreux):
    assert prefilled(candidature_of(dreux))[Prefill.POPULATION] == 30_000


def test_population_leaves_out_sites_that_do_not_carry(dreux):
    elsewhere = CommuneFactory(population=7_000)

    assert prefilled(candidature_of(dreux, sites=[elsewhere]))[Prefill.POPULATION] == 30_000


def test_population_of_an_ept_counts_its_communes_once():
    ept = EpciFactory(kind="EPT", name="Plaine Commune", population=400_000)
    commune = CommuneFactory(ept=ept, epci=EpciFactory(), population=110_000)

    assert prefilled(candidature_of(ept, commune))[Prefill.POPULATION] == 400_000


def test_unknown_population_is_not_answered():
    assert Prefill.POPULATION not in prefilled(candidature_of(CommuneFactory(population=None)))


def test_departments_are_those_of_carriers_and_sites_each_once_in_order(dreux):
    orne, eure = DepartmentFactory(code="61", name="Orne"), DepartmentFactory(code="27", name="Eure")
    CommuneFactory(epci=dreux.epci, department=eure)

    found = prefilled(candidature_of(dreux.epci, dreux, sites=[CommuneFactory(department=orne), dreux]))

    assert found[Prefill.DEPARTMENTS] == "Eure (27), Eure-et-Loir (28), Orne (61)"


def test_departments_of_a_great_many_still_make_a_short_text():
    communes = [
        CommuneFactory(department=DepartmentFactory(code=f"{number:02d}", name=f"Département {number}"))
        for number in range(10, 25)
    ]

    assert len(prefilled(candidature_of(*communes))[Prefill.DEPARTMENTS]) == 200


def test_programmes_are_those_whose_list_names_a_carrier_or_a_site(dreux):
    acv = NationalProgramme.objects.create(code="ACV", name="Action cœur de ville")
    ti = NationalProgramme.objects.create(code="TI", name="Territoires d’industrie")
    for programme, listed in ((acv, dreux), (ti, dreux.epci)):
        kept = ProgrammeList(programme=programme, published_on=date(2021, 6, 1), is_complete=True, source_title="Liste")
        save_list(kept, [(listed.code, listed.name, listed)])

    found = prefilled(candidature_of(dreux.epci, sites=[dreux, CommuneFactory(name="Ailleurs")]))

    assert sorted(found[Prefill.PROGRAMMES].splitlines()) == [
        "CA du Pays de Dreux : Action cœur de ville",
        "CA du Pays de Dreux : Territoires d’industrie",
        "Dreux : Action cœur de ville",
        "Dreux : Territoires d’industrie",
    ]


def test_territory_outside_every_list_has_nothing_to_answer(dreux):
    NationalProgramme.objects.create(code="ACV", name="Action cœur de ville")

    assert Prefill.PROGRAMMES not in prefilled(candidature_of(dreux))


def test_body_that_is_no_territory_adds_nothing(dreux):
    candidature = candidature_of(dreux)
    candidature.carriers.create(body_name="CCI", body_siren=siren(7), position=5)

    assert prefilled(candidature) == {Prefill.POPULATION: 30_000, Prefill.DEPARTMENTS: "Eure-et-Loir (28)"}


def test_candidature_without_a_territory_is_left_alone():
    assert prefilled(candidature_of()) == {}


# Whose answer it is


def test_answer_bears_its_source_its_author_and_its_version(dreux):
    candidature = candidature_of(dreux, asked=[Prefill.POPULATION])
    prefill(candidature, lead_of(candidature))

    answer = candidature.answers.get(question__prefill=Prefill.POPULATION)
    assert (answer.prefilled_from, answer.updated_by, answer.version) == (SOURCE, lead_of(candidature), 1)
    assert SOURCE == "données de référence de l’INSEE et de la DGCL au 1er janvier 2026"


def test_answer_that_is_still_theirs_follows_the_carriers(dreux):
    candidature = candidature_of(dreux, asked=[Prefill.POPULATION])
    prefill(candidature, lead_of(candidature))
    CarrierFactory(candidature=candidature, commune=None, epci=dreux.epci, is_lead=False)

    assert prefilled(candidature) == {Prefill.POPULATION: 100_000}

    answer = candidature.answers.get(question__prefill=Prefill.POPULATION)
    assert (answer.version, answer.prefilled_from) == (2, SOURCE)


def test_answer_that_has_not_changed_keeps_its_version(dreux):
    candidature = candidature_of(dreux)
    prefill(candidature, lead_of(candidature))
    prefill(candidature, lead_of(candidature))

    assert {answer.version for answer in candidature.answers.exclude(question__prefill="")} == {1}


@pytest.mark.parametrize("value", [31_500, None])
def test_answer_that_somebody_wrote_or_emptied_is_theirs_for_good(dreux, value):
    candidature = candidature_of(dreux, asked=[Prefill.POPULATION])
    prefill(candidature, lead_of(candidature))
    write(candidature, Prefill.POPULATION, value)
    CarrierFactory(candidature=candidature, commune=None, epci=dreux.epci, is_lead=False)

    assert prefilled(candidature) == {Prefill.POPULATION: value}


def test_question_that_asks_no_prefilling_is_left_alone(dreux):
    candidature = candidature_of(dreux, asked=[])
    ask(candidature.call, "projet", "population", kind=Kind.INTEGER)

    prefill(candidature, lead_of(candidature))

    assert not candidature.answers.filter(question__code="population").exists()


def test_form_that_asks_none_reads_no_territory(dreux, django_assert_num_queries):
    candidature = candidature_of(dreux, asked=[])
    by = lead_of(candidature)

    with django_assert_num_queries(2):
        prefill(candidature, by)
