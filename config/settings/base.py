"""Settings that every way of running shares. Values come from the environment; see the table in README.md."""

import os
from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _
from redis.backoff import NoBackoff
from redis.retry import Retry
from whitenoise.compress import Compressor as WhiteNoiseCompressor

from config import embedded
from config.logging import logging_config

BASE_DIR = Path(__file__).resolve().parents[2]
VAR_DIR = Path(os.environ.get("VAR_DIR", BASE_DIR / "var"))


def env(name: str, default: str = "") -> str:
    """The environment's value, or the default when it is absent or empty."""
    return os.environ.get(name) or default


def env_flag(name: str, default: bool = False) -> bool:
    """1/true/yes/on is true, anything else that is set is false."""
    return env(name, str(default)).lower() in {"1", "true", "yes", "on"}


def env_list(name: str, default: str = "") -> list[str]:
    return [item.strip() for item in env(name, default).split(",") if item.strip()]


PRODUCT_NAME = env("PRODUCT_NAME", "Haven")
DEMO = env_flag("DEMO")
DEBUG = False
SECRET_KEY = env("SECRET_KEY")
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS")
PUBLIC_BASE_URL = env("PUBLIC_BASE_URL", f"http://{env('HOST', '127.0.0.1')}:{env('PORT', '8000')}").rstrip("/")
TRUSTED_PROXIES = env_list("TRUSTED_PROXIES")  # addresses or networks whose X-Forwarded-* are believed
CSRF_TRUSTED_ORIGINS = env_list("CSRF_TRUSTED_ORIGINS", PUBLIC_BASE_URL)

INSTALLED_APPS = [
    "config",
    "portal",
    "coordination",
    "telehealth",
    "scheduling",
    "insurance",
    "messaging",
    "worklist",
    "documents",
    "patients",
    "clinics",
    "accounts",
    "compliance",
    "common",
    "accounts.apps.SetupAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "channels",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_htmx",
    "django_include_bootstrap",
    "lucide",
]

MIDDLEWARE = [
    "common.request_id.RequestIdMiddleware",
    "common.middleware.ClientAddressMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "common.middleware.SecurityHeadersMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "common.middleware.NoNulMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.SessionTimeoutMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "compliance.middleware.AuditContextMiddleware",
    "accounts.middleware.AccessMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"

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
                "config.context.product",
                "coordination.context.navigation",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static", "common.templatetags.ui"],
        },
    },
]

# PostgreSQL: the app's role runs the portal, the owner's role migrates. Both default to the embedded server.
DATABASE_URL = env("DATABASE_URL") or embedded.database_url(VAR_DIR)
DATABASE_OWNER_URL = env("DATABASE_OWNER_URL") or (
    DATABASE_URL if env("DATABASE_URL") else embedded.database_owner_url(VAR_DIR)
)
DATABASES = {
    "default": {
        **dj_database_url.parse(DATABASE_URL, conn_max_age=60, conn_health_checks=True),
        "ATOMIC_REQUESTS": False,
    }
}
DATABASES["default"].setdefault("OPTIONS", {}).update(
    {
        "connect_timeout": 3,
        "options": "-c statement_timeout=15000 -c lock_timeout=5000 -c idle_in_transaction_session_timeout=30000",
    }
)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Redis protocol: broker, live updates, cache. The truth is never only here.
REDIS_URL = env("REDIS_URL") or embedded.redis_url(VAR_DIR)
CACHES = {
    "default": {
        "BACKEND": "common.cache.RedisOrLocalCache",
        "LOCATION": REDIS_URL,
        # redis-py 8 would otherwise try a missing server again for four seconds at every call.
        "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1, "retry": Retry(NoBackoff(), retries=1)},
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # the cookie one carries text in the clear
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        # redis-py 8 would otherwise end idle sockets after 5 s and cap the pool at 100.
        "CONFIG": {"hosts": [{"address": REDIS_URL, "socket_timeout": 15, "max_connections": 5000}]},
    }
}

