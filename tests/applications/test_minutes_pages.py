"""The minutes on screen, as PDF and as text: who reads what of them, and what may be done from the page."""

import io
import re

import pypdf
import pytest
from django.urls import reverse
from django.utils import timezone

from applications.minutes_content import content_of
from applications.minutes_document import minutes_pdf
from applications.models import Decision, Event, Extension, Minutes, Recusal
from applications.models.deposit import canonical_hash
from tests.applications.ranking_case import ranking_case
from tests.applications.session_case import decide, open_session
from tests.applications.team_case import words
from tests.factories import MemberFactory, StaffFactory, UserFactory, lead_of

pytestmark = pytest.mark.usefixtures("without_second_factor")

TITLE, REASON = "INTITULEFERME", "MOTIFFERME"
PAGES = ("minutes", "minutes_pdf", "minutes_text")
Outcome = Decision.Outcome


@pytest.fixture
def case():
    """Three files, decided; the first one, at the head of the ranking, is closed to the third seat."""
    case = ranking_case([[[5, 5], [5, 5], [5, 5]], [[4, 4], [4, 4], None], [[3, 3], [3, 3], [3, 3]]])
    case.files[0].title = TITLE
    case.files[0].save(update_fields=["title"])
    Recusal.raise_for(case.files[0], case.members[2].seat, "Parenté", StaffFactory())
    decide(case.files[0], Outcome.RESERVE, REASON, reserve_rank=1)
    decide(case.files[1], Outcome.RESERVE, "Motif ouvert", reserve_rank=2)
    decide(case.files[2], Outcome.REJECT, "Motif ouvert")
    moments = {"until": timezone.now(), "at": timezone.now()}
    Extension.objects.create(candidature=case.files[0], phase=case.phase, reason=REASON, by=StaffFactory(), **moments)
    return case


def session_of(case):
    return case.phase.sessions.get()


def address(case, name="minutes") -> str:
    return reverse(f"admin:{name}", args=[session_of(case).pk])


def submitted(case) -> Minutes:
    """Closed, and open to the remarks of the committee."""
    session, staff = session_of(case), StaffFactory()
    session.close(staff, session.revision)
    minutes = Minutes.of(session)
    minutes.open_remarks(staff)
    return minutes


def approved(case) -> Minutes:
    minutes = submitted(case)
    minutes.remark(case.members[1].user, f"Remarque sur {REASON}.", case.files[0])
    minutes.approve(case.members[0].user, content_of(minutes))
    return minutes


def text_of(response) -> str:
    if response["Content-Type"] == "application/pdf":
        pages = pypdf.PdfReader(io.BytesIO(response.content)).pages
        return " ".join(" ".join(page.extract_text() for page in pages).replace("\u200b", "").split())
    return response.content.decode()


def read(client, case, user) -> dict[str, str]:
    """What each form of the minutes tells `user`."""
    client.force_login(user)
    return {name: text_of(client.get(address(case, name))) for name in PAGES}


# Who reads


def codes(client, case, user) -> set[int]:
    client.force_login(user)
    return {client.get(address(case, name)).status_code for name in PAGES}


def test_draft_is_read_by_the_team_and_the_chair_alone(client, case):
    assert codes(client, case, StaffFactory()) == {200}
    assert codes(client, case, case.members[0].user) == {200}
    assert codes(client, case, case.members[1].user) == {404}


def test_committee_reads_the_minutes_once_they_are_open_to_remarks(client, case):
    submitted(case)

    assert codes(client, case, case.members[1].user) == {200}
    page = words(client.get(reverse("admin:committee_queue")))
    assert f"{session_of(case)} soumis aux remarques" in page


def test_strangers_never_read_the_minutes(client, case):
    approved(case)

    assert codes(client, case, MemberFactory().user) == {404}
    assert codes(client, case, MemberFactory(is_chair=True).user) == {404}
    assert codes(client, case, UserFactory()) == {403}
    assert codes(client, case, lead_of(case.files[1])) == {403}
    client.logout()
    assert {client.get(address(case, name)).status_code for name in PAGES} == {302}


