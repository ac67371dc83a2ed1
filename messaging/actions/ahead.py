"""Messages planned ahead, when what they were made of changes: taken back, put to another time, worded anew."""

from datetime import datetime

from django.db import transaction
from django.db.models import CharField, F, QuerySet, Value
from django.db.models.functions import Concat, Right

from common.tasks import enqueue
from messaging.models import Message, MessageEvent
from messaging.rewording import planned_ahead
from messaging.states import RANK, Status
from messaging.tasks import reword

_OWN_KEY = Concat(Right(F("dedupe_key"), 90), Value(":"), F("public_id"), output_field=CharField())


def release_keys(*, messages: QuerySet[Message]) -> int:
    """Those of the messages that were taken back or skipped give up their dedupe keys: they may be planned again."""
    return messages.filter(status__in=[Status.CANCELLED, Status.SKIPPED]).update(dedupe_key=_OWN_KEY)


@transaction.atomic
def withdraw(*, messages: QuerySet[Message], now: datetime, reason: str) -> int:
    """Take back those of the messages that nobody has claimed; how many. They give up their dedupe keys.

    So the same message can be planned again, which one that was taken back for its visit's sake must not be.
    """
    waiting = messages.filter(status=Status.PLANNED)
    pks = list(waiting.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
    if not pks:
        return 0
    Message.objects.filter(pk__in=pks).update(
        status=Status.CANCELLED,
        status_rank=RANK[Status.CANCELLED],
        closed_at=now,
        dedupe_key=_OWN_KEY,
    )
    MessageEvent.objects.bulk_create(
        (MessageEvent(message_id=pk, status=Status.CANCELLED, code=reason[:40], source="ours", at=now) for pk in pks),
        batch_size=1000,
    )
    return len(pks)


def retime(*, messages: QuerySet[Message], due_at, expires_at, now: datetime, **fields) -> int:
    """Put planned messages to another time, in one statement; how many. The two times are query expressions.

    One whose new time is past already keeps its own: it was not sent yet, and is still to remind. Quiet hours are
    looked up in the moment of sending.
    """
    waiting = messages.filter(status=Status.PLANNED).alias(new_due=due_at).filter(new_due__gt=now)
    return waiting.update(due_at=due_at, next_attempt_at=due_at, expires_at=expires_at, **fields)


def reword_later(*, organization_id: int, template_key: str) -> None:
    """After commit, a worker writes the words of this template anew in what is planned ahead.

    The rows themselves say so: where no worker can be told, the sweeper finds them.
    """
    planned = planned_ahead(organization_id, template_key)
    if planned.update(words_outdated=True):
        enqueue(reword, message_id=planned.order_by("pk").values_list("pk", flat=True).first())
