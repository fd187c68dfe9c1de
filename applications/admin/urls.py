"""The pages of the admin that are no list of a model: the committee's work, the session, the pieces."""

from django.contrib.contenttypes.views import shortcut
from django.urls import path, re_path

from ..converters import ReferenceConverter
from . import (
    admissibility,
    clarifications,
    committee,
    conflicts,
    coverage,
    dossiers,
    files,
    mandates,
    minutes,
    ranking,
    recusals,
    reopening,
    review_news,
    reviewing,
    room,
    room_file,
    sealed_record,
    session,
    what_if,
)
from .base import staff_only

FILE = rf"(?P<reference>{ReferenceConverter.regex})"
LINK = rf"liens/{FILE}/(?P<seat>\d{{1,9}})/(?P<member>\d{{1,9}})"


def work_urls(site) -> list:
    """The addresses to add to those of the admin, each behind the admin's own door."""
    view = site.admin_view
    return [*committee_urls(view), *phase_urls(view), *session_urls(view), *conflict_urls(view), *team_urls(view)]


def committee_urls(view) -> list:
    """What a seat reads and scores, and the mandates of its people."""
    return [
        path("comite/", view(committee.queue), name="committee_queue"),
        re_path(rf"^comite/{FILE}/$", view(reviewing.read_file), name="committee_file"),
        re_path(rf"^comite/{FILE}/signature/$", view(reviewing.sign), name="committee_sign"),
        re_path(rf"^comite/{FILE}/notes/$", view(reviewing.write_note), name="committee_note"),
        re_path(rf"^comite/{FILE}/versions/$", view(review_news.versions), name="committee_versions"),
        path("comite/phases/<int:pk>/dossiers.zip", view(dossiers.as_zip), name="committee_zip"),
        path("comite/phases/<int:pk>/dossiers.pdf", view(dossiers.as_pdf), name="committee_pdf"),
        re_path(rf"^comite/{FILE}/deport/$", view(committee.recuse), name="committee_recuse"),
        path("comite/mandats/", view(mandates.mandates), name="mandates"),
        path("comite/mandats/<int:pk>/", view(mandates.mandate), name="mandate"),
        path("comite/mandats/<int:pk>/retirer/", view(mandates.remove_mandate), name="remove_mandate"),
    ]


def phase_urls(view) -> list:
    """The deliberation on a phase, from its seal to its sealed record."""
    return [
        path("phases/<int:pk>/", view(session.phase), name="phase"),
        path("phases/<int:pk>/classement/", view(ranking.ranking), name="phase_ranking"),
        path("phases/<int:pk>/classement/hypothese/", view(what_if.what_if), name="phase_what_if"),
        re_path(r"^phases/(?P<pk>\d{1,9})/classement\.(?P<kind>csv|xlsx)$", view(ranking.export), name="phase_export"),
        path("phases/<int:pk>/couverture/", view(coverage.matrix), name="phase_coverage"),
        path("phases/<int:pk>/relance/", view(coverage.reminder), name="phase_reminder"),
        path("phases/<int:pk>/scelle/", view(session.open_seal), name="phase_open_seal"),
        re_path(rf"^phases/(?P<pk>\d{{1,9}})/{FILE}/$", view(session.deliberate), name="phase_file"),
        path("phases/<int:pk>/dossier-scelle/", view(sealed_record.sealed_record), name="sealed_record"),
        path("phases/<int:pk>/seance/", view(room.convene), name="phase_convene"),
    ]


def session_urls(view) -> list:
    """One session of the committee and its minutes."""
    return [
        path("seances/<int:pk>/proces-verbal/", view(minutes.minutes), name="minutes"),
        path("seances/<int:pk>/proces-verbal.pdf", view(minutes.export), {"kind": "pdf"}, name="minutes_pdf"),
        path("seances/<int:pk>/proces-verbal.txt", view(minutes.export), {"kind": "txt"}, name="minutes_text"),
        path("seances/<int:pk>/", view(room.room), name="room"),
        path("seances/<int:pk>/lever/", view(room.close), name="room_close"),
        path("seances/<int:pk>/etat/", view(room.state), name="room_state"),
        re_path(rf"^seances/(?P<pk>\d{{1,9}})/{FILE}/$", view(room_file.file), name="room_file"),
        re_path(rf"^seances/(?P<pk>\d{{1,9}})/{FILE}/relire/$", view(room_file.read_back), name="room_read_back"),
    ]


def conflict_urls(view) -> list:
    """Who must stay away, and a review given back to its seat."""
    return [
        path("liens/", view(conflicts.conflicts), name="conflicts"),
        re_path(rf"^{LINK}/confirmer/$", view(conflicts.confirm_conflict), name="confirm_conflict"),
        re_path(rf"^{LINK}/ecarter/$", view(conflicts.dismiss_conflict), name="dismiss_conflict"),
        re_path(rf"^phases/(?P<pk>\d{{1,9}})/{FILE}/deport/$", view(recusals.raise_recusal), name="raise_recusal"),
        re_path(
            rf"^phases/(?P<pk>\d{{1,9}})/{FILE}/sieges/(?P<seat>\d{{1,9}})/rouvrir/$",
            view(reopening.reopen_review),
            name="reopen_review",
        ),
    ]


def team_urls(view) -> list:
    """The admissibility of the files, and their pieces."""
    return [
        path("questions/<int:pk>/", view(clarifications.answer), name="clarification"),
        path("recevabilite/", view(admissibility.admit_together), name="admit_together"),
        re_path(rf"^recevabilite/{FILE}/$", view(admissibility.examine), name="admissibility"),
        path("pieces/<int:pk>/", view(files.piece), name="piece"),
        # Django's redirection to any object's page tells which ones exist: for the team only.
        path("r/<path:content_type_id>/<path:object_id>/", view(staff_only(shortcut)), name="view_on_site"),
    ]
