"""The visits of `seed_demo --scale N`: rows PostgreSQL makes must be as sound as those that came through the doors."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from config.demo import scale
from scheduling import actions
from scheduling.availability import Audience
from scheduling.errors import SlotTaken
from scheduling.models import Appointment, BookingResource
from scheduling.states import CLOSED, LIVE, Status

from .conftest import rolled_back
from .test_clinic import overlaps

COUNT = 2000


@pytest.fixture(scope="module")
def filled(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), rolled_back():
        progress = []
        scale.fill(COUNT, timezone.now(), progress.append)
        yield progress


@pytest.fixture
def kept(filled):
    """What a test writes is taken back, so that the next one finds the measured database."""
    with rolled_back():
        yield


def busy_visit() -> Appointment:
    soon = timezone.now() + timedelta(hours=30)
    return Appointment.objects.filter(status__in=LIVE, starts_at__gt=soon).order_by("starts_at").first()


def test_it_writes_what_was_asked_for_and_tells_how_far_it_is(filled):
    assert Appointment.objects.count() == COUNT
    assert filled == sorted(filled)
    assert filled[-1] == COUNT


def test_the_times_of_every_visit_agree(filled):
    visits = Appointment.objects.all()
    assert not visits.exclude(ends_at=F("starts_at") + timedelta(minutes=30)).exists()
    assert not visits.filter(booked_at__gte=F("starts_at")).exists()
    assert not visits.filter(status=Status.COMPLETED).exclude(closed_at=F("ends_at")).exists()
    assert not visits.filter(status__in=CLOSED, starts_at__gt=timezone.now()).exists()
    assert not visits.filter(status__in=LIVE, starts_at__lt=timezone.now() - timedelta(minutes=5)).exists()
    assert not visits.filter(status=Status.CONFIRMED, confirmed_at=None).exists()


def test_past_and_future_are_both_there(filled):
    past = Appointment.objects.filter(starts_at__lt=timezone.now()).count()
    assert 0.3 * COUNT < past < 0.95 * COUNT


def test_nobody_is_in_two_visits_at_once(filled):
    assert overlaps("provider_id") == overlaps("patient_id") == 0


def test_each_visit_takes_its_two_times(filled):
    assert BookingResource.objects.count() == 2 * COUNT
    assert BookingResource.objects.filter(live=True).count() == 2 * Appointment.objects.filter(status__in=LIVE).count()


def test_a_time_that_is_taken_can_not_be_booked(kept):
    busy = busy_visit()
    other = Appointment.objects.filter(clinic=busy.clinic).exclude(patient=busy.patient).first().patient
    with pytest.raises(SlotTaken), transaction.atomic():
        actions.book(
            clinic=busy.clinic,
            patient=other,
            visit_type=busy.visit_type,
            provider=busy.provider,
            starts_at=busy.starts_at,
            patient_state="NY",
            source=Appointment.Source.DESK,
            by=None,
            now=timezone.now(),
            audience=Audience.STAFF,
        )
    assert Appointment.objects.count() == COUNT


def test_the_database_itself_refuses_it(kept):
    row = BookingResource.objects.get(appointment=busy_visit(), resource__startswith="provider:")
    row.pk, row._state.adding = None, True
    with pytest.raises(IntegrityError, match="scheduling_no_double_booking"), transaction.atomic():
        row.save()


def test_a_number_below_one_is_refused(filled):
    with pytest.raises(CommandError, match="1 or more"):
        call_command("seed_demo", scale=-5)
    assert Appointment.objects.count() == COUNT
