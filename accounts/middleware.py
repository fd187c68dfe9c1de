from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import JsonResponse
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Visitors are sent to sign in. When a session ended under a form, its texts are shown first, to be copied.

    A script that asks for JSON is told where to sign in, with the status 401.
    """

    def process_view(self, request, view_func, view_args, view_kwargs):
        """Who reads a public page is not asked: what is the same for all may be kept by anybody."""
        if not getattr(view_func, "login_required", True):
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)

    def handle_no_permission(self, request, view_func):
        sign_in = super().handle_no_permission(request, view_func)
        if request.get_preferred_type(["text/html", "application/json"]) == "application/json":
            return JsonResponse({"sign_in": resolve_url(settings.LOGIN_URL)}, status=401)
        texts = typed_texts(request)
        if not texts:
            return sign_in
        return render(request, "account/session_ended.html", {"texts": texts, "sign_in": sign_in.url}, status=403)


def typed_texts(request) -> list[str]:
    """What a person wrote in the form that they sent: values of several words, passwords left out."""
    fields = request.POST.lists() if request.method == "POST" else []
    typed = [text for name, values in fields if "password" not in name for text in values]
    return [text for text in typed if len(text.split()) > 1]


def has_second_factor(user) -> bool:
    """Whether an application or a passkey protects the account; recovery codes only replace one of them."""
    return is_mfa_enabled(user, [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN])


class SecondFactorMiddleware:
    """Staff and committee go no further than their account until a second factor protects it."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if settings.REQUIRE_SECOND_FACTOR and self.is_missing(request):
            messages.info(request, "Votre rôle demande un second facteur\u00a0: activez-le pour continuer.")
            return redirect("mfa_index")
        return self.get_response(request)

    def is_missing(self, request) -> bool:
        """Whether this person must first activate a second factor. Account pages (and signing out) stay open.

        Of a visitor without a session nothing is asked: what they are answered is the same for all, and can be kept.
        """
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or request.path_info.startswith(
            (reverse("account_index"), reverse("health"))
        ):
            return False
        user = request.user
        return user.is_authenticated and user.may_enter_admin and not has_second_factor(user)
