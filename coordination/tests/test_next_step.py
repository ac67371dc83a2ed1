"""Which one step a row offers."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.permissions import ROLE_PERMISSIONS, Permission, Role
from coordination.presenters.next_step import next_step
from coordination.presenters.verbs import OFFERED, VERBS, verbs_for
from coordination.readiness import Facts, marks
from scheduling.states import MOVES, Event, Status

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
ALL = frozenset(Permission)
SOON, LATER = timedelta(minutes=20), timedelta(hours=3)


def step_for(status=Status.BOOKED, *, starts_in=LATER, held=ALL, **facts):
    found = marks(Facts(status=status, **facts))
    return next_step(status=status, starts_at=NOW + starts_in, marks=found, now=NOW, held=held)


READY = {"status": Status.CONFIRMED, "payment": "coverage"}
CASES = [
    ("not confirmed, otherwise ready", {"payment": "coverage"}, "confirm"),
    ("insurance before confirming", {}, "payment"),
    ("self-pay needs no insurance", {"payment": "self_pay"}, "confirm"),
    ("a coverage on file is enough", {"has_coverage": True}, "confirm"),
    ("a license problem comes first", {"is_licensed": False}, "move"),
    ("a failed message asks for a call", {"payment": "coverage", "message_failed": True}, "contact"),
    ("a failed message no longer matters once confirmed", READY | {"message_failed": True}, None),
    ("interpreter before insurance", {"interpreter_language": "ASL"}, "interpreter"),
    ("an arranged interpreter is no step", READY | {"interpreter_language": "ASL", "interpreter_arranged": True}, None),
    ("ready and far away", READY, None),
    ("ready and soon", READY | {"starts_in": SOON}, "arrive"),
    ("begun a moment ago", {"starts_in": timedelta(minutes=-5)}, "arrive"),
    ("begun long ago", {"starts_in": timedelta(minutes=-15)}, "no_show"),
    ("waiting", {"status": Status.ARRIVED}, "start"),
    ("in visit", {"status": Status.IN_VISIT}, "complete"),
    ("completed", {"status": Status.COMPLETED}, None),
    ("no-show", {"status": Status.NO_SHOW}, None),
    ("cancelled", {"status": Status.CANCELLED}, None),
]


@pytest.mark.parametrize(("facts", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_the_step_that_comes_first(facts, expected):
    step = step_for(**facts)
    assert (step and (step.event or step.panel)) == expected


def test_a_step_that_the_reader_may_not_take_gives_way_to_the_next():
    insurance = ROLE_PERMISSIONS[Role.INSURANCE]
    assert step_for(held=insurance, payment="coverage") is None
    assert step_for(held=ALL - {Permission.PATIENT_EDIT}).event == Event.CONFIRM


@pytest.mark.parametrize("status", Status.values)
def test_only_allowed_moves_are_offered(status):
    assert set(OFFERED[status]) <= set(MOVES[status])


@pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS)
def test_what_can_be_undone_leads_back_to_where_it_came_from(verb):
    if not verb.undo:
        return
    ways_back = [
        before
        for before, moves in MOVES.items()
        if verb.event in moves and MOVES[moves[verb.event]].get(verb.undo) is not None
    ]
    assert ways_back


def test_nobody_is_a_no_show_before_the_visit_begins():
    def events(starts_at):
        return [verb.event for verb in verbs_for(status=Status.BOOKED, starts_at=starts_at, held=ALL, now=NOW)]

    assert Event.NO_SHOW not in events(NOW + timedelta(minutes=1))
    assert Event.NO_SHOW in events(NOW)
