"""Numbers and addresses of a patient."""

from datetime import datetime

from django.db import transaction

from compliance import audit
from patients.models import ContactPoint, Patient
from patients.rules import indexes, normalised


@transaction.atomic
def set_contact_point(
    *, patient: Patient, kind: str, value: str, by, now: datetime, clinic=None, primary: bool = True, verified=False
) -> ContactPoint:
    """Put a number or address (as typed) on the record, or bring it back into use, and prefer it if `primary`.

    `verified` says that the patient has just proven to have it. ValueError or ValidationError for a bad value.
    """
    value = normalised(kind, value)
    found_by = indexes(kind, value)
    index = found_by["value_index"]
    patient = Patient.objects.select_for_update().get(pk=patient.pk)
    points = patient.contact_points.filter(kind=kind)
    if primary:
        points.filter(is_primary=True).exclude(value_index=index).update(is_primary=False)
    point = points.filter(value_index=index).first() or ContactPoint(
        patient=patient, kind=kind, value=value, is_primary=False, **found_by
    )
    point.is_primary = primary or point.is_primary
    point.status, point.status_reason = ContactPoint.Status.OK, ""
    point.verified_at = now if verified else point.verified_at
    point.save()
    _record("patients.contact_point_set", point, by, clinic, {"kind": kind, "primary": primary, "verified": verified})
    return point


@transaction.atomic
def mark_contact_point(
    *, contact_point: ContactPoint, status: str, reason: str, by, now: datetime, clinic=None
) -> ContactPoint:
    """Say that a number or address works, does not work or is paused; `reason` is a code (`landline`, `bounced`)."""
    point = ContactPoint.objects.select_for_update().get(pk=contact_point.pk)
    if (point.status, point.status_reason) == (status, reason):
        return point
    point.status, point.status_reason = status, reason
    point.save(update_fields=["status", "status_reason"])
    _record("patients.contact_point_marked", point, by, clinic, {"status": status, "reason": reason})
    return point


def add_primary_contacts(patient: Patient, contacts: dict[str, str], *, verified_at: datetime | None) -> None:
    """First contact points of a new record, {kind: normalised value}; `verified_at` is about the mobile.

    Part of the caller's action.
    """
    ContactPoint.objects.bulk_create(
        ContactPoint(
            patient=patient,
            kind=kind,
            value=value,
            **indexes(kind, value),
            verified_at=verified_at if kind == ContactPoint.Kind.MOBILE else None,
        )
        for kind, value in contacts.items()
    )


def _record(action: str, point: ContactPoint, by, clinic, detail: dict) -> None:
    audit.record(
        action=action,
        actor=by,
        clinic=clinic,
        patient=point.patient,
        subject=f"contact:{point.public_id}",
        detail=detail,
    )
