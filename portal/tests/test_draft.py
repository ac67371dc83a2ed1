from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.periodic import forget_sessions
from clinics.tests.factories import ClinicFactory
from portal import draft as drafts
from portal.draft import Draft

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)


@pytest.fixture
def clinic():
    return ClinicFactory()


def test_answers_lie_sealed_in_the_session(clinic):
    session = SessionStore()
    draft = Draft(first_name="Ana", reason="A rash", mobile="+12025550123")
    drafts.store(session, clinic, draft, NOW)
    assert "Ana" not in str(dict(session.items())) and "rash" not in str(dict(session.items()))
    assert drafts.load(session, clinic, NOW) == draft
    assert session.get_expire_at_browser_close()


def test_each_clinic_has_its_own_and_none_opens_anothers(clinic):
    session, other = SessionStore(), ClinicFactory()
    drafts.store(session, clinic, Draft(first_name="Ana"), NOW)
    assert drafts.load(session, other, NOW).first_name == ""
    session[f"booking:{other.public_id}"] = session[f"booking:{clinic.public_id}"]
    assert drafts.load(session, other, NOW).first_name == ""


def test_after_a_day_it_is_forgotten(clinic):
    session = SessionStore()
    drafts.store(session, clinic, Draft(first_name="Ana"), NOW)
    assert drafts.load(session, clinic, NOW + timedelta(hours=23)).first_name == "Ana"
    assert drafts.load(session, clinic, NOW + timedelta(hours=25)).first_name == ""
    assert f"booking:{clinic.public_id}" not in session


def test_its_session_is_deleted_within_three_days(clinic):
    session = SessionStore()
    drafts.store(session, clinic, Draft(first_name="Ana"), NOW)
    session.save()
    assert Session.objects.get().expire_date <= timezone.now() + timedelta(days=1)
    Session.objects.update(expire_date=timezone.now() - timedelta(days=settings.RETENTION_DAYS["sessions"], hours=1))
    assert forget_sessions() == 1


def test_an_answer_that_changes_takes_what_hung_on_it():
    draft = Draft(state="NY", zone="America/New_York", starts_at="2026-11-24T15:00:00+00:00", hold="x")
    draft.change(state="NY")
    assert draft.zone and draft.hold
    draft.change(state="TX")
    assert not (draft.zone or draft.hold or draft.starts_at)


def test_a_new_number_has_to_be_proven_anew():
    draft = Draft(mobile="+12025550123", proven="+12025550123", patient="p", coverage="c")
    draft.change(mobile="+12025550124")
    assert not (draft.proven or draft.patient or draft.coverage)


def test_a_closed_draft_keeps_nothing_personal():
    draft = Draft(first_name="Ana", mobile="+12025550123", member_id="X", patient="p", zone="America/New_York")
    key = draft.key
    draft.close("visit")
    assert draft == Draft(key=key, booked="visit", zone="America/New_York")
