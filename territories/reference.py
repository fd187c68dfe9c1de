"""The reference data that ships with the portal: where it lies, of which day it is, whom to thank."""

import csv
import lzma
from datetime import date
from pathlib import Path

from django.utils.formats import date_format

DATA_DIR = Path(__file__).parent / "data"
EDITION = date(2026, 1, 1)  # of the code officiel géographique
FORMER_EDITIONS = [date(2020, 1, 1), date(2021, 1, 1)]  # at the time of the second call
ATTRIBUTION = (
    "INSEE (code officiel géographique 2026, populations), DGCL (EPCI), La Poste — Licence Ouverte ; "
    "GeoNames — CC BY 4.0 ; Natural Earth"
)


def read_rows(name: str) -> list[dict[str, str]]:
    """The rows of a CSV file of `data/`, compressed or not."""
    path = DATA_DIR / name
    with (lzma.open if path.suffix == ".xz" else open)(path, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def day_in_words(day: date) -> str:
    """« 1er janvier 2026 », « 25 juin 2021 »: as French writes the first of the month."""
    return date_format(day, r"1\e\r F Y" if day.day == 1 else "j F Y")
