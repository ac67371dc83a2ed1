"""How long rows of no further use stay, and how they go.

`settings.RETENTION_DAYS` says for each kind of row how many days after its end it is kept. Medical and legal records
(visits, consents, messages, the audit trail) are no such kind: nothing here deletes them, and the trail's partitions
are only ever added to (`sealing.make_partitions`). Each app names its own rows in its `periodic.py`.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from compliance import audit
from compliance.context import acting_service

BATCH = 5000  # rows in one statement: no lock lasts long, however much there is the first time


def end_before(kind: str, now: datetime) -> datetime:
    """Rows of this kind that ended before this instant may go."""
    return now - timedelta(days=settings.RETENTION_DAYS[kind])


def delete(kind: str, rows: QuerySet) -> int:
    """Delete the rows, a batch at a time, and say so in the trail; how many they were."""
    total = 0
    while done := _delete_batch(kind, rows):
        total += done
    return total


@transaction.atomic
def _delete_batch(kind: str, rows: QuerySet) -> int:
    """With its line in the trail, so that none goes unsaid when a later batch fails."""
    pks = list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH])
    if pks:
        rows.model._base_manager.filter(pk__in=pks).delete()
        note(kind, len(pks))
    return len(pks)


def note(kind: str, number: int) -> None:
    """Say in the trail that so many of this kind were deleted."""
    with acting_service("compliance.retention"):
        audit.record(action="retention.deleted", detail={"kind": kind, "rows": number})
