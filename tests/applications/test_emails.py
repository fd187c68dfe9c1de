"""The mails of a candidature: to whom, saying what, and only with the act that they tell."""

import pytest
from django.conf import settings
from django.core import mail
from django.db import transaction
from django.urls import reverse
from post_office.models import Email

from applications import emails
from applications.models import TRANSITIONS, Actor, Status
from applications.models.workflow import BUTTONS_OF
from applications.sending import send_outbox
from applications.views.acts import act
from tests.factories import CandidatureFactory, MembershipFactory, StaffFactory, UserFactory, lead_of, ready_for


def mail_of(candidature) -> Email:
    """The one mail queued to the lead."""
    return Email.objects.get(to=lead_of(candidature).email)


def test_receipt_is_queued_to_each_member_apart():
    candidature = CandidatureFactory()
    reader = MembershipFactory(candidature=candidature, role="reader").user
    MembershipFactory(candidature=candidature, role="editor", user=UserFactory(is_active=False))

    act(candidature, "submit", lead_of(candidature), "")

    assert {tuple(queued.to) for queued in Email.objects.all()} == {(lead_of(candidature).email,), (reader.email,)}
    message, submission = mail_of(candidature), candidature.last_submission
    assert message.subject.startswith(f"{candidature.reference}\N{NO-BREAK SPACE}: récépissé de dépôt")
    for text in (
        f"{candidature.reference}, version 1",
        "(heure de Paris)",
        candidature.carriers.get().name,
        "deliberation.pdf",
        submission.sha256,
        submission.code,
        f"{settings.BASE_URL}{candidature.get_absolute_url()}",
    ):
        assert text in message.message


@pytest.mark.parametrize("verb", [verb for verb, t in TRANSITIONS.items() if t.actor in BUTTONS_OF])
def test_every_act_has_its_mail_with_its_motive(verb):
    transition = TRANSITIONS[verb]
    candidature = ready_for(verb, min(transition.sources))
    by = lead_of(candidature) if transition.actor == Actor.APPLICANT else StaffFactory()

    act(candidature, verb, by, "Un motif écrit.")

    message = mail_of(candidature)
    assert candidature.reference in message.subject
    assert message.message.startswith("Bonjour,")
    if transition.needs_note:
        assert "Un motif écrit." in message.message


def test_mail_goes_with_its_act_or_not_at_all():
    candidature = CandidatureFactory()

    with transaction.atomic():
        act(candidature, "submit", lead_of(candidature), "")
        assert Email.objects.count() == 1
        transaction.set_rollback(True)

    candidature.refresh_from_db()
    assert (candidature.status, Email.objects.count()) == (Status.DRAFT, 0)


def test_act_is_undone_when_its_mail_cannot_be_queued(monkeypatch):
    candidature = CandidatureFactory()
    monkeypatch.setitem(emails.NOTICES, "submit", ("récépissé", "emails/absent.txt"))

    with pytest.raises(Exception, match=r"emails/absent\.txt"):
        act(candidature, "submit", lead_of(candidature), "")

    candidature.refresh_from_db()
    assert (candidature.status, candidature.submissions.count()) == (Status.DRAFT, 0)


def test_what_people_write_reaches_the_mail_as_they_wrote_it():
    note = "L’accès & l’étage <b>2</b> {{ user.password }} {% absent %} « 7 > 5 »"
    candidature = CandidatureFactory(status=Status.SUBMITTED)

    act(candidature, "withdraw", lead_of(candidature), note)

    assert note in mail_of(candidature).message


def test_queued_mail_leaves_through_the_outbox(settings):
    settings.POST_OFFICE = settings.POST_OFFICE | {
        "BACKENDS": {"default": "django.core.mail.backends.locmem.EmailBackend"}
    }
    candidature = CandidatureFactory()
    act(candidature, "submit", lead_of(candidature), "")

    send_outbox()

    assert [message.to for message in mail.outbox] == [[lead_of(candidature).email]]


def test_links_of_mails_start_with_the_address_of_the_portal(settings):
    settings.BASE_URL = "https://portail.example.fr"
    candidature = CandidatureFactory()

    act(candidature, "submit", lead_of(candidature), "")

    page = reverse("applications:detail", args=[candidature.reference])
    assert f"https://portail.example.fr{page}" in mail_of(candidature).message