def test_session_that_does_not_exist_is_not_found(client):
    client.force_login(StaffFactory())

    assert [client.get(reverse(f"admin:{name}", args=[999_999_999])).status_code for name in PAGES] == [404] * 3


# What a recused reader finds


@pytest.mark.parametrize("make", [submitted, approved])
def test_closed_file_is_nowhere_in_what_a_recused_seat_reads(client, case, make):
    make(case)

    for name, text in read(client, case, case.members[2].user).items():
        assert [word for word in (TITLE, REASON, "100,00") if word in text] == [], name
        assert f"{case.files[0].reference}" in text
        assert "Vous êtes déporté de ce dossier." in text
        assert "Exemplaire partiel" in text


@pytest.mark.parametrize("make", [submitted, approved])
def test_others_read_the_whole(client, case, make):
    make(case)

    for user in (StaffFactory(), case.members[0].user, case.members[1].user):
        for text in read(client, case, user).values():
            assert [word for word in (TITLE, REASON, "100,00") if word not in text] == []
            assert "Exemplaire partiel" not in text


def test_recused_reader_finds_ranks_counted_without_the_file_and_no_rank_in_the_reserve(client, case):
    submitted(case)
    client.force_login(case.members[2].user)

    told = client.get(address(case)).context["told"]

    second, third = case.files[1].reference, case.files[2].reference
    assert [(line["rank"], line["reference"]) for line in told["ranking"]] == [("1", second), ("2", third)]
    facts = [dict(file["facts"]) for file in told["files"]]
    assert [fact["Classement"].partition(",")[0] for fact in facts] == ["rang 1 sur 2", "rang 2 sur 2"]
    assert facts[0]["Décision"] == "Inscrire en réserve"
    assert [each["reference"] for each in told["agenda"]] == [second, third]


def test_recused_chair_reads_the_rest_and_approves(client, case):
    Recusal.raise_for(case.files[0], case.members[0].seat, "Élu du territoire", StaffFactory())
    submitted(case)

    texts = read(client, case, case.members[0].user)
    assert [word for text in texts.values() for word in (TITLE, REASON) if word in text] == []
    client.post(address(case), {"act": "approve", "seen": client.get(address(case)).context["seen"]})

    assert Minutes.objects.get().content["files"][0]["title"] == TITLE


def test_person_who_works_on_a_file_finds_it_closed(client, case):
    submitted(case)
    case.files[1].memberships.create(user=case.members[1].user, role="reader")

    for text in read(client, case, case.members[1].user).values():
        assert "Vous êtes déporté de ce dossier." in text
        assert "80,00" not in text


def test_file_withdrawn_since_is_closed_to_the_committee_and_told_to_the_team(client, case):
    submitted(case)
    type(case.files[2]).objects.filter(pk=case.files[2].pk).update(status="withdrawn")

    assert "Ce dossier ne vous est pas ouvert." in read(client, case, case.members[1].user)["minutes"]
    assert "Ne pas retenir" in read(client, case, StaffFactory())["minutes"]


# The documents


def test_pdf_is_tagged_french_and_titled(case):
    reader = pypdf.PdfReader(io.BytesIO(minutes_pdf(Minutes.of(session_of(case)), StaffFactory())))

    root = reader.trailer["/Root"]
    assert (root["/MarkInfo"]["/Marked"], root["/Lang"]) == (True, "fr-FR")
    assert b"pdfuaid:part>1<" in root["/Metadata"].get_data()
    assert reader.metadata.title == f"Procès-verbal de la séance 1, phase {case.phase.number}"


def test_approved_pdf_is_always_the_same_bytes_and_bears_its_hash(case):
    minutes, staff = approved(case), StaffFactory()
    pdf = minutes_pdf(minutes, staff)
    case.files[1].title = "Un autre titre"
    case.files[1].save(update_fields=["title"])

    assert minutes_pdf(Minutes.of(minutes.session), StaffFactory()) == pdf
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    assert reader.metadata.creation_date == minutes.approved_at.replace(microsecond=0)
    letters = "".join("".join(page.extract_text() for page in reader.pages).split())
    assert minutes.sha256 in letters


