"""What the pages of a session send, and how they read: one file before a committee of three seats."""

import re

from django.urls import reverse


def item_of(session):
    return session.items.order_by("position").first()


def page_of(session, name="room_file", place=0) -> str:
    item = session.items.order_by("position")[place]
    return reverse(f"admin:{name}", args=[session.pk, item.candidature.reference])


def typed(session, **changes) -> dict:
    """What the form of the decision sends, as of now."""
    fields = {"outcome": "label", "reason": "Projet mûr", "conditions": "", "reserve_rank": ""}
    return fields | {"draft_revision": item_of(session).draft_revision} | changes


def voted(session, votes_for, votes_against=0, abstentions=0, **changes) -> dict:
    """What the form of the vote sends, as of now."""
    session.refresh_from_db()
    votes = {"votes_for": votes_for, "votes_against": votes_against, "abstentions": abstentions}
    seen = {"revision": session.revision, "draft_revision": item_of(session).draft_revision}
    return votes | seen | changes


def words(response) -> str:
    text = re.sub(r"<[^>]+>", " ", response.content.decode())
    return " ".join(text.replace("&nbsp;", " ").replace("\u00a0", " ").split())


def write(session, by, **draft):
    item = item_of(session)
    item.write(by, item.draft_revision, {"outcome": "label", "reason": "Projet mûr"} | draft)
