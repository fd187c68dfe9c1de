from django.urls import path, re_path

from applications.converters import ReferenceConverter

from .figures import figures
from .letters import letter, resend
from .proclamation import cancel, name_antennas, proclaim_phase
from .rectification import rectify_decision

FILE = rf"(?P<reference>{ReferenceConverter.regex})"


def label_urls(site) -> list:
    """The addresses to add to those of the admin, behind the admin's own door."""
    view = site.admin_view
    return [
        path("proclamation/<int:pk>/", view(proclaim_phase), name="labels_proclaim"),
        path("proclamation/<int:pk>/noms/", view(name_antennas), name="labels_names"),
        path("proclamation/<int:pk>/annuler/", view(cancel), name="labels_cancel_proclamation"),
        path("proclamation/<int:pk>/renvoyer/", view(resend), name="labels_resend"),
        re_path(rf"^proclamation/(?P<pk>\d{{1,9}})/lettres/{FILE}/$", view(letter), name="labels_letter"),
        re_path(rf"^proclamation/(?P<pk>\d{{1,9}})/rectifier/{FILE}/$", view(rectify_decision), name="labels_rectify"),
        path("chiffres/", site.admin_view(figures), name="labels_figures"),
    ]
