"""A number that the desk enters gets the messages that are still to come."""

from datetime import timedelta

import pytest
from django.utils import timezone

from coordination.actions import keep_contact
from messaging.actions import receive
from messaging.models import Message
from messaging.tests.factories import texting_patient
from scheduling import reminders
from scheduling.tests.factories import AppointmentFactory

pytestmark = pytest.mark.django_db
RIGHT = "+12025550188"


@pytest.mark.parametrize(("preferred", "to"), [("on", {RIGHT}), ("", {"+12025550123"})])
def test_what_is_still_to_come_goes_to_the_preferred_number(desk, clinic, preferred, to):
    now = timezone.now()
    patient = texting_patient(clinic)
    reminders.install_default_steps(clinic)
    visit = AppointmentFactory(clinic=clinic, patient=patient, starts_at=now + timedelta(days=5), booked_at=now)
    reminders.plan(appointment=visit, now=now)
    form = {"kind": "mobile", "value": "202 555 0188", "is_primary": preferred}
    desk.post(f"/patients/{patient.public_id}/contacts/add/", form)
    planned = Message.objects.filter(status="planned", channel="sms")
    assert planned.count() == 4 and {message.to for message in planned} == to


def reminded(clinic, now, **fields):
    patient = texting_patient(clinic, **fields)
    reminders.install_default_steps(clinic)
    visit = AppointmentFactory(clinic=clinic, patient=patient, starts_at=now + timedelta(days=5), booked_at=now)
    reminders.plan(appointment=visit, now=now)
    return patient


def test_a_number_proven_while_booking_gets_what_is_still_to_come(clinic):
    """The portal's door: somebody books a second visit and proves the number that was not preferred."""
    now = timezone.now()
    patient = reminded(clinic, now)
    keep_contact(
        patient=patient, kind="mobile", value=RIGHT, primary=True, verified=True, clinic=clinic, by=None, now=now
    )
    planned = Message.objects.filter(status="planned", channel="sms")
    assert planned.count() == 4 and {message.to for message in planned} == {RIGHT}
    assert patient.contact_points.get(is_primary=True).verified_at == now


def test_the_same_number_again_changes_nothing(clinic):
    now = timezone.now()
    patient = reminded(clinic, now)
    before = list(Message.objects.order_by("pk").values_list("pk", "status"))
    keep_contact(patient=patient, kind="mobile", value="+12025550123", primary=True, clinic=clinic, by=None, now=now)
    assert list(Message.objects.order_by("pk").values_list("pk", "status")) == before


def test_start_after_stop_brings_back_what_was_to_come(clinic):
    now = timezone.now()
    reminded(clinic, now)
    waiting = Message.objects.filter(status="planned", channel="sms", purpose__in=["reminder", "follow_up"])
    for number, (word, left) in enumerate([("STOP", 0), ("START", 4), ("START", 4)]):
        receive(clinic=clinic, from_number="+12025550123", body=word, provider_sid=f"SM{number}", now=now)
        assert waiting.count() == left
