"""What is of no further use goes after its time; records, messages and the trail stay."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone

from accounts.periodic import forget_sessions
from accounts.tests.factories import UserFactory
from compliance import retention, sealing
from compliance.models import AuditEvent
from messaging.models import LocalDelivery, Message, MessageEvent
from messaging.periodic import forget_history
from messaging.tests.factories import planned, texting_patient
from patients import links
from patients.models import AccessLink
from patients.periodic import forget_links

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def test_links_go_long_after_they_ended():
    now, patient = timezone.now(), texting_patient()
    kept = {}
    for days in (settings.RETENTION_DAYS["access_links"] + 1, 10, -5):
        about = {"patient": patient, "clinic": patient.clinics.get(), "purpose": "manage", "subject": "visit:x"}
        token = links.issue(**about, expires_at=now - days * DAY)
        kept[days] = links.token_hash(token)
    assert forget_links() == 1
    assert set(AccessLink.objects.values_list("token_hash", flat=True)) == {kept[10], kept[-5]}
    assert forget_links() == 0
    event = AuditEvent.objects.get(action="retention.deleted")
    assert event.detail == {"kind": "access_links", "rows": 1}


def test_steps_of_old_messages_go_and_the_messages_stay():
    old = timezone.now() - (settings.RETENTION_DAYS["message_events"] + 1) * DAY
    ended, waiting, mailed, texted = (planned(dedupe_key=key) for key in "abcd")
    Message.objects.filter(pk=ended.pk).update(status="delivered", closed_at=old)
    Message.objects.filter(pk=mailed.pk).update(status="sent", channel="email")
    Message.objects.filter(pk=texted.pk).update(status="sent")
    for message in (ended, waiting, mailed, texted):
        MessageEvent.objects.create(message=message, status="planned", source="ours", at=old)
    MessageEvent.objects.create(message=ended, status="delivered", source="callback", at=timezone.now())
    for age in (31, 29):
        LocalDelivery.objects.create(
            message_id="m", sid=f"SM{age}", channel="sms", to_index="x", accepted_at=timezone.now() - age * DAY
        )
    assert forget_history() == 3
    assert set(MessageEvent.objects.values_list("message", "status")) == {
        (waiting.pk, "planned"),
        (texted.pk, "planned"),
        (ended.pk, "delivered"),
    }
    assert Message.objects.count() == 4 and LocalDelivery.objects.get().sid == "SM29"


def test_sessions_that_ran_out_go_with_their_devices():
    now, user = timezone.now(), UserFactory()
    for key, end in (("over", now - 2 * DAY), ("going_on", now + DAY)):
        Session.objects.create(session_key=key, session_data="", expire_date=end)
        UserSession.objects.create(session_key=key, user=user, ip="127.0.0.1", user_agent="")
    assert forget_sessions() == 2
    assert [row.session_key for row in (Session.objects.get(), UserSession.objects.get())] == ["going_on"] * 2


def test_more_than_a_batch(monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 2)
    message = planned()
    for number in range(5):
        about = {"status": "planned", "source": "ours", "code": str(number)}
        MessageEvent.objects.create(message=message, at=timezone.now(), **about)
    assert retention.delete("message_events", MessageEvent.objects.all()) == 5
    assert [event.detail["rows"] for event in AuditEvent.objects.order_by("pk")] == [2, 2, 1]


def test_what_went_before_a_failure_is_in_the_trail(monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 2)
    message = planned()
    for number in range(3):
        MessageEvent.objects.create(
            message=message, status="planned", source="ours", code=str(number), at=timezone.now()
        )
    record, answers = retention.audit.record, iter([True])

    def once(**line):
        next(answers)
        record(**line)

    monkeypatch.setattr(retention.audit, "record", once)
    with pytest.raises(StopIteration):
        retention.delete("message_events", MessageEvent.objects.all())
    assert MessageEvent.objects.count() == 1 and AuditEvent.objects.get().detail["rows"] == 2


@pytest.mark.parametrize(("table", "column"), [("messaging_messageevent", "at"), ("patients_accesslink", "expires_at")])
def test_old_rows_are_found_by_an_index(table, column):
    with connection.cursor() as cursor:
        indexes = connection.introspection.get_constraints(cursor, table).values()
    assert any(each["index"] and each["columns"] == [column] for each in indexes)


def test_each_runs_by_itself():
    wanted = {
        "accounts.periodic.forget_sessions", "patients.periodic.forget_links", "patients.periodic.forget_codes",
        "messaging.periodic.forget_history", "scheduling.periodic.sweep_expired_holds",
        "compliance.periodic.make_partitions",
    }  # fmt: skip
    assert wanted <= {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}


def test_the_trails_partitions_are_made_ahead():
    sealing.make_partitions()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhparent "
            "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'audit' AND c.relname = 'event'"
        )
        assert cursor.fetchone()[0] >= 4, "this month and the next three"
