"""The outline of the régions on the canvas of `projection`, drawn once into data/outline.json (`draw_outline`)."""

import json
from dataclasses import asdict, dataclass
from functools import cache
from itertools import pairwise

from .projection import Box, project
from .reference import DATA_DIR

OUTLINE = DATA_DIR / "outline.json"
SOURCE = DATA_DIR / "regions.geojson"


@dataclass(frozen=True)
class Shape:
    """A région, or an overseas collectivité: its code, its name, what it spans on the canvas, its SVG path."""

    code: str
    name: str
    box: Box
    path: str


@cache
def shapes() -> dict[str, Shape]:
    """Every shape by its code, as the portal ships them."""
    rows = json.loads(OUTLINE.read_text(encoding="utf-8"))
    return {row["code"]: Shape(**row | {"box": Box(*row["box"])}) for row in rows}


def draw() -> str:
    """The content of outline.json, from the outlines in degrees: one shape a line."""
    features = json.loads(SOURCE.read_text(encoding="utf-8"))["features"]
    rows = (json.dumps(asdict(drawn(feature)), ensure_ascii=False, separators=(",", ":")) for feature in features)
    return "[\n" + ",\n".join(rows) + "\n]\n"


def drawn(feature: dict) -> Shape:
    """The shape of a GeoJSON feature. Whole units are fine enough, and drop by themselves the smallest islands."""
    code, name = feature["properties"]["code"], feature["properties"]["name"].replace("'", "’")
    geometry = feature["geometry"]
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    rings = [flattened(ring, code) for polygon in polygons for ring in polygon]
    rings = [ring for ring in rings if len(ring) > 2]
    columns, lines = zip(*(point for ring in rings for point in ring), strict=True)
    box = Box(min(columns), min(lines), max(columns) - min(columns), max(lines) - min(lines))
    return Shape(code, name, box, "".join(path_of(ring) for ring in rings))


def flattened(ring: list, region: str) -> list[tuple[int, int]]:
    """A ring in whole units of the canvas, without the points that fall on the one before them."""
    points = []
    for longitude, latitude in ring[:-1]:  # the last is the first again
        x, y = project(latitude, longitude, region)
        if (point := (round(x), round(y))) not in points[-1:]:
            points.append(point)
    return points


def path_of(ring: list[tuple[int, int]]) -> str:
    """A closed SVG path, in steps from each point to the next."""
    steps = ((x - before_x, y - before_y) for (before_x, before_y), (x, y) in pairwise(ring))
    return "M{} {}l".format(*ring[0]) + " ".join("{} {}".format(*step) for step in steps).replace(" -", "-") + "z"
