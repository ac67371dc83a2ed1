"""Conversations and failed messages as lines of the inbox."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from common.phone import mask
from coordination.presenters.tasks import moment_words
from messaging.models import Conversation, Message


@dataclass(frozen=True, slots=True)
class ThreadLine:
    """One conversation of the list. A number that belongs to nobody is shown masked."""

    public_id: str
    url: str
    who: str
    when: str
    waiting: str
    unread: int
    owner: str
    is_active: bool


def thread_line(conversation: Conversation, *, queue: str, now: datetime, active: str = "") -> ThreadLine:
    zone = conversation.clinic.zone
    waiting = conversation.unanswered_since
    return ThreadLine(
        public_id=conversation.public_id,
        url=f"{reverse('coordination:conversation', args=[conversation.public_id])}?queue={queue}",
        who=who(conversation),
        when=moment_words(conversation.last_message_at, now, zone) if conversation.last_message_at else "",
        waiting=_("waiting since %(when)s") % {"when": moment_words(waiting, now, zone)} if waiting else "",
        unread=conversation.unread_count,
        owner=str(conversation.assigned_to) if conversation.assigned_to else "",
        is_active=conversation.public_id == active,
    )


def who(conversation: Conversation) -> str:
    """The patient's name, else the masked number."""
    return conversation.patient.display_name if conversation.patient else mask(conversation.number)


@dataclass(frozen=True, slots=True)
class FailedLine:
    """A message that did not arrive, with its cause."""

    message: Message
    who: str
    patient_url: str
    when: str
    cause: str


def failed_line(message: Message, now: datetime) -> FailedLine:
    return FailedLine(
        message=message,
        who=message.patient.display_name,
        patient_url=reverse("coordination:patient", args=[message.patient.public_id]),
        when=moment_words(message.closed_at or message.due_at, now, message.clinic.zone),
        cause=cause_words(message),
    )


# What a coordinator can do about the carrier's answer; the codes are Twilio's and our gateways' own.
_LANDLINE = {"30006", "21614"}
_NO_NUMBER = {"21211", "30005", "bad_address"}
_FILTERED = {"30007", "30034"}
_STOPPED = {"21610"}
_OFF = {"30003", "30008"}


def cause_words(message: Message) -> str:
    """Why a message did not arrive and what to try, in one sentence."""
    causes = (
        (_LANDLINE, _("The number is a landline or can't be reached by text: try a call.")),
        (_NO_NUMBER, _("The number or address does not exist: ask for the right one.")),
        (_FILTERED, _("The carrier filtered the message: try a call.")),
        (_STOPPED, _("The patient asked for no texts: call instead.")),
        (_OFF, _("The phone was off or out of reach: try again later.")),
    )
    found = next((words for codes, words in causes if message.error_code in codes), "")
    return found or message.get_status_display()
