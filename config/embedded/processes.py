"""Starting, watching and ending server processes."""

import ctypes
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import psutil

LOG_BYTES = 5_000_000  # a bigger log of the time before is put aside, and the one before that dropped
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)
_started: dict[int, subprocess.Popen] = {}  # ours, so that their ends are noticed and no zombie stays


def die_with_parent(how: signal.Signals):
    """A `preexec_fn`: the kernel sends `how` when our process ends, even by SIGKILL. Linux only; elsewhere nothing."""
    parent = os.getpid()

    def arrange() -> None:
        if sys.platform == "linux":
            _libc.prctl(_PR_SET_PDEATHSIG, int(how))
            if os.getppid() != parent:  # the parent died between fork and here
                os._exit(1)

    return arrange


def spawn(argv: Sequence[str], *, log: Path, user: int | None, tied: signal.Signals | None) -> subprocess.Popen:
    """Start a server in a session of its own (Ctrl-C is not for it), its output appended to `log`.

    `tied` names the signal it gets when our process dies; None lets it live on.
    """
    if log.exists() and log.stat().st_size > LOG_BYTES:
        log.replace(log.with_suffix(".log.1"))
    with log.open("ab") as output:
        process = subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",
            start_new_session=True,
            user=user,
            group=_group_of(user),
            extra_groups=[] if user is not None else None,
            preexec_fn=die_with_parent(tied) if tied else None,  # noqa: PLW1509 - no threads run yet
        )
    _started[process.pid] = process
    return process


def _group_of(user: int | None) -> int | None:
    return None if user is None else pwd.getpwuid(user).pw_gid


def is_alive(pid: int) -> bool:
    """Whether the process runs. A zombie does not: in a container nobody may ever collect it."""
    if pid in _started:
        _started[pid].poll()
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def working_in(folder: Path) -> list[int]:
    """Living processes whose working directory is `folder`: a PostgreSQL server and all of its children."""
    target = os.path.realpath(folder)
    return [process.pid for process in psutil.process_iter() if _cwd(process) == target and is_alive(process.pid)]


def _cwd(process: psutil.Process) -> str:
    try:
        return process.cwd()
    except psutil.Error:
        return ""


def command_line(pid: int) -> list[str]:
    """A process's arguments, empty when it is gone or not ours to see."""
    try:
        return psutil.Process(pid).cmdline()
    except psutil.Error:
        return []


def end(pid: int, *signals: signal.Signals, patience: float = 15) -> None:
    """Send the signals one after the other, `patience` seconds each, until the process is gone."""
    for number in signals:
        if not is_alive(pid):
            return
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return
        deadline = time.monotonic() + patience
        while is_alive(pid) and time.monotonic() < deadline:
            time.sleep(0.02)


def last_line(log: Path) -> str:
    """What a server said last, for the line that tells why it did not start."""
    lines = log.read_text(errors="replace").strip().splitlines() if log.exists() else []
    return lines[-1].strip() if lines else "nothing was logged"
