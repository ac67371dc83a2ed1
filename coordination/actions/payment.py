"""How a visit is paid, as somebody at the desk learned it."""

from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import User
from common import live
from insurance.actions import add_coverage, set_visit_payment
from insurance.models import Coverage, VisitPayment
from scheduling.models import Appointment


@dataclass(frozen=True, slots=True)
class CoverageDetails:
    """What is on the patient's insurance card, as typed."""

    payer_name: str
    member_id: str
    group_number: str = ""
    relationship: str = Coverage.Relationship.SELF
    subscriber_name: str = ""


def pay_by_coverage(
    *, appointment: Appointment, coverage: Coverage | CoverageDetails, by: User, now: datetime
) -> Coverage:
    """The visit is paid by a coverage that is on file, or by one whose details are new."""
    with transaction.atomic():
        if isinstance(coverage, CoverageDetails):
            details = asdict(coverage)
            coverage = add_coverage(patient=appointment.patient, clinic=appointment.clinic, by=by, now=now, **details)
        _set(appointment, VisitPayment.Method.COVERAGE, coverage, by, now)
        return coverage


def pay_by_patient(*, appointment: Appointment, by: User, now: datetime) -> None:
    """The patient pays: nothing about the visit may go to an insurer."""
    with transaction.atomic():
        _set(appointment, VisitPayment.Method.SELF_PAY, None, by, now)


def _set(appointment: Appointment, method: str, coverage: Coverage | None, by: User, now: datetime) -> None:
    set_visit_payment(
        clinic=appointment.clinic,
        patient=appointment.patient,
        subject=appointment.subject,
        method=method,
        coverage=coverage,
        by=by,
        now=now,
    )
    live.changed(appointment.clinic.public_id, appointment.subject)
