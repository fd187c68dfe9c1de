from functools import wraps

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator


class PortalAdminSite(admin.AdminSite):
    """Where staff and committee work. One sign-in for all: the portal's own, with its second factor."""

    site_header = site_title = "Au cœur des territoires"
    index_title = "Espace de travail"
    index_template = "admin/workspace.html"
    enable_nav_sidebar = False

    def has_permission(self, request):
        return request.user.is_authenticated and request.user.may_enter_admin

    def admin_view(self, view, cacheable=False):
        """Say no at once to people of another role; visitors are sent to sign in."""
        guarded = super().admin_view(view, cacheable)

        @wraps(guarded)
        def answer(request, *args, **kwargs):
            if request.user.is_authenticated and not self.has_permission(request):
                raise PermissionDenied
            return guarded(request, *args, **kwargs)

        return answer

    @method_decorator(login_not_required)
    def login(self, request, extra_context=None):
        """Send visitors to the portal's sign-in; to people of another role, say no."""
        if self.has_permission(request):
            return redirect("admin:index")
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"))

    def index(self, request, extra_context=None):
        """Each role finds its own work: committee members their files, staff what waits for them and the models."""
        from applications.admin.dashboard import waiting_work

        if not request.user.is_staff:
            return redirect("admin:committee_queue")
        return super().index(request, {**(extra_context or {}), **waiting_work(request.user)})

    def get_urls(self):
        """The pages of the committee and of the session, then Django's own (imported late: models are not ready)."""
        from applications.admin.urls import work_urls
        from labels.admin.urls import label_urls

        return [*work_urls(self), *label_urls(self), *super().get_urls()]
