"""What the pages of the admin share: who may open them, and their frame."""

from functools import wraps

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import models
from django.shortcuts import render
from django.utils.text import capfirst

from accounts.models import Role


class StaffModelAdmin(admin.ModelAdmin):
    """A list of the programme's team. `User.has_perm` refuses everybody else; rows go through `visible_to`."""

    list_per_page = 50
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}

    def changelist_view(self, request, extra_context=None):
        """Named after what it lists, not after the click that it expects."""
        title = capfirst(self.opts.verbose_name_plural)
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    def get_queryset(self, request):
        queryset = super().get_queryset(request)
        return queryset.visible_to(request.user) if hasattr(queryset, "visible_to") else queryset


class ReadOnlyMixin:
    """Shown, never written here."""

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


def staff_only(view):
    """Refuse (403) whoever is not of the programme's team."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not request.user.is_staff:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


def committee_only(view):
    """Refuse (403) whoever has no committee account: the team never judges."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if request.user.role != Role.COMMITTEE:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


def show(request, template, *, title, **context):
    """A page inside the admin's frame."""
    return render(request, template, {**admin.site.each_context(request), "title": title, **context})
