"""The Celery application: `celery -A config worker`, `celery -A config beat`."""

import os
from contextlib import ExitStack

from celery import Celery, signals

from common import request_id
from config.health import heartbeat

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks(related_name="periodic")


@signals.setup_logging.connect
def _keep_djangos_logging(**_kwargs) -> None:
    """A receiver here keeps Celery from setting up logging of its own."""


@signals.heartbeat_sent.connect
def _worker_lives(**_kwargs) -> None:
    heartbeat.mark(heartbeat.WORKER)


@signals.worker_shutdown.connect
def _worker_leaves(**_kwargs) -> None:
    heartbeat.clear(heartbeat.WORKER)


@signals.before_task_publish.connect
def _hand_on_request_id(headers: dict | None = None, **_kwargs) -> None:
    if headers is not None and request_id.current():
        headers["portal_request_id"] = request_id.current()


@signals.task_prerun.connect
def _take_request_id(task=None, **_kwargs) -> None:
    """The id of the request that queued the task; a task nobody's request queued goes by its own id."""
    task.request.portal_context = stack = ExitStack()
    stack.enter_context(request_id.entered(getattr(task.request, "portal_request_id", None) or task.request.id or ""))


@signals.task_postrun.connect
def _drop_request_id(task=None, **_kwargs) -> None:
    stack = getattr(task.request, "portal_context", None)
    if stack is not None:
        stack.close()
