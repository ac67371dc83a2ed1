"""A patient's text does to a visit what it says, to the right visit, and nothing else."""

from datetime import timedelta
from uuid import uuid4

import pytest

from clinics.tests.factories import ClinicFactory
from compliance.models import AuditEvent
from messaging import delivery
from messaging.actions import receive, send_free_text
from messaging.models import Conversation, InboundMessage, Message
from messaging.states import Purpose
from messaging.states import Status as MessageStatus
from messaging.tests.factories import MOBILE, NOON, planned, texting_patient
from patients.actions import set_contact_point
from scheduling.models import Appointment
from scheduling.states import ByLabel, Status
from scheduling.tests.factories import AppointmentFactory
from worklist.models import Task

pytestmark = pytest.mark.django_db


@pytest.fixture
def patient():
    return texting_patient()


def visit_of(patient, days=1, **fields) -> Appointment:
    clinic = patient.clinics.get()
    starts_at = NOON + timedelta(days=days)
    return AppointmentFactory(clinic=clinic, patient=patient, starts_at=starts_at, booked_at=NOON, **fields)


def text(body, *, now=NOON, number=MOBILE, clinic=None) -> InboundMessage:
    inbound = receive(from_number=number, body=body, provider_sid=uuid4().hex, now=now, clinic=clinic)
    inbound.refresh_from_db()
    return inbound


def answers() -> list[str]:
    """The keys of our answers, oldest first."""
    return list(Message.objects.filter(purpose=Purpose.REPLY).order_by("pk").values_list("template_key", flat=True))


def last_answer() -> Message:
    return Message.objects.filter(purpose=Purpose.REPLY).order_by("-pk").first()


def reminded(visit, now=NOON - timedelta(hours=1)) -> None:
    """The visit's patient got a reminder."""
    message = planned(visit.patient, clinic=visit.clinic, subject=visit.subject, subject_version=visit.version,
                      dedupe_key=f"r:{visit.public_id}", now=now)  # fmt: skip
    delivery.deliver_batch([message.pk], lambda: now)


@pytest.mark.parametrize("body", ["C", "c", "👍", "Yes", "sí", "confirm please"])
def test_c_confirms(patient, body):
    visit = visit_of(patient)
    inbound = text(body)
    visit.refresh_from_db()
    assert visit.status == Status.CONFIRMED
    event = visit.events.get()
    assert (event.by, event.by_label) == (None, ByLabel.PATIENT_TEXT)
    assert answers() == ["reply_confirmed"]
    assert (inbound.intent, inbound.handled_at) == ("confirm", NOON)
    assert Conversation.objects.get().unread_count == 0, "nobody has to read a C"


def test_c_twice_is_answered_twice_and_happens_once(patient):
    visit = visit_of(patient)
    text("C")
    text("C")
    assert visit.events.count() == 1 and answers() == ["reply_confirmed"] * 2


def test_the_answer_comes_in_the_language_of_the_text():
    visit_of(texting_patient(language="en"))
    text("sí")
    assert last_answer().language == "es"


def test_r_sends_a_link_and_changes_nothing(patient):
    visit = visit_of(patient)
    text("R")
    visit.refresh_from_db()
    assert visit.status == Status.BOOKED and answers() == ["reply_reschedule"]
    assert "/m/" in last_answer().body


class TestCancelling:
    def test_x_asks_and_x_again_cancels(self, patient):
        visit = visit_of(patient)
        text("X")
        visit.refresh_from_db()
        assert visit.status == Status.BOOKED and answers() == ["reply_cancel_sure"]
        text("x", now=NOON + timedelta(minutes=3))
        visit.refresh_from_db()
        assert visit.status == Status.CANCELLED
        assert Message.objects.filter(template_key="visit_cancelled", channel="sms").count() == 1

    def test_c_in_between_keeps_it(self, patient):
        visit = visit_of(patient)
        text("X")
        text("C")
        text("X")
        visit.refresh_from_db()
        assert visit.status == Status.CONFIRMED, "the X after a C asks anew"
        assert answers() == ["reply_cancel_sure", "reply_confirmed", "reply_cancel_sure"]

    def test_the_question_does_not_last_for_ever(self, patient):
        visit = visit_of(patient, days=3)
        text("X")
        text("X", now=NOON + timedelta(hours=13))
        visit.refresh_from_db()
        assert visit.status == Status.BOOKED

    def test_a_visit_that_moved_meanwhile_is_asked_about_anew(self, patient):
        visit = visit_of(patient)
        text("X")
        Appointment.objects.filter(pk=visit.pk).update(version=2)
        text("X")
        visit.refresh_from_db()
        assert visit.status == Status.BOOKED and answers() == ["reply_cancel_sure"] * 2


