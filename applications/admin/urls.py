"""The pages of the admin that are no list of a model: the committee's work, the session, the pieces."""

from django.contrib.contenttypes.views import shortcut
from django.urls import path, re_path

from ..converters import ReferenceConverter
from . import committee, files, session
from .base import staff_only

FILE = rf"(?P<reference>{ReferenceConverter.regex})"


def work_urls(site) -> list:
    """The addresses to add to those of the admin, each behind the admin's own door."""
    view = site.admin_view
    return [
        path("comite/", view(committee.queue), name="committee_queue"),
        re_path(rf"^comite/{FILE}/$", view(committee.read_file), name="committee_file"),
        re_path(rf"^comite/{FILE}/signature/$", view(committee.sign), name="committee_sign"),
        re_path(rf"^comite/{FILE}/deport/$", view(committee.recuse), name="committee_recuse"),
        path("phases/<int:pk>/", view(session.phase), name="phase"),
        path("phases/<int:pk>/scelle/", view(session.open_seal), name="phase_open_seal"),
        re_path(rf"^phases/(?P<pk>\d{{1,9}})/{FILE}/$", view(session.deliberate), name="phase_file"),
        path("pieces/<int:pk>/", view(files.piece), name="piece"),
        # Django's redirection to any object's page tells which ones exist: for the team only.
        path("r/<path:content_type_id>/<path:object_id>/", view(staff_only(shortcut)), name="view_on_site"),
    ]
