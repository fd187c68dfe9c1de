"""« Mon compte », and the pages of sign-in that django-allauth leaves to the portal."""

from functools import wraps

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import passthrough_next_redirect_url
from allauth.account.views import RequestLoginCodeView
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView, LoginWebAuthnView
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET
from requests import RequestException

from . import proconnect
from .middleware import has_second_factor


def index(request):
    """« Mon compte »: who one is here, and how the account is protected."""
    return render(request, "account/index.html", {"has_second_factor": has_second_factor(request.user)})


def sign_in_page(request) -> str:
    """The address of the sign-in page, keeping the page first asked for."""
    return passthrough_next_redirect_url(request, reverse("account_login"), REDIRECT_FIELD_NAME)


class CodeRequestView(RequestLoginCodeView):
    """Asking for a code by mail; also from the sign-in page, by its second button and its own field."""

    def get_form_kwargs(self):
        kwargs = super().get_form_kwargs()
        if "login" in self.request.POST:
            kwargs["data"] = {"email": self.request.POST["login"]}
        return kwargs


code_request = CodeRequestView.as_view()


class JustProved:
    """Whoever adds a second factor has used it to do so: its recovery codes are shown without asking again."""

    def form_valid(self, form):
        answer = super().form_valid(form)
        record_authentication(self.request, self.request.user, "mfa", reauthenticated=True)
        return answer


class AddPasskeyView(JustProved, AddWebAuthnView):
    pass


class ActivateApplicationView(JustProved, ActivateTOTPView):
    pass


add_passkey = AddPasskeyView.as_view()
activate_application = ActivateApplicationView.as_view()


class PasskeySignInView(LoginWebAuthnView):
    """Signing in with a passkey alone."""

    def form_invalid(self, form):
        messages.error(
            self.request,
            "Cette clé d’accès n’est pas connue ici. Connectez-vous autrement, puis ajoutez-la de nouveau.",
        )
        return redirect(sign_in_page(self.request))


passkey_sign_in = PasskeySignInView.as_view()


def for_proconnect(view):
    """A view of ProConnect: open to visitors, absent without its settings, in French when ProConnect fails."""

    @wraps(view)
    def answer(request):
        if not proconnect.is_configured():
            raise Http404("ProConnect is not configured")
        provider = get_adapter(request).get_provider(request, proconnect.ID)
        try:
            return view(request, provider)
        except (RequestException, OAuth2Error) as failure:
            return render_authentication_error(request, provider, exception=failure)

    return login_not_required(answer)


@for_proconnect
def proconnect_sign_in(request, provider):
    """Send the person to ProConnect. Only the button does: a link elsewhere must not sign anybody in."""
    if request.method != "POST":
        return redirect(sign_in_page(request))
    return provider.redirect_from_request(request)


@for_proconnect
@require_GET
def proconnect_callback(request, provider):
    """Where ProConnect sends the person back."""
    return OAuth2CallbackView.adapter_view(provider.get_oauth2_adapter(request))(request)


@for_proconnect
def proconnect_sign_out(request, provider):
    """Once signed out here, lead out of ProConnect too.

    A page and not a redirect: ProConnect goes on to the employer's own site, and browsers follow a sent form only to
    the sites that the content security policy names.
    """
    end_session = request.session.pop(proconnect.END_SESSION, None)
    if not end_session:
        return redirect(settings.ACCOUNT_LOGOUT_REDIRECT_URL)
    return render(request, "socialaccount/sign_out.html", {"end_session": end_session})


@for_proconnect
def proconnect_signed_out(request, provider):
    """Where ProConnect sends the person back, signed out of both."""
    messages.success(request, "Vous êtes déconnecté, de ProConnect aussi.")
    return redirect(settings.ACCOUNT_LOGOUT_REDIRECT_URL)
