"""Sending: everything is asked again in the last moment, and nothing goes twice."""

from datetime import timedelta

import pytest
from django.utils import timezone

from clinics.tests.factories import ClinicFactory
from compliance.context import acting_service
from messaging import delivery, dispatch, gateways, registry, standing, sweeping
from messaging.actions import cancel_planned
from messaging.gateways.base import Accepted, Rejected, Retry, Unknown
from messaging.models import LocalDelivery, Message, StoppedNumber
from messaging.states import Purpose, SkipReason, Status
from messaging.tests.factories import MOBILE, NIGHT, NOON, planned, texting_patient
from patients.actions import record_consent
from patients.models import ContactPoint
from worklist.models import Task

pytestmark = pytest.mark.django_db


def send(message, now=NOON) -> Message:
    delivery.deliver_batch([message.pk], lambda: now)
    message.refresh_from_db()
    return message


def test_a_text_is_sent_and_its_receipts_are_kept():
    message = send(planned())
    assert message.status == Status.DELIVERED
    assert message.sent_at == NOON and message.gateway == "local" and message.provider_sid.startswith("SM")
    assert list(message.events.values_list("status", "source")) == [
        ("accepted", "answer"), ("sent", "callback"), ("delivered", "callback"),
    ]  # fmt: skip


def test_given_twice_it_goes_once():
    message = planned()
    send(message)
    send(message)
    assert LocalDelivery.objects.filter(message_id=message.public_id).count() == 1


def test_an_email_goes_through_djangos_mail(mailoutbox):
    patient = texting_patient(email="sam@example.com")
    message = send(planned(patient, channel="email"))
    assert message.status == Status.SENT
    assert mailoutbox[0].to == ["sam@example.com"]
    assert "Riverside" in mailoutbox[0].subject
    assert mailoutbox[0].extra_headers["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize(
    ("number", "code", "contact"),
    [("+15005550001", "21211", "bad"), ("+15005550009", "21614", "bad"), ("+15005550002", "21612", "ok")],
)
def test_a_number_that_fails_opens_a_task_and_is_marked(number, code, contact):
    patient = texting_patient(mobile=number)
    message = send(planned(patient, subject="visit:v"))
    assert (message.status, message.error_code) == (Status.FAILED, code)
    task = Task.objects.get(kind=Task.Kind.FAILED_MESSAGE)
    assert (task.patient, task.subject) == (patient, "visit:v")
    assert patient.contact_points.get().status == contact


def test_one_task_stands_for_several_failures_about_one_visit():
    patient = texting_patient(mobile="+15005550002")
    for number in range(3):
        send(planned(patient, dedupe_key=f"f{number}", subject="visit:v"))
    assert Task.objects.count() == 1


def test_failures_about_two_things_or_at_two_clinics_have_a_task_each():
    patient = texting_patient(mobile="+15005550002")
    first, second = patient.clinics.get(), ClinicFactory(organization=patient.organization)
    for clinic, subject in [(first, "visit:a"), (first, "visit:b"), (second, "visit:c"), (first, ""), (first, "")]:
        send(planned(patient, clinic=clinic, subject=subject))
    assert Task.objects.filter(clinic=first).count() == 4 and Task.objects.filter(clinic=second).count() == 1


def test_the_carriers_word_that_a_number_stopped_is_kept():
    patient = texting_patient(mobile="+15005550004")
    send(planned(patient))
    assert StoppedNumber.objects.count() == 1
    assert not patient.consents.order_by("-pk").first().granted
    assert send(planned(patient, dedupe_key="next")).skip_reason == SkipReason.STOPPED


def test_accepted_and_then_not_delivered():
    message = send(planned(texting_patient(mobile="+15005550008")))
    assert (message.status, message.error_code) == (Status.UNDELIVERED, "30003")