class TestSeveralVisits:
    def test_the_patient_is_asked_which(self, patient):
        tuesday, friday = visit_of(patient, days=1), visit_of(patient, days=3)
        text("C")
        assert answers() == ["reply_choose"]
        assert "C1) Wed, Nov 25, 12:00 PM C2) Fri, Nov 27, 12:00 PM" in last_answer().body
        text("C2")
        tuesday.refresh_from_db(), friday.refresh_from_db()
        assert (tuesday.status, friday.status) == (Status.BOOKED, Status.CONFIRMED)

    def test_a_bare_number_is_enough(self, patient):
        first = visit_of(patient, days=1)
        visit_of(patient, days=3)
        text("R")
        text("1")
        assert last_answer().template_key == "reply_reschedule" and last_answer().subject == first.subject

    def test_a_number_that_was_not_offered_is_asked_again(self, patient):
        visit_of(patient, days=1), visit_of(patient, days=3)
        text("C")
        text("C7")
        assert answers() == ["reply_choose", "reply_choose"]

    def test_the_one_we_wrote_about_is_meant(self, patient):
        near, far = visit_of(patient, days=1), visit_of(patient, days=30)
        reminded(near)
        text("C")
        near.refresh_from_db(), far.refresh_from_db()
        assert (near.status, far.status) == (Status.CONFIRMED, Status.BOOKED)

    def test_the_one_not_confirmed_yet_is_meant(self, patient):
        visit_of(patient, days=1, status=Status.CONFIRMED)
        open_one = visit_of(patient, days=2)
        text("C")
        open_one.refresh_from_db()
        assert open_one.status == Status.CONFIRMED

    def test_choosing_what_was_cancelled_meanwhile(self, patient):
        visit_of(patient, days=1)
        gone = visit_of(patient, days=3)
        text("C")
        Appointment.objects.filter(pk=gone.pk).update(status=Status.CANCELLED, cancel_reason="other")
        text("C2")
        assert AppointmentStates() == {Status.CONFIRMED: 1, Status.CANCELLED: 1}

    def test_a_family_phone_names_nobody(self):
        clinic = ClinicFactory()
        mother = texting_patient(clinic, first_name="Marisol")
        child = texting_patient(clinic, first_name="Benito")
        visit_of(mother, days=1), visit_of(child, days=2)
        text("C", clinic=clinic)
        body = last_answer().body
        assert "C1)" in body and "Marisol" not in body and "Benito" not in body
        assert Conversation.objects.get().patient is None
        chosen = text("C2", clinic=clinic)
        assert child.appointments.get().status == Status.CONFIRMED
        assert mother.appointments.get().status == Status.BOOKED
        chosen.refresh_from_db()
        assert (chosen.patient, chosen.conversation.patient) == (child, child), "filed under whose visit it is about"
        assert last_answer().patient == child

    def test_x_twice_from_a_family_phone(self):
        clinic = ClinicFactory()
        mother, child = texting_patient(clinic), texting_patient(clinic)
        visit_of(mother, days=1), visit_of(child, days=2)
        for body in ("X", "X2", "X"):
            text(body, clinic=clinic)
        assert child.appointments.get().status == Status.CANCELLED
        assert mother.appointments.get().status == Status.BOOKED

    def test_whoever_has_the_number_now_can_not_touch_the_visit_of_who_had_it(self):
        clinic = ClinicFactory()
        before = texting_patient(clinic)
        visit = visit_of(before, days=1)
        reminded(visit)
        set_contact_point(patient=before, kind="mobile", value="+12025550188", by=None, now=NOON)
        texting_patient(clinic)
        for body in ("C", "X", "X"):
            text(body, clinic=clinic)
        visit.refresh_from_db()
        assert visit.status == Status.BOOKED
        assert set(answers()) == {"reply_no_visit"}

    def test_a_number_that_was_wrong_acts_for_nobody(self):
        clinic = ClinicFactory()
        patient = texting_patient(clinic)
        visit = visit_of(patient, days=1)
        text("wrong number", clinic=clinic)
        text("X", clinic=clinic), text("X", clinic=clinic)
        visit.refresh_from_db()
        assert visit.status == Status.BOOKED

    def test_visits_at_two_clinics_are_answered_by_each(self):
        here = ClinicFactory()
        there = ClinicFactory(organization=here.organization)
        mother, child = texting_patient(here), texting_patient(there)
        visit_of(mother, days=1), visit_of(child, days=2)
        for body in ("X", "X2", "X"):
            text(body, clinic=None if body == "X" else here)
        assert child.appointments.get().status == Status.CANCELLED
        thread = Conversation.objects.get(patient=child)
        assert thread.clinic == there, "the mother's clinic does not learn of the child's visit"
        assert not Message.objects.filter(patient=child).exclude(clinic=there).exists()


