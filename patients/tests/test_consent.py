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


def agreed(patient, topic, point) -> bool:
    return selectors.has_agreed(patient_id=patient.pk, topic=topic, value_index=point.value_index)


def test_texts_need_a_yes_and_email_only_no_no(patient):
    mobile = selectors.primary_contact(patient, ContactPoint.Kind.MOBILE)
    email = selectors.primary_contact(patient, ContactPoint.Kind.EMAIL)
    assert not agreed(patient, TEXTS, mobile)
    assert agreed(patient, EMAILS, email)
    say(patient, TEXTS, True)
    say(patient, EMAILS, False)
    assert agreed(patient, TEXTS, mobile)
    assert not agreed(patient, EMAILS, email)


def test_the_newest_word_counts_and_the_ledger_keeps_all(patient):
    mobile = selectors.primary_contact(patient, ContactPoint.Kind.MOBILE)
    say(patient, TEXTS, True)
    say(patient, TEXTS, False, after=1)
    assert not agreed(patient, TEXTS, mobile)
    say(patient, TEXTS, True, after=2)
    assert agreed(patient, TEXTS, mobile)
    assert patient.consents.count() == AuditEvent.objects.filter(action="patients.consent_recorded").count() == 3


def test_a_stop_from_one_number_leaves_the_other(patient):
    first = selectors.primary_contact(patient, ContactPoint.Kind.MOBILE)
    second = ContactPointFactory(patient=patient, value="+12025550124", is_primary=False)
    say(patient, TEXTS, True)
    say(patient, TEXTS, False, after=1, contact_point=first)
    assert not agreed(patient, TEXTS, first)
    assert agreed(patient, TEXTS, second)
