"""A session and its moves. The row is locked, the move checked, the history written, the pages told after commit."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from compliance import audit
from scheduling.models import Appointment
from telehealth import live
from telehealth.errors import StepRefused
from telehealth.models import SessionEvent, VisitSession
from telehealth.states import MOVES, OVER, REACHES, Event, State
from worklist import actions as worklist
from worklist.models import Task

_STAMPS = {
    Event.ARRIVE: "arrived_at",
    Event.ADMIT: "admitted_at",
    Event.CONNECT: "connected_at",
    Event.FINISH: "ended_at",
    Event.CANCEL: "ended_at",
}


def session_of(appointment: Appointment) -> VisitSession:
    """The visit's session, made the first time that somebody asks for it."""
    session, _made = VisitSession.objects.get_or_create(
        appointment=appointment, defaults={"state_since": appointment.created_at}
    )
    session.appointment = appointment
    return session


def move(
    *,
    session: VisitSession,
    event: Event,
    by: User | None,
    by_label: str,
    now: datetime,
    outcome: str = "",
    note: str = "",
) -> VisitSession:
    """Take the session one step on. What is so already is returned as it is, and nobody hears of it twice.

    `outcome` (states.Outcome) comes with FINISH; `note` is a code for the history. Raises StepRefused.
    """
    with transaction.atomic():
        locked = VisitSession.objects.select_for_update(of=("self",)).with_visit().get(pk=session.pk)
        if REACHES.get(event) == locked.state:
            return locked
        before, after = locked.state, MOVES[locked.state].get(event)
        if after is None:
            raise StepRefused(event, locked.state)
        locked.state, locked.state_since = after, now
        if stamp := _STAMPS.get(event):
            setattr(locked, stamp, getattr(locked, stamp) or now)
        if event == Event.ADMIT:
            locked.epoch += 1
        if event in (Event.FINISH, Event.CANCEL):
            locked.outcome = outcome or locked.outcome
        if event == Event.REOPEN:
            locked.outcome, locked.ended_at = "", None
        locked.save()
        SessionEvent.objects.create(
            session=locked, event=event, from_state=before, to_state=after, at=now, by=by, by_label=by_label, note=note
        )
        visit = locked.appointment
        audit.record(
            action=f"telehealth.session_{event}",
            actor=by,
            actor_label=by_label,
            clinic=visit.clinic,
            patient=visit.patient,
            subject=visit.subject,
            detail={"from": before, "to": after, "by": by_label} | ({"outcome": outcome} if outcome else {}),
        )
        if locked.state in OVER:
            worklist.resolve(subject=visit.subject, kind=Task.Kind.TECH_CHECK, now=now)
        live.room_changed(locked)
        return locked


def cancel_session(*, appointment: Appointment, by: User | None, by_label: str, now: datetime, outcome: str) -> None:
    """The visit was cancelled: its room closes, if it ever opened."""
    session = VisitSession.objects.filter(appointment=appointment).exclude(state__in=OVER).first()
    if session and Event.CANCEL in MOVES[State(session.state)]:
        move(session=session, event=Event.CANCEL, by=by, by_label=by_label, now=now, outcome=outcome)
