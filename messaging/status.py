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
    locked = Message.objects.select_for_update().filter(pk=pk)
    before, rank = locked.values_list("status", "status_rank").get()
    highest, history = None, []
    for mark in marks:
        applied = RANK[mark.status] > rank
        if applied:
            highest, rank = mark, RANK[mark.status]
        history.append(_event(pk, mark, applied, at))
    changes = fields | (_change(highest, at) if highest else {})
    if changes:
        Message.objects.filter(pk=pk).update(**changes)
    MessageEvent.objects.bulk_create(history, ignore_conflicts=True)
    if highest and highest.status in NOT_DELIVERED:
        failures.follow_up(Message.objects.select_related("clinic", "patient").get(pk=pk), now=at)
    return highest.status if highest else before


def _change(mark: Mark, at: datetime) -> dict:
    rank = RANK[mark.status]
    return {
        "status": mark.status,
        "status_rank": rank,
        "error_code": mark.code if mark.status in NOT_DELIVERED else "",
        "closed_at": at if rank == _FINAL else None,
    }


def _event(pk: int, mark: Mark, applied: bool, at: datetime) -> MessageEvent:
    return MessageEvent(message_id=pk, status=mark.status, applied=applied, source=mark.source, code=mark.code, at=at)
