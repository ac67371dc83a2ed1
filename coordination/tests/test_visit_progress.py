"""The steps of a visit's day: each once, however often it is asked for, and the desk hears of it."""

from datetime import timedelta

import pytest

from accounts.tests.factories import UserFactory
from compliance.models import AuditEvent
from coordination import actions
from coordination.periodic import ask_for_confirmations
from coordination.tests.scenes import book, reachable_scene
from messaging.models import Message
from scheduling.errors import MoveRefused
from scheduling.models import AppointmentEvent
from scheduling.states import Status
from scheduling.tests.factories import NOW, TOMORROW_TEN
from worklist.actions import complete, open_task
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


def asked(visit, now) -> Task:
    ask_for_confirmations(now)
    return Task.objects.get(subject=visit.subject, kind=Task.Kind.UNCONFIRMED)


def test_taking_a_confirmation_back_asks_again():
    """The very task, with its owner and due time; the rule would not ask a second time by itself."""
    visit = book(reachable_scene())
    task = asked(visit, now := visit.starts_at - timedelta(hours=3))
    step(actions.confirm_visit, visit, now=now)
    step(actions.unconfirm_visit, visit, now=now, by=UserFactory())
    standing = asked(visit, now)
    assert (standing.pk, standing.status, standing.due_at) == (task.pk, Task.Status.OPEN, task.due_at)
    assert overdue(now + timedelta(hours=2, minutes=30)) == 1


def overdue(now) -> int:
    return Task.objects.open().filter(due_at__lt=now).count()


def test_a_question_that_a_colleague_ticked_off_stays_so():
    visit, user = book(reachable_scene()), UserFactory()
    task = asked(visit, now := visit.starts_at - timedelta(hours=3))
    complete(task=task, by=user, now=now)
    step(actions.confirm_visit, visit, now=now)
    step(actions.unconfirm_visit, visit, now=now, by=user)
    assert asked(visit, now).status == Task.Status.DONE


def test_a_visit_that_has_begun_is_not_asked_about_again():
    visit = book(reachable_scene())
    task = asked(visit, now := visit.starts_at - timedelta(hours=3))
    step(actions.confirm_visit, visit, now=now)
    step(actions.unconfirm_visit, visit, now=visit.starts_at + timedelta(minutes=1), by=UserFactory())
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
