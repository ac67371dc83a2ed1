"""Several rows at once: asked to confirm, handed over, printed."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.permissions import Role
from clinics.tests.factories import MembershipFactory
from compliance.models import AuditEvent
from coordination.tests.moments import tomorrow_at
from messaging.models import Message
from messaging.tests.factories import texting_patient
from patients.tests.factories import PatientFactory
from scheduling.states import Status
from scheduling.tests.factories import AppointmentFactory
from worklist.actions import complete
from worklist.models import Task
from worklist.tests.factories import TaskFactory

pytestmark = pytest.mark.django_db
MOST_STATEMENTS_EACH = 14
URL = "/desk/selected/"
TOASTS = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "toasts"}


@pytest.fixture
def add(scene):
    """add(**fields): a visit of tomorrow whose patient can be texted."""
    hours = iter(range(8, 20))

    def one(**fields):
        fields.setdefault("patient", texting_patient(scene.clinic, mobile=f"+12025550{next(hours) + 130}"))
        return AppointmentFactory(
            clinic=scene.clinic, visit_type=scene.visit_type, starts_at=tomorrow_at(scene.clinic, next(hours)), **fields
        )

    return one


def ids(*visits) -> list[str]:
    return [visit.public_id for visit in visits]


def said(response) -> str:
    return response.content.decode()


def test_those_who_have_not_confirmed_are_texted_once_a_day(desk, add, coordinator):
    open_one, confirmed, unreachable = add(), add(status=Status.CONFIRMED), add(patient=PatientFactory())
    unreachable.patient.clinics.add(unreachable.clinic)
    html = said(desk.post(URL, {"do": "ask", "visit": ids(open_one, confirmed, unreachable)}, **TOASTS))
    assert "1 text on its way." in html
    assert "1 can&#x27;t be reached by text: call." in html and "1 needs no text today." in html
    message = Message.objects.get()
    assert (message.subject, message.written_by, message.condition) == (open_one.subject, coordinator, "unconfirmed")
    desk.post(URL, {"do": "ask", "visit": ids(open_one)})
    assert Message.objects.count() == 1
    assert AuditEvent.objects.filter(action="messaging.planned", actor_id=coordinator.public_id).count() == 1


def test_thirty_are_texted_at_once_at_most(desk, add):
    chosen = [*ids(add()), *(f"x{number}" for number in range(30))]
    assert "At most 30 visits at once." in said(desk.post(URL, {"do": "ask", "visit": chosen}, **TOASTS))
    assert not Message.objects.exists()


def test_each_text_takes_a_bounded_number_of_statements(desk, add):
    def statements(*visits) -> int:
        with CaptureQueriesContext(connection) as captured:
            desk.post(URL, {"do": "ask", "visit": ids(*visits)}, **TOASTS)
        return len(captured)

    few, many = [add()], [add() for _ in range(4)]
    statements(add())  # templates and settings are read for the first time
    each = (statements(*many) - statements(*few)) / 3
    assert Message.objects.count() == 6
    assert each <= MOST_STATEMENTS_EACH


def test_tasks_of_the_visits_are_handed_over(desk, add, coordinator):
    first, second, other = add(), add(), add()
    for visit in (first, second, other):
        TaskFactory(clinic=visit.clinic, subject=visit.subject, patient=visit.patient)
    complete(task=Task.objects.get(subject=second.subject), by=coordinator, now=timezone.now())
    html = said(desk.post(URL, {"do": "assign", "visit": ids(first, second), "owner": coordinator.public_id}, **TOASTS))
    assert "1 task handed over." in html
    assert [task.subject for task in Task.objects.filter(owner=coordinator)] == [first.subject]


def test_a_colleague_of_another_clinic_gets_no_task(desk, add, stranger):
    visit = add()
    TaskFactory(clinic=visit.clinic, subject=visit.subject, patient=visit.patient)
    desk.post(URL, {"do": "assign", "visit": ids(visit), "owner": stranger.public_id})
    assert Task.objects.get().owner is None


def test_the_chosen_visits_are_printed_alone(desk, add):
    chosen, other = add(), add()
    response = desk.post(URL, {"do": "print", "visit": ids(chosen)})
    html = said(desk.get(response.url))
    assert chosen.patient.display_name in html and html.count("tick-box") == 2
    event = AuditEvent.objects.get(subject="page:day_list")
    assert (event.patient_id, other.patient.public_id in event.patient_ids) == (chosen.patient.public_id, False)


def test_visits_out_of_scope_are_passed_over(client, stranger, add):
    visit = add()
    TaskFactory(clinic=visit.clinic, subject=visit.subject, patient=visit.patient)
    client.force_login(stranger)
    for what in ("ask", "assign", "print"):
        response = client.post(URL, {"do": what, "visit": ids(visit), "owner": stranger.public_id})
        assert response.url == "/desk/"
    assert (Message.objects.count(), Task.objects.get().owner) == (0, None)


def test_who_may_not_send_or_assign_changes_nothing(client, scene, add):
    visit = add()
    user = MembershipFactory(clinic=scene.clinic, role=Role.PROVIDER).user
    scene.provider.user = user
    scene.provider.save()
    type(visit).objects.update(provider=scene.provider)
    task = TaskFactory(clinic=visit.clinic, subject=visit.subject, patient=visit.patient)
    client.force_login(user)
    for what in ("ask", "assign"):
        assert client.post(URL, {"do": what, "visit": ids(visit), "owner": user.public_id}).status_code == 403
    assert (Message.objects.count(), list(Task.objects.values_list("pk", "owner"))) == (0, [(task.pk, None)])


@pytest.mark.parametrize("given", [{}, {"do": "ask"}, {"do": "delete", "visit": ["x"]}])
def test_without_a_choice_nothing_happens(desk, given):
    assert "Choose visits first." in said(desk.post(URL, given, **TOASTS))
