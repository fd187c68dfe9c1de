"""French addresses for django-allauth's pages, under the names it knows them by."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkey
from django.urls import path, re_path

from . import views
from .proconnect import is_configured

with_proconnect = {"has_proconnect": is_configured}

urlpatterns = [
    path("", views.index, name="account_index"),
    path("connexion/", account.LoginView.as_view(extra_context=with_proconnect), name="account_login"),
    path("connexion/code/", views.code_request, name="account_request_login_code"),
    path("connexion/code/saisie/", account.confirm_login_code, name="account_confirm_login_code"),
    path("deconnexion/", account.logout, name="account_logout"),
    path("connexion/cle/", views.passkey_sign_in, name="mfa_login_webauthn"),
    path("proconnect/", views.proconnect_sign_in, name="proconnect_sign_in"),
    path("proconnect/retour/", views.proconnect_callback, name="proconnect_callback"),
    path("proconnect/deconnexion/", views.proconnect_sign_out, name="proconnect_sign_out"),
    path("proconnect/deconnexion/retour/", views.proconnect_signed_out, name="proconnect_signed_out"),
    path("inscription/", account.SignupView.as_view(extra_context=with_proconnect), name="account_signup"),
    path("desactive/", account.account_inactive, name="account_inactive"),
    path("confirmation-identite/", account.reauthenticate, name="account_reauthenticate"),
    path("adresse/", account.email, name="account_email"),
    path("adresse/confirmation/", account.email_verification_sent, name="account_email_verification_sent"),
    re_path(r"^adresse/confirmation/(?P<key>[-:\w]+)/$", account.confirm_email, name="account_confirm_email"),
    path("mot-de-passe/", account.password_change, name="account_change_password"),
    path("mot-de-passe/choix/", account.password_set, name="account_set_password"),
    path("mot-de-passe/oubli/", account.password_reset, name="account_reset_password"),
    path("mot-de-passe/oubli/envoye/", account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^mot-de-passe/oubli/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "mot-de-passe/oubli/termine/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("second-facteur/", mfa.index, name="mfa_index"),
    path("second-facteur/connexion/", mfa.authenticate, name="mfa_authenticate"),
    path("second-facteur/confirmation-identite/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("second-facteur/activation/", views.activate_application, name="mfa_activate_totp"),
    path("second-facteur/desactivation/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("second-facteur/cles/", passkey.list_webauthn, name="mfa_list_webauthn"),
    path("second-facteur/cles/ajout/", views.add_passkey, name="mfa_add_webauthn"),
    path("second-facteur/cles/<int:pk>/nom/", passkey.edit_webauthn, name="mfa_edit_webauthn"),
    path("second-facteur/cles/<int:pk>/retrait/", passkey.remove_webauthn, name="mfa_remove_webauthn"),
    path("second-facteur/cles/confirmation/", passkey.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("second-facteur/codes/", recovery.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("second-facteur/codes/nouveaux/", recovery.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("second-facteur/codes/fichier/", recovery.download_recovery_codes, name="mfa_download_recovery_codes"),
]
