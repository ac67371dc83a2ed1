"""Two desks enter the same new patient at once."""

import threading
from collections import Counter
from datetime import date
from unittest import mock

import pytest
from django.db import connection
from django.utils import timezone

from clinics.tests.factories import ClinicFactory
from patients import actions
from patients.actions import people
from patients.errors import PossibleDuplicate
from patients.models import Patient

pytestmark = pytest.mark.django_db(transaction=True)
RACERS = 8


def race(clinic, action) -> Counter:
    """What became of each racer; all start together."""
    gate, told = threading.Barrier(RACERS), []

    def run():
        gate.wait()
        try:
            told.append(action(clinic))
        except PossibleDuplicate:
            told.append("warned")
        finally:
            connection.close()

    racers = [threading.Thread(target=run) for _racer in range(RACERS)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    return Counter(told)


def person(clinic) -> dict:
    return {
        "organization": clinic.organization, "clinic": clinic, "first_name": "Ana", "last_name": "Garcia",
        "birth_date": date(1984, 5, 17), "state": "NY", "by": None, "now": timezone.now(),
    }  # fmt: skip


def create(clinic) -> str:
    actions.create_patient(**person(clinic))
    return "created"


def find_or_create(clinic) -> str:
    patient, _new = actions.find_or_create_patient(**person(clinic), mobile="+12025550123")
    return patient.public_id


def test_one_is_created_and_the_others_are_warned():
    assert race(ClinicFactory(), create) == {"created": 1, "warned": RACERS - 1}


def test_everybody_who_books_at_once_gets_the_same_record():
    assert len(race(ClinicFactory(), find_or_create)) == 1
    assert Patient.objects.count() == 1


def test_control_without_the_lock_there_are_several():
    """The same race with the guard off: every racer looks before any has written."""
    looked = threading.Barrier(RACERS)
    with mock.patch.object(people, "_one_at_a_time"):
        original = people.selectors.find_duplicates

        def look_together(**who):
            found = original(**who)
            looked.wait()
            return found

        with mock.patch.object(people.selectors, "find_duplicates", look_together):
            assert race(ClinicFactory(), create) == {"created": RACERS}
