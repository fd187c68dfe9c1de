import pytest
from django.conf import settings as portal_settings

PUBLIC = [
    "/",
    "/laureats/",
    "/appels/",
    "/eligibilite/",
    "/accessibilite/",
    "/mentions-legales/",
    "/donnees-personnelles/",
]


@pytest.mark.parametrize("path", [*PUBLIC, "/sante/", "/nulle-part/"])
def test_a_visitor_gets_no_cookie(client, path):
    assert client.get(path).cookies == {}


@pytest.mark.parametrize("path", ["/accessibilite/", "/compte/connexion/", "/admin/", "/nulle-part/", "/sante/"])
def test_every_answer_carries_the_strict_headers(client, path):
    headers = client.get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "default-src 'none'" in headers["Content-Security-Policy"]


def test_the_content_policy_lets_in_nothing_inline_and_no_third_party(client):
    policy = dict(
        directive.split(" ", 1)
        for directive in client.get("/accessibilite/").headers["Content-Security-Policy"].split("; ")
    )
    assert policy["default-src"] == "'none'"
    assert {policy["script-src"], policy["style-src"], policy["connect-src"], policy["form-action"]} == {"'self'"}
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert {source for sources in policy.values() for source in sources.split()} == {"'none'", "'self'", "data:"}


def test_https_is_kept_for_a_year_and_asked_for(client, settings):
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_HSTS_SECONDS = 365 * 24 * 3600
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True
    answer = client.get("/accessibilite/", secure=True)
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
    assert client.get("/accessibilite/").url == "https://testserver/accessibilite/"
    assert client.get("/sante/").status_code == 200


def test_cookies_of_a_session_are_out_of_reach_of_scripts():
    assert portal_settings.SESSION_COOKIE_HTTPONLY
