"""The laureates on the map of France, mainland and overseas: one mark for each, gathered where they would overlap.

The picture keeps its proportions at any width and its marks their size: they are gathered once for a phone and once for
a wide screen, and the style sheet shows the one or the other.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from itertools import groupby

from applications.years import school_year
from territories.map import Point, View, overseas_boxes, points, view_of_region, whole_view
from territories.map_names import Name, place_names
from territories.names import normalise
from territories.outline import Shape, shapes

from .calendar import rank
from .models import Antenna

TARGET = 26  # pixels between two marks: what a finger needs (WCAG 2.2, 2.5.8), and a little
WIDTHS = {"phone": 320, "wide": 600}  # of the picture, in pixels: the least of each
FORMS = ("disc", "square", "triangle", "diamond", "star", "cross")
UNSET = "ring"  # of the laureates without a calendar


@dataclass(frozen=True)
class Place:
    """A laureate where one of its sites stands."""

    antenna: Antenna
    point: Point

    @property
    def label(self) -> str:
        return f"{self.antenna.name}, ouverture {self.antenna.opening_year}"


@dataclass(frozen=True)
class Gathering:
    """The laureates of one mark: a single one, or several that stand too close to one another at this width."""

    places: list[Place]
    x: float  # in percent of the picture
    y: float
    form: str
    name: Name | None = None  # written beside it on the map of a région

    @property
    def is_single(self) -> bool:
        return len({place.antenna.pk for place in self.places}) == 1

    @property
    def antenna(self) -> Antenna:
        return self.places[0].antenna

    @property
    def label(self) -> str:
        if self.is_single:
            return self.places[0].label
        names = list(dict.fromkeys(place.antenna.name for place in self.places))
        return f"{len(names)} lauréats : {', '.join(names)}"

    @property
    def number(self) -> int:
        return len({place.antenna.pk for place in self.places})

    @property
    def region(self) -> str:
        """The région where most of them are."""
        return Counter(place.point.region for place in self.places).most_common(1)[0][0]


@dataclass(frozen=True)
class Year:
    """A line of the legend."""

    label: str
    form: str
    number: int


@dataclass(frozen=True)
class NationalMap:
    view: View
    shapes: list[tuple[Shape, bool]]
    boxes: list
    layers: dict[str, list[Gathering]]  # by width of WIDTHS
    legend: list[Year]
    regions: list[tuple[Shape, list[Antenna]]]  # of the list beside the map
    missing: list[Antenna]  # without a place that a map shows


def national_map(antennas: list[Antenna], region: str | None = None) -> NationalMap:
    """Draw these antennas, read `with_places()` and `with_opening()`; zoomed on a région when there is one.

    No query.
    """
    forms = forms_of(antennas)
    placed = [Place(antenna, point) for antenna in antennas for point in points_of(antenna)]
    shown = [place for place in placed if region in (None, place.point.region)]
    view = view_of_region(region) if region else whole_view()
    there = {place.point.region for place in placed}
    return NationalMap(
        view,
        [(shape, shape.code in there) for shape in shapes().values() if view.shows(shape)],
        [] if view.frame else overseas_boxes(view),
        {name: named(gathered(shown, view, width, forms), view) for name, width in WIDTHS.items()},
        legend({place.antenna.pk: place.antenna for place in shown}.values(), forms),
        by_region(shown),
        [antenna for antenna in antennas if antenna not in {place.antenna for place in placed}],
    )


def points_of(antenna) -> list[Point]:
    return points(site.commune for site in antenna.sites.all())


def forms_of(antennas) -> dict[int | None, str]:
    """The form of each opening year: the same whatever is shown."""
    years = sorted({antenna.planned_year for antenna in antennas if antenna.planned_year})
    return {year: FORMS[place % len(FORMS)] for place, year in enumerate(years)} | {None: UNSET}


def gathered(placed: list[Place], view: View, width: int, forms) -> list[Gathering]:
    """The marks of a picture of this width: each laureate joins the first mark that stands within TARGET pixels.

    From the north, so that the same laureates always give the same picture. A mark is looked for in the squares around
    only, so that thousands cost no more than their number.
    """
    reach = TARGET * view.box.width / width
    marks, squares = [], defaultdict(list)
    for place in sorted(placed, key=lambda place: (place.point.y, place.point.x, place.antenna.slug)):
        row, column = int(place.point.y // reach), int(place.point.x // reach)
        near = (mark for y in (-1, 0, 1) for x in (-1, 0, 1) for mark in squares[row + y, column + x])
        mark = next((mark for mark in near if is_near(mark[0].point, place.point, reach)), None)
        if mark is None:
            mark = []
            marks.append(mark)
            squares[row, column].append(mark)
        mark.append(place)
    return [gathering(mark, view, forms) for mark in marks]


def is_near(one: Point, other: Point, reach: float) -> bool:
    return abs(one.x - other.x) < reach and abs(one.y - other.y) < reach


def gathering(places: list[Place], view: View, forms) -> Gathering:
    x = sum(place.point.x for place in places) / len(places)
    y = sum(place.point.y for place in places) / len(places)
    return Gathering(places, *view.percent(x, y), forms[places[0].antenna.planned_year])


def named(marks: list[Gathering], view: View) -> list[Gathering]:
    """The same, each single mark with the name of its town: there is room for names on the map of a région only."""
    if view.frame is None:
        return marks
    points_alone = {index: mark.places[0].point for index, mark in enumerate(marks) if mark.is_single}
    names = {index: Name(point.town, point.x, point.y, view.box) for index, point in points_alone.items()}
    place_names(list(names.values()), view.box.width)
    return [replace(mark, name=names.get(index)) for index, mark in enumerate(marks)]


def legend(antennas, forms) -> list[Year]:
    counts = Counter(antenna.planned_year for antenna in antennas)
    return [Year(school_year(year), form, counts[year]) for year, form in forms.items() if counts[year]]


def by_region(placed: list[Place]) -> list[tuple[Shape, list[Antenna]]]:
    """The régions in alphabetical order, each with its antennas in the order of the calendar."""
    pairs = {(place.point.region, place.antenna.pk): place.antenna for place in placed}
    ordered = sorted(pairs.items(), key=lambda pair: (normalise(shapes()[pair[0][0]].name), rank(pair[1])))
    return [
        (shapes()[region], [antenna for _, antenna in rows])
        for region, rows in groupby(ordered, key=lambda pair: pair[0][0])
    ]
