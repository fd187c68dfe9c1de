from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import Role
from applications.models import Candidature, Event, Status, Submission
from labels.models import OpeningChange
from tests.factories import (
    AntennaFactory,
    CandidatureFactory,
    CommuneFactory,
    CriterionFactory,
    MemberFactory,
    MilestoneFactory,
    SeatFactory,
    StaffFactory,
    UserFactory,
    lead_of,
    signed_review,
)


def deposited() -> Candidature:
    candidature = CandidatureFactory()
    candidature.submit(lead_of(candidature))
    return candidature


def said() -> str:
    out = StringIO()
    call_command("check_data", stdout=out)
    return out.getvalue()


def test_sound_data_has_no_fault():
    deposited()

    assert said() == "Aucune anomalie.\n"


def test_status_that_no_act_gave_is_found():
    candidature = deposited()
    Candidature.objects.filter(pk=candidature.pk).update(status=Status.ADMISSIBLE)

    with pytest.raises(CommandError, match="1 anomalie"):
        said()


def test_altered_deposit_is_found():
    deposited()
    Submission.objects.update(sha256="0" * 64)

    with pytest.raises(CommandError, match="1 anomalie"):
        said()


def test_candidature_that_does_not_say_what_its_deposit_says_is_found():
    Candidature.objects.filter(pk=deposited().pk).update(title="Un autre titre")

    with pytest.raises(CommandError, match="1 anomalie"):
        said()


def test_altered_journal_is_found():
    deposited()
    Event.objects.filter(verb="submit").update(note="autre motif")

    with pytest.raises(CommandError, match="1 anomalie"):
        said()


def test_lost_piece_is_found():
    piece = deposited().attachments.get()
    piece.file.storage.delete(piece.file.name)

    with pytest.raises(CommandError, match="1 anomalie"):
        said()


def test_review_signed_after_the_seal_is_found():
    candidature = deposited()
    candidature.phase.closes_at = timezone.now() - timedelta(hours=1)
    candidature.phase.save()
    candidature.admit(StaffFactory(), "Motif")
    CriterionFactory(call=candidature.call)
    signed_review(candidature, MemberFactory(seat=SeatFactory(call=candidature.call)), [3])
    candidature.phase.seal_opened_at = candidature.phase.closes_at
    candidature.phase.save()

    with pytest.raises(CommandError, match="1 anomalie"):
        said()


def test_antenna_opened_before_its_label_is_found():
    antenna = AntennaFactory(labelled_on=timezone.localdate())
    OpeningChange.objects.create(antenna=antenna, kind="opened", opened_on=timezone.localdate() - timedelta(days=1))

    with pytest.raises(CommandError, match="1 anomalie"):
        said()


@pytest.mark.parametrize(
    ("kind", "day"),
    [
        ("resumed", timezone.localdate()),
        ("agreement", timezone.localdate() - timedelta(days=40)),
        ("premises", timezone.localdate() + timedelta(days=40)),
    ],
)
def test_antenna_whose_steps_cannot_be_true_together_is_found(kind, day):
    antenna = AntennaFactory(labelled_on=timezone.localdate() - timedelta(days=30))
    MilestoneFactory(antenna=antenna, kind=kind, happened_on=day)

    with pytest.raises(CommandError, match="1 anomalie"):
        said()


def test_antenna_whose_steps_are_in_order_is_sound():
    antenna = AntennaFactory(labelled_on=timezone.localdate() - timedelta(days=30))
    wrong = MilestoneFactory(antenna=antenna, kind="resumed")
    MilestoneFactory(antenna=antenna, kind="resumed", happened_on=None, corrects=wrong, note="Erreur")
    MilestoneFactory(antenna=antenna, kind="agreement")

    assert said() == "Aucune anomalie.\n"


def test_member_without_the_role_is_found():
    MemberFactory(user=UserFactory(role=Role.APPLICANT))

    with pytest.raises(CommandError, match="1 anomalie"):
        said()


def test_territory_that_ended_is_told_with_its_successor():
    successor = CommuneFactory(name="Culoz-Béon")
    AntennaFactory(places=CommuneFactory(name="Béon", ended_on=timezone.localdate(), successor=successor))

    assert "Béon" in said()
    assert "remplacé par Culoz-Béon" in said()
