"""Two patient records become one, together with the times their visits take."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from patients import actions as patients
from patients.models import Patient, PatientMerge
from scheduling import booking


def merge_patients(*, kept: Patient, merged: Patient, by: User, now: datetime) -> PatientMerge:
    """Everything of `merged` belongs to `kept`. PatientBusy when their visits overlap: one must be cancelled first."""
    with transaction.atomic():
        record = patients.merge(kept=kept, merged=merged, by=by, now=now)
        booking.follow_patients(kept.pk, merged.pk)
        return record


def undo_merge(*, merge: PatientMerge, by: User, now: datetime) -> PatientMerge:
    """Both records again, each with the visits it had."""
    with transaction.atomic():
        record = patients.undo_merge(merge=merge, by=by, now=now)
        booking.follow_patients(merge.kept_id, merge.merged_id)
        return record
