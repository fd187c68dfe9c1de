"""Every address of the portal, Django's own included: what visitors and each role get. A new address needs its line."""

import re

import pytest
from django.urls import URLPattern, get_resolver, reverse

from accounts.models import Role
from tests.factories import UserFactory

PUBLIC = {  # read by everybody, signed in or not
    "accessibility",
    "applications:call_calendar",
    "applications:call_detail",
    "applications:call_list",
    "applications:verify_receipt",
    "health",
    "labels:data",
    "labels:data_file",
    "labels:detail",
    "labels:feed",
    "labels:figures",
    "labels:home",
    "labels:list",
    "labels:map",
    "labels:robots",
    "labels:sitemap",
    "labels:year",
    "legal",
    "privacy",
    "territories:eligibility",
    "territories:search",
    "territories:search_json",
}
SIGN_IN = {  # open to visitors so that they can sign in, up or out, confirm, or find their account again
    "account_confirm_email",
    "account_confirm_login_code",
    "account_email_verification_sent",
    "account_inactive",
    "account_login",
    "account_logout",
    "account_request_login_code",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "account_signup",
    "mfa_authenticate",
    "mfa_login_webauthn",
    "proconnect_callback",
    "proconnect_sign_in",
    "proconnect_sign_out",
    "proconnect_signed_out",
}
MINE = {  # for whoever is signed in, each their own (`test_applicant_access.py` says whose)
    "applications:add_carrier",
    "applications:add_partner",
    "applications:add_site",
    "applications:answer",
    "applications:ask",
    "applications:answer_join_request",
    "applications:archive",
    "applications:cancel_invitation",
    "applications:change_role",
    "applications:choose_lead",
    "applications:detail",
    "applications:discard",
    "applications:former_pieces",
    "applications:hand_over",
    "applications:invitation",
    "applications:invite",
    "applications:join",
    "applications:leave",
    "applications:letter",
    "applications:list",
    "applications:messages",
    "applications:partner",
    "applications:piece",
    "applications:present_again",
    "applications:receipt",
    "applications:receipt_file",
    "applications:remove_carrier",
    "applications:remove_member",
    "applications:remove_partner",
    "applications:remove_piece",
    "applications:remove_site",
    "applications:renew_invitation",
    "applications:seat_invitation",
    "applications:section",
    "applications:set_aside",
    "applications:start",
    "applications:team",
    "applications:transition",
    "applications:upload",
    "applications:versions",
    "labels:document",
    "labels:report",
    "account_change_password",
    "account_email",
    "account_index",
    "account_reauthenticate",
    "account_set_password",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "mfa_deactivate_totp",
    "mfa_download_recovery_codes",
    "mfa_edit_webauthn",
    "mfa_generate_recovery_codes",
    "mfa_index",
    "mfa_list_webauthn",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
    "mfa_remove_webauthn",
    "mfa_view_recovery_codes",
}
COMMITTEE = {  # pages of the admin that committee members share with staff (`test_seal.py` says what they show)
    "admin:clarification",
    "admin:committee_file",
    "admin:committee_note",
    "admin:committee_pdf",
    "admin:committee_queue",
    "admin:committee_recuse",
    "admin:committee_sign",
    "admin:committee_versions",
    "admin:committee_zip",
    "admin:confirm_conflict",
    "admin:conflicts",
    "admin:dismiss_conflict",
    "admin:index",
    "admin:mandate",
    "admin:mandates",
    "admin:minutes",
    "admin:minutes_pdf",
    "admin:minutes_text",
    "admin:phase",
    "admin:phase_convene",
    "admin:phase_coverage",
    "admin:phase_export",
    "admin:phase_file",
    "admin:phase_open_seal",
    "admin:phase_ranking",
    "admin:phase_reminder",
    "admin:phase_what_if",
    "admin:piece",
    "admin:raise_recusal",
    "admin:remove_mandate",
    "admin:reopen_review",
    "admin:room",
    "admin:room_close",
    "admin:room_file",
    "admin:room_read_back",
    "admin:room_state",
    "admin:sealed_record",
}
ADMIN_FOR_ALL_ROLES = {
    "admin:jsi18n",
    "admin:login",
    "admin:logout",
    "admin:password_change",
    "admin:password_change_done",
}
STAFF = {
    "admin:admissibility",
    "admin:admit_together",
    "admin:app_list",
    "admin:applications_candidature_cancel_supplement",
    "admin:applications_candidature_extend",
    "admin:applications_candidature_invite_lead",
    "admin:applications_candidature_messages",
    "admin:applications_candidature_postpone_supplements",
    "admin:applications_seat_cancel_invitation",
    "admin:applications_seat_invite",
    "admin:applications_seat_renew_invitation",
    "admin:autocomplete",
    "admin:labels_cancel_proclamation",
    "admin:labels_letter",
    "admin:labels_names",
    "admin:labels_antenna_trainings",
    "admin:labels_figures",
    "admin:labels_proclaim",
    "admin:labels_rectify",
    "admin:labels_resend",
    "admin:view_on_site",
}


