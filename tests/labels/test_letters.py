"""The letters of a proclamation: what each says, to whom, as a PDF that never changes, and on the applicant's page."""

import io

import pytest
from django.core import mail
from django.urls import reverse
from post_office.models import STATUS, Email
from pypdf import PdfReader

from applications import letters
from applications.letters import decision_content, dispatch_letters, letter_pdf
from applications.models import Claim, ForbiddenTransition, Letter, LetterCopy, MailState
from applications.models.deposit import canonical_hash
from applications.sending import send_outbox
from labels.proclamation import proclaim
from tests.applications.at_once import at_once
from tests.factories import MembershipFactory, PhaseFactory, StaffFactory, UserFactory, lead_of

from .phase_case import POINT, WORDS, ready_phase

pytestmark = pytest.mark.usefixtures("_one_factor")
SAYS = {
    "label": "Elle est labellisée « Au cœur des territoires ».",
    "conditions": "sous les conditions ci-dessous",
    "reserve": "Elle est inscrite en réserve, au rang 1",
    "defer": "Elle est à consolider",
    "reject": "Elle n’est pas retenue.",
}


@pytest.fixture
def _one_factor(settings):
    settings.REQUIRE_SECOND_FACTOR = False


@pytest.fixture
def case():
    case = ready_phase()
    proclaim(case.phase, case.staff)
    return case


def plain(text: str) -> str:
    return " ".join(text.replace("\N{NO-BREAK SPACE}", " ").split())


def text_of_pdf(data: bytes) -> str:
    return plain("\n".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages))


def letter_of(file) -> Letter:
    return file.letters.get()


@pytest.mark.parametrize("outcome", SAYS)
def test_letter_tells_the_decision_its_reason_the_contact_and_the_appeal_but_no_vote(case, outcome):
    letter = letter_of(case.files[outcome])
    dispatch_letters()
    message = plain(Email.objects.get(to=lead_of(letter.candidature).email).message)
    pdf = text_of_pdf(letter_pdf(letter.content, letter.sha256))

    for text in (message, pdf):
        for part in (SAYS[outcome], WORDS[outcome], "deux mois", "recours gracieux", letter.content["link"]):
            assert part in text
        assert ("Signer le bail avant juin" in text) is (outcome == "conditions")
        assert (f"Le budget : {POINT}" in text) is (outcome in ("reserve", "defer", "reject"))
        assert not {"voix", "abstention", "vote", "unanimité"} & set(text.lower().split())


@pytest.mark.parametrize("outcome", SAYS)
def test_letter_tells_to_come_back_when_a_phase_is_open_for_those_who_may(outcome):
    case = ready_phase((outcome,))
    PhaseFactory(call=case.phase.call, number=77)

    proclaim(case.phase, case.staff)

    coming = " ".join(letter_of(case.files[outcome]).content["coming"])
    assert ("dans la phase 77" in coming) is (outcome in ("reserve", "defer", "reject"))


def test_letter_is_frozen_with_its_hash(case):
    letter = letter_of(case.files["label"])

    assert letter.sha256 == canonical_hash(letter.content)
    first = letter_pdf(letter.content, letter.sha256)
    assert letter_pdf(letter.content, letter.sha256) == first
    assert PdfReader(io.BytesIO(first)).trailer["/Root"]["/MarkInfo"]["/Marked"]


def test_letter_says_what_was_decided_even_if_the_call_changes_later(case):
    letter = letter_of(case.files["label"])
    first = letter_pdf(letter.content, letter.sha256)
    type(case.phase.call).objects.filter(pk=case.phase.call_id).update(title="Autre intitulé", contact_email="z@z.fr")

    letter = Letter.objects.get(pk=letter.pk)
    assert letter_pdf(letter.content, letter.sha256) == first


@pytest.mark.parametrize("reason", ["#strong[x] $a$ @b <b>", "🏛 et العربية", "x" * 3000, "ligne\n\nautre ligne"])
def test_anything_typed_prints_and_leaves_as_it_was_typed(case, reason):
    content = letter_of(case.files["defer"]).content | {"reason": reason}

    assert letter_pdf(content, "0" * 64).startswith(b"%PDF")


def test_project_of_a_letter_says_so_on_its_page():
    case = ready_phase(("label",))

    pdf = text_of_pdf(letter_pdf(decision_content(case.files["label"]), is_projected=True))

    assert "Projet : cette lettre n’a aucune valeur" in pdf
    assert Letter.objects.count() == 0


# Sending


def test_each_member_gets_the_letter_and_its_pdf_once(case, settings):
    settings.POST_OFFICE = settings.POST_OFFICE | {
        "BACKENDS": {"default": "django.core.mail.backends.locmem.EmailBackend"}
    }

    assert dispatch_letters() == 5
    assert dispatch_letters() == 0
    send_outbox()

    assert len(mail.outbox) == 5
    [sent] = [message for message in mail.outbox if message.to == [lead_of(case.files["label"]).email]]
    [(name, data, kind)] = sent.attachments
    letter = letter_of(case.files["label"])
    assert (name, kind) == (f"lettre-{letter.candidature.reference}.pdf", "application/pdf")
    assert data == letter_pdf(letter.content, letter.sha256)


