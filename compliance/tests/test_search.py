"""Finding events, and who may find which."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.urls import reverse

from accounts.permissions import Role
from accounts.tests.factories import UserFactory
from clinics.tests.factories import ClinicFactory, MembershipFactory
from common.ids import new_public_id
from compliance import lookup, search
from compliance.models import AuditEvent
from compliance.tests.factories import write_events
from patients.tests.factories import PatientFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor():
    """An administrator of one clinic, allowed into the set-up pages."""
    user = UserFactory(is_staff=True, name="Morgan Auditor")
    return MembershipFactory(user=user, role=Role.ADMIN).user


@pytest.fixture
def clinic(auditor):
    return auditor.memberships.get().clinic


@pytest.fixture
def patient_lookup():
    names = {}
    registered = lambda text, user: [names[text]] if text in names else []  # noqa: E731
    lookup.register_patient_lookup(registered)
    yield names
    lookup._lookups.remove(registered)


def found(text, user):
    return list(search.find(AuditEvent.objects.visible_to(user), text, user).order_by("id"))


def test_an_auditor_sees_events_of_the_own_clinics_only(auditor, clinic):
    here = write_events(1, clinic=clinic)
    write_events(1, clinic=ClinicFactory())
    assert list(AuditEvent.objects.visible_to(auditor)) == here


def test_a_colleague_without_the_permission_sees_the_own_acts(clinic):
    colleague = MembershipFactory(clinic=clinic, role=Role.COORDINATOR).user
    write_events(1, clinic=clinic)
    own = write_events(1, clinic=clinic, actor=colleague)
    assert list(AuditEvent.objects.visible_to(colleague)) == own


def test_nobody_else_sees_anything(clinic, auditor):
    write_events(1, clinic=clinic)
    auditor.is_active = False
    assert not AuditEvent.objects.visible_to(AnonymousUser()).exists()
    assert not AuditEvent.objects.visible_to(auditor).exists()
    assert not AuditEvent.objects.visible_to(UserFactory(is_superuser=True)).exists()


def test_search_by_patient_alone_or_in_a_list(auditor, clinic):
    patient = new_public_id()
    alone = write_events(1, clinic=clinic, patient=patient)
    listed = write_events(1, clinic=clinic, patient=None, patients=[new_public_id(), patient])
    write_events(1, clinic=clinic)
    assert found(patient, auditor) == alone + listed


def test_search_by_the_name_of_a_patient(auditor, clinic, patient_lookup):
    patient_lookup["Alex Example"] = patient = new_public_id()
    events = write_events(1, clinic=clinic, patient=patient)
    write_events(1, clinic=clinic)
    assert found("Alex Example", auditor) == events


def test_search_by_the_name_of_a_real_patient_of_the_clinic(auditor, clinic):
    patient = PatientFactory(first_name="Robin", last_name="Example", clinics=[clinic])
    elsewhere = PatientFactory(first_name="Robin", last_name="Example")
    events = write_events(1, clinic=clinic, patient=patient)
    write_events(1, clinic=clinic, patient=elsewhere)
    assert found("robin example", auditor) == events


def test_search_by_user_subject_action_and_day(auditor, clinic):
    user = UserFactory(name="Casey Searched")
    event = write_events(1, clinic=clinic, actor=user, subject="visit:abc", action="test.found")[0]
    write_events(1, clinic=clinic)
    day = f"{event.at:%Y-%m-%d}"
    for text in (user.public_id, "casey searched", "visit:abc", "test.found", f"{day} test.found", "Casey visit:abc"):
        assert found(text, auditor) == [event], text
    assert found(f"2001-01-01..{day} visit:abc", auditor) == [event]
    assert found("2001-01-01 visit:abc", auditor) == []
    assert found("2001-99-99", auditor) == []


def test_the_admin_lists_events_and_writes_down_the_search(client, auditor, clinic):
    patient = new_public_id()
    write_events(1, clinic=clinic, patient=patient, subject="visit:seen")
    client.force_login(auditor)
    response = client.get(reverse("admin:compliance_auditevent_changelist"), {"q": patient})
    assert "visit:seen" in response.text
    trace = AuditEvent.objects.get(action="audit.searched")
    assert trace.actor_id == auditor.public_id
    assert trace.detail == {"query": search.query_hash(patient), "found": 1}


def test_one_event_opens_read_only_and_is_written_down(client, auditor, clinic):
    event = write_events(1, clinic=clinic)[0]
    client.force_login(auditor)
    url = reverse("admin:compliance_auditevent_change", args=[event.pk])
    assert client.get(url).status_code == 200
    assert client.post(url, {"action": "x"}).status_code == 403
    assert AuditEvent.objects.filter(action="audit.event_viewed", subject=f"event:{event.pk}").exists()


def test_the_admin_hides_the_trail_from_staff_without_the_permission(client, clinic):
    user = MembershipFactory(clinic=clinic, role=Role.COORDINATOR, user=UserFactory(is_staff=True)).user
    client.force_login(user)
    assert client.get(reverse("admin:compliance_auditevent_changelist")).status_code in {302, 403, 404}


def test_the_search_keeps_a_hash_and_not_the_words():
    assert search.query_hash(" Alex  EXAMPLE ") == search.query_hash("alex example")
    assert "alex" not in search.query_hash("alex example")
    assert search.query_hash("  ") == ""


def test_searching_by_patient_can_use_both_indexes(clinic):
    write_events(3, clinic=clinic)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = AuditEvent.objects.about_patient(new_public_id()).newest_first()[:50].explain()
    assert "patient_id_at_idx" in plan or "event_patient" in plan
    assert "patient_ids_idx" in plan
    assert "pkey" not in plan
