from django.urls import include, path, register_converter

from .converters import ReferenceConverter, VerbConverter
from .views import acts, calls, candidatures, pieces, sections

app_name = "applications"

register_converter(ReferenceConverter, "reference")
register_converter(VerbConverter, "verb")

candidature_patterns = [
    path("", candidatures.detail, name="detail"),
    path("porteurs/", sections.carriers, name="carriers"),
    path("porteurs/<int:pk>/retirer/", sections.remove_carrier, name="remove_carrier"),
    path("porteurs/<int:pk>/chef-de-file/", sections.choose_lead, name="choose_lead"),
    path("sites/", sections.sites, name="sites"),
    path("sites/<int:pk>/retirer/", sections.remove_site, name="remove_site"),
    path("projet/", sections.project, name="project"),
    path("pieces/", pieces.pieces, name="pieces"),
    path("pieces/<int:pk>/", pieces.download, name="piece"),
    path("pieces/<int:pk>/retirer/", pieces.remove_piece, name="remove_piece"),
    path("recepisse/<int:number>/", acts.receipt, name="receipt"),
    path("<verb:verb>/", acts.transition, name="transition"),
]
urlpatterns = [
    path("appels/", calls.call_list, name="call_list"),
    path("appels/<slug:slug>/", calls.call_detail, name="call_detail"),
    path("candidatures/", candidatures.candidature_list, name="list"),
    path("candidatures/nouvelle/<slug:slug>/", candidatures.start, name="start"),
    path("candidatures/<reference:reference>/", include(candidature_patterns)),
]
