"""The states of an appointment and every allowed move. FHIR R4 Appointment.status stands beside each."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Status(TextChoices):
    BOOKED = "booked", _("Booked")  # booked, patient participant needs-action
    CONFIRMED = "confirmed", _("Confirmed")  # booked, patient participant accepted
    ARRIVED = "arrived", _("Waiting")  # arrived
    IN_VISIT = "in_visit", _("In visit")  # checked-in
    COMPLETED = "completed", _("Completed")  # fulfilled
    NO_SHOW = "no_show", _("No-show")  # noshow
    CANCELLED = "cancelled", _("Canceled")  # cancelled


class Event(TextChoices):
    """What happens to an appointment; each writes one append-only row."""

    BOOK = "book", _("Booked")
    CONFIRM = "confirm", _("Confirmed")
    UNCONFIRM = "unconfirm", _("Confirmation taken back")
    MOVE = "move", _("Moved")
    ARRIVE = "arrive", _("Arrived")
    START = "start", _("Visit started")
    COMPLETE = "complete", _("Completed")
    NO_SHOW = "no_show", _("Marked as no-show")
    CANCEL = "cancel", _("Canceled")
    REOPEN = "reopen", _("Set back")
    INTERPRETER = "interpreter", _("Interpreter arranged")


# state → event → next state. A pair that is absent is refused.
MOVES: dict[str, dict[str, str]] = {
    Status.BOOKED: {
        Event.CONFIRM: Status.CONFIRMED,
        Event.MOVE: Status.BOOKED,
        Event.ARRIVE: Status.ARRIVED,
        Event.START: Status.IN_VISIT,
        Event.COMPLETE: Status.COMPLETED,
        Event.NO_SHOW: Status.NO_SHOW,
        Event.CANCEL: Status.CANCELLED,
        Event.INTERPRETER: Status.BOOKED,
    },
    Status.CONFIRMED: {
        Event.UNCONFIRM: Status.BOOKED,
        Event.MOVE: Status.BOOKED,
        Event.ARRIVE: Status.ARRIVED,
        Event.START: Status.IN_VISIT,
        Event.COMPLETE: Status.COMPLETED,
        Event.NO_SHOW: Status.NO_SHOW,
        Event.CANCEL: Status.CANCELLED,
        Event.INTERPRETER: Status.CONFIRMED,
    },
    Status.ARRIVED: {
        Event.START: Status.IN_VISIT,
        Event.COMPLETE: Status.COMPLETED,
        Event.NO_SHOW: Status.NO_SHOW,
        Event.CANCEL: Status.CANCELLED,
        Event.REOPEN: Status.CONFIRMED,
        Event.INTERPRETER: Status.ARRIVED,
    },
    Status.IN_VISIT: {Event.COMPLETE: Status.COMPLETED, Event.REOPEN: Status.ARRIVED},
    Status.COMPLETED: {Event.REOPEN: Status.ARRIVED},
    Status.NO_SHOW: {Event.REOPEN: Status.CONFIRMED, Event.ARRIVE: Status.ARRIVED},
    Status.CANCELLED: {},
}

UPCOMING = frozenset({Status.BOOKED, Status.CONFIRMED})
LIVE = frozenset({Status.BOOKED, Status.CONFIRMED, Status.ARRIVED, Status.IN_VISIT})
CLOSED = frozenset({Status.COMPLETED, Status.NO_SHOW, Status.CANCELLED})

# A repeated request (a double click, a retry, a second "C") finds the visit already there: no error, nothing written.
REACHES: dict[str, str] = {
    Event.CONFIRM: Status.CONFIRMED,
    Event.ARRIVE: Status.ARRIVED,
    Event.START: Status.IN_VISIT,
    Event.COMPLETE: Status.COMPLETED,
    Event.NO_SHOW: Status.NO_SHOW,
    Event.CANCEL: Status.CANCELLED,
}


def already(status: str, event: str) -> bool:
    """Whether the visit is already in the state that this event leads to."""
    return REACHES.get(event) == status


class CancelReason(TextChoices):
    PATIENT_REQUEST = "patient_request", _("The patient asked for it")
    CANNOT_ATTEND = "cannot_attend", _("The patient can't attend")
    PROVIDER_UNAVAILABLE = "provider_unavailable", _("The provider is not available")
    CLINIC_CLOSED = "clinic_closed", _("The clinic is closed")
    BOOKED_IN_ERROR = "booked_in_error", _("Booked in error")
    OTHER = "other", _("Another reason")


class ByLabel(TextChoices):
    """Through which door an event came."""

    STAFF = "staff", _("Staff")
    PORTAL = "portal", _("Booking page")
    PATIENT_LINK = "patient-link", _("Patient, by link")
    PATIENT_TEXT = "patient-text", _("Patient, by text")
    SYSTEM = "system", _("The system")


PATIENT_DOORS = frozenset({ByLabel.PORTAL, ByLabel.PATIENT_LINK, ByLabel.PATIENT_TEXT})
