import re
from datetime import timedelta

import pytest
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from applications.models import Organisation, Recusal
from tests.applications.committee_case import SECRET, TITLE, committee_case
from tests.applications.ranking_case import ranking_case
from tests.applications.session_case import decide
from tests.factories import StaffFactory

pytestmark = pytest.mark.usefixtures("without_second_factor")


@pytest.fixture
def kept_pages(settings):
    """The memory that keeps the table, empty, as in production."""
    settings.CACHES = settings.CACHES | {
        "pages": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "tests of the ranking"}
    }
    caches["pages"].clear()
    yield
    caches["pages"].clear()


@pytest.fixture
def case():
    return ranking_case([[[5, 5], [4, 4], [4, 4]], [[1, 1], [2, 2], [5, 5]]], ties=[0])


def page(client, case, who=None) -> str:
    client.force_login(who or case.members[0].user)
    return client.get(reverse("admin:phase_ranking", args=[case.phase.pk])).content.decode()


def words(text) -> str:
    return " ".join(strip_tags(text).replace("&nbsp;", " ").replace("\u00a0", " ").split())


def rows(text) -> list[list[str]]:
    """The cells of the table, as text."""
    body = text[text.index("<tbody>") : text.index("</tbody>")]
    cells = re.compile(r"<t[hd][^>]*>(.*?)</t[hd]>", re.DOTALL)
    return [[words(cell) for cell in cells.findall(row)] for row in body.split("</tr>")[:-1]]


def test_page_tells_each_number_of_each_file(client, case):
    one, two, three = (member.seat.organisation.short_name for member in case.members)

    found = rows(page(client, case))

    assert [cells[2:] for cells in found] == [
        ["86,67", "–", "80,00", "9,43", f"80,00 {two}, {three}", f"100,00 {one}", "3 sur 3", "à prendre"],
        ["53,33", "–", "40,00", "33,99", f"20,00 {one}", f"100,00 {three}isolée", "3 sur 3", "à prendre"],
    ]
    assert [cells[0] for cells in found] == ["1", "2"]


def test_page_says_the_rules_in_words(client, case):
    text = words(page(client, case))

    assert "À moyenne égale, la note moyenne à" in text
    assert "Un total est dit isolé à plus de 25 points de la médiane du dossier, à partir de 3 évaluations." in text
    assert "Aucun siège n’a noté assez de dossiers en commun avec d’autres (il en faut 5)" in text


def test_average_opens_into_its_marks(client, case):
    links = re.findall(r'href="([^"]+)#calcul"', page(client, case))

    text = words(client.get(links[0]).content.decode())

    assert "(100,00 + 80,00 + 80,00) ÷ 3 = 86,67 sur 100" in text
    assert "5 × 1 = 5" in text
    assert "10 sur 10" in text


def test_drawing_has_a_row_for_each_file_and_a_dot_for_each_seat(client, case):
    text = page(client, case)

    drawing = text[text.index('role="img"') : text.index('class="quiet chart-key"')]
    assert (drawing.count("<circle"), drawing.count("chart-mean"), drawing.count("chart-outlying")) == (6, 2, 1)
    assert '<title id="chart-title">' in drawing
    assert '<desc id="chart-text">' in drawing


def test_seal_shows_no_ranking_to_anybody(client):
    case = committee_case()
    for who in ("chair", "staff"):
        client.force_login(case.people[who])
        text = client.get(reverse("admin:phase_ranking", args=[case.phase.pk])).content.decode()
        assert "Le scellé est en place" in text
        assert TITLE not in text
        assert "<svg" not in text[text.index('id="content"') : text.index('id="footer"')]


def test_sealed_file_is_reckoned_for_nobody(client):
    case = committee_case()
    client.force_login(case.people["staff"])

    text = client.get(reverse("admin:phase_file", args=[case.phase.pk, case.file.reference])).content.decode()

    assert "D’où vient" not in text
    assert SECRET not in text


@pytest.mark.parametrize("files", [1, 3])
def test_page_takes_ten_queries_whatever_the_files(client, files):
    case = ranking_case([[[3, 3], [4, 4]]] * files, ties=[0, 1])
    client.force_login(case.members[0].user)

    with CaptureQueriesContext(connection) as queries:
        client.get(reverse("admin:phase_ranking", args=[case.phase.pk]))

    assert len(queries) == 10


@pytest.mark.parametrize("name", ["phase", "phase_what_if"])
def test_other_pages_take_as_many_queries_for_three_files_as_for_one(client, name):
    counts = []
    for files in (1, 3):
        case = ranking_case([[[3, 3], [4, 4]]] * files, ties=[0])
        client.force_login(case.members[0].user)
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse(f"admin:{name}", args=[case.phase.pk]))
        counts.append(len(queries))
    assert counts[0] == counts[1]


# What is kept between two readings


@pytest.mark.usefixtures("kept_pages")
def test_table_is_made_once_while_nothing_is_written(client, case):
    first = page(client, case)

    with CaptureQueriesContext(connection) as queries:
        second = client.get(reverse("admin:phase_ranking", args=[case.phase.pk])).content.decode()

    assert rows(second) == rows(first)
    assert len(queries) == 4


@pytest.mark.usefixtures("kept_pages")
def test_kept_table_never_reaches_who_may_not_read_it(client, case):
    staff, chair = StaffFactory(), case.members[0]
    Recusal.raise_for(case.files[0], chair.seat, "Élu du territoire", staff, member=chair)

    texts = [page(client, case, who) for who in (staff, chair.user, staff, chair.user)]

    assert [len(rows(text)) for text in texts] == [2, 1, 2, 1]
    assert [case.files[0].reference in text for text in texts] == [True, False, True, False]


@pytest.mark.usefixtures("kept_pages")
def test_recusal_recorded_meanwhile_changes_the_table_at_once(client, case):
    page(client, case)
    Recusal.raise_for(case.files[1], case.members[2].seat, "Partenaire", StaffFactory())

    assert rows(page(client, case))[1][2] == "30,00"


@pytest.mark.usefixtures("kept_pages")
def test_decision_recorded_meanwhile_changes_the_table_at_once(client, case):
    page(client, case)
    decide(case.files[0])

    assert rows(page(client, case))[0][-1] == "Labelliser"


@pytest.mark.usefixtures("kept_pages")
def test_seat_changed_meanwhile_in_the_admin_changes_the_table_at_once(client, case):
    page(client, case)
    organisation = case.members[0].seat.organisation
    client.force_login(StaffFactory())
    address = reverse("admin:applications_organisation_change", args=[organisation.pk])
    form = client.get(address).context["adminform"].form
    client.post(address, form.initial | {"short_name": "Nouveau nom"})

    assert Organisation.objects.filter(short_name="Nouveau nom").exists()
    assert "100,00 Nouveau nom" in rows(page(client, case))[0]


@pytest.mark.usefixtures("kept_pages")
def test_two_phases_never_share_a_table(client, case):
    other = ranking_case([[[0, 0]]])
    staff = StaffFactory()

    assert [len(rows(page(client, each, staff))) for each in (case, other, case)] == [2, 1, 2]


@pytest.mark.usefixtures("kept_pages")
def test_term_that_ends_closes_the_kept_table_too(client, case, time_machine):
    chair, address = case.members[0], reverse("admin:phase_ranking", args=[case.phase.pk])
    chair.ends_on = timezone.localdate()
    chair.save()
    page(client, case)

    time_machine.move_to(timezone.now() + timedelta(days=1))
    client.force_login(chair.user)

    assert client.get(address).status_code == 403
