"""A cache that a page survives: without Redis each process remembers for itself."""

import json
import logging
import time

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

LOCAL_ENTRIES = 10_000  # Django's 300 would drop counters of attempts within a minute
RETRY_AFTER = 5  # seconds until a Redis that failed is asked again, so that its time-out is not paid at every call


class _Outage:
    """Whether Redis failed a moment ago; one for all threads of this process, as each has a cache object of its own."""

    def __init__(self):
        self._ask_again_at = 0.0

    def is_on(self) -> bool:
        return time.monotonic() < self._ask_again_at

    def note(self) -> None:
        self._ask_again_at = time.monotonic() + RETRY_AFTER
        logger.warning("cache_without_redis")


outage = _Outage()


def _or_locally(name: str):
    """The method of the Redis cache, with the same method of the local one for when it fails."""
    on_redis = getattr(RedisCache, name)
    locally = getattr(LocMemCache, name)

    def call(self, *args, **kwargs):
        if not outage.is_on():
            try:
                return on_redis(self, *args, **kwargs)
            except (RedisError, OSError):
                outage.note()
        return locally(self.local, *args, **kwargs)

    return call


class JSONSerializer:
    """Instead of pickle, with which whoever can write to Redis could run code here. Whole numbers stay countable."""

    def dumps(self, value) -> int | bytes:
        return value if type(value) is int else json.dumps(value).encode()

    def loads(self, data: bytes):
        return json.loads(data)


class RedisOrLocalCache(RedisCache):
    """Redis; while it cannot be reached, this process's memory.

    Counters are softer then (each process counts for itself) and nothing fails: signing in, with its limits on guesses,
    works without Redis. Nothing that must be kept is only here.
    """

    def __init__(self, server, params):
        options = {"serializer": JSONSerializer} | params.get("OPTIONS", {})
        super().__init__(server, params | {"OPTIONS": options})
        self.local = LocMemCache("without-redis", params | {"OPTIONS": {"MAX_ENTRIES": LOCAL_ENTRIES}})

    add = _or_locally("add")
    get = _or_locally("get")
    set = _or_locally("set")
    touch = _or_locally("touch")
    delete = _or_locally("delete")
    has_key = _or_locally("has_key")
    incr = _or_locally("incr")
    get_many = _or_locally("get_many")
    set_many = _or_locally("set_many")
    delete_many = _or_locally("delete_many")
    clear = _or_locally("clear")
