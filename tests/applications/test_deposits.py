"""Deposits: again until the closing, what was never deposited set aside, and versions that say what they hold."""

import pytest
from django.utils import timezone

from applications.models import Candidature, Event, ForbiddenTransition, Question, SelectionPhase, SetAside, Status
from applications.models.deposit import Submission, canonical_hash
from applications.models.restoring import discard_changes
from applications.models.working_copy import WorkingCopy
from applications.templatetags.french import long_moment
from applications.views.places import take_carrier_away
from tests.applications.at_once import at_once
from tests.applications.file_case import answer, ask, deposit
from tests.factories import (
    AttachmentFactory,
    CandidatureFactory,
    CarrierFactory,
    MembershipFactory,
    SiteFactory,
    StaffFactory,
    lead_of,
)

Kind, Reason = Question.Kind, SetAside.Reason
EXAMINING = ["admit", "refuse", "request_supplements"]


def fresh(candidature) -> Candidature:
    return Candidature.objects.get(pk=candidature.pk)


def content_of(candidature) -> dict:
    """What the working copy says now."""
    return WorkingCopy(fresh(candidature)).content()


def rewrite(candidature, summary="Un résumé réécrit."):
    candidature.answers.filter(question__code="summary").update(value=summary)


def close(candidature) -> Candidature:
    """Close the phase of the candidature."""
    SelectionPhase.objects.filter(pk=candidature.phase_id).update(closes_at=timezone.now())
    return fresh(candidature)


def examine(candidature, verb):
    getattr(candidature, verb)(by=StaffFactory(), note="Motif")


@pytest.fixture
def deposited():
    """A file that uses all that a deposit holds, deposited in an open phase."""
    candidature = CandidatureFactory(status=Status.SUBMITTED)
    call, lead = candidature.call, candidature.carriers.get()
    second = CarrierFactory(candidature=candidature, is_lead=False, position=1)
    SiteFactory(candidature=candidature)
    candidature.partners.create(name="Un garage", kind="company", contribution="Deux apprentis.")
    candidature.partners.create(name="La CCI", kind="chamber", siren="180043036")
    signer = ask(call, "porteurs", "maire", per_carrier=True)
    letter = ask(call, "porteurs", "lettre", kind=Kind.FILE, per_carrier=True, max_files=2)
    premises = ask(call, "projet", "locaux", kind=Kind.YES_NO)
    surface = ask(call, "projet", "surface", kind=Kind.INTEGER, condition=premises, condition_value="oui")
    ask(call, "projet", "vide")
    for carrier in (lead, second):
        answer(candidature, signer, f"Signe pour {carrier.name}", carrier=carrier)
        AttachmentFactory(candidature=candidature, question=letter, carrier=carrier, name=f"{carrier.name}.pdf")
    answer(candidature, premises, True)
    answer(candidature, surface, 200)
    AttachmentFactory(candidature=candidature, name="annexe.pdf", sha256="a" * 64)
    deposit(candidature)
    return candidature


def upset(candidature):
    """Change all that can be in the working copy, as its members do."""
    by, lead = lead_of(candidature), candidature.carriers.get(is_lead=True)
    engagement, annexe = (candidature.attachments.get(name=name) for name in ("deliberation.pdf", "annexe.pdf"))
    take_carrier_away(candidature, lead, by)
    newcomer = CarrierFactory(candidature=candidature, is_lead=True)
    answer(candidature, Question.objects.get(code="maire"), "Une autre personne", carrier=newcomer)
    candidature.sites.first().delete()
    SiteFactory(candidature=candidature)
    candidature.partners.get(name="Un garage").delete()
    candidature.partners.update(contribution="Des salles.")
    candidature.partners.create(name="Un lycée", kind="training")
    candidature.answers.filter(question__code="locaux").update(value=False)
    candidature.answers.filter(question__code="title").update(value=None)
    answer(candidature, Question.objects.get(code="vide"), "Ce qui n’était pas dit.")
    engagement.replaced_by = AttachmentFactory(candidature=candidature, sha256="b" * 64)
    engagement.save()
    annexe.removed_at = timezone.now()
    annexe.save()
    AttachmentFactory(candidature=candidature, name="en-plus.pdf", sha256="c" * 64)


# Depositing again


def test_last_of_several_deposits_stands(deposited):
    first = deposited.last_submission
    rewrite(deposited)

    deposited.resubmit(by=lead_of(deposited))

    last = deposited.last_submission
    assert last.number == first.number + 1
    assert last.content["summary"] == "Un résumé réécrit."
    assert fresh(deposited).summary == "Un résumé réécrit."
    assert fresh(deposited).submitted_at == last.submitted_at > first.submitted_at


def test_former_deposit_stands_while_the_next_is_being_written(deposited):
    before = deposited.summary
    rewrite(deposited)

    assert fresh(deposited).has_undeposited_changes
    assert fresh(deposited).summary == before
    assert deposited.last_submission.content["summary"] == before


