"""What was written to and fro around today's visits, and a few questions that still wait for an answer."""

from datetime import datetime, timedelta

from django.db.models import F

from messaging.actions import receive
from messaging.models import Message
from messaging.states import RANK, Status
from patients.models import ContactPoint
from scheduling import reminders
from scheduling.models import Appointment, ReminderStep
from scheduling.states import Status as VisitStatus
from worklist.actions import open_task
from worklist.models import Task

BEFORE, AHEAD = timedelta(days=2), timedelta(days=4)
# Who wrote what: the position of the visit among those still ahead (the next one of a patient who speaks the language),
# minutes ago, the language, the text.
QUESTIONS = [
    (3, 190, "en", "Can I have my daughter with me on the call?"),
    (7, 95, "es", "¿Necesito tener mi tarjeta del seguro a mano?"),
    (12, 40, "en", "I may be 10 minutes late, is that ok?"),
    (15, 12, "en", "The camera on my phone is broken. Can you call me instead?"),
]


def build(visits: list[Appointment], now: datetime) -> None:
    """Confirmations and reminders of the visits around today, delivered when they were due; questions; two tasks."""
    near = [visit for visit in visits if now - BEFORE < visit.starts_at < now + AHEAD]
    near = [visit for visit in near if visit.status != VisitStatus.CANCELLED]
    steps: dict[int, list[ReminderStep]] = {}
    for visit in near:
        if visit.clinic_id not in steps:
            steps[visit.clinic_id] = list(ReminderStep.objects.filter(clinic=visit.clinic_id, is_active=True))
        reminders.plan(appointment=visit, now=visit.booked_at, announce="visit_booked", steps=steps[visit.clinic_id])
    ahead = sorted((visit for visit in near if visit.starts_at > now), key=lambda visit: visit.starts_at)
    _ask(ahead, now)
    _deliver_what_was_due(now)
    _tasks(ahead, now)


def _deliver_what_was_due(now: datetime) -> None:
    Message.objects.filter(status=Status.PLANNED, due_at__lt=now).update(
        status=Status.DELIVERED,
        status_rank=RANK[Status.DELIVERED],
        created_at=F("due_at"),
        sent_at=F("due_at"),
        closed_at=F("due_at"),
        gateway="local",
        attempts=1,
    )


def _ask(ahead: list[Appointment], now: datetime) -> None:
    for number, (position, minutes, language, text) in enumerate(QUESTIONS):
        speakers = [visit for visit in ahead[position:] + ahead[:position] if visit.patient.language == language]
        visit = speakers[0]
        mobile = ContactPoint.objects.get(patient=visit.patient, kind=ContactPoint.Kind.MOBILE)
        receive(
            clinic=visit.clinic,
            from_number=mobile.value,
            body=text,
            provider_sid=f"SMdemo{number:028d}",
            now=now - timedelta(minutes=minutes),
        )


def _tasks(ahead: list[Appointment], now: datetime) -> None:
    for visit, hours, title in zip(
        ahead[1:3], (-2, 3), ("Ask for the new insurance card", "Call about the interpreter"), strict=True
    ):
        open_task(
            clinic=visit.clinic,
            kind=Task.Kind.MANUAL,
            subject=visit.subject,
            patient=visit.patient,
            title=title,
            due_at=now + timedelta(hours=hours),
            now=now,
        )
