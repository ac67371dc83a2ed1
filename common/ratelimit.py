"""Counting attempts, so that no one can try or send without end."""

import hashlib
import hmac
import logging
import threading
import time

from django.conf import settings
from django.core.cache import cache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

_local_counts: dict[str, int] = {}
_local_lock = threading.Lock()
_LOCAL_MAX_KEYS = 10_000


def hit(scope: str, key: str, limit: int, window: int) -> bool:
    """Count one attempt; True while there were at most `limit` in the current `window` (seconds).

    Windows are fixed: they begin at multiples of `window`, so two neighbouring ones may let twice the limit through.
    `key` (an address, a telephone number) is stored only as an HMAC. Without Redis each process counts for itself:
    the limit is then softer, and no request fails.
    """
    counter = _counter_name(scope, key, window)
    try:
        count = _count_in_cache(counter, window)
    except (RedisError, OSError):
        logger.warning("ratelimit_without_redis", extra={"scope": scope})
        count = _count_locally(counter)
    return count <= limit


def _counter_name(scope: str, key: str, window: int) -> str:
    digest = hmac.new(settings.SECRET_KEY.encode(), f"{scope}\0{key}".encode(), hashlib.sha256).hexdigest()[:32]
    return f"rate:{scope}:{window}:{int(time.time()) // window}:{digest}"


def _count_in_cache(counter: str, window: int) -> int:
    cache.add(counter, 0, timeout=window + 1)
    try:
        return cache.incr(counter)
    except ValueError:  # it ran out between the two commands
        cache.set(counter, 1, timeout=window + 1)
        return 1


def _count_locally(counter: str) -> int:
    with _local_lock:
        if len(_local_counts) > _LOCAL_MAX_KEYS:
            _local_counts.clear()
        _local_counts[counter] = _local_counts.get(counter, 0) + 1
        return _local_counts[counter]
