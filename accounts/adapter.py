from allauth.account.adapter import DefaultAccountAdapter
from django.urls import reverse


class AccountAdapter(DefaultAccountAdapter):
    """Where people land after signing in: committee and staff in the admin, applicants at their candidatures."""

    def get_login_redirect_url(self, request):
        return reverse("admin:index") if request.user.may_enter_admin else super().get_login_redirect_url(request)
