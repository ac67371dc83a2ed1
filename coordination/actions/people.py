"""Somebody at the desk enters or changes a patient, or a number or address."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import override

from accounts.models import User
from clinics.models import Clinic
from patients.actions import create_patient, record_consent, set_contact_point, update_patient
from patients.models import ConsentRecord, ContactPoint, Patient
from patients.wording import CONSENT_VERSION, TEXTS_CONSENT
from scheduling.renewal import renew


@transaction.atomic
def enter_patient(
    *, clinic: Clinic, person: dict, texts_agreed: bool, despite_duplicates: bool, by: User, now: datetime
) -> Patient:
    """A new record and, if the patient said so, the consent to texts in the words that were read out.

    `person` is what patients.actions.create_patient takes. Raises PossibleDuplicate unless `despite_duplicates`.
    """
    patient = create_patient(
        organization=clinic.organization,
        clinic=clinic,
        by=by,
        now=now,
        despite_duplicates=despite_duplicates,
        **person,
    )
    if texts_agreed:
        with override(patient.language):
            wording = str(TEXTS_CONSENT)
        record_consent(
            patient=patient,
            topic=ConsentRecord.Topic.TEXTS,
            granted=True,
            source=ConsentRecord.Source.STAFF,
            wording=wording,
            wording_version=CONSENT_VERSION,
            language=patient.language,
            clinic=clinic,
            by=by,
            now=now,
        )
    return patient


@transaction.atomic
def change_patient(*, patient: Patient, clinic: Clinic, by: User | None, now: datetime, **changes) -> Patient:
    """As patients.actions.update_patient; with another language or zone, what is still to come is worded anew."""
    changed = update_patient(patient=patient, clinic=clinic, by=by, now=now, **changes)
    if any(getattr(changed, name) != getattr(patient, name) for name in _SAID_IN):
        renew(changed, now)
    return changed


_SAID_IN = ("language", "time_zone")


@transaction.atomic
def keep_contact(
    *,
    patient: Patient,
    kind: str,
    value: str,
    primary: bool,
    clinic: Clinic,
    by: User | None,
    now: datetime,
    verified: bool = False,
) -> ContactPoint:
    """Put a number or address on the record; when it becomes the preferred one, what is still to come goes there.

    The one door for staff and patients alike. `verified`: the patient has just proven to have it.
    """
    before = _preferred(patient, kind)
    point = set_contact_point(
        patient=patient, kind=kind, value=value, primary=primary, verified=verified, clinic=clinic, by=by, now=now
    )
    if point.is_primary and point.value_index != before:
        renew(patient, now)
    return point


def _preferred(patient: Patient, kind: str) -> str:
    """Where messages go now; empty when they go nowhere."""
    points = ContactPoint.objects.filter(patient=patient, kind=kind, is_primary=True, status=ContactPoint.Status.OK)
    return points.values_list("value_index", flat=True).first() or ""
