"""Settings. Each `SCHAKEL_*` variable of the environment is declared here and nowhere else.

Without any variable this is the embedded default: SQLite in `var/`, one process, for a laptop
or a demonstration. docs/reference/settings.md is generated from `SETTINGS`.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import NamedTuple

import dj_database_url
import xstatic.pkg.leaflet
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _


class Setting(NamedTuple):
    """One variable of the environment: its name, its default as text, and what it does."""

    name: str
    default: str
    meaning: str


SETTINGS = (
    Setting("SCHAKEL_DATA", "var", "Folder for the embedded database, the secret key and the static files."),
    Setting(
        "SCHAKEL_DATABASE", "", "Database address, as in postgres://user@host/name. Empty: SQLite in SCHAKEL_DATA."
    ),
    Setting("SCHAKEL_POOL", "20", "Most database connections that one process keeps open (PostgreSQL)."),
    Setting("SCHAKEL_REGION", "midden-nederland", "Name of the region file in regions/, without .toml."),
    Setting("SCHAKEL_SECRET_KEY", "", "Key that signs sessions. Empty: made once and kept in SCHAKEL_DATA."),
    Setting("SCHAKEL_HOSTS", "localhost,127.0.0.1,[::1]", "Host names that are answered, separated by commas."),
    Setting(
        "SCHAKEL_HTTPS",
        "no",
        "yes: cookies only over https, and HSTS. Set it anywhere but on one laptop.",
    ),
    Setting("SCHAKEL_DEBUG", "no", "yes: pages of errors show their trace. Never on a centre with patients."),
    Setting("SCHAKEL_DEMO", "no", "yes: every screen says that this is a demonstration. Set by `schakel demo`."),
)


def _read(name: str) -> str:
    setting = next(s for s in SETTINGS if s.name == name)
    return os.environ.get(name, setting.default)


def _yes(name: str) -> bool:
    value = _read(name)
    if value not in ("yes", "no"):
        raise ImproperlyConfigured(f"{name}: expected yes or no, came {value!r}.")
    return value == "yes"


def _whole(name: str) -> int:
    value = _read(name)
    if not value.isdigit() or int(value) < 1:
        raise ImproperlyConfigured(f"{name}: expected a whole number from 1, came {value!r}.")
    return int(value)


BASE = Path(__file__).resolve().parents[1]
DATA = Path(_read("SCHAKEL_DATA")).resolve()
DATA.mkdir(parents=True, exist_ok=True)


def _secret_key() -> str:
    if key := _read("SCHAKEL_SECRET_KEY"):
        return key
    kept = DATA / "secret-key"
    if not kept.exists():
        try:
            handle = os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            pass  # a process beside this one was first
        else:
            with os.fdopen(handle, "w") as file:
                file.write(secrets.token_urlsafe(50))
    return kept.read_text()


SECRET_KEY = _secret_key()
DEBUG = _yes("SCHAKEL_DEBUG")
DEMO = _yes("SCHAKEL_DEMO")
HTTPS = _yes("SCHAKEL_HTTPS")
REGION = _read("SCHAKEL_REGION")
ALLOWED_HOSTS = [host.strip() for host in _read("SCHAKEL_HOSTS").split(",")]

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "schakel.screens",  # before allauth, whose templates it dresses
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "schakel.accounts",
    "schakel.operations",
    "schakel.desk",
    "schakel.board",
    "schakel.field",
    "schakel.partner",
    "schakel.privacy",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "schakel.operations.viewing.viewing",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "schakel.screens.refusal.RefusalMiddleware",
]

ROOT_URLCONF = "schakel.config.urls"
ASGI_APPLICATION = "schakel.config.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "schakel.screens.context.look",
            ],
        },
    },
]


def _database() -> dict:
    address = _read("SCHAKEL_DATABASE")
    if not address:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": DATA / "schakel.sqlite3",
            "TEST": {"NAME": DATA / "test.sqlite3"},
            # A writer takes its lock when it begins: two writers wait for each other and never
            # find out half-way that they cannot both go on.
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
            },
        }
    database = dj_database_url.parse(address)
    if database["ENGINE"] != "django.db.backends.postgresql":
        raise ImproperlyConfigured("SCHAKEL_DATABASE: expected a postgres:// address or nothing, came another kind.")
    database["CONN_HEALTH_CHECKS"] = True  # after a crash of the server, dead connections are thrown away
    # The few statements of every action are planned once per connection (`operations.statement`).
    database["OPTIONS"] = {
        "prepare_threshold": 5,
        "pool": {"min_size": 1, "max_size": _whole("SCHAKEL_POOL"), "timeout": 20},
    }
    return database


DATABASES = {"default": _database()}
# What is counted against wrong logins must be the same for every process that serves; kept where they all look.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "schakel_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "schakel.accounts.adapter.NoSignup"
# A centre sits behind one address: at a change of shift many log in at once. One name may fail five times.
ACCOUNT_RATE_LIMITS = {"login": "120/m/ip", "login_failed": "60/m/ip,5/5m/key"}
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_GET = False
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 60 * 60  # one shift and its hand-over
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "schakel.screens.views.csrf_failure"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

LANGUAGE_CODE = "nl"
LANGUAGES = [("nl", _("Dutch")), ("en", _("English"))]
LOCALE_PATHS = [BASE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Amsterdam"

STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
STATICFILES_DIRS = [("leaflet", xstatic.pkg.leaflet.BASE_DIR)]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

# Technical logs carry ids and fixed event names, never values read from a record.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"terminal": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["terminal"], "level": "WARNING"},
}
