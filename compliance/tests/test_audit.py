"""Writing the trail: what a row holds, when it is refused, and that it shares the fate of the action."""

from datetime import UTC, date, datetime

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError, transaction
from django.http import HttpResponse

from accounts.models import User
from accounts.tests.factories import UserFactory
from clinics.tests.factories import ClinicFactory
from common import request_id
from common.ids import new_public_id
from compliance import audit
from compliance.context import acting_service, note
from compliance.middleware import AuditContextMiddleware
from compliance.models import AuditEvent

pytestmark = pytest.mark.django_db


def last_event() -> AuditEvent:
    return AuditEvent.objects.order_by("-id").first()


def test_a_row_says_who_did_what_to_whom(django_assert_num_queries):
    user, clinic, patient = UserFactory(name="Casey Example"), ClinicFactory(), new_public_id()
    with django_assert_num_queries(1):
        audit.record(
            action="scheduling.appointment_cancelled",
            actor=user,
            clinic=clinic,
            patient=patient,
            subject="visit:abc",
            purpose="treatment",
            detail={"reason": "patient_asked", "version": 3},
        )
    event = last_event()
    assert (event.actor_id, event.actor_label) == (user.public_id, "Casey Example")
    assert (event.clinic_id, event.patient_id, event.patient_ids) == (clinic.public_id, patient, [])
    assert (event.action, event.subject, event.outcome) == ("scheduling.appointment_cancelled", "visit:abc", "ok")
    assert event.detail == {"reason": "patient_asked", "version": 3}
    assert event.purpose == "treatment"


def test_the_request_supplies_user_address_role_and_id(rf):
    user = UserFactory()

    def view(request):
        note(role="coordinator", purpose="call back")
        audit.record(action="test.happened")
        return HttpResponse()

    request = rf.get("/", REMOTE_ADDR="192.0.2.7")
    request.user = user
    with request_id.entered("req-12345678"):
        AuditContextMiddleware(view)(request)
    event = last_event()
    assert (event.actor_id, event.ip, event.role) == (user.public_id, "192.0.2.7", "coordinator")
    assert (event.request_id, event.purpose) == ("req-12345678", "call back")


def test_nothing_of_one_request_reaches_the_next(rf):
    request = rf.get("/")
    request.user = UserFactory()
    AuditContextMiddleware(lambda request: note(role="supervisor") or HttpResponse())(request)
    audit.record(action="test.happened")
    assert (last_event().role, last_event().actor_id, last_event().actor_label) == ("", "", "system")


def test_a_service_is_named_where_no_person_acts():
    with acting_service("messaging.dispatch"):
        audit.record(action="messaging.message_sent")
    assert last_event().actor_label == "messaging.dispatch"


def test_an_anonymous_visitor_is_not_taken_for_a_user(rf):
    request = rf.get("/")
    request.user = AnonymousUser()
    audit.record(action="portal.link_opened", actor_label="patient link", request=request)
    assert (last_event().actor_id, last_event().actor_label) == ("", "patient link")


def test_a_row_goes_when_the_action_is_rolled_back():
    before = AuditEvent.objects.count()
    with transaction.atomic():
        audit.record(action="test.happened")
        transaction.set_rollback(True)
    assert AuditEvent.objects.count() == before


def test_what_cannot_be_recorded_does_not_happen():
    def unrecorded_action():
        UserFactory(email="never@example.com")
        audit.record(action="")  # the table refuses a row without an action

    with pytest.raises(DatabaseError), transaction.atomic():
        unrecorded_action()
    assert not User.objects.filter(email="never@example.com").exists()


def test_an_unknown_outcome_is_refused():
    with pytest.raises(ValueError, match="outcome"):
        audit.record(action="test.happened", outcome="maybe")


@pytest.mark.parametrize(
    "value",
    [
        "Alex Example",
        "alex@example.com",
        "+12025550142",
        "202-555-0142",
        "1984-05-17",
        {"nested": 1},
        object(),
        ["ok", "not ok"],
        "x" * 81,
    ],
)
def test_a_detail_that_is_no_code_is_refused_without_repeating_it(value):
    with pytest.raises(ValueError, match="'note'") as refusal:
        audit.record(action="test.happened", detail={"note": value})
    assert str(value) not in str(refusal.value)


@pytest.mark.parametrize("value", [None, True, 7, 1.5, "no_show", "IvwlZrpKy4RUmEGjfXbJM0", ["a", "b"], "visit:abc"])
def test_codes_counts_and_ids_are_accepted(value):
    audit.record(action="test.happened", detail={"value": value})
    assert last_event().detail == {"value": value}


def test_days_and_instants_become_text():
    at, day = datetime(2026, 11, 1, 14, tzinfo=UTC), date(2026, 11, 1)
    audit.record(action="test.happened", detail={"at": at, "day": day})
    assert last_event().detail == {"at": "2026-11-01T14:00:00+00:00", "day": "2026-11-01"}


def test_viewing_one_patient_is_one_row_under_that_patient(rf):
    patient = new_public_id()
    audit.record_view(rf.get("/"), patient, "patients.detail")
    event = last_event()
    assert (event.action, event.subject) == ("page.viewed", "page:patients.detail")
    assert (event.patient_id, event.patient_ids) == (patient, [])


def test_viewing_a_list_is_one_row_with_all_its_patients(rf, django_assert_num_queries):
    patients = [new_public_id() for _ in range(500)]
    with django_assert_num_queries(1):
        audit.record_view(rf.get("/"), iter(patients), "desk.board")
    assert (last_event().patient_id, last_event().patient_ids) == ("", patients)
    assert AuditEvent.objects.about_patient(patients[333]).count() == 1


def test_viewing_nobody_writes_nothing(rf):
    before = AuditEvent.objects.count()
    audit.record_view(rf.get("/"), [], "desk.board")
    assert AuditEvent.objects.count() == before
