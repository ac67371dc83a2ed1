"""Booking, moving and cancelling a visit."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from accounts.models import User
from clinics.models import Clinic, Provider
from common import live
from compliance import audit
from coordination.actions.room_ends import settle_waiting
from insurance.actions import set_visit_payment
from insurance.models import Coverage
from patients.actions import Agreement, register_at
from patients.models import Patient
from scheduling import actions as scheduling
from scheduling import reminders
from scheduling.errors import SchedulingError
from scheduling.models import Appointment, Hold, VisitType
from scheduling.states import Event, already
from telehealth.actions import cancel_session
from telehealth.states import Outcome
from worklist import actions as worklist
from worklist.models import Task


@dataclass(frozen=True, slots=True)
class PaymentChoice:
    """How the patient wants to pay: insurance.models.VisitPayment.Method, and the coverage if it is one."""

    method: str
    coverage: Coverage | None = None


def book_visit(
    *,
    clinic: Clinic,
    patient: Patient,
    visit_type: VisitType,
    provider: Provider,
    starts_at: datetime,
    patient_state: str,
    source: str,
    by: User | None,
    by_label: str,
    now: datetime,
    audience: str,
    idempotency_key: str | None = None,
    hold: Hold | None = None,
    reason: str = "",
    payment: PaymentChoice | None = None,
    agreement: Agreement | None = None,
    registered: bool = False,
) -> Appointment:
    """Book a visit, register the patient at the clinic, note how it is paid, tell the patient, plan the reminders.

    `agreement` is what the patient agreed to with it; `registered` says that the clinic knows the patient already.

    A retry with the same idempotency key returns the first visit and writes nothing. Where the record was merged into
    another since, the visit is that one's. Raises SlotTaken, PatientBusy,
    PatientMerged (that happens right now) or NotBookable; then nothing was written.
    """
    patient = patient.merged_into or patient
    try:
        with audit.together():
            visit = scheduling.book(
                clinic=clinic,
                patient=patient,
                visit_type=visit_type,
                provider=provider,
                starts_at=starts_at,
                patient_state=patient_state,
                source=source,
                by=by,
                by_label=by_label,
                now=now,
                audience=audience,
                idempotency_key=idempotency_key,
                hold=hold,
                reason=reason,
            )
            if not registered:
                register_at(patient=patient, clinic=clinic)
            if agreement:
                agreement.record(patient=patient, by=by, now=now, clinic=clinic)
            if payment:
                _set_payment(visit, payment, by=by, now=now)
            reminders.plan(appointment=visit, now=now, announce="visit_booked")
            live.changed(clinic.public_id, visit.subject)
            return visit
    except (SchedulingError, IntegrityError):
        # A request that came before has taken the time or, if its visit has left it by now, still has the key.
        earlier = _booked_with(idempotency_key, clinic)
        if earlier is None:
            raise
        return earlier


def reschedule_visit(
    *,
    appointment: Appointment,
    provider: Provider,
    starts_at: datetime,
    by: User | None,
    by_label: str,
    now: datetime,
    audience: str,
    hold: Hold | None = None,
) -> Appointment:
    """Move a visit to another time or provider, tell the patient, plan the reminders anew; or the old time stands.

    Raises SlotTaken, PatientBusy, NotBookable or MoveRefused. A repeated move to where the visit is already tells
    nobody.
    """
    with transaction.atomic():
        before = scheduling.lock(appointment)
        visit = scheduling.move(
            appointment=before,
            provider=provider,
            starts_at=starts_at,
            by=by,
            by_label=by_label,
            now=now,
            audience=audience,
            hold=hold,
        )
        if visit.version != before.version:
            reminders.replan(appointment=visit, now=now, announce="visit_moved")
            worklist.resolve(subject=visit.subject, kind=Task.Kind.UNCONFIRMED, now=now)
            live.changed(visit.clinic.public_id, visit.subject)
        return visit


def cancel_visit(
    *, appointment: Appointment, by: User | None, by_label: str, now: datetime, reason: str, note: str = ""
) -> Appointment:
    """Cancel a visit, free its time, drop what was planned for it and tell the patient.

    `reason` is a scheduling.states.CancelReason. Cancelling twice is not an error. Raises MoveRefused.
    """
    with transaction.atomic():
        visit = scheduling.lock(appointment)
        if already(visit.status, Event.CANCEL):
            return visit
        who = {"by": by, "by_label": by_label, "now": now}
        visit = scheduling.cancel(appointment=visit, reason=reason, note=note, **who)
        cancel_session(appointment=visit, outcome=Outcome.CANCELLED, **who)
        settle_waiting(visit, now)
        reminders.drop(appointment=visit, now=now, reason="cancelled", announce="visit_cancelled")
        worklist.resolve(subject=visit.subject, kind=Task.Kind.UNCONFIRMED, now=now)
        live.changed(visit.clinic.public_id, visit.subject)
        return visit


def _booked_with(key: str | None, clinic: Clinic) -> Appointment | None:
    if not key:
        return None
    return Appointment.objects.filter(idempotency_key=key, clinic=clinic).first()


def _set_payment(visit: Appointment, payment: PaymentChoice, *, by: User | None, now: datetime) -> None:
    set_visit_payment(
        clinic=visit.clinic,
        patient=visit.patient,
        subject=visit.subject,
        method=payment.method,
        coverage=payment.coverage,
        by=by,
        now=now,
    )