def test_whatever_was_typed_is_printed_as_text_everywhere(client, case):
    hostile = '#import "x": * *gras* $x$ <script>alert(1)</script> {{ x }} \u202e 🚀 \x00'.replace("\x00", "")
    decide(case.files[2], Outcome.REJECT, hostile * 20)
    session = session_of(case)
    Minutes.of(session).write(StaffFactory(), 0, hostile)

    texts = read(client, case, StaffFactory())

    assert "<script>alert" not in texts["minutes"]
    assert "&lt;script&gt;alert(1)" in texts["minutes"]
    assert hostile in texts["minutes_text"]
    assert "*gras* $x$" in texts["minutes_pdf"]
    assert "▯" in texts["minutes_pdf"]


def test_text_is_laid_out_part_by_part(client, case):
    approved(case)
    text = read(client, case, StaffFactory())["minutes_text"]

    assert text.startswith("\ufeff")
    titles = re.findall(r"^([^\n]+)\n-{72}$", text, re.MULTILINE)
    assert titles == [
        "PRÉSENCE ET QUORUM",
        "ORDRE DU JOUR",
        "DÉCISIONS",
        "DÉLAIS DE DÉPÔT ACCORDÉS DANS LA PHASE",
        "REMARQUES DU COMITÉ",
        "ANNEXE\u00a0: CLASSEMENT DE LA PHASE",
        "EMPREINTE DU PROCÈS-VERBAL APPROUVÉ (SHA-256)",
    ]
    assert f"Motif\u00a0: {REASON}" in text


def test_documents_are_attachments_that_no_cache_keeps(client, case):
    client.force_login(StaffFactory())

    for name, extension in (("minutes_pdf", "pdf"), ("minutes_text", "txt")):
        response = client.get(address(case, name))
        slug = case.phase.call.slug
        assert f"proces-verbal-{slug}-phase-{case.phase.number}-seance-1.{extension}" in response["Content-Disposition"]
        assert "no-store" in response["Cache-Control"]


# What is done from the page


def test_page_offers_each_person_what_they_may_do(client, case):
    chair, member, staff = case.members[0].user, case.members[1].user, StaffFactory()

    def offered(user):
        client.force_login(user)
        return set(re.findall(r'name="act" value="(\w+)"', client.get(address(case)).content.decode()))

    assert (offered(staff), offered(chair)) == ({"write"}, {"write"})
    session = session_of(case)
    session.close(staff, session.revision)
    assert (offered(staff), offered(chair)) == ({"write", "open_remarks"}, {"write", "open_remarks", "approve"})
    Minutes.of(session).open_remarks(staff)
    assert (offered(staff), offered(member)) == ({"write", "remark"}, {"remark"})
    assert offered(chair) == {"write", "remark", "approve"}
    Minutes.of(session).approve(chair, content_of(Minutes.of(session)))
    assert [offered(user) for user in (staff, chair, member)] == [set()] * 3


def test_member_of_the_committee_makes_a_remark_from_the_page(client, case):
    submitted(case)
    client.force_login(case.members[1].user)

    sent = {"act": "remark", "text": "Le vote est faux.", "reference": case.files[1].reference}
    page = words(client.post(address(case), sent, follow=True))

    remark = Minutes.objects.get().remarks.get()
    assert (remark.text, remark.candidature, remark.by) == (
        "Le vote est faux.",
        case.files[1],
        case.members[1].user,
    )
    assert "Le vote est faux." in page


@pytest.mark.parametrize("reference", ["closed", "introuvable", "x" * 10_000, "AP-99999999999999999999"])
def test_remark_on_a_file_that_one_may_not_read_is_refused_and_kept_on_the_page(client, case, reference):
    submitted(case)
    client.force_login(case.members[2].user)
    reference = case.files[0].reference if reference == "closed" else reference

    response = client.post(address(case), {"act": "remark", "text": "MATREMARQUE", "reference": reference})

    assert (response.status_code, Minutes.objects.get().remarks.count()) == (200, 0)
    assert "MATREMARQUE" in response.content.decode()


