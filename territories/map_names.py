"""On which side of its mark each name of a map is written, so that none covers another, or a mark.

Sizes are in CSS pixels; map.css writes the names at these distances. On a wider picture, marks stand further from one
another and names keep their size: a side is good when it is at every width, from a phone to the largest picture.
"""

from dataclasses import dataclass

from .projection import Box

PHONE = (280, 340, 410)  # widths of the picture, the first on a screen of 320 pixels
SCREEN = (480, 544)  # and where map.css shows the names that have no room on a phone
LETTER = 8  # mean width of a letter, in the widest of the system's faces
LINE = 20  # height of a name
REACH = 15  # from the middle of a mark to a name beside it, above it or below it
MARK = 11  # half the width of a mark
ABOVE, BESIDE, BELOW = -REACH - LINE, -LINE / 2, REACH
SIDES = {  # the best first: from the mark to the left edge of the name, given its width, and to its upper edge
    "right": (lambda width: REACH, BESIDE),
    "left": (lambda width: -REACH - width, BESIDE),
    "above": (lambda width: -width / 2, ABOVE),
    "below": (lambda width: -width / 2, BELOW),
    "above-right": (lambda width: -MARK, ABOVE),
    "below-right": (lambda width: -MARK, BELOW),
    "above-left": (lambda width: MARK - width, ABOVE),
    "below-left": (lambda width: MARK - width, BELOW),
}


@dataclass
class Name:
    """A name to write, its mark and the part of the canvas where it may be: a box of its territory, or all of it.

    `side` becomes one of SIDES, and stays "" when none is free.
    """

    text: str
    x: float
    y: float
    room: Box
    side: str = ""
    is_wide: bool = False  # whether only a wide picture has room for it

    def covers(self, side: str, scale: float) -> Box:
        """What it takes, written on that side, in pixels."""
        width = (len(self.text) + 1) * LETTER
        across, down = SIDES[side]
        return Box(self.x * scale + across(width), self.y * scale + down, width, LINE)

    def mark(self, scale: float) -> Box:
        return Box(self.x * scale - MARK, self.y * scale - MARK, 2 * MARK, 2 * MARK)


def place_names(names: list[Name], width: float):
    """Give each name its side, for a picture that shows this width of the canvas: first to those that have the least
    choice, else in their order.
    """
    give_sides(names, [pixels / width for pixels in PHONE + SCREEN])
    for name in names:
        name.is_wide = not name.side
    give_sides(names, [pixels / width for pixels in SCREEN])


def give_sides(names: list[Name], scales: list[float]):
    """Give a side to the names that have none yet, around those that have one. `scales`: pixels for a unit."""
    waiting = [name for name in names if not name.side]
    for name in sorted(waiting, key=lambda name: len(free_sides(name, names, scales))):
        name.side = next(iter(free_sides(name, names, scales)), "")


def free_sides(name: Name, names: list[Name], scales: list[float]) -> list[str]:
    """The sides where it stays in its room and covers nothing at any of these scales, the best first."""
    free = list(SIDES)
    for scale in scales:
        taken = [each.mark(scale) for each in names] + [each.covers(each.side, scale) for each in names if each.side]
        free = [side for side in free if is_free(name.covers(side, scale), name.room.scaled(scale), taken)]
    return free


def is_free(spot: Box, room: Box, taken: list[Box]) -> bool:
    return spot.is_inside(room) and not any(spot.touches(each) for each in taken)
