"""France on one flat canvas: Lambert-93 for the mainland and Corsica, one box for each overseas territory below them.

Points are in units of the canvas, from its upper left corner; on the mainland a unit is 119 metres, in a box it is what
makes the territory fit. The région decides of the frame, never the coordinates: a wrong coordinate then shows as a
point outside its box, instead of landing unseen in another one.
"""

import math
from typing import NamedTuple

MAINLAND = "mainland"  # the frame of every région that has no box of its own
WIDTH, HEIGHT = 10_000, 16_650
EDGE = 200  # kept free on both sides of the canvas


class Box(NamedTuple):
    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> tuple[float, float]:
        return self.x + self.width / 2, self.y + self.height / 2

    def touches(self, other: "Box") -> bool:
        """Whether the two have some surface in common."""
        across = self.x < other.x + other.width and other.x < self.x + self.width
        return across and self.y < other.y + other.height and other.y < self.y + self.height

    def is_inside(self, other: "Box") -> bool:
        across = other.x <= self.x and self.x + self.width <= other.x + other.width
        return across and other.y <= self.y and self.y + self.height <= other.y + other.height

    def scaled(self, scale: float) -> "Box":
        """The same with another unit, from the same origin."""
        return Box(*(side * scale for side in self))


# Overseas territories by code of région, in the order of their boxes: what is shown, in degrees (W, S, E, N)
BOUNDS = {
    "01": (-61.85, 15.80, -60.95, 16.55),
    "02": (-61.25, 14.35, -60.78, 14.90),
    "03": (-54.65, 2.05, -51.55, 5.85),
    "04": (55.18, -21.42, 55.88, -20.84),
    "06": (45.00, -13.03, 45.33, -12.60),
    "978": (-63.17, 18.02, -62.96, 18.14),
    "977": (-62.95, 17.86, -62.77, 17.98),
    "975": (-56.53, 46.72, -56.10, 47.17),
    "986": (-178.25, -14.40, -176.08, -13.15),
    "987": (-155.00, -28.00, -134.30, -7.70),
    "988": (163.40, -22.95, 168.30, -19.40),
}
BOXES_A_ROW = 3
FIRST_ROW = 9_450  # y of the first row of boxes
ROW = 1_800  # from a row to the next: a strip for the names, a box
STRIP = 400
GAP = 150
PADDING = 60  # inside a box


def box_of(index: int) -> Box:
    """The place of the box of this rank, from left to right and from top to bottom."""
    row, column = divmod(index, BOXES_A_ROW)
    width = (WIDTH - 2 * EDGE - GAP * (BOXES_A_ROW - 1)) / BOXES_A_ROW
    return Box(EDGE + column * (width + GAP), FIRST_ROW + row * ROW + STRIP, width, ROW - STRIP)


MAINLAND_BOX = Box(0, 0, WIDTH, FIRST_ROW)
BOXES = {region: box_of(index) for index, region in enumerate(BOUNDS)}

# Lambert-93 on the ellipsoid GRS80: constants of the IGN (NTG 71, projections of the RGF93)
EXPONENT, CONSTANT = 0.7256077650532670, 11_754_255.426096
POLE_EAST, POLE_NORTH = 700_000.0, 12_655_612.049876
ECCENTRICITY, MERIDIAN = 0.08181919104281579, math.radians(3)
# Where the mainland is laid on the canvas
WEST, NORTH = 95_000, 7_115_000  # metres, at its upper left corner
UNITS_A_METRE = 0.0084


def lambert93(latitude: float, longitude: float) -> tuple[float, float]:
    """Degrees (RGF93, or WGS84) → metres east and north, EPSG:2154."""
    sine = math.sin(math.radians(latitude))
    isometric = math.atanh(sine) - ECCENTRICITY * math.atanh(ECCENTRICITY * sine)
    radius = CONSTANT * math.exp(-EXPONENT * isometric)
    angle = EXPONENT * (math.radians(longitude) - MERIDIAN)
    return POLE_EAST + radius * math.sin(angle), POLE_NORTH - radius * math.cos(angle)


def frame_of(region: str) -> str | None:
    """The frame in which a région is drawn: MAINLAND, its own code overseas, None for those that no map shows."""
    if region in BOXES:
        return region
    return MAINLAND if len(region) == 2 else None  # every collectivité without a box has a code of three digits


def project(latitude: float, longitude: float, region: str) -> tuple[float, float] | None:
    """Where a point of this région stands on the canvas; None where no map shows it (Terres australes, Clipperton)."""
    frame = frame_of(region)
    if frame is None:
        return None
    if frame == MAINLAND:
        east, north = lambert93(latitude, longitude)
        return EDGE + (east - WEST) * UNITS_A_METRE, (NORTH - north) * UNITS_A_METRE + EDGE / 2
    return project_in_box(latitude, longitude, BOUNDS[frame], BOXES[frame])


def project_in_box(latitude, longitude, bounds, box) -> tuple[float, float]:
    """The same in a box, where meridians and parallels are straight: true to scale in the middle of the territory."""
    west, south, east, north = bounds
    shrink = math.cos(math.radians((south + north) / 2))  # of a degree of longitude
    scale = min((box.width - 2 * PADDING) / ((east - west) * shrink), (box.height - 2 * PADDING) / (north - south))
    x, y = box.middle
    return x + (longitude - (west + east) / 2) * shrink * scale, y - (latitude - (south + north) / 2) * scale
