"""The one next step of a visit, chosen by rule: what the coordinator would do first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission
from coordination.readiness import Mark, MarkState
from scheduling.states import UPCOMING, Event, Status

LATE_ENOUGH_FOR_NO_SHOW = timedelta(minutes=15)
ARRIVALS_FROM = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Step:
    """`event` is done at once; `panel` opens that part of the visit's drawer. Exactly one of them is set."""

    label: str
    permission: Permission
    event: str = ""
    panel: str = ""


CONFIRM = Step(_("Confirm"), Permission.VISIT_BOOK, event=Event.CONFIRM)
ARRIVED = Step(_("Arrived"), Permission.VISIT_CONDUCT, event=Event.ARRIVE)
START = Step(_("Start visit"), Permission.VISIT_CONDUCT, event=Event.START)
COMPLETE = Step(_("Complete"), Permission.VISIT_CONDUCT, event=Event.COMPLETE)
NO_SHOW = Step(_("No-show"), Permission.VISIT_CONDUCT, event=Event.NO_SHOW)
MOVE = Step(_("Move"), Permission.VISIT_BOOK, panel="move")
CALL = Step(_("Call"), Permission.PATIENT_VIEW, panel="contact")
INTERPRETER = Step(_("Arrange interpreter"), Permission.VISIT_BOOK, panel="interpreter")
INSURANCE = Step(_("Add insurance"), Permission.PATIENT_EDIT, panel="payment")

# The order in which missing things are fixed, by mark key and its state.
_FIXES = (
    ("license", MarkState.PROBLEM, MOVE),
    ("confirmed", MarkState.PROBLEM, CALL),
    ("interpreter", MarkState.MISSING, INTERPRETER),
    ("insurance", MarkState.MISSING, INSURANCE),
    ("confirmed", MarkState.MISSING, CONFIRM),
)
_BY_STATUS = {Status.ARRIVED: START, Status.IN_VISIT: COMPLETE}


def next_step(
    *, status: str, starts_at: datetime, marks: Iterable[Mark], now: datetime, held: frozenset[Permission]
) -> Step | None:
    """The step to offer to somebody who holds these permissions; None when there is nothing to do."""
    steps = (step for step in _candidates(status, starts_at, marks, now) if step.permission in held)
    return next(steps, None)


def _candidates(status: str, starts_at: datetime, marks: Iterable[Mark], now: datetime):
    if status in _BY_STATUS:
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
