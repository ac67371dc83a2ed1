"""Texts that come in: kept whatever happens, opt-outs at once, danger first, no endless talk between machines."""

from datetime import timedelta
from uuid import uuid4

import pytest

from clinics.tests.factories import ClinicFactory, MembershipFactory
from messaging import delivery, optout, registry
from messaging.actions import (
    assign_conversation,
    close_conversation,
    handle_left_over,
    mark_read,
    receive,
    reopen_conversation,
    send_free_text,
)
from messaging.errors import NoNumberError
from messaging.models import Conversation, InboundMessage, Message, StoppedNumber
from messaging.selectors import queue_counts, thread, threads
from messaging.states import Purpose, SkipReason, Status
from messaging.tests.factories import MOBILE, NIGHT, NOON, planned, texting_patient
from patients.models import ContactPoint, Patient
from patients.selectors import has_agreed
from worklist.models import Task

pytestmark = pytest.mark.django_db


def text(body, *, now=NOON, number=MOBILE, **more) -> InboundMessage:
    inbound = receive(from_number=number, body=body, provider_sid=uuid4().hex, now=now, **more)
    inbound.refresh_from_db()
    return inbound


def send(message, now=NOON) -> Message:
    delivery.deliver_batch([message.pk], lambda: now)
    message.refresh_from_db()
    return message


def keys() -> list[str]:
    return list(Message.objects.exclude(purpose=Purpose.REMINDER).order_by("pk").values_list("template_key", flat=True))


def may_text(patient) -> bool:
    mobile = patient.contact_points.get(kind="mobile")
    return has_agreed(patient_id=patient.pk, topic="texts", value_index=mobile.value_index)


class TestStop:
    @pytest.mark.parametrize("body", ["STOP", "please stop texting me", "no me manden mensajes", "remove me"])
    def test_ends_everything_at_once(self, body):
        patient = texting_patient()
        waiting = planned(patient)
        text(body)
        waiting.refresh_from_db()
        assert (waiting.status, waiting.skip_reason) == (Status.SKIPPED, SkipReason.STOPPED)
        assert not may_text(patient)
        record = patient.consents.order_by("-pk").first()
        assert (record.granted, record.source, record.wording) == (False, "text", body)
        assert keys() == ["reply_stopped"]

    def test_the_one_confirmation_goes_out_and_nothing_after_it(self):
        patient = texting_patient()
        text("STOP")
        assert send(Message.objects.get(purpose=Purpose.OPT_OUT)).status == Status.DELIVERED
        assert send(planned(patient, dedupe_key="later")).status == Status.SKIPPED

    def test_help_is_answered_all_the_same(self):
        patient = texting_patient()
        text("STOP")
        for number, word in enumerate(["HELP", "ayuda"]):
            text(word, now=NOON + timedelta(minutes=number + 1))
        helps = Message.objects.filter(template_key="reply_help").order_by("pk")
        assert [send(message, NOON + timedelta(minutes=2)).status for message in helps] == [Status.DELIVERED] * 2
        assert not may_text(patient) and StoppedNumber.objects.exists(), "asking for help is no START"

    def test_help_that_the_carrier_refuses_is_nobodys_work(self):
        texting_patient(mobile="+15005550004")
        text("STOP", number="+15005550004")
        text("ayuda", number="+15005550004", now=NOON + timedelta(minutes=1))
        answer = Message.objects.get(template_key="reply_help")
        assert send(answer, NOON + timedelta(minutes=1)).error_code == "21610"
        assert not Task.objects.exists()

    def test_is_silent_where_the_carrier_answers(self, settings):
        texting_patient()
        settings.MESSAGE_TRANSPORT = "twilio"
        text("STOP")
        assert keys() == [] and StoppedNumber.objects.count() == 1
        text("stop texting me", now=NOON + timedelta(minutes=1))
        assert keys() == ["reply_stopped"], "the carrier does not know this phrase"

    def test_emails_are_not_touched(self, mailoutbox):
        patient = texting_patient(email="sam@example.com")
        email = planned(patient, channel="email")
        text("STOP")
        assert send(email).status == Status.SENT

    def test_a_number_that_belongs_to_nobody_is_stopped_too(self):
        clinic = ClinicFactory()
        text("STOP", number="+12025550188", clinic=clinic)
        assert optout.is_stopped(clinic=clinic, number_index=StoppedNumber.objects.get().number_index)

    def test_everybody_with_that_number_is_stopped(self):
        clinic = ClinicFactory()
        family = [texting_patient(clinic), texting_patient(clinic)]
        text("STOP", clinic=clinic)
        assert not any(may_text(patient) for patient in family)

    def test_cancel_ends_texts_and_asks_a_person_to_look_at_the_visit(self):
        patient = texting_patient()
        text("CANCEL")
        assert not may_text(patient)
        assert Task.objects.get().kind == "unclear_reply"

    @pytest.mark.parametrize("body", ["START", "YES", "unstop"])
    def test_start_begins_again(self, body):
        patient = texting_patient()
        text("STOP")
        text(body, now=NOON + timedelta(hours=1))
        assert may_text(patient) and not StoppedNumber.objects.exists()
        assert keys() == ["reply_stopped", "reply_started"]
        assert send(planned(patient, dedupe_key="again")).status == Status.DELIVERED

    def test_as_the_carrier_says(self):
        patient = texting_patient()
        text("arrêt", opt_out_type="STOP")
        assert not may_text(patient)


