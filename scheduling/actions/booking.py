"""A visit gets its time, or another time. A refusal ends the transaction around it: no savepoint is spent on that."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from clinics.models import Clinic, Provider
from patients.models import Patient
from scheduling import booking, licensing
from scheduling.actions import history
from scheduling.actions.checks import lock, matching, next_status, refuse_unbookable
from scheduling.availability import Audience, Rule
from scheduling.errors import NotBookable
from scheduling.models import Appointment, Hold, VisitType
from scheduling.states import ByLabel, Event, Status


def book(
    *,
    clinic: Clinic,
    patient: Patient,
    visit_type: VisitType,
    provider: Provider,
    starts_at: datetime,
    patient_state: str,
    source: str,
    by: User | None,
    now: datetime,
    by_label: str = ByLabel.STAFF,
    idempotency_key: str | None = None,
    hold: Hold | None = None,
    reason: str = "",
    audience: str = Audience.PATIENTS,
) -> Appointment:
    """A visit with its time taken, or SlotTaken, PatientBusy, PatientMerged, NotBookable and nothing written.

    `hold` is used up. An idempotency key that was used already is an IntegrityError: `coordination.actions.book_visit`
    answers it with the first visit. ValueError when clinic, visit type and patient do not belong together.
    """
    if visit_type.clinic_id != clinic.pk or patient.organization_id != clinic.organization_id:
        raise ValueError("Clinic, visit type and patient do not belong together.")
    kept = matching(hold, visit_type=visit_type, provider=provider, starts_at=starts_at)
    with transaction.atomic(savepoint=False):
        refuse_unbookable(
            visit_type=visit_type,
            provider=provider,
            starts_at=starts_at,
            state=patient_state,
            now=now,
            audience=audience,
            hold=kept,
        )
        appointment = Appointment.objects.create(
            clinic=clinic,
            patient=patient,
            provider=provider,
            visit_type=visit_type,
            modality=visit_type.modality,
            starts_at=starts_at,
            ends_at=starts_at + visit_type.length,
            patient_state=patient_state,
            reason=reason,
            source=source,
            idempotency_key=idempotency_key or None,
            booked_at=now,
            booked_by=by,
            interpreter_language=patient.interpreter_language,
        )
        _take(appointment, now=now, hold=kept, new=True)
        history.write(appointment=appointment, event=Event.BOOK, from_status="", by=by, by_label=by_label, now=now)
        return appointment


def move(
    *,
    appointment: Appointment,
    provider: Provider,
    starts_at: datetime,
    by: User | None,
    by_label: str,
    now: datetime,
    audience: str = Audience.STAFF,
    hold: Hold | None = None,
) -> Appointment:
    """The visit at its new time, to be confirmed again, one version higher; or a refusal, and the old time stands.

    Raises SlotTaken, PatientBusy, NotBookable or MoveRefused. A move to where the visit already is changes nothing.
    """
    with transaction.atomic(savepoint=False):
        visit = lock(appointment)
        status = next_status(visit, Event.MOVE, by_label=by_label, now=now)
        if (visit.provider_id, visit.starts_at) == (provider.pk, starts_at):
            return visit
        kept = matching(hold, visit_type=visit.visit_type, provider=provider, starts_at=starts_at)
        refuse_unbookable(
            visit_type=visit.visit_type,
            provider=provider,
            starts_at=starts_at,
            state=visit.patient_state,
            now=now,
            audience=audience,
            hold=kept,
            appointment=visit,
        )
        before = visit.status, visit.starts_at
        _set_time(visit, provider, starts_at, status)
        _take(visit, now=now, hold=kept)
        history.write(
            appointment=visit,
            event=Event.MOVE,
            from_status=before[0],
            old_starts_at=before[1],
            by=by,
            by_label=by_label,
            now=now,
        )
        return visit


def _set_time(visit: Appointment, provider: Provider, starts_at: datetime, status: Status) -> None:
    """A new time has to be confirmed again, and an interpreter arranged again."""
    visit.provider = provider
    visit.starts_at = starts_at
    visit.ends_at = starts_at + visit.visit_type.length
    visit.status = status
    visit.version += 1
    visit.confirmed_at = None
    visit.interpreter_arranged_at = None
    visit.save(
        update_fields=[
            "provider", "starts_at", "ends_at", "status", "version", "confirmed_at", "interpreter_arranged_at"
        ]
    )  # fmt: skip


def _take(visit: Appointment, *, now: datetime, hold: Hold | None, new: bool = False) -> None:
    booking.take(appointment=visit, now=now, instead_of=hold, new=new)
    if not licensing.covers(visit):
        raise NotBookable(Rule.LICENSE.value, Rule.LICENSE.label)
