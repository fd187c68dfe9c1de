"""Messages inside a file: who reads and writes them, their files, and the mails that tell them."""

import threading
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from post_office.models import Email

from applications.messaging import send_message
from applications.models import Attachment, Candidature, Message, Status
from tests.applications.committee_case import committee_case
from tests.applications.file_case import text
from tests.factories import (
    AttachmentFactory,
    CandidatureFactory,
    MembershipFactory,
    StaffFactory,
    UserFactory,
    lead_of,
)
from tests.files import PNG, pdf

pytestmark = pytest.mark.usefixtures("without_second_factor")


@pytest.fixture
def candidature():
    made = CandidatureFactory(status=Status.SUBMITTED, attachment=None)
    made.call.contact_email = "equipe@cnam.example"
    made.call.save()
    return made


def page(candidature) -> str:
    return reverse("applications:messages", args=[candidature.reference])


def team_page(candidature) -> str:
    return reverse("admin:applications_candidature_messages", args=[candidature.pk])


def as_person(client, user):
    client.force_login(user)
    return client


def code_of(client, address) -> int:
    """The status of an answer that may be a file, read to its end."""
    response = client.get(address)
    response.getvalue()
    return response.status_code


def plan(name="plan.pdf", content=None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, pdf() if content is None else content)


def stored_files() -> list:
    return [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]


# Sending


def test_message_of_a_member_is_kept_and_mailed_to_the_team(client, candidature):
    response = as_person(client, lead_of(candidature)).post(page(candidature), {"body": "Bonjour,\r\nUne question."})

    message = Message.objects.get()
    assert (message.body, message.by, message.is_from_team) == ("Bonjour,\nUne question.", lead_of(candidature), False)
    assert response.headers["Location"] == f"{page(candidature)}#message-{message.pk}"
    assert [event.verb for event in candidature.events] == ["message"]
    mail = Email.objects.get()
    assert mail.to == ["equipe@cnam.example"]
    assert "Bonjour,\nUne question." in mail.message
    assert f"{settings.BASE_URL}{team_page(candidature)}" in mail.message


def test_answer_of_the_team_is_mailed_to_each_member(client, candidature):
    reader = MembershipFactory(candidature=candidature, role="reader").user
    staff = StaffFactory()

    as_person(client, staff).post(team_page(candidature), {"body": "L’accès & l’étage <b>2</b> {{ x }}"})

    message = Message.objects.get()
    assert (message.by, message.is_from_team) == (staff, True)
    assert {mail.to[0] for mail in Email.objects.all()} == {lead_of(candidature).email, reader.email}
    for mail in Email.objects.all():
        assert "L’accès & l’étage <b>2</b> {{ x }}" in mail.message
        assert f"{settings.BASE_URL}{page(candidature)}" in mail.message


def test_message_without_a_contact_address_is_kept_without_mail(client):
    candidature = CandidatureFactory()

    as_person(client, lead_of(candidature)).post(page(candidature), {"body": "Bonjour"})

    assert (Message.objects.count(), Email.objects.count()) == (1, 0)


@pytest.mark.parametrize("body", ["", "   \r\n ", "x" * 10_001, "avant\x00après"])
def test_text_that_cannot_be_sent_is_shown_again(client, candidature, body):
    response = as_person(client, lead_of(candidature)).post(page(candidature), {"body": body})

    assert response.status_code == 200
    assert not Message.objects.exists()


def test_longest_text_is_sent_whole(client, candidature):
    as_person(client, lead_of(candidature)).post(page(candidature), {"body": "é\r\n" * 4999 + "fi"})

    assert len(Message.objects.get().body) == 10_000


def test_draft_may_be_discussed_too(client):
    candidature = CandidatureFactory()

    as_person(client, lead_of(candidature)).post(page(candidature), {"body": "Avant de déposer"})

    assert Message.objects.get().candidature == candidature


# Files


def test_files_go_with_the_message_and_are_named_in_the_mail_only(client, candidature):
    files = [plan(), plan("photo.png", PNG)]

    as_person(client, lead_of(candidature)).post(page(candidature), {"body": "Voici", "files": files})

    names = [(piece.name, piece.content_type) for piece in Message.objects.get().attachments.all()]
    assert names == [("plan.pdf", "application/pdf"), ("photo.png", "image/png")]
    mail = Email.objects.get()
    assert "plan.pdf, photo.png" in mail.message
    assert mail.attachments.count() == 0


