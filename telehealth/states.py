"""The states of a visit session and every allowed move. Hanging up is no move: only staff finish a visit."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class State(TextChoices):
    SCHEDULED = "scheduled", _("Not arrived")
    WAITING = "waiting", _("Waiting")
    CONNECTING = "connecting", _("Connecting")
    IN_CALL = "in_call", _("In the call")
    INTERRUPTED = "interrupted", _("Interrupted")
    TROUBLE = "trouble", _("Can't connect")
    PHONE = "phone", _("On the phone")
    ON_HOLD = "on_hold", _("On hold")
    ENDED = "ended", _("Ended")
    CANCELLED = "cancelled", _("Canceled")


class Event(TextChoices):
    ARRIVE = "arrive", _("Arrived in the waiting room")
    ADMIT = "admit", _("Admitted")
    CONNECT = "connect", _("Connected")
    LOSE = "lose", _("Connection lost")
    FAIL = "fail", _("Could not connect")
    HOLD = "hold", _("Put on hold")
    PARK = "park", _("Back to the waiting room")  # one side was gone for five minutes; the place is kept
    TO_PHONE = "to_phone", _("Went on by phone")
    FINISH = "finish", _("Finished")
    CANCEL = "cancel", _("Canceled")
    REOPEN = "reopen", _("Opened again")


class Outcome(TextChoices):
    COMPLETED_VIDEO = "completed_video", _("Held by video")
    COMPLETED_AUDIO = "completed_audio", _("Held by sound alone")
    COMPLETED_PHONE = "completed_phone", _("Held by phone")
    PATIENT_NO_SHOW = "patient_no_show", _("The patient did not come")
    PROVIDER_NO_SHOW = "provider_no_show", _("The provider did not come")
    PATIENT_LEFT = "patient_left", _("The patient left")
    TECHNICAL_FAILURE = "technical_failure", _("It did not work technically")
    CANCELLED = "cancelled", _("Canceled")
    RESCHEDULED = "rescheduled", _("Moved to another time")


_OUT = {Event.TO_PHONE: State.PHONE, Event.HOLD: State.ON_HOLD, Event.FINISH: State.ENDED}

# state → event → next state. A pair that is absent is refused.
MOVES: dict[str, dict[str, str]] = {
    State.SCHEDULED: {
        Event.ARRIVE: State.WAITING,
        Event.TO_PHONE: State.PHONE,
        Event.FINISH: State.ENDED,
        Event.CANCEL: State.CANCELLED,
    },
    State.WAITING: {
        Event.ADMIT: State.CONNECTING,
        Event.TO_PHONE: State.PHONE,
        Event.FINISH: State.ENDED,
        Event.CANCEL: State.CANCELLED,
    },
    State.CONNECTING: {Event.CONNECT: State.IN_CALL, Event.FAIL: State.TROUBLE, Event.PARK: State.WAITING, **_OUT},
    State.IN_CALL: {Event.LOSE: State.INTERRUPTED, **_OUT},
    State.INTERRUPTED: {Event.CONNECT: State.IN_CALL, Event.PARK: State.WAITING, **_OUT},
    State.TROUBLE: {
        Event.CONNECT: State.IN_CALL,
        Event.ADMIT: State.CONNECTING,
        Event.PARK: State.WAITING,
        **_OUT,
    },
    State.PHONE: {Event.ADMIT: State.CONNECTING, Event.HOLD: State.ON_HOLD, Event.FINISH: State.ENDED},
    State.ON_HOLD: {
        Event.ADMIT: State.CONNECTING,
        Event.TO_PHONE: State.PHONE,
        Event.FINISH: State.ENDED,
        Event.CANCEL: State.CANCELLED,
    },
    State.ENDED: {Event.REOPEN: State.WAITING},
    State.CANCELLED: {},
}

# A repeated request finds the session already there: no error, nothing written.
REACHES: dict[str, str] = {
    Event.ARRIVE: State.WAITING,
    Event.ADMIT: State.CONNECTING,
    Event.CONNECT: State.IN_CALL,
    Event.LOSE: State.INTERRUPTED,
    Event.FAIL: State.TROUBLE,
    Event.HOLD: State.ON_HOLD,
    Event.PARK: State.WAITING,
    Event.TO_PHONE: State.PHONE,
    Event.FINISH: State.ENDED,
    Event.CANCEL: State.CANCELLED,
}

ADMITTED = frozenset({State.CONNECTING, State.IN_CALL, State.INTERRUPTED, State.TROUBLE})  # media may flow
HERE = ADMITTED | {State.WAITING, State.ON_HOLD, State.PHONE}  # the patient has arrived and is not finished
OVER = frozenset({State.ENDED, State.CANCELLED})


class Role(TextChoices):
    PATIENT = "patient", _("Patient")
    GUEST = "guest", _("Guest")
    INTERPRETER = "interpreter", _("Interpreter")
    PROVIDER = "provider", _("Provider")
    COORDINATOR = "coordinator", _("Coordinator")


# Who makes the offer to whom: the higher rank. Among equals, the lower public id.
RANK: dict[str, int] = {
    Role.PROVIDER: 4,
    Role.COORDINATOR: 3,
    Role.INTERPRETER: 2,
    Role.PATIENT: 1,
    Role.GUEST: 0,
}
STAFF = frozenset({Role.PROVIDER, Role.COORDINATOR})
