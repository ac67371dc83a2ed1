"""Patients who can be texted, and messages for them. Everybody is invented; numbers are 555-01xx."""

from datetime import UTC, datetime, timedelta

from clinics.tests.factories import ClinicFactory
from messaging.drafts import Draft
from messaging.models import Message
from messaging.outbox import build, insert
from messaging.states import Purpose
from patients.tests.factories import PatientFactory

NOON = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)  # a Tuesday, noon in New York
NIGHT = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)  # 11 PM in New York
MOBILE = "+12025550123"


def texting_patient(clinic=None, *, mobile: str = MOBILE, consents=("texts",), **fields):
    """A patient with a mobile who agreed to texts."""
    return PatientFactory(clinics=[clinic or ClinicFactory()], mobile=mobile, consents=consents, **fields)


def planned(patient=None, *, now: datetime = NOON, clinic=None, **draft) -> Message:
    """A planned message that no worker knows of. Keywords go to the draft."""
    patient = patient or texting_patient(clinic)
    clinic = clinic or patient.clinics.get()
    values = {
        "dedupe_key": f"test:{Message.objects.count()}",
        "purpose": Purpose.REMINDER,
        "template_key": "reminder_24h",
        "context": {"when": "Tuesday, December 1, 2:30 PM EST", "link": "https://portal.example.com/m/abc/"},
        "expires_at": (draft.get("due_at") or now) + timedelta(hours=24),
    }
    [message] = insert(build(clinic=clinic, patient=patient, drafts=[Draft(**values | draft)], now=now))
    return message


def planned_many(
    count: int, *, now: datetime = NOON, clinic=None, language: str = "en", urgent: bool = False
) -> list[int]:
    """Many planned texts to one clinic's patients, written in bulk; their keys. `urgent` ones go at any hour."""
    clinic = clinic or ClinicFactory()
    patient = texting_patient(clinic)
    drafts = [
        Draft(
            dedupe_key=f"bulk:{clinic.pk}:{number}",
            purpose=Purpose.REMINDER,
            template_key="reminder_24h",
            context={"when": "Tuesday, December 1, 2:30 PM EST", "link": "https://portal.example.com/m/abc/"},
            language=language,
            urgent=urgent,
            expires_at=now + timedelta(days=2),
        )
        for number in range(count)
    ]
    return [message.pk for message in insert(build(clinic=clinic, patient=patient, drafts=drafts, now=now))]
