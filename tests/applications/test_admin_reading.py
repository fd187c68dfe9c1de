"""The file as the team and the committee read it in the admin."""

import pytest
from django.urls import reverse
from django.utils import timezone

from applications.models import Attachment, Question, Status
from tests.applications.committee_case import committee_case
from tests.applications.file_case import address, answer, ask, deposit, text
from tests.factories import (
    AttachmentFactory,
    CandidatureFactory,
    CarrierFactory,
    PhaseFactory,
)

pytestmark = pytest.mark.usefixtures("without_second_factor")


Kind = Question.Kind


# What staff read


def test_staff_read_the_deposit_and_not_what_is_being_written(client, staff):
    candidature = CandidatureFactory(status=Status.SUBMITTED)
    candidature.answers.filter(question__code="summary").update(value="NOUVEAUTEXTE")
    candidature.sites.all().delete()

    html = text(client.get(address(candidature)))

    assert "Former ici les personnes" in html
    assert "NOUVEAUTEXTE" not in html
    assert candidature.last_submission.content["sites"][0]["name"] in html
    assert "Les porteurs préparent une nouvelle version" in html


def test_staff_read_nothing_about_a_new_version_when_nothing_changed(client, staff):
    candidature = CandidatureFactory(status=Status.SUBMITTED)

    html = text(client.get(address(candidature)))

    assert "préparent une nouvelle version" not in html
    assert "rien n’est déposé" not in html


def test_changes_left_at_the_closing_are_said_not_to_count(client, staff):
    candidature = CandidatureFactory(status=Status.SUBMITTED, phase=PhaseFactory(closed=True))
    candidature.answers.filter(question__code="summary").update(value="TROPTARD")

    html = text(client.get(address(candidature)))

    assert "n’ont pas été déposées avant la clôture" in html
    assert "TROPTARD" not in html


def test_draft_is_read_as_it_is_and_marked(client, staff):
    candidature = CandidatureFactory(summary="TEXTEDUBROUILLON")

    html = text(client.get(address(candidature)))

    assert "Brouillon, rien n’est déposé." in html
    assert "TEXTEDUBROUILLON" in html


def test_answers_are_read_under_their_section_by_carrier(client, staff):
    phase = PhaseFactory()
    commitment = ask(phase.call, "porteurs", "commitment", per_carrier=True)
    candidature = CandidatureFactory(phase=phase)
    second = CarrierFactory(candidature=candidature, is_lead=False)
    answer(candidature, commitment, "DULEAD", candidature.carriers.get(is_lead=True))
    answer(candidature, commitment, "DUSECOND", second)

    html = text(client.get(address(candidature)))

    order = [">Porteurs</h2>", "DULEAD", f"<h3>{second.name}</h3>", "DUSECOND", ">Projet</h2>", "Intitulé"]
    assert sorted(order, key=html.index) == order


def test_piece_of_a_carrier_is_read_under_its_name(client, staff):
    candidature = CandidatureFactory(attachment=None)
    letter = ask(candidature.call, "pieces", "letter", Kind.FILE, per_carrier=True)
    second = CarrierFactory(candidature=candidature, is_lead=False)
    AttachmentFactory(candidature=candidature, question=letter, carrier=second, name="lettre-du-second.pdf")

    html = text(client.get(address(candidature)))

    assert html.count("lettre-du-second.pdf") == 1
    assert html.index(f"<h3>{second.name}</h3>") < html.index("lettre-du-second.pdf")


def test_each_kind_of_answer_is_read_as_people_write_it(client, staff):
    phase = PhaseFactory()
    table = {"expenses": {"Loyers": ["12000.00", ""]}, "resources": {"Région": ["12000.00", "0.00"]}}
    values = {
        Kind.AMOUNT: ("12500.50", "12 500,50 €"),
        Kind.DATE: ("2027-09-01", "1er septembre 2027"),
        Kind.YES_NO: (False, "non"),
        Kind.CHOICES: (["Un", "Deux"], "<li>Deux</li>"),
        Kind.LONG_TEXT: ("Une <ligne>\nou deux", "Une &lt;ligne&gt;<br>ou deux"),
        Kind.SHORT_TEXT: (None, "Sans réponse."),
        Kind.TABLE: (table, 'data-label="Année 1">12 000 €</td>'),
    }
    candidature = CandidatureFactory(phase=phase)
    for kind, (value, _) in values.items():
        question = ask(phase.call, "projet", kind, kind, options="Un\nDeux", resources="Région", years=2)
        answer(candidature, question, value)

    html = text(client.get(address(candidature)))

    assert [words for _, words in values.values() if words not in html] == []
    assert html.count(">12 000 €</td>") == 2 * 4  # on each side: the cell, its row, its year, and all
    assert '<th scope="row">Loyers</th>' in html


