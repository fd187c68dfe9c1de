"""What the portal decides of sign-in, where django-allauth asks."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.utils import passthrough_next_redirect_url
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.urls import reverse

from .proconnect import END_SESSION, is_configured


class AccountAdapter(DefaultAccountAdapter):
    """Where people land, and what the mails of sign-in say."""

    REAUTHENTICATION = {
        "reauthenticate": "Avec votre mot de passe",
        "mfa_reauthenticate:webauthn": "Avec votre clé d’accès",
        "mfa_reauthenticate": "Avec un code à six chiffres ou un code de secours",
    }

    def get_login_redirect_url(self, request):
        """Committee and staff land in the admin, applicants at their candidatures."""
        return reverse("admin:index") if request.user.may_enter_admin else super().get_login_redirect_url(request)

    def get_email_confirmation_url(self, request, emailconfirmation):
        return self.with_next(super().get_email_confirmation_url(request, emailconfirmation))

    def get_reset_password_from_key_url(self, key):
        return self.with_next(super().get_reset_password_from_key_url(key))

    def send_mail(self, template_prefix, email, context):
        """Send a mail of sign-in; its link to sign up leads, afterwards, to the page first asked for."""
        if "signup_url" in context:
            context = context | {"signup_url": self.with_next(context["signup_url"])}
        super().send_mail(template_prefix, email, context)

    def with_next(self, url: str) -> str:
        """The address, carrying the page first asked for: the mail may be opened later, or on a telephone."""
        return passthrough_next_redirect_url(self.request, url, REDIRECT_FIELD_NAME)

    def get_reauthentication_methods(self, user):
        """The first is the one asked for: the password, else a passkey, else a code."""
        methods = sorted(
            super().get_reauthentication_methods(user), key=lambda each: each["id"] == "mfa_reauthenticate"
        )
        return [method | {"description": self.REAUTHENTICATION[method["id"]]} for method in methods]

    def get_logout_redirect_url(self, request):
        """Whoever came through ProConnect is led out of it too."""
        through_proconnect = is_configured() and END_SESSION in request.session
        return reverse("proconnect_sign_out") if through_proconnect else super().get_logout_redirect_url(request)

    def logout(self, request):
        """Sign out here; the way out of ProConnect stays for the next page."""
        end_session = request.session.get(END_SESSION)
        super().logout(request)
        if end_session:
            request.session[END_SESSION] = end_session


class MFAAdapter(DefaultMFAAdapter):
    """What telephones and computers show of a passkey."""

    def generate_authenticator_name(self, user, type):
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return f"Clé d’accès {number}"

    def get_public_key_credential_rp_entity(self):
        return super().get_public_key_credential_rp_entity() | {"name": settings.MFA_TOTP_ISSUER}
