"""Counting attempts, with Redis and without."""

import logging

import pytest
import redis
import time_machine
from django.conf import settings as django_settings

from common import ratelimit

PHONE = "+12025550142"


@pytest.fixture
def redis_down(settings):
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
            "OPTIONS": settings.CACHES["default"].get("OPTIONS", {}),
        }
    }
    ratelimit._local_counts.clear()


def test_the_limit_holds_and_keys_do_not_share_it():
    assert [ratelimit.hit("sms", PHONE, limit=3, window=3600) for _ in range(5)] == [True, True, True, False, False]
    assert ratelimit.hit("sms", "+12025550143", limit=3, window=3600)
    assert ratelimit.hit("hold", PHONE, limit=3, window=3600)


def test_a_new_window_begins_at_zero():
    with time_machine.travel("2026-11-01T10:00:00Z", tick=False):
        assert ratelimit.hit("sms", PHONE, limit=1, window=60)
        assert not ratelimit.hit("sms", PHONE, limit=1, window=60)
    with time_machine.travel("2026-11-01T10:01:00Z", tick=False):
        assert ratelimit.hit("sms", PHONE, limit=1, window=60)


def test_redis_holds_no_telephone_number_and_forgets_by_itself():
    ratelimit.hit("sms", PHONE, limit=3, window=60)
    with redis.Redis.from_url(django_settings.REDIS_URL) as client:
        keys = [key for key in client.keys("*") if b"rate:sms" in key]
        assert len(keys) == 1
        assert b"2025550142" not in keys[0]
        assert 0 < client.ttl(keys[0]) <= 61


def test_without_redis_it_still_counts_and_never_fails(redis_down, caplog):
    with caplog.at_level(logging.WARNING):
        assert [ratelimit.hit("sms", PHONE, limit=2, window=3600) for _ in range(3)] == [True, True, False]
    assert "ratelimit_without_redis" in caplog.text
    assert PHONE not in caplog.text


def test_local_counters_do_not_grow_without_end(redis_down, monkeypatch):
    monkeypatch.setattr(ratelimit, "_LOCAL_MAX_KEYS", 3)
    for number in range(20):
        ratelimit.hit("sms", str(number), limit=2, window=3600)
    assert len(ratelimit._local_counts) <= 4
