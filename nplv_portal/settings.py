"""All settings, from the environment only. docs/configuratie.md lists the names for who runs the portal."""

import os
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

BASE_DIR = Path(__file__).resolve().parent.parent


def env(name: str, default: str | None = None) -> str:
    value = os.environ.get(name, default)
    if not value:
        raise ImproperlyConfigured(
            f"{name} ontbreekt. Zet {name} in de omgeving (zie docs/configuratie.md) of start met script/server."
        )
    return value


def env_number(name: str, default: str, lowest: int = 1) -> int:
    value = env(name, default)
    if not value.isascii() or not value.isdigit() or int(value) < lowest:
        raise ImproperlyConfigured(f"{name} moet een heel getal van {lowest} of meer zijn, niet {value!r}.")
    return int(value)


def env_bool(name: str) -> bool:
    value = os.environ.get(name, "0")
    if value not in {"0", "1"}:
        raise ImproperlyConfigured(f"{name} moet 0 of 1 zijn, niet {value!r}.")
    return value == "1"


def database(url: str) -> dict[str, object]:
    """Django's database settings for a libpq address (postgresql://user:password@host:port/name)."""
    try:
        parts = conninfo_to_dict(url)
    except ProgrammingError as error:
        raise ImproperlyConfigured(f"DATABASE_URL is geen geldig Postgres-adres: {error}") from error
    if not parts.get("dbname"):
        raise ImproperlyConfigured("DATABASE_URL noemt geen database: zet de naam achter de laatste schuine streep.")
    own = {"dbname", "user", "password", "host", "port"}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts["dbname"],
        "USER": parts.get("user", ""),
        "PASSWORD": parts.get("password", ""),
        "HOST": parts.get("host", ""),
        "PORT": parts.get("port", ""),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            **{name: value for name, value in parts.items() if name not in own},
            "pool": {"min_size": 1, "max_size": env_number("DATABASE_POOL", "8"), "timeout": 5},
            "options": "-c statement_timeout=15s -c lock_timeout=5s -c idle_in_transaction_session_timeout=60s"
            " -c jit=off",  # compiling a query costs more here than it saves
        },
    }


DEBUG = env_bool("DEBUG")
SECRET_KEY = env("SECRET_KEY")
SECRET_KEY_FALLBACKS = [key for key in os.environ.get("SECRET_KEY_FALLBACKS", "").split(",") if key]

CONTACT_EMAIL = os.environ.get("CONTACT_EMAIL", "")  # whom readers write to; shown on the pages about the portal

# The address under which readers know the portal; it stands in every PDF.
PORTAL_URL = env("PORTAL_URL", "http://127.0.0.1:8000").rstrip("/")
_address = urlsplit(PORTAL_URL)
if _address.scheme not in {"http", "https"} or not _address.hostname:
    raise ImproperlyConfigured(f"PORTAL_URL moet met http:// of https:// beginnen, niet {PORTAL_URL!r}.")
IS_HTTPS = _address.scheme == "https"
ALLOWED_HOSTS = [
    _address.hostname,
    *[host for host in os.environ.get("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]").split(",") if host],
]

INSTALLED_APPS = [
    "nplv_portal",
    "nplv_portal.accounts",
    "nplv_portal.sources",
    "focusareas",
    "findings",
    "recommendations",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django_htmx",
    "csp",
    "pgtrigger",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "nplv_portal.middleware.ClosedByDefault",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "nplv_portal.urls"
WSGI_APPLICATION = "nplv_portal.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "builtins": ["nplv_portal.templatetags.portal"],
            "context_processors": ["nplv_portal.context.portal"],
            "loaders": [
                ("django.template.loaders.cached.Loader", ["django.template.loaders.filesystem.Loader"]),
            ],
        },
    }
]

DATABASES = {"default": database(env("DATABASE_URL"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"

LANGUAGE_CODE = "nl"
TIME_ZONE = "Europe/Amsterdam"
USE_TZ = True
USE_I18N = True  # Django's own Dutch month names and form messages; the portal has no catalogues of its own

STATIC_URL = "static/"
STATIC_ROOT = Path(env("STATIC_ROOT", str(BASE_DIR / "staticfiles")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = False  # pages of the previous release still find their files

VAR_DIR = Path(env("VAR_DIR", str(BASE_DIR / "var")))  # all that the portal writes outside the database

# PDFs are made in a child process; these are its limits.
PDF_STORE = VAR_DIR / "pdf"
PDF_STORE_MB = env_number("PDF_STORE_MB", "500")
PDF_SECONDS = env_number("PDF_SECONDS", "10")
PDF_MEMORY_MB = env_number("PDF_MEMORY_MB", "1024", lowest=256)
PDF_AT_ONCE = env_number("PDF_AT_ONCE", "1")

# The example set for training and screenshots lives in a database of its own, and every page says so.
FICTIONAL_DATA = env_bool("FICTIONAL_DATA")

PAGE_CACHE_MB = env_number("PAGE_CACHE_MB", "32", lowest=0)

SESSION_COOKIE_NAME = "__Host-session" if IS_HTTPS else "session"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_NAME = "__Host-csrf" if IS_HTTPS else "csrf"
SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
if proxy_header := os.environ.get("PROXY_SSL_HEADER"):
    SECURE_PROXY_SSL_HEADER = (f"HTTP_{proxy_header.upper().replace('-', '_')}", "https")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"nplv_portal": {"level": "INFO"}},
}
