"""Counting attempts, with Redis and without."""

import logging

import pytest
import redis
import time_machine
from django.conf import settings as django_settings
from django.core.cache import caches

from common import cache, ratelimit

PHONE = "+12025550142"


@pytest.fixture
def redis_down(settings):
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}}
    yield
    caches["default"].local.clear()
    cache.outage._ask_again_at = 0.0


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
    assert "cache_without_redis" in caplog.text
    assert PHONE not in caplog.text


def test_without_redis_a_thousand_others_do_not_wipe_out_a_counter(redis_down):
    key = "+12025550144"
    for _ in range(2):
        ratelimit.hit("sms", key, limit=2, window=3600)
    for number in range(1000):
        ratelimit.hit("sms", str(number), limit=2, window=3600)
    assert not ratelimit.hit("sms", key, limit=2, window=3600)
