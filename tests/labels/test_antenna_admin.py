"""The pages of an antenna in the admin: its life read, its acts written, nothing of the past edited."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from post_office.models import Email

from accounts.models import Role
from applications.years import running_school_year, school_year
from labels.admin.acts import ACTS
from labels.models import Antenna, Milestone, OpeningChange, Step
from tests.applications.places import make_findable
from tests.factories import (
    AntennaDocumentFactory,
    AntennaFactory,
    CommuneFactory,
    EpciFactory,
    LearnerCountFactory,
    MilestoneFactory,
    OpeningFactory,
    SourceFactory,
    StaffFactory,
    TrainingFactory,
    UserFactory,
    YearlyReportFactory,
)
from tests.files import PNG, pdf

from .pages import text_of
from .test_reports import WHOLE, antenna_of_members, lead

LIST = "admin:labels_antenna_changelist"
LABEL = date(2020, 1, 10)


@pytest.fixture(autouse=True)
def _without_second_factor(settings):
    settings.REQUIRE_SECOND_FACTOR = False


@pytest.fixture
def staff(client):
    user = StaffFactory()
    client.force_login(user)
    return user


@pytest.fixture
def antenna():
    return AntennaFactory(name="Antenne de Dreux", labelled_on=LABEL, places=CommuneFactory(name="Dreux"))


def page_of(antenna) -> str:
    return reverse("admin:labels_antenna_change", args=[antenna.pk])


def act(client, antenna, word, **data):
    return client.post(reverse("admin:labels_antenna_act", args=[antenna.pk, word]), data, follow=True)


def buttons(client, antenna) -> set[str]:
    return {word for word in ACTS if f"/vie/{word}/" in client.get(page_of(antenna)).content.decode()}


# Reading


def test_page_tells_the_life_in_order_with_who_noted_it(client, staff, antenna):
    wrong = Milestone.record(antenna, Step.AGREEMENT, date(2020, 3, 1), staff, "Signée en mairie")
    wrong.correct(date(2020, 3, 2), "Faute de frappe", staff)
    OpeningChange.announce(antenna, 2090, staff)
    text = text_of(client.get(page_of(antenna)))

    assert "Convention signée Prévue en 2090-2091." in text
    label, first, second, plan = (
        text.index(words)
        for words in (
            "Label vendredi 10 janvier 2020",
            "Convention signée (ligne corrigée depuis) dimanche 1er mars 2020",
            "Convention signée lundi 2 mars 2020",
            "Ouverture annoncée pour 2090-2091",
        )
    )
    assert label < first < second < plan
    assert f"noté par {staff}" in text
    assert "Signée en mairie" in text


@pytest.mark.parametrize("number", [1, 3])
def test_antenna_list_opens_and_searches(client, staff, number):
    antennas = AntennaFactory.create_batch(number)

    assert antennas[0].name in text_of(client.get(reverse(LIST), {"q": antennas[0].name}))


def test_antenna_list_is_filtered_by_state(client, staff, antenna):
    open_one = OpeningFactory(antenna__name="Antenne de Nevers", kind="opened", year=None, opened_on=LABEL).antenna

    found = client.get(reverse(LIST), {"etat": "open"}).context["cl"].queryset
    assert list(found) == [open_one]
    assert list(client.get(reverse(LIST), {"etat": "labelled"}).context["cl"].queryset) == [antenna]


def test_antenna_list_is_filtered_by_the_region_of_today(client, staff, antenna):
    antenna.sites.get().replace(
        {"commune": CommuneFactory(department__code="29", department__region__code="53")}, LABEL, "Motif", staff
    )

    assert client.get(reverse(LIST), {"region": "53"}).context["cl"].queryset.count() == 1
    assert client.get(reverse(LIST), {"region": "24"}).context["cl"].queryset.count() == 0


def test_absurd_state_filters_nothing(client, staff, antenna):
    assert client.get(reverse(LIST), {"etat": "'"}).context["cl"].queryset.count() == 1


def test_page_takes_as_many_queries_with_1_and_3_of_everything(client, staff, antenna):
    def one_more(number):
        MilestoneFactory(antenna=antenna, kind=Step.PREMISES, document=AntennaDocumentFactory(antenna=antenna))
        OpeningFactory(antenna=antenna, year=2020, recorded_by=staff, source=SourceFactory())
        TrainingFactory(antenna=antenna)
        LearnerCountFactory(antenna=antenna, year=2020 + number)
        YearlyReportFactory(antenna=antenna, year=2020 + number)
        antenna.sites.create(commune=CommuneFactory(), since=LABEL)
        antenna.carriers.create(commune=CommuneFactory(), since=LABEL)

    counts = []
    for numbers in ([1], [2, 3]):
        for number in numbers:
            one_more(number)
        client.get(page_of(antenna))
        with CaptureQueriesContext(connection) as queries:
            client.get(page_of(antenna))
        counts.append(len(queries))
    assert counts[0] == counts[1]


# Acting


def test_only_acts_that_are_possible_are_offered(client, staff, antenna):
    assert not buttons(client, antenna) & {"reporter", "corriger-etape", "corriger-ouverture", "retirer-site"}
    assert {"etape", "annoncer", "ouvrir", "changer-porteur", "inscrits"} <= buttons(client, antenna)

    OpeningFactory(antenna=antenna, year=2090)
    assert "reporter" in buttons(client, antenna)
    OpeningChange.open(antenna, LABEL, staff)
    assert not buttons(client, antenna) & {"annoncer", "reporter", "ouvrir"}


def test_step_is_noted_from_its_page(client, staff, antenna):
    page = act(client, antenna, "etape", kind="agreement", day="2020-03-01", note="Signée")

    assert "Étape notée : convention signée, le 1er mars 2020." in text_of(page)
    line = antenna.milestones.get()
    assert (line.happened_on, line.note, line.recorded_by) == (date(2020, 3, 1), "Signée", staff)


def test_step_is_corrected_from_its_page(client, staff, antenna):
    line = Milestone.record(antenna, Step.AGREEMENT, date(2020, 3, 1), staff)

    act(client, antenna, "corriger-etape", milestone=line.pk, never="on", reason="Pas signée")

    assert antenna.compute_state() == "labelled"


@pytest.mark.parametrize("data", [{}, {"day": "2020-03-01", "never": "on"}])
def test_correction_says_one_thing(client, staff, antenna, data):
    line = Milestone.record(antenna, Step.AGREEMENT, date(2020, 3, 1), staff)

    page = act(client, antenna, "corriger-etape", milestone=line.pk, reason="Motif", **data)

    assert "l’un ou l’autre" in text_of(page)
    assert antenna.milestones.count() == 1


def test_opening_is_announced_postponed_noted_and_corrected_from_its_pages(client, staff, antenna):
    year = running_school_year() + 1
    act(client, antenna, "annoncer", year=year)
    act(client, antenna, "reporter", year=year + 1, cause="premises", reason="Travaux", decided_on="")
    act(client, antenna, "ouvrir", day="2021-10-04")
    page = act(client, antenna, "corriger-ouverture", day="2021-10-05", reason="Le lendemain")

    assert [line.kind for line in antenna.openings.all()] == ["announced", "revised", "opened", "opened"]
    assert f"reportée à {school_year(year + 1)} (locaux), ouverte le 5 octobre 2021." in text_of(page)


def test_year_that_is_not_offered_is_refused(client, staff, antenna):
    act(client, antenna, "annoncer", year=9999)
    act(client, antenna, "annoncer", year="demain")

    assert not antenna.openings.exists()


def test_postponement_needs_its_cause_and_reason_and_keeps_what_was_typed(client, staff, antenna):
    OpeningFactory(antenna=antenna, year=2027)

    page = act(client, antenna, "reporter", year=2028, cause="", reason="Un texte à garder")

    assert "Ce champ est obligatoire" in text_of(page)
    assert "Un texte à garder" in page.content.decode()
    assert antenna.openings.count() == 1


def test_places_change_from_their_pages(client, staff, antenna):
    town = CommuneFactory(name="Vernouillet")
    make_findable()
    when = {"day": "2021-05-01", "reason": "Second lieu"}
    act(client, antenna, "ajouter-site", commune=town.pk, **when)
    act(client, antenna, "retirer-site", which=antenna.sites.first().pk, **when)
    act(client, antenna, "changer-porteur", which=antenna.carriers.get().pk, territory=town.pk, **when)
    act(client, antenna, "ajouter-porteur", body_name="Université", body_siren="180 043 036", **when)

    assert [str(site) for site in antenna.sites.filter(until=None)] == ["Vernouillet"]
    assert {str(carrier) for carrier in antenna.carriers.filter(until=None)} == {"Vernouillet", "Université"}


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"body_name": "Université"},
        {"body_name": "U", "body_siren": "123"},
        {"body_name": "Dreux agglo", "body_siren": "200040277"},
        {"territory": "Nulle part"},
    ],
)
def test_carrier_that_is_nobody_is_refused(client, staff, antenna, data):
    EpciFactory(siren="200040277")

    page = act(client, antenna, "ajouter-porteur", day="2021-05-01", reason="Motif", **data)

    assert "Rien n’est enregistré" in text_of(page)
    assert antenna.carriers.count() == 1


def test_person_learners_and_document_are_noted_from_their_pages(client, staff, antenna):
    act(client, antenna, "responsable", contact_name="Anne Martin", contact_email="Anne@Dreux.fr")
    act(client, antenna, "inscrits", year=2021, value=30, source="Cnam")
    upload = SimpleUploadedFile("convention.pdf", pdf())
    page = act(client, antenna, "document", kind="agreement", name="Convention 2021", file=upload)

    antenna.refresh_from_db()
    assert (antenna.contact_email, antenna.learners.get().value) == ("anne@dreux.fr", 30)
    assert "Convention 2021" in text_of(page)


def test_document_that_is_no_pdf_is_refused_in_words(client, staff, antenna):
    page = act(client, antenna, "document", kind="agreement", name="X", file=SimpleUploadedFile("a.pdf", PNG))

    assert "n’est pas un fichier PDF" in text_of(page)
    assert not antenna.documents.exists()


def trainings_form(rows, initial=0) -> dict:
    fields = {f"formations-{index}-{name}": value for index, row in enumerate(rows) for name, value in row.items()}
    return fields | {"formations-TOTAL_FORMS": len(rows), "formations-INITIAL_FORMS": initial}


def test_trainings_are_written_on_one_page(client, staff, antenna):
    row = {"title": "Licence", "level": "6", "modality": "hybrid", "link": "https://cnam.fr", "position": 0}
    path = reverse("admin:labels_antenna_trainings", args=[antenna.pk])

    client.post(path, trainings_form([row]))
    gone = {"id": antenna.trainings.get().pk, "DELETE": "on"} | row
    assert antenna.trainings.get().title == "Licence"
    client.post(path, trainings_form([gone], initial=1))

    assert not antenna.trainings.exists()


@pytest.mark.parametrize("link", ["http://cnam.fr", "javascript:alert(1)", "ftp://cnam.fr"])
def test_training_link_is_https(client, staff, antenna, link):
    row = {"title": "Licence", "level": "6", "modality": "hybrid", "link": link, "position": 0}

    page = client.post(reverse("admin:labels_antenna_trainings", args=[antenna.pk]), trainings_form([row]))

    assert "Rien n’est enregistré" in text_of(page)
    assert not antenna.trainings.exists()


def test_report_is_reopened_with_a_mail_that_says_why(client, staff):
    antenna = antenna_of_members()
    report = YearlyReportFactory(antenna=antenna)
    report.write(WHOLE, lead(antenna), 0)
    report.submit(lead(antenna), 1)

    act(client, antenna, "rouvrir-bilan", report=report.pk, reason="Un nombre à revoir")

    report.refresh_from_db()
    assert report.submitted_at is None
    assert "Un nombre à revoir" in Email.objects.get().email_message().body


@pytest.mark.parametrize("word", sorted(ACTS))
def test_each_act_has_its_page_and_answers_an_empty_form(client, staff, antenna, word):
    assert client.get(reverse("admin:labels_antenna_act", args=[antenna.pk, word])).status_code == 200
    assert client.post(reverse("admin:labels_antenna_act", args=[antenna.pk, word])).status_code in {200, 302}


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "2020-02-30", "demain", "2020-13-01"])
def test_absurd_day_is_told(client, staff, antenna, day):
    page = act(client, antenna, "etape", kind="agreement", day=day)

    assert "Rien n’est enregistré" in text_of(page)
    assert not antenna.milestones.exists()


def test_acts_are_for_the_team_only(client, antenna):
    path = reverse("admin:labels_antenna_act", args=[antenna.pk, "etape"])
    assert client.get(path).status_code == 302
    for role, status in {Role.APPLICANT: 403, Role.COMMITTEE: 403, Role.STAFF: 200}.items():
        client.force_login(UserFactory(role=role))
        assert client.get(path).status_code == status
        assert client.get(reverse(LIST)).status_code == status


# The sheet


def save_sheet(client, antenna, **data):
    sheet = {
        "name": antenna.name,
        "phase": antenna.phase_id,
        "source": antenna.source_id or "",
        "project": "Projet relu",
    }
    return client.post(page_of(antenna), sheet | data)


def test_sheet_changes_neither_calendar_nor_places(client, staff, antenna):
    opening = OpeningFactory(antenna=antenna, year=2020)
    forged = {"openings-0-id": opening.pk, "openings-0-year": 2030, "carriers-0-DELETE": "on"}

    assert save_sheet(client, antenna, **forged).status_code == 302

    assert (antenna.openings.get().year, antenna.carriers.count()) == (2020, 1)
    assert Antenna.objects.get().project == "Projet relu"


def test_antenna_without_candidature_needs_a_source(client, staff, antenna):
    response = save_sheet(client, antenna, source="")

    assert "porte sa source publiée" in text_of(response)
    assert Antenna.objects.get().source is not None


def test_new_antenna_is_written_with_its_carrier_and_site(client, staff, antenna):
    town = CommuneFactory()
    data = {"name": "Nevers", "slug": "nevers", "phase": antenna.phase_id, "source": antenna.source_id}
    for prefix in ("carriers", "sites"):
        data |= {f"{prefix}-TOTAL_FORMS": 1, f"{prefix}-INITIAL_FORMS": 0, f"{prefix}-0-commune": town.pk}

    response = client.post(reverse("admin:labels_antenna_add"), data | {"carriers-0-position": 0})

    assert response.status_code == 302, text_of(response)
    made = Antenna.objects.get(slug="nevers")
    assert (made.carriers.get().commune, made.sites.get().commune) == (town, town)


def test_antenna_cannot_be_deleted(client, staff, antenna):
    assert client.post(reverse("admin:labels_antenna_delete", args=[antenna.pk])).status_code == 403
