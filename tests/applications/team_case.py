"""What the tests of a candidature's team share: people of each role, addresses, what a page and the outbox say."""

import re

from django.urls import reverse
from post_office.models import Email

from applications.models import Membership
from tests.factories import MembershipFactory, lead_of

Role = Membership.Role
ADDRESS = "collegue@mairie.example"


def url_of(name, candidature, *parts):
    return reverse(f"applications:{name}", args=[candidature.reference, *parts])


def words(response) -> str:
    """What a page says, in one line, with plain spaces and without its tags."""
    text = re.sub(r"<[^>]+>", " ", response.content.decode())
    return re.sub(r"\s+", " ", text.replace("\N{NO-BREAK SPACE}", " ")).replace("&#x27;", "’")


def member(candidature, role=Role.EDITOR, **fields):
    return MembershipFactory(candidature=candidature, role=role, **fields)


def signed_in(client, candidature, role=Role.LEAD):
    """The client, for a person of this role on the candidature."""
    client.force_login(lead_of(candidature) if role == Role.LEAD else member(candidature, role).user)
    return client


def roles(candidature) -> dict:
    return dict(candidature.memberships.values_list("user__email", "role"))


def mail_to(person) -> Email:
    """The one mail queued to this person or address."""
    return Email.objects.get(to=getattr(person, "email", person))
