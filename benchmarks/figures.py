"""One measured figure beside the one that was promised."""

import json
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass

PREFIX = "FIGURE "


@dataclass(frozen=True, slots=True)
class Figure:
    """`measured` and `promised` carry their unit; `kept` is None where nothing was promised."""

    what: str
    measured: str
    promised: str = ""
    kept: bool | None = None

    def say(self) -> None:
        """Tell the process that started this one."""
        print(PREFIX + json.dumps(asdict(self)), flush=True)

    @classmethod
    def heard(cls, line: str) -> "Figure | None":
        return cls(**json.loads(line.removeprefix(PREFIX))) if line.startswith(PREFIX) else None


@dataclass(frozen=True, slots=True)
class Timing:
    """Milliseconds: medians on the clock and on our own CPU, and the 95th percentile on the clock."""

    wall: float
    cpu: float
    slow: float


def timed(call: Callable[[], object], *, rounds: int, warm: int = 5) -> Timing:
    """Call it `rounds` times after a few that do not count."""
    for _ in range(warm):
        call()
    wall, cpu = [], []
    for _ in range(rounds):
        started, used = time.perf_counter(), time.process_time()
        call()
        cpu.append((time.process_time() - used) * 1000)
        wall.append((time.perf_counter() - started) * 1000)
    return Timing(statistics.median(wall), statistics.median(cpu), statistics.quantiles(wall, n=20)[-1])


def milliseconds(value: float) -> str:
    return f"{value:.2f} ms" if value < 10 else f"{value:.0f} ms"


def at_most(what: str, value: float, limit: float, text: Callable[[float], str] = milliseconds) -> Figure:
    return Figure(what, text(value), f"≤ {text(limit)}", value <= limit)
