"""The admin: models for the programme's team, and the pages of the committee and of its chair."""

from . import calls, candidatures, clarifications, form_rows, journal, mandates, outbox, people, recusals  # noqa: F401 — registers them
