"""Pages that say who runs the portal and on what terms. What is still to be filled in comes from the settings."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.urls import path


@login_not_required
def accessibility(request):
    return render(request, "pages/accessibility.html")


@login_not_required
def legal(request):
    return render(request, "pages/legal.html")


@login_not_required
def privacy(request):
    return render(request, "pages/privacy.html")


urlpatterns = [
    path("accessibilite/", accessibility, name="accessibility"),
    path("mentions-legales/", legal, name="legal"),
    path("donnees-personnelles/", privacy, name="privacy"),
]
