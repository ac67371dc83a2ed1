"""Signs of life of the processes that serve no page: a key in Redis that runs out when nobody renews it."""

import logging
from functools import cache

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

WORKER = "worker"
BEAT = "beat"
SECONDS = 5  # renewed every second, so a dead process shows within five

logger = logging.getLogger(__name__)


@cache
def client() -> redis.Redis:
    """Quick to give up: who asks after health wants an answer now."""
    return redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1, retry=Retry(NoBackoff(), retries=0)
    )


def key(process: str) -> str:
    return f"heartbeat:{process}"


def mark(process: str) -> None:
    """This kind of process lives. A Redis that is down must not end it."""
    try:
        client().set(key(process), 1, ex=SECONDS)
    except redis.RedisError:
        logger.warning("heartbeat_not_stored", extra={"process_kind": process})


def clear(process: str) -> None:
    """One of this kind leaves; another one's next mark brings the key back within a second."""
    try:
        client().delete(key(process))
    except redis.RedisError:
        logger.warning("heartbeat_not_cleared", extra={"process_kind": process})