def test_two_people_of_one_candidature_get_the_same_letter_each():
    case = ready_phase(("label",))
    reader = MembershipFactory(candidature=case.files["label"], role="reader").user
    MembershipFactory(candidature=case.files["label"], user=UserFactory(is_active=False))

    proclaim(case.phase, case.staff)

    people = {lead_of(case.files["label"]).email, reader.email}
    assert set(letter_of(case.files["label"]).copies.values_list("address", flat=True)) == people


def test_letter_that_cannot_be_set_keeps_no_other_waiting(case, monkeypatch, caplog):
    stuck, original = letter_of(case.files["defer"]), letters.letter_pdf

    def fail(content, sha256):
        if sha256 == stuck.sha256:
            raise RuntimeError("typst")
        return original(content, sha256)

    monkeypatch.setattr(letters, "letter_pdf", fail)
    assert dispatch_letters() == 4
    assert "cannot be prepared" in caplog.text
    assert stuck.copies.get().state == MailState.PREPARED

    monkeypatch.setattr(letters, "letter_pdf", original)
    assert dispatch_letters() == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_queue_each_copy_once(case):
    copy = LetterCopy.objects.first()
    same = LetterCopy.objects.get(pk=copy.pk)

    assert at_once(dispatch_letters, dispatch_letters) == ["done", "done"]

    assert Email.objects.count() == LetterCopy.objects.filter(email__isnull=False).count() == 5
    assert (copy.take(), same.take()) == (False, False)


# The team's page after the act


def test_team_sees_where_each_copy_stands_and_sends_again_what_did_not_leave(client, case):
    dispatch_letters()
    client.force_login(case.staff)
    failed, interrupted, sent, *_ = LetterCopy.objects.order_by("pk")
    Email.objects.filter(pk=failed.email_id).update(status=STATUS.failed)
    Email.objects.filter(pk=sent.email_id).update(status=STATUS.sent)
    claim = Claim.take(interrupted.email)
    claim.interrupt("TimeoutError")
    page = reverse("admin:labels_proclaim", args=[case.phase.pk])

    html = client.get(page).content.decode()
    for words in ("en échec", "interrompu : peut-être parti", "envoyé", "en file", "Renvoyer à tous ceux-là"):
        assert words in html
    client.post(reverse("admin:labels_resend", args=[case.phase.pk]), {"copy": sent.pk})
    client.post(reverse("admin:labels_resend", args=[case.phase.pk]), {"copy": failed.pk})
    client.post(reverse("admin:labels_resend", args=[case.phase.pk]))

    states = [copy.state for copy in LetterCopy.objects.order_by("pk")[:3]]
    assert states == [MailState.WAITING, MailState.WAITING, MailState.SENT]
    history = client.get(f"/admin/post_office/email/{failed.email_id}/history/").content.decode()
    assert f"Renvoyé : {failed.address}" in history.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize("outcomes", [("label",), ("label", "defer", "reject")])
def test_page_of_the_letters_costs_the_same_whatever_their_number(client, outcomes, django_assert_max_num_queries):
    case = ready_phase(outcomes)
    proclaim(case.phase, case.staff)
    dispatch_letters()
    client.force_login(case.staff)

    with django_assert_max_num_queries(12):
        client.get(reverse("admin:labels_proclaim", args=[case.phase.pk]))


# The applicant's page


def test_every_member_reads_the_decision_and_takes_the_letter(client, case):
    for outcome, file in case.files.items():
        reader = MembershipFactory(candidature=file, role="reader").user
        for person in (lead_of(file), reader, StaffFactory()):
            client.force_login(person)
            html = plain(client.get(file.get_absolute_url()).content.decode())
            address = reverse("applications:letter", args=[file.reference, letter_of(file).pk])
            answer = client.get(address)
            assert WORDS[outcome] in html
            assert f'href="{address}"' in html
            assert WORDS[outcome] in text_of_pdf(answer.content)
            assert answer["Cache-Control"] == "private, no-store"


def test_letter_is_not_found_by_strangers_nor_under_another_reference(client, case):
    mine, theirs = case.files["label"], case.files["reject"]
    client.force_login(lead_of(mine))

    for reference, letter in ((theirs.reference, theirs), (mine.reference, theirs)):
        address = reverse("applications:letter", args=[reference, letter_of(letter).pk])
        assert client.get(address).status_code == 404


def test_letter_of_a_candidature_not_proclaimed_is_not_found(client):
    case = ready_phase(("label",))
    file = case.files["label"]
    letter = Letter.write(file, decision_content(file), [])
    client.force_login(lead_of(file))

    assert client.get(reverse("applications:letter", args=[file.reference, letter.pk])).status_code == 404
    assert WORDS["label"] not in client.get(file.get_absolute_url()).content.decode()


def test_one_decision_has_one_letter(case):
    file = case.files["label"]
    with pytest.raises(Exception, match=r"letter_of_decision_once|UNIQUE"):
        Letter.write(file, decision_content(file), [])


def test_proclaiming_again_writes_no_second_letter(case):
    with pytest.raises(ForbiddenTransition):
        proclaim(case.phase, case.staff)
    assert (Letter.objects.count(), LetterCopy.objects.count()) == (5, 5)
