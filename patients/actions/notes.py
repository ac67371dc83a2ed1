"""Notes on a patient's timeline."""

from datetime import datetime

from django.db import transaction

from compliance import audit
from patients.models import Note, Patient


@transaction.atomic
def write_note(*, patient: Patient, clinic, body: str, by, now: datetime, subject: str = "") -> Note:
    """Add a note; notes are never changed. `subject` may name the visit it is about (`visit:<public id>`)."""
    note = Note.objects.create(
        patient=patient, clinic=clinic, subject=subject, body=body.strip(), written_at=now, written_by=by
    )
    audit.record(
        action="patients.note_written",
        actor=by,
        clinic=clinic,
        patient=patient,
        subject=f"note:{note.public_id}",
        detail={"about": subject},
    )
    return note
