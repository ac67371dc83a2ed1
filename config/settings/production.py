"""Production: everything from the environment, and no start with a setting that would expose a patient."""

from django.core.exceptions import ImproperlyConfigured

from config.logging import logging_config

from .base import *  # noqa: F403
from .base import (
    BLIND_INDEX_KEY,
    FIELD_KEYS,
    LOG_LEVEL,
    MESSAGE_TRANSPORT,
    PUBLIC_BASE_URL,
    SECRET_KEY,
    TRUSTED_PROXIES,
    env,
    env_flag,
    env_list,
)


def _refuse_unsafe() -> None:
    """Every fault at once, so that one restart mends them all."""
    local = MESSAGE_TRANSPORT == "local" and not env_flag("ALLOW_LOCAL_TRANSPORT")
    borrowed = any(key.startswith(("demo:", "test:")) for key in FIELD_KEYS)
    weak = len(SECRET_KEY) < 50 or SECRET_KEY.startswith(("demo", "test", "django-insecure"))
    faults = {
        "SECRET_KEY must be a random text of at least 50 characters.": weak,
        "FIELD_KEYS must hold at least one key of your own (kid:base64 of 32 random bytes).": borrowed
        or not FIELD_KEYS,
        "BLIND_INDEX_KEY must be set (base64 of 32 random bytes).": not BLIND_INDEX_KEY,
        "DEBUG must be off.": env_flag("DEBUG"),
        "DEMO must be off.": env_flag("DEMO"),
        "MESSAGE_TRANSPORT=local reaches no patient; set twilio, or mean it with ALLOW_LOCAL_TRANSPORT=1.": local,
        # Behind a wildcard every host is the portal, also as the origin of a socket.
        "ALLOWED_HOSTS must name the portal's host.": not env_list("ALLOWED_HOSTS") or "*" in env_list("ALLOWED_HOSTS"),
        "DATABASE_URL and REDIS_URL must be set; the embedded servers are for laptops.": not (
            env("DATABASE_URL") and env("REDIS_URL")
        ),
        # In VAR_DIR, a file uploaded on one host would be missing on the next.
        "MEDIA_ROOT must name the folder of uploads, one that all web and worker hosts share.": not env("MEDIA_ROOT"),
        # Unsaid, limits by address would count the proxy, and every page would redirect to itself.
        "TRUSTED_PROXIES must name the proxies in front (addresses or networks), or say none.": not TRUSTED_PROXIES,
        "PUBLIC_BASE_URL must be the portal's https address.": not PUBLIC_BASE_URL.startswith("https://"),
    }
    found = [text for text, wrong in faults.items() if wrong]
    if found:
        raise ImproperlyConfigured("The portal does not start like this:\n- " + "\n- ".join(found))


_refuse_unsafe()

LOGGING = logging_config(json=env_flag("LOG_JSON", True), level=LOG_LEVEL)
SECURE_SSL_REDIRECT = env_flag("SECURE_SSL_REDIRECT", True)
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
TRUSTED_PROXIES = [] if TRUSTED_PROXIES == ["none"] else TRUSTED_PROXIES
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_HSTS_SECONDS = 31536000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-sessionid"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-csrftoken"
