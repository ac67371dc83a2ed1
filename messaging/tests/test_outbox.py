"""From a draft to a row."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from clinics.tests.factories import ClinicFactory
from compliance.models import AuditEvent
from messaging.actions import cancel_planned, install_defaults, queue, queue_all
from messaging.drafts import Draft
from messaging.models import Message, MessageTemplate
from messaging.states import Purpose, Status
from messaging.tests.factories import MOBILE, NIGHT, NOON, planned, texting_patient

pytestmark = pytest.mark.django_db

CONTEXT = {"when": "Tuesday, December 1, 2:30 PM EST", "link": "https://portal.example.com/m/abc/"}


def book_notice(patient, **changes):
    values = {
        "clinic": patient.clinics.get(), "patient": patient, "template_key": "visit_booked", "context": CONTEXT,
        "dedupe_key": "visit_booked:1", "purpose": Purpose.VISIT, "now": NOON,
    }  # fmt: skip
    return queue(**values | changes)


def test_a_message_is_worded_in_the_patients_language_and_names_nobody():
    patient = texting_patient(language="es", first_name="Marisol")

    message = book_notice(patient)

    assert message.to == MOBILE
    assert message.body.startswith("Riverside: su cita es el Tuesday")
    assert "Marisol" not in message.body
    assert (message.status, message.language, message.segments) == (Status.PLANNED, "es", 2)


def test_what_stands_in_the_table_can_be_read_by_nobody():
    message = book_notice(texting_patient())
    with connection.cursor() as cursor:
        cursor.execute('SELECT "to", body FROM messaging_message WHERE id = %s', [message.pk])
        to, body = cursor.fetchone()
    assert to.startswith("v1|") and MOBILE not in to
    assert body.startswith("v1|") and "Riverside" not in body


def test_the_same_dedupe_key_stands_once():
    patient = texting_patient()
    assert book_notice(patient) is not None
    assert book_notice(patient) is None
    assert Message.objects.count() == 1


def test_nobody_to_send_to_is_no_message():
    patient = texting_patient(mobile="")
    assert book_notice(patient) is None
    assert Message.objects.count() == 0
    assert not AuditEvent.objects.filter(action="messaging.planned").exists()


def test_a_number_that_does_not_work_is_not_written_to():
    patient = texting_patient()
    patient.contact_points.update(status="bad")
    assert book_notice(patient) is None


def test_without_a_patient_it_goes_to_the_number_given():
    clinic = ClinicFactory()
    message = queue(
        clinic=clinic, to="+12025550177", template_key="phone_code", context={"code": "483 920"}, dedupe_key="code:1",
        purpose=Purpose.CODE, now=NIGHT, expires_at=NIGHT + timedelta(minutes=10),
    )  # fmt: skip
    assert "483 920" in message.body
    assert message.next_attempt_at == NIGHT, "a code that somebody waits for knows no quiet hours"


def test_an_own_template_speaks_instead_of_the_default():
    patient = texting_patient()
    clinic = patient.clinics.get()
    MessageTemplate.objects.create(
        organization=clinic.organization, key="visit_booked", channel="sms", language="en",
        body="{{ clinic }}: see you {{ when }}. {{ link }}",
    )  # fmt: skip
    assert book_notice(patient).body == f"Riverside: see you {CONTEXT['when']}. {CONTEXT['link']}"


def test_default_words_are_copied_once():
    organization = ClinicFactory().organization
    assert install_defaults(organization) > 40
    MessageTemplate.objects.filter(key="visit_booked").update(body="own words")
    assert install_defaults(organization) == 0
    assert MessageTemplate.objects.filter(body="own words").exists()


def test_a_reminder_that_falls_into_the_night_waits_for_the_morning():
    message = planned(due_at=NIGHT, now=NOON)
    assert message.due_at == NIGHT
    assert message.next_attempt_at.hour == 14, "9 AM in New York"


def test_a_batch_takes_few_statements():
    patient = texting_patient(email="sam@example.com")
    clinic = patient.clinics.get()
    drafts = [
        Draft(dedupe_key=f"{number}:{channel}", purpose=Purpose.VISIT, template_key="visit_booked", context=CONTEXT,
              channel=channel)
        for number in range(3) for channel in ("sms", "email")
    ]  # fmt: skip
    with CaptureQueriesContext(
        connection,
    ) as queries:
        messages = queue_all(clinic=clinic, patient=patient, drafts=drafts, now=NOON)
    statements = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
    assert len(messages) == 6
    # contact points, templates, insert, keys, audit
    assert len(statements) == 5, "\n".join(statements)


def test_due_ones_go_to_a_worker_after_commit_and_later_ones_do_not(django_capture_on_commit_callbacks):
    patient = texting_patient()
    with django_capture_on_commit_callbacks() as callbacks:
        book_notice(patient)
    assert len(callbacks) == 1
    with django_capture_on_commit_callbacks() as callbacks:
        book_notice(patient, dedupe_key="later", due_at=NOON + timedelta(days=1))
    assert callbacks == []


def test_what_is_planned_about_a_visit_is_taken_back_but_for_the_version_that_stands():
    patient = texting_patient()
    old = planned(patient, subject="visit:v", subject_version=1, condition="always", dedupe_key="old")
    new = planned(patient, subject="visit:v", subject_version=2, condition="always", dedupe_key="new")
    notice = planned(patient, subject="visit:v", subject_version=1, dedupe_key="notice")

    assert cancel_planned(subject="visit:v", now=NOON, reason="moved", keep_version=2) == 1

    for message, status in ((old, Status.CANCELLED), (new, Status.PLANNED), (notice, Status.PLANNED)):
        message.refresh_from_db()
        assert message.status == status
    assert old.events.get().code == "moved"


def test_a_plan_is_in_the_audit_trail_without_words_or_numbers():
    patient = texting_patient()
    book_notice(patient, subject="visit:v")
    row = AuditEvent.objects.get(action="messaging.planned")
    assert (row.subject, row.patient_id, row.detail) == ("visit:v", patient.public_id, {"what": ["visit_booked.sms"]})


@pytest.mark.parametrize("field", ["channel", "purpose", "status"])
def test_the_database_knows_the_words_of_a_message(field):
    message = planned()
    with pytest.raises(IntegrityError, match=f"messaging_{field}"), transaction.atomic():
        Message.objects.filter(pk=message.pk).update(**{field: "care"})