@pytest.mark.parametrize(("body", "language"), [("HELP", "en"), ("ayuda", "es")])
def test_help(body, language):
    texting_patient()
    text(body)
    answer = Message.objects.get()
    assert (answer.template_key, answer.language) == ("reply_help", language)
    assert Conversation.objects.get().unread_count == 0


@pytest.mark.parametrize("word", ["STOP", "START", "HELP"])
class TestWordsThatAreTheSameInEveryLanguage:
    def test_are_answered_in_the_language_the_patient_has_today(self, word):
        patient = texting_patient()
        text("What about parking?")  # opens the conversation, in English
        Patient.objects.filter(pk=patient.pk).update(language="es")
        text(word)
        assert Message.objects.latest("pk").language == "es"

    def test_are_answered_in_the_language_that_a_family_shares(self, word):
        first = texting_patient(language="es")
        texting_patient(first.clinics.get(), language="es")
        text(word)
        answer = Message.objects.latest("pk")
        assert (answer.language, answer.patient) == ("es", None)


@pytest.mark.parametrize("body", ["I want to kill myself", "tengo dolor de pecho", "STOP I want to die"])
def test_danger_is_answered_and_brought_to_a_person_at_once(body):
    texting_patient()
    text(body)
    answer = Message.objects.get()
    assert answer.template_key == "reply_crisis" and "911" in answer.body and "988" in answer.body
    task = Task.objects.get()
    assert (task.priority, task.due_at) == (Task.Priority.URGENT, NOON)
    assert send(answer, NIGHT).status in {Status.DELIVERED, Status.EXPIRED}


def test_danger_is_not_hidden_behind_an_open_task():
    texting_patient()
    text("hello")
    text("I want to die", now=NOON + timedelta(minutes=1))
    assert sorted(Task.objects.values_list("priority", flat=True)) == [1, 2]


def test_a_wrong_number_is_not_written_to_again():
    patient = texting_patient()
    text("wrong number")
    assert patient.contact_points.get().status == ContactPoint.Status.PAUSED
    assert Task.objects.count() == 1 and keys() == []
    assert planned_is_refused(patient)


def planned_is_refused(patient) -> bool:
    message = planned(patient, to=MOBILE)
    return send(message).status == Status.SKIPPED


