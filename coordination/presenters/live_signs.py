"""How a live visit stands, in words with colour and icon: the room, both people, the device test, the connections."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from coordination.presenters.live_words import DEVICE_CAUSES, QUALITY_CAUSES
from coordination.presenters.rows import state_of
from coordination.selectors.live import LiveVisit, Side
from telehealth.models import DeviceCheck, QualityWindow
from telehealth.presence import LOST_AFTER_SECONDS
from telehealth.states import HERE, State

SETTLES_WITHIN = timedelta(seconds=LOST_AFTER_SECONDS)  # a call that just began has no report yet


@dataclass(frozen=True, slots=True)
class Sign:
    """A word with its colour and icon; `cause` says why, in a few words."""

    words: str
    kind: str = "neutral"
    icon: str = "circle"
    cause: str = ""


_STATES = {
    State.WAITING: ("attention", "hourglass"),
    State.CONNECTING: ("info", "loader"),
    State.IN_CALL: ("info", "video"),
    State.INTERRUPTED: ("problem", "unplug"),
    State.TROUBLE: ("problem", "triangle-alert"),
    State.PHONE: ("info", "phone"),
    State.ON_HOLD: ("attention", "pause"),
}


def room_sign(state: str) -> Sign:
    """The state of a room as a word with colour and icon."""
    kind, icon = _STATES.get(state, ("neutral", "circle-dashed"))
    return Sign(str(State(state).label), kind, icon)


def state_sign(found: LiveVisit, room: str, now: datetime) -> Sign:
    if room in HERE:
        return room_sign(room)
    words, kind, icon, _since_then = state_of(found.visit, now)
    return Sign(words, kind, icon)


def patient_sign(found: LiveVisit, room: str) -> Sign:
    if found.patient.where:
        return Sign(_("here"), "ready", "circle-check")
    if room not in HERE or room == State.PHONE:
        return Sign(_("away"), "neutral", "circle-dashed")
    if found.visit.session.text_when_ready:
        return Sign(_("wants a text"), "neutral", "message-square")
    return Sign(_("page lost"), "attention", "unplug")


def provider_sign(found: LiveVisit) -> Sign:
    words = {"call": _("in the call"), "here": _("here")}
    if found.provider.where:
        return Sign(words[found.provider.where], "ready", "circle-check")
    session = getattr(found.visit, "session", None)
    if session and session.provider_late_minutes:
        late = _("%(minutes)d min late") % {"minutes": session.provider_late_minutes}
        return Sign(late, "attention", "clock-alert")
    return Sign(_("away"), "neutral", "circle-dashed")


_DEVICES = {
    DeviceCheck.Result.PASS: ("ready", "circle-check"),
    DeviceCheck.Result.WARN: ("attention", "triangle-alert"),
    DeviceCheck.Result.FAIL: ("problem", "octagon-alert"),
}


def device_sign(visit) -> Sign:
    if not visit.device:
        return Sign(_("not tested"), "neutral", "circle-dashed")
    kind, icon = _DEVICES[visit.device]
    causes = [str(DEVICE_CAUSES.get(cause, cause)) for cause in visit.device_causes or ()]
    return Sign(str(DeviceCheck.Result(visit.device).label), kind, icon, causes[0] if causes else "")


def line_signs(found: LiveVisit, room: str, now: datetime) -> tuple[Sign | None, Sign | None]:
    """How both connections are, while there is a call."""
    if room not in (State.IN_CALL, State.INTERRUPTED):
        return None, None
    began = found.visit.session.state_since
    return line_sign(found.patient, began, now), line_sign(found.provider, began, now)


_LEVELS = {
    QualityWindow.Level.GOOD: ("ready", "signal-high"),
    QualityWindow.Level.FAIR: ("attention", "signal-medium"),
    QualityWindow.Level.POOR: ("problem", "signal-low"),
}


def line_sign(side: Side, began: datetime, now: datetime) -> Sign | None:
    """The newest report; one that is older than a lost page's is no report any more."""
    if side.window is None or now - side.window.at > SETTLES_WITHIN:
        is_new = side.window is None and now - began < SETTLES_WITHIN
        return None if is_new else Sign(_("Lost"), "problem", "signal-zero", _("says nothing"))
    kind, icon = _LEVELS[side.window.level]
    level = str(QualityWindow.Level(side.window.level).label)
    return Sign(level, kind, icon, str(QUALITY_CAUSES.get(side.window.cause, "")))
