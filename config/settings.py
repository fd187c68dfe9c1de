"""One settings file. What differs between machines is an environment variable (see .env.example).

Secure by default: without DEBUG, a missing SECRET_KEY or ALLOWED_HOSTS stops the start.
"""

from pathlib import Path
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from .storage import file_storage

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
env.read_env(BASE_DIR / ".env")
VAR_DIR = Path(env("VAR_DIR", default=str(BASE_DIR / "var")))  # embedded database, uploads, collected static files

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env("SECRET_KEY", default="development-only" if DEBUG else env.NOTSET)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["*"] if DEBUG else [])
if not SECRET_KEY or not ALLOWED_HOSTS:
    raise ImproperlyConfigured("Set SECRET_KEY and ALLOWED_HOSTS (see .env.example), or DEBUG=true to develop.")

DEMO = env.bool("DEMO", default=False)  # says « démonstration » on every page
BASE_URL = env("BASE_URL", default="http://127.0.0.1:8000")  # starts the links of the mails
REQUIRE_SECOND_FACTOR = env.bool("REQUIRE_SECOND_FACTOR", default=True)  # for staff and committee

INSTALLED_APPS = [
    "config.apps.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "crispy_forms",
    "django_linear_migrations",
    "labels",  # before the outbox's library, whose command `send_queued_mail` is replaced
    "post_office",
    "accounts",
    "territories",
    "applications",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "config.middleware.refuse_nul",
    "labels.middleware.carry_out_proclamations",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.SignInRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.SecondFactorMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.portal",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "house"

# Database: an embedded file by default, PostgreSQL by DATABASE_URL=postgres://user:password@host/name
DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'portal.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # IMMEDIATE takes the write lock at the start of a transaction, so a row read in it cannot change under it.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
    DATABASES["default"]["CONN_MAX_AGE"] = 600  # seconds: opening the file again would cost more than most queries
else:
    DATABASES["default"].setdefault("OPTIONS", {})["pool"] = {"max_size": env.int("DATABASE_POOL", default=10)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "django_cache"},
    "pages": {  # public pages, in the memory of each process (labels/caching.py)
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "pages",
        "TIMEOUT": 30,  # seconds
        "OPTIONS": {"MAX_ENTRIES": 500},
    },
}

LANGUAGE_CODE = "fr"
TIME_ZONE = "Europe/Paris"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = VAR_DIR / "media"  # private: served by permission-checked views only
STORAGES = {
    "default": file_storage(env),
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage" if DEBUG else "config.static.ModulesStorage"
    },
}
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024  # bytes of text in one request; files are limited by the form
MAX_ATTACHMENT_SIZE = env.int("MAX_ATTACHMENT_SIZE", default=20 * 1024 * 1024)  # bytes
CLAMAV_URL = env("CLAMAV_URL", default="")  # empty: files are not scanned
CLAMAV_TIMEOUT = env.float("CLAMAV_TIMEOUT", default=10)  # seconds, for each step
if CLAMAV_URL and urlsplit(CLAMAV_URL).scheme not in ("tcp", "unix"):
    raise ImproperlyConfigured("CLAMAV_URL starts with tcp:// or unix:// (see .env.example).")

# Sign-in (django-allauth)
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "applications:list"
ACCOUNT_LOGOUT_REDIRECT_URL = "labels:home"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "accounts.forms.SignupForm"
ACCOUNT_FORMS = {"reset_password_from_key": "accounts.credentials.NewPasswordForm"}
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_CHANGE_EMAIL = True  # one address a person: a new one replaces the old once confirmed
ACCOUNT_EMAIL_NOTIFICATIONS = True  # a changed password, address or second factor is told by mail
ACCOUNT_USER_DISPLAY = str
MFA_ALLOW_UNVERIFIED_EMAIL = True  # signing in already needs a confirmed address; else a second factor would freeze it
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "Au cœur des territoires"
MFA_ADAPTER = "accounts.adapter.MFAAdapter"
MFA_FORMS = {
    "activate_totp": "accounts.credentials.ActivateApplicationForm",
    "add_webauthn": "accounts.credentials.AddPasskeyForm",
    "edit_webauthn": "accounts.credentials.RenamePasskeyForm",
}
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"  # a finger, a face or a PIN: a passkey is two factors in one

# ProConnect, the State's sign-in for people at work: only when its three settings are set
PROCONNECT = {
    "client_id": env("PROCONNECT_CLIENT_ID", default=""),
    "client_secret": env("PROCONNECT_CLIENT_SECRET", default=""),
    "server": env("PROCONNECT_SERVER", default=""),
}
if any(PROCONNECT.values()) and not all(PROCONNECT.values()):
    raise ImproperlyConfigured("Set PROCONNECT_CLIENT_ID, PROCONNECT_CLIENT_SECRET and PROCONNECT_SERVER, or none.")
# Browsers follow its button to it only if the content security policy names it.
PROCONNECT_ORIGIN = ["{0.scheme}://{0.netloc}".format(urlsplit(PROCONNECT["server"]))] if PROCONNECT["server"] else []
SOCIALACCOUNT_ADAPTER = "accounts.social.SocialAccountAdapter"
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True  # which account may be joined: accounts/social.py

# Mail: queued in the database with the act that causes it, then sent by `send_queued_mail`
EMAIL_BACKEND = "post_office.EmailBackend"
vars().update({k: v for k, v in env.email("EMAIL_URL", default="consolemail://").items() if k != "EMAIL_BACKEND"})
POST_OFFICE = {
    "BACKENDS": {"default": env.email("EMAIL_URL", default="consolemail://")["EMAIL_BACKEND"]},
    "DEFAULT_PRIORITY": "medium",
    "MAX_RETRIES": 5,
    "MESSAGE_ID_ENABLED": True,
}
EMAIL_TIMEOUT = 60  # seconds without a word from the server (applications/models/claim.py waits longer)
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env(
    "DEFAULT_FROM_EMAIL", default="Au cœur des territoires <ne-pas-repondre@localhost>"
)

# What the institution fills in; the legal pages name each setting that is still empty
INSTITUTION = {
    name: env(name, default="")
    for name in (
        "CONTACT_EMAIL",
        "PRESS_EMAIL",
        "LEGAL_PUBLISHER",
        "LEGAL_DIRECTOR",
        "LEGAL_HOST",
        "DPO_EMAIL",
        "ACCESSIBILITY_EMAIL",
    )
}

# Security
HTTPS = env.bool("HTTPS", default=not DEBUG)  # false only to try the portal on one's own machine
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^sante/$"]  # health probes speak plain HTTP inside the network
if env.bool("BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    ALLAUTH_TRUSTED_PROXY_COUNT = 1  # sign-in attempts are counted by the visitor's address, not by the proxy's
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
CSRF_FAILURE_VIEW = "config.errors.csrf_failure"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF, *PROCONNECT_ORIGIN],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="INFO")},
    "loggers": {
        # The outbox speaks when a message fails, not each time it looks for one.
        "post_office": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        # Uploaded files are often a little wrong: whoever sent one is told, not the operator.
        "pypdf": {"level": "ERROR"},
    },
}
