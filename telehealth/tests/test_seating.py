"""A browser sits where its cookie says, and nowhere else."""

from datetime import timedelta

import pytest
from django.utils import timezone

from telehealth.actions import seat, unseat
from telehealth.seating import SEAT_LIFETIME, cookie_name, cookie_value, participant_from
from telehealth.states import Role
from telehealth.tests.factories import SessionFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def sit(session, now=NOW):
    patient, secret = seat(session=session, role=Role.PATIENT, now=now)
    return patient, {cookie_name(session.public_id): cookie_value(patient, secret)}


def test_the_cookie_finds_the_seat_with_its_visit(django_assert_num_queries):
    session = SessionFactory()
    patient, cookies = sit(session)
    with django_assert_num_queries(1):
        found = participant_from(cookies, session.public_id, NOW)
        assert found.session.appointment.clinic.phone and found.session.appointment.patient.language
    assert found == patient


def test_the_cookie_of_another_session_opens_nothing():
    mine, other = SessionFactory(), SessionFactory()
    _patient, cookies = sit(mine)
    stolen = {cookie_name(other.public_id): cookies[cookie_name(mine.public_id)]}
    assert participant_from(cookies, other.public_id, NOW) is None
    assert participant_from(stolen, other.public_id, NOW) is None


@pytest.mark.parametrize("value", ["", ".", "a", "a.", ".b", "nobody.secret", "ä.ö", "x" * 5000])
def test_nonsense_opens_nothing(value):
    session = SessionFactory()
    assert participant_from({cookie_name(session.public_id): value}, session.public_id, NOW) is None


def test_no_cookie_asks_no_question(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert participant_from({}, "whatever", NOW) is None


def test_a_seat_lasts_twelve_hours():
    session = SessionFactory()
    _patient, cookies = sit(session)
    assert participant_from(cookies, session.public_id, NOW + SEAT_LIFETIME - timedelta(seconds=1))
    assert participant_from(cookies, session.public_id, NOW + SEAT_LIFETIME) is None


def test_the_newer_browser_has_the_seat():
    session = SessionFactory()
    _patient, older = sit(session)
    _patient, newer = sit(session)
    assert participant_from(older, session.public_id, NOW) is None
    assert participant_from(newer, session.public_id, NOW)


def test_who_was_asked_out_stays_out():
    session = SessionFactory()
    patient, cookies = sit(session)
    unseat(participant=patient, by=None, now=NOW)
    assert participant_from(cookies, session.public_id, NOW) is None
