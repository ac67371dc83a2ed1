"""Conversations and failed messages as lines of the inbox."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from common.phone import mask
from coordination.presenters.causes import cause_of
from coordination.presenters.tasks import moment_words
from messaging.actions.answers import READ_WITHIN
from messaging.models import Conversation, Message

_A_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class ThreadLine:
    """One conversation of the list. A number that belongs to nobody is shown masked."""

    public_id: str
    url: str
    who: str
    when: str
    waiting: str
    is_late: bool
    snoozed: str
    unread: int
    owner: str
    is_active: bool


def thread_line(conversation: Conversation, *, queue: str, now: datetime, active: str = "") -> ThreadLine:
    zone = conversation.clinic.zone
    snoozed = snoozed_until(conversation, now)
    return ThreadLine(
        public_id=conversation.public_id,
        url=f"{reverse('coordination:conversation', args=[conversation.public_id])}?queue={queue}#newest",
        who=who(conversation),
        when=moment_words(conversation.last_message_at, now, zone) if conversation.last_message_at else "",
        waiting=waiting_words(conversation, now),
        is_late=is_late(conversation, now),
        snoozed=moment_words(snoozed, now, zone) if snoozed else "",
        unread=conversation.unread_count,
        owner=str(conversation.assigned_to) if conversation.assigned_to else "",
        is_active=conversation.public_id == active,
    )


def waiting_words(conversation: Conversation, now: datetime) -> str:
    """The clock of the first answer: "waiting 25 min", then hours, then the day it began; empty when nobody waits."""
    since = conversation.unanswered_since
    if since is None:
        return ""
    minutes = int((now - since).total_seconds()) // 60
    if minutes < 60:
        return _("waiting %(minutes)d min") % {"minutes": max(minutes, 0)}
    if minutes < _A_DAY:
        return _("waiting %(hours)d h %(minutes)d min") % {"hours": minutes // 60, "minutes": minutes % 60}
    return _("waiting since %(when)s") % {"when": moment_words(since, now, conversation.clinic.zone)}


def is_late(conversation: Conversation, now: datetime) -> bool:
    """Whether an answer is overdue, as its task is."""
    since = conversation.unanswered_since
    return since is not None and now - since > READ_WITHIN


def snoozed_until(conversation: Conversation, now: datetime) -> datetime | None:
    until = conversation.snoozed_until
    return until if until and until > now else None


def who(conversation: Conversation) -> str:
    """The patient's name, else the masked number."""
    return conversation.patient.display_name if conversation.patient else mask(conversation.number)


@dataclass(frozen=True, slots=True)
class FailedLine:
    """A message that did not arrive, with its cause."""

    message: Message
    who: str
    patient_url: str
    record_url: str
    when: str
    cause: str
    other: str  # "sms" or "email" where it could go that way instead


def failed_line(message: Message, now: datetime, other: str = "") -> FailedLine:
    return FailedLine(
        message=message,
        who=message.patient.display_name,
        patient_url=reverse("coordination:patient", args=[message.patient.public_id]),
        record_url=reverse("coordination:patient_contacts", args=[message.patient.public_id]),
        when=moment_words(message.closed_at or message.due_at, now, message.clinic.zone),
        cause=cause_of(message.error_code, message.status),
        other=other,
    )
