"""What the desk says when it asks a patient to confirm."""

from datetime import timedelta

import pytest
from django.utils import timezone

from coordination.actions import ask_to_confirm
from messaging.models import MessageTemplate
from messaging.tests.factories import texting_patient
from scheduling.tests.factories import AppointmentFactory

pytestmark = pytest.mark.django_db


def asked(clinic, key: str):
    """The text that is sent five days before, where the clinic has words of its own for a message."""
    MessageTemplate.objects.create(
        organization=clinic.organization, key=key, channel="sms", language="es",
        body="{{ clinic }}: manana. C para confirmar.",
    )  # fmt: skip
    now = timezone.now()
    patient = texting_patient(clinic, language="es")
    visit = AppointmentFactory(clinic=clinic, patient=patient, starts_at=now + timedelta(days=5), booked_at=now)
    return ask_to_confirm(appointment=visit, by=None, now=now).body


def test_on_any_day_it_does_not_speak_like_the_reminder_of_the_day_before(clinic):
    body = asked(clinic, "reminder_24h")
    assert "manana" not in body and "por favor confirme su cita del" in body


def test_the_clinics_own_words_count(clinic):
    assert "manana" in asked(clinic, "ask_to_confirm")
