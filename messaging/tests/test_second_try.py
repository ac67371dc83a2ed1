"""A phone that was off is tried once more, in time; what can't work goes to a person at once."""

from datetime import timedelta

import pytest

from messaging import delivery, optout, receipts, standing
from messaging.failures import SECOND_TRY_AFTER
from messaging.gateways.base import Accepted
from messaging.models import LocalDelivery, Message
from messaging.states import Status
from messaging.tests.factories import NIGHT, NOON, planned, texting_patient
from worklist.models import Task

pytestmark = pytest.mark.django_db
LATER = NOON + SECOND_TRY_AFTER


def fails(message, code="30003", *, now=NOON, times=1):
    """The carrier takes it and reports later that it did not arrive."""
    assert standing.take(message, now)
    delivery.settle(message, Accepted(f"SM{message.pk}"), "twilio", now=now)
    for _ in range(times):
        receipts.take(message_id=message.public_id, sid=f"SM{message.pk}", word="undelivered", code=code, now=now)
    message.refresh_from_db()
    return message


def second_of(message) -> Message | None:
    return Message.objects.filter(dedupe_key=f"second:{message.public_id}").first()


@pytest.mark.parametrize("code", ["30003", "30008"])
def test_once_more_and_then_it_arrives(code):
    first = fails(planned(), code, times=3)
    second = second_of(first)
    assert Message.objects.count() == 2 and not Task.objects.exists()
    assert (second.due_at, second.body, second.to, second.expires_at) == (LATER, first.body, first.to, first.expires_at)
    delivery.deliver_batch([second.pk], lambda: LATER - timedelta(seconds=1))
    assert not LocalDelivery.objects.exists(), "not before its time"
    delivery.deliver_batch([second.pk], lambda: LATER)
    delivery.deliver_batch([second.pk], lambda: LATER)
    second.refresh_from_db()
    assert second.status == Status.DELIVERED and LocalDelivery.objects.count() == 1
    assert not Task.objects.exists()


def test_a_second_failure_is_for_a_person():
    second = second_of(fails(planned()))
    fails(second, "30008", now=LATER)
    assert Message.objects.count() == 2, "there is no third try"
    task = Task.objects.get()
    assert (task.kind, task.cause) == ("failed_message", "30008")


def test_never_after_the_visit():
    first = fails(planned(expires_at=NOON + SECOND_TRY_AFTER))
    assert second_of(first) is None and Task.objects.get().cause == "30003"


def test_not_when_only_quiet_hours_are_left():
    """11 PM; in quiet hours nothing goes before 9 AM, and at 8 AM the visit begins."""
    late = planned(due_at=NIGHT, now=NIGHT, urgent=True, expires_at=NIGHT + timedelta(hours=9))
    assert second_of(fails(late, now=NIGHT)) is not None, "an urgent one goes at any hour"
    before_nine = NOON + timedelta(hours=7, minutes=50)  # 7:50 PM
    waits = planned(due_at=before_nine, now=before_nine, expires_at=before_nine + timedelta(hours=12))
    assert second_of(fails(waits, now=before_nine)) is None
    assert Task.objects.count() == 1


def test_a_visit_that_changed_meanwhile_gets_no_second(monkeypatch):
    second = second_of(fails(planned(subject="", condition="")))
    second.subject, second.condition = "gone:1", "upcoming"
    second.save()
    delivery.deliver_batch([second.pk], lambda: LATER)
    second.refresh_from_db()
    assert second.skip_reason == "stale"


def test_a_stop_in_between_counts():
    second = second_of(fails(planned()))
    optout.stop(clinic=second.clinic, number_index=second.to_index, now=NOON)
    delivery.deliver_batch([second.pk], lambda: LATER)
    second.refresh_from_db()
    assert (second.status, second.skip_reason) == (Status.SKIPPED, "stopped")
    assert not LocalDelivery.objects.exists()


def test_a_second_try_does_not_go_to_a_number_that_was_paused_in_between():
    patient = texting_patient()
    second = second_of(fails(planned(patient)))
    patient.contact_points.update(status="paused")
    delivery.deliver_batch([second.pk], lambda: LATER)
    second.refresh_from_db()
    assert second.status == Status.SKIPPED and not LocalDelivery.objects.exists()


@pytest.mark.parametrize("code", ["30006", "30005", "21614", "21635"])
def test_what_can_not_work_is_not_tried_again(code):
    patient = texting_patient()
    first = fails(planned(patient), code)
    assert second_of(first) is None
    assert Task.objects.get().cause == code
    assert patient.contact_points.get().status == "bad"


def test_codes_are_asked_for_anew_by_whoever_waits():
    first = fails(planned(purpose="code", template_key="phone_code", context={"code": "1"}, urgent=True))
    assert second_of(first) is None and not Task.objects.exists()
