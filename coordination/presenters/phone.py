"""How the calls of a visit that goes on by phone stand, in words."""

from dataclasses import dataclass

from messaging.models import Bridge
from messaging.states import CALL_OVER, CallStatus

_KINDS = {
    CallStatus.ANSWERED: "ready",
    CallStatus.BUSY: "problem",
    CallStatus.NO_ANSWER: "problem",
    CallStatus.FAILED: "problem",
}


@dataclass(frozen=True, slots=True)
class CallLine:
    """One side; `kind` is a status kind of the templates."""

    who: str
    words: str
    kind: str


def call_lines(bridge: Bridge | None) -> list[CallLine]:
    """Both sides while one is still called or talks; empty when nobody is on the phone."""
    if bridge is None or bridge.ended_at:
        return []
    legs = sorted(bridge.legs.all(), key=lambda leg: leg.side)
    return [
        CallLine(leg.get_side_display(), leg.get_status_display(), _KINDS.get(leg.status, "info"))
        for leg in legs
        if leg.status not in CALL_OVER or leg.status in _KINDS
    ]
