"""A number that the desk enters gets the messages that are still to come."""

from datetime import timedelta

import pytest
from django.utils import timezone

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
