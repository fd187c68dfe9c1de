"""The marks of a phase as a drawing: one row for each file, all its coordinates ready for the template."""

from typing import NamedTuple

ROW = 24  # pixels, as each name beside the drawing (static/css/ranking.css)
SCALE = 20  # pixels below the rows, for the numbers of the scale
MARGIN = 2  # percents of the width, so that a dot at 0 or 100 is whole
TICKS = (0, 25, 50, 75, 100)


class Dot(NamedTuple):
    x: str
    is_outlying: bool


class Row(NamedTuple):
    name: str
    y: str
    low: str
    high: str
    mean: str
    top: str  # of the stroke that marks the mean
    bottom: str
    dots: list[Dot]


class Chart(NamedTuple):
    height: int
    bottom: int  # of the rows: the scale is below
    ticks: list[tuple[str, int]]
    rows: list[Row]


def chart_of(lines) -> Chart:
    """The totals of each file of a ranking as dots on a scale from 0 to 100, its average as a stroke.

    Args:
        lines: those of `spread.Spread`; files without a mark have no row.
    """
    marked = [line for line in lines if line.totals]
    rows = [row_of(line, number * ROW + ROW // 2) for number, line in enumerate(marked)]
    bottom = len(rows) * ROW
    return Chart(bottom + SCALE, bottom, [(percent(tick), tick) for tick in TICKS], rows)


def row_of(line, y) -> Row:
    return Row(
        name=f"{line.file.rank}. {line.file.reference}",
        y=str(y),
        low=percent(min(line.values)),
        high=percent(max(line.values)),
        mean=percent(line.file.average),
        top=str(y - 8),
        bottom=str(y + 8),
        dots=[Dot(percent(each.total), each.is_outlying) for each in line.totals],
    )


def percent(value) -> str:
    """A number on 100 as a place along the width: 50 gives « 50.0% »."""
    return f"{MARGIN + value * (100 - 2 * MARGIN) / 100:.1f}%"
