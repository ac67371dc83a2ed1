"""Telling pages and workers: after the commit, with ids only, and never at the price of the request."""

import asyncio
import logging

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from celery import Celery, shared_task
from channels.layers import get_channel_layer
from django.db import transaction

from common import live
from common.tasks import enqueue

pytestmark = pytest.mark.django_db


@shared_task
def example_task(*, message_id):
    pass


@pytest.fixture
def layer_down(settings):
    settings.CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": ["redis://127.0.0.1:1/0"]},
        }
    }


def test_nothing_is_queued_when_the_action_is_rolled_back(django_capture_on_commit_callbacks, monkeypatch):
    sent = []
    monkeypatch.setattr(example_task, "apply_async", lambda kwargs: sent.append(kwargs))
    with django_capture_on_commit_callbacks(execute=True):
        with transaction.atomic():
            enqueue(example_task, message_id=1)
            transaction.set_rollback(True)
        enqueue(example_task, message_id=2)
        assert sent == []
    assert sent == [{"message_id": 2}]


def test_a_broker_that_is_down_is_logged_and_swallowed(django_capture_on_commit_callbacks, caplog):
    app = Celery("nobody-listens", broker="redis://127.0.0.1:1/0", set_as_current=False)
    app.conf.task_publish_retry_policy = {"max_retries": 0}
    task = app.task(example_task.run, name="example")
    with caplog.at_level(logging.WARNING), django_capture_on_commit_callbacks(execute=True):
        enqueue(task, message_id=1)
    assert "task_not_queued" in caplog.text


def test_open_desks_hear_subjects_after_the_commit(django_capture_on_commit_callbacks):
    layer = get_channel_layer()

    async def heard():
        channel = await layer.new_channel()
        await layer.group_add(live.desk_group("clinic"), channel)
        await sync_to_async(callbacks[0])()
        return await asyncio.wait_for(layer.receive(channel), timeout=5)

    with django_capture_on_commit_callbacks() as callbacks:
        live.changed("clinic", "visit:abc", "task:def")
    assert async_to_sync(heard)() == {"type": "desk.changed", "subjects": ["visit:abc", "task:def"]}


def test_a_layer_that_is_down_is_logged_and_swallowed(layer_down, django_capture_on_commit_callbacks, caplog):
    with caplog.at_level(logging.WARNING), django_capture_on_commit_callbacks(execute=True):
        live.changed("clinic", "visit:abc")
    assert "live_update_not_sent" in caplog.text
