"""The test suite: real PostgreSQL and a real Redis-protocol server, both started by conftest.py."""

import base64
import os
import zlib
from pathlib import Path
from urllib.parse import urlsplit

# Servers of the tests' own, so that a running portal is never touched. Set before base.py reads it.
os.environ["VAR_DIR"] = os.environ.get("TEST_VAR_DIR") or str(Path(__file__).resolve().parents[2] / "var" / "test")

from config import embedded

from .base import *  # noqa: F403
from .base import CACHES, CHANNEL_LAYERS, DATABASES, REDIS_URL, STORAGES, VAR_DIR, env, env_list

# TEST_DB names the database, so that several test processes can run at once; each gets a Redis database by that name.
# A worker of pytest-xdist ("gw0", "gw1", …) adds its own name.
WORKER = env("PYTEST_XDIST_WORKER")
TEST_DB = "_".join(filter(None, [env("TEST_DB", "test_portal"), WORKER]))
DATABASES["default"]["TEST"] = {"NAME": TEST_DB}
if not env("REDIS_URL"):
    REDIS_URL = embedded.redis_url(VAR_DIR, db=1 + zlib.crc32(TEST_DB.encode()) % 500)
elif WORKER:
    REDIS_URL = urlsplit(env("REDIS_URL"))._replace(path=f"/{1 + int(WORKER[2:])}").geturl()
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://").replace("?db=", "?virtual_host=")
CACHES["default"]["LOCATION"] = REDIS_URL
CHANNEL_LAYERS["default"]["CONFIG"]["hosts"][0]["address"] = REDIS_URL

SECRET_KEY = "test-only-secret-key-that-guards-nothing"  # noqa: S105
FIELD_KEYS = ["test:" + base64.b64encode(b"k" * 32).decode()]
BLIND_INDEX_KEY = base64.b64encode(b"i" * 32).decode()
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", "*")
DEMO = True
MFA_REQUIRED = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # speed: nothing here is worth cracking
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
MEDIA_ROOT = VAR_DIR / "media" / TEST_DB  # the same for the processes a test starts; emptied by conftest.py
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = True  # nothing is collected in tests: files come from static/
