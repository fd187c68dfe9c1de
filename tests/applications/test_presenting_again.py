"""A candidature that was not retained, presented again in an open phase: filled in, with the same people and files."""

import pytest

from applications.models import (
    Candidature,
    ForbiddenTransition,
    Membership,
    Question,
    Status,
    WorkingCopy,
    present_again,
)
from applications.models.working_copy import substance
from applications.receiving import take_away
from tests.applications.at_once import at_once
from tests.applications.file_case import answer, ask, deposit
from tests.factories import (
    AttachmentFactory,
    CandidatureFactory,
    MembershipFactory,
    PhaseFactory,
    StaffFactory,
    UserFactory,
    lead_of,
)

Role = Membership.Role
PRESENTABLE = [Status.DEFERRED, Status.REJECTED]


def rejected(status=Status.REJECTED) -> Candidature:
    """A file with all that a deposit holds, judged in a closed phase of a call that has an open one."""
    candidature = CandidatureFactory(status=status, phase__closed=True, phase__number=1)
    call, carrier = candidature.call, candidature.carriers.get()
    PhaseFactory(call=call, number=2)
    candidature.partners.create(name="Un garage", kind="company", contribution="Deux apprentis.")
    signer = ask(call, "porteurs", "maire", per_carrier=True)
    letter = ask(call, "porteurs", "lettre", kind=Question.Kind.FILE, per_carrier=True)
    answer(candidature, signer, "Camille Le Goff", carrier=carrier)
    AttachmentFactory(candidature=candidature, question=letter, carrier=carrier, name="lettre.pdf", scan="clean")
    AttachmentFactory(candidature=candidature, name="ancienne.pdf", removed_at=candidature.created_at)
    deposit(candidature)
    return candidature


def content_of(candidature) -> dict:
    return WorkingCopy(Candidature.objects.get(pk=candidature.pk)).content()


def people(candidature) -> dict:
    return {membership.user: membership.role for membership in candidature.memberships.all()}


@pytest.mark.parametrize("status", PRESENTABLE)
def test_new_draft_is_filled_in_with_what_was_deposited(status):
    candidature = rejected(status)

    new = present_again(candidature, lead_of(candidature))

    new.refresh_from_db()
    assert (new.status, new.previous, new.call) == (Status.DRAFT, candidature, candidature.call)
    assert new.number > candidature.number
    assert substance(content_of(new)) == substance(candidature.last_submission.content)
    columns = ("title", "summary", "concept", "target_year")
    assert [getattr(new, column) for column in columns] == [getattr(candidature, column) for column in columns]


def test_nothing_of_the_new_candidature_is_deposited():
    candidature = rejected()

    new = present_again(candidature, lead_of(candidature))

    assert (new.submissions.count(), new.submitted_at, new.phase) == (0, None, None)
    assert Candidature.objects.get(pk=candidature.pk).status == Status.REJECTED


def test_text_written_after_the_deposit_is_not_taken_over():
    candidature = rejected()
    candidature.answers.filter(question__code="summary").update(value="Jamais déposé.")

    new = present_again(candidature, lead_of(candidature))

    assert new.answers.get(question__code="summary").value == candidature.summary


@pytest.mark.parametrize("presented_by", [Role.LEAD, Role.EDITOR])
def test_its_members_keep_their_roles_whoever_presents_it(presented_by):
    candidature = rejected()
    MembershipFactory(candidature=candidature, role=Role.EDITOR)
    MembershipFactory(candidature=candidature, role=Role.READER)
    by = candidature.memberships.filter(role=presented_by).first().user

    new = present_again(candidature, by)

    assert people(new) == people(candidature)


def test_its_pieces_are_the_same_stored_files_each_for_its_question_and_carrier():
    candidature = rejected()
    by = lead_of(candidature)

    new = present_again(candidature, by)

    former = candidature.last_submission.pieces.order_by("name")
    names = ("file", "name", "size", "sha256", "content_type", "scan", "question")
    assert [[getattr(piece, name) for name in names] for piece in new.attachments.order_by("name")] == [
        [getattr(piece, name) for name in names] for piece in former
    ]
    assert {(piece.name, piece.carrier, piece.uploaded_by) for piece in new.attachments.all()} == {
        ("lettre.pdf", new.carriers.get(), by),
        ("deliberation.pdf", None, by),
    }
    assert {piece.pk for piece in new.attachments.all()}.isdisjoint(piece.pk for piece in former)


def test_piece_taken_away_from_the_new_candidature_stays_readable_in_the_former():
    candidature = rejected()
    new = present_again(candidature, lead_of(candidature))

    for piece in new.attachments.all():
        take_away(piece)

    piece = candidature.last_submission.pieces.get(name="deliberation.pdf")
    assert piece.stands
    with piece.file.open() as file:
        assert file.read() == b"%PDF-1.7 piece"


def test_each_journal_tells_its_part():
    candidature = rejected()
    by = lead_of(candidature)

    new = present_again(candidature, by)

    told = candidature.events.get()
    assert (told.verb, told.by, told.payload) == ("present_again", by, {"candidature": new.reference})
    assert [(event.verb, event.by) for event in new.events] == [("create", by)]


def test_new_candidature_can_be_deposited_as_it_is():
    candidature = rejected()
    by = lead_of(candidature)
    new = present_again(candidature, by)

    new.submit(by=by)

    assert (new.status, new.phase.number) == (Status.SUBMITTED, 2)


# Refused


def refusal(candidature, by) -> str:
    """Why it is refused; nothing was begun."""
    number = Candidature.objects.count()
    with pytest.raises(ForbiddenTransition) as refused:
        present_again(candidature, by)
    assert Candidature.objects.count() == number
    return str(refused.value)


@pytest.mark.parametrize("status", [status for status in Status if status not in PRESENTABLE])
def test_only_a_file_deferred_or_rejected_is_presented_again(status):
    candidature = rejected(status) if status != Status.DRAFT else CandidatureFactory()

    assert refusal(candidature, lead_of(candidature)).startswith("Seule une candidature à consolider")


def test_it_is_presented_again_once_and_the_living_one_is_named():
    candidature = rejected()
    by = lead_of(candidature)
    gone = present_again(candidature, by)
    gone.submit(by=by)
    gone.withdraw(by=by, note="Une erreur.")

    living = present_again(candidature, by)

    assert refusal(candidature, by) == f"Elle est déjà présentée de nouveau : {living.reference}."


@pytest.mark.parametrize("who", ["reader", "stranger", "staff"])
def test_only_those_who_may_act_present_it_again(who):
    candidature = rejected()
    person = {
        "reader": lambda: MembershipFactory(candidature=candidature, role=Role.READER).user,
        "stranger": UserFactory,
        "staff": StaffFactory,
    }[who]()

    assert refusal(candidature, person) == "Cette action revient à : porteur."


def test_it_waits_for_an_open_phase():
    candidature = CandidatureFactory(status=Status.REJECTED, phase__closed=True)

    assert refusal(candidature, lead_of(candidature)) == "Aucune phase de cet appel n’est ouverte aux dépôts."


@pytest.mark.django_db(transaction=True)
def test_presented_again_twice_at_once_begins_one():
    candidature = rejected()
    by = lead_of(candidature)
    mine, theirs = (Candidature.objects.get(pk=candidature.pk) for _ in range(2))

    assert at_once(lambda: present_again(mine, by), lambda: present_again(theirs, by)) == ["done", "refused"]

    assert candidature.next.count() == 1
