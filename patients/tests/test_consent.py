from datetime import timedelta

import pytest
from django.utils import timezone

from compliance.models import AuditEvent
from patients import actions, selectors
from patients.models import ConsentRecord, ContactPoint
from patients.tests.factories import ContactPointFactory, PatientFactory

pytestmark = pytest.mark.django_db
TEXTS, EMAILS = ConsentRecord.Topic.TEXTS, ConsentRecord.Topic.EMAILS


@pytest.fixture
def patient():
    return PatientFactory(mobile="+12025550123", email="alex@example.com")


def say(patient, topic, granted, *, after=0, contact_point=None):
    return actions.record_consent(
        patient=patient,
        topic=topic,
        granted=granted,
        source=ConsentRecord.Source.STAFF,
        by=None,
        now=timezone.now() + timedelta(seconds=after),
        wording="Send me texts.",
        contact_point=contact_point,
    )


def test_texts_need_a_yes_and_email_only_no_no(patient):
    mobile = selectors.primary_contact(patient, ContactPoint.Kind.MOBILE)
    email = selectors.primary_contact(patient, ContactPoint.Kind.EMAIL)
    assert not selectors.may_send(patient, TEXTS, mobile)
    assert selectors.may_send(patient, EMAILS, email)
    say(patient, TEXTS, True)
    say(patient, EMAILS, False)
    assert selectors.may_send(patient, TEXTS, mobile)
    assert not selectors.may_send(patient, EMAILS, email)


def test_the_newest_word_counts_and_the_ledger_keeps_all(patient):
    mobile = selectors.primary_contact(patient, ContactPoint.Kind.MOBILE)
    say(patient, TEXTS, True)
    say(patient, TEXTS, False, after=1)
    assert not selectors.may_send(patient, TEXTS, mobile)
    say(patient, TEXTS, True, after=2)
    assert selectors.may_send(patient, TEXTS, mobile)
    assert patient.consents.count() == AuditEvent.objects.filter(action="patients.consent_recorded").count() == 3


def test_a_stop_from_one_number_leaves_the_other(patient):
    first = selectors.primary_contact(patient, ContactPoint.Kind.MOBILE)
    second = ContactPointFactory(patient=patient, value="+12025550124", is_primary=False)
    say(patient, TEXTS, True)
    say(patient, TEXTS, False, after=1, contact_point=first)
    assert not selectors.may_send(patient, TEXTS, first)
    assert selectors.may_send(patient, TEXTS, second)


@pytest.mark.parametrize("status", [ContactPoint.Status.BAD, ContactPoint.Status.PAUSED])
def test_a_number_that_does_not_work_gets_nothing(patient, status):
    say(patient, TEXTS, True)
    mobile = selectors.primary_contact(patient, ContactPoint.Kind.MOBILE)
    mobile.status = status
    assert not selectors.may_send(patient, TEXTS, mobile)
    assert not selectors.may_send(patient, TEXTS, None)
