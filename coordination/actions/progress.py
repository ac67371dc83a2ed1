"""The steps of a visit's day. Each is safe to repeat: what is so already is returned, and nobody hears of it twice."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from accounts.models import User
from common import live
from coordination.actions.room_ends import close_room, reopen_room
from coordination.chasing import unconfirmed_key
from scheduling import actions as scheduling
from scheduling import reminders
from scheduling.models import Appointment
from scheduling.states import ByLabel, Event, Status, already
from worklist import actions as worklist
from worklist.models import Task


def confirm_visit(*, appointment: Appointment, by: User | None, by_label: str, now: datetime) -> Appointment:
    """The patient will come. The task that asks for it goes away. Raises MoveRefused."""
    with transaction.atomic():
        visit = _step(scheduling.confirm, Event.CONFIRM, appointment, by=by, by_label=by_label, now=now)
        worklist.resolve(subject=visit.subject, kind=Task.Kind.UNCONFIRMED, now=now)
        return visit


def unconfirm_visit(*, appointment: Appointment, by: User | None, by_label: str, now: datetime) -> Appointment:
    """The confirmation no longer counts, and the task that asks for one is back. Raises MoveRefused."""
    with transaction.atomic():
        visit = _step(scheduling.unconfirm, Event.UNCONFIRM, appointment, by=by, by_label=by_label, now=now)
        _ask_again(visit, by=by, now=now)
        return visit


def arrive_visit(*, appointment: Appointment, by: User | None, by_label: str, now: datetime) -> Appointment:
    """The patient waits. Raises MoveRefused; after a no-show SlotTaken or PatientBusy if the time is gone."""
    return _step(scheduling.arrive, Event.ARRIVE, appointment, by=by, by_label=by_label, now=now)


def start_visit(*, appointment: Appointment, by: User | None, by_label: str, now: datetime) -> Appointment:
    """Raises MoveRefused."""
    return _step(scheduling.start, Event.START, appointment, by=by, by_label=by_label, now=now)


def complete_visit(*, appointment: Appointment, by: User | None, by_label: str, now: datetime) -> Appointment:
    """The visit took place. Raises MoveRefused."""
    return _close(scheduling.complete, Event.COMPLETE, appointment, by=by, by_label=by_label, now=now)


def no_show_visit(*, appointment: Appointment, by: User | None, by_label: str, now: datetime) -> Appointment:
    """The patient did not come. Raises MoveRefused, also before the visit's start."""
    return _close(scheduling.mark_no_show, Event.NO_SHOW, appointment, by=by, by_label=by_label, now=now)


def reopen_visit(
    *, appointment: Appointment, by: User | None, now: datetime, by_label: str = ByLabel.STAFF, note: str = ""
) -> Appointment:
    """One step back. Raises MoveRefused, SlotTaken or PatientBusy when a closed visit's time is gone."""
    with transaction.atomic():
        given = {"by": by, "by_label": by_label, "now": now, "note": note}
        visit = _step(scheduling.reopen, Event.REOPEN, appointment, **given)
        reopen_room(appointment=visit, by=by, by_label=by_label, now=now)
        _ask_again(visit, by=by, now=now)
        return visit


def arrange_interpreter(*, appointment: Appointment, by: User | None, by_label: str, now: datetime) -> Appointment:
    """Somebody will interpret. Raises MoveRefused."""
    return _step(scheduling.arrange_interpreter, Event.INTERPRETER, appointment, by=by, by_label=by_label, now=now)


def _ask_again(visit: Appointment, *, by: User | None, now: datetime) -> None:
    """A visit to come that is not confirmed any more is asked about as it was before."""
    if visit.status == Status.BOOKED and visit.starts_at > now:
        worklist.unresolve(dedupe_key=unconfirmed_key(visit), by=by, now=now)


def _step(action: Callable[..., Appointment], event: Event, appointment: Appointment, **given) -> Appointment:
    with transaction.atomic():
        visit = scheduling.lock(appointment)
        if already(visit.status, event):
            return visit
        visit = action(appointment=visit, **given)
        live.changed(visit.clinic.public_id, visit.subject)
        return visit


def _close(action: Callable[..., Appointment], event: Event, appointment: Appointment, **given) -> Appointment:
    """The visit is over: so is its room, its follow-up is planned, and nobody has to chase a confirmation."""
    with transaction.atomic():
        visit = _step(action, event, appointment, **given)
        reminders.replan(appointment=visit, now=given["now"])
        worklist.resolve(subject=visit.subject, kind=Task.Kind.UNCONFIRMED, now=given["now"])
        close_room(appointment=visit, event=event, **given)
        return visit