def walk(patterns, namespace="", parameters=()):
    """Each named address of the portal, groups of patterns unfolded: its name and its parameters."""
    for entry in patterns:
        regex = getattr(entry.pattern, "regex", None)
        found = (*parameters, *(entry.pattern.converters or (regex.groupindex if regex else ())))
        if not isinstance(entry, URLPattern):
            yield from walk(entry.url_patterns, f"{entry.namespace}:" if entry.namespace else namespace, found)
        elif entry.name:  # Django's admin has a few unnamed ones, which only redirect
            yield f"{namespace}{entry.name}", found


PARAMETERS = dict(walk(get_resolver().url_patterns))
MODEL_PAGES = {
    name for name in PARAMETERS if re.fullmatch(r"admin:\w+_(add|change|changelist|delete|history|act)", name)
}
MODEL_PAGES -= ADMIN_FOR_ALL_ROLES
EXAMPLES = {
    "app_label": "applications",
    "reference": "DEMO-0001",
    "pk": 987654,
    "number": 1,
    "question": 987654,
    "content_type_id": 1,
    "object_id": 1,
    "item": 1,
    "kind": "csv",
    "seat": 987654,
    "member": 987654,
}


def answer(client, name) -> int:
    """The status of a GET at this address, its arguments naming nothing that exists."""
    arguments = {parameter: EXAMPLES.get(parameter, "introuvable") for parameter in PARAMETERS[name]}
    if "verb" in arguments:
        arguments["verb"] = "admit" if name.startswith("admin:") else "submit"
    return client.get(reverse(name, kwargs=arguments)).status_code


@pytest.fixture
def signed_in(client, settings):
    """`signed_in(role)` is the client of a new person of this role, or of a visitor without one."""
    settings.REQUIRE_SECOND_FACTOR = False

    def made(role):
        if role:
            client.force_login(UserFactory(role=role))
        return client

    return made


def test_every_address_has_its_line():
    known = PUBLIC | SIGN_IN | MINE | COMMITTEE | ADMIN_FOR_ALL_ROLES | STAFF | MODEL_PAGES
    assert set(PARAMETERS) - known == set()
    assert known - set(PARAMETERS) == set()


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_public_page_is_read_without_signing_in(signed_in, name):
    assert answer(signed_in(None), name) in {200, 404}


@pytest.mark.parametrize("name", sorted(MINE | COMMITTEE | STAFF | MODEL_PAGES))
def test_private_page_sends_visitors_to_sign_in(signed_in, name):
    assert answer(signed_in(None), name) == 302


@pytest.mark.parametrize("name", sorted(COMMITTEE | STAFF | MODEL_PAGES))
def test_admin_page_refuses_applicants(signed_in, name):
    assert answer(signed_in(Role.APPLICANT), name) == 403


@pytest.mark.parametrize("name", sorted(STAFF | MODEL_PAGES))
def test_staff_page_refuses_committee_members(signed_in, name):
    assert answer(signed_in(Role.COMMITTEE), name) in {403, 404, 302}  # 302: Django says that it found nothing


@pytest.mark.parametrize("name", sorted(name for name in MODEL_PAGES if name.startswith("admin:accounts_")))
def test_page_of_people_refuses_staff(signed_in, name):
    assert answer(signed_in(Role.STAFF), name) in {403, 302}  # 302: Django says that it found nothing