def test_versions_are_numbered_from_one_and_never_change():
    candidature = CandidatureFactory()
    by = lead_of(candidature)
    candidature.submit(by=by)
    for text in ("Deux", "Trois"):
        rewrite(candidature, text)
        candidature.resubmit(by=by)

    versions = candidature.submissions.order_by("number")
    assert [(version.number, version.content["summary"]) for version in versions] == [
        (1, candidature.submissions.get(number=1).content["summary"]),
        (2, "Deux"),
        (3, "Trois"),
    ]
    assert [version.sha256 for version in versions] == [canonical_hash(version.content) for version in versions]


def test_nothing_new_is_not_deposited_again(deposited):
    number = deposited.submissions.count()

    with pytest.raises(ForbiddenTransition, match="Rien n’a changé depuis votre dernier dépôt"):
        deposited.resubmit(by=lead_of(deposited))

    assert deposited.submissions.count() == number


def test_file_that_became_incomplete_is_not_deposited_and_the_former_stands(deposited):
    number, before = deposited.submissions.count(), deposited.title
    deposited.answers.filter(question__code="title").update(value=None)

    with pytest.raises(ForbiddenTransition, match="Il reste à compléter : Intitulé : à remplir"):
        deposited.resubmit(by=lead_of(deposited))

    assert deposited.submissions.count() == number
    assert (fresh(deposited).status, fresh(deposited).title) == (Status.SUBMITTED, before)


def test_nothing_is_deposited_again_after_the_closing(deposited):
    rewrite(deposited)
    closed = close(deposited)

    with pytest.raises(ForbiddenTransition, match="votre dernier dépôt est examiné tel qu’il est"):
        closed.resubmit(by=lead_of(closed))


def test_piece_moved_to_its_right_place_is_something_new(deposited):
    piece = deposited.attachments.get(name="annexe.pdf")
    piece.question, piece.carrier = Question.objects.get(code="lettre"), deposited.carriers.first()
    piece.save()

    deposited.resubmit(by=lead_of(deposited))

    placed = {each["name"]: each["question"] for each in deposited.last_submission.content["pieces"]}
    assert placed["annexe.pdf"] == "lettre"


# What a version holds


def test_version_holds_the_working_copy_its_hash_and_its_pieces(deposited):
    upset(deposited)
    deposited.answers.filter(question__code="title").update(value="Un titre")
    said = content_of(deposited)

    deposited.resubmit(by=lead_of(deposited))

    version = Submission.objects.get(pk=deposited.last_submission.pk)
    assert version.content == said
    assert version.sha256 == canonical_hash(said)
    assert sorted(version.pieces.values_list("pk", flat=True)) == sorted(piece["id"] for piece in said["pieces"])
    assert version.submitted_by == lead_of(deposited)


def test_piece_replaced_later_stays_in_the_version_that_held_it(deposited):
    version, piece = deposited.last_submission, deposited.attachments.get(name="annexe.pdf")
    piece.replaced_by = AttachmentFactory(candidature=deposited, name="annexe.pdf", sha256="d" * 64)
    piece.save()

    deposited.resubmit(by=lead_of(deposited))

    assert piece in version.pieces.all()
    assert piece not in deposited.last_submission.pieces.all()


def test_hash_does_not_depend_on_the_order_of_keys_and_tells_one_letter_apart():
    assert canonical_hash({"a": 1, "é": "œ"}) == canonical_hash({"é": "œ", "a": 1})
    assert canonical_hash({"a": "é"}) != canonical_hash({"a": "e"})
    # printf '{"a":"é"}' | sha256sum
    assert canonical_hash({"a": "é"}) == "b3a092a6af48807fa9482b2ee140105575daa26d5b24b3c0e60a7e2dee6683b1"


# What was never deposited


@pytest.mark.parametrize("verb", EXAMINING)
def test_changes_never_deposited_are_set_aside_and_the_deposit_is_what_remains(deposited, verb):
    upset(deposited)
    changed, number = content_of(deposited), deposited.submissions.count()
    candidature = close(deposited)

    examine(candidature, verb)

    assert content_of(candidature) == candidature.last_submission.content
    assert not fresh(candidature).has_undeposited_changes
    text = candidature.set_aside.get(question=None)
    assert (text.value, text.reason) == (changed, Reason.NOT_DEPOSITED)
    assert [event.verb for event in candidature.events.order_by("number")] == [verb, "set_aside"]
    assert candidature.submissions.count() == number


@pytest.mark.parametrize("verb", EXAMINING)
def test_nothing_is_set_aside_when_all_was_deposited(deposited, verb):
    candidature = close(deposited)

    examine(candidature, verb)

    assert not candidature.set_aside.exists()
    assert [event.verb for event in candidature.events] == [verb]


