"""A portal of our own to measure on: servers, database and settings under var/bench, apart from the one that is used.

The servers are set as in real life (a commit waits for the disk), and the data is kept for the next run.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from config import embedded

ROOT = Path(__file__).resolve().parents[1]
_COUNT = "from scheduling.models import Appointment; print(Appointment.objects.count())"


@dataclass(frozen=True, slots=True)
class Stage:
    """A database of so many visits, and the environment in which a process of ours works on it."""

    name: str
    visits: int
    environment: dict[str, str]

    def run(self, *argv: str) -> Iterator[str]:
        """`python argv…` on this stage, line by line as it speaks. CalledProcessError when it fails."""
        with subprocess.Popen(
            [sys.executable, *argv], cwd=ROOT, env=self.environment, stdout=subprocess.PIPE, text=True
        ) as process:
            yield from process.stdout
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, argv)


@contextmanager
def opened(name: str, visits: int) -> Iterator[Stage]:
    """The stage with its servers running, its tables made and at least `visits` visits in them."""
    var = ROOT / "var" / "bench" / name
    environment = {
        **os.environ,
        "VAR_DIR": str(var),
        "DJANGO_SETTINGS_MODULE": "config.settings.dev",
        "DATABASE_URL": "",
        "REDIS_URL": "",
        "PYTHONUNBUFFERED": "1",
    }
    stage = Stage(name, visits, environment)
    place = embedded.Place.of(var)
    place.prepare()
    embedded.ensure_running(place.var, tied=True)
    try:
        _fill(stage)
        yield stage
    finally:
        embedded.stop(place.var)


def _fill(stage: Stage) -> None:
    for release in (["migrate", "--no-input"], ["compile_catalogs"], ["collectstatic", "--no-input"]):
        _do(stage, *release)
    standing = int(list(stage.run("manage.py", "shell", "--verbosity", "0", "-c", _COUNT))[-1])
    missing = stage.visits - standing
    if missing > 0:
        print(f"{stage.name}: writing {missing:,} visits", flush=True)
        _do(stage, "seed_demo", "--scale", str(missing))


def _do(stage: Stage, *command: str) -> None:
    """A management command; what it says is passed over."""
    for _line in stage.run("manage.py", *command):
        pass
