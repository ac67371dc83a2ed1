"""What beat starts. Each may run twice at the same time without harm."""

from celery import shared_task
from django.db.models import Q
from django.utils import timezone

from common.tasks import enqueue
from compliance import retention
from compliance.context import acting_service
from messaging import dispatch, sweeping
from messaging.actions import settle_left_over
from messaging.models import LocalDelivery, MessageEvent
from messaging.states import Channel, Status
from messaging.tasks import deliver


@shared_task
def dispatch_due() -> int:
    """Hand due messages to the workers, in chunks of ids; returns how many chunks."""
    chunks = 0
    for message_ids in dispatch.claim_due(timezone.now()):
        enqueue(deliver, message_ids=message_ids)
        chunks += 1
    return chunks


@shared_task
def ask_for_final() -> int:
    """Once an hour: ask about day-old messages of which no receipt came."""
    return sweeping.fetch_final(timezone.now())


@shared_task
def sweep() -> None:
    """Settle what was left lying."""
    with acting_service("messaging.sweep"):
        settle_left_over(timezone.now())


@shared_task
def forget_history() -> int:
    """Delete the steps of messages that ended long ago (words and end stay), and the local carrier's log.

    E-mails end with their sending: no mail server says more.
    """
    now = timezone.now()
    end = retention.end_before("message_events", now)
    ended = Q(message__closed_at__lt=end) | Q(message__channel=Channel.EMAIL, message__status=Status.SENT)
    steps = retention.delete("message_events", MessageEvent.objects.filter(ended, at__lt=end))
    log = LocalDelivery.objects.filter(accepted_at__lt=retention.end_before("local_deliveries", now))
    return steps + retention.delete("local_deliveries", log)