def test_carrier_that_comes_back_keeps_the_pieces_that_were_deposited_for_it(deposited):
    lead = deposited.carriers.get(is_lead=True)
    piece = deposited.attachments.get(carrier=lead)
    upset(deposited)

    examine(close(deposited), "admit")

    back = deposited.carriers.get(is_lead=True)
    piece.refresh_from_db()
    assert (back.commune, piece.carrier, piece.stands) == (lead.commune, back, True)


def test_replaced_piece_stands_again_and_the_others_stay_among_the_former_ones(deposited):
    upset(deposited)
    names = set(deposited.attachments.values_list("name", "sha256"))

    examine(close(deposited), "admit")

    standing = {piece.pk for piece in deposited.attachments.standing()}
    assert standing == {piece["id"] for piece in deposited.last_submission.content["pieces"]}
    assert set(deposited.attachments.values_list("name", "sha256")) == names


def test_answer_to_a_question_added_since_the_deposit_is_set_aside_too(deposited):
    answer(deposited, ask(deposited.call, "projet", "ajoutee"), "Écrit trop tard.")

    examine(close(deposited), "admit")

    assert deposited.answers.get(question__code="ajoutee").value is None
    assert "Écrit trop tard." in str(deposited.set_aside.get().value)
    assert not fresh(deposited).has_undeposited_changes


def test_page_opened_before_sees_that_the_answer_changed(deposited):
    rewrite(deposited)
    seen = deposited.answers.get(question__code="summary").version

    examine(close(deposited), "request_supplements")

    assert deposited.answers.get(question__code="summary").version == seen + 1


def test_discarding_goes_back_to_the_deposit_and_keeps_what_was_written(deposited):
    upset(deposited)
    changed = content_of(deposited)

    discard_changes(deposited, lead_of(deposited))

    assert content_of(deposited) == deposited.last_submission.content
    text = deposited.set_aside.get(question=None)
    assert (text.value, text.reason, text.by) == (changed, Reason.DISCARDED, lead_of(deposited))
    assert [event.verb for event in deposited.events] == ["discard"]


def test_nothing_to_discard_is_told(deposited):
    with pytest.raises(ForbiddenTransition, match="Rien n’a changé"):
        discard_changes(deposited, lead_of(deposited))

    assert not Event.objects.about(deposited).exists()


def test_draft_never_deposited_has_nothing_to_go_back_to():
    candidature = CandidatureFactory()

    with pytest.raises(ForbiddenTransition):
        discard_changes(candidature, lead_of(candidature))

    assert not candidature.set_aside.exists()


def test_nothing_is_discarded_after_the_closing(deposited):
    rewrite(deposited)
    candidature = close(deposited)

    with pytest.raises(ForbiddenTransition, match="clos"):
        discard_changes(candidature, lead_of(candidature))

    assert candidature.has_undeposited_changes


# The team, before the closing


@pytest.mark.parametrize("verb", EXAMINING)
def test_team_waits_for_the_closing(deposited, verb):
    until = f"jusqu’au {long_moment(deposited.phase.closes_at)} (heure de Paris) : examinez ensuite."

    with pytest.raises(ForbiddenTransition) as refusal:
        examine(deposited, verb)

    assert str(refusal.value) == f"Les porteurs peuvent déposer une nouvelle version {until}"
    assert fresh(deposited).status == Status.SUBMITTED


@pytest.mark.parametrize("verb", EXAMINING)
def test_team_waits_for_the_end_of_the_tolerance(deposited, verb):
    type(deposited.call).objects.update(tolerance_minutes=10)

    with pytest.raises(ForbiddenTransition, match="examinez ensuite"):
        examine(close(deposited), verb)


# At once


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("verb", "status", "versions"), [("submit", "draft", 1), ("resubmit", "submitted", 2)])
def test_two_deposits_at_once_make_one_version(verb, status, versions):
    candidature = CandidatureFactory(status=status)
    colleague = MembershipFactory(candidature=candidature).user
    rewrite(candidature)
    mine, theirs = fresh(candidature), fresh(candidature)

    people = ((mine, lead_of(candidature)), (theirs, colleague))
    acts = [lambda each=each, by=by: getattr(each, verb)(by=by) for each, by in people]

    assert at_once(*acts) == ["done", "refused"]
    assert candidature.submissions.count() == versions
    assert candidature.events.count() == 1


def test_deposit_made_before_the_form_was_rows_differs_only_by_what_it_knew():
    candidature = CandidatureFactory(status=Status.SUBMITTED)
    deposit = candidature.last_submission
    known = ("reference", "call", "title", "summary", "concept", "target_year", "carriers", "sites", "pieces")
    deposit.content = {name: deposit.content[name] for name in known}
    deposit.content["pieces"] = [
        {name: piece[name] for name in ("name", "size", "sha256")} for piece in deposit.content["pieces"]
    ]
    deposit.save()

    assert not candidature.has_undeposited_changes
    candidature.sites.all().delete()
    assert candidature.has_undeposited_changes
