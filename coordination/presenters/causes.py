"""Why a message did not arrive, in words that say what to try next."""

from django.utils.translation import gettext as _

from messaging.states import Status

# The codes are Twilio's and our gateways' own.
_LANDLINE = {"30006", "21614"}
_NO_NUMBER = {"21211", "30005", "bad_address"}
_FILTERED = {"30007", "30034"}
_STOPPED = {"21610"}
_OFF = {"30003", "30008"}
_STATUS_LABELS = dict(Status.choices)


def cause_of(error_code: str, status: str) -> str:
    """One sentence; for a code that nobody has put into words, the message's state."""
    causes = (
        (_LANDLINE, _("The number is a landline or can't be reached by text: try a call.")),
        (_NO_NUMBER, _("The number or address does not exist: ask for the right one.")),
        (_FILTERED, _("The carrier filtered the message: try a call.")),
        (_STOPPED, _("The patient asked for no texts: call instead.")),
        (_OFF, _("The phone was off or out of reach: try again later.")),
    )
    found = next((words for codes, words in causes if error_code in codes), "")
    return found or str(_STATUS_LABELS.get(status, Status.FAILED.label))
