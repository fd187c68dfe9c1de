import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from applications import rule
from applications.models import Event, Recusal, Review, Score, ranking
from applications.what_if import Ground, usual_first
from tests.applications.ranking_case import ranking_case
from tests.applications.session_case import decide
from tests.applications.test_ranking import FILES, HOURS, TIES, WEIGHTS, of_any_marks
from tests.factories import StaffFactory

pytestmark = pytest.mark.usefixtures("without_second_factor")


def ground(case, user=None) -> Ground:
    return Ground.of(case.phase, user or StaffFactory())


def ranks(case, comparison) -> list[int]:
    """The rank that each file would have, in the order of the case."""
    would_be = {row.file: row.rank for row in comparison.rows}
    return [would_be[file] for file in case.files]


@of_any_marks
@given(files=FILES, weights=WEIGHTS, ties=TIES, hours=HOURS, first=st.integers(1, 4))
def test_nothing_changed_changes_no_place(files, weights, ties, hours, first):
    case = ranking_case(files, weights, ties, hours[: len(files)])

    comparison = ground(case).compare(first)

    assert (comparison.moved, comparison.entering, comparison.leaving) == (0, [], [])
    assert [row.file for row in comparison.rows] == list(ranking(case.phase, StaffFactory()))


def test_seat_left_out_changes_places():
    case = ranking_case([[[5, 5], [0, 0]], [[1, 1], [3, 3]]])  # 50 and 40

    comparison = ground(case).compare(1, seats={case.members[0].seat.pk})

    assert ranks(case, comparison) == [2, 1]
    assert (comparison.moved, len(comparison.entering), len(comparison.leaving)) == (2, 1, 1)
    assert [row.words for row in comparison.rows] == ["perd 1 place", "gagne 1 place"]


def test_weight_changed_changes_places_and_zero_leaves_a_criterion_out():
    case = ranking_case([[[5, 0]], [[1, 3]]], [3, 1])
    first, second = case.criteria

    heavier = ground(case).compare(1, weights={first.pk: 1, second.pk: 9})
    without = ground(case).compare(1, weights={first.pk: 0, second.pk: 1})

    assert (ranks(case, heavier), ranks(case, without)) == ([2, 1], [2, 1])
    assert [str(row.average) for row in without.rows] == ["0", "60"]


def test_median_in_place_of_the_mean_changes_places():
    case = ranking_case([[[5, 5], [2, 2], [2, 2]], [[3, 3], [3, 3], [0, 0]]])

    comparison = ground(case).compare(1, middle=rule.median)

    assert ranks(case, comparison) == [2, 1]
    assert [str(row.average) for row in comparison.rows] == ["40", "60"]


def test_first_files_are_those_to_be_labelled_else_a_third():
    case, staff = ranking_case([[[n, n]] for n in range(4)]), StaffFactory()
    ranked = list(ranking(case.phase, staff))

    assert usual_first(ranked, staff) == 2
    for file, outcome in zip(case.files, ["label", "reject", "conditions", "label"], strict=True):
        decide(file, outcome, by=staff)
    assert usual_first(ranked, staff) == 3


# The page


@pytest.fixture
def case():
    return ranking_case([[[5, 5], [0, 0]], [[1, 1], [3, 3]], [[0, 0], [0, 0]]])


def page(client, case, query="", who=None):
    client.force_login(who or case.members[0].user)
    response = client.get(reverse("admin:phase_what_if", args=[case.phase.pk]) + query)
    return response, response.content.decode().replace("&nbsp;", " ")


def test_page_without_a_hypothesis_shows_the_ranking_as_it_is(client, case):
    response, text = page(client, case)

    assert response.context["comparison"].moved == 0
    assert "<strong>Aucun dossier</strong> ne change de place." in text
    assert "Rien n’est enregistré" in text


@pytest.mark.parametrize(
    ("first", "words"),
    [
        (1, "<strong>Le premier change.</strong>"),
        (2, "Parmi les 2 premiers, <strong>1 change</strong>."),
        (3, "Les 3 premiers restent les mêmes."),
    ],
)
def test_page_tells_how_many_places_and_how_many_of_the_first_change(client, case, first, words):
    _, text = page(client, case, f"?sans={case.members[0].seat.pk}&premiers={first}")

    told = " ".join(text.split())
    assert f"<strong>3 dossiers sur 3</strong> changent de place. {words}" in told


def test_what_is_not_typed_stays_as_the_grid_says(client, case):
    response, _ = page(client, case, "?calcul=mediane")

    form = response.context["form"]
    assert form.is_valid()
    assert form.hypothesis() == {
        "first": 1,
        "seats": set(),
        "weights": {each.pk: 1 for each in case.criteria},
        "middle": rule.median,
    }


def test_trying_writes_nothing(client, case):
    before = [model.objects.count() for model in (Event, Review, Score)]

    page(client, case, f"?sans={case.members[0].seat.pk}")

    assert [model.objects.count() for model in (Event, Review, Score)] == before


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("?poids_{0}=0&poids_{1}=0", "Tous les poids sont à zéro"),
        ("?poids_{0}=-1", "supérieure ou égale à 0"),
        ("?poids_{0}=101", "inférieure ou égale à 100"),
        ("?poids_{0}=lourd", "Saisissez un nombre entier."),
        ("?poids_{0}=1e400", "Saisissez un nombre entier."),
        ("?sans={2}&sans={3}", "Gardez au moins un siège"),
        ("?sans=987654", "Sélectionnez un choix valide."),
        ("?premiers=0", "supérieure ou égale à 1"),
        ("?premiers=4", "inférieure ou égale à 3"),
        ("?calcul=mode", "Sélectionnez un choix valide."),
    ],
)
def test_absurd_hypothesis_is_told_and_not_computed(client, case, query, message):
    keys = [each.pk for each in case.criteria] + [member.seat.pk for member in case.members]

    response, text = page(client, case, query.format(*keys))

    assert response.status_code == 200
    assert message in text
    assert "comparison" not in response.context


def test_phase_without_a_mark_has_nothing_to_try(client):
    _, text = page(client, ranking_case([[None]]))

    assert "il n’y a rien à essayer" in text


def test_sealed_phase_shows_neither_form_nor_title(client, case):
    case.phase.seal_opened_at = None
    case.phase.save()

    for who in (case.members[0].user, StaffFactory()):
        response, text = page(client, case, who=who)
        assert "Le scellé est en place" in text
        assert case.files[0].title not in text
        assert "form" not in response.context


def test_recused_chair_tries_without_the_file_and_its_marks(client, case):
    chair = case.members[0]
    Recusal.raise_for(case.files[0], chair.seat, "Élu du territoire", StaffFactory(), member=chair)

    response, text = page(client, case, "?calcul=mediane")

    assert case.files[0].reference not in text
    assert [row.file for row in response.context["comparison"].rows] == case.files[1:]
    assert [row.file.rank for row in response.context["comparison"].rows] == [1, 2]
