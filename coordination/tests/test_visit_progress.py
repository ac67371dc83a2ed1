"""The steps of a visit's day: each once, however often it is asked for, and the desk hears of it."""

from datetime import timedelta

import pytest

from accounts.tests.factories import UserFactory
from compliance.models import AuditEvent
from coordination import actions
from coordination.tests.scenes import book, reachable_scene
from messaging.models import Message
from scheduling.errors import MoveRefused
from scheduling.models import AppointmentEvent
from scheduling.states import Status
from scheduling.tests.factories import NOW, TOMORROW_TEN
from worklist.actions import open_task
from worklist.models import Task

pytestmark = pytest.mark.django_db

AT = TOMORROW_TEN + timedelta(minutes=5)
STEPS = {
    Status.CONFIRMED: actions.confirm_visit,
    Status.ARRIVED: actions.arrive_visit,
    Status.IN_VISIT: actions.start_visit,
    Status.COMPLETED: actions.complete_visit,
    Status.NO_SHOW: actions.no_show_visit,
}


def step(verb, visit, *, now=AT, by=None, by_label="staff"):
    return verb(appointment=visit, by=by, by_label=by_label, now=now)


@pytest.mark.parametrize("status", STEPS)
def test_a_step_is_written_told_and_not_repeated(status, monkeypatch):
    told = []
    visit = book(reachable_scene())
    monkeypatch.setattr("common.live.changed", lambda clinic, *subjects: told.extend(subjects))
    assert step(STEPS[status], visit).status == status
    assert told[:1] == [visit.subject]
    written = AppointmentEvent.objects.count(), AuditEvent.objects.count(), len(told)
    assert step(STEPS[status], visit).status == status
    assert (AppointmentEvent.objects.count(), AuditEvent.objects.count(), len(told)) == written


@pytest.mark.parametrize("verb", [actions.confirm_visit, actions.start_visit, actions.complete_visit])
def test_a_cancelled_visit_stays_cancelled(verb):
    visit = book(reachable_scene())
    actions.cancel_visit(appointment=visit, by=None, by_label="staff", now=NOW, reason="other")
    written = AuditEvent.objects.count()
    with pytest.raises(MoveRefused):
        step(verb, visit)
    assert AuditEvent.objects.count() == written


def test_confirming_ends_the_chase():
    visit = book(reachable_scene())
    task = open_task(
        clinic=visit.clinic, kind=Task.Kind.UNCONFIRMED, subject=visit.subject, due_at=NOW, now=NOW, dedupe_key="u:1"
    )
    step(actions.confirm_visit, visit, now=NOW, by_label="patient-text")
    task.refresh_from_db()
    assert task.status == Task.Status.DONE


def test_a_completed_visit_is_followed_up():
    visit = book(reachable_scene())
    step(actions.start_visit, visit)
    step(actions.complete_visit, visit)
    assert Message.objects.filter(subject=visit.subject, template_key="follow_up", status="planned").exists()


def test_an_interpreter_and_a_step_back_are_told_too(monkeypatch):
    told = []
    visit, user = book(reachable_scene()), UserFactory()
    monkeypatch.setattr("common.live.changed", lambda clinic, *subjects: told.extend(subjects))
    step(actions.arrange_interpreter, visit, by=user)
    step(actions.arrive_visit, visit, by=user)
    back = actions.reopen_visit(appointment=visit, by=user, now=AT)
    assert back.status == Status.CONFIRMED
    assert step(actions.unconfirm_visit, back, by=user).status == Status.BOOKED
    assert told == [visit.subject] * 4
