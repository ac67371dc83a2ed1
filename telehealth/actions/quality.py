"""Connection quality during a visit: what a browser reports is checked, scored here, and kept as figures."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from common import live
from telehealth import scoring
from telehealth.models import Participant, QualityWindow, VisitSession
from telehealth.states import ADMITTED

FIRST_SECONDS = timedelta(seconds=10)  # any call begins with a low estimate and a freeze or two
APART = timedelta(seconds=5)
SETTLES_WITHIN = 30  # windows: three equal ones are enough to forget what was before them
PATHS = frozenset({"host", "srflx", "prflx", "relay"})
_LARGEST = {
    "rtt_ms": 60_000,
    "loss_percent": 100,
    "concealed_percent": 100,
    "jitter_ms": 10_000,
    "buffer_ms": 60_000,
    "fps": 240,
    "freeze_seconds": 60,
    "up_kbps": 10_000_000,
}


@transaction.atomic
def record_window(*, participant: Participant, stats: dict, now: datetime) -> QualityWindow | None:
    """Score and keep ten seconds of one side's connection; tell the desk when its level has settled on another.

    Figures of a wrong type or out of range count as not reported. None, and nothing is written, when no figure is
    left, outside a call or in its first ten seconds, and less than five seconds after the last report.
    Not audited: figures of a line say nothing about a person.
    """
    session = VisitSession.objects.select_related("appointment__clinic").get(pk=participant.session_id)
    measured = scoring.Window(**{name: _figure(stats.get(name), most) for name, most in _LARGEST.items()})
    verdict = scoring.judge(measured)
    if verdict is None or session.state not in ADMITTED or now - session.state_since < FIRST_SECONDS:
        return None
    earlier = _earlier(participant, session)
    if earlier and now - earlier[-1].at < APART:
        return None
    window = QualityWindow.objects.create(
        participant=participant,
        at=now,
        level=verdict.level,
        cause=verdict.cause,
        mos=scoring.mos(measured),
        rtt_ms=measured.rtt_ms,
        loss_percent=measured.heard_loss,
        buffer_ms=measured.buffer_ms,
        fps=measured.fps,
        freeze_seconds=measured.freeze_seconds,
        up_kbps=measured.up_kbps,
        path=_path(stats.get("path")),
    )
    levels = [each.level for each in earlier]
    if scoring.settle(levels) != scoring.settle([*levels, window.level]):
        live.changed(session.appointment.clinic.public_id, session.appointment.subject)
    return window


def settled_level(*, participant: Participant, session: VisitSession) -> str:
    """The level to show of this side now: good, fair or poor; empty before its first report since the admission."""
    levels = [each.level for each in _earlier(participant, session)]
    return scoring.settle(levels) if levels else ""


def tip_for(window: QualityWindow) -> str:
    """What the person can do about it, in plain words; empty while the connection is good."""
    tips = {
        "loss": _("Part of the sound gets lost. Move nearer to your router, or switch between Wi-Fi and mobile data."),
        "delay": _("Your connection is slow to answer. Close other programs and downloads, and turn off a VPN."),
        "buffer": _("Your connection is full. Stop other videos and downloads in your home."),
        "upload": _("Your upload is slow. Move nearer to your router, or turn your camera off."),
        "video": _("The picture is not smooth. Close other programs, or turn your camera off."),
    }
    return tips.get(window.cause, "")


def _earlier(participant: Participant, session: VisitSession) -> list[QualityWindow]:
    """The newest windows since the patient was admitted, oldest first."""
    windows = QualityWindow.objects.filter(participant=participant).only("at", "level")
    if session.admitted_at:
        windows = windows.filter(at__gte=session.admitted_at)
    return list(windows.order_by("-at")[:SETTLES_WITHIN])[::-1]


def _figure(value, most: float) -> float | None:
    """The figure when it is one and possible; a browser's message is never trusted."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value <= most else None  # no comparison holds for a NaN


def _path(value) -> str:
    return value if isinstance(value, str) and value in PATHS else ""
