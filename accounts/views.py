from allauth.mfa.utils import is_mfa_enabled
from django.shortcuts import render


def index(request):
    """« Mon compte »: who one is here, and how the account is protected."""
    return render(request, "account/index.html", {"has_second_factor": is_mfa_enabled(request.user)})
