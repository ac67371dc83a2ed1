"""The web server as production runs it, and people who press a button at the same moment."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlencode

START_SECONDS = 180
CSRF = "c" * 32


@dataclass(frozen=True, slots=True)
class Answer:
    """Status 0 stands for no answer at all."""

    status: int
    location: str
    seconds: float


@contextmanager
def server(processes: int, environment: dict[str, str] | None = None) -> Iterator[int]:
    """Uvicorn with so many processes; yields the port once all of them answer."""
    port = _free_port()
    argv = ["uvicorn", "config.asgi:application", "--port", str(port), "--workers", str(processes)]
    argv += ["--lifespan", "off", "--no-access-log", "--log-level", "error"]
    process = subprocess.Popen(
        [sys.executable, "-m", *argv], env=environment or dict(os.environ), start_new_session=True
    )
    try:
        _wait_for_all(port, processes)
        yield port
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=60)


def post(
    port: int, path: str, *, cookies: dict[str, str], address: str, answers: dict[str, str] | None = None
) -> Answer:
    """A form from `address`, one of 127.0.0.0/8: the rate limits count each by itself."""
    jar = {**cookies, "csrftoken": CSRF}
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": "; ".join(f"{name}={value}" for name, value in jar.items()),
        "Host": f"127.0.0.1:{port}",
    }
    started = time.monotonic()
    visitor = http.client.HTTPConnection("127.0.0.1", port, timeout=60, source_address=(address, 0))
    try:
        visitor.request("POST", path, urlencode({"csrfmiddlewaretoken": CSRF} | (answers or {})), headers)
        response = visitor.getresponse()
        response.read()
        return Answer(response.status, response.headers.get("Location", ""), time.monotonic() - started)
    except (OSError, http.client.HTTPException):
        return Answer(0, "", time.monotonic() - started)
    finally:
        visitor.close()


def together(jobs: Sequence[Callable[[], Answer]], *, at_once: int | None = None) -> list[Answer]:
    """What the jobs answer when all start at the same moment, or `at_once` at a time."""
    hands = at_once or len(jobs)
    ready, turn = threading.Barrier(hands), threading.Lock()
    waiting, answers = iter(jobs), []

    def work() -> None:
        ready.wait()
        while True:
            with turn:
                job = next(waiting, None)
            if job is None:
                return
            answers.append(job())

    threads = [threading.Thread(target=work) for _ in range(hands)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for_all(port: int, processes: int) -> None:
    """Until so many answers came that every process has given some: the first of each loads the rest of the code."""
    deadline = time.monotonic() + START_SECONDS
    answered = 0
    while answered < processes * 20:
        if time.monotonic() > deadline:
            raise TimeoutError("The web server does not answer.")
        visitor = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            visitor.request("GET", "/healthz")
            answered += visitor.getresponse().status == 200
        except OSError:
            time.sleep(0.5)
        finally:
            visitor.close()
