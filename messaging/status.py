"""The one place where what became of a message is written down: status upwards only, history always."""

from datetime import datetime

from django.db import transaction

from messaging import failures
from messaging.marks import Mark
from messaging.models import Message, MessageEvent
from messaging.states import NOT_DELIVERED, RANK, Status

_FINAL = RANK[Status.DELIVERED]


@transaction.atomic
def note(pk: int, *marks: Mark, at: datetime, **fields) -> str:
    """Write the marks into the history and raise the message to the highest; returns the status it has then.

    A mark that comes late or twice changes nothing but the history. `fields` are set on the row whatever its status
    (`provider_sid`). A message that ends undelivered opens a task.
    """
    message = Message.objects.select_for_update(of=("self",)).select_related("clinic", "patient").get(pk=pk)
    before, history = message.status, []
    for mark in marks:
        applied = RANK[mark.status] > message.status_rank
        if applied:
            _raise(message, mark, at)
        history.append(_event(message, mark, applied, at))
    for name, value in fields.items():
        setattr(message, name, value)
    if message.status != before or fields:
        message.save(update_fields=[*_STATE_FIELDS, *fields])
    MessageEvent.objects.bulk_create(history, ignore_conflicts=True)
    if message.status != before and message.status in NOT_DELIVERED:
        failures.follow_up(message, now=at)
    return message.status


_STATE_FIELDS = ("status", "status_rank", "error_code", "closed_at")


def _raise(message: Message, mark: Mark, at: datetime) -> None:
    message.status, message.status_rank = mark.status, RANK[mark.status]
    message.error_code = mark.code if mark.status in NOT_DELIVERED else ""
    message.closed_at = at if message.status_rank == _FINAL else None


def _event(message: Message, mark: Mark, applied: bool, at: datetime) -> MessageEvent:
    return MessageEvent(message=message, status=mark.status, applied=applied, source=mark.source, code=mark.code, at=at)
