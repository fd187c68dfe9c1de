import pytest
from django.urls import reverse
from django.utils import timezone
from post_office.models import Email

from accounts.models import Role
from applications.models import Candidature, Decision, Status
from labels.models import Antenna, OpeningChange
from tests.factories import AntennaFactory, OpeningFactory, SourceFactory, StaffFactory, UserFactory

from .pages import text_of
from .test_proclamation import decided, judged_phase


@pytest.fixture(autouse=True)
def _without_second_factor(settings):
    settings.REQUIRE_SECOND_FACTOR = False


@pytest.fixture
def staff(client):
    user = StaffFactory()
    client.force_login(user)
    return user


def proclamation_page(phase):
    return reverse("admin:labels_proclaim", args=[phase.pk])


def test_proclamation_page_is_for_the_team_only(client):
    path = proclamation_page(judged_phase())
    expected = {Role.APPLICANT: 403, Role.COMMITTEE: 403, Role.STAFF: 200, Role.ADMINISTRATOR: 200}

    for role, status in expected.items():
        client.force_login(UserFactory(role=role))
        assert client.get(path, follow=True).status_code == status, role


def test_proclamation_page_tells_all_that_would_happen(client, staff):
    phase = judged_phase()
    labelled = decided(phase, Decision.Outcome.LABEL, carrier__commune__name="Vierzon", target_year=2028)
    rejected = decided(phase, Decision.Outcome.REJECT)

    text = text_of(client.get(proclamation_page(phase)))

    for known in [
        labelled.reference,
        rejected.reference,
        "Vierzon, ouverture 2028-2029",
        "Labellisée",
        "Non retenue",
        labelled.memberships.get().user.email,
        "2 candidatures, 1 antenne, 2 lettres",
    ]:
        assert known in text
    assert Candidature.objects.filter(status=Status.ADMISSIBLE).count() == 2


def confirm(client, phase, **data):
    path = proclamation_page(phase)
    read = client.get(path).context["rehearsal"].fingerprint
    return client.post(path, {"read": read, "confirm": "on"} | data, follow=True)


def test_confirmed_proclamation_is_done(client, staff):
    phase = judged_phase()
    decided(phase, Decision.Outcome.LABEL)

    page = confirm(client, phase)

    assert "1 antenne publiée" in text_of(page)
    assert Candidature.objects.get().status == Status.LABELLED
    assert Email.objects.count() == 1


def test_proclamation_without_the_box_ticked_changes_nothing(client, staff):
    phase = judged_phase()
    decided(phase, Decision.Outcome.LABEL)

    page = confirm(client, phase, confirm="")

    assert "Cochez la case pour confirmer" in text_of(page)
    assert Candidature.objects.get().status == Status.ADMISSIBLE


def test_proclamation_of_something_else_than_what_was_read_changes_nothing(client, staff):
    phase = judged_phase()
    decided(phase, Decision.Outcome.LABEL)

    page = confirm(client, phase, read="0" * 64)

    assert "ont changé depuis votre lecture" in text_of(page)
    assert Candidature.objects.get().status == Status.ADMISSIBLE


def test_proclamation_that_cannot_be_has_no_button(client, staff):
    phase = judged_phase(proclaimed_at=timezone.now())

    html = client.get(proclamation_page(phase)).content.decode()

    assert "déjà proclamés" in html
    assert "Proclamer les résultats</button>" not in html


@pytest.mark.parametrize("number", [1, 3])
def test_antenna_list_opens_and_searches(client, staff, number):
    antennas = AntennaFactory.create_batch(number)

    page = client.get(reverse("admin:labels_antenna_changelist"), {"q": antennas[0].name})

    assert antennas[0].name in text_of(page)


def formset(prefix, rows=(), initial=0):
    counts = {f"{prefix}-TOTAL_FORMS": initial + len(rows), f"{prefix}-INITIAL_FORMS": initial}
    fields = {f"{prefix}-{initial + index}-{name}": v for index, row in enumerate(rows) for name, v in row.items()}
    return counts | fields


def change(client, antenna, openings):
    carrier, site = antenna.carriers.get(), antenna.sites.get()
    data = {
        "name": antenna.name,
        "phase": antenna.phase_id,
        "source": antenna.source_id or "",
        "project": "Projet relu",
        **formset("carriers", initial=1),
        "carriers-0-id": carrier.pk,
        "carriers-0-commune": carrier.commune_id,
        "carriers-0-position": 0,
        **formset("sites", initial=1),
        "sites-0-id": site.pk,
        "sites-0-commune": site.commune_id,
        **formset("openings", openings, initial=0),
    }
    return client.post(reverse("admin:labels_antenna_change", args=[antenna.pk]), data)


def test_staff_postpones_an_opening_with_its_reason(client, staff):
    antenna = AntennaFactory()
    OpeningFactory(antenna=antenna, year=2020)

    response = change(client, antenna, [{"kind": "revised", "year": 2021, "reason": "Travaux"}])

    assert response.status_code == 302, text_of(response)
    added = antenna.openings.last()
    assert (added.kind, added.year, added.reason, added.recorded_by) == ("revised", 2021, "Travaux", staff)
    assert antenna.openings.count() == 2


def test_postponement_without_a_reason_is_refused(client, staff):
    antenna = AntennaFactory()

    response = change(client, antenna, [{"kind": "revised", "year": 2021, "reason": ""}])

    assert response.status_code == 200
    assert "Un report s’accompagne de son motif" in text_of(response)
    assert not antenna.openings.exists()


def test_line_of_the_calendar_is_neither_changed_nor_deleted(client, staff):
    opening = OpeningFactory(year=2020)
    forged = formset("openings", [{"id": opening.pk, "kind": "announced", "year": 2030, "DELETE": "on"}])

    change(client, opening.antenna, [])
    client.post(reverse("admin:labels_antenna_change", args=[opening.antenna_id]), forged)

    assert OpeningChange.objects.get().year == 2020


def test_antenna_without_candidature_needs_a_source(client, staff):
    antenna = AntennaFactory(source=SourceFactory())
    antenna.source_id = None

    response = change(client, antenna, [])

    assert response.status_code == 200
    assert "porte sa source publiée" in text_of(response)
    assert Antenna.objects.get().source is not None


def test_antenna_cannot_be_deleted(client, staff):
    antenna = AntennaFactory()

    assert client.post(reverse("admin:labels_antenna_delete", args=[antenna.pk])).status_code == 403


def test_antennas_are_not_for_the_committee(client):
    client.force_login(UserFactory(role=Role.COMMITTEE))

    assert client.get(reverse("admin:labels_antenna_changelist")).status_code == 403
