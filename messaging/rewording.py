"""New words for what is planned ahead, when a template changed since."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from messaging import outbox, registry
from messaging.models import Message
from messaging.states import AHEAD, Status

BATCH = 500
_WRITTEN = ["title", "body", "segments", "words_outdated"]


def reword_like(message_id: int, now: datetime) -> int:
    """`reword` for the organization and template of a message."""
    about = Message.objects.values_list("clinic__organization", "template_key").get(pk=message_id)
    return reword(organization_id=about[0], template_key=about[1], now=now)


def planned_ahead(organization_id: int, template_key: str) -> QuerySet[Message]:
    """Reminders and follow-ups of an organization that use a template and that nobody has claimed."""
    return Message.objects.filter(
        clinic__organization=organization_id, template_key=template_key, status=Status.PLANNED, purpose__in=AHEAD
    )


def reword_outdated(now: datetime) -> int:
    """What no worker was told of, or did not finish."""
    waiting = Message.objects.filter(words_outdated=True, status=Status.PLANNED, purpose__in=AHEAD)
    due = waiting.order_by().values_list("clinic__organization", "template_key").distinct()
    return sum(reword(organization_id=organization_id, template_key=key, now=now) for organization_id, key in due)


def reword(*, organization_id: int, template_key: str, now: datetime) -> int:
    """Write the words of planned reminders and follow-ups anew, a batch a transaction; how many were.

    Harmless when done twice. Rows that are just being claimed go out as they are.
    """
    total, last = 0, 0
    while pks := _batch(organization_id, template_key, last, now):
        total, last = total + len(pks), pks[-1]
    return total


@transaction.atomic
def _batch(organization_id: int, template_key: str, after: int, now: datetime) -> list[int]:
    rows = (
        planned_ahead(organization_id, template_key)
        .filter(pk__gt=after)
        .select_related("clinic", "patient")
        .order_by("pk")
    )
    messages = list(rows.select_for_update(of=("self",), skip_locked=True)[:BATCH])
    contexts = registry.contexts(messages, now)
    known = [message for message in messages if message.pk in contexts]
    outbox.reword(known, contexts, organization_id)
    # Encrypted fields are bound to their rows: UPDATE .. CASE would not know whose they are, an upsert does.
    Message.objects.bulk_create(known, update_conflicts=True, unique_fields=["pk"], update_fields=_WRITTEN)
    unknown = [message.pk for message in messages if message.pk not in contexts]
    Message.objects.filter(pk__in=unknown).update(words_outdated=False)
    return [message.pk for message in messages]