# kombu has words of its own for a Unix socket.
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://").replace("?db=", "?virtual_host=")
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 600, "socket_timeout": 15, "socket_connect_timeout": 3}
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_step": 0.1, "interval_max": 0.2}
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 20
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULER = "config.beat:HeartbeatScheduler"
CELERY_BEAT_MAX_LOOP_INTERVAL = 1  # the scheduler's heartbeat lasts five seconds
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")
CELERY_BEAT_SCHEDULE = {
    "messaging-dispatch": {"task": "messaging.periodic.dispatch_due", "schedule": 10, "options": {"expires": 9}},
    "messaging-sweep": {"task": "messaging.periodic.sweep", "schedule": 30, "options": {"expires": 29}},
    "messaging-ask-for-final": {
        "task": "messaging.periodic.ask_for_final",
        "schedule": 3600,
        "options": {"expires": 3599},
    },
    "scheduling-sweep-holds": {
        "task": "scheduling.periodic.sweep_expired_holds",
        "schedule": 60,
        "options": {"expires": 59},
    },
    "scheduling-plan-reminders": {
        "task": "scheduling.periodic.plan_reminders",
        "schedule": 60,
        "options": {"expires": 59},
    },
    "telehealth-forget-quality": {
        "task": "telehealth.periodic.forget_quality",
        "schedule": 86400,
        "options": {"expires": 3600},
    },
    "coordination-open-tasks": {
        "task": "coordination.periodic.open_rule_tasks",
        "schedule": 60,
        "options": {"expires": 59},
    },
    "telehealth-sweep-rooms": {
        "task": "telehealth.periodic.sweep_rooms",
        "schedule": 60,
        "options": {"expires": 59},
    },
    "patients-forget-codes": {
        "task": "patients.periodic.forget_codes",
        "schedule": 3600,
        "options": {"expires": 3599},
    },
    "accounts-forget-sessions": {
        "task": "accounts.periodic.forget_sessions",
        "schedule": 86400,
        "options": {"expires": 3600},
    },
    "patients-forget-links": {
        "task": "patients.periodic.forget_links",
        "schedule": 86400,
        "options": {"expires": 3600},
    },
    "patients-forget-unproved": {
        "task": "patients.periodic.forget_unproved",
        "schedule": 3600,
        "options": {"expires": 3599},
    },
    "messaging-forget-history": {
        "task": "messaging.periodic.forget_history",
        "schedule": 86400,
        "options": {"expires": 3600},
    },
    "documents-sweep-files": {
        "task": "documents.periodic.sweep_files",
        "schedule": 3600,
        "options": {"expires": 3599},
    },
    "compliance-seal": {"task": "compliance.periodic.seal", "schedule": 5, "options": {"expires": 5}},
    "compliance-anchor": {"task": "compliance.periodic.anchor", "schedule": 300, "options": {"expires": 299}},
    "compliance-partitions": {
        "task": "compliance.periodic.make_partitions",
        "schedule": 86400,
        "options": {"expires": 3600},
    },
    "compliance-verify": {"task": "compliance.periodic.verify", "schedule": 86400, "options": {"expires": 3600}},
}

# People
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
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
# Patients, who open accounts by themselves, prove their address by a code. Staff are invited: the link in the
# invitation proves theirs, so portal.adapters excepts them.
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 600
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_FORMAT = {"numeric": True, "dashed": False, "length": 6}
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = 3
ACCOUNT_RATE_LIMITS = {"confirm_email": "1/10s/key,5/h/key"}  # e-mailed codes an address, whoever has an account
ACCOUNT_FORMS = {
    "login": "accounts.forms.SignInForm",
    "reset_password": "accounts.forms.NewPasswordForm",
    "add_email": "accounts.forms.OtherEmailForm",
    "confirm_email_verification_code": "portal.forms.EmailCodeForm",
}
MFA_ALLOW_UNVERIFIED_EMAIL = True
ACCOUNT_CHANGE_EMAIL = True  # one address, replaced once the new one is proved
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = f"[{PRODUCT_NAME}] "
ACCOUNT_SESSION_REMEMBER = False
INVITATION_SECONDS = 72 * 3600
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_ADAPTER = "portal.adapters.AccountAdapter"
MFA_ADAPTER = "accounts.adapters.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1
MFA_TOTP_ISSUER = PRODUCT_NAME
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_REQUIRED = env_flag("MFA_REQUIRED", True)
USERSESSIONS_TRACK_ACTIVITY = False  # two statements a request; the time-out notes the last activity instead
SESSION_MAX_CONCURRENT = 5
SESSION_IDLE_SECONDS = int(env("SESSION_IDLE_SECONDS", "900"))
SESSION_WARNING_SECONDS = 120
SESSION_ABSOLUTE_SECONDS = int(env("SESSION_ABSOLUTE_SECONDS", str(12 * 3600)))
SESSION_COOKIE_AGE = max(86400, SESSION_ABSOLUTE_SECONDS)  # how long a row opens; cookies end with the browser
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"

