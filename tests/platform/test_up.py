"""`manage.py up` as a person meets it: a real process, in a folder with spaces, stopped, killed and started again."""

import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request

import psutil
import pytest
from django.conf import settings

from config import embedded
from config.embedded.processes import command_line
from tests.plugins.processes import free_port, wait_until

pytestmark = pytest.mark.slow


class Portal:
    """One `manage.py up`, its output in a file."""

    def __init__(self, folder, number: int, **environment: str):
        self.log = folder / f"up-{number}.log"
        self.url = f"http://127.0.0.1:{environment['PORT']}"
        inherited = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "up"],
                cwd=settings.BASE_DIR,
                env={**inherited, "DJANGO_SETTINGS_MODULE": "config.settings.dev", "DEMO": "0", **environment},
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def said(self) -> str:
        return self.log.read_text(errors="replace")

    def await_welcome(self) -> None:
        wait_until(
            lambda: "Stop it with Ctrl-C" in self.said or self.process.poll() is not None,
            seconds=120,
            what="the start",
            log=self.log,
        )
        assert self.process.poll() is None, self.said

    def await_ready(self) -> None:
        wait_until(lambda: self.readiness()[0] == 200, seconds=30, what="readiness", log=self.log)

    def readiness(self) -> tuple[int, dict]:
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=5) as answer:
                return answer.status, json.load(answer)["checks"]
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)["checks"]
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return 0, {}

    def family(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def pid_of(self, word: str) -> int | None:
        """The child whose command line holds the word; one that just ended has none."""
        return next((child.pid for child in self.family() if word in command_line(child.pid)), None)


@pytest.fixture(scope="module")
def var(tmp_path_factory):
    var = tmp_path_factory.mktemp("up") / "a folder with spaces"
    yield var
    embedded.erase(var)


@pytest.fixture
def start(var, tmp_path):
    """Starts portals on `var`; whatever a test leaves running is killed after it."""
    started = []

    def make(**environment: str) -> Portal:
        portal = Portal(tmp_path, len(started), **{"VAR_DIR": str(var), "PORT": str(free_port()), **environment})
        started.append(portal)
        return portal

    yield make
    for portal in started:
        if portal.process.poll() is None:
            portal.process.kill()
        portal.process.wait()


@pytest.fixture
def portal(start) -> Portal:
    portal = start()
    portal.await_welcome()
    portal.await_ready()
    return portal


def _all_gone(family) -> bool:
    return not any(process.is_running() and process.status() != psutil.STATUS_ZOMBIE for process in family)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_asked_to_stop_it_ends_cleanly_and_takes_everything_along(portal, number):
    family = portal.family()
    portal.process.send_signal(number)
    assert portal.process.wait(timeout=30) == 0
    assert _all_gone(family), portal.said
    assert portal.said.rstrip().endswith("Stopped.")
    assert "Traceback" not in portal.said


def test_sigkill_leaves_nothing_behind_and_the_next_start_recovers(portal, start):
    family = portal.family()
    portal.process.kill()
    portal.process.wait()
    again = start(PORT=portal.url.rsplit(":", 1)[1])
    again.await_welcome()
    again.await_ready()
    assert _all_gone(family)


@pytest.mark.parametrize("word", ["uvicorn", "worker", "beat"])
def test_a_process_that_dies_is_started_again(portal, word):
    died = psutil.Process(portal.pid_of(word))
    died.kill()
    wait_until(lambda: portal.pid_of(word) not in (None, died.pid), seconds=10, what="another start", log=portal.log)
    assert "is started again" in portal.said
    portal.await_ready()


def test_database_and_redis_killed_under_it_come_back(portal):
    for process in portal.family():
        if process.is_running() and process.name() in ("postgres", "valkey-server"):
            process.kill()
    wait_until(lambda: portal.readiness()[0] != 200, seconds=5, what="red", log=portal.log)
    portal.await_ready()


def test_a_second_one_on_the_same_data_is_told_in_one_line(portal, start):
    second = start()
    assert second.process.wait(timeout=30) == 1
    lines = [line for line in second.said.splitlines() if line.strip()]
    assert len(lines) == 1 and portal.url in lines[0] and str(portal.process.pid) in lines[0], second.said


def test_a_taken_port_is_told_in_one_line(portal, start, tmp_path):
    port = portal.url.rsplit(":", 1)[1]
    second = start(VAR_DIR=str(tmp_path / "other"), PORT=port)
    assert second.process.wait(timeout=30) == 1
    lines = [line for line in second.said.splitlines() if line.strip()]
    assert len(lines) == 1 and f"Port {port}" in lines[0] and "make run" in lines[0], second.said


def test_down_stops_it_from_elsewhere(portal, var):
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings.dev", "VAR_DIR": str(var)}
    subprocess.run([sys.executable, "manage.py", "down"], cwd=settings.BASE_DIR, env=environment, check=True)
    assert portal.process.wait(timeout=5) == 0
