"""Recusals, declared or raised, for a person or for a whole seat: what they close, what they keep, what they leave."""

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertRedirects

from applications.models import (
    Candidature,
    ForbiddenTransition,
    Recusal,
    Review,
    Signature,
    coverage,
    ranking,
)
from applications.models.progress import Progress
from tests.applications.at_once import at_once
from tests.applications.committee_case import SECRET, TITLE, committee_case, write_review
from tests.applications.team_case import words
from tests.factories import MemberFactory, SeatFactory

pytestmark = pytest.mark.usefixtures("without_second_factor")


@pytest.fixture
def case():
    return committee_case()


def declare(client, case, who, choice):
    client.force_login(case.people[who])
    page = reverse("admin:committee_recuse", args=[case.file.reference])
    return client.post(page, {"who": choice, "reason": "Parenté"}, follow=True)


def raise_page(case):
    return reverse("admin:raise_recusal", args=[case.phase.pk, case.file.reference])


def raise_from_page(client, case, by, who):
    client.force_login(case.people[by])
    return client.post(raise_page(case), {"who": who, "reason": "Partenaire du projet"}, follow=True)


# Declared


def test_page_says_exactly_what_follows(client, case):
    client.force_login(case.people["unsigned"])

    page = words(client.get(reverse("admin:committee_recuse", args=[case.file.reference])))

    for part in (
        "vous ne verrez plus ce dossier, ni ses pièces, ni ses notes, ni son rang",
        "mis de côté",
        "mes collègues de siège peuvent encore l’évaluer",
        "personne de mon siège ne l’évaluera",
        "Un déport enregistré ne se retire pas.",
    ):
        assert part in page


@pytest.mark.parametrize(("choice", "is_whole"), [("member", False), ("seat", True)])
def test_declared_recusal_is_recorded_and_closes_the_file(client, case, choice, is_whole):
    page = declare(client, case, "unsigned", choice)

    recusal = Recusal.objects.get()
    assert (recusal.origin, recusal.reason, recusal.member is None) == ("declared", "Parenté", is_whole)
    assert page.redirect_chain == [(reverse("admin:committee_queue"), 302)]
    assert TITLE not in words(page)


# Raised


@pytest.mark.parametrize("by", ["chair", "staff"])
@pytest.mark.parametrize("is_whole", [True, False])
def test_recusal_is_raised_by_chair_or_staff_for_a_seat_or_a_member(client, case, by, is_whole):
    member = case.members["signed"]

    page = raise_from_page(client, case, by, f"{member.seat_id}" if is_whole else f"{member.seat_id}-{member.pk}")

    recusal = Recusal.objects.get()
    assert (recusal.seat, recusal.member) == (member.seat, None if is_whole else member)
    assert (recusal.origin, recusal.by, recusal.reason) == ("raised", case.people[by], "Partenaire du projet")
    assert page.redirect_chain == [(reverse("admin:phase", args=[case.phase.pk]), 302)]
    who = member.seat.organisation if is_whole else member.user
    assert f"Déport enregistré : {who}, pour le dossier {case.file.reference}." in words(page)


def test_page_to_raise_offers_each_seat_and_its_current_members_and_no_mark(client, case):
    client.force_login(case.people["chair"])

    page = client.get(raise_page(case))

    choices = dict(page.context["form"].fields["who"].choices)
    assert len(choices) == 1 + case.phase.call.seats.count()
    assert [len(group) for name, group in choices.items() if name == str(case.members["ended"].seat.organisation)] == [
        1
    ]
    assert SECRET not in page.content.decode()


def test_file_in_session_leads_to_the_page_to_raise(client, case):
    client.force_login(case.people["chair"])

    page = client.get(reverse("admin:phase_file", args=[case.phase.pk, case.file.reference]))

    assertContains(page, f'href="{raise_page(case)}"')


@pytest.mark.parametrize("typed", [{"who": ""}, {"who": "999999"}, {"who": "1-2-3"}, {"reason": " "}])
def test_recusal_without_a_known_seat_or_a_reason_is_refused(client, case, typed):
    client.force_login(case.people["chair"])
    whole = {"who": f"{case.members['signed'].seat_id}", "reason": "Motif"}

    page = client.post(raise_page(case), whole | typed)

    assert "Rien n’est enregistré" in words(page)
    assert not Recusal.objects.exists()


def test_recusal_raised_meanwhile_is_told_and_the_reason_kept(client, case):
    seat = case.members["signed"].seat
    Recusal.raise_for(case.file, seat, "Motif", case.people["staff"])

    page = raise_from_page(client, case, "chair", f"{seat.pk}")

    assert "Ce siège est déjà déporté de cette candidature." in words(page)
    assertContains(page, "Partenaire du projet")


@pytest.mark.parametrize(("who", "code"), [("signed", 403), ("applicant", 403), ("elsewhere_chair", 404)])
def test_recusal_is_raised_from_the_page_by_nobody_else(client, case, who, code):
    client.force_login(case.people[who])

    answer = client.post(raise_page(case), {"who": f"{case.members['signed'].seat_id}", "reason": "Motif"})

    assert (answer.status_code, Recusal.objects.exists()) == (code, False)


def test_recused_chair_raises_nothing_more_on_the_file(client, case):
    Recusal.declare(case.file, case.people["chair"], "Parenté")

    answer = raise_from_page(client, case, "chair", f"{case.members['signed'].seat_id}")

    assert answer.status_code == 404
    with pytest.raises(ForbiddenTransition, match="pas accès"):
        Recusal.raise_for(case.file, case.members["signed"].seat, "Motif", case.people["chair"])


