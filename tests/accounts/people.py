"""Steps that the tests of sign-in share."""

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


def code_for(secret: str) -> str:
    """What the telephone shows now for this secret."""
    return totp.format_hotp_value(totp.hotp_value(secret, next(totp.yield_hotp_counters_from_time())))
