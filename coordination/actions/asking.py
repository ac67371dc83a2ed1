"""The desk asks a patient to confirm, beside the reminders that go out by themselves."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from common import live
from common.timeutil import local_date
from messaging.actions import queue_all
from messaging.drafts import Draft
from messaging.models import Message
from messaging.states import Purpose
from scheduling import actions as scheduling
from scheduling import reminders
from scheduling.models import Appointment, ReminderStep
from scheduling.states import Status

_TEMPLATE = "ask_to_confirm"  # not a reminder's: a clinic may say "tomorrow" there, and it is asked on any day


@transaction.atomic
def ask_to_confirm(*, appointment: Appointment, by: User, now: datetime) -> Message | None:
    """Text the patient to confirm, now or when quiet hours are over; None when nothing is sent.

    Nothing is sent about a visit that is confirmed or has begun, to whom no text reaches, or twice on one day.
    """
    visit = scheduling.lock(appointment)
    today = local_date(now, visit.clinic.zone)
    key = f"asked:{visit.public_id}:{visit.version}:{today:%Y%m%d}"
    if visit.status != Status.BOOKED or visit.starts_at <= now or Message.objects.filter(dedupe_key=key).exists():
        return None
    draft = Draft(
        dedupe_key=key,
        purpose=Purpose.REMINDER,
        template_key=_TEMPLATE,
        context=reminders.words(visit),
        subject=visit.subject,
        subject_version=visit.version,
        condition=ReminderStep.Condition.UNCONFIRMED,
        expires_at=visit.starts_at,
        written_by=by,
    )
    sent = queue_all(clinic=visit.clinic, patient=visit.patient, drafts=[draft], now=now)
    live.changed(visit.clinic.public_id, visit.subject)
    return sent[0] if sent else None