def test_deposit_of_the_first_format_is_still_read(client, staff):
    candidature = CandidatureFactory(status=Status.SUBMITTED, phase=PhaseFactory(closed=True))
    carrier = candidature.carriers.get()
    content = {
        "reference": candidature.reference,
        "call": candidature.call.slug,
        "title": "Intitulé",
        "summary": "RESUMEDALORS",
        "concept": "third_place",
        "target_year": "2027-2028",
        "carriers": [{"code": carrier.code, "name": "PORTEURDALORS", "lead": True}],
        "sites": [],
        "pieces": [{"name": "ancienne.pdf", "size": 14, "sha256": "0" * 64}],
    }
    candidature.submissions.update(content=content)
    piece = candidature.attachments.get()

    html = text(client.get(address(candidature)))

    for words in ("RESUMEDALORS", "PORTEURDALORS", f'<a href="/admin/pieces/{piece.pk}/">{piece.name}</a>'):
        assert words in html.replace("ancienne.pdf", piece.name)


def test_partners_are_read_with_what_they_bring(client, staff):
    candidature = CandidatureFactory()
    candidature.partners.create(name="CCI du pays", kind="chamber", siren="182803074", contribution="Des locaux.")

    html = text(client.get(address(candidature)))

    assert "CCI du pays" in html
    assert "chambre consulaire, SIREN 182803074" in html
    assert "Des locaux." in html


@pytest.mark.parametrize(
    ("scan", "words", "is_open"),
    [
        ("", "14 octets", True),
        ("clean", "vérifiée", True),
        ("pending", "en attente", True),
        ("infected", "infectée", False),
    ],
)
def test_staff_read_the_state_of_each_piece(client, staff, scan, words, is_open):
    candidature = CandidatureFactory(status=Status.SUBMITTED)
    candidature.attachments.update(scan=scan)
    piece = candidature.attachments.get()

    html = text(client.get(address(candidature)))

    assert words in html
    assert (f'href="/admin/pieces/{piece.pk}/"' in html) == is_open


def test_replaced_piece_stays_readable_in_the_deposit_that_holds_it(client, staff):
    candidature = CandidatureFactory(status=Status.SUBMITTED)
    candidature.attachments.update(removed_at=timezone.now())
    piece = candidature.attachments.get()

    assert f'href="/admin/pieces/{piece.pk}/"' in text(client.get(address(candidature)))


# What the committee reads


@pytest.fixture
def case(client):
    case = committee_case()
    client.force_login(case.people["unsigned"])
    return case


def committee_page(case) -> str:
    return reverse("admin:committee_file", args=[case.file.reference])


def personal_case(case) -> Attachment:
    """Add to the deposit of the case a personal answer, and a personal piece that is returned."""
    contact = ask(case.phase.call, "projet", "contact", is_personal=True)
    identity = ask(case.phase.call, "pieces", "identity", Kind.FILE, is_personal=True)
    answer(case.file, contact, "TELEPHONESECRET")
    piece = AttachmentFactory(candidature=case.file, question=identity, name="identite-secrete.pdf")
    deposit(case.file)
    return piece


@pytest.mark.parametrize("who", ["unsigned", "chair"])
def test_committee_reads_nothing_personal(client, case, who):
    piece = personal_case(case)
    client.force_login(case.people[who])
    pages = [committee_page(case)]
    if who == "chair":
        pages.append(reverse("admin:phase_file", args=[case.phase.pk, case.file.reference]))

    for page in pages:
        html = text(client.get(page))
        assert "Former ici les personnes" in html
        assert "TELEPHONESECRET" not in html
        assert "identite-secrete" not in html
        assert html.count("Les données personnelles de cette rubrique ne sont pas montrées au comité.") == 2
    assert client.get(reverse("admin:piece", args=[piece.pk])).status_code == 404


def test_staff_read_what_is_personal(client, case):
    personal_case(case)
    client.force_login(case.people["staff"])

    html = text(client.get(address(case.file)))

    assert "TELEPHONESECRET" in html
    assert "identite-secrete.pdf" in html
    assert "ne sont pas montrées" not in html


def test_committee_reads_the_deposit_and_never_what_was_written_since(client, case):
    case.file.answers.filter(question__code="summary").update(value="ECRITDEPUIS")
    late = AttachmentFactory(candidature=case.file, name="ajoutee-depuis.pdf")

    html = text(client.get(committee_page(case)))

    assert "ECRITDEPUIS" not in html
    assert "ajoutee-depuis" not in html
    assert "clôture" not in html
    assert client.get(reverse("admin:piece", args=[late.pk])).status_code == 404


def test_committee_waits_for_the_antivirus(client, case):
    case.file.attachments.update(scan=Attachment.Scan.PENDING)
    piece = case.file.attachments.get()

    html = text(client.get(committee_page(case)))

    assert "en attente de l’antivirus" in html
    assert f'href="/admin/pieces/{piece.pk}/"' not in html
    assert client.get(reverse("admin:piece", args=[piece.pk])).status_code == 404
