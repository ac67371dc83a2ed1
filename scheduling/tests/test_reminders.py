"""A visit's messages follow the visit."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from messaging import delivery
from messaging.actions import receive
from messaging.models import LocalDelivery, Message
from messaging.states import SkipReason
from messaging.states import Status as MessageStatus
from messaging.tests.factories import MOBILE, NOON, texting_patient
from patients import links
from patients.actions import set_contact_point
from patients.errors import LinkRevoked
from patients.models import AccessLink
from scheduling import coverage, reminders
from scheduling.models import Appointment, ReminderStep
from scheduling.renewal import renew
from scheduling.states import Status
from scheduling.tests.factories import AppointmentFactory

pytestmark = pytest.mark.django_db
MANAGE = AccessLink.Purpose.MANAGE_VISIT


def visit_in(hours: float = 100, *, patient=None, **fields) -> Appointment:
    patient = patient or texting_patient(email="sam@example.com")
    clinic = patient.clinics.get()
    reminders.install_default_steps(clinic)
    starts_at = NOON + timedelta(hours=hours)
    return AppointmentFactory(clinic=clinic, patient=patient, starts_at=starts_at, booked_at=NOON, **fields)


def texts(**filters) -> list[str]:
    rows = Message.objects.filter(channel="sms", **filters).order_by("due_at", "pk")
    return list(rows.values_list("template_key", flat=True))


ALL = ["reminder_72h", "reminder_24h", "reminder_2h", "follow_up"]


def test_a_booking_gets_the_cadence_of_its_clinic():
    visit = visit_in()
    assert reminders.plan(appointment=visit, now=NOON) == 6, "four texts, and two of them by e-mail as well"
    assert texts() == ALL
    due = dict(Message.objects.filter(channel="sms").values_list("template_key", "due_at"))
    assert visit.starts_at - due["reminder_72h"] == timedelta(hours=72)
    assert due["follow_up"] - visit.ends_at == timedelta(hours=2)


def test_planned_twice_it_stands_once_and_no_second_link_is_made():
    visit = visit_in()
    reminders.plan(appointment=visit, now=NOON)
    assert reminders.plan(appointment=visit, now=NOON) == 0
    assert texts() == ALL and AccessLink.objects.count() == 1


def test_booked_twenty_hours_before_it_gets_what_is_still_to_come():
    reminders.plan(appointment=visit_in(20), now=NOON)
    assert texts() == ["reminder_2h", "follow_up"]


def test_the_notice_and_the_reminders_take_few_statements():
    visit = Appointment.objects.with_people().get(pk=visit_in().pk)
    with CaptureQueriesContext(connection) as queries:
        reminders.plan(appointment=visit, now=NOON, announce="visit_booked")
    statements = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
    # steps, link, contact points, templates, insert, keys, audit
    assert len(statements) <= 7, "\n".join(statements)
    assert texts()[0] == "visit_booked"


def test_the_words_are_in_the_patients_language_and_zone():
    patient = texting_patient(language="es", time_zone="America/Los_Angeles")
    reminders.plan(appointment=visit_in(patient=patient), now=NOON)
    body = Message.objects.get(template_key="reminder_24h").body
    assert "sabado 28 de noviembre, 1:00 PM PST" in body


def test_a_moved_visit_keeps_no_message_of_its_old_time():
    visit = visit_in()
    reminders.plan(appointment=visit, now=NOON)
    visit.starts_at += timedelta(days=1)
    visit.ends_at += timedelta(days=1)
    visit.version = 2
    visit.save()

    reminders.replan(appointment=visit, now=NOON)

    assert set(Message.objects.filter(subject_version=1).values_list("status", flat=True)) == {MessageStatus.CANCELLED}
    assert texts(status=MessageStatus.PLANNED) == ALL
    assert set(Message.objects.filter(status="planned").values_list("subject_version", flat=True)) == {2}


def test_a_cancelled_visit_says_so_and_no_more():
    visit = visit_in()
    reminders.plan(appointment=visit, now=NOON)
    Appointment.objects.filter(pk=visit.pk).update(status=Status.CANCELLED, cancel_reason="other")
    assert reminders.drop(appointment=visit, now=NOON, reason="cancelled", announce="visit_cancelled") == 6
    assert texts(status=MessageStatus.PLANNED) == ["visit_cancelled"]
    notice = Message.objects.get(template_key="visit_cancelled", channel="sms")
    delivery.deliver_batch([notice.pk], lambda: NOON)
    assert LocalDelivery.objects.get().message_id == notice.public_id


def link_in(message: Message) -> str:
    return re.search(r"/m/([\w-]+)/", message.body)[1]


class TestAWrongNumber:
    @pytest.fixture
    def visit(self):
        visit = visit_in()
        reminders.plan(appointment=visit, now=NOON)
        self.sent = link_in(Message.objects.get(template_key="reminder_72h", channel="sms"))
        receive(clinic=visit.clinic, from_number=MOBILE, body="wrong number", provider_sid="SM1", now=NOON)
        return visit

    def waiting(self, channel: str) -> list[Message]:
        return list(Message.objects.filter(channel=channel, status=MessageStatus.PLANNED).order_by("due_at"))

    def test_the_link_that_went_there_opens_nothing_and_emails_hold_a_fresh_one(self, visit):
        with pytest.raises(LinkRevoked):
            links.resolve(self.sent, MANAGE, NOON)
        emails = self.waiting("email")
        assert [message.template_key for message in emails] == ["reminder_72h", "follow_up"]
        assert all(links.resolve(link_in(message), MANAGE, NOON).subject == visit.subject for message in emails)
        assert self.waiting("sms") == []

    def test_another_patients_link_is_left_alone(self):
        other = visit_in(patient=texting_patient(mobile="+12025550188"))
        reminders.plan(appointment=other, now=NOON)
        receive(clinic=other.clinic, from_number=MOBILE, body="wrong number", provider_sid="SM1", now=NOON)
        assert not AccessLink.objects.exclude(revoked_at=None).exists()

    def test_the_right_number_gets_what_is_still_to_come_with_a_link_that_opens(self, visit):
        later = NOON + timedelta(hours=40)  # 60 hours before the visit
        set_contact_point(patient=visit.patient, kind="mobile", value="+12025550188", by=None, now=later)
        renew(visit.patient, later)
        found = self.waiting("sms")
        assert [message.template_key for message in found] == ["reminder_24h", "reminder_2h", "follow_up"]
        assert {message.to for message in found} == {"+12025550188"}
        assert all(links.resolve(link_in(message), MANAGE, later) for message in found)

    def test_said_again_it_does_not_end_the_links_of_the_right_number(self, visit):
        fresh = link_in(self.waiting("email")[0])
        receive(clinic=visit.clinic, from_number=MOBILE, body="wrong number", provider_sid="SM2", now=NOON)
        assert links.resolve(fresh, MANAGE, NOON)

    def test_renewed_twice_each_stands_once(self, visit):
        set_contact_point(patient=visit.patient, kind="mobile", value="+12025550188", by=None, now=NOON)
        for _ in range(2):
            renew(visit.patient, NOON)
        assert [message.template_key for message in self.waiting("sms")] == ALL
        assert coverage.plan_missing(NOON) == 0


class TestInTheMomentOfSending:
    """Even if nobody took the message back, it does not go when it is no longer true."""

    def send(self, visit, key="reminder_24h") -> Message:
        message = Message.objects.get(template_key=key, channel="sms")
        delivery.deliver_batch([message.pk], lambda: message.next_attempt_at)
        message.refresh_from_db()
        return message

    @pytest.mark.parametrize(
        "change",
        [{"status": Status.CANCELLED, "cancel_reason": "other"}, {"version": 2}, {"status": Status.COMPLETED},
         {"status": Status.NO_SHOW}],
    )  # fmt: skip
    def test_the_visit_changed(self, change):
        visit = visit_in()
        reminders.plan(appointment=visit, now=NOON)
        Appointment.objects.filter(pk=visit.pk).update(**change)
        message = self.send(visit)
        assert (message.status, message.skip_reason) == (MessageStatus.SKIPPED, SkipReason.STALE)
        assert not LocalDelivery.objects.exists()

    @pytest.mark.parametrize(("status", "sent"), [(Status.BOOKED, True), (Status.CONFIRMED, False)])
    def test_only_while_not_confirmed(self, status, sent):
        visit = visit_in(status=status)
        ReminderStep.objects.filter(key="24h").update(condition=ReminderStep.Condition.UNCONFIRMED)
        reminders.plan(appointment=visit, now=NOON)
        assert (self.send(visit).status == MessageStatus.DELIVERED) is sent

    @pytest.mark.parametrize(
        ("status", "sent"), [(Status.COMPLETED, True), (Status.NO_SHOW, False), (Status.BOOKED, False)]
    )
    def test_the_follow_up_needs_a_visit_that_took_place(self, status, sent):
        visit = visit_in()
        reminders.plan(appointment=visit, now=NOON)
        Appointment.objects.filter(pk=visit.pk).update(status=status)
        assert (self.send(visit, "follow_up").status == MessageStatus.DELIVERED) is sent

    def test_a_visit_that_is_gone(self):
        visit = visit_in()
        reminders.plan(appointment=visit, now=NOON)
        Message.objects.update(subject="visit:nobody")
        assert self.send(visit).skip_reason == SkipReason.STALE


class TestTheNet:
    def test_a_visit_that_nobody_planned_for_gets_its_messages(self):
        visit_in()
        assert coverage.plan_missing(NOON) == 6
        assert texts() == ALL

    def test_a_step_that_a_clinic_added_since(self):
        visit = visit_in()
        reminders.plan(appointment=visit, now=NOON)
        ReminderStep.objects.create(
            clinic=visit.clinic, key="48h", offset_minutes=-48 * 60, template_key="reminder_72h"
        )
        assert coverage.plan_missing(NOON) == 1

    def test_what_is_planned_costs_two_queries_however_many_visits(self):
        for _number in range(3):
            reminders.plan(appointment=visit_in(patient=texting_patient()), now=NOON)
        with CaptureQueriesContext(connection) as queries:
            assert coverage.plan_missing(NOON) == 0
        assert len(queries) == 2

    @pytest.mark.parametrize(("hours", "keys"), [(1, ["follow_up"]), (24 * 8 + 1, [])])
    def test_what_is_past_and_too_far_is_left_alone(self, hours, keys):
        visit_in(hours)
        coverage.plan_missing(NOON)
        assert texts() == keys

    def test_cancelled_ones_and_patients_without_a_mobile_are_left_alone(self):
        visit_in(status=Status.CANCELLED)
        visit_in(patient=texting_patient(mobile=""))
        assert coverage.plan_missing(NOON) == 0 and AccessLink.objects.count() == 0


def test_default_steps_are_installed_once():
    visit = visit_in()
    ReminderStep.objects.filter(key="72h").update(is_active=False)
    reminders.install_default_steps(visit.clinic)
    assert ReminderStep.objects.count() == 4 and not ReminderStep.objects.get(key="72h").is_active


def test_the_addresses_in_messages_exist():
    """scheduling cannot import the portal above it; this holds what both agreed on."""
    from django.urls import resolve

    assert resolve(reminders.MANAGE_PATH.format(token="x" * 32)).view_name == "portal:manage"
    assert resolve(reminders.BOOK_PATH).app_names == ["portal"]
