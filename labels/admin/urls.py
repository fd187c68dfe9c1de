from django.urls import path

from .proclamation import proclaim_phase


def label_urls(site) -> list:
    """The address to add to those of the admin, behind the admin's own door."""
    return [path("proclamation/<int:pk>/", site.admin_view(proclaim_phase), name="labels_proclaim")]
