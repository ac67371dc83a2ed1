"""Planning messages and taking them back."""

from datetime import datetime

from django.db import transaction

from common.tasks import enqueue
from compliance import audit
from messaging import outbox
from messaging.drafts import Draft
from messaging.models import Message, MessageEvent
from messaging.states import RANK, WAITING, Channel, Status
from messaging.tasks import deliver


def queue(
    *,
    clinic,
    template_key: str,
    context: dict,
    dedupe_key: str,
    now: datetime,
    purpose: str,
    patient=None,
    to: str | None = None,
    channel: str = Channel.SMS,
    subject: str = "",
    subject_version: int = 0,
    condition: str = "",
    due_at: datetime | None = None,
    expires_at: datetime | None = None,
    urgent: bool = False,
    language: str | None = None,
) -> Message | None:
    """Plan one message; see `messaging.drafts.Draft` for what the arguments mean. `to` is E.164 or an address.

    Returns the new row; None when there is nobody to send to or a message with this dedupe key stands already.
    """
    draft = Draft(
        dedupe_key=dedupe_key,
        purpose=purpose,
        template_key=template_key,
        context=context,
        channel=channel,
        to=to or "",
        language=language or "",
        subject=subject,
        subject_version=subject_version,
        condition=condition,
        urgent=urgent,
        due_at=due_at,
        expires_at=expires_at,
    )
    return next(iter(queue_all(clinic=clinic, patient=patient, drafts=[draft], now=now)), None)


@transaction.atomic
def queue_all(*, clinic, drafts: list[Draft], now: datetime, patient=None) -> list[Message]:
    """Plan a batch for one patient in five statements at most; what is due goes to a worker after commit.

    Those whose dedupe key stands already, who have nobody to go to, or would be due after they expire are left out.
    """
    messages = outbox.insert(outbox.build(clinic=clinic, patient=patient, drafts=drafts, now=now))
    if not messages:
        return []
    audit.record(
        action="messaging.planned",
        actor=messages[0].written_by,
        clinic=clinic,
        patient=patient,
        subject=messages[0].subject or f"message:{messages[0].public_id}",
        detail={"what": [f"{message.template_key or message.purpose}.{message.channel}" for message in messages]},
    )
    due = [message.pk for message in messages if message.next_attempt_at <= now]
    if due:
        enqueue(deliver, message_ids=due)
    return messages


@transaction.atomic
def cancel_planned(
    *, subject: str, now: datetime, reason: str, keep_version: int | None = None, to_come_at: datetime | None = None
) -> int:
    """Take back everything about `subject` that has not left the house; how many messages that were.

    Only messages with a condition: a notice that something was moved or cancelled still goes. `keep_version` spares
    those of that version, `to_come_at` those that were on their way by then. `reason` is a code for the history.
    """
    waiting = Message.objects.about(subject).filter(status__in=WAITING).exclude(condition="")
    if keep_version is not None:
        waiting = waiting.exclude(subject_version=keep_version)
    if to_come_at is not None:
        waiting = waiting.to_come(to_come_at)
    pks = list(waiting.select_for_update().order_by("pk").values_list("pk", flat=True))
    Message.objects.filter(pk__in=pks).update(
        status=Status.CANCELLED, status_rank=RANK[Status.CANCELLED], closed_at=now
    )
    MessageEvent.objects.bulk_create(
        MessageEvent(message_id=pk, status=Status.CANCELLED, code=reason[:40], source="ours", at=now) for pk in pks
    )
    return len(pks)