def test_two_machines_do_not_talk_for_ever():
    """Each of our answers comes back as a HELP: after ten in an hour we are silent, an hour later we are not."""
    texting_patient()
    for minute in range(30):
        text("HELP", now=NOON + timedelta(minutes=minute))
    assert len(keys()) == 10
    text("HELP", now=NOON + timedelta(hours=2))
    assert len(keys()) == 11


def test_many_answers_of_one_organization_do_not_silence_another():
    noisy, other = ClinicFactory(), ClinicFactory()
    for minute in range(12):
        text("HELP", now=NOON + timedelta(minutes=minute), clinic=noisy)
    assert len(keys()) == 10
    text("HELP", now=NOON + timedelta(minutes=13), clinic=ClinicFactory(organization=noisy.organization))
    assert len(keys()) == 10, "one number, one organization"
    text("HELP", now=NOON + timedelta(minutes=13), clinic=other)
    assert Message.objects.filter(clinic=other).count() == 1


def test_ok_after_a_colleagues_words_is_for_the_colleague_of_that_organization_only():
    patient = texting_patient()
    clinic = patient.clinics.get()
    by = MembershipFactory(clinic=clinic).user
    send(send_free_text(patient=patient, clinic=clinic, body="Please bring your card.", by=by, now=NOON))
    later = NOON + timedelta(minutes=5)
    assert text("ok", now=later, clinic=ClinicFactory(organization=clinic.organization)).intent == "other"
    assert text("ok", now=later, clinic=ClinicFactory()).intent == "confirm"


def test_somebody_in_danger_is_answered_after_many_answers_too():
    texting_patient()
    for minute in range(12):
        text("HELP", now=NOON + timedelta(minutes=minute))
    text("my chest hurts", now=NOON + timedelta(minutes=13))
    assert keys().count("reply_crisis") == 1
    for minute in range(14, 40):
        text("911", now=NOON + timedelta(minutes=minute))
    assert len(keys()) == 20


class TestWhatever:
    """Whatever goes wrong while acting, the text is kept and reaches a person."""

    @pytest.fixture
    def broken(self, clean_registry):
        def handler(reply, now):
            raise RuntimeError("a fault of ours")

        registry.register_reply_handler(handler)

    def test_a_fault_loses_nothing(self, broken):
        texting_patient()
        with pytest.raises(RuntimeError):
            text("C")
        inbound = InboundMessage.objects.get()
        assert inbound.handled_at is None and inbound.body == "C"

    def test_after_three_attempts_it_is_before_a_person(self, broken):
        texting_patient()
        with pytest.raises(RuntimeError):
            text("C")
        for attempt in range(3):
            with pytest.raises(RuntimeError):
                handle_left_over(NOON + timedelta(minutes=2 + attempt))
        assert handle_left_over(NOON + timedelta(minutes=9)) == 1
        assert Conversation.objects.get().unread_count == 1 and Task.objects.count() == 1
        assert handle_left_over(NOON + timedelta(minutes=10)) == 0

    def test_when_the_fault_is_mended_it_is_acted_upon(self, broken, monkeypatch):
        texting_patient()
        with pytest.raises(RuntimeError):
            text("C")
        seen = []
        monkeypatch.setattr(registry, "_reply_handlers", [lambda reply, now: seen.append(reply.intent) or True])
        handle_left_over(NOON + timedelta(minutes=2))
        assert seen == ["confirm"] and InboundMessage.objects.get().handled_at


def test_received_twice_it_counts_once():
    texting_patient()
    for _ in range(2):
        receive(from_number=MOBILE, body="hello", provider_sid="SM1", now=NOON)
    assert InboundMessage.objects.count() == 1 and Conversation.objects.get().unread_count == 1


class TestWhoseTextItIs:
    def test_the_clinic_that_wrote_last(self):
        ClinicFactory()
        patient = texting_patient()
        second = ClinicFactory(organization=patient.organization)
        send(planned(patient, clinic=second))
        assert text("hello").clinic == second

    def test_else_a_clinic_of_the_patient(self):
        ClinicFactory()
        patient = texting_patient()
        assert text("hello").clinic == patient.clinics.get()

    def test_else_the_first_one(self):
        first = ClinicFactory()
        ClinicFactory()
        assert text("hello", number="+12025550188").clinic == first

    def test_without_any_clinic_nothing_breaks(self):
        assert receive(from_number=MOBILE, body="hi", provider_sid="SM1", now=NOON) is None


