"""Production refuses to start with a setting that would expose a patient, and names every fault at once."""

import base64
import os
import subprocess
import sys

import pytest
from django.conf import settings

KEY = base64.b64encode(b"0123456789abcdef0123456789abcdef").decode()
SOUND = {
    "DJANGO_SETTINGS_MODULE": "config.settings.production",
    "SECRET_KEY": "k8Zp2mQ7vX4tB9sL1wR6yN3cF5hJ0dGaUeTiOoPxMzVbCqWrEy",
    "FIELD_KEYS": f"2026:{KEY}",
    "BLIND_INDEX_KEY": KEY,
    "DATABASE_URL": "postgres://portal_app:x@db.example.com/portal",
    "DATABASE_OWNER_URL": "postgres://portal_owner:x@db.example.com/portal",
    "REDIS_URL": "redis://redis.example.com:6379/0",
    "ALLOWED_HOSTS": "portal.example.com",
    "PUBLIC_BASE_URL": "https://portal.example.com",
    "MESSAGE_TRANSPORT": "twilio",
    "TRUSTED_PROXIES": "10.0.0.0/8",
    "MEDIA_ROOT": "/srv/portal/media",
}


def _start(**changes: str) -> subprocess.CompletedProcess:
    environment = {"PATH": os.environ["PATH"], **SOUND, **changes}
    code = "from django.conf import settings; print(settings.DEBUG, settings.DEMO, settings.MEDIA_ROOT)"
    argv = [sys.executable, "-c", code]
    return subprocess.run(argv, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, check=False)


def test_starts_when_sound():
    started = _start()
    assert (started.returncode, started.stdout.strip()) == (0, "False False /srv/portal/media"), started.stderr


@pytest.mark.parametrize(
    "changes",
    [
        {"SECRET_KEY": "demo-secret-key-that-is-long-enough-but-known-to-everybody"},
        {"SECRET_KEY": ""},
        {"FIELD_KEYS": f"demo:{KEY}"},
        {"FIELD_KEYS": ""},
        {"BLIND_INDEX_KEY": ""},
        {"DEBUG": "1"},
        {"DEMO": "1"},
        {"MESSAGE_TRANSPORT": "local"},
        {"ALLOWED_HOSTS": ""},
        {"ALLOWED_HOSTS": "portal.example.com,*"},
        {"DATABASE_URL": ""},
        {"REDIS_URL": ""},
        {"TRUSTED_PROXIES": ""},
        {"MEDIA_ROOT": ""},
        {"PUBLIC_BASE_URL": "http://portal.example.com"},
    ],
    ids=lambda changes: "-".join(f"{name}={value[:5]}" for name, value in changes.items()),
)
def test_refuses(changes):
    started = _start(**changes)
    assert started.returncode != 0
    told = [line for line in started.stderr.splitlines() if line.startswith("- ")]
    assert len(told) == 1 and next(iter(changes)) in told[0], started.stderr


def test_the_local_transport_can_be_meant():
    started = _start(MESSAGE_TRANSPORT="local", ALLOW_LOCAL_TRANSPORT="1")
    assert started.returncode == 0, started.stderr


def test_standing_without_a_proxy_can_be_meant():
    started = _start(TRUSTED_PROXIES="none")
    assert started.returncode == 0, started.stderr
