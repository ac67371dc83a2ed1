"""The visit goes on by phone: both sides are called, and the room's panel says how the calls stand."""

import pytest
from django.urls import reverse
from django.utils import timezone

from compliance.models import AuditEvent
from coordination.tests.rooms import checked_in, visit_now
from messaging import calls
from messaging.models import Bridge, Leg
from messaging.states import CallStatus
from patients.models import ContactPoint
from scheduling.states import Status
from telehealth.actions import session_of
from telehealth.states import State

pytestmark = pytest.mark.django_db
MINE = "(202) 555-0133"


@pytest.fixture
def visit(scene):
    return visit_now(scene)


def url(visit, name="room_call"):
    return reverse(f"coordination:{name}", args=[visit.public_id])


def words(leg: Leg, word: str) -> None:
    calls.take(leg_public_id=leg.public_id, sid=leg.sid or "", word=word, now=timezone.now())


def test_one_click_calls_both_by_the_number_of_the_check_in(desk, visit):
    checked_in(visit)
    desk.post(url(visit), {"number": MINE})
    numbers = {leg.side: leg.number for leg in Leg.objects.all()}
    said = session_of(visit).check_ins.get()
    assert numbers == {"patient": said.callback_number, "staff": "+12025550133"}
    visit.refresh_from_db()
    assert session_of(visit).state == State.PHONE and visit.status == Status.IN_VISIT


def test_the_panel_says_how_the_calls_stand(desk, visit):
    checked_in(visit)
    desk.post(url(visit), {"number": MINE})
    patient, staff = Leg.objects.order_by("side")
    for leg in (patient, staff):
        calls.dial(leg.pk, timezone.now())
        leg.refresh_from_db()
    words(patient, "in-progress")
    page = desk.get(url(visit, "room")).content.decode()
    assert "On the line" in page and "Ringing" in page and "Hang up both" in page
    desk.post(url(visit, "room_hang_up"))
    assert Bridge.objects.get().ended_at and session_of(visit).state == State.PHONE
    assert "Call both now" in desk.get(url(visit, "room")).content.decode()


def test_without_a_check_in_the_number_on_record_is_called(desk, visit):
    desk.post(url(visit), {"number": MINE})
    known = visit.patient.contact_points.get(kind=ContactPoint.Kind.MOBILE)
    assert Leg.objects.get(side="patient").number == known.value


def test_a_patient_without_a_number_is_not_called(desk, visit):
    visit.patient.contact_points.all().delete()
    desk.post(url(visit), {"number": MINE})
    assert not Bridge.objects.exists() and session_of(visit).state == State.SCHEDULED


@pytest.mark.parametrize("number", ["", "123", "+44 20 7946 0958"])
def test_a_number_that_cannot_be_called_keeps_everything_as_it_was(desk, visit, number):
    checked_in(visit)
    response = desk.post(url(visit), {"number": number})
    assert response.status_code == 422 and f'value="{number}"' in response.content.decode() or not number
    assert not Bridge.objects.exists() and session_of(visit).state == State.WAITING


def test_a_second_click_calls_nobody_twice(desk, visit):
    checked_in(visit)
    for _click in range(2):
        desk.post(url(visit), {"number": MINE})
    assert Leg.objects.count() == 2
    assert AuditEvent.objects.filter(action="messaging.bridge_started").count() == 1


@pytest.mark.parametrize("name", ["room_call", "room_hang_up"])
def test_another_clinics_visit_is_nowhere(client, stranger, visit, name):
    client.force_login(stranger)
    assert client.post(url(visit, name), {"number": MINE}).status_code == 404
    assert not Bridge.objects.exists()


def test_the_open_pages_hear_of_each_call(desk, visit, django_capture_on_commit_callbacks, monkeypatch):
    told = []
    monkeypatch.setattr("telehealth.live.tell", lambda session_id, event: told.append((session_id, event["type"])))
    checked_in(visit)
    desk.post(url(visit), {"number": MINE})
    leg = Leg.objects.get(side="patient")
    with django_capture_on_commit_callbacks(execute=True):
        calls.dial(leg.pk, timezone.now())
    assert (session_of(visit).public_id, "room.state") in told
    assert Leg.objects.get(pk=leg.pk).status == CallStatus.RINGING
