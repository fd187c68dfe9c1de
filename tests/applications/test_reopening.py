"""What a signature holds: kept word for word, read again with a new version, reopened by the chair alone."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from post_office.models import Email
from pytest_django.asserts import assertContains

from applications.models import (
    ChangedMeanwhile,
    Event,
    ForbiddenTransition,
    GridVersion,
    Recusal,
    Review,
    Score,
    Signature,
)
from applications.models.grid import marks_of
from applications.models.scoring import NEW_VERSION
from tests.applications.at_once import at_once
from tests.applications.committee_case import SECRET, committee_case, write_review
from tests.applications.team_case import mail_to, words
from tests.factories import MemberFactory, lead_of

pytestmark = pytest.mark.usefixtures("without_second_factor")


@pytest.fixture
def case():
    return committee_case()


def answers(case, mark, comment="", abstains=False):
    return {c.pk: {"mark": mark, "abstains": abstains, "comment": comment} for c in case.phase.call.criteria.all()}


def rewrite(case, member, mark, comment) -> Review:
    """Write over what the seat has, as it stands."""
    review = case.file.reviews.standing().get(seat=member.seat)
    return Review.write(case.file, member.user, review.revision, answers(case, mark, comment), "reserved", comment)


def completed(case):
    """The file, its review reopened by supplements that the team asked, and admitted again."""
    staff, lead = case.people["staff"], lead_of(case.file)
    case.file.request_supplements(staff, "Précisez le public.")
    case.file.answers.filter(question__code="summary").update(value="Un résumé complété.")
    case.file.answer_supplements(lead)
    case.file.admit(staff, "Complet.")
    return case.file


# Signed: kept


def test_signature_keeps_every_mark_comment_and_advice_word_for_word(case):
    signature = case.file.reviews.get().signatures.get()

    names = list(case.phase.call.criteria.values_list("pk", "name"))
    scores = [
        {"criterion": pk, "name": name, "mark": "5.0", "abstains": False, "comment": SECRET} for pk, name in names
    ]
    assert signature.content == {"scores": scores, "advice": "favourable", "comment": SECRET, "question": ""}
    assert (signature.signed_by, signature.submission) == (case.people["signed"], case.file.last_submission)


def test_first_signature_freezes_the_grid_and_the_others_share_it(case):
    write_review(case.file, case.members["unsigned"])

    frozen = GridVersion.objects.get()
    assert [signature.grid for signature in Signature.objects.all()] == [frozen, frozen]
    criteria = case.phase.call.criteria.all()
    assert [(each["id"], each["weight"]) for each in frozen.content["criteria"]] == [(c.pk, c.weight) for c in criteria]
    assert (frozen.number, len(frozen.sha256), case.phase.call.is_grid_frozen) == (1, 64, True)


def test_what_was_signed_stays_kept_when_the_review_is_reopened_and_signed_again(case):
    first = Signature.objects.get()
    review = case.file.reviews.get()
    review.reopen(case.people["chair"], "Une note à vérifier")
    rewrite(case, case.members["signed"], 2, "Corrigé").sign(case.people["signed"])

    before, after = review.signatures.all()
    assert (before.content, before.signed_at) == (first.content, first.signed_at)
    assert ([score["mark"] for score in after.content["scores"]], after.content["comment"]) == (
        ["2.0", "2.0"],
        "Corrigé",
    )


# Reopened by the chair


def page_of(case, who="signed"):
    return reverse("admin:reopen_review", args=[case.phase.pk, case.file.reference, case.members[who].seat_id])


def test_chair_reopens_with_a_reason_that_the_members_of_the_seat_read(client, settings, case):
    settings.BASE_URL = "https://portail.example.fr"
    seat = case.members["signed"].seat
    deputy = MemberFactory(seat=seat, is_titular=False)
    away = MemberFactory(seat=seat)
    Recusal.raise_for(case.file, seat, "Parenté", case.people["staff"], member=away)
    client.force_login(case.people["chair"])

    asked = words(client.get(page_of(case)))
    page = client.post(page_of(case), {"reason": "Deux critères semblent inversés."}, follow=True)

    assert "Ce qui a été signé reste gardé mot pour mot." in asked
    assert SECRET not in asked
    assert page.redirect_chain == [(reverse("admin:phase", args=[case.phase.pk]), 302)]
    review = case.file.reviews.get()
    assert (review.signed_at, review.signed_by, review.comment) == (None, None, SECRET)
    assert Event.objects.get(verb="reopen_review").note == "Deux critères semblent inversés."
    assert {tuple(each.to) for each in Email.objects.all()} == {(case.people["signed"].email,), (deputy.user.email,)}
    text = mail_to(deputy.user).message
    for part in ("Deux critères semblent inversés.", f"/admin/comite/{case.file.reference}/", seat.organisation.name):
        assert part in text
    assert SECRET not in text


def test_reopened_review_counts_no_more_until_it_is_signed_again(case):
    review = case.file.reviews.get()
    review.reopen(case.people["chair"], "À vérifier")

    assert not Review.objects.counted().exists()
    Review.objects.get(pk=review.pk).sign(case.people["signed"])
    assert Review.objects.counted().get() == review


def test_page_opened_before_the_reopening_signs_nothing(case):
    read = case.file.reviews.get()
    Review.objects.get(pk=read.pk).reopen(case.people["chair"], "À vérifier")

    with pytest.raises(ChangedMeanwhile):
        read.sign(case.people["signed"])


def test_review_is_not_reopened_without_a_reason(client, case):
    client.force_login(case.people["chair"])

    page = client.post(page_of(case), {"reason": "  "})

    assert "Rien n’est enregistré" in words(page)
    with pytest.raises(ForbiddenTransition, match="motif"):
        case.file.reviews.get().reopen(case.people["chair"], " ")
    assert Review.objects.counted().count() == 1
    assert not Email.objects.exists()


@pytest.mark.parametrize(
    ("who", "code"), [("staff", 403), ("signed", 403), ("applicant", 403), ("elsewhere_chair", 404)]
)
def test_review_is_reopened_by_the_chair_only(client, case, who, code):
    client.force_login(case.people[who])

    assert client.post(page_of(case), {"reason": "Motif"}).status_code == code
    with pytest.raises(ForbiddenTransition, match="présidence"):
        case.file.reviews.get().reopen(case.people[who], "Motif")


def test_chair_recused_from_the_file_reopens_nothing(client, case):
    Recusal.declare(case.file, case.people["chair"], "Parenté")
    client.force_login(case.people["chair"])

    assert client.post(page_of(case), {"reason": "Motif"}).status_code == 404
    with pytest.raises(ForbiddenTransition, match="pas accès"):
        case.file.reviews.get().reopen(case.people["chair"], "Motif")


@pytest.mark.parametrize("state", ["drafted", "open seal"])
def test_review_that_cannot_be_reopened_says_why(client, case, state):
    who, said = "signed", "Les évaluations de cette phase sont closes."
    if state == "drafted":
        who, said = "unsigned", "Cette évaluation n’est pas signée."
        write_review(case.file, case.members["unsigned"], sign=False)
    else:
        case.phase.open_seal(case.people["chair"])
    client.force_login(case.people["chair"])

    shown, sent = client.get(page_of(case, who), follow=True), client.post(page_of(case, who), {"reason": "Motif"})

    assert (said in words(shown), said in words(sent)) == (True, True)
    assertContains(sent, "Motif")
    assert not Email.objects.exists()


def test_review_that_a_recusal_set_aside_is_not_reopened(client, case):
    Recusal.declare(case.file, case.people["signed"], "Parenté")
    client.force_login(case.people["chair"])

    assert client.get(page_of(case)).status_code == 404
    with pytest.raises(ForbiddenTransition, match="n’est pas signée"):
        case.file.reviews.get().reopen(case.people["chair"], "Motif")


@pytest.mark.django_db(transaction=True)
def test_seal_opened_while_a_review_is_reopened_leaves_no_lost_review():
    case = committee_case()
    review, phase = case.file.reviews.get(), case.phase

    outcomes = at_once(
        lambda: review.reopen(case.people["chair"], "Motif"), lambda: phase.open_seal(case.people["chair"])
    )

    is_signed = Review.objects.counted().exists()
    assert outcomes == (["done", "refused"] if is_signed else ["done", "done"])


# A new version


def test_new_version_reopens_what_was_signed_and_the_seat_must_read_it(case):
    review, read = case.file.reviews.get(), case.file.last_submission
    completed(case)

    review.refresh_from_db()
    assert (review.signed_at, review.submission, review.comment) == (None, read, SECRET)
    assert Signature.objects.get().submission == read
    with pytest.raises(ForbiddenTransition) as refused:
        review.sign(case.people["signed"])
    assert str(refused.value) == NEW_VERSION
    rewrite(case, case.members["signed"], 4, "Relu").sign(case.people["signed"])
    assert Review.objects.counted().get().submission == case.file.last_submission != read


def test_committee_loses_sight_of_a_file_that_is_being_completed(case):
    case.file.request_supplements(case.people["staff"], "Précisez le public.")

    with pytest.raises(ForbiddenTransition, match="pas accès"):
        write_review(case.file, case.members["unsigned"])
    assert not Review.objects.visible_to(case.people["signed"]).exists()
    assert Review.objects.counted().count() == 1


def test_page_opened_on_the_former_version_saves_nothing(case):
    read = case.file.last_submission
    completed(case)

    with pytest.raises(ChangedMeanwhile) as refused:
        Review.write(case.file, case.people["unsigned"], 0, answers(case, 3), "", "", read=read.pk)
    assert str(refused.value) == NEW_VERSION


# What a signature asks


@pytest.mark.parametrize(
    ("rule", "mark", "comment", "is_missing"),
    [
        ({"comment_up_to": 1}, 1, "", True),
        ({"comment_up_to": 1}, 1, "  ", True),
        ({"comment_up_to": 1}, 1, "Trop faible", False),
        ({"comment_up_to": 1}, 2, "", False),
        ({"comment_up_to": 0}, 0, "", True),
        ({"comment_from": 5}, 5, "", True),
        ({"comment_from": 5}, 4, "", False),
        ({"comment_from": 4}, Decimal("4.5"), "", True),
        ({}, 0, "", False),
    ],
)
def test_comment_is_asked_at_the_levels_that_the_call_sets(case, rule, mark, comment, is_missing):
    call = case.file.call
    type(call).objects.filter(pk=call.pk).update(half_points=True, **rule)
    case.file.refresh_from_db()
    names = [f"commentaire sur « {criterion} »" for criterion in call.criteria.all()]

    review = Review.write(case.file, case.people["unsigned"], 0, answers(case, mark, comment), "reserved", "Avis")

    assert review.missing() == (names if is_missing else [])


def test_criterion_without_an_opinion_asks_no_comment(case):
    type(case.file.call).objects.update(comment_up_to=5)
    case.file.refresh_from_db()

    marks = answers(case, None, abstains=True)
    review = Review.write(case.file, case.people["unsigned"], 0, marks, "reserved", "Hors de notre champ.")

    assert review.missing() == ["au moins une note"]


def test_deputy_without_delegation_drafts_and_does_not_sign(case):
    deputy = MemberFactory(seat=case.members["unsigned"].seat, is_titular=False)
    review = write_review(case.file, deputy, sign=False)

    with pytest.raises(ForbiddenTransition, match="La personne titulaire de votre siège le signera"):
        review.sign(deputy.user)
    review.sign(case.people["unsigned"])
    assert Review.objects.counted().get(seat=deputy.seat).signed_by == case.people["unsigned"]


def test_deputy_with_delegation_signs(case):
    deputy = MemberFactory(seat=case.members["unsigned"].seat, is_titular=False, may_sign=True)

    write_review(case.file, deputy)

    assert Review.objects.counted().get(seat=deputy.seat).signed_by == deputy.user


@pytest.mark.parametrize("half_points", [True, False])
def test_marks_go_by_whole_points_or_by_halves(case, half_points):
    case.phase.call.half_points = half_points

    step = Decimal("0.5") if half_points else 1
    assert marks_of(case.phase.call) == [step * number for number in range(11 if half_points else 6)]


def test_half_point_is_kept_exactly_and_signed(case):
    write_review(case.file, case.members["unsigned"], mark=Decimal("3.5"))

    review = Review.objects.with_total().get(seat=case.members["unsigned"].seat)
    assert [score.display for score in review.scores.all()] == ["3,5 sur 5", "3,5 sur 5"]
    assert (review.total, review.signatures.get().content["scores"][0]["mark"]) == (70.0, "3.5")


@pytest.mark.parametrize("mark", ["3.3", "0.1", "5.5", "-0.5"])
def test_database_refuses_a_mark_that_is_no_half(case, mark):
    with pytest.raises(IntegrityError), transaction.atomic():
        Score.objects.update(mark=Decimal(mark))
