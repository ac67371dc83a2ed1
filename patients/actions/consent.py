"""The ledger of what a patient agreed to."""

from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction

from compliance import audit
from patients.models import ConsentRecord, ContactPoint, Patient


@dataclass(frozen=True, slots=True)
class Agreement:
    """What somebody has agreed to, in which words: what `record_consent` wants to know of it."""

    topic: str
    source: str
    wording: str
    wording_version: str
    language: str

    def record(self, *, patient: Patient, by, now: datetime, clinic=None) -> ConsentRecord:
        """Write it down as the patient's."""
        return record_consent(patient=patient, granted=True, by=by, now=now, clinic=clinic, **asdict(self))


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
            clinic=clinic,
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
