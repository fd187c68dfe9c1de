"""The page of a yearly report: who opens it, what it keeps, and where it is said that one is awaited."""

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Role
from tests.factories import CandidatureFactory, StaffFactory, UserFactory, YearlyReportFactory, lead_of

from .pages import text_of
from .test_reports import TEXTS, WHOLE, antenna_of_members, lead, person_at, reader


def path_of(report) -> str:
    return report.get_absolute_url()


@pytest.fixture(autouse=True)
def _without_second_factor(settings):
    settings.REQUIRE_SECOND_FACTOR = False


def test_page_is_for_the_people_of_the_antenna_and_the_team(client):
    antenna = antenna_of_members(contact_email="maire@ville.fr")
    report = YearlyReportFactory(antenna=antenna)
    expected = {
        lead(antenna): 200,
        reader(antenna): 200,
        person_at("maire@ville.fr"): 200,
        StaffFactory(): 200,
        UserFactory(): 404,
        UserFactory(role=Role.COMMITTEE): 404,
        lead_of(CandidatureFactory()): 404,
    }

    assert client.get(path_of(report)).status_code == 302
    for person, status in expected.items():
        client.force_login(person)
        assert client.get(path_of(report)).status_code == status, person


def test_address_that_is_not_proved_opens_nothing(client):
    report = YearlyReportFactory(antenna__contact_email="maire@ville.fr")
    client.force_login(person_at("maire@ville.fr", verified=False))

    assert client.get(path_of(report)).status_code == 404


def test_person_in_charge_is_known_whatever_the_case_of_the_address(client):
    report = YearlyReportFactory(antenna__contact_email="maire@ville.fr")
    person = person_at("autre@ville.fr")
    EmailAddress.objects.create(user=person, email="Maire@Ville.fr", verified=True)
    client.force_login(person)

    assert client.post(path_of(report), WHOLE | {"seen": 0, "save": ""}).status_code == 302


@pytest.mark.parametrize("years", ["2024-2025", "2025-2027", "abcd", "9999-10000", "2025"])
def test_report_that_was_not_asked_is_not_found(client, years):
    report = YearlyReportFactory(antenna=antenna_of_members(), year=2025)
    client.force_login(lead(report.antenna))

    assert client.get(path_of(report).replace("2025-2026", years)).status_code == 404


def test_those_who_only_read_cannot_write(client):
    report = YearlyReportFactory(antenna=antenna_of_members())
    for person in (reader(report.antenna), StaffFactory()):
        client.force_login(person)
        assert client.post(path_of(report), WHOLE | {"seen": 0, "save": ""}).status_code == 403
        assert "Remettre le bilan" not in text_of(client.get(path_of(report)))


def send(client, report, button, **data):
    return client.post(path_of(report), TEXTS | {"learners": "34", "seen": 0, button: ""} | data, follow=True)


def test_draft_is_saved_from_the_page(client):
    report = YearlyReportFactory(antenna=antenna_of_members())
    client.force_login(lead(report.antenna))

    page = send(client, report, "save", partners="", learners="")

    assert "Brouillon enregistré. Le bilan n’est pas encore remis." in text_of(page)
    report.refresh_from_db()
    assert (report.done, report.partners, report.learners, report.submitted_at) == (TEXTS["done"], "", None, None)


def test_report_is_handed_in_from_the_page(client):
    report = YearlyReportFactory(antenna=antenna_of_members())
    client.force_login(lead(report.antenna))

    page = send(client, report, "submit")

    assert "Bilan 2025-2026 remis. Merci." in text_of(page)
    report.refresh_from_db()
    assert report.submitted_by == lead(report.antenna)
    assert "Remis le" in text_of(client.get(path_of(report)))


def test_incomplete_report_is_kept_as_a_draft_and_says_what_to_fill(client):
    report = YearlyReportFactory(antenna=antenna_of_members())
    client.force_login(lead(report.antenna))

    page = send(client, report, "submit", partners="")

    assert "À remplir avant de remettre le bilan." in text_of(page)
    report.refresh_from_db()
    assert (report.done, report.submitted_at) == (TEXTS["done"], None)
    assert "remis. Merci" in text_of(send(client, report, "submit", seen=page.context["form"].data["seen"]))


def test_conflict_shows_both_texts_and_writes_over_only_knowingly(client):
    report = YearlyReportFactory(antenna=antenna_of_members())
    report.write(WHOLE | {"done": "Le texte de ma collègue"}, lead(report.antenna), 0)
    client.force_login(lead(report.antenna))

    page = send(client, report, "save", done="Mon texte à moi")

    assert "Le texte de ma collègue" in text_of(page)
    assert "Mon texte à moi" in text_of(page)
    send(client, report, "save", done="Mon texte à moi", seen=page.context["form"].data["seen"])
    report.refresh_from_db()
    assert report.done == "Mon texte à moi"


@pytest.mark.parametrize(
    "wrong", [{"learners": "-1"}, {"learners": "10000000000"}, {"learners": "beaucoup"}, {"done": "x" * 1001}]
)
def test_absurd_input_is_told_and_kept(client, wrong):
    report = YearlyReportFactory(antenna=antenna_of_members())
    client.force_login(lead(report.antenna))

    page = send(client, report, "save", **wrong)

    assert "Il reste à corriger" in text_of(page)
    assert next(iter(wrong.values())) in page.content.decode()
    report.refresh_from_db()
    assert report.revision == 0


# What is awaited


def test_list_of_candidatures_says_that_a_report_is_awaited(client):
    report = YearlyReportFactory(antenna=antenna_of_members(name="Dreux"))
    client.force_login(lead(report.antenna))
    assert "Le bilan 2025-2026 de l’antenne « Dreux » est attendu." in text_of(client.get("/candidatures/"))

    report.write(WHOLE, lead(report.antenna), 0)
    report.submit(lead(report.antenna), 1)
    assert "est attendu" not in text_of(client.get("/candidatures/"))


def test_nobody_else_is_told_that_a_report_is_awaited(client):
    report = YearlyReportFactory(antenna=antenna_of_members())
    for person in (reader(report.antenna), UserFactory(), StaffFactory()):
        client.force_login(person)
        assert "est attendu" not in text_of(client.get("/candidatures/"))


def test_list_takes_as_many_queries_with_1_and_3_reports_awaited(client):
    antenna = antenna_of_members()
    client.force_login(lead(antenna))
    counts = []
    for years in ([2025], [2024, 2023]):
        for year in years:
            YearlyReportFactory(antenna=antenna, year=year)
        with CaptureQueriesContext(connection) as queries:
            client.get("/candidatures/")
        counts.append(len(queries))

    assert counts[0] == counts[1]
