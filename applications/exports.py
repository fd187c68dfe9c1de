"""The ranking of a phase for those who live in spreadsheets: CSV, and a workbook whose formulas compute it again."""

import csv
from io import BytesIO, StringIO
from itertools import accumulate

from django.utils import timezone
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from .models import MAX_MARK, rule_files
from .models.ranking import HAIR
from .spread import spread_of

BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"  # without it, Excel reads UTF-8 as another alphabet
STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
NO_OPINION = "NSP"
MISSING = -1  # sorts after every mark, and is shown as words
DATE, MARK, MISSING_AS_WORDS = "dd/mm/yyyy hh:mm:ss", "0.0", '0.00;"sans note"'
READ_ME = (
    f"Chaque critère est noté de 0 à {MAX_MARK}. {NO_OPINION} : le siège ne se prononce pas, ce critère ne compte pas.",
    "Le total d’un siège est la moyenne pondérée de ses notes, sur 100. La moyenne d’un dossier est celle des totaux.",
    "Départage : à moyenne égale, la note moyenne au critère 1 décide, puis au critère 2…, puis l’ordre de dépôt.",
    "Changez un poids ici ou une note dans « Notes » : « Classement » se recalcule. Le portail, lui, ne change pas.",
)


# CSV


def ranking_csv(phase, user) -> bytes:
    """The ranking that `user` may know, one line a file, for a French spreadsheet: `;`, decimal commas, UTF-8."""
    spread = spread_of(phase, user)
    seats = list(phase.call.seats.filter(is_voting=True).select_related("organisation"))
    text = StringIO()
    rows = csv.writer(text, delimiter=";")
    rows.writerow(
        [
            *("Rang", "Référence", "Intitulé", "Moyenne", "Moyenne ajustée", "Médiane", "Écart type"),
            *("Plus basse", "Siège de la plus basse", "Plus haute", "Siège de la plus haute"),
            *("Évaluations comptées", "Évaluations attendues", "Déposée le", "Décision"),
            *(harmless(f"Note moyenne : {each}") for each in spread.criteria),
            *(harmless(f"Total : {seat.organisation.short_name}") for seat in seats),
        ]
    )
    rows.writerows(csv_row(line, spread.criteria, seats) for line in spread.lines)
    return (BOM + text.getvalue()).encode()


def csv_row(line, criteria, seats) -> list:
    file, totals = line.file, {each.seat.pk: each.total for each in line.totals}
    low, high = line.lowest, line.highest
    return [
        *(file.rank, file.reference, harmless(file.title)),
        *(decimal(value) for value in (file.average, line.adjusted, line.median, line.spread)),
        *(decimal(low[0].total if low else None), names(low), decimal(high[0].total if high else None), names(high)),
        *(len(line.totals), line.expected, f"{timezone.localtime(file.submitted_at):%Y-%m-%d %H:%M:%S}"),
        file.decision.get_outcome_display() if hasattr(file, "decision") else "",
        *(decimal(getattr(file, f"tie_{place}")) for place, _ in enumerate(criteria, start=1)),
        *(decimal(totals.get(seat.pk)) for seat in seats),
    ]


def decimal(value) -> str:
    """Two decimals after a comma; empty for None."""
    return "" if value is None else f"{value:.2f}".replace(".", ",")


def names(totals) -> str:
    return harmless(", ".join(each.seat.organisation.short_name for each in totals))


