"""The tasks of a visit, handed over and put off from its row."""

import pytest
from django.utils import timezone

from compliance.models import AuditEvent
from coordination.selectors.visit import open_tasks
from coordination.tests.moments import tomorrow_at
from coordination.views import visit_tasks
from scheduling.tests.factories import AppointmentFactory
from worklist.actions import complete
from worklist.models import Task
from worklist.tests.factories import TaskFactory

pytestmark = pytest.mark.django_db
DRAWER = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "drawer"}


@pytest.fixture
def visit(scene):
    return AppointmentFactory(
        clinic=scene.clinic, patient=scene.patient, visit_type=scene.visit_type, provider=scene.provider,
        starts_at=tomorrow_at(scene.clinic, 10),
    )  # fmt: skip


@pytest.fixture
def url(visit):
    return f"/desk/visits/{visit.public_id}/"


@pytest.fixture
def tasks(visit):
    return [TaskFactory(clinic=visit.clinic, subject=visit.subject, patient=visit.patient) for _ in range(2)]


def test_all_of_them_are_handed_over_at_once(desk, url, tasks, coordinator):
    html = desk.get(f"{url}?panel=assign", **DRAWER).content.decode()
    assert f'value="{coordinator.public_id}" selected' in html
    desk.post(f"{url}assign/", {"owner": coordinator.public_id})
    assert set(Task.objects.values_list("owner", flat=True)) == {coordinator.pk}
    assert AuditEvent.objects.filter(action="worklist.task_assigned").count() == 2


def test_a_stranger_gets_none(desk, url, tasks, stranger):
    assert desk.post(f"{url}assign/", {"owner": stranger.public_id}).status_code == 422
    assert not Task.objects.exclude(owner=None).exists()


def test_putting_off_can_be_undone(desk, url, tasks):
    desk.post(f"{url}snooze/", {"until": "hour"})
    assert not Task.objects.filter(snoozed_until=None).exists()
    assert f'action="{url}snooze/"' in desk.get(url, **DRAWER).content.decode()
    desk.post(f"{url}snooze/")
    assert Task.objects.filter(snoozed_until=None).count() == 2


def test_a_choice_there_is_none_of_is_asked_again_and_brings_nothing_back(desk, url, tasks):
    desk.post(f"{url}snooze/", {"until": "hour"})
    response = desk.post(f"{url}snooze/", {"until": "never"})
    assert response.status_code == 422 and "never" in response.content.decode()
    assert not Task.objects.filter(snoozed_until=None).exists()


def test_a_task_that_a_colleague_closes_meanwhile_is_passed_over(desk, url, tasks, coordinator, monkeypatch):
    def closed_meanwhile(user, visit):
        found = list(open_tasks(user, visit))
        complete(task=found[0], by=coordinator, now=timezone.now())
        return found

    monkeypatch.setattr(visit_tasks, "open_tasks", closed_meanwhile)
    assert desk.post(f"{url}snooze/", {"until": "hour"}).status_code == 302
    assert Task.objects.exclude(snoozed_until=None).count() == 1
    assert desk.post(f"{url}snooze/", {"until": "hour"}).status_code == 302
    assert not Task.objects.open().exists()


def test_without_a_task_the_panel_leads_to_a_new_one(desk, url):
    for panel in ("assign", "snooze"):
        html = desk.get(f"{url}?panel={panel}", **DRAWER).content.decode()
        assert "There is no open task about this visit." in html and f'{url}?panel=task"' in html


def test_out_of_scope_is_not_found(client, stranger, url, tasks):
    client.force_login(stranger)
    for what in ("assign", "snooze"):
        assert client.post(f"{url}{what}/", {"until": "hour"}).status_code == 404
    assert not Task.objects.exclude(owner=None, snoozed_until=None).exists()


def test_no_time_is_chosen_before_somebody_chooses(desk, url):
    html = desk.get(f"{url}?panel=move", **DRAWER).content.decode()
    assert 'name="slot"' in html and " checked" not in html
