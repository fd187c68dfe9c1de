from django.urls import path

from . import people_views, views

app_name = "labels"

urlpatterns = [
    path("", views.home, name="home"),
    path("laureats/", views.antenna_list, name="list"),
    path("laureats/annee/<slug:years>/", views.year, name="year"),
    path("laureats/<slug:slug>/", views.detail, name="detail"),
    path("chiffres/", views.figures, name="figures"),
    path("antennes/<slug:slug>/bilan/<slug:years>/", people_views.report, name="report"),
    path("antennes/<slug:slug>/documents/<int:pk>/", people_views.document, name="document"),
]
