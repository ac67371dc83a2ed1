"""A visit's room follows the visit: what closes one at the desk closes the other."""

from datetime import datetime

from accounts.models import User
from scheduling.models import Appointment
from scheduling.states import Event as VisitEvent
from telehealth.actions import move
from telehealth.models import VisitSession
from telehealth.states import OVER, Event, Outcome, State
from worklist import actions as worklist
from worklist.models import Task

# Questions that are answered as soon as the visit goes on or is over.
WAITING_TASKS = (Task.Kind.PROVIDER_LATE, Task.Kind.CALL_PATIENT, Task.Kind.NO_SHOW)


def close_room(
    *, appointment: Appointment, by: User | None, by_label: str, now: datetime, event: VisitEvent
) -> VisitSession | None:
    """The visit was completed or missed: its room is over too, if it ever opened. Part of the caller's transaction."""
    settle_waiting(appointment, now)
    session = VisitSession.objects.filter(appointment=appointment).exclude(state__in=OVER).first()
    if session is None:
        return None
    outcome = _outcome_of(session, event)
    return move(session=session, event=Event.FINISH, by=by, by_label=by_label, now=now, outcome=outcome)


def reopen_room(*, appointment: Appointment, by: User | None, by_label: str, now: datetime) -> VisitSession | None:
    """A closed visit was set back: people may come in again. Part of the caller's transaction."""
    session = VisitSession.objects.filter(appointment=appointment, state=State.ENDED).first()
    return move(session=session, event=Event.REOPEN, by=by, by_label=by_label, now=now) if session else None


def settle_waiting(appointment: Appointment, now: datetime) -> None:
    """Nobody has to be called or looked for any more."""
    for kind in WAITING_TASKS:
        worklist.resolve(subject=appointment.subject, kind=kind, now=now)


def _outcome_of(session: VisitSession, event: VisitEvent) -> Outcome:
    if event == VisitEvent.NO_SHOW:
        return Outcome.PATIENT_NO_SHOW
    return Outcome.COMPLETED_PHONE if session.state == State.PHONE else Outcome.COMPLETED_VIDEO
