"""The portal's life from start to stop."""

import contextlib
import json
import os
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection

from config import embedded
from config.embedded import ServerError
from config.up.address import Address
from config.up.children import Child, stop_all
from config.up.preparation import prepare
from config.up.welcome import welcome

WEB_START_SECONDS = 60
WORKER = (
    "celery -q -A config worker --pool threads --concurrency 8 --heartbeat-interval 1 --without-gossip --without-mingle"
)
BEAT = "celery -q -A config beat"
# uvicorn itself would believe X-Forwarded-For of whoever comes from this host; whom to believe, TRUSTED_PROXIES says.
WEB = (
    "uvicorn config.asgi:application --lifespan off --timeout-graceful-shutdown 10"
    " --no-access-log --no-server-header --no-proxy-headers"
)


class Stop(BaseException):
    """Somebody asked us to end. Not an Exception, so that nothing on the way takes it for a fault."""


def run(say: Callable[[str], None]) -> None:
    """Start everything, keep it alive, and stop everything when asked to. Raises ServerError with one clear line."""
    with contextlib.suppress(Stop), _stoppable():
        address = Address.from_environment()
        with _only_one(address):
            address.refuse_if_taken()
            try:
                _start_servers()
                prepare(say)
                _serve(address, say)
            finally:
                _shielded(_stop_servers, say)


@contextmanager
def _stoppable() -> Iterator[None]:
    """Ctrl-C, a closed terminal and a plain kill all end the portal in good order; a second one does not hurry it."""

    def stop(*_args) -> None:
        raise Stop

    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, stop) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _shielded(work: Callable[..., None], *args) -> None:
    """Cleaning up is not interrupted by the second Ctrl-C."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    work(*args)


@contextmanager
def _only_one(address: Address) -> Iterator[None]:
    """Two schedulers on one database would do all periodic work twice."""
    place = embedded.Place.of(settings.VAR_DIR)
    place.prepare()
    note = place.var / "up.json"
    with place.locked("up", wait=False) as free:
        if not free:
            other = json.loads(note.read_text()) if note.exists() else {"pid": "?", "url": "another port"}
            raise ServerError(
                f"The portal already runs from this folder at {other['url']} (process {other['pid']}): use that one, "
                "or stop it with Ctrl-C or `manage.py down`."
            )
        note.write_text(json.dumps({"pid": os.getpid(), "url": address.url}))
        try:
            yield
        finally:
            note.unlink(missing_ok=True)


def _wanted() -> dict[str, bool]:
    """Which servers are ours to run."""
    return {"database": not os.environ.get("DATABASE_URL"), "redis": not os.environ.get("REDIS_URL")}


def _start_servers() -> None:
    if any(_wanted().values()):
        embedded.ensure_running(settings.VAR_DIR, tied=True, **_wanted())


def _stop_servers(say: Callable[[str], None]) -> None:
    connection.close()
    if any(_wanted().values()):
        embedded.stop(settings.VAR_DIR)
    say("Stopped.")


def _serve(address: Address, say: Callable[[str], None]) -> None:
    web = Child("web", [*WEB.split(), "--host", address.host, "--port", str(address.port)], say)
    children = [web, Child("worker", WORKER.split(), say), Child("beat", BEAT.split(), say)]
    try:
        for child in children:
            child.start()
        _await_web(address, web)
        say(welcome(address.url))
        connection.close()
        _watch(children)
    finally:
        _shielded(stop_all, children)


def _await_web(address: Address, web: Child) -> None:
    deadline = time.monotonic() + WEB_START_SECONDS
    while not _answers(f"{address.url}/healthz"):
        if web.process.poll() is not None or time.monotonic() > deadline:
            raise ServerError("The web server did not start: see its last lines above. All is stopped.")
        time.sleep(0.1)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - our own address
            return answer.status == 200
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def _watch(children: list[Child]) -> None:
    while True:
        time.sleep(0.5)
        if not embedded.alive(settings.VAR_DIR, **_wanted()):
            _start_servers()
        for child in children:
            child.keep_alive(time.monotonic())
