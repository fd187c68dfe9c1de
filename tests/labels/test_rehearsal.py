"""The page of the rehearsal: all that will happen, what forbids it, and the act itself."""

import io
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from post_office.models import STATUS, Email
from pypdf import PdfReader

from accounts.models import Role, User
from applications.models import Candidature, ForbiddenTransition, SelectionPhase, Status
from labels.communique import communique
from labels.figures import programme_figures
from labels.models import Antenna, PublishedName
from labels.outlook import figures_before_and_after
from labels.proclamation import choose_names, proclaim
from labels.rehearsal import rehearse
from tests.applications.session_case import decide, judged_phase
from tests.factories import CallFactory, CandidatureFactory, SourceFactory, UserFactory, lead_of

from .phase_case import NAMES, WORDS, ready_phase

pytestmark = pytest.mark.usefixtures("_one_factor")


@pytest.fixture
def _one_factor(settings):
    settings.REQUIRE_SECOND_FACTOR = False


@pytest.fixture
def case():
    return ready_phase()


def page(client, case) -> str:
    client.force_login(case.staff)
    answer = client.get(reverse("admin:labels_proclaim", args=[case.phase.pk]))
    assert answer.status_code == 200
    return " ".join(answer.content.decode().replace("\N{NO-BREAK SPACE}", " ").replace("&nbsp;", " ").split())


def act(client, case, **values):
    client.force_login(case.staff)
    form = {"read": rehearse(case.phase, case.staff).fingerprint, "when": "now", "confirm": "on"} | values
    return client.post(reverse("admin:labels_proclaim", args=[case.phase.pk]), form, follow=True)


def local(moment) -> dict:
    """A moment as its two fields send it, in Paris time."""
    there = timezone.localtime(moment)
    return {"when": "later", "hour_0": f"{there:%Y-%m-%d}", "hour_1": f"{there:%H:%M}"}


def test_page_is_for_the_team_only(client, case):
    address = reverse("admin:labels_proclaim", args=[case.phase.pk])
    expected = {Role.APPLICANT: 403, Role.COMMITTEE: 403, Role.STAFF: 200, Role.ADMINISTRATOR: 200}

    for role, status in expected.items():
        client.force_login(UserFactory(role=role))
        assert client.get(address).status_code == status, role


# What it shows


def test_page_shows_all_that_will_happen(client, case):
    html = page(client, case)

    assert "5 candidatures, 2 antennes, 5 lettres" in html
    for outcome, file in case.files.items():
        assert file.reference in html
        assert lead_of(file).email in html
        assert reverse("admin:labels_letter", args=[case.phase.pk, file.reference]) in html
        assert (f'value="{NAMES[outcome]}"' in html) is (outcome in ("label", "conditions"))
    for words in ("/laureats/vierzon/", "ouverture 2027-2028", "Centre-Val de Loire", "Inscrite en réserve, rang 1"):
        assert words in html
    assert "Lauréats nommés, tous appels" in html
    assert "Au cœur des territoires : deux territoires labellisés à l’issue de" in html


@pytest.mark.parametrize("outcomes", [("label",), ("label", "conditions", "reserve", "defer", "reject")])
def test_page_costs_one_query_more_for_each_antenna_only(client, outcomes, django_assert_max_num_queries):
    case = ready_phase(outcomes)
    client.force_login(case.staff)
    address = reverse("admin:labels_proclaim", args=[case.phase.pk])

    with django_assert_max_num_queries(36):
        client.get(address)


def test_letter_is_read_beforehand_as_a_project(client, case):
    client.force_login(case.staff)

    answer = client.get(reverse("admin:labels_letter", args=[case.phase.pk, case.files["defer"].reference]))

    text = " ".join(PdfReader(io.BytesIO(answer.content)).pages[0].extract_text().split())
    assert WORDS["defer"] in text
    assert "aucune valeur avant la proclamation" in text.replace("\N{NO-BREAK SPACE}", " ")


def test_figures_told_beforehand_are_those_counted_afterwards():
    call = CallFactory()
    call.figures.create(code="laureates", value=10, label="lauréats", source=SourceFactory())
    case = ready_phase(call=call)
    told = {change.label: change.after for change in figures_before_and_after(rehearse(case.phase, case.staff))}

    proclaim(case.phase, case.staff)

    [figures] = programme_figures().calls
    nothing = figures_before_and_after(rehearse(case.phase, case.staff))
    assert told[f"Lauréats nommés, {call}"] == figures.named == 2
    assert {change.label: change.before for change in nothing}.items() <= told.items()
    assert told["Ouvertures en 2027-2028"] == Antenna.objects.with_opening().filter(planned_year=2027).count() == 2


def test_demonstration_changes_no_figure():
    case = ready_phase(("label",), call__is_demo=True)

    assert {change.gap for change in figures_before_and_after(rehearse(case.phase, case.staff))} == {"sans changement"}
    assert communique(rehearse(case.phase, case.staff)).startswith("DÉMONSTRATION")


def test_communique_is_made_of_the_records(case):
    choose_names(case.phase, case.staff, {case.files["label"]: "Pays de Vierzon"})

    text = communique(rehearse(case.phase, case.staff)).replace("\N{NO-BREAK SPACE}", " ")

    assert "s’est prononcé sur 5 candidatures recevables" in text
    assert "– Pays de Vierzon (Eure-et-Loir), ouverture prévue en 2027-2028" in text
    assert "l’un d’entre eux, le label est assorti de conditions" in text
    for kept_private in (NAMES["reject"], NAMES["defer"], NAMES["reserve"], *WORDS.values()):
        assert kept_private not in text


