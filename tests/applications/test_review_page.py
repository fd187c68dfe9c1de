"""What the page of a file tells before and after the signature: who signs, new versions, reopenings, links, notes."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from applications.models import PrivateNote, Recusal, Status, settle
from tests.applications.committee_case import committee_case, write_review
from tests.applications.review_case import JSON, address, answers, deposit_again, review_of, text
from tests.factories import CandidatureFactory, MemberFactory

pytestmark = pytest.mark.usefixtures("without_second_factor")


@pytest.fixture
def case(client):
    case = committee_case()
    client.force_login(case.people["unsigned"])
    return case


def test_page_takes_as_many_queries_for_three_files_of_the_phase_as_for_one(client, case):
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            client.get(address(case))
        counts.append(len(queries))
        for file in CandidatureFactory.create_batch(2, status=Status.ADMISSIBLE, phase=case.phase):
            write_review(file, case.members["unsigned"], sign=False)

    assert counts[0] == counts[1]


# Who signs


@pytest.mark.parametrize(("may_sign", "is_offered"), [(False, False), (True, True)])
def test_deputy_is_offered_the_signature_with_the_delegation_only(client, case, may_sign, is_offered):
    deputy = MemberFactory(seat=case.members["unsigned"].seat, is_titular=False, may_sign=may_sign)
    client.force_login(deputy.user)

    html = text(client.get(address(case)))

    assert ("Relire et signer" in html) == is_offered
    assert ("La personne titulaire de votre siège le signera." in html) != is_offered


def test_deputy_who_asks_to_sign_is_refused(client, case):
    deputy = MemberFactory(seat=case.members["unsigned"].seat, is_titular=False)
    write_review(case.file, case.members["unsigned"], sign=False)
    client.force_login(deputy.user)

    response = client.post(address(case, "sign"), {"revision": "1"}, follow=True)

    assert "La personne titulaire de votre siège le signera." in text(response)
    assert review_of(case).signed_at is None


def test_signing_twice_signs_once_and_says_so(client, case):
    write_review(case.file, case.members["unsigned"], sign=False)
    client.post(address(case, "sign"), {"revision": "1"})
    first = review_of(case)

    response = client.post(address(case, "sign"), {"revision": "1"}, follow=True)

    assert "déjà signée" in text(response)
    assert (review_of(case).signed_at, review_of(case).signatures.count()) == (first.signed_at, 1)


# A new version


def test_new_version_is_told_with_what_changed_then_attached_by_saving(client, case):
    write_review(case.file, case.members["unsigned"])
    deposit = deposit_again(case.file)

    page = client.get(address(case))
    client.post(address(case), answers(case, revision=review_of(case).revision, read=deposit.pk))

    assert "Une version 2 a été déposée" in text(page)
    assert "NOUVEAURESUME" in text(page)
    assert page.context["form"]["read"].value() == deposit.pk
    assert review_of(case).submission == deposit
    assert client.get(address(case)).context["news"] is None


def test_version_deposited_while_one_writes_keeps_the_text_and_shows_what_changed(client, case):
    sent = answers(case, comment="MONTEXTE")
    deposit = deposit_again(case.file)

    response = client.post(address(case), sent)

    assert "Le dossier a une nouvelle version" in text(response)
    assert "NOUVEAURESUME" in text(response)
    assert "MONTEXTE" in text(response)
    form = response.context["form"]
    client.post(address(case), sent | {"read": form["read"].value(), "revision": form["revision"].value()})
    assert (review_of(case).submission, review_of(case).comment) == (deposit, "MONTEXTE")


def test_what_changed_leaves_personal_answers_out(client, case):
    write_review(case.file, case.members["unsigned"])
    personal = {"code": "p", "label": "Téléphone", "kind": "short_text", "carrier": "", "personal": True}
    deposit = deposit_again(case.file)
    deposit.content["sections"][0]["answers"].append(personal | {"value": "0611223344", "text": "0611223344"})
    deposit.save()

    pages = [client.get(page) for page in (address(case), f"{address(case, 'versions')}?de=1&a=2")]

    assert [("NOUVEAURESUME" in text(page), "0611223344" in text(page)) for page in pages] == [(True, False)] * 2


def test_versions_are_listed_and_compared(client, case):
    deposit_again(case.file)

    html = text(client.get(address(case, "versions")))

    assert ("Version 1" in html, "Version 2" in html, "NOUVEAURESUME" in html) == (True, True, True)


@pytest.mark.parametrize("query", ["?de=9", "?a=x", "?de=&a=1", "?a=%C2%B2"])
def test_version_that_does_not_exist_is_not_found(client, case, query):
    assert client.get(address(case, "versions") + query).status_code == 404


# After the chair has reopened


def test_seat_reads_why_its_review_was_reopened_and_what_it_had_signed(client, case):
    write_review(case.file, case.members["unsigned"], comment="TEXTESIGNE").reopen(case.people["chair"], "MOTIFLU")
    client.post(address(case), answers(case, revision=review_of(case).revision))

    html = text(client.get(address(case)))

    assert ("La présidence a rouvert votre évaluation" in html, "MOTIFLU" in html) == (True, True)
    assert ("Ce que votre siège avait signé" in html, "TEXTESIGNE" in html) == (True, True)


def test_reason_of_a_reopening_is_read_by_that_seat_alone_and_until_it_signs(client, case):
    review = write_review(case.file, case.members["unsigned"], comment="TEXTESIGNE")
    review.reopen(case.people["chair"], "MOTIFLU")
    other = write_review(case.file, case.members["chair"], sign=False)

    client.force_login(case.members["chair"].user)
    elsewhere = text(client.get(address(case)))
    client.force_login(case.people["unsigned"])
    review_of(case).sign(case.people["unsigned"])
    deposit_again(case.file)

    assert other.seat != review.seat
    assert ("MOTIFLU" in elsewhere, "TEXTESIGNE" in elsewhere) == (False, False)
    assert "MOTIFLU" not in text(client.get(address(case)))


# A possible link


def test_possible_link_is_told_and_the_signature_waits_until_it_is_settled(client, case):
    seat = case.members["unsigned"].seat
    carrier = case.file.carriers.get()
    seat.organisation.name = carrier.name
    seat.organisation.save()

    before = text(client.get(address(case)))
    settle(case.file, seat, None, case.people["staff"], "Un homonyme.", confirm=False)
    after = text(client.get(address(case)))

    assert "Le portail relève un lien possible" in before
    assert ("Relire et signer" in before, "Relire et signer" in after) == (False, True)
    assert "Le portail relève un lien possible" not in after


# Notes


def note_of(case, name="unsigned") -> str:
    note = PrivateNote.objects.filter(user=case.people[name]).first()
    return note.text if note else ""


def test_note_is_read_by_its_author_alone(client, case):
    colleague = MemberFactory(seat=case.members["unsigned"].seat)

    client.post(address(case, "note"), {"note": "POURMOISEUL", "note_seen": ""})

    assert "POURMOISEUL" in text(client.get(address(case)))
    for user in (colleague.user, case.people["chair"]):
        client.force_login(user)
        assert "POURMOISEUL" not in text(client.get(address(case)))


def test_note_goes_with_the_grid_when_the_button_saves_both(client, case):
    client.post(address(case), answers(case, note="UNENOTE", note_seen=""))

    assert (note_of(case), review_of(case).comment) == ("UNENOTE", "Projet solide.")


def test_note_saved_alone_keeps_what_was_typed_in_the_grid(client, case):
    response = client.post(address(case, "note"), answers(case, note="UNENOTE", note_seen="", comment="PASENCORE"))

    assert note_of(case) == "UNENOTE"
    assert "PASENCORE" in text(response)
    assert "n’est pas encore enregistrée" in text(response)


@pytest.mark.parametrize("note", ["x" * 100_000, "avant\x00après"])
def test_note_that_cannot_be_kept_is_shown_back(client, case, note):
    response = client.post(address(case), answers(case, note=note, note_seen=""))

    assert response.context["note"].errors
    assert response.context["note"]["note"].value() == note
    assert (note_of(case), review_of(case).comment) == ("", "Projet solide.")
    told = client.post(address(case, "note"), {"note": note}, headers=JSON)
    assert (told.status_code, set(told.json()["errors"])) == (422, {"note"})


def test_note_written_on_two_devices_keeps_both_texts(client, case):
    client.post(address(case, "note"), {"note": "TELEPHONE", "note_seen": ""})

    late = client.post(address(case, "note"), {"note": "BUREAU", "note_seen": ""}, headers=JSON)
    response = client.post(address(case, "note"), {"note": "BUREAU", "note_seen": ""})

    assert late.status_code == 409
    assert ("BUREAU" in text(response), "TELEPHONE" in text(response), note_of(case)) == (True, True, "TELEPHONE")
    seen = response.context["note"]["note_seen"].value()
    client.post(address(case, "note"), {"note": "BUREAU", "note_seen": seen})
    assert note_of(case) == "BUREAU"


def test_note_is_saved_as_one_types_and_can_be_emptied(client, case):
    first = client.post(address(case, "note"), {"note": "UNENOTE", "note_seen": ""}, headers=JSON).json()

    second = client.post(address(case, "note"), {"note": "", "note_seen": first["note_seen"]}, headers=JSON)

    assert (second.status_code, note_of(case)) == (200, "")


def test_notes_remain_open_once_the_review_is_signed(client, case):
    write_review(case.file, case.members["unsigned"])

    client.post(address(case, "note"), {"note": "APRES", "note_seen": ""})

    assert note_of(case) == "APRES"
    assert "Enregistrer mes notes" in text(client.get(address(case)))


def test_review_set_aside_by_a_recusal_is_no_longer_that_of_the_seat(client, case):
    colleague = MemberFactory(seat=case.members["unsigned"].seat)
    write_review(case.file, case.members["unsigned"], comment="TEXTEECARTE")
    Recusal.declare(case.file, case.people["unsigned"], "Parenté")
    case.phase.open_seal(case.people["chair"])
    client.force_login(colleague.user)

    assert client.get(address(case)).context["review"] is None
