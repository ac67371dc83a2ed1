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
    CANCELLED = "cancelled", _("Cancelled")  # cancelled


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
    CANCEL = "cancel", _("Cancelled")
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
