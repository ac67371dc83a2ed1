"""A task for the worker's own tests."""

import redis
from celery import shared_task
from django.conf import settings

from common import request_id


@shared_task(name="tests.note_request_id")
def note_request_id(key: str) -> None:
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        client.rpush(key, request_id.current())
