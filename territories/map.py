"""Places on a map drawn by the server: where they stand, what part of France is shown around them, which names fit.

The picture is one SVG whose marks and names keep their size at any width: only their positions, in percent, follow it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from operator import itemgetter

from django.db.models import prefetch_related_objects

from .map_names import Name, place_names
from .models import Commune, Epci
from .outline import Shape, shapes
from .projection import BOXES, HEIGHT, MAINLAND, MAINLAND_BOX, WIDTH, Box, frame_of, project

SITE, CARRIER = "site", "carrier"
ZOOM_RATIO = 1.2  # width over height of a picture that shows a part of France, as in map.css
SHORT_NAMES = {  # of the overseas territories whose name is wider than their box
    "977": "St-Barthélemy",
    "975": "St-Pierre-et-M.",
    "986": "Wallis-et-F.",
    "987": "Polynésie fr.",
    "988": "Nlle-Calédonie",
}
MARGIN = 0.06  # around what must be seen, as a share of it


@dataclass(frozen=True)
class Point:
    """A commune or an EPCI, where it stands on the canvas."""

    place: Commune | Epci
    commune: Commune  # the place itself, or the main commune of the EPCI
    kind: str
    x: float
    y: float

    @property
    def town(self) -> str:
        """The name beside the mark."""
        return self.commune.name.replace("'", "’")

    @property
    def label(self) -> str:
        """In full: « Dreux (Eure-et-Loir) », « Communauté d’agglomération du Pays de Dreux (Dreux) »."""
        return self.place.label if self.place is self.commune else f"{self.place.label} ({self.town})"

    @property
    def region(self) -> str:
        return region_of(self.place)

    @property
    def is_approximate(self) -> bool:
        return self.commune.point_source.startswith("approx")


@dataclass(frozen=True)
class Mark:
    """A point as it is drawn: `x` and `y` in percent of the picture, and the name to write beside it, if any."""

    kind: str
    x: float
    y: float
    label: str
    name: Name | None


@dataclass(frozen=True)
class View:
    """The part of the canvas that is shown. With the overseas boxes, it is the whole of it."""

    box: Box
    frame: str | None  # the only one that is shown, or None for all

    def __str__(self):
        """As the viewBox of an SVG."""
        return " ".join(str(round(side)) for side in self.box)

    def room_of(self, point: Point) -> Box:
        """Where the name of a point may be written: where it cannot be taken for that of another territory."""
        return self.box if self.frame else BOXES.get(point.region, MAINLAND_BOX)

    def percent(self, x: float, y: float) -> tuple[float, float]:
        """The same place in percent of the width and of the height shown."""
        across, down = (x - self.box.x) / self.box.width, (y - self.box.y) / self.box.height
        return round(100 * across, 2), round(100 * down, 2)

    def shows(self, shape: Shape) -> bool:
        return self.frame is None or (frame_of(shape.code) == self.frame and self.box.touches(shape.box))


def region_of(place: Commune | Epci) -> str:
    """The code of its région; of an EPCI, that of its main commune, by definition of its département."""
    return place.department.region_id


def points(places: Iterable[Commune | Epci], kind: str = SITE) -> list[Point]:
    """Where these places stand, in the same order: an EPCI at its main commune. Those without a point are left out.

    Reads the `department` of each place; the main communes that are not there yet come in one query for all.
    """
    places = list(places)
    prefetch_related_objects([place for place in places if isinstance(place, Epci)], "main_commune")
    return [found for place in places if (found := point_of(place, kind))]


def point_of(place, kind) -> Point | None:
    commune = place.main_commune if isinstance(place, Epci) else place
    if commune is None or commune.latitude is None:
        return None
    position = project(commune.latitude, commune.longitude, region_of(place))
    return position and Point(place, commune, kind, *position)


def view_of(placed: list[Point]) -> View:
    """What to show: the régions of the points when all are on the mainland, their territory when all are in the same
    one overseas, else the whole canvas.
    """
    regions = {point.region for point in placed} or {code for code in shapes() if frame_of(code) == MAINLAND}
    frames = {frame_of(region) for region in regions}
    if len(frames) > 1:
        return whole_view()
    return view_in(frames.pop(), regions, [Box(point.x, point.y, 0, 0) for point in placed])


def whole_view() -> View:
    """The whole canvas, overseas boxes included."""
    return View(Box(0, 0, WIDTH, HEIGHT), None)


def view_of_region(region: str) -> View:
    """One région, and what of its neighbours its picture shows."""
    return view_in(frame_of(region), [region], [])


def view_in(frame: str, regions, there: list[Box]) -> View:
    """What is shown of a frame so that these régions and places are seen."""
    whole = [shape.box for shape in shapes().values() if frame_of(shape.code) == frame]
    seen = widened(around([shapes()[region].box for region in regions] + there))
    return View(slid_into(widened(around(whole + there)), seen), frame)


def around(boxes: list[Box]) -> Box:
    """The smallest box that holds all of these."""
    x, y = min(box.x for box in boxes), min(box.y for box in boxes)
    return Box(x, y, max(box.x + box.width for box in boxes) - x, max(box.y + box.height for box in boxes) - y)


def widened(box: Box) -> Box:
    """The box with its margin, grown on both sides to the proportions of the picture."""
    width = max(box.width, box.height * ZOOM_RATIO) * (1 + 2 * MARGIN)
    height = width / ZOOM_RATIO
    x, y = box.middle
    return Box(x - width / 2, y - height / 2, width, height)


def slid_into(whole: Box, box: Box) -> Box:
    """The box, moved so as to show as little as can be of what lies around `whole`, the larger one."""
    x = min(max(box.x, whole.x), whole.x + whole.width - box.width)
    y = min(max(box.y, whole.y), whole.y + whole.height - box.height)
    return box._replace(x=x, y=y)


def marks(placed: list[Point], view: View) -> list[Mark]:
    """The points as they are drawn, the uppermost last. A name is written once for all the points of a town, by the
    first of them.
    """
    first = {(point.town, point.x, point.y): point for point in reversed(placed)}.values()
    names = {point: Name(point.town, point.x, point.y, view.room_of(point)) for point in placed if point in first}
    place_names(list(names.values()), view.box.width)
    return [
        Mark(point.kind, *view.percent(point.x, point.y), point.town, names.get(point)) for point in reversed(placed)
    ]


def map_context(sites: Iterable[Commune | Epci], carriers: Iterable[Commune | Epci] = ()) -> dict:
    """What `territories/_map.html` draws and says of these places.

    `view` and `shapes` (each with whether a point is there) in units of the canvas, `boxes` of the overseas
    territories when they are shown; `points` from the lowest to the uppermost; the others in words, `regions` only
    when nothing else of France is in sight.
    """
    sites, carriers = list(sites), list(carriers)
    site_points, carrier_points = points(sites, SITE), points(carriers, CARRIER)
    placed = site_points + carrier_points
    view = view_of(placed)
    regions = unique(point.region for point in placed)
    known = {point.place for point in placed}
    shown = [(shape, shape.code in regions) for shape in shapes().values() if view.shows(shape)]
    return {
        "view": view,
        "shapes": sorted(shown, key=itemgetter(1)),  # the régions of the points over the others
        "boxes": [] if view.frame else overseas_boxes(view),
        "points": marks(placed, view),
        "regions": [shapes()[region].name for region in regions] if view.frame else [],
        "sites": [point.label for point in site_points],
        "carriers": [point.label for point in carrier_points],
        "approximate": unique(point.label for point in placed if point.is_approximate),
        "missing": unique(place.label for place in [*sites, *carriers] if place not in known),
        "has_epci": any(isinstance(place, Epci) for place in known),
    }


def overseas_boxes(view: View) -> list[tuple[Box, str, float, float]]:
    """Each box of the canvas, the name of its territory, and where to write it, in percent of the picture."""
    return [
        (box, SHORT_NAMES.get(region, shapes()[region].name), *view.percent(box.x, box.y))
        for region, box in BOXES.items()
    ]


def unique(texts: Iterable[str]) -> list[str]:
    """These texts in the same order, each once."""
    return list(dict.fromkeys(texts))
