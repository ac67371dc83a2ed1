"""What lies in Redis is text, never a program."""

import pytest
import redis
from django.conf import settings
from django.core.cache import cache


@pytest.mark.parametrize("value", [5, "a text", [1.5, 2], {"on": True}, None])
def test_values_come_back_as_they_were(value):
    cache.set("kept", value, 30)
    assert cache.get("kept", "nothing") == value


def test_redis_holds_json():
    cache.set("kept", [1.5, "two"], 30)
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        stored = [client.get(key) for key in client.scan_iter("*kept*")]
    assert stored == [b'[1.5, "two"]']


def test_counting_still_works():
    cache.set("count", 1, 30)
    assert cache.incr("count") == 2 == cache.get("count")


def test_what_is_no_json_is_refused():
    with pytest.raises(TypeError):
        cache.set("kept", object(), 30)