def AppointmentStates() -> dict:  # noqa: N802 - reads as a noun
    states = list(Appointment.objects.values_list("status", flat=True))
    return {state: states.count(state) for state in states}


class TestLeftToAPerson:
    @pytest.mark.parametrize("body", ["Is my medication ready?", "don't cancel my visit", "hello", "7789"])
    def test_what_is_not_clear(self, patient, body):
        visit = visit_of(patient)
        text(body)
        visit.refresh_from_db()
        thread = Conversation.objects.get()
        assert visit.status == Status.BOOKED
        assert (thread.state, thread.unread_count, thread.unanswered_since) == ("open", 1, NOON)
        task = Task.objects.get()
        assert (task.kind, task.subject, task.priority) == ("unclear_reply", thread.subject, Task.Priority.NORMAL)
        assert answers() == ["reply_unclear"]

    def test_is_told_so_once_in_twelve_hours(self, patient):
        for minutes in (0, 5, 600, 725):
            text("hello?", now=NOON + timedelta(minutes=minutes))
        assert answers() == ["reply_unclear"] * 2
        assert Conversation.objects.get().unread_count == 4 and Task.objects.count() == 1

    def test_a_c_without_any_visit(self, patient):
        text("C")
        assert answers() == ["reply_no_visit"]
        assert Conversation.objects.get().unread_count == 1

    def test_a_visit_that_is_over(self, patient):
        visit_of(patient, days=-1, status=Status.COMPLETED)
        text("X")
        assert answers() == ["reply_no_visit"]

    def test_ok_to_a_colleagues_text_is_for_the_colleague(self, patient):
        visit = visit_of(patient)
        thread = text("can I bring my daughter?").conversation
        message = send_free_text(conversation=thread, body="Of course.", by=None, now=NOON)
        delivery.deliver_batch([message.pk], lambda: NOON)
        text("ok", now=NOON + timedelta(minutes=5))
        visit.refresh_from_db()
        assert visit.status == Status.BOOKED and Conversation.objects.get().unread_count == 1
        text("C", now=NOON + timedelta(minutes=6))
        visit.refresh_from_db()
        assert visit.status == Status.CONFIRMED, "a plain C is for the visit at any time"


def test_every_step_is_in_the_audit_trail(patient):
    visit_of(patient)
    text("C")
    actions = set(AuditEvent.objects.filter(patient_id=patient.public_id).values_list("action", flat=True))
    assert {"messaging.text_received", "messaging.reply_handled", "messaging.planned"} <= actions
    assert any(action.startswith("scheduling.") for action in actions)


def test_the_answer_goes_out_at_night(patient):
    visit_of(patient, days=2)
    night = NOON + timedelta(hours=11)
    text("C", now=night)
    delivery.deliver_batch([last_answer().pk], lambda: night)
    assert last_answer().status == MessageStatus.DELIVERED