class TestInbox:
    @pytest.fixture
    def coordinator(self):
        patient = texting_patient()
        self.patient = patient
        return MembershipFactory(clinic=patient.clinics.get()).user

    def test_the_longest_waiting_stands_first(self, coordinator):
        clinic = self.patient.clinics.get()
        late = text("hello", now=NOON + timedelta(minutes=9), number="+12025550188", clinic=clinic).conversation
        early = text("hello", now=NOON).conversation
        text("still there?", now=NOON + timedelta(minutes=20))
        assert list(threads(coordinator, clinic, "open", NOON)) == [early, late]
        assert queue_counts(coordinator, clinic, NOON) == {"open": 2, "mine": 0, "unassigned": 2, "snoozed": 0}

    def test_an_answer_goes_out_and_ends_the_waiting(self, coordinator):
        conversation = text("Is my form there?", now=NIGHT).conversation
        message = send_free_text(conversation=conversation, body="Yes, thank you.", by=coordinator, now=NIGHT)
        conversation.refresh_from_db()
        assert send(message, NIGHT).status == Status.DELIVERED, "an answer is not held back by the night"
        assert (conversation.unread_count, conversation.unanswered_since) == (0, None)
        assert conversation.assigned_to == coordinator
        assert Task.objects.get().status == Task.Status.DONE
        assert [(entry.out, entry.text) for entry in thread(conversation)][0] == (False, "Is my form there?")
        assert thread(conversation)[-1].author == coordinator.name

    def test_words_that_answer_nothing_wait_for_the_morning(self, coordinator):
        message = send_free_text(
            patient=self.patient, clinic=self.patient.clinics.get(), body="Please call us.", by=coordinator, now=NIGHT
        )
        assert message.next_attempt_at > NIGHT
        assert Conversation.objects.get().patient == self.patient

    def test_a_form_sent_twice_counts_once(self, coordinator):
        conversation = text("hello").conversation
        given = {"conversation": conversation, "body": "Hi.", "by": coordinator, "now": NOON, "key": "form-1"}
        assert send_free_text(**given) is not None
        assert send_free_text(**given) is None
        assert Message.objects.filter(purpose=Purpose.STAFF).count() == 1

    def test_a_patient_without_a_mobile(self, coordinator):
        patient = texting_patient(mobile="")
        with pytest.raises(NoNumberError):
            send_free_text(patient=patient, clinic=patient.clinics.get(), body="Hi", by=coordinator, now=NOON)

    def test_closing_reopening_assigning_and_reading(self, coordinator):
        conversation = text("hello").conversation
        mark_read(conversation=conversation)
        assert Conversation.objects.get().unread_count == 0 and Conversation.objects.get().unanswered_since
        close_conversation(conversation=conversation, by=coordinator, now=NOON)
        assert Conversation.objects.get().state == "closed" and not Task.objects.open().exists()
        reopen_conversation(conversation=conversation, by=coordinator, now=NOON)
        assign_conversation(conversation=conversation, owner=coordinator, by=coordinator, now=NOON)
        assert list(threads(coordinator, conversation.clinic, "mine", NOON)) == [conversation]

    def test_other_clinics_do_not_see_it(self, coordinator):
        conversation = text("hello").conversation
        stranger = MembershipFactory().user
        provider = MembershipFactory(clinic=conversation.clinic, role="provider").user
        for user in (stranger, provider):
            for model in (Conversation, InboundMessage, Message):
                assert not model.objects.visible_to(user).exists()
            assert not threads(user, conversation.clinic, "all", NOON).exists()
        assert Conversation.objects.visible_to(coordinator).exists()
