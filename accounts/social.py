"""Who a person who comes through ProConnect is here, and what is said when it fails."""

from allauth.account.models import EmailAddress
from allauth.account.utils import get_next_redirect_url, user_field
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.base import AuthError
from django.conf import settings
from django.shortcuts import render
from requests import RequestException

from . import proconnect
from .models import User

CANCELLED = {
    "title": "Connexion annulée",
    "advice": "Rien n’a changé. Vous pouvez recommencer, ou vous connecter avec votre adresse électronique.",
    "status": 200,
}
STALE = {
    "title": "Cette connexion n’est plus valable",
    "advice": "Elle a déjà servi, ou elle a attendu trop longtemps. Recommencez depuis la page de connexion.",
    "status": 400,
}
SILENT = {
    "title": "ProConnect ne répond pas",
    "advice": "Réessayez dans quelques minutes, ou connectez-vous avec votre adresse électronique.",
    "status": 503,
}
REFUSED = {
    "title": "ProConnect n’a pas confirmé votre identité",
    "advice": (
        "Recommencez. Si cela se répète, connectez-vous avec votre adresse électronique "
        "et prévenez l’équipe du programme."
    ),
    "status": 400,
}


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """ProConnect alone, from the settings alone."""

    def list_apps(self, request, provider=None, client_id=None):
        if not proconnect.is_configured() or provider not in (None, proconnect.ID):
            return []
        app = SocialApp(
            provider=proconnect.ID,
            provider_id=proconnect.ID,
            name="ProConnect",
            client_id=settings.PROCONNECT["client_id"],
            secret=settings.PROCONNECT["client_secret"],
            settings={"server_url": settings.PROCONNECT["server"]},
        )
        return [app]

    def is_email_verified(self, provider, email):
        """ProConnect passes on only addresses that the person's employer, or ProConnect itself, has verified."""
        return True

    def populate_user(self, request, sociallogin, data):
        user = sociallogin.user
        user.email = data.get("email", "")  # already checked and in lower case; empty when it is none
        user_field(user, "full_name", data["name"])
        user.siret = sociallogin.account.extra_data["siret"]
        return user

    def authenticate_by_email(self, sociallogin):
        """The account at the same address, if its owner has proved here that the address is theirs.

        Two proofs of one address, here by the link of a mail and there by ProConnect, name one person: the accounts
        are joined. An account whose address nobody proved is never joined: anyone may sign up with the address of a
        colleague and a password of their own, then wait for that colleague to come through ProConnect; joined, the
        account would be open to both.
        """
        addresses = EmailAddress.objects.filter(email=sociallogin.user.email, verified=True)
        address = addresses.select_related("user").first()
        return (address.user, address.email) if address else None

    def pre_social_login(self, request, sociallogin):
        """Keep the employer that ProConnect names today, or refuse an account whose address nobody proved."""
        user = sociallogin.user
        if sociallogin.is_existing:
            user.siret = sociallogin.account.extra_data["siret"]
            user.save(update_fields=["siret"])
        elif User.objects.filter(email__iexact=user.email).exists():
            proconnect.logger.warning("ProConnect refused: the account at this address has yet to confirm it")
            context = {"email": user.email, "next": sociallogin.get_redirect_url(request)}
            raise ImmediateHttpResponse(render(request, "socialaccount/address_to_confirm.html", context, status=409))
        else:
            # Somebody else may have begun to change to this address; now that it is proved, they never can.
            EmailAddress.objects.filter(email=user.email, verified=False).delete()

    def on_authentication_error(self, request, provider, error=None, exception=None, extra_context=None):
        """Say what happened and what to do, and log it for the operator."""
        state = (extra_context or {}).get("state") or {}
        failure = self.failure(error, exception, known=bool(state) or exception is not None)
        returned = {name: request.GET[name][:200] for name in ("error", "error_description") if name in request.GET}
        proconnect.logger.warning("ProConnect: %s (returned: %r, exception: %r)", failure["title"], returned, exception)
        context = {"failure": failure, "next": state.get("next") or get_next_redirect_url(request)}
        page = render(request, "socialaccount/authentication_error.html", context, status=failure["status"])
        raise ImmediateHttpResponse(page)

    def failure(self, error, exception, known: bool) -> dict:
        """Which of the four failures this is; `known` says that the portal had begun this sign-in."""
        if error == AuthError.CANCELLED:
            return CANCELLED
        if not known:
            return STALE
        return SILENT if isinstance(exception, RequestException) else REFUSED
