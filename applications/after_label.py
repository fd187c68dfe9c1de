"""What the app of the laureates adds to this one, which never imports it: it gives its functions when it starts.

after_label.register(awaited=awaited_of, reminders=("Bilans annuels…", send))  # in AppConfig.ready
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple


class Awaited(NamedTuple):
    """Something that a person is waited for, shown above their candidatures."""

    words: str
    link: str


AWAITED: list[Callable[[object], Iterable[Awaited]]] = []
REMINDERS: list[tuple[str, Callable[[], int]]] = []


def register(awaited: Callable[[object], Iterable[Awaited]], reminders: tuple[str, Callable[[], int]]) -> None:
    """Give what a person is waited for, and a sending to be done each day with its name."""
    AWAITED.append(awaited)
    REMINDERS.append(reminders)


def awaited_of(user) -> list[Awaited]:
    """All that `user` is waited for."""
    return [line for found in AWAITED for line in found(user)]