class TestNotSent:
    """Each check of the last moment, alone."""

    def test_without_consent(self):
        message = send(planned(texting_patient(consents=[])))
        assert (message.status, message.skip_reason) == (Status.SKIPPED, SkipReason.NO_CONSENT)
        assert not LocalDelivery.objects.exists()

    def test_consent_revoked_after_planning(self):
        patient = texting_patient()
        message = planned(patient)
        record_consent(patient=patient, topic="texts", granted=False, source="link", by=None, now=NOON)
        assert send(message).skip_reason == SkipReason.NO_CONSENT

    def test_an_email_needs_no_consent_but_heeds_a_no(self, mailoutbox):
        patient = texting_patient(email="sam@example.com", consents=[])
        assert send(planned(patient, channel="email")).status == Status.SENT
        record_consent(patient=patient, topic="emails", granted=False, source="link", by=None, now=NOON)
        refused = send(planned(patient, channel="email", dedupe_key="second"))
        assert refused.skip_reason == SkipReason.NO_CONSENT
        assert len(mailoutbox) == 1

    def test_a_stopped_number_even_with_consent(self):
        patient = texting_patient()
        message = planned(patient)
        StoppedNumber.objects.create(organization=patient.organization, number_index=message.to_index, stopped_at=NOON)
        assert send(message).skip_reason == SkipReason.STOPPED

    def test_a_number_marked_bad_after_planning(self):
        patient = texting_patient()
        message = planned(patient)
        patient.contact_points.update(status=ContactPoint.Status.BAD)
        assert send(message).skip_reason == SkipReason.CONTACT

    def test_after_its_time(self):
        message = send(planned(), now=NOON + timedelta(days=2))
        assert message.status == Status.EXPIRED
        assert Task.objects.filter(kind=Task.Kind.FAILED_MESSAGE).exists()

    def test_about_something_that_changed(self, clean_registry):
        registry.register_subject("visit", lambda message: message.subject_version == 2)
        stale = send(planned(subject="visit:v", subject_version=1, condition="always"))
        assert (stale.status, stale.skip_reason) == (Status.SKIPPED, SkipReason.STALE)

    def test_about_something_nobody_registered(self, clean_registry):
        assert send(planned(subject="kit:k", condition="always")).skip_reason == SkipReason.STALE

    def test_in_quiet_hours_it_waits(self):
        message = send(planned(), now=NIGHT)
        assert message.status == Status.PLANNED
        assert message.next_attempt_at.hour == 14, "9 AM in New York"

    def test_when_only_quiet_hours_are_left(self):
        message = planned(expires_at=NIGHT + timedelta(hours=3))
        assert send(message, now=NIGHT).skip_reason == SkipReason.QUIET

    def test_an_answer_goes_at_night_without_recorded_consent(self):
        message = planned(texting_patient(consents=[]), purpose=Purpose.REPLY, urgent=True)
        assert send(message, now=NIGHT).status == Status.DELIVERED

    def test_before_it_is_due(self):
        message = send(planned(due_at=NOON + timedelta(hours=1)))
        assert message.status == Status.PLANNED and not LocalDelivery.objects.exists()


@pytest.mark.parametrize("purpose", Purpose)
@pytest.mark.parametrize("channel", ["sms", "email"])
@pytest.mark.parametrize("granted", [None, True, False])
@pytest.mark.parametrize("stopped", [True, False])
def test_the_quick_question_and_the_reason_agree(purpose, channel, granted, stopped, mailoutbox):
    """`take` asks in SQL, `judge` in Python: what one refuses the other can explain, and nothing else."""
    patient = texting_patient(email="sam@example.com", consents=[])
    message = planned(patient, channel=channel, purpose=purpose)
    if granted is not None:
        topic = "texts" if channel == "sms" else "emails"
        record_consent(patient=patient, topic=topic, granted=granted, source="link", by=None, now=NOON)
    if stopped:
        StoppedNumber.objects.create(organization=patient.organization, number_index=message.to_index, stopped_at=NOON)
    verdict = standing.judge(standing.locked(message.pk, NOON), NOON)
    assert standing.take(message, NOON) is (not verdict.status)


def test_cancelled_between_the_claim_and_the_call():
    """The last moment in which a cancellation still counts: the row is claimed, a worker is about to take it."""
    message = planned(subject="visit:v", subject_version=1, condition="always")
    [chunk] = dispatch.claim_due(NOON)
    cancel_planned(subject="visit:v", now=NOON, reason="cancelled")
    delivery.deliver_batch(chunk, lambda: NOON)
    message.refresh_from_db()
    assert message.status == Status.CANCELLED and not LocalDelivery.objects.exists()


class Scripted:
    """A transport that answers what it is told."""

    name, answers_keywords = "scripted", False

    def __init__(self, *results):
        self.results = list(results)

    def send(self, message, now):
        return self.results.pop(0)


@pytest.fixture
def scripted(monkeypatch):
    def use(*results):
        gateway = Scripted(*results)
        monkeypatch.setattr(gateways, "of", lambda channel: gateway)
        return gateway

    return use


