"""Steps that the tests of sign-in share."""

import re
import urllib.error
import urllib.request
from urllib.parse import urlsplit

from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal import auth as totp

from tests.factories import PASSWORD, UserFactory


def person(**fields):
    """Someone who can sign in: the address is confirmed."""
    user = UserFactory(**fields)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def sign_in(client, email, password=PASSWORD, **extra):
    """Send the sign-in form as the page does."""
    return client.post("/compte/connexion/", {"login": email, "password": password} | extra)


def is_signed_in(client) -> bool:
    return client.get("/compte/").status_code == 200


def link_in(text: str) -> str:
    """The first address of the portal in a mail, without its host."""
    return re.search(r"https?://testserver(\S+)", text)[1]


def title_of(answer) -> str:
    return answer.content.decode().partition("<h1>")[2].partition("</h1>")[0]


def code_for(secret: str) -> str:
    """What the telephone shows now for this secret."""
    return totp.format_hotp_value(totp.hotp_value(secret, next(totp.yield_hotp_counters_from_time())))


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *arguments):
        return None


def follow(url: str) -> str:
    """Where an address of the OpenID provider sends the browser."""
    try:
        urllib.request.build_opener(NoRedirect).open(url, timeout=10)
    except urllib.error.HTTPError as answer:
        with answer:
            return answer.headers["Location"]
    raise AssertionError(f"{url} does not redirect")


def way_back(client, **extra) -> str:
    """Press the button of ProConnect and identify oneself there: where one is sent back, not yet visited."""
    back = urlsplit(follow(client.post("/compte/proconnect/", extra).url))
    assert back.path == "/compte/proconnect/retour/"
    return f"{back.path}?{back.query}"


def come_through(client, **extra):
    """The whole way through ProConnect; the portal's answer to the return."""
    return client.get(way_back(client, **extra))
