"""The task list at the desk, and the tasks that rules open."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from clinics.tests.factories import MembershipFactory
from compliance.models import AuditEvent
from coordination.actions import confirm_visit
from coordination.forms.tasks import Snooze, snooze_until
from coordination.periodic import ask_for_confirmations, open_rule_tasks, settle_unconfirmed
from patients.tests.factories import PatientFactory
from scheduling.models import Appointment
from scheduling.states import Status
from scheduling.tests.factories import AppointmentFactory
from worklist.actions import complete
from worklist.models import Task
from worklist.tests.factories import TaskFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)  # a Tuesday, 10 AM in New York


@pytest.fixture
def task(clinic):
    return TaskFactory(clinic=clinic, title="Ring the pharmacy", patient=PatientFactory(clinics=[clinic]))


def listed(desk, queue) -> bool:
    return "Ring the pharmacy" in desk.get(f"/tasks/?queue={queue}").content.decode()


def test_the_queues_hold_what_they_say(desk, task, coordinator):
    assert [listed(desk, queue) for queue in ("mine", "team", "overdue", "snoozed", "done")] == [False, True] + [
        False
    ] * 3
    Task.objects.update(owner=coordinator, due_at=timezone.now() - timedelta(hours=1))
    assert [listed(desk, queue) for queue in ("mine", "overdue")] == [True, True]
    desk.post(f"/tasks/{task.public_id}/snooze/", {"until": "hour"})
    assert [listed(desk, queue) for queue in ("mine", "overdue", "snoozed")] == [False, False, True]
    desk.post(f"/tasks/{task.public_id}/snooze/", {"until": "never"})
    assert listed(desk, "snoozed")
    desk.post(f"/tasks/{task.public_id}/snooze/")
    desk.post(f"/tasks/{task.public_id}/done/")
    assert [listed(desk, queue) for queue in ("mine", "done")] == [False, True]
    desk.post(f"/tasks/{task.public_id}/reopen/")
    assert listed(desk, "mine")


def test_handing_over(desk, task, clinic, stranger):
    colleague = MembershipFactory(clinic=clinic).user
    desk.post(f"/tasks/{task.public_id}/assign/", {"owner": colleague.public_id})
    task.refresh_from_db()
    assert task.owner == colleague
    desk.post(f"/tasks/{task.public_id}/assign/", {"owner": stranger.public_id})
    task.refresh_from_db()
    assert task.owner == colleague
    desk.post(f"/tasks/{task.public_id}/assign/")
    task.refresh_from_db()
    assert task.owner is None


def test_the_list_is_written_down_with_its_patients(desk, task):
    desk.get("/tasks/?queue=team")
    assert AuditEvent.objects.get(subject="page:tasks").patient_id == task.patient.public_id


def test_out_of_scope_is_not_found(client, stranger, task):
    client.force_login(stranger)
    for verb in ("done", "reopen", "snooze", "assign"):
        assert client.post(f"/tasks/{task.public_id}/{verb}/").status_code == 404
    task.refresh_from_db()
    assert task.status == "open"


def test_many_tasks_cost_no_more_queries(desk, clinic, task, django_assert_num_queries, django_assert_max_num_queries):
    desk.get("/tasks/?queue=team")
    with django_assert_max_num_queries(14) as few:
        desk.get("/tasks/?queue=team")
    for _ in range(5):
        TaskFactory(
            clinic=clinic, patient=PatientFactory(clinics=[clinic]), owner=MembershipFactory(clinic=clinic).user
        )
    with django_assert_num_queries(len(few)):
        desk.get("/tasks/?queue=team")


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        (Snooze.HOUR, datetime(2026, 11, 24, 16, 0, tzinfo=UTC)),
        (Snooze.LATER, datetime(2026, 11, 24, 18, 0, tzinfo=UTC)),
        (Snooze.TOMORROW, datetime(2026, 11, 25, 14, 0, tzinfo=UTC)),
        (Snooze.MONDAY, datetime(2026, 11, 30, 14, 0, tzinfo=UTC)),
    ],
)
def test_snoozing_goes_by_the_clinics_clocks(clinic, choice, expected):
    assert snooze_until(choice, clinic, NOW) == expected


def test_nine_tomorrow_is_nine_on_the_day_the_clocks_change(clinic):
    saturday = datetime(2026, 10, 31, 15, 0, tzinfo=UTC)
    assert snooze_until(Snooze.TOMORROW, clinic, saturday) == datetime(2026, 11, 1, 14, 0, tzinfo=UTC)


def visit_in(scene, hours: float, **fields) -> Appointment:
    given = {"clinic": scene.clinic, "visit_type": scene.visit_type, "starts_at": NOW + timedelta(hours=hours)}
    return AppointmentFactory(**given | fields)


def asked() -> list[str]:
    return sorted(Task.objects.open().filter(kind="unconfirmed").values_list("subject", flat=True))


def test_a_day_before_the_unconfirmed_are_asked_about_once(scene):
    soon, confirmed = visit_in(scene, 23), visit_in(scene, 22, status=Status.CONFIRMED)
    visit_in(scene, 25)
    visit_in(scene, -1)
    ask_for_confirmations(NOW)
    ask_for_confirmations(NOW + timedelta(minutes=1))
    assert asked() == [soon.subject]
    assert confirmed.subject not in asked()
    task = Task.objects.get()
    assert NOW < task.due_at < soon.starts_at


def test_who_has_just_booked_is_not_asked_at_once(scene):
    visit = visit_in(scene, 20, booked_at=NOW - timedelta(minutes=5))
    ask_for_confirmations(NOW)
    assert asked() == []
    ask_for_confirmations(NOW + timedelta(hours=2))
    assert asked() == [visit.subject]


def test_nothing_falls_due_at_night(scene):
    evening = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)  # 10 PM in New York
    visit_in(scene, 0, starts_at=datetime(2026, 11, 25, 19, 0, tzinfo=UTC))
    ask_for_confirmations(evening)
    assert Task.objects.get().due_at == datetime(2026, 11, 25, 14, 0, tzinfo=UTC)  # when the clinic's day begins


def test_confirming_settles_the_question(scene, coordinator):
    visit = visit_in(scene, 23)
    ask_for_confirmations(NOW)
    confirm_visit(appointment=visit, by=coordinator, by_label="staff", now=NOW)
    assert asked() == []
    assert Task.objects.get().outcome == "resolved"


def test_a_question_that_was_ticked_off_is_not_asked_again(scene, coordinator):
    visit_in(scene, 23)
    ask_for_confirmations(NOW)
    complete(task=Task.objects.get(), by=coordinator, now=NOW)
    ask_for_confirmations(NOW)
    assert asked() == []


def test_a_moved_visit_is_asked_about_anew_and_only_once(scene):
    visit = visit_in(scene, 23)
    ask_for_confirmations(NOW)
    Appointment.objects.update(version=2)
    assert settle_unconfirmed(NOW) == 1
    ask_for_confirmations(NOW)
    assert asked() == [visit.subject]
    Appointment.objects.update(starts_at=NOW + timedelta(days=9), ends_at=NOW + timedelta(days=9, hours=1), version=3)
    assert settle_unconfirmed(NOW) == 1
    assert asked() == []


def test_the_rules_run_under_a_name_of_their_own(scene):
    visit = visit_in(scene, 1)
    start = timezone.now() + timedelta(hours=3)
    Appointment.objects.filter(pk=visit.pk).update(starts_at=start, ends_at=start + timedelta(hours=1))
    open_rule_tasks()
    assert AuditEvent.objects.get(action="worklist.task_opened").actor_label == "coordination.rules"
