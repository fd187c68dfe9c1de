"""ProConnect, the State's sign-in for people at work, over OpenID Connect (code flow, confidential client).

It differs from what django-allauth expects of a provider: user information comes as a signed token, `nonce` and a long
`state` are required, and no parameter but its own is accepted. Source: the partners' documentation of ProConnect.
"""

import logging
from functools import cached_property
from urllib.parse import urlencode

import jwt
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.urls import reverse
from django.utils.crypto import constant_time_compare, get_random_string, salted_hmac
from stdnum.fr import siret

logger = logging.getLogger(__name__)

ID = "proconnect"
SCOPES = ["openid", "given_name", "usual_name", "email", "siret", "uid"]
ALGORITHMS = ["RS256", "ES256"]  # never the one that the token names: a forged token would choose its own
CLOCK_DRIFT = 30  # seconds that two well-kept clocks may differ by
STATE_LENGTH = 43  # ProConnect refuses less than 32 characters
ENDPOINTS = {"issuer", "authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri"}
END_SESSION = "proconnect_end_session"  # in the session: where to go, once signed out here, to sign out there


def is_configured() -> bool:
    """Whether the institution has set ProConnect up; otherwise nothing of it is shown."""
    return bool(settings.PROCONNECT["client_id"])


def new_state() -> str:
    return get_random_string(STATE_LENGTH)


def nonce_for(state: str) -> str:
    """The nonce of a sign-in, drawn from its `state`: 64 characters.

    The session holds the state, and gives it up at its first use; so an identity token serves once, in one browser.
    """
    return salted_hmac("accounts.proconnect.nonce", state, algorithm="sha256").hexdigest()


def clean_siret(claim) -> str:
    """The SIRET of a claim, fourteen digits; empty when it is none."""
    text = str(claim or "")
    return siret.compact(text) if siret.is_valid(text) else ""


class ProConnectAdapter(OpenIDConnectOAuth2Adapter):
    """The exchange with ProConnect, from the code to a person whose every claim was verified."""

    basic_auth = False  # the secret goes in the body of the request: the only way that is documented

    @cached_property
    def openid_config(self) -> dict:
        """The addresses that ProConnect publishes.

        Raises:
            OAuth2Error: one is missing.
            requests.RequestException: ProConnect does not answer.
        """
        config = super().openid_config
        if missing := ENDPOINTS - config.keys():
            raise OAuth2Error(f"discovery without {sorted(missing)}")
        return config

    def get_callback_url(self, request, app):
        return request.build_absolute_uri(reverse("proconnect_callback"))

    def complete_login(self, request, app, token, **kwargs):
        """The sign-in of the person to whom ProConnect gave `token`.

        Raises:
            OAuth2Error: a token is not ProConnect's, not for us, not for this sign-in, or names nobody.
            requests.RequestException: ProConnect does not answer.
        """
        id_token = kwargs["response"].get("id_token", "")
        identity = self.verified(id_token, ["iss", "aud", "exp", "sub", "nonce"])
        if not constant_time_compare(identity["nonce"], nonce_for(request.GET["state"])):
            raise OAuth2Error("identity token with another nonce")
        person = self.verified(self.fetch_userinfo(token.token), ["iss", "aud", "sub"])
        if person["sub"] != identity["sub"]:
            raise OAuth2Error("user information of somebody else")
        login = self.get_provider().sociallogin_from_response(request, person)
        if not login.user.email:
            raise OAuth2Error("user information without a usable e-mail")
        if "end_session_endpoint" in self.openid_config:
            request.session[END_SESSION] = self.end_session_url(request, id_token)
        return login

    def fetch_userinfo(self, access_token: str) -> str:
        with get_adapter().get_requests_session() as session:
            answer = session.get(self.profile_url, headers={"Authorization": f"Bearer {access_token}"})
            answer.raise_for_status()
        return answer.text

    def verified(self, token: str, required: list[str]) -> dict:
        """The claims of a token that ProConnect signed for this portal.

        Raises:
            OAuth2Error: bad signature, issuer, audience or date, or a `required` claim is missing.
        """
        try:
            key = self.keys[jwt.get_unverified_header(token).get("kid")]
            return jwt.decode(
                token,
                key,
                algorithms=ALGORITHMS,
                issuer=self.openid_config["issuer"],
                audience=self.get_provider().app.client_id,
                leeway=CLOCK_DRIFT,
                options={"require": required},
            )
        except (jwt.PyJWTError, KeyError) as error:
            raise OAuth2Error(f"token refused: {error!r}") from error

    @cached_property
    def keys(self) -> jwt.PyJWKSet:
        with get_adapter().get_requests_session() as session:
            answer = session.get(self.openid_config["jwks_uri"])
            answer.raise_for_status()
        return jwt.PyJWKSet.from_dict(answer.json())

    def end_session_url(self, request, id_token: str) -> str:
        """Where to sign out of ProConnect too.

        The state comes back unread: what it would protect, coming back to the home page, changes nothing.
        """
        back = request.build_absolute_uri(reverse("proconnect_signed_out"))
        query = {"id_token_hint": id_token, "state": new_state(), "post_logout_redirect_uri": back}
        return f"{self.openid_config['end_session_endpoint']}?{urlencode(query)}"
