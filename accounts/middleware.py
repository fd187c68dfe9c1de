from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse


class SecondFactorMiddleware:
    """Staff and committee go no further than their account until a second factor protects it."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if settings.REQUIRE_SECOND_FACTOR and self.is_missing(request):
            messages.info(request, "Votre rôle demande un second facteur\u00a0: activez-le pour continuer.")
            return redirect("mfa_activate_totp")
        return self.get_response(request)

    def is_missing(self, request) -> bool:
        """Whether this person must first activate a second factor. Account pages (and signing out) stay open."""
        if request.path_info.startswith((reverse("account_index"), reverse("health"))):
            return False
        user = request.user
        return user.is_authenticated and user.may_enter_admin and not is_mfa_enabled(user)
