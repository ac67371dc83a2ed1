"""One row of a visit's own history and one of the audit trail, for every event."""

from datetime import datetime

from accounts.models import User
from compliance import audit
from scheduling.models import Appointment, AppointmentEvent
from scheduling.states import Event

AUDIT_ACTIONS = {
    Event.BOOK: "scheduling.visit_booked",
    Event.CONFIRM: "scheduling.visit_confirmed",
    Event.UNCONFIRM: "scheduling.visit_unconfirmed",
    Event.MOVE: "scheduling.visit_moved",
    Event.ARRIVE: "scheduling.visit_arrived",
    Event.START: "scheduling.visit_started",
    Event.COMPLETE: "scheduling.visit_completed",
    Event.NO_SHOW: "scheduling.visit_no_show",
    Event.CANCEL: "scheduling.visit_cancelled",
    Event.REOPEN: "scheduling.visit_reopened",
    Event.INTERPRETER: "scheduling.interpreter_arranged",
}


def write(
    *,
    appointment: Appointment,
    event: Event,
    from_status: str,
    by: User | None,
    by_label: str,
    now: datetime,
    old_starts_at: datetime | None = None,
    reason: str = "",
    note: str = "",
) -> None:
    """Two SQL statements. The note stays in the history, encrypted; the audit row has codes and times only."""
    moved = event in {Event.BOOK, Event.MOVE}
    AppointmentEvent.objects.create(
        appointment=appointment,
        event=event,
        from_status=from_status,
        to_status=appointment.status,
        version=appointment.version,
        at=now,
        by=by,
        by_label=by_label,
        old_starts_at=old_starts_at,
        new_starts_at=appointment.starts_at if moved else None,
        reason=reason,
        note=note,
    )
    detail = {"by": by_label, "from": from_status, "to": appointment.status, "version": appointment.version}
    if moved:
        detail |= {"starts_at": appointment.starts_at, "provider": appointment.provider.public_id}
    if reason:
        detail["reason"] = reason
    audit.record(
        action=AUDIT_ACTIONS[event],
        actor=by,
        actor_label=by_label,
        clinic=appointment.clinic,
        patient=appointment.patient,
        subject=appointment.subject,
        detail=detail,
    )
