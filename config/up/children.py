"""The portal's own processes: started, heard, started again when they die, stopped together."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from config.embedded import ServerError
from config.embedded.processes import die_with_parent

STOP_SECONDS = 15
QUIET = "ignore:You're running the worker"  # as root, in a container: the demo says nothing of it
QUICK_DEATH_SECONDS = 30
QUICK_DEATHS_ALLOWED = 5


@dataclass
class Child:
    """One process and its output. Start it in the main thread: the kernel ties it to the thread that started it."""

    name: str
    argv: Sequence[str]
    say: Callable[[str], None]
    process: subprocess.Popen | None = None
    started_at: float = 0
    quick_deaths: int = 0
    wait_until: float = 0
    relay: threading.Thread | None = field(default=None, repr=False)

    def start(self) -> None:
        """It dies with us, even by SIGKILL, and Ctrl-C at the keyboard reaches us alone: we stop it in good order."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", *self.argv],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env={**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONWARNINGS": QUIET},
            start_new_session=True,
            preexec_fn=die_with_parent(signal.SIGKILL),  # noqa: PLW1509
        )
        self.started_at = time.monotonic()
        self.relay = threading.Thread(target=self._relay, args=(self.process.stdout,), daemon=True)
        self.relay.start()

    def _relay(self, output) -> None:
        with output:
            for line in output:
                self.say(f"{self.name:<6} | {line.rstrip()}")

    def keep_alive(self, now: float) -> None:
        """Start it again when it died, a little later each time. Raises ServerError when it will not stay."""
        if self.process.poll() is None:
            return
        if not self.wait_until:
            self._note_death(now)
        elif now >= self.wait_until:
            self.wait_until = 0
            self.start()

    def _note_death(self, now: float) -> None:
        quick = now - self.started_at < QUICK_DEATH_SECONDS
        self.quick_deaths = self.quick_deaths + 1 if quick else 1
        if self.quick_deaths >= QUICK_DEATHS_ALLOWED:
            raise ServerError(f"{self.name} ends each time it is started: see its last lines above. All is stopped.")
        self.wait_until = now + self.quick_deaths
        self.say(f"{self.name} ended ({_manner(self.process.returncode)}); it is started again.")

    def ask_to_stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()

    def make_stop(self, deadline: float) -> None:
        if self.process is None:
            return
        try:
            self.process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.relay.join(timeout=2)


def _manner(code: int) -> str:
    return f"exit code {code}" if code >= 0 else signal.Signals(-code).name


def stop_all(children: Sequence[Child]) -> None:
    """All are asked at once and share one deadline."""
    for child in children:
        child.ask_to_stop()
    deadline = time.monotonic() + STOP_SECONDS
    for child in children:
        child.make_stop(deadline)
