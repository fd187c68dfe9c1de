from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from applications.models import ForbiddenTransition, Recusal, Review, Seat, Status, Submission
from tests.applications.committee_case import committee_case, write_review
from tests.factories import CandidatureFactory, MemberFactory

pytestmark = pytest.mark.usefixtures("without_second_factor")

QUEUE = "/admin/comite/"


@pytest.fixture
def case(client):
    case = committee_case()
    client.force_login(case.people["unsigned"])
    return case


def address(case, name="file") -> str:
    return reverse(f"admin:committee_{name}", args=[case.file.reference])


def answers(case, **changes) -> dict:
    """What the browser sends of a complete grid."""
    data = {"revision": "0", "advice": "favourable", "comment": "Projet solide."}
    for criterion in case.phase.call.criteria.all():
        data |= {f"mark_{criterion.pk}": "4", f"comment_{criterion.pk}": "Bien."}
    return data | changes


def text(response) -> str:
    return response.content.decode()


def queued(client) -> list[dict]:
    """The files of each phase in the queue, by what is left to do, each with its state."""
    parts = [part for section in client.get(QUEUE).context["sections"] for part in section["parts"]]
    groups = [{name: part[name] for name in ("to_sign", "signed", "reading") if part[name]} for part in parts]
    return [{name: [(task.file, task.words) for task in tasks] for name, tasks in group.items()} for group in groups]


def test_admin_index_leads_members_to_their_queue(client, case):
    assert client.get("/admin/").headers["Location"] == QUEUE


def test_queue_shows_first_the_files_that_fewest_seats_have_signed_then_by_reference(client, case):
    begun, later = CandidatureFactory.create_batch(2, status=Status.ADMISSIBLE, phase=case.phase)
    CandidatureFactory(status=Status.SUBMITTED, phase=case.phase)
    write_review(begun, case.members["unsigned"], sign=False)

    html = text(client.get(QUEUE))

    to_sign = [(begun, "commencée"), (later, "à commencer"), (case.file, "à commencer")]
    assert queued(client) == [{"to_sign": to_sign}]
    assert "0 sur 3" in html
    assert "D’abord les dossiers que le moins de sièges ont signés" in html


def test_queue_tells_the_files_to_read_again(client, case):
    reopened, renewed = CandidatureFactory.create_batch(2, status=Status.ADMISSIBLE, phase=case.phase)
    for file in (reopened, renewed):
        review = write_review(file, case.members["unsigned"])
    Submission.take(renewed, renewed.last_submission.content, case.people["applicant"], timezone.now())
    renewed.reviews.reopen_for_new_version()
    review = reopened.reviews.get()
    review.reopen(case.people["chair"], "La note contredit le commentaire.")

    assert queued(client) == [
        {
            "to_sign": [
                (reopened, "à signer de nouveau"),
                (renewed, "nouvelle version à lire"),
                (case.file, "à commencer"),
            ]
        }
    ]


def test_queue_counts_the_signed_reviews_of_the_seat(client, case):
    client.force_login(case.people["signed"])

    assert queued(client) == [{"signed": [(case.file, "signée")]}]
    assert "1 sur 1" in text(client.get(QUEUE))


@pytest.mark.parametrize("closing", ["not_voting", "over", "open_seal"])
def test_queue_leaves_for_reading_what_can_no_longer_be_signed(client, case, closing):
    if closing == "not_voting":
        Seat.objects.filter(pk=case.members["unsigned"].seat.pk).update(is_voting=False)
    elif closing == "over":
        case.phase.reviews_due_at = timezone.now() - timedelta(hours=1)
        case.phase.save()
    else:
        case.phase.open_seal(case.people["chair"])

    assert queued(client) == [{"reading": [(case.file, "en lecture")]}]


def test_queue_without_a_term_says_so(client, case):
    client.force_login(case.people["ended"])

    assert "Aucun mandat en cours" in text(client.get(QUEUE))


def test_queue_takes_as_many_queries_for_three_files_as_for_one(client, case):
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            client.get(QUEUE)
        counts.append(len(queries))
        CandidatureFactory.create_batch(2, status=Status.ADMISSIBLE, phase=case.phase)

    assert counts[0] == counts[1]


def test_draft_is_saved_as_it_was_typed(client, case):
    first, second = case.phase.call.criteria.all()
    data = answers(case, comment="Deux\r\nlignes", advice="") | {f"mark_{first.pk}": "0", f"mark_{second.pk}": "none"}

    response = client.post(address(case), data, follow=True)

    review = Review.objects.get(seat=case.members["unsigned"].seat)
    marks = [(score.mark, score.abstains) for score in review.scores.all()]
    assert (review.comment, review.advice, review.revision, marks) == (
        "Deux\nlignes",
        "",
        1,
        [(0, False), (None, True)],
    )
    assert "brouillon enregistré à" in text(response)
    assert response.context["missing"] == ["avis"]


def test_opening_the_page_writes_nothing(client, case):
    client.get(address(case))

    assert Review.objects.count() == 1  # the one of the seat that has signed


