"""A real worker, killed: nothing is lost and nothing is sent twice."""

import os
import signal
import time
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from messaging import dispatch, sweeping
from messaging.models import LocalDelivery, Message
from messaging.periodic import dispatch_due
from messaging.states import Status
from messaging.tasks import deliver
from messaging.tests.factories import planned_many
from tests.plugins.processes import wait_until, worker

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

COUNT = 600
ENDED = [Status.DELIVERED]


def delivered() -> int:
    return Message.objects.filter(status__in=ENDED).count()


def counted_once(count: int) -> None:
    sent = list(LocalDelivery.objects.values_list("message_id", flat=True))
    assert len(sent) - len(set(sent)) == 0, "sent twice"
    assert len(set(sent)) == count == delivered(), "lost"


def finish(log) -> None:
    """What beat and the sweeper would do in the minutes after: here they are told a later time."""
    later = timezone.now() + timedelta(minutes=5)
    sweeping.release_claimed(later)
    sweeping.doubt_sending(later)
    sweeping.settle_unknown(later)
    Message.objects.filter(status=Status.PLANNED).update(next_attempt_at=timezone.now())
    dispatch_due()


@pytest.mark.parametrize("kill_after", [40, 250])
def test_killed_in_the_middle(tmp_path, kill_after):
    planned_many(COUNT, now=timezone.now() - timedelta(minutes=1), urgent=True)
    with worker(tmp_path / "first.log") as first:
        dispatch_due()
        wait_until(lambda: LocalDelivery.objects.count() >= kill_after, what="the first messages")
        os.killpg(first.pid, signal.SIGKILL)
        first.wait()
    between = LocalDelivery.objects.count()
    assert kill_after <= between < COUNT, "the worker died in the middle"

    with worker(tmp_path / "second.log") as _second:
        finish(tmp_path)
        wait_until(lambda: delivered() == COUNT, seconds=90, what="the rest")
        time.sleep(1)
    counted_once(COUNT)


def test_a_broker_that_forgets_everything(tmp_path, empty_redis):
    import redis
    from django.conf import settings

    planned_many(200, now=timezone.now() - timedelta(minutes=1), urgent=True)
    dispatch_due()
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        client.flushdb()
    with worker(tmp_path / "worker.log"):
        finish(tmp_path)
        wait_until(lambda: delivered() == 200, what="every message")
    counted_once(200)


def test_every_chunk_given_twice(tmp_path):
    planned_many(200, now=timezone.now() - timedelta(minutes=1), urgent=True)
    chunks = list(dispatch.claim_due(timezone.now()))
    with worker(tmp_path / "worker.log"):
        for chunk in chunks * 2:
            deliver.apply_async(kwargs={"message_ids": chunk})
        wait_until(lambda: delivered() == 200, what="every message")
        time.sleep(1)
    counted_once(200)


def test_without_a_broker(capsys):
    planned_many(120, now=timezone.now() - timedelta(minutes=1), urgent=True)
    call_command("messaging_run", "--once")
    assert "120 messages sent" in capsys.readouterr().out
    counted_once(120)


def test_the_broker_holds_ids_and_nothing_else():
    """With no worker there: what lies in Redis after a dispatch."""
    import redis
    from django.conf import settings

    planned_many(5, now=timezone.now() - timedelta(minutes=1), urgent=True)
    dispatch_due()
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        [task] = client.lrange("celery", 0, -1)
    assert b"5550123" not in task and b"Riverside" not in task