def test_a_refusal_to_take_it_now_is_tried_again_later_each_time(scripted):
    scripted(*[Retry("20429")] * 5)
    message, now, waits = planned(expires_at=NOON + timedelta(days=3)), NOON, []
    for _attempt in range(4):
        send(message, now)
        assert message.status == Status.PLANNED
        waits.append(message.next_attempt_at - now)
        now = message.next_attempt_at
    assert waits == sorted(waits) and timedelta(seconds=30) <= waits[0] <= timedelta(seconds=39)
    assert send(message, now).status == Status.FAILED
    assert (message.error_code, message.attempts) == ("20429", 4)


def test_a_fault_of_the_set_up_does_not_use_up_attempts(scripted):
    scripted(*[Retry("30034", 900, counted=False)] * 8, Accepted("SM1"))
    message, now = planned(expires_at=NOON + timedelta(days=3)), NOON
    for _attempt in range(8):
        send(message, now)
        now = message.next_attempt_at
    assert send(message, now).status == Status.ACCEPTED and message.attempts == 0


def test_a_refusal_is_final(scripted):
    scripted(Rejected("30007"))
    assert send(planned()).status == Status.FAILED


def test_a_lost_answer_is_not_sent_again(scripted):
    gateway = scripted(Unknown("ReadTimeout"), Accepted("SM2"))
    message = send(planned())
    assert message.status == Status.UNKNOWN
    send(message, NOON + timedelta(hours=1))
    assert len(gateway.results) == 1, "a second call would have used the second answer"


def test_rows_come_in_chunks_and_only_once():
    patient = texting_patient()
    for number in range(5):
        planned(patient, dedupe_key=f"c{number}")
    planned(patient, dedupe_key="later", due_at=NOON + timedelta(hours=1))
    [chunk] = list(dispatch.claim_due(NOON))
    assert len(chunk) == 5
    assert list(dispatch.claim_due(NOON)) == []


def test_no_more_is_claimed_than_may_be_in_flight(monkeypatch):
    monkeypatch.setattr(dispatch, "MOST_IN_FLIGHT", 3)
    patient = texting_patient()
    for number in range(5):
        planned(patient, dedupe_key=f"c{number}")
    assert [len(chunk) for chunk in dispatch.claim_due(NOON)] == [3]


class TestSweeper:
    def test_a_claim_whose_task_never_came_is_given_back(self):
        message = planned()
        list(dispatch.claim_due(NOON))
        assert sweeping.release_claimed(NOON + timedelta(seconds=60)) == 0
        assert sweeping.release_claimed(NOON + timedelta(seconds=121)) == 1
        message.refresh_from_db()
        assert message.status == Status.PLANNED

    @pytest.mark.parametrize("taken", [True, False])
    def test_a_process_that_died_during_the_call(self, taken):
        """Taken by the carrier: found and never sent again. Not taken: sent exactly once."""
        message = planned()
        list(dispatch.claim_due(NOON))
        standing.take(message, NOON)
        if taken:
            gateways.of("sms").send(message, NOON)
        later = NOON + timedelta(minutes=5)
        assert sweeping.doubt_sending(later) == 1
        assert sweeping.settle_unknown(later) == 1
        message.refresh_from_db()
        assert message.status == (Status.DELIVERED if taken else Status.PLANNED)
        send(message, message.next_attempt_at)
        assert LocalDelivery.objects.filter(message_id=message.public_id).count() == 1

    def test_an_email_nobody_can_ask_about_is_not_sent_twice(self, mailoutbox):
        patient = texting_patient(email="sam@example.com")
        message = planned(patient, channel="email")
        standing.take(message, NOON)
        sweeping.doubt_sending(NOON + timedelta(minutes=5))
        sweeping.settle_unknown(NOON + timedelta(minutes=5))
        message.refresh_from_db()
        assert (message.status, message.error_code) == (Status.FAILED, "unanswered")
        assert Task.objects.filter(kind=Task.Kind.FAILED_MESSAGE).exists()

    def test_what_is_too_late_expires(self):
        message = planned()
        assert sweeping.expire(NOON + timedelta(days=2)) == 1
        message.refresh_from_db()
        assert message.status == Status.EXPIRED


def test_no_words_and_no_number_reach_the_log(caplog):
    with acting_service("test"):
        for number in (MOBILE, "+15005550001"):
            send(planned(texting_patient(mobile=number), dedupe_key=number), timezone.now())
    said = caplog.text + "".join(str(record.__dict__) for record in caplog.records)
    assert "5550" not in said and "Riverside" not in said