def test_signing_asks_to_read_back_then_closes_the_grid(client, case):
    response = client.post(address(case), answers(case, then="sign"), follow=True)
    assert response.redirect_chain[-1][0] == address(case, "sign")
    assert "ne peut plus être changée" in text(response)

    client.post(address(case, "sign"), {"revision": "1"})

    review = Review.objects.get(seat=case.members["unsigned"].seat)
    assert review.signed_by == case.people["unsigned"]
    assert "déjà signée" in text(client.get(address(case)))
    assert (
        client.post(address(case, "sign"), {"revision": "1"}, follow=True).redirect_chain[0][0]
        == f"{address(case)}#evaluation"
    )


def test_signing_an_incomplete_grid_saves_it_and_says_what_is_missing(client, case):
    response = client.post(address(case), answers(case, then="sign", advice="", comment=""), follow=True)

    assert "il reste à compléter\u00a0: avis, appréciation d’ensemble" in text(response)
    assert Review.objects.get(seat=case.members["unsigned"].seat).signed_at is None


def test_writing_after_the_signature_is_refused_and_the_text_kept(client, case):
    write_review(case.file, case.members["unsigned"])

    response = client.post(address(case), answers(case, revision="1", comment="TEXTETARDIF"))

    assert "déjà signée" in text(response)
    assert "TEXTETARDIF" in text(response)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("mark", "6"),
        ("mark", "-1"),
        ("mark", "quatre"),
        ("comment", "x" * 100_000),
        ("comment", "avant\x00après"),
        ("overall", "x" * 100_000),
        ("revision", "abc"),
        ("revision", "-1"),
        ("advice", "enthousiaste"),
    ],
)
def test_bad_input_saves_nothing_and_keeps_the_rest(client, case, field, value):
    criterion = case.phase.call.criteria.first()
    names = {"mark": f"mark_{criterion.pk}", "comment": f"comment_{criterion.pk}", "overall": "comment"}
    data = answers(case, **{f"comment_{case.phase.call.criteria.last().pk}": "COMMENTAIREGARDE"})

    response = client.post(address(case), data | {names.get(field, field): value})

    assert response.status_code == 200
    assert "Rien n’est enregistré" in text(response)
    assert "COMMENTAIREGARDE" in text(response)
    assert not Review.objects.filter(seat=case.members["unsigned"].seat).exists()


def test_two_colleagues_drafting_at_once_both_keep_their_text(client, case):
    colleague = MemberFactory(seat=case.members["unsigned"].seat)
    write_review(case.file, colleague, comment="LEURTEXTE", sign=False)

    response = client.post(address(case), answers(case, comment="MONTEXTE"))

    assert "MONTEXTE" in text(response)
    assert "LEURTEXTE" in text(response)
    assert Review.objects.get(seat=colleague.seat).comment == "LEURTEXTE"

    revision = response.context["form"]["revision"].value()
    client.post(address(case), answers(case, comment="MONTEXTE", revision=revision))
    assert Review.objects.get(seat=colleague.seat).comment == "MONTEXTE"


def test_signature_of_a_text_changed_meanwhile_is_refused(client, case):
    write_review(case.file, case.members["unsigned"], sign=False)

    response = client.post(address(case, "sign"), {"revision": "0"}, follow=True)

    assert "entre-temps" in text(response)
    assert Review.objects.get(seat=case.members["unsigned"].seat).signed_at is None


@pytest.mark.parametrize(("who", "is_whole_seat"), [("member", False), ("seat", True)])
def test_recusal_closes_the_file_at_once(client, case, who, is_whole_seat):
    response = client.post(address(case, "recuse"), {"who": who, "reason": "Mon frère y travaille."}, follow=True)

    assert response.redirect_chain[-1][0] == QUEUE
    assert (Recusal.objects.get().member is None) == is_whole_seat
    assert client.get(address(case)).status_code == 404
    assert queued(client) == []


def test_recusal_without_a_reason_is_refused(client, case):
    response = client.post(address(case, "recuse"), {"who": "member", "reason": " "})

    assert "Ce champ est obligatoire" in text(response)
    assert not Recusal.objects.exists()


def test_piece_is_handed_over_to_be_saved(client, case):
    response = client.get(reverse("admin:piece", args=[case.file.attachments.get().pk]))

    assert response.getvalue() == b"%PDF-1.7 piece"
    assert response.headers["Content-Disposition"] == 'attachment; filename="deliberation.pdf"'
    assert (response.headers["Content-Type"], response.headers["X-Content-Type-Options"]) == (
        "application/pdf",
        "nosniff",
    )


def test_committee_reads_no_personal_data_of_the_applicants(client, case):
    lead = case.people["applicant"]

    page = text(client.get(address(case)))

    assert lead.email not in page
    assert lead.full_name not in page


def test_recusal_already_recorded_meanwhile_is_told_and_the_reason_kept(client, case, monkeypatch):
    def too_late(*arguments, **options):
        raise ForbiddenTransition("Vous n’avez pas accès à cette candidature.")

    monkeypatch.setattr(Recusal, "declare", too_late)  # the verb's own race is tested with real threads

    html = text(client.post(address(case, "recuse"), {"who": "member", "reason": "Ma commune y est"}))

    assert "Vous n’avez pas accès à cette candidature." in html
    assert "Ma commune y est" in html
