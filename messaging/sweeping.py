"""What was left lying: by a worker that died, a broker that forgot, a carrier whose answer was lost."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from messaging import gateways, status
from messaging.delivery import try_again
from messaging.gateways.base import Found, Missing, Retry
from messaging.marks import Mark
from messaging.models import Message
from messaging.states import RANK, Status

LEASE = timedelta(seconds=120)
ASK_AFTER = timedelta(seconds=60)  # a message the carrier just took may not be on its list yet
ASK_AGAIN_AFTER = timedelta(hours=24)  # a receipt that never came
BATCH = 200


def release_claimed(now: datetime) -> int:
    """Rows whose task never came back to planned: nothing of them left the house."""
    stuck = Message.objects.filter(status=Status.CLAIMED, claimed_at__lt=now - LEASE)
    return stuck.update(
        status=Status.PLANNED, status_rank=RANK[Status.PLANNED], claimed_at=None, next_attempt_at=F("due_at")
    )


def doubt_sending(now: datetime) -> int:
    """Rows whose process died during the call: nobody knows yet."""
    stuck = Message.objects.filter(status=Status.SENDING, sending_at__lt=now - LEASE)
    pks = list(stuck.order_by("pk").values_list("pk", flat=True)[:BATCH])
    for pk in pks:
        status.note(pk, Mark(Status.UNKNOWN, source="sweep"), at=now)
    return len(pks)


def settle_unknown(now: datetime) -> int:
    """Ask the carrier about each message whose answer was lost; how many are settled."""
    unknown = Message.objects.filter(status=Status.UNKNOWN, sending_at__lt=now - ASK_AFTER).order_by("pk")[:BATCH]
    return sum(_settle(message, now) for message in unknown)


def _settle(message: Message, now: datetime) -> bool:
    answer = gateways.of(message.channel).find(message)
    if isinstance(answer, Found):
        marks = (Mark(Status.ACCEPTED, source="reconcile"), Mark(answer.status, answer.code, "reconcile"))
        status.note(message.pk, *marks, at=now, provider_sid=answer.sid, sent_at=message.sending_at)
    elif isinstance(answer, Missing):
        try_again(message, Retry("not_taken"), now=now, source="reconcile")
    elif not answer.ever:
        status.note(message.pk, Mark(Status.FAILED, "unanswered", "reconcile"), at=now)
    else:
        return False
    return True


def expire(now: datetime) -> int:
    """Planned rows whose time is over."""
    late = Message.objects.filter(status=Status.PLANNED, expires_at__lte=now).order_by("pk")
    pks = list(late.values_list("pk", flat=True)[:BATCH])
    for pk in pks:
        _expire(pk, now)
    return len(pks)


@transaction.atomic
def _expire(pk: int, now: datetime) -> None:
    if Message.objects.select_for_update(skip_locked=True).filter(pk=pk, status=Status.PLANNED).exists():
        status.note(pk, Mark(Status.EXPIRED, source="sweep"), at=now)


def fetch_final(now: datetime) -> int:
    """Ask about messages that were accepted a day ago and of which no receipt came. Meant to run once an hour."""
    day_old = now - ASK_AGAIN_AFTER
    silent = Message.objects.filter(
        status__in=[Status.ACCEPTED, Status.SENT], channel="sms", sent_at__range=(day_old - timedelta(hours=1), day_old)
    ).exclude(provider_sid=None)
    return sum(_fetch(message, now) for message in silent.order_by("pk")[:BATCH])


def _fetch(message: Message, now: datetime) -> bool:
    answer = gateways.of(message.channel).fetch(message.provider_sid)
    if isinstance(answer, Found) and RANK[answer.status] > message.status_rank:
        status.note(message.pk, Mark(answer.status, answer.code, "reconcile"), at=now)
        return True
    return False