def test_member_of_another_seat_is_not_recused_with_this_one(case):
    with pytest.raises(ForbiddenTransition, match="n’est pas du comité"):
        Recusal.raise_for(
            case.file, case.members["signed"].seat, "Motif", case.people["staff"], member=case.members["unsigned"]
        )


def test_team_raises_for_one_member_in_the_admin(client, staff):
    case = committee_case()
    member = case.members["unsigned"]
    typed = {"candidature": case.file.pk, "seat": member.seat_id, "member": member.pk, "reason": "Parenté"}

    page = reverse("admin:applications_recusal_add")
    wrong = client.post(page, typed | {"seat": case.members["signed"].seat_id})
    assertRedirects(client.post(page, typed), reverse("admin:applications_recusal_changelist"))

    assert "Ce siège n’est pas du comité de cet appel." in words(wrong)
    assert Recusal.objects.get().member == member


# What it closes


def recuse(case, who, is_whole):
    Recusal.declare(case.file, case.people[who], "Parenté", whole_seat=is_whole)


@pytest.mark.parametrize("is_whole", [True, False])
@pytest.mark.parametrize("is_open", [True, False])
def test_recused_member_finds_the_file_nowhere(client, case, is_whole, is_open):
    recuse(case, "signed", is_whole)
    if is_open:
        case.phase.open_seal(case.people["chair"])
    person = case.people["signed"]
    client.force_login(person)

    codes = {
        client.get(reverse(f"admin:committee_{page}", args=[case.file.reference])).status_code
        for page in ("file", "sign", "recuse")
    }
    piece = client.get(reverse("admin:piece", args=[case.file.attachments.get().pk]))
    assert (codes, piece.status_code) == ({404}, 404)
    assert list(Candidature.objects.visible_to(person)) == []
    assert list(Review.objects.visible_to(person)) == []
    assert list(ranking(case.phase, person)) == []
    assert coverage(case.phase, person).rows == []


@pytest.mark.parametrize("is_whole", [True, False])
def test_signed_review_is_set_aside_kept_and_counts_no_more(case, is_whole):
    review = case.file.reviews.get()
    signature = review.signatures.get()
    write_review(case.file, case.members["unsigned"], mark=1)
    recuse(case, "signed", is_whole)
    case.phase.open_seal(case.people["chair"])

    review.refresh_from_db()
    assert (review.recusal, review.signed_by, review.comment) == (Recusal.objects.get(), case.people["signed"], SECRET)
    assert Signature.objects.get(pk=signature.pk).content == signature.content
    assert [(file.average, file.reviews_counted) for file in ranking(case.phase, case.people["staff"])] == [(20.0, 1)]


def test_whole_seat_is_expected_no_more_and_lets_no_colleague_write(case):
    colleague = MemberFactory(seat=case.members["signed"].seat)
    before = coverage(case.phase, case.people["staff"])
    recuse(case, "signed", True)
    after = coverage(case.phase, case.people["staff"])

    assert (before.signed - after.signed, before.expected - after.expected) == (1, 1)
    assert after.cells.count(Progress.RECUSED) == 1
    with pytest.raises(ForbiddenTransition, match="pas accès"):
        write_review(case.file, colleague)


@pytest.mark.parametrize("was_signed", [True, False])
def test_person_alone_leaves_the_seat_to_a_colleague_who_writes_a_new_review(case, was_signed):
    who = "signed" if was_signed else "unsigned"
    if not was_signed:
        write_review(case.file, case.members["unsigned"], sign=False)
    colleague = MemberFactory(seat=case.members[who].seat)
    recuse(case, who, False)

    review = write_review(case.file, colleague, mark=2, comment="Le mien")

    assert (review.recusal, review.drafted_by) == (None, colleague.user)
    assert list(Review.objects.counted().filter(seat=colleague.seat)) == [review]
    assert Review.objects.filter(seat=colleague.seat).exclude(recusal=None).count() == 1
    assert SECRET not in {score.comment for score in review.scores.all()}


def test_draft_of_a_colleague_stays_when_another_person_steps_back(case):
    colleague = MemberFactory(seat=case.members["unsigned"].seat)
    draft = write_review(case.file, colleague, sign=False)

    recuse(case, "unsigned", False)

    assert Review.objects.standing().get(seat=colleague.seat) == draft


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_whole", [True, False])
def test_review_signed_while_its_author_is_recused_never_counts(is_whole):
    case = committee_case()
    member = case.members["unsigned"]
    drafter = MemberFactory(seat=member.seat)
    review = write_review(case.file, drafter, sign=False)
    mine, file = Review.objects.get(pk=review.pk), Candidature.objects.get(pk=case.file.pk)
    whom = None if is_whole else member

    outcomes = at_once(
        lambda: mine.sign(member.user),
        lambda: Recusal.raise_for(file, member.seat, "Motif", case.people["staff"], member=whom),
    )

    assert outcomes in (["done", "done"], ["done", "refused"])
    assert Recusal.objects.count() == 1
    assert not Review.objects.counted().filter(seat=member.seat).exists()


def test_recusal_leaves_the_other_files_open(case):
    other = committee_case()
    MemberFactory(seat=SeatFactory(call=other.phase.call), user=case.people["signed"])
    recuse(case, "signed", True)

    assert list(Candidature.objects.judged_by(case.people["signed"])) == [other.file]
