"""The booking form as fifty people send it at the same moment, through real web processes."""

from collections import Counter
from datetime import time, timedelta

import pytest
from django.utils import timezone

from benchmarks import booking_race, web
from benchmarks.probe import Probe
from common.timeutil import combine, local_date
from patients.tests.factories import PatientFactory
from scheduling.models import Appointment, BookingResource
from scheduling.tests.factories import open_clinic
from tests.plugins.processes import child_environment

RACERS = 50
WEB_PROCESSES = 4


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_fifty_people_one_time_one_winner_and_no_error():
    now = timezone.now()
    scene = open_clinic()
    people = [PatientFactory(clinics=[scene.clinic]) for _ in range(RACERS)]
    for number, patient in enumerate(people):
        booking_race.give_mobile(patient, number, now)
    probe = Probe(scene.clinic, scene.visit_type, scene.provider, people, local_date(now, scene.clinic.zone))
    start = combine(probe.first_day + timedelta(days=1), time(10), "America/New_York")
    with web.server(WEB_PROCESSES, child_environment()) as port:
        clicks = [booking_race.one_click_away(probe, port, patient, start, now) for patient in people]
        answers = web.together(clicks)
    assert Counter(map(booking_race.kind, answers)) == {"booked": 1, "lost": RACERS - 1}
    assert Appointment.objects.get().starts_at == start
    assert BookingResource.objects.count() == 2