@pytest.mark.parametrize("text", ["", "   ", "x" * 4001])
def test_bad_remark_is_told_beside_its_field(client, case, text):
    submitted(case)
    client.force_login(case.members[1].user)

    response = client.post(address(case), {"act": "remark", "text": text, "reference": ""})

    assert list(response.context["remark"].errors) == ["text"]
    assert Minutes.objects.get().remarks.count() == 0


def test_two_people_complete_the_minutes_and_the_second_sees_both_texts(client, case):
    Minutes.of(session_of(case)).write(StaffFactory(), 0, "LEPREMIERTEXTE")
    client.force_login(StaffFactory())
    sent = {"act": "write", "revision": "0", "observations": "LESECONDTEXTE"}

    page = client.post(address(case), sent).content.decode()
    assert "LEPREMIERTEXTE" in page
    assert "LESECONDTEXTE" in page
    assert Minutes.objects.get().observations == "LEPREMIERTEXTE"

    client.post(address(case), sent | {"revision": "1"})
    assert Minutes.objects.get().observations == "LESECONDTEXTE"


@pytest.mark.parametrize("revision", ["", "-1", "un", "9" * 40])
def test_absurd_revision_keeps_what_was_typed(client, case, revision):
    client.force_login(StaffFactory())

    response = client.post(address(case), {"act": "write", "revision": revision, "observations": "MONTEXTE"})

    assert (response.status_code, Minutes.objects.filter(observations="MONTEXTE").count()) == (200, 0)
    assert "MONTEXTE" in response.content.decode()


def test_chair_approves_what_the_page_showed_and_nothing_else(client, case):
    minutes, chair = submitted(case), case.members[0].user
    client.force_login(chair)
    seen = client.get(address(case)).context["seen"]
    minutes.remark(case.members[1].user, "Une remarque de dernière minute.")

    page = words(client.post(address(case), {"act": "approve", "seen": seen}, follow=True))
    assert "Le procès-verbal a changé depuis que vous l’avez lu" in page
    client.post(address(case), {"act": "approve", "seen": client.get(address(case)).context["seen"]})

    kept = Minutes.objects.get()
    assert (kept.is_approved, kept.sha256) == (True, canonical_hash(kept.content))
    assert "Approuvé par" in words(client.get(address(case)))


def test_acts_that_are_not_ones_own_change_nothing(client, case):
    submitted(case)
    before = Event.objects.count()
    for user, acts in (
        (case.members[1].user, ("write", "open_remarks", "approve")),
        (StaffFactory(), ("approve", "open_remarks")),
        (MemberFactory(is_chair=True).user, ("write", "open_remarks", "remark", "approve")),
    ):
        client.force_login(user)
        for act in acts:
            client.post(address(case), {"act": act, "text": "x", "observations": "x", "revision": "0", "seen": ""})

    minutes = Minutes.objects.get()
    assert (minutes.state, minutes.observations, minutes.remarks.count()) == ("remarks", "", 0)
    assert Event.objects.count() == before


@pytest.mark.parametrize("act", ["", "publier", "__init__"])
def test_unknown_act_is_not_found(client, case, act):
    client.force_login(StaffFactory())

    assert client.post(address(case), {"act": act}).status_code == 404


def test_page_takes_as_many_queries_for_three_files_as_for_one(client, django_assert_max_num_queries):
    counts = []
    staff = StaffFactory()
    for size in (1, 3):
        case = ranking_case([[[3, 3]]] * size)
        session = open_session(case.phase)
        for file in case.files:
            decide(file)
        client.force_login(staff)
        client.get(reverse("admin:minutes", args=[session.pk]))
        with django_assert_max_num_queries(80) as captured:
            client.get(reverse("admin:minutes", args=[session.pk]))
        counts.append(len(captured))

    assert counts[0] == counts[1]
