"""Counting attempts, so that no one can try or send without end."""

import hashlib
import hmac
import time

from django.conf import settings
from django.core.cache import cache


def hit(scope: str, key: str, limit: int, window: int) -> bool:
    """Count one attempt; True while there were at most `limit` in the current `window` (seconds).

    Windows are fixed: they begin at multiples of `window`, so two neighbouring ones may let twice the limit through.
    `key` (an address, a telephone number) is stored only as an HMAC. Without Redis each process counts for itself
    (`common.cache`): the limit is then softer, and no request fails.
    """
    return _count(_counter_name(scope, key, window), window) <= limit


def _counter_name(scope: str, key: str, window: int) -> str:
    digest = hmac.new(settings.SECRET_KEY.encode(), f"{scope}\0{key}".encode(), hashlib.sha256).hexdigest()[:32]
    return f"rate:{scope}:{window}:{int(time.time()) // window}:{digest}"


def _count(counter: str, window: int) -> int:
    cache.add(counter, 0, timeout=window + 1)
    try:
        return cache.incr(counter)
    except ValueError:  # it ran out between the two commands
        cache.set(counter, 1, timeout=window + 1)
        return 1
