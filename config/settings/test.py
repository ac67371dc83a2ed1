"""The test suite: real PostgreSQL and a real Redis-protocol server, both started by conftest.py."""

import base64
import tempfile

from .base import *  # noqa: F403
from .base import STORAGES

SECRET_KEY = "test-only-secret-key-that-guards-nothing"  # noqa: S105
FIELD_KEYS = ["test:" + base64.b64encode(b"k" * 32).decode()]
BLIND_INDEX_KEY = base64.b64encode(b"i" * 32).decode()
ALLOWED_HOSTS = ["*"]
DEMO = True
MFA_REQUIRED = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # speed: nothing here is worth cracking
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
MEDIA_ROOT = tempfile.mkdtemp(prefix="portal-test-media-")
