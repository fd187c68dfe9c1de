"""The map that the server draws: where a place stands, what is shown around it, which names are written."""

import math
import re
from itertools import combinations, product

import pytest
from django.core.management import call_command
from django.template.loader import render_to_string
from hypothesis import given, settings
from hypothesis import strategies as st

from territories import outline
from territories.map import CARRIER, map_context, points, view_of
from territories.map_names import PHONE, SCREEN, Name, place_names
from territories.models import Commune, Epci
from territories.projection import BOXES, HEIGHT, MAINLAND_BOX, WIDTH, Box, lambert93, project
from territories.reference import read_rows
from tests.factories import CommuneFactory, DepartmentFactory, EpciFactory, RegionFactory

DREUX, BREST, LE_PORT, MARIGOT = (48.736, 1.366), (48.39, -4.486), (-20.938, 55.294), (18.068, -63.083)


def town(name, place=DREUX, department="28", region="24", **fields):
    """A commune at (latitude, longitude), or without a point."""
    found = DepartmentFactory(code=department, name=f"Dép. {department}", region=RegionFactory(code=region))
    latitude, longitude = place or (None, None)
    source = {"point_source": "geonames"} if place else {}
    made = {"latitude": latitude, "longitude": longitude, "department": found} | source | fields
    return CommuneFactory(
        name=name, insee_code=department + str(Commune.objects.count()).zfill(5 - len(department)), **made
    )


def le_port():
    return town("Le Port", LE_PORT, "974", "04")


def brest():
    return town("Brest", BREST, "29", "53")


def drawn(sites, carriers=()) -> str:
    return render_to_string("territories/_map.html", {"map": map_context(sites, carriers)})


# Projection


def test_lambert93_has_its_origin_where_the_ign_puts_it():
    east, north = lambert93(46.5, 3)

    assert (round(east, 3), round(north, 3)) == (700_000, 6_600_000)


@pytest.mark.parametrize("parallel", [44, 49])
def test_lambert93_is_true_to_scale_on_its_two_parallels(parallel):
    sine = math.sin(math.radians(parallel))
    radius = 6_378_137 / math.sqrt(1 - 0.00669438002290 * sine**2) * math.cos(math.radians(parallel))

    length = math.dist(lambert93(parallel, 5), lambert93(parallel, 5.01))

    assert length == pytest.approx(radius * math.radians(0.01), rel=1e-6)


def test_every_commune_stands_in_the_frame_of_its_region():
    rows = [row for row in read_rows("communes.csv.xz") if row["latitude"]]
    placed = {
        row["insee_code"]: project(float(row["latitude"]), float(row["longitude"]), row["region"]) for row in rows
    }
    frames = {row["insee_code"]: BOXES.get(row["region"], MAINLAND_BOX) for row in rows}

    shown = {code: Box(*place, 0, 0) for code, place in placed.items() if place}
    assert {code for code, point in shown.items() if not point.is_inside(frames[code])} == set()
    assert {code[:3] for code, place in placed.items() if place is None} == {"984", "989"}


# Outline


def test_outline_is_what_the_command_draws(tmp_path, monkeypatch):
    monkeypatch.setattr("territories.management.commands.draw_outline.OUTLINE", tmp_path / "outline.json")

    call_command("draw_outline", verbosity=0)

    again = (tmp_path / "outline.json").read_bytes()
    assert again == outline.OUTLINE.read_bytes()
    assert len(again) < 30_000


def test_outline_has_a_shape_for_every_region_that_a_map_shows():
    regions = {row["code"] for row in read_rows("regions.csv")}

    assert set(outline.shapes()) == regions - {"984", "989"}


def test_shapes_span_the_box_that_they_tell():
    for shape in outline.shapes().values():
        corners = [Box(*corner, 0, 0) for corner in path_points(shape.path)]
        assert all(corner.is_inside(shape.box) for corner in corners)


def path_points(path):
    """The points of a path made of « Mx y » and of steps."""
    for ring in path.removesuffix("z").split("z"):
        start, steps = ring.removeprefix("M").split("l")
        x, y = map(int, start.split())
        yield x, y
        numbers = [int(number) for number in re.findall(r"-?\d+", steps)]
        for across, down in zip(numbers[::2], numbers[1::2], strict=True):
            x, y = x + across, y + down
            yield x, y


