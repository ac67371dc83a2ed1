"""The steps of a visit in its room: the session and the visit move together, in one transaction.

Each is safe to repeat. Raises RoomError or SchedulingError when a step is refused; then nothing was written.
"""

from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import User
from compliance import audit
from coordination.actions.booking import cancel_visit
from coordination.actions.progress import complete_visit, no_show_visit, start_visit
from coordination.actions.room_ends import settle_waiting
from coordination.states import HELD, NOT_HELD, WithoutInterpreter
from messaging.actions import queue, queue_all
from messaging.drafts import Draft
from messaging.models import Message
from messaging.states import Purpose
from scheduling import actions as scheduling
from scheduling import reminders
from scheduling.models import Appointment
from scheduling.states import CancelReason, Status
from telehealth import live, presence
from telehealth.actions import move, session_of
from telehealth.errors import InterpreterMissing, NotCheckedIn, NotLicensedThere
from telehealth.models import CheckIn, VisitSession
from telehealth.states import OVER, Event, Outcome, Role, State
from worklist import actions as worklist
from worklist.models import Task

READY_TEMPLATE = "visit_ready"
LINK_TEMPLATE = "visit_link"
READY_HOLDS = timedelta(minutes=30)
_INSIDE = frozenset({State.CONNECTING, State.IN_CALL, State.INTERRUPTED})


@transaction.atomic
def admit(
    *,
    appointment: Appointment,
    by: User,
    by_label: str,
    now: datetime,
    override_interpreter: bool = False,
    override_reason: str = "",
) -> VisitSession:
    """Let the patient in and start the visit; whoever waits elsewhere gets a text.

    Raises NotCheckedIn, NotLicensedThere, InterpreterMissing (unless overridden with a WithoutInterpreter code),
    StepRefused, MoveRefused.
    """
    visit = scheduling.lock(appointment)
    session = session_of(visit)
    if session.state in _INSIDE:
        return session
    _check_in_that_counts(session)
    reason = WithoutInterpreter(override_reason) if override_interpreter else None
    without = _without_interpreter(session, reason)
    note = f"no_interpreter:{reason}" if without else ""
    session = move(session=session, event=Event.ADMIT, by=by, by_label=by_label, now=now, note=note)
    if without:
        _note(visit, "interpreter_waived", by, reason=str(reason))
    start_visit(appointment=visit, by=by, by_label=by_label, now=now)
    settle_waiting(visit, now)
    _call_in(visit, session, now)
    return session


@transaction.atomic
def hold(*, appointment: Appointment, by: User, by_label: str, now: datetime) -> VisitSession:
    """Send the patient back to the waiting room; the visit goes on later. Raises StepRefused."""
    return move(session=session_of(appointment), event=Event.HOLD, by=by, by_label=by_label, now=now)


@transaction.atomic
def to_phone(*, appointment: Appointment, by: User, by_label: str, now: datetime) -> VisitSession:
    """The visit goes on by phone: staff dial the confirmed number themselves. Raises StepRefused, MoveRefused."""
    visit = scheduling.lock(appointment)
    session = move(session=session_of(visit), event=Event.TO_PHONE, by=by, by_label=by_label, now=now)
    start_visit(appointment=visit, by=by, by_label=by_label, now=now)
    settle_waiting(visit, now)
    return session


@transaction.atomic
def finish(*, appointment: Appointment, by: User, by_label: str, now: datetime, outcome: str) -> VisitSession:
    """Close the room and the visit with it; `outcome` is one of coordination.states.FINISHES.

    A visit that could not be held is cancelled, and the desk is asked to offer another time. Raises StepRefused,
    MoveRefused (nobody is a no-show before the start), ValueError for an outcome that nobody says here.
    """
    visit = scheduling.lock(appointment)
    session = session_of(visit)
    if session.state in OVER:
        return session
    session = move(session=session, event=Event.FINISH, by=by, by_label=by_label, now=now, outcome=outcome)
    _close(visit, Outcome(outcome), by=by, by_label=by_label, now=now)
    return session


def say_late(*, appointment: Appointment, by: User, minutes: int) -> VisitSession:
    """Tell everybody who waits how late the provider is; 0 takes it back."""
    return _set(appointment, by, "late_said", provider_late_minutes=minutes or None)


def set_urgent(*, appointment: Appointment, by: User, urgent: bool) -> VisitSession:
    """Put the patient before the others who wait for the same provider, or back in line."""
    return _set(appointment, by, "urgent_set", is_urgent=urgent)


