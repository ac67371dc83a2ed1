"""Who is late for a video visit: texts and tasks by the minute, each once for one time of a visit."""

from datetime import UTC, datetime, timedelta

import pytest

from coordination.actions import arrive_visit, reschedule_visit
from coordination.lateness import watch
from coordination.tests.rooms import checked_in, here, room_of, visit_now
from coordination.tests.scenes import book, reachable_scene
from messaging.models import Message
from scheduling.models.visit_type import Modality
from scheduling.states import Status
from telehealth.models import VisitSession
from telehealth.states import Role, State
from worklist.actions import complete
from worklist.models import Task

pytestmark = pytest.mark.django_db
START = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)  # a Tuesday, 10 AM in New York


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


@pytest.fixture
def visit(scene):
    return visit_now(scene, now=START)


def texts():
    return Message.objects.filter(template_key="visit_waiting")


def open_kinds():
    return sorted(Task.objects.open().values_list("kind", flat=True))


@pytest.mark.parametrize(
    ("minutes", "texted", "kinds"),
    [
        (-1, 0, []),
        (4.9, 0, []),
        (5, 1, []),
        (9.9, 1, []),
        (10, 1, ["call_patient"]),
        (15, 1, ["call_patient", "no_show"]),
        (59, 0, ["call_patient", "no_show"]),  # too late for a link, not for a call
        (61, 0, []),
    ],
)
def test_an_absent_patient(visit, minutes, texted, kinds):
    watch(at(minutes))
    watch(at(minutes))
    assert (texts().count(), open_kinds()) == (texted, kinds)


def test_the_text_has_a_link_and_falls_with_the_visit(visit):
    watch(at(5))
    text = texts().get()
    assert "/m/" in text.body
    assert (text.condition, text.subject_version, text.urgent) == ("upcoming", visit.version, True)
    assert text.expires_at == at(30)


def test_minute_by_minute_each_stands_once(visit):
    for minute in range(0, 40):
        watch(at(minute))
    assert texts().count() == 1
    assert open_kinds() == ["call_patient", "no_show"]
    assert Task.objects.count() == 2


def test_the_visit_stays_as_it_is_until_a_person_says_no_show(visit):
    watch(at(30))
    visit.refresh_from_db()
    assert visit.status == Status.BOOKED


def test_what_was_ticked_off_is_not_asked_again(visit, coordinator):
    watch(at(10))
    complete(task=Task.objects.get(), by=coordinator, now=at(11))
    watch(at(12))
    assert open_kinds() == []


def test_who_arrives_is_not_called(visit, coordinator):
    watch(at(15))
    arrive_visit(appointment=visit, by=coordinator, by_label="staff", now=at(16))
    watch(at(16))
    assert open_kinds() == []
    assert set(Task.objects.values_list("outcome", flat=True)) == {"resolved"}


@pytest.mark.parametrize("state", [State.WAITING, State.IN_CALL, State.PHONE, State.ENDED])
def test_who_came_into_the_room_is_not_absent(visit, state):
    outcome = {"outcome": "completed_video"} if state == State.ENDED else {}
    room_of(visit, state, since=at(-2), **outcome)
    watch(at(15))
    assert not texts().exists()
    assert not {"call_patient", "no_show"} & set(open_kinds())


@pytest.mark.parametrize("modality", [Modality.PHONE, Modality.LINK])
def test_only_visits_in_our_rooms_are_watched(scene, modality):
    visit_now(scene, now=START, modality=modality)
    watch(at(15))
    assert (texts().count(), open_kinds()) == (0, [])


# --- The provider ---


def test_a_patient_waits_and_the_provider_is_not_here(visit):
    session = checked_in(visit, at=at(-5))
    watch(at(-1))
    assert open_kinds() == []
    watch(at(0))
    watch(at(1))
    task = Task.objects.get()
    assert (task.kind, task.subject) == ("provider_late", visit.subject)
    here(session, Role.PROVIDER)
    watch(at(2))
    assert open_kinds() == []


def test_a_provider_who_said_how_late_is_given_the_time(visit):
    session = checked_in(visit, at=at(-5))
    VisitSession.objects.filter(pk=session.pk).update(provider_late_minutes=10)
    watch(at(9))
    assert open_kinds() == []
    watch(at(10))
    assert open_kinds() == ["provider_late"]


# --- A visit that changes meanwhile ---


@pytest.fixture
def moved():
    """A visit that was missed for a quarter of an hour, then moved to two hours later."""
    scene = reachable_scene()
    visit = book(scene, starts_at=START, now=START - timedelta(days=1))
    watch(at(15))
    assert open_kinds() == ["call_patient", "no_show"]
    return reschedule_visit(
        appointment=visit, provider=scene.provider, starts_at=at(120), by=None, by_label="staff", now=at(16),
        audience="staff",
    )  # fmt: skip


def test_a_visit_that_moved_is_asked_about_at_its_new_time(moved):
    watch(at(17))
    assert open_kinds() == []
    watch(at(125))
    assert texts().filter(subject_version=moved.version).count() == 1
    watch(at(130))
    assert open_kinds() == ["call_patient"]
    assert Task.objects.open().get().dedupe_key == f"call_patient:{moved.public_id}:{moved.version}"


def test_many_visits_cost_no_more_queries(scene, django_assert_max_num_queries):
    for _number in range(12):
        checked_in(visit_now(scene, now=START), at=at(-1))
    watch(at(1))
    with django_assert_max_num_queries(6):
        watch(at(2))
