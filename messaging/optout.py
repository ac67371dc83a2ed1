"""STOP and START: the number's own word, and the consent ledger of every patient who has that number."""

from datetime import datetime

from django.db import transaction

from messaging.models import Message, MessageEvent, StoppedNumber
from messaging.states import DESPITE_STOP, RANK, WAITING, Channel, SkipReason, Status
from patients.actions import record_consent
from patients.models import ConsentRecord, ContactPoint


@transaction.atomic
def stop(*, clinic, number_index: str, now: datetime, wording: str = "") -> int:
    """No more texts to this number: ledger, block, planned texts skipped. Returns how many were."""
    StoppedNumber.objects.bulk_create(
        [StoppedNumber(organization_id=clinic.organization_id, number_index=number_index, stopped_at=now)],
        ignore_conflicts=True,
    )
    _write_ledger(clinic, number_index, granted=False, now=now, wording=wording)
    return _skip_waiting(clinic, number_index, now)


@transaction.atomic
def start(*, clinic, number_index: str, now: datetime, wording: str = "") -> None:
    """Texts may go to this number again."""
    StoppedNumber.objects.filter(organization=clinic.organization_id, number_index=number_index).delete()
    _write_ledger(clinic, number_index, granted=True, now=now, wording=wording)


def is_stopped(*, clinic, number_index: str) -> bool:
    rows = StoppedNumber.objects.filter(organization=clinic.organization_id, number_index=number_index)
    return rows.exists()


def _write_ledger(clinic, number_index: str, *, granted: bool, now: datetime, wording: str) -> None:
    points = ContactPoint.objects.filter(value_index=number_index, patient__organization=clinic.organization_id)
    for point in points.select_related("patient"):
        record_consent(
            patient=point.patient,
            contact_point=point,
            topic=ConsentRecord.Topic.TEXTS,
            granted=granted,
            source=ConsentRecord.Source.TEXT,
            wording=wording,
            language=point.patient.language,
            by=None,
            now=now,
            clinic=clinic,
        )


def _skip_waiting(clinic, number_index: str, now: datetime) -> int:
    waiting = Message.objects.filter(
        clinic__organization=clinic.organization_id, to_index=number_index, channel=Channel.SMS, status__in=WAITING
    ).exclude(purpose__in=DESPITE_STOP)
    pks = list(waiting.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
    Message.objects.filter(pk__in=pks).update(
        status=Status.SKIPPED, status_rank=RANK[Status.SKIPPED], skip_reason=SkipReason.STOPPED, closed_at=now
    )
    MessageEvent.objects.bulk_create(
        MessageEvent(message_id=pk, status=Status.SKIPPED, code=SkipReason.STOPPED, source="ours", at=now) for pk in pks
    )
    return len(pks)
