"""What follows when a message does not arrive: somebody is told, and a dead number is not tried again."""

from datetime import datetime, timedelta

from django.db.models import Case, CharField, F, Value, When
from django.db.models.functions import Cast, Concat

from messaging import optout
from messaging.models import Message
from messaging.states import Channel, Purpose
from patients.actions import mark_contact_point
from patients.models import ContactPoint
from worklist.actions import open_task
from worklist.models import Task

ANSWER_WITHIN = timedelta(hours=2)
# Twilio's codes: no such number, landline, not a mobile, unknown destination, landline or unreachable carrier.
DEAD_NUMBER = frozenset({"21211", "21614", "21635", "30005", "30006", "bad_address"})
STOPPED = "21610"


def follow_up(message: Message, *, now: datetime) -> None:
    """Mark the number, keep the stop the carrier told us of, and open a task for a person."""
    if message.error_code in DEAD_NUMBER:
        _mark_dead(message, now)
    if message.error_code == STOPPED and message.channel == Channel.SMS:
        optout.stop(clinic=message.clinic, number_index=message.to_index, now=now)
    if message.patient is not None and message.purpose != Purpose.CODE:
        _open_task(message, now)


def _open_task(message: Message, now: datetime) -> None:
    open_task(
        clinic=message.clinic,
        patient=message.patient,
        kind=Task.Kind.FAILED_MESSAGE,
        subject=_about(message),
        due_at=now + ANSWER_WITHIN,
        dedupe_key=task_key(message),
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
