"""Django's settings. The default needs no service; the environment moves it to servers."""

from __future__ import annotations

import os
from datetime import timedelta

from csp.constants import NONCE, NONE, SELF
from django.templatetags.static import static
from django.utils.translation import gettext_lazy as _

from core.conf.environment import ROOT, broker, database, env, stored_secret, var_dir
from core.kernel.discovery import django_apps

BASE_DIR = ROOT
VAR_DIR = var_dir()
SECRET_KEY = stored_secret("secret_key")
DEBUG = env.bool("HAITAO_DEBUG", default=False)
ALLOWED_HOSTS = env.list("HAITAO_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("HAITAO_ORIGINS", default=[])

ROOMS = [
    "core.accounts",
    "core.kernel",
    "core.jobs",
    "core.delivery",
    "core.files",
    "core.catalog",
    "core.fx",
    "core.buyers",
    "core.logistics",
    "customs",
    "customs.classification",
    "customs.quota",
    "suppliers",
    "core.orders",
    "core.web",
    "core.conf",
]
INSTALLED_APPS = [
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "djmoney",
    "ninja",
    *ROOMS,
    *django_apps(),
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "core.web.middleware.RequestId",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "core.web.middleware.InputErrors",
    "core.web.middleware.CurrentBuyer",
]
ROOT_URLCONF = "core.conf.urls"
WSGI_APPLICATION = "core.conf.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "core.web.context.site",
            ]
        },
    }
]

DATABASES = {"default": database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": env.cache("HAITAO_CACHE_URL", default=f"filecache://{VAR_DIR / 'cache'}")}

AUTH_USER_MODEL = "accounts.User"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("MinimumLengthValidator", "CommonPasswordValidator", "NumericPasswordValidator")
]
CSRF_FAILURE_VIEW = "core.web.errors.csrf_failure"
LOGIN_URL = "/account/sign-in/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SECURE_COOKIES = env.bool("HAITAO_HTTPS", default=False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_COOKIES
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 17 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

CONTENT_SECURITY_POLICY = {
    "EXCLUDE_URL_PREFIXES": ("/records/", "/api/v1/docs", "/api/suppliers/v1/docs"),
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "https:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    },
}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [
    ("zh-hans", _("Simplified Chinese")),
    ("zh-hant", _("Traditional Chinese")),
    ("en", _("English")),
]
LOCALE_PATHS = [ROOT / "core" / "conf" / "locale"]
USE_TZ = True
TIME_ZONE = env.str("HAITAO_TIME_ZONE", default="Asia/Shanghai")

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
MEDIA_ROOT = VAR_DIR / "files"

CELERY_BROKER_URL, CELERY_BROKER_TRANSPORT_OPTIONS = broker()
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_ACKS_LATE = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat")
CELERY_BEAT_SCHEDULE = {
    "sweep": {
        "task": "core.jobs.sweep",
        "schedule": timedelta(seconds=5),
        "options": {"expires": 5},
    },
}

HAITAO_FIELD_KEYS = stored_secret("field_key")
HAITAO_HTTP_ALLOWED_HOSTS = frozenset(env.list("HAITAO_HTTP_ALLOWED_HOSTS", default=[]))
HAITAO_SHARED = env.str("HAITAO_SHARED", default=str(ROOT.parent / "shared"))
HAITAO_PUBLIC_URL = env.str("HAITAO_PUBLIC_URL", default="http://127.0.0.1:8000")
DEFAULT_FROM_EMAIL = env.str("HAITAO_MAIL_FROM", default="haitao@localhost")
EMAIL_BACKEND = env.str(
    "HAITAO_MAIL_BACKEND", default="django.core.mail.backends.filebased.EmailBackend"
)
EMAIL_FILE_PATH = str(VAR_DIR / "mail")

SITE_ROOT_LOG = os.environ.get("HAITAO_LOG_LEVEL", "INFO")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
    },
    "filters": {"personal_data": {"()": "core.shared.masking.PersonalDataFilter"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["personal_data"],
        }
    },
    "root": {"handlers": ["console"], "level": SITE_ROOT_LOG},
    "loggers": {
        "django.db.backends": {"level": "INFO"},
        # The filesystem broker has no host name, and says so at every connection.
        "kombu.connection": {"level": "ERROR"},
    },
}
UNFOLD = {
    "SITE_TITLE": "Haitao",
    "SITE_HEADER": "Haitao",
    "SITE_SUBHEADER": _("Records"),
    "SITE_URL": "/console/",
    "SITE_ICON": lambda request: static("web/mark.svg"),
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("web/mark.svg")}
    ],
    "SHOW_LANGUAGES": True,
    "COLORS": {
        "primary": {
            "50": "#fdf3f2",
            "100": "#fbe9e6",
            "200": "#f6d0ca",
            "300": "#f0aea5",
            "400": "#ff9a87",
            "500": "#cc4c3e",
            "600": "#b3261e",
            "700": "#951d17",
            "800": "#7a1a15",
            "900": "#661a17",
            "950": "#380907",
        }
    },
}
