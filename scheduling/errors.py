"""Why a booking or a move was refused. The texts are for people and hold nothing about a person."""

from django.utils.translation import gettext_lazy as _


class SchedulingError(Exception):
    """A refusal with a code for programs and a message for people."""

    code = "refused"
    message = _("This is not possible.")

    def __str__(self) -> str:
        return str(self.message)


class SlotTaken(SchedulingError):
    """Somebody was quicker. `scheduling.slots.nearest` finds other times: after the transaction, which holds locks."""

    code = "taken"
    message = _("This time has just been taken.")


class PatientBusy(SchedulingError):
    """The patient has another visit that overlaps this time."""

    code = "patient_busy"
    message = _("The patient already has a visit at this time.")


class PatientMerged(SchedulingError):
    """The patient's record became part of another one while the booking was under way; a second try finds that one."""

    code = "patient_merged"
    message = _("This record has just been merged into another one. Please try again.")


class NotBookable(SchedulingError):
    """A rule forbids this time: `code` is one of `scheduling.availability.Rule`."""

    def __init__(self, code: str, message: str):
        super().__init__()
        self.code = code
        self.message = message


class TooManyHolds(SchedulingError):
    """Somebody keeps several times of this provider's day already, and takes none of them."""

    code = "too_many_holds"
    message = _("Several times of this day are kept for you already. Choose another day, or wait ten minutes.")


class HoldExpired(SchedulingError):
    """The time was kept for a while, and that while is over."""

    code = "hold_expired"
    message = _("The time is no longer kept for you.")


class MoveRefused(SchedulingError):
    """The visit's state does not allow this event."""

    code = "move_refused"
    message = _("The visit has changed in the meantime, so this is no longer possible.")

    def __init__(self, event: str, status: str):
        super().__init__()
        self.event = event
        self.status = status
