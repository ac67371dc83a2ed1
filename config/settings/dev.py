"""The laptop and the demo: embedded servers, a demo clinic, messages on the /phone/ page."""

from config.embedded import demo_secret

from .base import *  # noqa: F403
from .base import STORAGES, VAR_DIR, env, env_flag

DEMO = env_flag("DEMO", True)
DEBUG = env_flag("DEBUG")
SECRET_KEY = env("SECRET_KEY") or demo_secret(VAR_DIR, "secret-key")
FIELD_KEYS = [env("FIELD_KEYS") or f"demo:{demo_secret(VAR_DIR, 'field-key')}"]
BLIND_INDEX_KEY = env("BLIND_INDEX_KEY") or demo_secret(VAR_DIR, "blind-index-key")
ALLOWED_HOSTS = ["*"]
MFA_REQUIRED = env_flag("MFA_REQUIRED")
EMAIL_BACKEND = "messaging.gateways.local_email.EmailBackend"
if DEBUG:
    STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
