"""The acts of an applicant: deposit, receipt, supplements, withdrawal, and what happens when they come too late."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from post_office.models import Email
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from applications.models import Candidature, Status
from tests.factories import (
    PASSWORD,
    AttachmentFactory,
    CandidatureFactory,
    CarrierFactory,
    PhaseFactory,
    SiteFactory,
    StaffFactory,
    lead_of,
    question_of,
)

CONFIRMED = {"confirmed": "on"}


def url_of(candidature, verb):
    return reverse("applications:transition", args=[candidature.reference, verb])


def signed_in(client, candidature):
    client.force_login(lead_of(candidature))
    return candidature


def test_deposit_is_read_back_before_it_is_made(client):
    candidature = signed_in(client, CandidatureFactory())

    page = client.get(url_of(candidature, "submit"))

    for text in (
        candidature.title,
        candidature.summary,
        "deliberation.pdf",
        "chef de file",
        "2027-2028",
        "Dépôt possible jusqu’au",
    ):
        assertContains(page, text)
    assertContains(client.post(url_of(candidature, "submit")), "Cochez cette case pour déposer.", count=2)
    assert Candidature.objects.get().status == Status.DRAFT


def test_deposit_leads_to_its_receipt(client):
    candidature = signed_in(client, CandidatureFactory())

    response = client.post(url_of(candidature, "submit"), CONFIRMED)

    assertRedirects(response, reverse("applications:receipt", args=[candidature.reference, 1]))
    assert Candidature.objects.get().status == Status.SUBMITTED


def test_receipt_says_what_was_deposited_when_and_by_whom(client):
    phase = PhaseFactory(
        call__contact_email="appel@example.fr", closes_at=datetime(2027, 6, 25, 23, 59, tzinfo=ZoneInfo("Europe/Paris"))
    )
    with time_machine.travel(datetime(2027, 6, 25, 21, 58, 7, tzinfo=ZoneInfo("UTC")), tick=False):
        candidature = signed_in(client, CandidatureFactory(call=phase.call))
        page = client.post(url_of(candidature, "submit"), CONFIRMED, follow=True)

    submission = candidature.submissions.get()
    words = page.content.decode().replace("\N{NO-BREAK SPACE}", " ")
    for text in (
        f"{candidature.reference}-1",
        "Version 1",
        "vendredi 25 juin 2027 à 23 h 58 min 07 s (heure de Paris)",
        lead_of(candidature).full_name,
        candidature.carriers.get().name,
        candidature.sites.get().commune.name,
        "deliberation.pdf",
        "14 octets",
        "0" * 64,
        submission.sha256,
        submission.code,
        "appel@example.fr",
    ):
        assert text in words


def test_receipt_keeps_what_was_deposited_when_the_file_changes(client):
    candidature = signed_in(client, CandidatureFactory(status=Status.SUPPLEMENTS_REQUESTED))
    name = candidature.sites.get().commune.name
    candidature.sites.all().delete()

    assertContains(client.get(candidature.last_submission.get_absolute_url()), name)


def test_version_that_does_not_exist_is_not_found(client):
    candidature = signed_in(client, CandidatureFactory())

    assert client.get(reverse("applications:receipt", args=[candidature.reference, 1])).status_code == 404


def test_incomplete_file_says_what_is_missing_with_links(client):
    candidature = signed_in(client, CandidatureFactory(attachment=None))

    page = client.get(url_of(candidature, "submit"))

    section = reverse("applications:section", args=[candidature.reference, "pieces"])
    assertContains(page, f'href="{section}#q{question_of(candidature, "engagement").pk}"')
    assertContains(page, "Délibération ou lettre d’engagement : à joindre")
    assertNotContains(page, "J’ai relu")
    client.post(url_of(candidature, "submit"), CONFIRMED)
    assert Candidature.objects.get().status == Status.DRAFT


def test_deposit_one_second_after_the_closing_is_refused_and_nothing_lost(client):
    candidature = signed_in(client, CandidatureFactory())
    phase = candidature.call.phases.get()

    with time_machine.travel(phase.last_moment + timedelta(seconds=1), tick=False):
        client.force_login(lead_of(candidature))
        page = client.post(url_of(candidature, "submit"), CONFIRMED)

        assertContains(page, "Les dépôts sont clos pour cet appel. Votre dossier est conservé tel qu’il est.")
        assertContains(page, candidature.summary)
    candidature.refresh_from_db()
    assert (candidature.status, candidature.submissions.count(), Email.objects.count()) == (Status.DRAFT, 0, 0)


def test_deposit_at_the_last_second_is_taken(client):
    candidature = CandidatureFactory()

    with time_machine.travel(candidature.call.phases.get().last_moment - timedelta(seconds=1), tick=False):
        client.force_login(lead_of(candidature))
        client.post(url_of(candidature, "submit"), CONFIRMED)

    assert Candidature.objects.get().status == Status.SUBMITTED


def test_session_that_expired_on_deposit_signs_in_and_comes_back():
    client = Client(enforce_csrf_checks=True)
    candidature = CandidatureFactory()
    user, url = lead_of(candidature), url_of(candidature, "submit")
    user.emailaddress_set.create(email=user.email, verified=True, primary=True)
    client.force_login(user)
    client.get(url)
    token = client.cookies["csrftoken"].value
    del client.cookies["sessionid"]  # the session ends while the page is open

    response = client.post(url, CONFIRMED | {"csrfmiddlewaretoken": token})
    sign_in = f"{reverse('account_login')}?next={url}"
    assertRedirects(response, sign_in)

    token = client.cookies["csrftoken"].value
    credentials = {"login": user.email, "password": PASSWORD, "next": url, "csrfmiddlewaretoken": token}
    page = client.post(sign_in, credentials, follow=True)

    assert page.redirect_chain == [(url, 302)]
    assertContains(page, candidature.summary)
    assertContains(page, "J’ai relu la candidature")
    assert Candidature.objects.get().status == Status.DRAFT


def test_withdrawal_needs_its_motive_then_can_be_undone(client):
    candidature = signed_in(client, CandidatureFactory(status=Status.SUBMITTED))

    assertContains(client.post(url_of(candidature, "withdraw"), {"note": "  "}), "Ce champ est obligatoire", count=2)
    assertRedirects(
        client.post(url_of(candidature, "withdraw"), {"note": "Le conseil y renonce."}), candidature.get_absolute_url()
    )
    assertContains(client.get(candidature.get_absolute_url()), "Le conseil y renonce.")
    client.post(url_of(candidature, "restore"))

    assert Candidature.objects.get().status == Status.SUBMITTED


@pytest.mark.parametrize(("note", "message"), [("x" * 4001, "au plus 4000 caractères"), ("\x00", "caractère nul")])
def test_absurd_motive_is_refused_and_kept(client, note, message):
    candidature = signed_in(client, CandidatureFactory(status=Status.SUBMITTED))

    page = client.post(url_of(candidature, "withdraw"), {"note": note})

    assertContains(page, message)
    assertContains(page, note.replace("\x00", ""))
    assert Candidature.objects.get().status == Status.SUBMITTED


def test_act_that_someone_else_made_impossible_is_told_and_the_motive_kept(client):
    candidature = signed_in(client, CandidatureFactory(status=Status.SUBMITTED, phase__closed=True))
    candidature.refuse(by=StaffFactory(), note="Hors périmètre")

    page = client.post(url_of(candidature, "withdraw"), {"note": "Une longue explication"})

    assertContains(page, "Cette action n’est pas possible")
    assertContains(page, "Une longue explication")
    assert Candidature.objects.get().status == Status.INADMISSIBLE


def test_page_of_an_act_that_is_not_possible_leads_back_with_the_reason(client):
    candidature = signed_in(client, CandidatureFactory(status=Status.REJECTED))

    page = client.get(url_of(candidature, "withdraw"), follow=True)

    assert page.redirect_chain == [(candidature.get_absolute_url(), 302)]
    assertContains(page, "Cette action n’est pas possible")


def test_supplements_make_a_second_version(client):
    candidature = signed_in(client, CandidatureFactory(status=Status.SUPPLEMENTS_REQUESTED))

    response = client.post(url_of(candidature, "answer_supplements"), CONFIRMED | {"note": "Voici."})

    assertRedirects(response, reverse("applications:receipt", args=[candidature.reference, 2]))
    assert candidature.events.get().note == "Voici."


@pytest.mark.parametrize("count", [1, 3])
def test_deposit_page_query_count_does_not_grow(client, count, django_assert_num_queries):
    candidature = signed_in(client, CandidatureFactory())
    CarrierFactory.create_batch(count, candidature=candidature, is_lead=False)
    SiteFactory.create_batch(count, candidature=candidature)
    AttachmentFactory.create_batch(count, candidature=candidature)

    with django_assert_num_queries(26):
        client.get(url_of(candidature, "submit"))


@pytest.mark.parametrize("count", [1, 3])
def test_receipt_query_count_does_not_grow(client, count, django_assert_num_queries):
    candidature = CandidatureFactory()
    AttachmentFactory.create_batch(count, candidature=candidature)
    candidature.submit(by=lead_of(candidature))
    client.force_login(lead_of(candidature))

    url = candidature.last_submission.get_absolute_url()
    with django_assert_num_queries(11):
        client.get(url)
