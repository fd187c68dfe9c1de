from django.urls import path

from .views import feed, machines, maps, open_data, pages, people

app_name = "labels"

urlpatterns = [
    path("", pages.home, name="home"),
    path("laureats/", pages.antenna_list, name="list"),
    path("laureats/annee/<slug:years>/", pages.year, name="year"),
    path("laureats/flux.atom", feed.feed, name="feed"),
    path("laureats/<slug:slug>/", pages.detail, name="detail"),
    path("carte/", maps.map_page, name="map"),
    path("chiffres/", pages.figures, name="figures"),
    path("antennes/<slug:slug>/bilan/<slug:years>/", people.report, name="report"),
    path("antennes/<slug:slug>/documents/<int:pk>/", people.document, name="document"),
    path("donnees/", open_data.about, name="data"),
    path("donnees/<str:name>", open_data.file, name="data_file"),
    path("robots.txt", machines.robots, name="robots"),
    path("sitemap.xml", machines.sitemap, name="sitemap"),
]
