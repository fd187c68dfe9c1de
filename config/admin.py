from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.urls import reverse


class PortalAdminSite(admin.AdminSite):
    """Where staff and committee work. One sign-in for all: the portal's own, with its second factor."""

    site_header = site_title = "Au cœur des territoires"
    index_title = "Espace de travail"
    enable_nav_sidebar = False

    def has_permission(self, request):
        return request.user.is_authenticated and request.user.may_enter_admin

    def login(self, request, extra_context=None):
        """Send visitors to the portal's sign-in; to people of another role, say no."""
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"))
