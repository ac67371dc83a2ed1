"""What a coordinator does with a conversation."""

from datetime import datetime

from django.db import transaction

from common.ids import new_public_id
from compliance import audit
from messaging import threads
from messaging.actions.answers import task_key
from messaging.actions.outgoing import queue_all
from messaging.drafts import Draft
from messaging.errors import NoNumberError
from messaging.models import Conversation, Message
from messaging.states import Purpose
from patients.models import ContactPoint
from patients.selectors import primary_contact
from worklist.actions import resolve


@transaction.atomic
def send_free_text(
    *, body: str, by, now: datetime, conversation: Conversation | None = None, patient=None, clinic=None, key: str = ""
) -> Message | None:
    """A colleague's own words, into a conversation or to a patient's mobile in the name of `clinic`.

    An answer goes at once; words that answer nothing wait for the end of quiet hours. `key` makes a form that is sent
    twice count once (then None comes back). NoNumberError when the patient has no mobile. The conversation's tasks are
    resolved.
    """
    thread = _thread(conversation, patient, clinic)
    draft = Draft(
        dedupe_key=f"staff:{key or new_public_id()}",
        purpose=Purpose.STAFF,
        body=body,
        to=thread.number,
        subject=thread.subject,
        urgent=thread.unanswered_since is not None,
        written_by=by,
    )
    sent = queue_all(clinic=thread.clinic, patient=thread.patient, drafts=[draft], now=now)
    _answered(thread, by=by, now=now)
    return sent[0] if sent else None


@transaction.atomic
def close_conversation(*, conversation: Conversation, by, now: datetime) -> Conversation:
    """Nothing more to do here; its tasks are resolved. A later text opens it again."""
    thread = _thread(conversation, None, None)
    _answered(thread, by=by, now=now, state=Conversation.State.CLOSED)
    _note("messaging.conversation_closed", thread, by)
    return thread


@transaction.atomic
def reopen_conversation(*, conversation: Conversation, by, now: datetime) -> Conversation:
    """Back into the inbox (undo of closing)."""
    thread = _thread(conversation, None, None)
    threads.moved_on(thread, now=thread.last_message_at or now, state=Conversation.State.OPEN)
    _note("messaging.conversation_reopened", thread, by)
    return thread


@transaction.atomic
def assign_conversation(*, conversation: Conversation, owner, by, now: datetime) -> Conversation:
    """Give it to a colleague, or to the whole team (None)."""
    thread = _thread(conversation, None, None)
    threads.moved_on(thread, now=thread.last_message_at or now, assigned_to=owner)
    _note("messaging.conversation_assigned", thread, by, owner=owner.public_id if owner else None)
    return thread


@transaction.atomic
def snooze_conversation(*, conversation: Conversation, until: datetime | None, by, now: datetime) -> Conversation:
    """Put it off until then, or back into its queue (None). A text that comes in meanwhile brings it back.

    ValueError for a past moment.
    """
    if until is not None and until <= now:
        raise ValueError("A conversation is put off to a moment that is still to come.")
    thread = _thread(conversation, None, None)
    threads.moved_on(thread, now=thread.last_message_at or now, snoozed_until=until)
    _note("messaging.conversation_snoozed", thread, by, until=until)
    return thread


@transaction.atomic
def mark_read(*, conversation: Conversation) -> None:
    """Somebody has opened it. It still waits for an answer."""
    if Conversation.objects.filter(pk=conversation.pk).exclude(unread_count=0).update(unread_count=0):
        threads.announce(conversation)


def _thread(conversation: Conversation | None, patient, clinic) -> Conversation:
    if conversation is not None:
        rows = Conversation.objects.select_for_update(of=("self",)).select_related("clinic__organization", "patient")
        return rows.get(pk=conversation.pk)
    mobile = primary_contact(patient, ContactPoint.Kind.MOBILE)
    if mobile is None:
        raise NoNumberError
    return threads.thread_with(clinic=clinic, number=mobile.value, patient=patient)


def _answered(thread: Conversation, *, by, now: datetime, state: str = Conversation.State.OPEN) -> None:
    """The clock of the first answer stops; how long it ran is in the trail, for the figures."""
    if thread.unanswered_since:
        _note("messaging.answered", thread, by, waited_seconds=int((now - thread.unanswered_since).total_seconds()))
    fields = {"state": state, "unread_count": 0, "unanswered_since": None, "snoozed_until": None}
    threads.moved_on(thread, now=now, assigned_to=thread.assigned_to or by, **fields)
    for kind in ("reply", "crisis"):
        resolve(dedupe_key=task_key(thread, kind), now=now)


def _note(action: str, thread: Conversation, by, **detail) -> None:
    audit.record(
        action=action, actor=by, clinic=thread.clinic, patient=thread.patient, subject=thread.subject, detail=detail
    )
