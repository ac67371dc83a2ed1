"""Claiming what is due, in bounded batches that several dispatchers may take side by side."""

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction

from messaging.models import Message
from messaging.states import RANK, Status

CHUNK = 100  # ids in one task: 100,000 messages are 1,000 tasks
BATCH = 500
MOST_IN_FLIGHT = 2000  # so that a lease never runs out while a message only waits its turn in the broker


def claim_due(now: datetime) -> Iterator[list[int]]:
    """Claim what is due and yield it in chunks, until nothing is left or enough is in flight."""
    room = MOST_IN_FLIGHT - Message.objects.in_flight().count()
    while room > 0:
        claimed = _claim(min(BATCH, room), now)
        if not claimed:
            return
        room -= len(claimed)
        for first in range(0, len(claimed), CHUNK):
            yield claimed[first : first + CHUNK]


@transaction.atomic
def _claim(most: int, now: datetime) -> list[int]:
    due = Message.objects.due(now).order_by("next_attempt_at", "pk").select_for_update(skip_locked=True)
    pks = list(due.values_list("pk", flat=True)[:most])
    Message.objects.filter(pk__in=pks).update(status=Status.CLAIMED, status_rank=RANK[Status.CLAIMED], claimed_at=now)
    return pks