def test_refused_file_says_why_and_which_to_choose_again(client, candidature):
    files = [plan(), SimpleUploadedFile("outil.exe", b"MZ")]

    response = as_person(client, lead_of(candidature)).post(
        page(candidature), {"body": "Voici le plan", "files": files}
    )

    assert "« outil.exe » n’est pas d’un format accepté" in text(response)
    assert "Votre texte est conservé. Choisissez à nouveau : « plan.pdf »." in text(response)
    assert ">\nVoici le plan</textarea>" in response.content.decode()
    assert not Message.objects.exists()
    assert stored_files() == []


def test_empty_text_names_the_files_to_choose_again(client, candidature):
    response = as_person(client, lead_of(candidature)).post(page(candidature), {"body": " ", "files": [plan()]})

    assert "Choisissez à nouveau : « plan.pdf »." in text(response)


def test_more_than_ten_files_are_refused(client, candidature):
    files = [plan(f"plan-{number}.pdf") for number in range(11)]

    response = as_person(client, lead_of(candidature)).post(page(candidature), {"body": "Voici", "files": files})

    assert "Joignez 10 fichiers au plus" in text(response)
    assert not Message.objects.exists()


def test_storage_that_fails_loses_neither_the_text_nor_leaves_a_file(client, candidature, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "full"
    settings.MEDIA_ROOT.write_text("a file where a folder should be")

    response = as_person(client, lead_of(candidature)).post(page(candidature), {"body": "Voici", "files": [plan()]})

    assert "n’a pas pu enregistrer « plan.pdf »" in text(response)
    assert ">\nVoici</textarea>" in response.content.decode()
    assert not Message.objects.exists()


def test_no_file_stays_when_the_message_cannot_be_written(client, candidature, monkeypatch):
    monkeypatch.setattr("post_office.mail.send", lambda *args, **kwargs: 1 / 0)
    client.raise_request_exception = False

    response = as_person(client, lead_of(candidature)).post(page(candidature), {"body": "Voici", "files": [plan()]})

    assert response.status_code == 500
    assert (Message.objects.count(), Attachment.objects.count(), stored_files()) == (0, 0, [])


def test_files_are_stored_outside_the_transaction(candidature, settings):
    """A slow storage never holds the row of the candidature."""
    moments = []

    class Upload(SimpleUploadedFile):
        def chunks(self, *args):
            moments.append(len(connection.savepoint_ids))
            return super().chunks(*args)

    outside = len(connection.savepoint_ids)
    send_message(candidature, lead_of(candidature), "Voici", [(Upload("plan.pdf", pdf()), "application/pdf")])

    assert set(moments) == {outside}


# Sent twice


def test_double_click_sends_one_message_and_one_mail(client, candidature):
    as_person(client, lead_of(candidature))

    answers = [client.post(page(candidature), {"body": "Bonjour", "files": [plan()]}, follow=True) for _ in range(2)]

    assert (Message.objects.count(), Attachment.objects.count(), Email.objects.count()) == (1, 1, 1)
    assert len(stored_files()) == 1
    assert "Ce message était déjà envoyé" in text(answers[1])
    assert candidature.events.count() == 1


@pytest.mark.parametrize("difference", ["person", "text", "file", "time"])
def test_message_that_differs_is_another(candidature, difference):
    lead, staff = lead_of(candidature), StaffFactory()
    other = {"person": (staff, "Bonjour", []), "text": (lead, "Bonsoir", [])}
    other |= {"file": (lead, "Bonjour", [(plan(), "application/pdf")]), "time": (lead, "Bonjour", [])}
    later = timedelta(seconds=61 if difference == "time" else 1)

    send_message(candidature, lead, "Bonjour", [])
    with time_machine.travel(timezone.now() + later):
        by, body, files = other[difference]
        send_message(candidature, by, body, files)

    assert Message.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_the_same_moment_send_one_message(candidature):
    lead, barrier, sent = lead_of(candidature), threading.Barrier(2), []

    def click():
        barrier.wait()
        sent.append(send_message(Candidature.objects.get(pk=candidature.pk), lead, "Bonjour", []))
        connections.close_all()

    threads = [threading.Thread(target=click) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(is_new for _, is_new in sent) == [False, True]
    assert Message.objects.count() == 1


# Reading


def test_thread_is_read_newest_last_by_members_and_staff(client, candidature):
    staff = StaffFactory(full_name="Agent de l’équipe")
    send_message(candidature, lead_of(candidature), "PREMIER", [])
    send_message(candidature, staff, "SECOND", [])

    for person, address in ((lead_of(candidature), page(candidature)), (staff, team_page(candidature))):
        html = text(as_person(client, person).get(address))
        assert html.index("PREMIER") < html.index("SECOND")


def test_members_read_the_team_and_not_the_name_of_its_agents(client, candidature):
    send_message(candidature, StaffFactory(full_name="Agent Untel"), "Bonjour", [])

    html = text(as_person(client, lead_of(candidature)).get(page(candidature)))

    assert "L’équipe du programme</strong>" in html
    assert "Agent Untel" not in html


READERS = {  # code of GET then POST on the applicants’ page, GET on the team’s page, and GET of a file of the thread
    "visitor": (302, 302, 302, 302),
    "stranger": (404, 404, 403, 404),
    "reader": (200, 403, 403, 200),
    "editor": (200, 302, 403, 200),
    "lead": (200, 302, 403, 200),
    "committee": (404, 404, 403, 404),
    "staff": (200, 403, 200, 200),
}


@pytest.mark.parametrize("who", READERS)
def test_messages_answer_each_person_with_their_code(client, who):
    case = committee_case()
    file = case.file
    people = {"stranger": UserFactory(), "lead": lead_of(file), "committee": case.people["unsigned"]}
    people |= {role: MembershipFactory(candidature=file, role=role).user for role in ("reader", "editor")}
    people["staff"] = case.people["staff"]
    message, _ = send_message(file, lead_of(file), "Bonjour", [(plan(), "application/pdf")])
    piece = reverse("applications:piece", args=[file.reference, message.attachments.get().pk])
    if who != "visitor":
        client.force_login(people[who])

    codes = (
        client.get(page(file)).status_code,
        client.post(page(file), {"body": "Encore"}).status_code,
        client.get(team_page(file)).status_code,
        code_of(client, piece),
    )

    assert codes == READERS[who]


def test_committee_opens_no_file_of_a_message_in_the_admin(client):
    case = committee_case()
    message, _ = send_message(case.file, lead_of(case.file), "Bonjour", [(plan(), "application/pdf")])
    address = reverse("admin:piece", args=[message.attachments.get().pk])

    codes = [code_of(as_person(client, case.people[who]), address) for who in ("unsigned", "chair", "staff")]

    assert codes == [404, 404, 200]


def test_infected_file_is_named_and_not_opened(client, candidature):
    message, _ = send_message(candidature, StaffFactory(), "Voici", [])
    piece = AttachmentFactory(
        candidature=candidature, message=message, question=None, name="piege.pdf", scan=Attachment.Scan.INFECTED
    )
    as_person(client, lead_of(candidature))

    html = text(client.get(page(candidature)))

    address = reverse("applications:piece", args=[candidature.reference, piece.pk])
    assert "piege.pdf" in html
    assert address not in html
    assert client.get(address).status_code == 404


def test_files_of_messages_are_no_pieces_of_the_file(candidature):
    send_message(candidature, lead_of(candidature), "Voici", [(plan(), "application/pdf")])

    assert list(candidature.attachments.standing()) == []


@pytest.mark.parametrize("side", [page, team_page])
def test_thread_takes_as_many_queries_for_three_messages_as_for_one(client, candidature, side):
    counts = []
    as_person(client, StaffFactory())
    for round_ in (1, 2):
        for number in range(round_):
            by = UserFactory()
            send_message(candidature, by, f"Message {round_}-{number}", [(plan(f"{number}.pdf"), "application/pdf")])
        with CaptureQueriesContext(connection) as queries:
            client.get(side(candidature))
        counts.append(len(queries))

    assert counts[0] == counts[1]
