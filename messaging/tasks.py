"""What workers do for messaging."""

from celery import shared_task
from django.utils import timezone

from compliance.context import acting_service
from messaging import calls, delivery, rewording


@shared_task
def deliver(*, message_ids: list[int]) -> None:
    """Send a chunk of messages. Given twice, or too late, it does no harm: each row is checked under its lock."""
    with acting_service("messaging.deliver"):
        delivery.deliver_batch(message_ids, timezone.now)


@shared_task
def reword(*, message_id: int) -> None:
    """Write the words of today into all that is planned with the template of this message. Twice does no harm."""
    with acting_service("messaging.reword"):
        rewording.reword_like(message_id, timezone.now())


@shared_task
def dial(*, leg_id: int) -> None:
    """Call one side of a phone bridge. Given twice it does no harm."""
    with acting_service("messaging.dial"):
        calls.dial(leg_id, timezone.now())


@shared_task
def end_call(*, leg_id: int) -> None:
    """End one side of a phone bridge at the carrier. Twice does no harm."""
    with acting_service("messaging.end_call"):
        calls.end(leg_id)
