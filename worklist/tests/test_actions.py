"""Tasks: one open task per key, and what can be done with one."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.permissions import Role
from clinics.tests.factories import ClinicFactory, MembershipFactory
from compliance.models import AuditEvent
from worklist import actions
from worklist.errors import OwnerOutsideClinicError, TaskClosedError
from worklist.models import Task
from worklist.tests.factories import TaskFactory

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=2)


def opened(clinic, **given) -> Task:
    values = {"kind": Task.Kind.UNCONFIRMED, "subject": "visit:a", "dedupe_key": "unconfirmed:a", "due_at": LATER}
    return actions.open_task(clinic=clinic, now=NOW, **values | given)


def trail() -> list[str]:
    return list(AuditEvent.objects.values_list("action", flat=True))


def test_the_same_key_opens_one_task(clinic):
    first, second = opened(clinic), opened(clinic, due_at=NOW)
    assert (first.pk, first.due_at) == (second.pk, second.due_at)
    assert trail() == ["worklist.task_opened"]


def test_a_done_task_makes_room_for_a_new_one(clinic, user):
    first = opened(clinic)
    actions.complete(task=first, by=user, now=NOW)
    assert opened(clinic).pk != first.pk


def test_without_a_key_every_task_is_its_own(clinic):
    assert opened(clinic, dedupe_key="").pk != opened(clinic, dedupe_key="").pk


@pytest.mark.django_db(transaction=True)
def test_many_at_once_open_one(clinic):
    barrier, found = threading.Barrier(8), []

    def race():
        try:
            barrier.wait()
            found.append(opened(clinic).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=race) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8 and len(set(found)) == 1
    assert Task.objects.count() == 1
    assert trail() == ["worklist.task_opened"]


def test_the_database_itself_refuses_a_second_open_task(clinic):
    TaskFactory(clinic=clinic, dedupe_key="k")
    with pytest.raises(IntegrityError), transaction.atomic():
        TaskFactory(clinic=clinic, dedupe_key="k")


def test_done_twice_counts_once(clinic, user):
    task = opened(clinic)
    done = actions.complete(task=task, by=user, now=NOW)
    again = actions.complete(task=task, by=user, now=LATER)
    assert (done.outcome, done.done_by, again.done_at) == ("done", user, NOW)
    assert trail().count("worklist.task_done") == 1


def test_a_cause_that_went_away_resolves_its_task(clinic):
    task = opened(clinic)
    other = opened(clinic, subject="visit:b", dedupe_key="unconfirmed:b")
    assert actions.resolve(subject="visit:a", kind=Task.Kind.UNCONFIRMED, now=NOW) == 1
    task.refresh_from_db()
    other.refresh_from_db()
    assert (task.status, task.outcome, task.done_by, other.status) == ("done", "resolved", None, "open")
    assert actions.resolve(dedupe_key="unconfirmed:a", now=NOW) == 0


@pytest.mark.parametrize("named", [{}, {"subject": "visit:a"}, {"kind": "unconfirmed"}])
def test_resolving_names_its_tasks(db, named):
    with pytest.raises(ValueError, match="Name the tasks"):
        actions.resolve(now=NOW, **named)


def test_undo_of_done_gives_way_to_a_task_that_was_opened_since(clinic, user):
    first = opened(clinic)
    actions.complete(task=first, by=user, now=NOW)
    assert actions.reopen(task=first, by=user, now=NOW).status == "open"
    actions.complete(task=first, by=user, now=NOW)
    second = opened(clinic)
    assert actions.reopen(task=first, by=user, now=NOW).pk == second.pk
    first.refresh_from_db()
    assert first.status == "done"


def test_a_snoozed_task_is_out_of_sight_until_its_moment(clinic, user):
    task = actions.snooze(task=opened(clinic), until=LATER, by=user, now=NOW)
    assert not Task.objects.active(NOW).exists()
    assert Task.objects.active(LATER).get() == task
    actions.snooze(task=task, until=None, by=user, now=NOW)
    assert Task.objects.active(NOW).exists()


def test_nothing_is_put_off_into_the_past(clinic, user):
    task = opened(clinic)
    with pytest.raises(ValueError, match="still to come"):
        actions.snooze(task=task, until=NOW, by=user, now=NOW)
    assert trail() == ["worklist.task_opened"]


def test_a_done_task_cannot_be_put_off_or_handed_over(clinic, user):
    task = opened(clinic)
    actions.complete(task=task, by=user, now=NOW)
    with pytest.raises(TaskClosedError):
        actions.snooze(task=task, until=LATER, by=user, now=NOW)
    with pytest.raises(TaskClosedError):
        actions.assign(task=task, owner=user, by=user, now=NOW)


@pytest.mark.parametrize("role", [Role.ADMIN, None])
def test_only_those_who_see_the_task_can_own_it(clinic, user, role):
    outsider = MembershipFactory(clinic=clinic if role else ClinicFactory(), role=role or Role.COORDINATOR).user
    task = opened(clinic)
    with pytest.raises(OwnerOutsideClinicError):
        actions.assign(task=task, owner=outsider, by=user, now=NOW)
    with pytest.raises(OwnerOutsideClinicError):
        opened(clinic, dedupe_key="", owner=outsider)
    assert actions.assign(task=task, owner=user, by=user, now=NOW).owner == user
    assert actions.assign(task=task, owner=None, by=user, now=NOW).owner is None


def test_tasks_are_seen_at_ones_own_clinics_only(clinic, user):
    task, other = opened(clinic), TaskFactory(clinic=ClinicFactory())
    assert list(Task.objects.visible_to(user)) == [task]
    assert other.status == "open"


def test_an_audit_row_names_ids_and_never_the_title(clinic, user):
    task = opened(clinic, dedupe_key="", title="Ring Ana about the rash", by=user)
    event = AuditEvent.objects.get()
    assert event.subject == f"task:{task.public_id}"
    assert "rash" not in str(event.detail)
