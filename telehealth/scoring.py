"""How good a connection is: values in, a judgment out. Milliseconds, percent (0 to 100) and kilobits a second.

The model is the shortened E-model of ITU-T G.107 as WebRTC tools use it. Its units are a trap: with loss as a
fraction and jitter in seconds every line looks perfect (a well-known library shipped exactly that), so each name
carries its unit. Whatever a browser does not report is None, and None never counts as good news.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

GOOD, FAIR, POOR = "good", "fair", "poor"
_ORDER = (GOOD, FAIR, POOR)

CODEC_MS = 20  # one Opus frame
BUFFER_MS = 20  # what a playout buffer holds on a line without jitter
WINDOW_SECONDS = 10
WORSE_AFTER = 2  # windows
BETTER_AFTER = 3

UP_ENOUGH_KBPS = 600
UP_LEAST_KBPS = 250  # below it no picture gets through
DOWN_ENOUGH_KBPS = 600
RTT_ENOUGH_MS = 200


@dataclass(frozen=True, slots=True)
class Window:
    """Ten seconds of one side's connection. `concealed_percent` is the part of the sound that had to be invented."""

    rtt_ms: float | None = None
    loss_percent: float | None = None
    concealed_percent: float | None = None
    jitter_ms: float | None = None
    buffer_ms: float | None = None
    fps: float | None = None
    freeze_seconds: float | None = None
    up_kbps: float | None = None

    @property
    def heard_loss(self) -> float | None:
        """Percent of the sound that is missing to the ear: what was concealed, else what was lost."""
        return self.loss_percent if self.concealed_percent is None else self.concealed_percent

    @property
    def held_ms(self) -> float | None:
        """How long sound waits in the playout buffer, else what jitter makes a buffer hold."""
        if self.buffer_ms is not None:
            return self.buffer_ms
        return None if self.jitter_ms is None else BUFFER_MS + 2 * self.jitter_ms


@dataclass(frozen=True, slots=True)
class Verdict:
    """`level` is good, fair or poor; `cause` a code (loss, delay, buffer, upload, video), empty when good."""

    level: str
    cause: str = ""


def mos(window: Window) -> float | None:
    """The mean opinion score of the sound, 1 to 4.5; None while its loss is unknown.

    An unknown delay counts as none, so the score is then an upper bound.
    """
    if window.heard_loss is None:
        return None
    r = max(0.0, min(100.0, 93.2 - _for_delay(window) - _for_loss(window.heard_loss)))
    return round(1 + 0.035 * r + 7e-6 * r * (r - 60) * (100 - r), 2)


def _for_delay(window: Window) -> float:
    """Id of G.107: what the way from mouth to ear takes off."""
    delay = (window.rtt_ms or 0) / 2 + (window.held_ms or 0) + CODEC_MS
    return 0.024 * delay + 0.11 * max(0.0, delay - 177.3)


def _for_loss(percent: float) -> float:
    """Ie,eff of G.107 for Opus with random loss."""
    return 95 * percent / (percent + 25.1)


def judge(window: Window) -> Verdict | None:
    """The worst row of the table decides; of equals the sound comes before the picture. None: nothing is known."""
    rows = [row for row in _rows(window) if row is not None]
    if not rows:
        return None
    worst = max(rows, key=lambda row: _ORDER.index(row.level))  # max keeps the first of equals
    return Verdict(worst.level, worst.cause if worst.level != GOOD else "")


def _rows(window: Window) -> Iterable[Verdict | None]:
    frozen = window.freeze_seconds
    yield _over("loss", window.heard_loss, fair=3, poor=8)
    yield _over("delay", window.rtt_ms, fair=250, poor=400)
    yield _over("buffer", window.buffer_ms, fair=200, poor=500)
    yield _under(_why(window), mos(window), fair=4.0, poor=3.6)
    yield _under("upload", window.up_kbps, fair=600, poor=250)
    yield _under("video", window.fps, fair=15, poor=8)
    yield _over("video", None if frozen is None else frozen * 60 / WINDOW_SECONDS, fair=1, poor=5)


def _why(window: Window) -> str:
    """What spoils the sound more."""
    return "loss" if _for_loss(window.heard_loss or 0) >= _for_delay(window) else "delay"


def _over(cause: str, value: float | None, *, fair: float, poor: float) -> Verdict | None:
    """The more the worse; `fair` itself is fair of loss, delay and buffer, `poor` itself still is no more than fair."""
    if value is None:
        return None
    return Verdict(POOR if value > poor else FAIR if value >= fair else GOOD, cause)


def _under(cause: str, value: float | None, *, fair: float, poor: float) -> Verdict | None:
    """The less the worse; the limits themselves belong to the better side."""
    if value is None:
        return None
    return Verdict(POOR if value < poor else FAIR if value < fair else GOOD, cause)


def settle(levels: Sequence[str]) -> str:
    """The level to show after these windows, oldest first: worse after two bad ones, better after three good ones.

    One lost packet must not turn a clinic's board red, nor one calm moment make it green.
    """
    shown = _ORDER.index(GOOD)
    ranks = [_ORDER.index(level) for level in levels]
    for end in range(1, len(ranks) + 1):
        bad, good = ranks[max(0, end - WORSE_AFTER) : end], ranks[max(0, end - BETTER_AFTER) : end]
        if len(bad) == WORSE_AFTER and min(bad) > shown:
            shown = min(bad)
        elif len(good) == BETTER_AFTER and max(good) < shown:
            shown = max(good)
    return _ORDER[shown]


def judge_before(*, rtt_ms: float | None, up_kbps: float | None, down_kbps: float | None) -> list[str]:
    """What of a line measured before the visit is weak, as codes; empty when it will do or could not be measured.

    With `slow_upload` or `slow_network` a call starts with a smaller picture; `too_slow` carries sound only. The round
    trip is to the clinic's server and back, not a loop through a relay, so nothing is halved.
    """
    found = []
    if up_kbps is not None and up_kbps < UP_ENOUGH_KBPS:
        found.append("too_slow" if up_kbps < UP_LEAST_KBPS else "slow_upload")
    if (rtt_ms is not None and rtt_ms >= RTT_ENOUGH_MS) or (down_kbps is not None and down_kbps < DOWN_ENOUGH_KBPS):
        found.append("slow_network")
    return found
