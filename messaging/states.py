"""The states of an outgoing message. A status only ever rises in rank; what comes late or twice changes nothing."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Channel(TextChoices):
    SMS = "sms", _("Text")
    EMAIL = "email", _("E-mail")


class Status(TextChoices):
    PLANNED = "planned", _("Planned")
    CLAIMED = "claimed", _("In the queue")
    SENDING = "sending", _("Sending")
    UNKNOWN = "unknown", _("Answer lost")  # handed over, but whether it was taken is not known yet
    ACCEPTED = "accepted", _("Accepted")
    SENT = "sent", _("Sent")
    DELIVERED = "delivered", _("Delivered")
    UNDELIVERED = "undelivered", _("Not delivered")
    FAILED = "failed", _("Failed")
    SKIPPED = "skipped", _("Not sent")
    CANCELLED = "cancelled", _("Canceled")
    EXPIRED = "expired", _("Too late to send")


_FINAL_RANK = 60
RANK: dict[str, int] = {
    Status.PLANNED: 0,
    Status.CLAIMED: 10,
    Status.SENDING: 20,
    Status.UNKNOWN: 25,
    Status.ACCEPTED: 30,
    Status.SENT: 40,
    Status.DELIVERED: _FINAL_RANK,
    Status.UNDELIVERED: _FINAL_RANK,
    Status.FAILED: _FINAL_RANK,
    Status.SKIPPED: _FINAL_RANK,
    Status.CANCELLED: _FINAL_RANK,
    Status.EXPIRED: _FINAL_RANK,
}

WAITING = frozenset({Status.PLANNED, Status.CLAIMED})  # nothing has left the house: may still be cancelled
IN_FLIGHT = frozenset({Status.CLAIMED, Status.SENDING, Status.UNKNOWN})
ON_THE_PHONE = frozenset({Status.SENT, Status.DELIVERED})
NOT_DELIVERED = frozenset({Status.UNDELIVERED, Status.FAILED, Status.EXPIRED})


class SkipReason(TextChoices):
    """Why a message that was due did not go out."""

    STALE = "stale", _("The visit had changed")
    NO_CONSENT = "no_consent", _("No consent")
    STOPPED = "stopped", _("The number asked for no texts")
    CONTACT = "contact", _("The number or address does not work")
    QUIET = "quiet", _("Only quiet hours were left")


class Purpose(TextChoices):
    """What a message is for; direct answers need no consent of their own."""

    VISIT = "visit", _("About a booking")
    REMINDER = "reminder", _("Reminder")
    FOLLOW_UP = "follow_up", _("After the visit")
    REPLY = "reply", _("Automatic answer")
    STAFF = "staff", _("Written by staff")
    CODE = "code", _("Code")
    OPT_OUT = "opt_out", _("End of texts")
    HELP = "help", _("Answer to HELP")


ANSWERS = frozenset({Purpose.REPLY, Purpose.STAFF, Purpose.CODE, Purpose.OPT_OUT, Purpose.HELP})
# A number that sent STOP gets the one confirmation of that, 47 CFR 64.1200(a)(12), and an answer whenever it asks for
# HELP: carriers want that answered whether or not somebody has opted in (CTIA Short Code Monitoring Handbook).
DESPITE_STOP = frozenset({Purpose.OPT_OUT, Purpose.HELP})
# Planned ahead, often for weeks: what their words, time or number were made of may change before they go.
AHEAD = frozenset({Purpose.REMINDER, Purpose.FOLLOW_UP})


class CallStatus(TextChoices):
    """How a call stands. As with messages, what comes late or twice changes nothing."""

    PLANNED = "planned", _("Planned")
    DIALING = "dialing", _("Dialing")
    RINGING = "ringing", _("Ringing")
    ANSWERED = "answered", _("On the line")
    ENDED = "ended", _("Hung up")
    BUSY = "busy", _("Busy")
    NO_ANSWER = "no_answer", _("No answer")
    FAILED = "failed", _("Not reached")


CALL_RANK: dict[str, int] = {
    CallStatus.PLANNED: 0,
    CallStatus.DIALING: 10,
    CallStatus.RINGING: 20,
    CallStatus.ANSWERED: 30,
    CallStatus.ENDED: 40,
    CallStatus.BUSY: 40,
    CallStatus.NO_ANSWER: 40,
    CallStatus.FAILED: 40,
}
CALL_OVER = frozenset(status for status, rank in CALL_RANK.items() if rank == CALL_RANK[CallStatus.ENDED])
