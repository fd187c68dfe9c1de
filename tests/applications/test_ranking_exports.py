import csv
from datetime import datetime
from io import BytesIO, StringIO

import ironcalc
import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings

from applications.exports import ranking_csv, ranking_xlsx
from applications.models import Candidature, Organisation, Recusal, ranking
from tests.applications.committee_case import committee_case
from tests.applications.ranking_case import ranking_case
from tests.applications.test_ranking import FILES, HOURS, TIES, WEIGHTS, of_any_marks
from tests.factories import StaffFactory

pytestmark = pytest.mark.usefixtures("without_second_factor")
RANK, REFERENCE, TITLE, AVERAGE = 1, 2, 3, 4  # columns of « Classement »


def recalculated(content: bytes, folder) -> list[dict]:
    """The lines of « Classement » as IronCalc, which is not ours, computes them."""
    path = folder / "classement.xlsx"
    path.write_bytes(content)
    book = ironcalc.load_from_xlsx(str(path), "en", "Europe/Paris", "en")
    book.evaluate()
    lines, row = [], 2
    while reference := book.get_formatted_cell_value(0, row, REFERENCE):
        rank, average = (book.get_cell_value(0, row, column) for column in (RANK, AVERAGE))
        lines.append({"reference": reference, "rank": rank, "average": average})
        row += 1
    return lines


def shown(ranked) -> list[dict]:
    """The ranking of the portal, in the same shape."""
    return [
        {
            "reference": file.reference,
            "rank": file.rank,
            "average": -1 if file.average is None else file.average,
        }
        for file in ranked
    ]


@settings(of_any_marks, max_examples=15)
@given(files=FILES, weights=WEIGHTS, ties=TIES, hours=HOURS)
def test_workbook_recalculated_by_another_engine_ranks_as_the_portal(tmp_path_factory, files, weights, ties, hours):
    case, reader = ranking_case(files, weights, ties, hours[: len(files)]), StaffFactory()

    lines = recalculated(ranking_xlsx(case.phase, reader), tmp_path_factory.mktemp("book"))

    assert lines == shown(ranking(case.phase, reader))


def test_weight_changed_in_the_workbook_ranks_again(tmp_path):
    case = ranking_case([[[5, 0]], [[1, 3]]], [3, 1])
    book = openpyxl.load_workbook(BytesIO(ranking_xlsx(case.phase, StaffFactory())))
    book["Grille"]["B2"], content = 0, BytesIO()
    book.save(content)

    lines = recalculated(content.getvalue(), tmp_path)

    assert [(line["rank"], line["average"]) for line in lines] == [(2, 0), (1, 60)]


def test_workbook_holds_marks_dates_and_numbers_as_they_are():
    case = ranking_case([[[3.5, None]]], [2, 1], ties=[0])

    book = openpyxl.load_workbook(BytesIO(ranking_xlsx(case.phase, StaffFactory())))

    assert book.sheetnames == ["Classement", "Notes", "Grille"]
    assert [cell.value for cell in book["Notes"][3]][:4] == [
        case.files[0].reference,
        case.members[0].seat.organisation.short_name,
        3.5,
        "NSP",
    ]
    assert [cell.value for cell in book["Grille"][2]] == [case.criteria[0].name, 2, 1]
    moments = [cell.value for cell in book["Classement"][2] if isinstance(cell.value, datetime)]
    assert [moment.replace(microsecond=0) for moment in moments] == [
        timezone.localtime(case.files[0].submitted_at).replace(tzinfo=None, microsecond=0)
    ]


def test_workbook_of_a_phase_without_a_file_opens():
    case = ranking_case([])

    book = openpyxl.load_workbook(BytesIO(ranking_xlsx(case.phase, StaffFactory())))

    assert book["Classement"].max_row == 1


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t"])
def test_text_that_looks_like_a_formula_is_harmless(sign, tmp_path):
    case, text = ranking_case([[[3, 3]]]), f"{sign}HYPERLINK(1+1)"
    Candidature.objects.update(title=text)
    Organisation.objects.update(short_name=text)
    type(case.criteria[0]).objects.update(name=text)
    case.phase.refresh_from_db()

    row = rows_of(ranking_csv(case.phase, StaffFactory()))[0]
    content = ranking_xlsx(case.phase, StaffFactory())
    book = openpyxl.load_workbook(BytesIO(content))

    texts = [cell for sheet in book for line in sheet.iter_rows() for cell in line if cell.value == text]
    assert {cell.data_type for cell in texts} == {"s"}
    assert all(cell.quotePrefix for cell in texts)
    assert len(texts) == 6  # a title, a seat, two criteria, and these two on the line of « Notes »
    assert (row["Intitulé"], row["Siège de la plus basse"]) == (f"'{text}", f"'{text}")
    assert [line["rank"] for line in recalculated(content, tmp_path)] == [1]


def test_title_with_a_character_that_no_workbook_holds_is_kept_without_it():
    case = ranking_case([[[3, 3]]])
    Candidature.objects.update(title="Un\x0btitre")

    book = openpyxl.load_workbook(BytesIO(ranking_xlsx(case.phase, StaffFactory())))

    assert book["Classement"].cell(2, TITLE).value == "Untitre"


def rows_of(content: bytes) -> list[dict]:
    return list(csv.DictReader(StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def test_table_opens_in_a_french_spreadsheet():
    case = ranking_case([[[4, 4], [3, 3]], [None]])

    content = ranking_csv(case.phase, StaffFactory())
    first, second = rows_of(content)

    assert content.startswith("\ufeffRang;Référence;".encode())
    assert [first[name] for name in ("Rang", "Moyenne", "Médiane", "Écart type", "Plus basse", "Plus haute")] == [
        *("1", "70,00", "70,00", "10,00", "60,00", "80,00")
    ]
    assert (first["Siège de la plus haute"], first["Évaluations comptées"], first["Évaluations attendues"]) == (
        *(case.members[0].seat.organisation.short_name, "2", "2"),
    )
    assert (second["Rang"], second["Moyenne"], second["Plus basse"]) == ("2", "", "")


# Who may have them


def address(case, kind) -> str:
    return reverse("admin:phase_export", args=[case.phase.pk, kind])


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_export_is_kept_nowhere_on_the_way(client, kind):
    case = ranking_case([[[4, 4]]])
    client.force_login(case.members[0].user)

    response = client.get(address(case, kind))

    assert response.headers["Content-Disposition"].endswith(f'-phase-{case.phase.number}.{kind}"')
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_no_export_exists_before_the_seal_opens(client, kind):
    case = committee_case()
    for who, code in {"staff": 404, "chair": 404, "signed": 403, "elsewhere_chair": 404, "applicant": 403}.items():
        client.force_login(case.people[who])
        assert client.get(address(case, kind)).status_code == code


def test_recused_chair_exports_neither_the_file_nor_its_marks():
    case = ranking_case([[[5, 5], [4, 4]], [[1, 1], [2, 2]]])
    chair = case.members[0]
    Recusal.raise_for(case.files[0], chair.seat, "Élu du territoire", StaffFactory(), member=chair)

    table = ranking_csv(case.phase, chair.user).decode()
    book = openpyxl.load_workbook(BytesIO(ranking_xlsx(case.phase, chair.user)))

    cells = [cell.value for sheet in book for line in sheet.iter_rows() for cell in line]
    assert case.files[0].reference not in table
    assert case.files[0].reference not in cells
    assert (book["Classement"].max_row, book["Notes"].max_row) == (2, 4)
