"""The one next step of a visit, chosen by rule: what the coordinator would do first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission
from coordination.readiness import Mark, MarkState
from scheduling.states import LIVE, UPCOMING, Event, Status
from telehealth.states import HERE, State

LATE_ENOUGH_FOR_NO_SHOW = timedelta(minutes=15)
ARRIVALS_FROM = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Step:
    """`event` is done at once, `panel` opens that part of the visit's drawer, `page` leaves for another page.

    Exactly one of them is set.
    """

    label: str
    permission: Permission
    event: str = ""
    panel: str = ""
    page: str = ""


CONFIRM = Step(_("Confirm"), Permission.VISIT_BOOK, event=Event.CONFIRM)
ARRIVED = Step(_("Arrived"), Permission.VISIT_CONDUCT, event=Event.ARRIVE)
ADMIT = Step(_("Admit"), Permission.VISIT_CONDUCT, event="admit")
ROOM = Step(_("Open room"), Permission.VISIT_CONDUCT, page="room")
START = Step(_("Start visit"), Permission.VISIT_CONDUCT, event=Event.START)
COMPLETE = Step(_("Complete"), Permission.VISIT_CONDUCT, event=Event.COMPLETE)
NO_SHOW = Step(_("No-show"), Permission.VISIT_CONDUCT, event=Event.NO_SHOW)
MOVE = Step(_("Move"), Permission.VISIT_BOOK, panel="move")
CALL = Step(_("Call"), Permission.PATIENT_VIEW, panel="contact")
CALL_ABOUT_DEVICE = Step(_("Call"), Permission.PATIENT_VIEW, panel="device")
INTERPRETER = Step(_("Arrange interpreter"), Permission.VISIT_BOOK, panel="interpreter")
INSURANCE = Step(_("Add insurance"), Permission.PATIENT_EDIT, panel="payment")

# The order in which missing things are fixed, by mark key and its state.
_FIXES = (
    ("license", MarkState.PROBLEM, MOVE),
    ("confirmed", MarkState.PROBLEM, CALL),
    ("tech", MarkState.PROBLEM, CALL_ABOUT_DEVICE),
    ("interpreter", MarkState.MISSING, INTERPRETER),
    ("insurance", MarkState.MISSING, INSURANCE),
    ("confirmed", MarkState.MISSING, CONFIRM),
)
_WAITS_INSIDE = frozenset({State.WAITING, State.ON_HOLD})
_BY_STATUS = {Status.ARRIVED: START, Status.IN_VISIT: COMPLETE}


def next_step(
    *,
    status: str,
    starts_at: datetime,
    marks: Iterable[Mark],
    now: datetime,
    held: frozenset[Permission],
    room: str | None = None,
) -> Step | None:
    """The step to offer to somebody who holds these permissions; None when there is nothing to do.

    `room` is the state of the visit's session, None where it has none.
    """
    steps = (step for step in _candidates(status, starts_at, marks, now, room) if step.permission in held)
    return next(steps, None)


def _candidates(status: str, starts_at: datetime, marks: Iterable[Mark], now: datetime, room: str | None):
    if status in LIVE and room in HERE:
        yield ADMIT if room in _WAITS_INSIDE else ROOM
    elif status in _BY_STATUS:
        yield _BY_STATUS[status]
    if status not in UPCOMING:
        return
    if now >= starts_at:
        yield NO_SHOW if now - starts_at >= LATE_ENOUGH_FOR_NO_SHOW else ARRIVED
        return
    open_marks = {(mark.key, mark.state) for mark in marks}
    yield from (step for key, state, step in _FIXES if (key, state) in open_marks)
    if starts_at - now <= ARRIVALS_FROM:
        yield ARRIVED
