"""Settings of the gallery: the common look, login, and nothing else."""

import os
import sys
import tempfile
from pathlib import Path

import xstatic.pkg.leaflet
from csp.constants import NONE, SELF

import schakel.operations
from gallery import clock

# The gallery has no operations; its clock stands in for theirs.
sys.modules["schakel.operations.clock"] = clock
schakel.operations.clock = clock

HERE = Path(__file__).resolve().parent
DATA = Path(os.environ.get("GALLERY_DATA") or tempfile.mkdtemp())
SECRET_KEY = "gallery"
DEBUG = False
DEMO = True
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
INSTALLED_APPS = [
    "schakel.screens",
    "gallery",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "gallery.views.somebody",
    "schakel.screens.refusal.RefusalMiddleware",
]
ROOT_URLCONF = "gallery.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "schakel.screens.context.look",
            ]
        },
    }
]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": DATA / "gallery.sqlite3"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
CSRF_FAILURE_VIEW = "schakel.screens.views.csrf_failure"
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
LANGUAGE_CODE = "en"
LANGUAGES = [("nl", "Dutch"), ("en", "English")]
LOCALE_PATHS = [Path(os.environ["GALLERY_LOCALE"])] if os.environ.get("GALLERY_LOCALE") else []
USE_TZ = True
TIME_ZONE = "Europe/Amsterdam"
STATIC_URL = "/static/"
STATICFILES_DIRS = [("leaflet", xstatic.pkg.leaflet.BASE_DIR)]