# The names


def test_name_chosen_by_the_team_is_the_one_published(client, case):
    client.force_login(case.staff)
    files = case.files
    client.post(
        reverse("admin:labels_names", args=[case.phase.pk]),
        {f"name-{files['label'].pk}": "  Vierzon \n et son pays ", f"name-{files['conditions'].pk}": "Bourges"},
    )

    assert PublishedName.objects.get().name == "Vierzon et son pays"
    assert {antenna.name for antenna in proclaim(case.phase, case.staff)} == {"Vierzon et son pays", "Bourges"}


def test_name_emptied_is_again_that_of_the_carriers(case):
    choose_names(case.phase, case.staff, {case.files["label"]: "Autre"})
    choose_names(case.phase, case.staff, {case.files["label"]: " "})

    assert rehearse(case.phase, case.staff).labelled[0].antenna_name == NAMES["label"]
    assert PublishedName.objects.count() == 0


def test_name_too_long_is_told(client, case):
    client.force_login(case.staff)
    names = {f"name-{case.files['label'].pk}": "V" * 251}

    answer = client.post(reverse("admin:labels_names", args=[case.phase.pk]), names, follow=True)

    assert "Nom trop long" in answer.content.decode()
    assert PublishedName.objects.count() == 0


def test_name_changed_since_the_reading_stops_the_act(client, case):
    read = rehearse(case.phase, case.staff).fingerprint
    choose_names(case.phase, case.staff, {case.files["label"]: "Autre"})

    assert "ont changé" in act(client, case, read=read).content.decode()
    assert SelectionPhase.objects.get(pk=case.phase.pk).proclaimed_at is None


# What forbids it


def test_page_tells_everything_that_forbids_it_at_once(client):
    phase = judged_phase()
    labelled = CandidatureFactory(status=Status.ADMISSIBLE, phase=phase)
    decide(labelled, "label", "Motif")
    CandidatureFactory(status=Status.ADMISSIBLE, phase=phase)
    User.objects.filter(pk=lead_of(labelled).pk).update(is_active=False)
    case = ready_phase(("label",))
    case.phase = phase

    html = page(client, case)

    for words in (
        "Sans décision à ce jour : 1 candidature",
        "Une séance de cette phase n’est pas levée.",
        f"{labelled.reference} : personne à qui écrire",
    ):
        assert words in html
    assert "Proclamer les résultats</button>" not in html


def test_address_to_which_the_last_mail_did_not_leave_is_told(client, case):
    address = lead_of(case.files["label"]).email
    Email.objects.create(from_email="a@b.fr", to=[address], status=STATUS.failed)
    assert "n’est pas parti vers ces adresses" in page(client, case)

    Email.objects.create(from_email="a@b.fr", to=[address], status=STATUS.sent)
    assert "n’est pas parti vers ces adresses" not in page(client, case)


# The act


def test_confirmed_act_proclaims_and_shows_the_letters(client, case):
    html = act(client, case).content.decode()

    assert "2 antennes publiées" in html
    assert "Résultats proclamés" in html
    assert set(Candidature.objects.values_list("status", flat=True)) == {"labelled", "deferred", "rejected"}


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"confirm": ""}, "Cochez la case pour confirmer."),
        ({"when": ""}, "Choisissez"),
        ({"when": "later"}, "Donnez le jour et l’heure."),
        ({"when": "later", "hour_0": "2020-01-01", "hour_1": "10:00"}, "Cette heure est passée"),
        ({"when": "later", "hour_0": "9999-12-31", "hour_1": "23:59"}, "n’est pas possible"),
        ({"when": "later", "hour_0": "0001-01-01", "hour_1": "00:00"}, "Cette heure est passée"),
        ({"when": "later", "hour_0": "demain", "hour_1": "midi"}, "valide"),
    ],
)
def test_act_that_is_not_confirmed_or_at_no_possible_hour_is_refused(client, case, values, words):
    assert words in act(client, case, **values).content.decode()

    phase = SelectionPhase.objects.get(pk=case.phase.pk)
    assert (phase.proclaimed_at, phase.proclamation_at) == (None, None)


def test_hour_of_paris_is_planned_then_cancelled_from_the_page(client, case):
    hour = (timezone.now() + timedelta(days=3)).replace(second=0, microsecond=0)

    html = act(client, case, **local(hour)).content.decode()
    assert SelectionPhase.objects.get(pk=case.phase.pk).proclamation_at == hour
    assert "Proclamation programmée" in html
    assert "Enregistrer les noms" not in html
    assert "Proclamer les résultats</button>" not in html

    client.post(reverse("admin:labels_cancel_proclamation", args=[case.phase.pk]))
    assert SelectionPhase.objects.get(pk=case.phase.pk).proclamation_at is None


def test_planned_phase_is_not_proclaimed_by_a_page_left_open(client, case):
    hour = (timezone.now() + timedelta(days=3)).replace(second=0, microsecond=0)
    act(client, case, **local(hour))

    assert "annulez-la" in act(client, case).content.decode()
    with pytest.raises(ForbiddenTransition, match="annulez-la"):
        proclaim(case.phase, case.staff)