# Points


def test_commune_stands_at_its_own_point_and_epci_at_its_main_commune():
    dreux = town("Dreux")
    epci = EpciFactory(name="CA du Pays de Dreux", main_commune=dreux)

    of_commune, of_epci = points([dreux, epci], CARRIER)

    assert (of_commune.x, of_commune.y) == project(*DREUX, "24") == (of_epci.x, of_epci.y)
    assert of_commune.label == "Dreux (Dép. 28)"
    assert of_epci.label == "Communauté d’agglomération du Pays de Dreux (Dreux)"
    assert {of_commune.kind, of_epci.kind} == {CARRIER}


def test_places_without_a_point_are_left_out_and_told():
    nowhere = town("Nulle-Part", place=None)
    kerguelen = town("Kerguelen", (-49.349, 70.219), "984", "984")
    orphan = EpciFactory(name="CA Sans Chef-lieu")

    context = map_context([town("Dreux"), nowhere, kerguelen], [orphan, nowhere])

    assert context["sites"] == ["Dreux (Dép. 28)"]
    assert context["missing"] == [
        "Nulle-Part (Dép. 28)",
        "Kerguelen (Dép. 984)",
        "Communauté d’agglomération Sans Chef-lieu",
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_map_asks_one_query_for_the_main_communes(count, django_assert_num_queries):
    for index in range(count):
        EpciFactory(main_commune=town(f"Ville {index}"))
    communes = list(Commune.objects.select_related("department"))
    epcis = list(Epci.objects.select_related("department"))

    with django_assert_num_queries(1):
        drawn(communes, epcis)
    with django_assert_num_queries(0):
        drawn(communes)


# View


def test_single_town_is_shown_in_its_region_without_the_overseas():
    context = map_context([town("Dreux")])

    assert outline.shapes()["24"].box.is_inside(context["view"].box)
    assert context["view"].box.width < WIDTH / 2
    assert [shape.code for shape, is_here in context["shapes"] if is_here] == ["24"]
    assert {shape.code for shape, _ in context["shapes"]} & set(BOXES) == set()
    assert (context["boxes"], context["regions"]) == ([], ["Centre-Val de Loire"])


def test_towns_of_two_regions_are_shown_with_both_of_them():
    view = view_of(points([town("Dreux"), brest()]))

    assert [outline.shapes()[region].box.is_inside(view.box) for region in ("24", "53")] == [True, True]


def test_towns_of_one_overseas_territory_are_shown_in_it_alone():
    context = map_context([le_port()])

    assert [(shape.name, is_here) for shape, is_here in context["shapes"]] == [("La Réunion", True)]
    assert context["view"].box.width < WIDTH / 4
    assert context["boxes"] == []


@pytest.mark.parametrize("others", [["mainland"], ["overseas"], ["mainland", "overseas"]])
def test_towns_far_apart_are_shown_on_the_whole_map_with_every_box(others):
    towns = {"mainland": town("Dreux"), "overseas": town("Saint-Martin", MARIGOT, "978", "978")}

    context = map_context([le_port(), *(towns[other] for other in others)])

    assert str(context["view"]) == f"0 0 {WIDTH} {HEIGHT}"
    assert [box for box, *_ in context["boxes"]] == list(BOXES.values())
    assert [len(context["shapes"]), context["regions"]] == [len(outline.shapes()), []]


def test_point_far_outside_its_region_is_still_in_sight():
    wrong = points([town("Dreux", (43, 9.5))])

    assert Box(wrong[0].x, wrong[0].y, 0, 0).is_inside(view_of(wrong).box)


# Names

ROOM = Box(0, 0, 1000, 833)


@settings(deadline=None)
@given(st.lists(st.tuples(st.text("aM-", min_size=2, max_size=30), st.floats(0, 1000), st.floats(0, 833)), max_size=8))
def test_names_cover_neither_a_mark_nor_one_another_and_stay_in_sight(found):
    names = [Name(*each, ROOM) for each in found]

    place_names(names, ROOM.width)

    for pixels in PHONE + SCREEN:
        scale = pixels / ROOM.width
        shown = [name for name in names if name.side and (pixels in SCREEN or not name.is_wide)]
        spots = [name.covers(name.side, scale) for name in shown]
        pairs = [*combinations(spots, 2), *product(spots, [name.mark(scale) for name in names])]
        assert not any(one.touches(other) for one, other in pairs)
        assert all(spot.is_inside(ROOM.scaled(scale)) for spot in spots)


@pytest.mark.parametrize(
    ("x", "y", "side"),
    [(500, 400, "right"), (960, 400, "left"), (960, 10, "below-left"), (50, 820, "above-right")],
)
def test_name_is_written_on_the_side_where_there_is_room(x, y, side):
    name = Name("Dreux", x, y, ROOM)

    place_names([name], ROOM.width)

    assert (name.side, name.is_wide) == (side, False)


def test_name_without_room_on_a_phone_is_written_on_a_screen_only():
    name = Name("M" * 40, 500, 400, ROOM)

    place_names([name], ROOM.width)

    assert (name.side, name.is_wide) == ("above", True)


def test_name_that_fits_nowhere_is_not_written_and_its_mark_is_drawn():
    far = town("Saint" * 12)  # the longest that a commune may have

    page = drawn([far])

    assert (page.count("map-name "), page.count("<circle"), page.count(far.name)) == (0, 2, 1)  # a mark is in the key


def test_town_of_a_site_and_of_its_carriers_has_one_name_and_the_marks_of_both():
    dreux = town("Dreux")

    marks = map_context([dreux], [dreux, EpciFactory(main_commune=dreux)])["points"]

    assert [mark.kind for mark in marks] == ["carrier", "carrier", "site"]
    assert [mark.name and mark.name.text for mark in marks] == [None, None, "Dreux"]
    assert len({(mark.x, mark.y) for mark in marks}) == 1


# Page


def test_page_lists_what_the_picture_shows():
    page = drawn([town("Dreux"), town("Chartres", (48.45, 1.48))], [town("L'Aigle", (48.76, 0.63), "61", "28")])

    assert "Sites : Dreux (Dép. 28), Chartres (Dép. 28)" in page
    assert "Porteur : L’Aigle (Dép. 61)" in page
    assert title_of(page) == "Carte des sites et du porteur : Centre-Val de Loire, Normandie"
    assert [page.count(shape) for shape in ("<circle", "map-carrier")] == [3, 2]  # each once in the key
    assert re.findall(r">([^<]+)</text>", page) == ["L’Aigle", "Chartres", "Dreux"]


def title_of(page) -> str:
    return re.search(r"<title[^>]*>\s*(.*?)\s*</title>", page, re.DOTALL)[1]


def test_page_writes_positions_as_svg_reads_them():
    page = drawn([town("Dreux"), le_port()])

    positions = re.findall(r'\b(?:c?[xy]|width|height|viewBox)="([^"]*)"', page)
    assert [each for each in positions if not re.fullmatch(r"-?\d+(\.\d+)?%?|0 0 \d+ \d+", each)] == []


def test_page_says_which_places_are_approximate_and_that_an_epci_stands_at_its_main_commune():
    near = town("Près", point_source="approx-cp")

    page = drawn([near, town("Dreux")], [EpciFactory(name="CA du Pays", main_commune=near)])

    told = "Près (Dép. 28), Communauté d’agglomération du Pays (Près)"
    assert f"Emplacement approximatif, à quelques kilomètres près : {told}." in page
    assert "Une intercommunalité est placée à sa commune la plus peuplée." in page


def test_page_without_any_point_draws_nothing_and_says_why():
    page = drawn([town("Nulle-Part", place=None)])

    assert "<svg" not in page
    assert "Sans emplacement connu, donc absent de la carte : Nulle-Part (Dép. 28)." in page


def test_page_of_exact_communes_has_nothing_more_to_say():
    page = drawn([town("Dreux")])

    assert [words in page for words in ("approximatif", "intercommunalité", "Sans emplacement", "Porteur")] == [
        False
    ] * 4
