"""Coverages a patient names, and how one visit is paid."""

import re
from datetime import datetime

from django.db import transaction

from common.crypto import blind_index
from compliance import audit
from insurance.models import Coverage, Payer, VisitPayment

_INDEX_PURPOSE = "member-id"


def normalised_member_id(text: str) -> str:
    """`xyz 123-45` -> `XYZ12345`: upper case, letters and digits only, as a card's spacing varies."""
    return re.sub(r"[^A-Z0-9]", "", text.upper())


@transaction.atomic
def add_coverage(
    *,
    patient,
    payer_name: str,
    member_id: str,
    by,
    now: datetime,
    group_number: str = "",
    relationship: str = Coverage.Relationship.SELF,
    subscriber_name: str = "",
    clinic=None,
) -> Coverage:
    """Put an insurance on the record as the patient told it, or bring the same one back into use with its new details.

    The payer is linked when the organization's list has one of that name.
    """
    payer_name = " ".join(payer_name.split())
    number = normalised_member_id(member_id)
    payer = Payer.objects.active().filter(organization=patient.organization_id, name__iexact=payer_name).first()
    told = Coverage(
        patient=patient,
        payer=payer,
        payer_name=payer.name if payer else payer_name,
        member_id=number,
        member_id_index=blind_index(number, _INDEX_PURPOSE),
        group_number=group_number.strip(),
        subscriber_relationship=relationship,
        subscriber_name=subscriber_name.strip(),
    )
    coverage = _upsert(told)
    created = coverage.public_id == told.public_id
    audit.record(
        action="insurance.coverage_added" if created else "insurance.coverage_changed",
        actor=by,
        clinic=clinic,
        patient=patient,
        subject=f"coverage:{coverage.public_id}",
        detail={"relationship": relationship, "known_payer": payer is not None},
    )
    return coverage


def _upsert(told: Coverage) -> Coverage:
    """Insert, or update the row that the record has already: one statement, so that two at once end in one row.

    The sealed member id is left as it is: it is the same number, bound to the row that stands.
    """
    [row] = Coverage.objects.bulk_create(
        [told],
        update_conflicts=True,
        unique_fields=["patient", "payer_name", "member_id_index"],
        update_fields=["payer", "group_number", "subscriber_relationship", "subscriber_name", "is_active"],
    )
    return Coverage.objects.get(pk=row.pk)


def set_visit_payment(
    *, clinic, patient, subject: str, method: str, by, now: datetime, coverage: Coverage | None = None
) -> None:
    """Say how the visit `subject` (`visit:<public id>`) is paid; the last word counts.

    A self-paid visit has no coverage, and nothing about it may go to an insurer.
    """
    if (method == VisitPayment.Method.COVERAGE) != (coverage is not None):
        raise ValueError("A coverage belongs to the method 'coverage', and to no other.")
    with transaction.atomic(savepoint=False):
        VisitPayment.objects.bulk_create(
            [VisitPayment(clinic=clinic, patient=patient, subject=subject, method=method, coverage=coverage)],
            update_conflicts=True,
            unique_fields=["subject"],
            update_fields=["method", "coverage"],
        )
        audit.record(
            action="insurance.visit_payment_set",
            actor=by,
            clinic=clinic,
            patient=patient,
            subject=subject,
            detail={"method": method, "coverage": coverage.public_id if coverage else None},
        )