@transaction.atomic
def text_link(*, appointment: Appointment, by: User, now: datetime) -> bool:
    """Text the patient a fresh link to the visit; False when there is no number, or one went within the minute."""
    visit = scheduling.lock(appointment)
    key = f"visit_link:{visit.public_id}:{now:%Y%m%d%H%M}"
    if Message.objects.filter(dedupe_key=key).exists():
        return False
    draft = Draft(
        dedupe_key=key,
        purpose=Purpose.STAFF,
        template_key=LINK_TEMPLATE,
        context=reminders.words(visit),
        subject=visit.subject,
        subject_version=visit.version,
        urgent=True,
        expires_at=visit.ends_at + READY_HOLDS,
        written_by=by,
    )
    return bool(queue_all(clinic=visit.clinic, patient=visit.patient, drafts=[draft], now=now))


def _check_in_that_counts(session: VisitSession) -> CheckIn:
    """What the patient said last on arrival: nobody is seen without it, or where the provider has no license."""
    newest = CheckIn.objects.filter(session=session).order_by("-at", "-pk").first()
    if newest is None:
        raise NotCheckedIn
    if not newest.is_licensed:
        raise NotLicensedThere
    return newest


def _without_interpreter(session: VisitSession, reason: WithoutInterpreter | None) -> bool:
    """Whether the visit goes on without the interpreter whom it needs. Raises InterpreterMissing without a reason."""
    if not session.appointment.interpreter_language:
        return False
    seats = session.participants.filter(role=Role.INTERPRETER, removed_at=None)
    if presence.of(list(seats.values_list("public_id", flat=True))):
        return False
    if reason is None:
        raise InterpreterMissing
    return True


def _call_in(visit: Appointment, session: VisitSession, now: datetime) -> None:
    """A text with the link for a patient who waits elsewhere or whose page is lost; one an admission."""
    seat = session.participants.filter(role=Role.PATIENT).values_list("public_id", flat=True).first()
    if seat and presence.of([seat]) and not session.text_when_ready:
        return
    queue(
        clinic=visit.clinic,
        patient=visit.patient,
        template_key=READY_TEMPLATE,
        context=reminders.words(visit),
        dedupe_key=f"{READY_TEMPLATE}:{session.public_id}:{session.epoch}",
        purpose=Purpose.VISIT,
        subject=visit.subject,
        subject_version=visit.version,
        urgent=True,
        expires_at=now + READY_HOLDS,
        now=now,
    )


def _close(visit: Appointment, outcome: Outcome, **who) -> None:
    if outcome in HELD:
        complete_visit(appointment=visit, **who)
    elif outcome == Outcome.PATIENT_NO_SHOW:
        no_show_visit(appointment=visit, **who)
    elif outcome in NOT_HELD:
        _give_back(visit, outcome, **who)
    else:
        raise ValueError("Nobody finishes a visit with this outcome.")


def _give_back(visit: Appointment, outcome: Outcome, *, by: User, by_label: str, now: datetime) -> None:
    """The visit was not held, and not for want of the patient: its time is given back and another one is owed."""
    if visit.status == Status.IN_VISIT:
        visit = scheduling.reopen(appointment=visit, by=by, by_label=by_label, now=now)
    ours = outcome == Outcome.PROVIDER_NO_SHOW
    reason = CancelReason.PROVIDER_UNAVAILABLE if ours else CancelReason.OTHER
    cancel_visit(appointment=visit, by=by, by_label=by_label, now=now, reason=reason)
    worklist.open_task(
        clinic=visit.clinic,
        kind=Task.Kind.REOFFER,
        subject=visit.subject,
        patient=visit.patient,
        due_at=now + timedelta(hours=1),
        dedupe_key=f"reoffer:{visit.public_id}",
        cause=str(outcome),
        by=by,
        now=now,
    )


@transaction.atomic
def _set(appointment: Appointment, by: User, what: str, **values) -> VisitSession:
    session = session_of(appointment)
    locked = VisitSession.objects.select_for_update(of=("self",)).with_visit().get(pk=session.pk)
    if all(getattr(locked, name) == value for name, value in values.items()):
        return locked
    for name, value in values.items():
        setattr(locked, name, value)
    locked.save(update_fields=list(values))
    _note(locked.appointment, what, by, **values)
    live.room_changed(locked)
    return locked


def _note(visit: Appointment, what: str, by: User, **detail) -> None:
    audit.record(
        action=f"coordination.{what}",
        actor=by,
        clinic=visit.clinic,
        patient=visit.patient,
        subject=visit.subject,
        detail=detail,
    )
