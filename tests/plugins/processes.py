"""Real processes for tests: a web server, a worker, the scheduler. Each works on this test run's database and Redis."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection

from config.embedded.processes import die_with_parent
from config.health import heartbeat

START_SECONDS = 60


def child_environment() -> dict[str, str]:
    """The environment in which a process of ours works on the very database and Redis of the running test."""
    database = connection.settings_dict
    user, password, host, name = (quote(str(database[part]), safe="") for part in ("USER", "PASSWORD", "HOST", "NAME"))
    port = f":{database['PORT']}" if database["PORT"] else ""
    inherited = {name: value for name, value in os.environ.items() if name != "PYTEST_XDIST_WORKER"}
    return {
        **inherited,
        "TEST_DB": settings.TEST_DB,
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "DATABASE_URL": f"postgres://{user}:{password}@{host}{port}/{name}",
        "REDIS_URL": settings.REDIS_URL,
        "PYTHONWARNINGS": "default",
        "PYTHONUNBUFFERED": "1",
    }


@contextmanager
def running(*argv: str, log: Path, environment: dict[str, str] | None = None) -> Iterator[subprocess.Popen]:
    """`python -m argv…` until the block ends: then asked to stop, and killed after 15 s."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", *argv],
            cwd=settings.BASE_DIR,
            env={**child_environment(), **(environment or {})},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=die_with_parent(signal.SIGKILL),  # noqa: PLW1509
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_until(true: Callable[[], object], *, seconds: float = START_SECONDS, what: str, log: Path | None = None):
    """Wait for a true answer and return it; else fail with the last words of the log."""
    deadline = time.monotonic() + seconds
    while not (answer := true()):
        if time.monotonic() > deadline:
            said = log.read_text(errors="replace")[-3000:] if log else ""
            pytest.fail(f"{what} did not happen within {seconds} s\n{said}")
        time.sleep(0.05)
    return answer


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return answer.status == 200
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


@contextmanager
def worker(log: Path, *, include: str = "", environment: dict[str, str] | None = None) -> Iterator[subprocess.Popen]:
    """A real Celery worker, ready to take tasks; `include` names one more module with tasks."""
    heartbeat.clear(heartbeat.WORKER)
    argv = ["celery", "-A", "config", "worker", "--pool", "threads", "--concurrency", "4", "--loglevel", "INFO"]
    argv += ["--heartbeat-interval", "1", "--without-gossip", "--without-mingle"]
    argv += ["--include", include] if include else []
    with running(*argv, log=log, environment=environment) as process:
        alive = heartbeat.key(heartbeat.WORKER)
        wait_until(lambda: heartbeat.client().exists(alive), what="the worker's start", log=log)
        yield process


@contextmanager
def web(
    log: Path, *, application: str = "config.asgi:application", environment: dict[str, str] | None = None
) -> Iterator[str]:
    """The real web server with pages and sockets; yields its address."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    argv = ["uvicorn", application, "--port", str(port), "--lifespan", "off"]
    argv += ["--timeout-graceful-shutdown", "2", "--no-access-log", "--no-server-header", "--no-proxy-headers"]
    with running(*argv, log=log, environment={"PUBLIC_BASE_URL": address, **(environment or {})}):
        wait_until(lambda: answers(f"{address}/healthz"), what="the web server's start", log=log)
        yield address


@pytest.fixture
def celery_worker_process(transactional_db, tmp_path) -> Iterator[subprocess.Popen]:
    """A real worker in a process of its own; kill it as you like. Several: `tests.plugins.processes.worker`."""
    with worker(tmp_path / "worker.log") as process:
        yield process


@pytest.fixture
def portal_server(transactional_db, tmp_path) -> Iterator[str]:
    """The portal as visitors meet it, pages and sockets; the value is its address."""
    with web(tmp_path / "web.log") as address:
        yield address
