"""A number of several patients, or one that went on to somebody else: each sees, and is seen with, their own texts."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from clinics.tests.factories import ClinicFactory
from messaging import delivery, threads
from messaging.actions import receive, send_free_text
from messaging.models import Conversation, InboundMessage, Message
from messaging.selectors import thread
from messaging.tests.factories import MOBILE, NOON, planned, texting_patient
from patients.actions import mark_contact_point, set_contact_point

pytestmark = pytest.mark.django_db


@pytest.fixture
def clinic():
    return ClinicFactory()


def text(body, clinic=None, *, now=NOON) -> InboundMessage:
    sid = f"SM{InboundMessage.objects.count()}"
    return receive(clinic=clinic, from_number=MOBILE, body=body, provider_sid=sid, now=now)


def said(conversation) -> list[str]:
    return [entry.text for entry in thread(conversation)]


def sent(patient, words, now=NOON) -> Message:
    message = send_free_text(patient=patient, clinic=patient.clinics.get(), body=words, by=None, now=now)
    delivery.deliver_batch([message.pk], lambda: now)
    return message


def with_new_number(patient, number="+12025550188"):
    set_contact_point(patient=patient, kind="mobile", value=number, by=None, now=NOON)
    return patient


class TestPassedOn:
    @pytest.fixture
    def before(self, clinic):
        """Ana wrote and was written to; then she has another number."""
        ana = texting_patient(clinic, first_name="Ana")
        text("my pills ran out", clinic)
        sent(ana, "Ana, we will call you.")
        return with_new_number(ana)

    def test_the_next_ones_thread_begins_empty(self, clinic, before):
        ben = texting_patient(clinic, first_name="Ben")
        inbound = text("hello, is this the clinic?", clinic)
        assert inbound.patient == ben and inbound.conversation.patient == ben
        assert "my pills ran out" not in said(inbound.conversation)
        assert not any("Ana" in words for words in said(inbound.conversation))

    def test_and_the_first_ones_thread_stays_hers(self, clinic, before):
        texting_patient(clinic, first_name="Ben")
        text("hello, is this the clinic?", clinic)
        hers = Conversation.objects.get(patient=before)
        assert "my pills ran out" in said(hers) and "hello, is this the clinic?" not in said(hers)

    def test_also_when_the_number_was_only_marked(self, clinic):
        ana = texting_patient(clinic)
        point = ana.contact_points.get()
        mark_contact_point(contact_point=point, status="paused", reason="wrong_number", by=None, now=NOON)
        assert text("who is this?", clinic).patient is None
        ben = texting_patient(clinic)
        assert text("it is Ben", clinic).patient == ben

    def test_the_text_comes_to_the_clinic_of_whoever_has_it_now(self, clinic, before):
        theirs = ClinicFactory(organization=clinic.organization)
        ben = texting_patient(theirs)
        inbound = text("hello")
        assert (inbound.clinic, inbound.patient) == (theirs, ben)


class TestShared:
    @pytest.fixture
    def family(self, clinic):
        return texting_patient(clinic, first_name="Ana"), texting_patient(clinic, first_name="Ben")

    def test_nobody_gets_words_by_a_guess(self, clinic, family):
        ana, _ben = family
        sent(ana, "Your form is missing.")
        inbound = text("which form?", clinic)
        assert inbound.patient is None and inbound.conversation.patient is None
        assert said(inbound.conversation)[0] == "which form?"
        assert said(Conversation.objects.get(patient=ana)) == ["Your form is missing."]

    def test_each_has_a_thread(self, clinic, family):
        for patient in family:
            sent(patient, f"Hello {patient.first_name}")
        for patient in family:
            assert said(Conversation.objects.get(patient=patient)) == [f"Hello {patient.first_name}"]

    def test_a_text_from_before_the_second_one_came_is_the_first_ones(self, clinic):
        ana = texting_patient(clinic)
        first = text("only me here", clinic)
        texting_patient(clinic)
        second = text("and now?", clinic)
        assert (first.patient, second.patient) == (ana, None)
        assert said(Conversation.objects.get(patient=ana))[0] == "only me here"
        assert "only me here" not in said(second.conversation)

    def test_whom_the_number_is_preferred_by_goes_before_whom_it_is_on_record_of(self, clinic, family):
        ana, ben = family
        with_new_number(ana)  # keeps the old one as a second number
        assert text("hi", clinic).patient == ben

    def test_filed_it_moves(self, clinic, family):
        ana, _ben = family
        inbound = text("which form?", clinic)
        before = inbound.conversation
        with transaction.atomic():
            threads.file_under(inbound, patient=ana, clinic=clinic, now=NOON + timedelta(minutes=1))
        inbound.refresh_from_db()
        assert (inbound.patient, inbound.conversation.patient) == (ana, ana)
        assert "which form?" in said(inbound.conversation) and "which form?" not in said(before)


@pytest.mark.parametrize("known", [True, False])
def test_the_database_keeps_one_thread_for_each(clinic, known):
    patient = texting_patient(clinic) if known else None
    row = {"clinic": clinic, "number": MOBILE, "number_index": "n", "patient": patient}
    Conversation.objects.create(**row)
    with pytest.raises(IntegrityError), transaction.atomic():
        Conversation.objects.create(**row)


def test_a_reminder_is_in_its_own_patients_thread(clinic):
    ana, ben = texting_patient(clinic), texting_patient(clinic)
    message = planned(ana)
    delivery.deliver_batch([message.pk], lambda: NOON)
    with transaction.atomic():
        hers = threads.thread_with(clinic=clinic, number=MOBILE, patient=ana)
        his = threads.thread_with(clinic=clinic, number=MOBILE, patient=ben)
    assert said(hers) == [message.body] and said(his) == []
