"""Worker and scheduler as real processes."""

import pytest
import redis
from django.conf import settings

from common import request_id
from config.health import heartbeat
from tests.platform.tasks import note_request_id
from tests.plugins.processes import running, wait_until, worker

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_a_killed_worker_shows_within_five_seconds(celery_worker_process):
    alive = heartbeat.key(heartbeat.WORKER)
    assert heartbeat.client().exists(alive)
    celery_worker_process.kill()
    wait_until(lambda: not heartbeat.client().exists(alive), seconds=6, what="the heartbeat's end")


def test_the_scheduler_says_that_it_lives(tmp_path):
    argv = ["celery", "-A", "config", "beat", "--schedule", str(tmp_path / "schedule")]
    log = tmp_path / "beat.log"
    with running(*argv, log=log):
        alive = heartbeat.key(heartbeat.BEAT)
        wait_until(lambda: heartbeat.client().exists(alive), what="the scheduler's heartbeat", log=log)
    assert not heartbeat.client().exists(alive)


def test_a_task_goes_by_the_id_of_the_request_that_queued_it(tmp_path):
    with worker(tmp_path / "worker.log", include="tests.platform.tasks"), redis.Redis.from_url(settings.REDIS_URL) as r:
        with request_id.entered("req-12345678"):
            note_request_id.delay("with")
        queued = note_request_id.delay("without")
        seen = [r.blpop(key, timeout=20) for key in ("with", "without")]
    assert seen == [(b"with", b"req-12345678"), (b"without", queued.id.encode())]
