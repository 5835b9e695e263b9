"""All settings, from the environment only. docs/configuratie.md lists the names for who runs the portal."""

import os
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from nplv_portal.accounts.city_login import cities

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


def mail_server(url: str) -> dict[str, object]:
    """Django's mail settings for smtp://user:password@host:port?tls=1 (or smtps:// for TLS from the first byte)."""
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError as error:
        raise ImproperlyConfigured(f"EMAIL_URL noemt geen geldige poort: {error}") from error
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname or parts.path not in {"", "/"}:
        raise ImproperlyConfigured(
            "EMAIL_URL moet eruitzien als smtp://gebruiker:wachtwoord@machine:587?tls=1 (of smtps://…)."
        )
    options = parse_qs(parts.query, keep_blank_values=True)
    if options.keys() - {"tls"} or options.get("tls", ["1"]) not in (["0"], ["1"]):
        raise ImproperlyConfigured("EMAIL_URL kent na het vraagteken alleen tls=0 of tls=1.")
    is_smtps, wants_tls = parts.scheme == "smtps", options.get("tls") == ["1"]
    if is_smtps and wants_tls:
        raise ImproperlyConfigured("EMAIL_URL: kies smtps:// of ?tls=1, niet allebei.")
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": port or (465 if is_smtps else 587 if wants_tls else 25),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": wants_tls,
        "EMAIL_USE_SSL": is_smtps,
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
    "nplv_portal.workplace",
    "nplv_portal.dossiers",
    "nplv_portal.following",
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
    "pghistory",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "procrastinate.contrib.django",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "nplv_portal.middleware.WholeForms",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "nplv_portal.middleware.WhoDidIt",
    "nplv_portal.middleware.ClosedByDefault",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
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
            "context_processors": [
                "nplv_portal.context.portal",
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
            ],
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
DOSSIER_SECONDS = env_number("DOSSIER_SECONDS", "120")  # the same limit where nobody waits at the screen

# The example set for training and screenshots lives in a database of its own, and every page says so.
FICTIONAL_DATA = env_bool("FICTIONAL_DATA")

PAGE_CACHE_MB = env_number("PAGE_CACHE_MB", "32", lowest=0)

# Counts of failed attempts stand in the database, so that all workers share them. accounts/migrations makes the table.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "accounts_attempt",
        "OPTIONS": {"MAX_ENTRIES": 100_000},  # with fewer, someone could push out the counts by making new ones
    }
}

SESSION_ENGINE = "nplv_portal.accounts.sessions"
SESSION_SERIALIZER = "nplv_portal.accounts.sealing.SealedSerializer"
SESSION_COOKIE_NAME = "__Host-session" if IS_HTTPS else "session"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_HOURS = env_number("SESSION_HOURS", "10")  # after this one signs in again, however busy: a working day
SESSION_IDLE_MINUTES = env_number("SESSION_IDLE_MINUTES", "60")  # and after this long without opening a page
SESSION_COOKIE_AGE = SESSION_HOURS * 3600  # how long the database keeps it; the cookie itself goes with the browser
CSRF_COOKIE_AGE = None  # goes with the browser, as that of the session
CSRF_COOKIE_NAME = "__Host-csrf" if IS_HTTPS else "csrf"
SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
DATA_UPLOAD_MAX_NUMBER_FILES = 1
FILE_UPLOAD_HANDLERS = ["nplv_portal.lib.uploads.SmallFiles"]
UPLOAD_MB = 5
if proxy_header := os.environ.get("PROXY_SSL_HEADER"):
    SECURE_PROXY_SSL_HEADER = (f"HTTP_{proxy_header.upper().replace('-', '_')}", "https")

# --- Signing in: nplv_portal/accounts ---

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "onward"
LOGOUT_REDIRECT_URL = "home"
AUTHENTICATION_BACKENDS = ["nplv_portal.accounts.signing_in.Backend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "nplv_portal.accounts.signing_in.LongEnough", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_RESET_TIMEOUT = 3600  # seconds that the link in the mail works
ACCOUNT_ADAPTER = "nplv_portal.accounts.signing_in.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # whoever gets in had an invitation at that address
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # no mail to strangers
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_FORMS = {"reset_password": "nplv_portal.accounts.forms.ForgottenForm"}  # nosec B105
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = False
# Files at /controle/, and requests to follow by mail; the others are allauth's own.
ACCOUNT_RATE_LIMITS = {"check": "60/m/ip", "follow": "20/h/ip"}
ACCOUNT_LOGIN_TIMEOUT = 900  # seconds between the password and the code
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900  # seconds in which one may change one's second factor without confirming
MFA_ADAPTER = "nplv_portal.accounts.signing_in.SecondFactorAdapter"
MFA_FORMS = {
    "add_webauthn": "nplv_portal.accounts.forms.AddKeyForm",
    "authenticate_webauthn": "nplv_portal.accounts.forms.GiveKeyForm",
    "reauthenticate_webauthn": "nplv_portal.accounts.forms.ConfirmByKeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "Raadsportaal NPLV"
MFA_TOTP_TOLERANCE = 1  # a clock that is half a minute off still works
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # nobody signs up, so nobody can hold someone else's address
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not IS_HTTPS  # a security key on the developer's own machine
SOCIALACCOUNT_ADAPTER = "nplv_portal.accounts.signing_in.CityAdapter"
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"
OIDC_PROVIDERS = cities(os.environ.get("OIDC_PROVIDERS", ""), only_https=IS_HTTPS)
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [city.app for city in OIDC_PROVIDERS.values()]}
}
ACCOUNT_DEFAULT_HTTP_PROTOCOL = _address.scheme
# Who asks, for the limits on attempts. A proxy on this machine is believed; for one elsewhere name the header it sets.
PROXY_IP_HEADER = os.environ.get("PROXY_IP_HEADER", "")
PGHISTORY_MIDDLEWARE_METHODS = ("POST", "PUT", "PATCH", "DELETE")

# --- Work that no reader waits for: a worker beside the web server does it (the tasks.py of each app) ---

PROCRASTINATE_WORKER_DEFAULTS = {
    "name": "raadsportaal",
    "concurrency": 3,  # mail does not wait for a dossier
    "delete_jobs": "successful",  # what was mailed does not stay
    "shutdown_graceful_timeout": 15,
}

# --- Mail ---

EMAIL_URL = os.environ.get("EMAIL_URL", "")  # without it nothing is mailed, and who invites gets the link to hand over
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
EMAIL_TIMEOUT = 10  # well within the time that a worker that is stopped gets for what it is at
MAILS_PER_DAY = env_number(
    "MAILS_PER_DAY", "5000", lowest=5
)  # to those who follow, and reminders; a fifth of it confirmations
if EMAIL_URL:
    globals().update(mail_server(EMAIL_URL))
    DEFAULT_FROM_EMAIL = SERVER_EMAIL = env("EMAIL_FROM", CONTACT_EMAIL)

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF, *sorted({city.origin for city in OIDC_PROVIDERS.values()})],
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