# Encryption of single fields: "kid:base64 of 32 bytes", first one encrypts, all decrypt.
FIELD_KEYS = env_list("FIELD_KEYS")
BLIND_INDEX_KEY = env("BLIND_INDEX_KEY")

# Language and time
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("es", _("Spanish"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# Files
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = VAR_DIR / "static"
MEDIA_ROOT = env("MEDIA_ROOT", str(VAR_DIR / "media"))  # uploads, sealed; one folder that all hosts share
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "config.static_files.HashedStaticFiles"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True  # pages name files by their hash alone: half the files, half the compressing
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = (*WhiteNoiseCompressor.SKIP_COMPRESS_EXTENSIONS, "map")
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"  # widgets may have templates of their own

# Headers
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "manifest-src": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "report-uri": "/csp-report/",
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
OUTGOING_HOSTS = env_list("OUTGOING_HOSTS")
SECURITY_CONTACT = env("SECURITY_CONTACT", "mailto:security@example.com")  # RFC 9116

# Messages
MESSAGE_TRANSPORT = env("MESSAGE_TRANSPORT", "local")  # local | twilio
TWILIO_ACCOUNT_SID = env("TWILIO_ACCOUNT_SID")
TWILIO_AUTH_TOKEN = env("TWILIO_AUTH_TOKEN")
TWILIO_AUTH_TOKEN_PREVIOUS = env("TWILIO_AUTH_TOKEN_PREVIOUS")
TWILIO_FROM = env("TWILIO_FROM")
TWILIO_MESSAGING_SERVICE_SID = env("TWILIO_MESSAGING_SERVICE_SID")
TWILIO_API_BASE_URL = env("TWILIO_API_BASE_URL")
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", "no-reply@example.com")
EMAIL_HOST = env("EMAIL_HOST", "localhost")
EMAIL_PORT = int(env("EMAIL_PORT", "25"))
EMAIL_HOST_USER = env("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = env_flag("EMAIL_USE_TLS")
EMAIL_TIMEOUT = 10

# How many days rows of no further use are kept after their end (compliance.retention). Holds go within a minute and
# texted codes within a day; medical records, messages and the audit trail are never deleted.
RETENTION_DAYS = {
    "access_links": int(env("RETENTION_LINK_DAYS", "90")),
    "message_events": int(env("RETENTION_MESSAGE_EVENT_DAYS", "400")),
    "local_deliveries": 30,
    "orphaned_files": int(env("RETENTION_ORPHANED_FILE_DAYS", "30")),
    "unproved_sign_ins": 1,
    "sessions": int(env("RETENTION_SESSION_DAYS", "1")),
    "quality_windows": int(env("RETENTION_QUALITY_DAYS", "30")),
}

LOG_LEVEL = env("LOG_LEVEL", "INFO")
LOGGING = logging_config(json=env_flag("LOG_JSON"), level=LOG_LEVEL)

# Booking
BOOKING_HOLD_SECONDS = int(env("BOOKING_HOLD_SECONDS", "600"))

# Video between browsers. Without servers browsers find each other on one machine or network.
STUN_URLS = env_list("STUN_URLS")
TURN_URLS = env_list("TURN_URLS")
TURN_SECRET = env("TURN_SECRET")  # coturn's static-auth-secret
TURN_TTL_SECONDS = int(env("TURN_TTL_SECONDS", "3600"))
