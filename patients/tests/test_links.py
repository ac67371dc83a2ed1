from datetime import timedelta

import pytest
from django.utils import timezone

from patients import links
from patients.errors import LinkExpired, LinkRevoked, LinkUnknown
from patients.models import AccessLink
from patients.tests.factories import PatientFactory

pytestmark = pytest.mark.django_db
MANAGE = AccessLink.Purpose.MANAGE_VISIT
SUBJECT = "visit:0123456789abcdefABCDEF"


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def token(now):
    patient = PatientFactory()
    return links.issue(
        patient=patient,
        clinic=patient.clinics.get(),
        purpose=MANAGE,
        subject=SUBJECT,
        expires_at=now + timedelta(hours=2),
    )


def test_only_the_hash_is_stored_and_opening_changes_nothing(token, now, django_assert_num_queries):
    before = AccessLink.objects.values().get()
    assert token not in str(before) and len(token) == 32
    with django_assert_num_queries(1):
        link = links.resolve(token, MANAGE, now)
        assert link.subject == SUBJECT and link.patient.public_id and link.clinic.name
    assert AccessLink.objects.values().get() == before


def test_every_token_differs(token, now):
    link = AccessLink.objects.get()
    again = links.issue(
        patient=link.patient, clinic=link.clinic, purpose=MANAGE, subject=SUBJECT, expires_at=link.expires_at
    )
    assert again != token
    assert links.resolve(token, MANAGE, now) and links.resolve(again, MANAGE, now)


@pytest.mark.parametrize("wrong", ["", "x" * 32, "x" * 500, "ñ"])
def test_an_unknown_token_opens_nothing(token, now, wrong):
    with pytest.raises(LinkUnknown):
        links.resolve(wrong, MANAGE, now)


def test_a_link_serves_one_purpose(token, now):
    with pytest.raises(LinkUnknown):
        links.resolve(token, AccessLink.Purpose.OPEN_ACCOUNT, now)


def test_a_link_ends_at_its_time(token, now):
    end = AccessLink.objects.get().expires_at
    assert links.resolve(token, MANAGE, end - timedelta(microseconds=1))
    with pytest.raises(LinkExpired) as raised:
        links.resolve(token, MANAGE, end)
    assert raised.value.link.subject == SUBJECT


def test_a_revoked_link_stays_revoked_and_says_so_even_after_its_end(token, now):
    assert links.revoke(subject=SUBJECT, now=now) == 1
    assert links.revoke(subject=SUBJECT, now=now) == 0
    with pytest.raises(LinkRevoked):
        links.resolve(token, MANAGE, now + timedelta(days=30))


def test_revoking_one_purpose_leaves_the_other(token, now):
    assert links.revoke(subject=SUBJECT, purpose=AccessLink.Purpose.OPEN_ACCOUNT, now=now) == 0
    assert links.resolve(token, MANAGE, now)


def test_a_patients_links_can_be_taken_back_together(token, now):
    link = AccessLink.objects.get()
    assert links.revoke(patient=PatientFactory(), now=now) == 0
    assert links.revoke(patient=link.patient, purpose=MANAGE, now=now) == 1
    with pytest.raises(LinkRevoked):
        links.resolve(token, MANAGE, now)
    with pytest.raises(ValueError, match="Name the links"):
        links.revoke(now=now)


def test_the_first_use_is_noted_once(token, now):
    link = links.resolve(token, MANAGE, now)
    links.mark_opened(link, now)
    links.mark_opened(link, now + timedelta(minutes=5))
    assert AccessLink.objects.get().first_opened_at == now
