"""What a carrier's error code means: one list for what the portal does about it and for what it tells people."""

from enum import Enum, auto


class Fault(Enum):
    LANDLINE = auto()  # a number that takes no texts
    NO_NUMBER = auto()
    FILTERED = auto()
    STOPPED = auto()
    OFF = auto()  # off, out of reach, or the carrier does not say why: an hour later it often works


# The codes are Twilio's (twilio.com/docs/api/errors) and our gateways' own.
_FAULTS = {
    "21614": Fault.LANDLINE,
    "21635": Fault.LANDLINE,
    "30006": Fault.LANDLINE,
    "21211": Fault.NO_NUMBER,
    "30005": Fault.NO_NUMBER,
    "bad_address": Fault.NO_NUMBER,
    "30007": Fault.FILTERED,
    "30034": Fault.FILTERED,
    "21610": Fault.STOPPED,
    "30003": Fault.OFF,
    "30008": Fault.OFF,
}
DEAD_NUMBER = frozenset({Fault.LANDLINE, Fault.NO_NUMBER})


def fault_of(error_code: str) -> Fault | None:
    """None for a code that calls for nothing in particular."""
    return _FAULTS.get(error_code)
