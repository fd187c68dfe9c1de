"""Saving the grid: by the button, as one types, to the next file. What was typed is saved or shown again."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.utils import timezone

from applications.models import Candidature, Level, Recusal, Review, Seat, Status
from tests.applications.committee_case import committee_case, write_review
from tests.applications.review_case import JSON, address, answers, deposit_again, review_of, text
from tests.factories import CandidatureFactory, CriterionFactory, MemberFactory

pytestmark = pytest.mark.usefixtures("without_second_factor")

QUEUE = "/admin/comite/"


@pytest.fixture
def case(client):
    case = committee_case(half_points=True, comment_up_to=1, comment_from=5)
    client.force_login(case.people["unsigned"])
    return case


def autosave(client, case, **changes):
    return client.post(address(case), answers(case, **changes), headers=JSON)


# The grid


def test_mark_may_be_half_a_point_where_the_call_says_so(client, case):
    criterion = case.phase.call.criteria.first()

    client.post(address(case), answers(case, **{f"mark_{criterion.pk}": "3.5"}))

    assert review_of(case).scores.get(criterion=criterion).mark == Decimal("3.5")
    form = client.get(address(case)).context["form"]
    assert form[f"mark_{criterion.pk}"].value() == "3.5"


def test_half_points_are_refused_elsewhere(client, case):
    case.phase.call.half_points = False
    case.phase.call.save()
    criterion = case.phase.call.criteria.first()

    response = client.post(address(case), answers(case, **{f"mark_{criterion.pk}": "3.5"}))

    assert f"mark_{criterion.pk}" in response.context["form"].errors
    assert not Review.objects.filter(seat=case.members["unsigned"].seat).exists()


def test_page_tells_what_marks_mean_and_which_ones_must_be_explained(client, case):
    Level.objects.create(criterion=case.phase.call.criteria.first(), mark=3, label="TOUTESTDECRIT")

    html = text(client.get(address(case)))

    assert "<strong>3</strong> TOUTESTDECRIT" in html
    assert "Obligatoire pour une note de 0 à 1 ou à partir de 5." in html
    assert html.count("data-asks") == 2 * 4  # 0, 0,5, 1 and 5 on each of the two criteria


def test_call_without_criteria_is_saved_by_its_advice_and_comment(client, case):
    file = CandidatureFactory(status=Status.ADMISSIBLE)
    member = MemberFactory(seat__call=file.call)
    client.force_login(member.user)

    assert "n’a pas encore de critère" in text(client.get(address(case, file=file)))
    client.post(address(case, file=file), {"revision": "0", "advice": "reserved", "comment": "À revoir."})

    review = Review.objects.get(seat=member.seat)
    assert (review.advice, review.comment, review.scores.count()) == ("reserved", "À revoir.", 0)


def test_seat_without_a_vote_reads_and_cannot_write(client, case):
    Seat.objects.filter(pk=case.members["unsigned"].seat.pk).update(is_voting=False)

    assert "sans voix délibérative" in text(client.get(address(case)))
    response = client.post(address(case), answers(case, comment="TEXTEGARDE"))

    assert "TEXTEGARDE" in text(response)
    assert autosave(client, case).status_code == 403
    assert not Review.objects.filter(seat=case.members["unsigned"].seat).exists()


def test_text_about_a_criterion_removed_meanwhile_is_shown_back(client, case):
    removed = CriterionFactory(call=case.phase.call)
    sent = answers(case, **{f"comment_{removed.pk}": "TEXTEORPHELIN", f"mark_{removed.pk}": "2"})
    removed.delete()

    response = client.post(address(case), sent)

    assert "Un critère a été retiré de la grille" in text(response)
    assert "TEXTEORPHELIN" in text(response)
    assert response.context["form"].lost == [("2", "TEXTEORPHELIN")]
    client.post(address(case), answers(case))
    assert review_of(case).comment == "Projet solide."


# The question for the session


def test_question_is_saved_with_the_draft_read_back_then_kept_by_the_signature(client, case):
    client.post(address(case), answers(case, question="QUESTIONDUSIEGE"))
    review = review_of(case)

    assert review.question == "QUESTIONDUSIEGE"
    assert client.get(address(case)).context["form"]["question"].value() == "QUESTIONDUSIEGE"
    assert "QUESTIONDUSIEGE" in text(client.get(address(case, "sign")))
    client.post(address(case, "sign"), {"revision": review.revision})
    assert review.signatures.get().content["question"] == "QUESTIONDUSIEGE"
    assert "QUESTIONDUSIEGE" in text(client.get(address(case)))


def test_question_is_not_asked_for_and_can_be_emptied(client, case):
    autosave(client, case, question="UNEQUESTION")

    response = autosave(client, case, revision="1", question="")

    assert (response.json()["missing"], review_of(case).question) == ([], "")


def test_question_is_saved_as_one_types_and_too_long_a_one_is_told_and_not_saved(client, case):
    assert autosave(client, case, question="x" * 2000).status_code == 200

    response = autosave(client, case, revision="1", question="x" * 2001)

    assert (response.status_code, list(response.json()["errors"])) == (422, ["question"])
    assert review_of(case).question == "x" * 2000


def test_saving_again_the_same_grid_with_another_question_is_a_contradiction(client, case):
    autosave(client, case, question="LAPREMIERE")

    assert autosave(client, case, question="LAPREMIERE").status_code == 200
    assert autosave(client, case, question="LASECONDE").status_code == 409
    assert review_of(case).question == "LAPREMIERE"


def test_question_is_read_by_the_other_seats_once_the_seal_is_open(client, case):
    client.post(address(case), answers(case, question="QUESTIONDUSIEGE"))
    review_of(case).sign(case.people["unsigned"])
    client.force_login(case.people["signed"])

    assert "QUESTIONDUSIEGE" not in text(client.get(address(case)))
    case.phase.open_seal(case.people["chair"])
    assert "QUESTIONDUSIEGE" in text(client.get(address(case)))


# As one types


def test_autosave_tells_the_revision_the_time_and_what_is_missing(client, case):
    with time_machine.travel(timezone.now(), tick=False):
        response, time = autosave(client, case, advice=""), f"{timezone.localtime():%H:%M:%S}"

    assert response.status_code == 200
    assert response.json() == {"revision": 1, "saved_at": time, "missing": ["avis"]}
    assert review_of(case).revision == 1


def test_autosave_tells_what_is_wrong_field_by_field_and_saves_nothing(client, case):
    criterion = case.phase.call.criteria.first()

    response = autosave(client, case, **{f"comment_{criterion.pk}": "x" * 100_000, f"mark_{criterion.pk}": "6"})

    assert response.status_code == 422
    assert set(response.json()["errors"]) == {f"comment_{criterion.pk}", f"mark_{criterion.pk}"}
    assert not Review.objects.filter(seat=case.members["unsigned"].seat).exists()


def test_autosave_never_writes_over_a_colleague(client, case):
    colleague = MemberFactory(seat=case.members["unsigned"].seat)
    write_review(case.file, colleague, comment="LEURTEXTE", sign=False)

    response = autosave(client, case, comment="MONTEXTE")

    assert (response.status_code, "entre-temps" in response.json()["message"]) == (409, True)
    assert review_of(case).comment == "LEURTEXTE"


def test_autosave_sent_again_after_a_lost_answer_is_no_conflict(client, case):
    autosave(client, case, comment="MONTEXTE")

    response = autosave(client, case, comment="MONTEXTE")

    assert (response.status_code, response.json()["revision"], review_of(case).revision) == (200, 1, 1)


def test_autosave_on_an_older_version_asks_to_read_the_new_one(client, case):
    sent = answers(case)
    deposit_again(case.file)

    response = client.post(address(case), sent, headers=JSON)

    assert (response.status_code, "nouvelle version" in response.json()["message"]) == (409, True)


@pytest.mark.parametrize("closing", ["over", "signed", "open_seal"])
def test_autosave_once_reviews_are_closed_says_so(client, case, closing):
    if closing == "over":
        case.phase.reviews_due_at = timezone.now() - timedelta(hours=1)
        case.phase.save()
    elif closing == "signed":
        write_review(case.file, case.members["unsigned"])
    else:
        case.phase.open_seal(case.people["chair"])

    response = autosave(client, case)

    assert response.status_code == 403
    assert response.json()["message"] == Review.why_not(
        Candidature.objects.get(pk=case.file.pk), case.people["unsigned"]
    )


def test_autosave_once_recused_finds_no_file(client, case):
    Recusal.declare(case.file, case.people["unsigned"], "Parenté")

    assert autosave(client, case).status_code == 404


# To the next file


def test_save_and_next_follows_the_order_of_the_queue_and_comes_round(client, case):
    second, third = CandidatureFactory.create_batch(2, status=Status.ADMISSIBLE, phase=case.phase)
    in_order = [second, third, case.file]  # `case.file` has a signed review already
    case.file, after = second, []

    for _ in range(3):
        response = client.post(address(case), answers(case, then="next"))
        after.append(response.headers["Location"])
        case.file = in_order[(in_order.index(case.file) + 1) % 3]

    assert after == [f"{address(case, file=file)}#content-start" for file in (third, in_order[2], second)]
    assert Review.objects.filter(seat=case.members["unsigned"].seat).count() == 3


def test_save_and_next_on_the_last_file_leads_to_the_queue(client, case):
    response = client.post(address(case), answers(case, then="next"), follow=True)

    assert response.redirect_chain[-1][0] == QUEUE
    assert "Aucun autre dossier de cette phase" in text(response)


def test_sign_and_next_leads_to_the_first_file_to_sign(client, case):
    second = CandidatureFactory(status=Status.ADMISSIBLE, phase=case.phase)
    write_review(case.file, case.members["unsigned"], sign=False)

    response = client.post(address(case, "sign"), {"revision": "1", "then": "next"})

    assert response.headers["Location"] == f"{address(case, file=second)}#content-start"
    assert review_of(case).signed_by == case.people["unsigned"]


def test_refused_text_goes_to_no_other_file(client, case):
    CandidatureFactory(status=Status.ADMISSIBLE, phase=case.phase)

    response = client.post(address(case), answers(case, then="next", comment="x" * 9000))

    assert (response.status_code, "Rien n’est enregistré" in text(response)) == (200, True)


def test_page_says_how_far_the_seat_has_come(client, case):
    signed = CandidatureFactory(status=Status.ADMISSIBLE, phase=case.phase)
    write_review(signed, case.members["unsigned"])

    response = client.get(address(case))

    assert (response.context["signed"], response.context["asked"]) == (1, 2)
