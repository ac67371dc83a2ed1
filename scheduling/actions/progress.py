"""What happens to a visit between booking and closing. Every function returns the visit as it now stands.

All lock the row, ask `states.MOVES` (MoveRefused) and write one line of history. A repeated event finds the visit where
it leads and writes nothing. The instance that was passed in stays as it was.
"""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from scheduling import booking
from scheduling.actions import history
from scheduling.actions.checks import lock, next_status
from scheduling.models import Appointment
from scheduling.states import LIVE, ByLabel, Event, Status, already

# In the order of a visit: what is set when a state is reached, and cleared when the visit is set back before it.
STAMPS = {
    Status.CONFIRMED: "confirmed_at",
    Status.ARRIVED: "arrived_at",
    Status.IN_VISIT: "started_at",
    Status.COMPLETED: "closed_at",
}
CLOSING = {Status.NO_SHOW: "closed_at", Status.CANCELLED: "closed_at"}


def confirm(*, appointment: Appointment, by: User | None, by_label: str, now: datetime) -> Appointment:
    """The patient will come."""
    return _advance(appointment, Event.CONFIRM, by=by, by_label=by_label, now=now)


def unconfirm(*, appointment: Appointment, by: User | None, by_label: str, now: datetime) -> Appointment:
    """The confirmation no longer counts."""
    return _advance(appointment, Event.UNCONFIRM, by=by, by_label=by_label, now=now)


def arrive(*, appointment: Appointment, by: User | None, by_label: str, now: datetime) -> Appointment:
    """The patient waits. After a no-show the time is taken again: SlotTaken or PatientBusy when somebody has it."""
    return _advance(appointment, Event.ARRIVE, by=by, by_label=by_label, now=now)


def start(*, appointment: Appointment, by: User | None, by_label: str, now: datetime) -> Appointment:
    """The visit begins."""
    return _advance(appointment, Event.START, by=by, by_label=by_label, now=now)


def complete(*, appointment: Appointment, by: User | None, by_label: str, now: datetime) -> Appointment:
    """The visit took place. What is left of its time is free again."""
    return _advance(appointment, Event.COMPLETE, by=by, by_label=by_label, now=now)


def mark_no_show(*, appointment: Appointment, by: User | None, by_label: str, now: datetime) -> Appointment:
    """The patient did not come; refused before the visit's start. What is left of its time is free again."""
    return _advance(appointment, Event.NO_SHOW, by=by, by_label=by_label, now=now)


def cancel(
    *, appointment: Appointment, by: User | None, by_label: str, now: datetime, reason: str, note: str = ""
) -> Appointment:
    """The visit will not take place, and its time is free. `reason` is a `states.CancelReason`."""
    return _advance(appointment, Event.CANCEL, by=by, by_label=by_label, now=now, reason=reason, note=note)


def reopen(
    *, appointment: Appointment, by: User | None, now: datetime, by_label: str = ByLabel.STAFF, note: str = ""
) -> Appointment:
    """One step back, to correct a slip. A closed visit takes its time again: SlotTaken or PatientBusy when it can't."""
    return _advance(appointment, Event.REOPEN, by=by, by_label=by_label, now=now, note=note)


def arrange_interpreter(*, appointment: Appointment, by: User | None, by_label: str, now: datetime) -> Appointment:
    """Somebody will interpret. A second call renews the time of arranging."""
    return _advance(appointment, Event.INTERPRETER, by=by, by_label=by_label, now=now)


def _advance(
    appointment: Appointment,
    event: Event,
    *,
    by: User | None,
    by_label: str,
    now: datetime,
    reason: str = "",
    note: str = "",
) -> Appointment:
    with transaction.atomic():
        visit = lock(appointment)
        if already(visit.status, event):
            return visit
        before = visit.status
        visit.status = next_status(visit, event, by_label=by_label, now=now)
        changed = _stamp(visit, event, now)
        visit.cancel_reason = reason
        visit.save(update_fields=["status", "cancel_reason", *changed])
        _settle_time(visit, before, now)
        history.write(
            appointment=visit,
            event=event,
            from_status=before,
            by=by,
            by_label=by_label,
            now=now,
            reason=reason,
            note=note,
        )
        return visit


def _stamp(visit: Appointment, event: Event, now: datetime) -> list[str]:
    """Set when the state was reached and clear what now lies ahead; the names of the fields written."""
    if event == Event.INTERPRETER:
        visit.interpreter_arranged_at = now
        return ["interpreter_arranged_at"]
    reached = (STAMPS | CLOSING).get(visit.status)
    later = _stamps_after(visit.status)
    if reached and (event != Event.REOPEN or getattr(visit, reached) is None):
        setattr(visit, reached, now)
    for name in later:
        setattr(visit, name, None)
    return [name for name in (reached, *later) if name]


def _stamps_after(status: str) -> list[str]:
    if status in CLOSING:
        return []
    order = [Status.BOOKED, *STAMPS]
    return [STAMPS[one] for one in order[order.index(status) + 1 :]]


def _settle_time(visit: Appointment, before: str, now: datetime) -> None:
    """A visit holds its time exactly while its state is live."""
    if before in LIVE and visit.status not in LIVE:
        booking.release(appointment=visit)
    elif before not in LIVE and visit.status in LIVE:
        booking.take(appointment=visit, now=now)
