"""Handing messages over, each at most once.

The state `sending` is committed before the call and the answer after it. A process that dies in between leaves a row
in `sending`; the sweeper asks the carrier about it and never sends blindly.
"""

import random
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction

from messaging import gateways, standing, status
from messaging.gateways.base import Accepted, Rejected, Result, Retry, Unknown
from messaging.marks import Mark
from messaging.models import Message, MessageEvent
from messaging.rules import backoff
from messaging.states import RANK, WAITING, Status

MAX_ATTEMPTS = 5


def deliver_batch(pks: list[int], clock: Callable[[], datetime]) -> int:
    """Send those of the rows that are due and still hold; how many were handed over."""
    rows = Message.objects.filter(pk__in=pks, status__in=WAITING).select_related("clinic", "patient").order_by("pk")
    return sum(_deliver(message, clock) for message in rows)


def _deliver(message: Message, clock: Callable[[], datetime]) -> bool:
    """Ask everything again and commit `sending`, call, write the answer. False when it was not to be sent."""
    if not standing.take(message, clock()):
        _put_aside(message.pk, clock())
        return False
    gateway = gateways.of(message.channel)
    settle(message, gateway.send(message, clock()), gateway.name, now=clock())
    return True


@transaction.atomic
def _put_aside(pk: int, now: datetime) -> None:
    """Write down why a message was not sent, or until when it waits."""
    message = standing.locked(pk, now)
    if message is None:
        return
    verdict = standing.judge(message, now)
    if verdict.status:
        status.note(pk, Mark(verdict.status, verdict.reason), at=now, skip_reason=verdict.reason)
    else:  # without `later`, what spoke against it is over meanwhile
        _put_back(pk, at=verdict.later or now + backoff(0))


def settle(message: Message, result: Result, gateway: str, *, now: datetime) -> None:
    """Write down what the transport answered."""
    if isinstance(result, Accepted):
        marks = (Mark(Status.ACCEPTED, source="answer"), *result.receipts)
        status.note(message.pk, *marks, at=now, provider_sid=result.sid, gateway=gateway, sent_at=now)
    elif isinstance(result, Rejected):
        status.note(message.pk, Mark(Status.FAILED, result.code, "answer"), at=now, gateway=gateway)
    elif isinstance(result, Unknown):
        status.note(message.pk, Mark(Status.UNKNOWN, result.code, "answer"), at=now, gateway=gateway)
    else:
        try_again(message, result, now=now)


@transaction.atomic
def try_again(message: Message, retry: Retry, *, now: datetime, source: str = "answer") -> None:
    """Back to planned, unless a receipt came meanwhile; failed after five counted attempts."""
    attempts = message.attempts + retry.counted
    if attempts >= MAX_ATTEMPTS:
        status.note(message.pk, Mark(Status.FAILED, retry.code, source), at=now)
        return
    wait = timedelta(seconds=retry.seconds) if retry.seconds else backoff(message.attempts) * random.uniform(1, 1.3)  # noqa: S311
    handed_over = [Status.SENDING, Status.UNKNOWN]
    changed = Message.objects.filter(pk=message.pk, status__in=handed_over).update(
        status=Status.PLANNED,
        status_rank=RANK[Status.PLANNED],
        attempts=attempts,
        next_attempt_at=now + wait,
        claimed_at=None,
        error_code=retry.code,
    )
    MessageEvent.objects.create(
        message=message, status=Status.PLANNED, applied=bool(changed), source=source, code=retry.code, at=now
    )


def _put_back(pk: int, *, at: datetime) -> None:
    Message.objects.filter(pk=pk).update(
        status=Status.PLANNED, status_rank=RANK[Status.PLANNED], next_attempt_at=at, claimed_at=None
    )
