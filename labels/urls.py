from django.urls import path

from . import views

app_name = "labels"

urlpatterns = [
    path("", views.home, name="home"),
    path("laureats/", views.antenna_list, name="list"),
    path("laureats/annee/<slug:years>/", views.year, name="year"),
    path("laureats/<slug:slug>/", views.detail, name="detail"),
]
