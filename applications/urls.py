from django.urls import include, path, register_converter

from .converters import ReferenceConverter, VerbConverter
from .views import (
    acts,
    calls,
    candidatures,
    clarifications,
    messages,
    pieces,
    places,
    seat_invitations,
    sections,
    team,
    versions,
)

app_name = "applications"

register_converter(ReferenceConverter, "reference")
register_converter(VerbConverter, "verb")

candidature_patterns = [
    path("", candidatures.detail, name="detail"),
    path("rubriques/<slug:code>/", sections.section, name="section"),
    path("reponses/<int:question>/", sections.answer, name="answer"),
    path("porteurs/ajouter/", places.add_carrier, name="add_carrier"),
    path("porteurs/<int:pk>/retirer/", places.remove_carrier, name="remove_carrier"),
    path("porteurs/<int:pk>/chef-de-file/", places.choose_lead, name="choose_lead"),
    path("sites/ajouter/", places.add_site, name="add_site"),
    path("sites/<int:pk>/retirer/", places.remove_site, name="remove_site"),
    path("partenaires/ajouter/", places.add_partner, name="add_partner"),
    path("partenaires/<int:pk>/", places.partner, name="partner"),
    path("partenaires/<int:pk>/retirer/", places.remove_partner, name="remove_partner"),
    path("pieces/<int:question>/ajouter/", pieces.upload, name="upload"),
    path("pieces/<int:pk>/", pieces.download, name="piece"),
    path("pieces/<int:pk>/retirer/", pieces.remove_piece, name="remove_piece"),
    path("pieces/anterieures/", pieces.former_pieces, name="former_pieces"),
    path("recepisse/<int:number>/", versions.receipt, name="receipt"),
    path("recepisse/<int:number>/pdf/", versions.receipt_file, name="receipt_file"),
    path("lettres/<int:pk>/", candidatures.letter_file, name="letter"),
    path("messages/", messages.conversation, name="messages"),
    path("versions/", versions.versions, name="versions"),
    path("textes-mis-de-cote/", versions.set_aside, name="set_aside"),
    path("archive/", versions.archive, name="archive"),
    path("abandonner-les-modifications/", acts.discard, name="discard"),
    path("presenter-de-nouveau/", acts.again, name="present_again"),
    path("equipe/", team.team, name="team"),
    path("equipe/inviter/", team.invite, name="invite"),
    path("equipe/invitations/<int:pk>/annuler/", team.cancel_invitation, name="cancel_invitation"),
    path("equipe/invitations/<int:pk>/renvoyer/", team.renew_invitation, name="renew_invitation"),
    path("equipe/membres/<int:pk>/role/", team.change_role, name="change_role"),
    path("equipe/membres/<int:pk>/retirer/", team.remove_member, name="remove_member"),
    path("equipe/responsabilite/<int:pk>/", team.hand_over, name="hand_over"),
    path("equipe/quitter/", team.leave, name="leave"),
    path("equipe/demandes/<int:pk>/", team.answer_join_request, name="answer_join_request"),
    path("<verb:verb>/", acts.transition, name="transition"),
]
urlpatterns = [
    path("appels/", calls.call_list, name="call_list"),
    path("appels/<slug:slug>/", calls.call_detail, name="call_detail"),
    path("appels/<slug:slug>/question/", clarifications.ask, name="ask"),
    path("appels/<slug:slug>/calendrier.ics", calls.call_calendar, name="call_calendar"),
    path("recepisses/", versions.verify_receipt, name="verify_receipt"),
    path("candidatures/", candidatures.candidature_list, name="list"),
    path("candidatures/nouvelle/<slug:slug>/", candidatures.start, name="start"),
    path("candidatures/invitations/<str:token>/", team.invitation, name="invitation"),
    path("candidatures/rejoindre/<reference:reference>/", team.join, name="join"),
    path("comite/invitation/<str:token>/", seat_invitations.seat_invitation, name="seat_invitation"),
    path("candidatures/<reference:reference>/", include(candidature_patterns)),
]
