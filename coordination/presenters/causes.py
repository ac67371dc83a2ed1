"""Why a message did not arrive, in words that say what to try next."""

from django.utils.translation import gettext_lazy as _

from messaging.codes import Fault, fault_of
from messaging.states import Status

_WORDS = {
    Fault.LANDLINE: _("The number is a landline or can't be reached by text: try a call."),
    Fault.NO_NUMBER: _("The number or address does not exist: ask for the right one."),
    Fault.FILTERED: _("The carrier filtered the message: try a call."),
    Fault.STOPPED: _("The patient asked for no texts: call instead."),
    Fault.OFF: _("The phone was off or out of reach: try again later."),
}
_STATUS_LABELS = dict(Status.choices)


def cause_of(error_code: str, status: str) -> str:
    """One sentence; for a code that nobody has put into words, the message's state."""
    words = _WORDS.get(fault_of(error_code))
    return str(words or _STATUS_LABELS.get(status, Status.FAILED.label))
