"""The admin of the laureates: their antennas and calendar, and the proclamation of a phase."""

from . import antennas  # noqa: F401 — registers them
