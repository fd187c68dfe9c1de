"""What the session's journey and the ground on which it is played have in common."""

SEATS, FILES = 9, 12
RECUSED = (9, 4)  # the seat and the file: its organisation is a partner there
TIED = (1, 2)  # files with the same marks: the first deposited goes first
ABSENT, HOLDER = 8, 7  # the seat that gives its power, and the one that receives it
FATES = ["label", "conditions", "label", "reserve", "defer", "reject"]  # then rejected all


def marks_of(file: int) -> list[int]:
    """The same from every seat, the best files first; the first two alike."""
    level = max(file, 2)
    return [5 - level // 4, 5 - level // 5, 5 - level // 6]


def fate_of(file: int) -> str:
    """What the committee decides of each file, by its number."""
    return FATES[file - 1] if file <= len(FATES) else "reject"
