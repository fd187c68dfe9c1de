from django.urls import path

from . import views

app_name = "territories"

urlpatterns = [
    path("eligibilite/", views.eligibility, name="eligibility"),
    path("territoires/", views.search_page, name="search"),
    path("territoires/recherche.json", views.search_json, name="search_json"),
]