def harmless(text: str) -> str:
    """The same text, which no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(STARTS_A_FORMULA) else text


# XLSX


def ranking_xlsx(phase, user) -> bytes:
    """The ranking that `user` may know as a workbook that computes it: marks, weights, then averages and ranks."""
    spread = spread_of(phase, user)
    criteria = list(phase.call.criteria.all())
    book = Workbook()
    book.calculation.fullCalcOnLoad = True
    ranking, marks, grid = book.active, book.create_sheet("Notes"), book.create_sheet("Grille")
    ranking.title = "Classement"
    fill_grid(grid, criteria)
    last = fill_marks(marks, criteria, spread, {file.number: file.reviews for file in rule_files(phase, user)})
    fill_ranking(ranking, criteria, spread, last)
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def put(sheet, row, column, value, number_format=None):
    """Write a value. A text stays one, even when it looks like a formula."""
    cell = sheet.cell(row, column)
    if isinstance(value, str):
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)
        cell.data_type = "s"
        cell.quotePrefix = value.startswith(STARTS_A_FORMULA)
    else:
        cell.value = value
    if number_format:
        cell.number_format = number_format
    return cell


def formula(sheet, row, column, text, number_format=None):
    """Write a formula of ours, without its equal sign."""
    cell = sheet.cell(row, column, f"={text}")
    if number_format:
        cell.number_format = number_format


def head(sheet, titles, widths, row=1):
    """The first line, kept in view."""
    for column, (title, width) in enumerate(zip(titles, widths, strict=True), start=1):
        cell = put(sheet, row, column, title)
        cell.font, cell.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="top")
        sheet.column_dimensions[get_column_letter(column)].width = width


def fill_grid(sheet, criteria):
    """One line for each criterion, its weight in column B; how to read the workbook below."""
    head(sheet, ["Critère", "Poids", "Départage"], [60, 10, 12])
    for row, criterion in enumerate(criteria, start=2):
        put(sheet, row, 1, criterion.name)
        put(sheet, row, 2, criterion.weight)
        put(sheet, row, 3, criterion.tie_rank)
    for row, text in enumerate(READ_ME, start=len(criteria) + 3):
        put(sheet, row, 1, text)


def fill_marks(sheet, criteria, spread, reviews) -> int:
    """One line for each review, its marks from column C and its total after them; the number of the last line.

    Line 2 repeats the weights of the grid above the marks that they multiply.

    Args:
        reviews: the marks of each seat by criterion, by number of file.
    """
    head(
        sheet,
        ["Référence", "Siège", *(each.name for each in criteria), "Total sur 100"],
        [14, 24, *[14] * len(criteria), 12],
    )
    put(sheet, 2, 1, "Poids")
    for place, _ in enumerate(criteria):
        formula(sheet, 2, 3 + place, f"Grille!B{2 + place}")
    sheet.freeze_panes = "C3"
    row = 2
    for line in spread.lines:
        for each in line.totals:
            row += 1
            put(sheet, row, 1, line.file.reference)
            put(sheet, row, 2, each.seat.organisation.short_name)
            given = reviews[line.file.number][each.seat.pk]
            for place, criterion in enumerate(criteria, start=3):
                mark = given.get(criterion.pk)
                put(sheet, row, place, NO_OPINION if mark is None else float(mark), MARK)
            formula(sheet, row, 3 + len(criteria), total_formula(row, len(criteria)), "0.00")
    return max(row, 3)


def total_formula(row, count) -> str:
    """The weighted mean of the marks on 100, those without an opinion left out; empty without any."""
    last = get_column_letter(2 + count)
    marks, weights = f"$C{row}:${last}{row}", f"$C$2:${last}$2"
    given = f'SUMIF({marks},">=0",{weights})'
    return f'IF({given}=0,"",100*SUMPRODUCT({marks},{weights})/({MAX_MARK}*{given}))'


def fill_ranking(sheet, criteria, spread, last):
    """One line a file: the average, the mean marks that break ties, and the rank that they make."""
    columns = {each.pk: get_column_letter(place) for place, each in enumerate(criteria, start=3)}
    averaged = [get_column_letter(3 + len(criteria)), *(columns[each.pk] for each in spread.criteria)]
    ties = [f"Départage {place} : {each}" for place, each in enumerate(spread.criteria, start=1)]
    head(
        sheet,
        [
            "Rang",
            "Référence",
            "Intitulé",
            "Moyenne",
            *ties,
            "Ordre de dépôt",
            "Déposée le",
            "Évaluations",
            "Rang du portail",
        ],
        [8, 14, 60, 12, *[16] * len(ties), 10, 20, 12, 10],
    )
    sheet.freeze_panes = "C2"
    order = sorted(spread.lines, key=lambda line: (line.file.submitted_at, line.file.number))
    order = {line.file.pk: place for place, line in enumerate(order, start=1)}
    free = 4 + len(averaged)
    for row, line in enumerate(spread.lines, start=2):
        formula(sheet, row, 1, rank_formula(row, len(averaged), len(spread.lines) + 1))
        put(sheet, row, 2, line.file.reference)
        put(sheet, row, 3, line.file.title)
        for place, column in enumerate(averaged, start=4):
            formula(sheet, row, place, mean_formula(row, column, last), MISSING_AS_WORDS)
        put(sheet, row, free, order[line.file.pk])
        put(sheet, row, free + 1, timezone.localtime(line.file.submitted_at).replace(tzinfo=None), DATE)
        formula(sheet, row, free + 2, f"COUNTIFS(Notes!$A$3:$A${last},$B{row})")
        put(sheet, row, free + 3, line.file.rank)


def mean_formula(row, column, last) -> str:
    """The mean of a column of « Notes » for the file of this row, two decimals, halves up; MISSING without a mark."""
    mean = f"AVERAGEIFS(Notes!${column}$3:${column}${last},Notes!$A$3:$A${last},$B{row})"
    return f"IFERROR(ROUND({mean}+{HAIR:.0E},2),{MISSING})"


def rank_formula(row, count, last) -> str:
    """One more than the files before this one: a higher value in a column at equal values in those before it, from
    column D, then an earlier deposit.
    """
    letters = [get_column_letter(place) for place in range(4, 5 + count)]
    same = [f"${letter}$2:${letter}${last},${letter}{row}" for letter in letters]
    signs = [*[">"] * count, "<"]
    equal = ["", *accumulate(f"{each}," for each in same[:-1])]
    counts = [
        f'COUNTIFS({before}${letter}$2:${letter}${last},"{sign}"&${letter}{row})'
        for before, letter, sign in zip(equal, letters, signs, strict=True)
    ]
    return "+".join(["1", *counts])
