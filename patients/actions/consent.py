"""The ledger of what a patient agreed to."""

from datetime import datetime

from django.db import transaction

from compliance import audit
from patients.models import ConsentRecord, ContactPoint, Patient


def record_consent(
    *,
    patient: Patient,
    topic: str,
    granted: bool,
    source: str,
    by,
    now: datetime,
    wording: str = "",
    wording_version: str = "",
    language: str = "en",
    contact_point: ContactPoint | None = None,
    clinic=None,
) -> ConsentRecord:
    """Write down that the patient agreed, or no longer agrees; `wording` is what they read, in `language`.

    Rows are only ever added; the newest counts. Without a contact point the word holds for all of them.
    """
    with transaction.atomic():
        record = ConsentRecord.objects.create(
            patient=patient,
            contact_point=contact_point,
            topic=topic,
            granted=granted,
            source=source,
            wording=wording,
            wording_version=wording_version,
            language=language,
            recorded_at=now,
            recorded_by=by,
        )
        audit.record(
            action="patients.consent_recorded",
            actor=by,
            clinic=clinic,
            patient=patient,
            subject=f"consent:{record.public_id}",
            detail={"topic": topic, "granted": granted, "source": source},
        )
        return record
