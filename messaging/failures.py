"""What follows when a message does not arrive: tried once more, or somebody is told; a dead number is left alone."""

from datetime import datetime, timedelta

from django.db.models import Case, CharField, F, Value, When
from django.db.models.functions import Cast, Concat

from messaging import optout, outbox
from messaging.codes import DEAD_NUMBER, Fault, fault_of
from messaging.models import Message, MessageEvent
from messaging.rules import SECOND_TRY
from messaging.states import DESPITE_STOP, Channel, Purpose, Status
from patients.actions import mark_contact_point
from patients.models import ContactPoint
from worklist.actions import open_task
from worklist.models import Task

ANSWER_WITHIN = timedelta(hours=2)
SECOND_TRY_AFTER = timedelta(minutes=45)


def follow_up(message: Message, *, now: datetime) -> None:
    """Mark the number, keep the stop the carrier told us of; try once more, or open a task for a person.

    Part of the caller's transaction, which has the message locked.
    """
    fault = fault_of(message.error_code)
    if fault in DEAD_NUMBER:
        _mark_dead(message, now)
    if fault == Fault.STOPPED and message.channel == Channel.SMS:
        optout.stop(clinic=message.clinic, number_index=message.to_index, now=now)
    if fault == Fault.OFF and _try_once_more(message, now):
        return
    if message.patient is not None and not _is_nobodys_work(message):
        _open_task(message, now)


def _is_nobodys_work(message: Message) -> bool:
    """Whoever waits for a code asks for another; a stopped number that gets no answer wanted none."""
    refused_stop = message.purpose in DESPITE_STOP and fault_of(message.error_code) == Fault.STOPPED
    return message.purpose == Purpose.CODE or refused_stop


def _try_once_more(message: Message, now: datetime) -> bool:
    """Plan the same words again while they are of use; False when that was done already or would be too late.

    A row of its own, so that each has its history; its dedupe key makes a repeated receipt harmless. Whether the visit
    still stands, and the rest, is asked again in the moment of sending; quiet hours put it off, never past its end.
    """
    if message.purpose == Purpose.CODE or message.dedupe_key.startswith(SECOND_TRY):
        return False
    again = outbox.again(message, dedupe_key=f"{SECOND_TRY}{message.public_id}", due_at=now + SECOND_TRY_AFTER, now=now)
    if again.expires_at and again.next_attempt_at >= again.expires_at:
        return False
    for second in outbox.insert([again]):
        code = message.error_code
        MessageEvent.objects.create(message=second, status=Status.PLANNED, source="ours", code=code, at=now)
    return True


def _open_task(message: Message, now: datetime) -> None:
    open_task(
        clinic=message.clinic,
        patient=message.patient,
        kind=Task.Kind.FAILED_MESSAGE,
        subject=_about(message),
        due_at=now + ANSWER_WITHIN,
        dedupe_key=task_key(message),
        cause=message.error_code or message.status,
        now=now,
    )


def task_key(message: Message) -> str:
    """The dedupe key of the task about a message: one for all that fails at a clinic about one subject, by channel."""
    return f"failed:{message.channel}:{message.clinic_id}:{_about(message)}"


def task_key_expression() -> Concat:
    """`task_key` of the messages of a query."""
    by_itself = Concat(Value("message:"), "public_id", output_field=CharField())
    about = Case(When(subject="", then=by_itself), default=F("subject"), output_field=CharField())
    return Concat(
        Value("failed:"), "channel", Value(":"), Cast("clinic_id", CharField()), Value(":"), about,
        output_field=CharField(),
    )  # fmt: skip


def _about(message: Message) -> str:
    return message.subject or f"message:{message.public_id}"


def _mark_dead(message: Message, now: datetime) -> None:
    for point in ContactPoint.objects.filter(patient=message.patient, value_index=message.to_index):
        mark_contact_point(
            contact_point=point,
            status=ContactPoint.Status.BAD,
            reason=message.error_code,
            by=None,
            now=now,
            clinic=message.clinic,
        )
