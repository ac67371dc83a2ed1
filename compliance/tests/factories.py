"""Rows of the audit trail for tests."""

from common.ids import new_public_id
from compliance import audit
from compliance.models import AuditEvent


def write_events(number: int, **fields) -> list[AuditEvent]:
    """Write that many events, as the portal would, and return them in order."""
    before = AuditEvent.objects.order_by("-id").values_list("id", flat=True).first() or 0
    for _ in range(number):
        audit.record(**{"action": "test.happened", "patient": new_public_id(), **fields})
    return list(AuditEvent.objects.filter(id__gt=before).order_by("id"))
