"""What the portal answers by itself, and how a text comes before a person."""

from datetime import datetime, timedelta

from messaging import threads
from messaging.actions.outgoing import queue
from messaging.models import Conversation, InboundMessage, Message
from messaging.states import Purpose
from worklist.actions import open_task
from worklist.models import Task

ANSWER_LASTS = timedelta(hours=1)
PAUSE = timedelta(hours=12)  # between two "somebody will read this"
MOST_ANSWERS = 10  # to one number in an hour: two machines that answer each other stop here
# Somebody in danger, or who begins or ends our texts, is not left without an answer for having written much before.
OWED, MOST_OWED = frozenset({"reply_crisis", "reply_started", "reply_stopped"}), 20
READ_WITHIN = timedelta(hours=2)


def answer(
    *,
    conversation: Conversation,
    inbound: InboundMessage,
    key: str,
    now: datetime,
    context: dict | None = None,
    language: str = "",
    patient=None,
    subject: str = "",
    purpose: str = Purpose.REPLY,
) -> Message | None:
    """Answer a text with a template, at once and at any hour. None when this number was answered too often."""
    if _answered_too_often(conversation, key, now):
        return None
    return queue(
        clinic=conversation.clinic,
        patient=patient or conversation.patient,
        to=conversation.number,
        template_key=key,
        context=context or {},
        dedupe_key=f"{key}:{inbound.public_id}",
        purpose=purpose,
        subject=subject,
        language=language or threads.language_of(conversation),
        urgent=True,
        expires_at=now + ANSWER_LASTS,
        now=now,
    )


def escalate(*, conversation: Conversation, now: datetime, urgent: bool = False) -> None:
    """Put the conversation into the inbox and open a task for it."""
    threads.waiting(conversation, now=now)
    kind = "crisis" if urgent else "reply"
    open_task(
        clinic=conversation.clinic,
        patient=conversation.patient,
        kind=Task.Kind.UNCLEAR_REPLY,
        subject=conversation.subject,
        priority=Task.Priority.URGENT if urgent else Task.Priority.NORMAL,
        due_at=now if urgent else now + READ_WITHIN,
        dedupe_key=task_key(conversation, kind),
        now=now,
    )


def task_key(conversation: Conversation, kind: str) -> str:
    """The dedupe key of a conversation's task; kinds are "reply" and "crisis"."""
    return f"{kind}:{conversation.public_id}"


def unclear(*, conversation: Conversation, inbound: InboundMessage, language: str, now: datetime) -> None:
    """A person has to answer; the patient is told so, at most once in twelve hours."""
    answered = conversation.auto_answered_at
    if answered is None or answered <= now - PAUSE:
        answer(conversation=conversation, inbound=inbound, key="reply_unclear", language=language, now=now)
        conversation.auto_answered_at = now
        conversation.save(update_fields=["auto_answered_at"])
    escalate(conversation=conversation, now=now)


def _answered_too_often(conversation: Conversation, key: str, now: datetime) -> bool:
    recent = Message.objects.filter(
        to_index=conversation.number_index,
        clinic__organization=conversation.clinic.organization_id,
        purpose__in=[Purpose.REPLY, Purpose.HELP],
        created_at__gt=now - timedelta(hours=1),
    )
    return recent.count() >= (MOST_OWED if key in OWED else MOST_ANSWERS)
