"""Handing work to the workers."""

import logging

from celery import Task
from django.db import transaction
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)


def enqueue(task: Task, **ids) -> None:
    """Queue `task` once the current transaction has committed (at once outside a transaction).

    Arguments are ids only: the broker must never hold what they point to. A broker that is down is logged and
    swallowed: the row is the truth, and a sweeper picks up what was not queued.
    """
    transaction.on_commit(lambda: _send(task, ids))


def _send(task: Task, ids: dict) -> None:
    try:
        task.apply_async(kwargs=ids)
    except (OperationalError, ConnectionError, TimeoutError):
        logger.warning("task_not_queued", extra={"task": task.name})
