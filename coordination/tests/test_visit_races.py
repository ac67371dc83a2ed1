"""The use cases, many at once."""

import pytest

from coordination.actions import cancel_visit, confirm_visit
from coordination.tests.scenes import book, reachable_patient, reachable_scene
from messaging.models import Message
from patients.tests.factories import PatientFactory
from scheduling.errors import SlotTaken
from scheduling.models import Appointment, AppointmentEvent, BookingResource
from scheduling.states import Event
from scheduling.tests.factories import NOW
from scheduling.tests.test_races import RACERS, kinds, overlaps, race

pytestmark = pytest.mark.django_db(transaction=True)


def test_fifty_people_one_time_one_winner():
    scene = reachable_scene()
    people = [PatientFactory(clinics=[scene.clinic]) for _ in range(RACERS)]
    outcomes = race([lambda one=one: book(scene, patient=one) for one in people])
    assert kinds(outcomes) == {Appointment: 1, SlotTaken: RACERS - 1}
    assert (Appointment.objects.count(), BookingResource.objects.count(), overlaps()) == (1, 2, 0)


def test_one_request_sent_many_times_at_once_is_one_visit():
    scene = reachable_scene()
    outcomes = race([lambda: book(scene, idempotency_key="k1") for _ in range(12)])
    assert kinds(outcomes) == {Appointment: 12}
    assert len({visit.pk for visit in outcomes}) == 1
    assert Appointment.objects.count() == 1
    assert Message.objects.filter(template_key="visit_booked").count() == 2  # a text and an e-mail


def test_confirming_at_once_is_written_once():
    visit = book(reachable_scene())
    race([lambda: confirm_visit(appointment=visit, by=None, by_label="patient-text", now=NOW) for _ in range(8)])
    assert AppointmentEvent.objects.filter(event=Event.CONFIRM).count() == 1


def test_a_time_that_is_cancelled_while_many_wait_for_it_goes_to_one():
    scene = reachable_scene()
    visit = book(scene)
    people = [reachable_patient(scene, number) for number in range(110, 130)]
    jobs = [lambda one=one: book(scene, patient=one) for one in people]
    jobs.append(
        lambda: cancel_visit(appointment=visit, by=None, by_label="staff", now=NOW, reason="provider_unavailable")
    )
    outcomes = kinds(race(jobs))
    assert outcomes[Appointment] in {1, 2}  # the cancelled one, and the winner if there was one in time
    assert outcomes[Appointment] + outcomes[SlotTaken] == len(jobs)
    assert overlaps() == 0
