"""What the team does around a file in the admin, and what waits for it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from post_office.models import Email

from applications.messaging import send_message
from applications.models import Attachment, Candidature, Extension, Invitation, Membership, Status
from tests.applications.file_case import address, answer, ask, deposit, text
from tests.factories import (
    AttachmentFactory,
    CandidatureFactory,
    CarrierFactory,
    CommuneFactory,
    PhaseFactory,
    UserFactory,
    lead_of,
)

pytestmark = pytest.mark.usefixtures("without_second_factor")


def mails() -> list[str]:
    return [mail.message.replace("\N{NO-BREAK SPACE}", " ") for mail in Email.objects.all()]


# More time


def extension_form(phase, **changes) -> dict:
    day = timezone.localdate() + timedelta(days=15)
    return {"phase": phase.pk, "until_0": day.isoformat(), "until_1": "18:00", "reason": "Mairie inondée."} | changes


def test_extension_is_granted_shown_written_and_told(client, staff):
    candidature = CandidatureFactory(call=PhaseFactory(closed=True).call)
    phase = candidature.call.phases.get()

    html = text(client.post(address(candidature, "extend"), extension_form(phase), follow=True))

    granted = Extension.objects.get()
    local = timezone.localtime(granted.until)
    assert (granted.phase, local.date(), local.hour) == (phase, timezone.localdate() + timedelta(days=15), 18)
    assert "Délai accordé jusqu’au" in html
    assert html.count("Mairie inondée.") == 2  # beside the verbs and in the journal
    assert Candidature.objects.get().open_phase() == phase
    assert len(mails()) == 1
    assert "Mairie inondée." in mails()[0]
    assert "à 18 h 00 (heure de Paris)" in mails()[0]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"until_0": "2020-01-01"}, "déjà passé"),
        ({"until_0": "9999-12-31"}, "trop lointaine"),
        ({"until_0": ""}, "Ce champ est obligatoire"),
        ({"reason": " "}, "Ce champ est obligatoire"),
        ({"phase": "999999"}, "Sélectionnez un choix valide"),
        ({"phase": "x"}, "Sélectionnez un choix valide"),
    ],
)
def test_bad_extension_grants_nothing_and_keeps_the_text(client, staff, changes, words):
    candidature = CandidatureFactory()
    form = extension_form(candidature.call.phases.get(), reason="MOTIFGARDE")

    html = text(client.post(address(candidature, "extend"), form | changes))

    assert words in html
    assert 'value="18:00"' in html
    assert not Extension.objects.exists()


def test_extension_before_the_closing_of_all_is_refused(client, staff):
    candidature = CandidatureFactory()
    day = (timezone.localdate() + timedelta(days=2)).isoformat()

    form = extension_form(candidature.call.phases.get(), until_0=day)

    html = text(client.post(address(candidature, "extend"), form))

    assert "doit finir plus tard que la clôture de la phase." in html
    assert not Extension.objects.exists()


@pytest.mark.parametrize(
    ("made", "words"),
    [
        ({"status": Status.ADMISSIBLE}, "L’examen de cette candidature est commencé"),
        ({"status": Status.SUBMITTED, "phase__closes_at": None}, "n’a pas de date de clôture"),
    ],
)
def test_extension_that_is_not_possible_says_why(client, staff, made, words):
    candidature = CandidatureFactory(**made)

    page = text(client.get(address(candidature)))
    html = text(client.get(address(candidature, "extend"), follow=True))

    assert address(candidature, "extend") not in page
    assert words in html


def test_extension_is_refused_once_the_seal_is_open(client, staff):
    phase = PhaseFactory(closed=True, seal_opened_at=timezone.now())
    candidature = CandidatureFactory(status=Status.SUBMITTED, phase=phase)

    assert "Le scellé de cette phase est levé." in text(client.get(address(candidature, "extend"), follow=True))


# A new lead


def test_staff_invite_a_new_lead(client, staff):
    candidature = CandidatureFactory()

    html = text(client.post(address(candidature, "invite_lead"), {"email": "Nouvelle@Mairie.example"}, follow=True))

    invitation = Invitation.objects.get()
    assert (invitation.email, invitation.role, invitation.invited_by) == (
        "nouvelle@mairie.example",
        Membership.Role.LEAD,
        staff,
    )
    assert invitation.get_absolute_url() in Email.objects.get(to="nouvelle@mairie.example").message
    assert "invitation en attente" in html


def test_invited_lead_takes_the_file_over(client, staff):
    candidature = CandidatureFactory()
    former, new = lead_of(candidature), UserFactory(email="nouvelle@mairie.example")
    client.post(address(candidature, "invite_lead"), {"email": new.email})

    Invitation.objects.get().accept(new)

    assert lead_of(candidature) == new
    assert candidature.memberships.get(user=former).role == Membership.Role.EDITOR


@pytest.mark.parametrize(("email", "words"), [("pas une adresse", "adresse de courriel valide"), ("", "obligatoire")])
def test_bad_address_invites_nobody(client, staff, email, words):
    candidature = CandidatureFactory()

    html = text(client.post(address(candidature, "invite_lead"), {"email": email}))

    assert words in html
    assert not Invitation.objects.exists()


def test_member_is_not_invited_but_named_in_the_refusal(client, staff):
    candidature = CandidatureFactory()
    email = lead_of(candidature).email

    html = text(client.post(address(candidature, "invite_lead"), {"email": email}))

    assert f"{email} travaille déjà sur cette candidature." in html
    assert f'value="{email}"' in html


# Who comes here


@pytest.mark.parametrize("page", ["extend", "invite_lead", "messages", "postpone_supplements"])
@pytest.mark.parametrize(("who", "code"), [("visitor", 302), ("applicant", 403), ("committee", 403)])
def test_pages_around_a_file_are_for_staff(client, page, who, code):
    candidature = CandidatureFactory(status=Status.SUBMITTED)
    people = {"applicant": lead_of(candidature), "committee": UserFactory(role="committee")}
    if who in people:
        client.force_login(people[who])

    answers = [client.get(address(candidature, page)), client.post(address(candidature, page), {"body": "x"})]

    assert [response.status_code for response in answers] == [code, code]
    assert candidature.messages.count() == 0


@pytest.mark.parametrize("page", ["extend", "invite_lead", "messages", "postpone_supplements"])
def test_pages_around_an_unknown_file_are_not_found(client, staff, page):
    assert client.get(reverse(f"admin:applications_candidature_{page}", args=[987654])).status_code == 404


# What waits


def test_first_page_counts_what_waits_and_leads_to_it(client, staff):
    asks, answered, unscanned = CandidatureFactory.create_batch(3, status=Status.SUBMITTED)
    send_message(asks, staff, "Bonjour", [])
    send_message(asks, lead_of(asks), "Une question", [])
    send_message(answered, lead_of(answered), "Une question", [])
    send_message(answered, staff, "La réponse", [])
    unscanned.attachments.update(scan=Attachment.Scan.PENDING)

    todo = {label: (number, link) for label, number, link in client.get("/admin/").context["todo"]}

    for label, found in {
        "candidatures avec un message sans réponse": [asks],
        "candidatures en retard de compléments": [],
        "candidatures avec une pièce en attente de l’antivirus": [unscanned],
    }.items():
        number, link = todo[label]
        assert (number, list(client.get(link).context["cl"].result_list)) == (len(found), found)


def test_absurd_filter_lists_everything(client, staff):
    candidature = CandidatureFactory()

    response = client.get("/admin/applications/candidature/", {"attente": "absurde"})

    assert list(response.context["cl"].result_list) == [candidature]


def test_page_of_a_file_takes_as_many_queries_when_it_grows(client, staff):
    counts, candidature = [], CandidatureFactory(status=Status.SUBMITTED, phase=PhaseFactory(closed=True))
    for number in range(2):
        for _ in range(1 + number):
            question = ask(candidature.call, "projet", f"more-{UserFactory().pk}", per_carrier=True)
            carrier = CarrierFactory(candidature=candidature, is_lead=False, commune=CommuneFactory())
            answer(candidature, question, "Texte", carrier)
            AttachmentFactory(candidature=candidature)
            candidature.partners.create(name="Partenaire", kind="other")
            send_message(candidature, UserFactory(), "Bonjour", [])
            Extension.objects.create(
                candidature=candidature,
                phase=candidature.phase,
                until=timezone.now() - timedelta(hours=1),
                reason="Motif",
                by=staff,
                at=timezone.now(),
            )
            closed = candidature.supplement_requests.create(
                note="Motif", by=staff, at=timezone.now(), closed_at=timezone.now()
            )
            closed.items.create(section=question.section, question=question, carrier=carrier)
        deposit(candidature)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address(candidature)).status_code == 200
        counts.append(len(queries))

    assert counts[0] == counts[1]
