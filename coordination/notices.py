"""What a patient is told at once when a visit is booked, moved or cancelled."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import translation

from common.timefmt import format_when
from messaging import actions as messaging
from messaging.drafts import Draft
from messaging.states import Channel, Purpose
from patients import links
from patients.models import AccessLink
from scheduling.models import Appointment

LINK_OUTLIVES_VISIT = timedelta(days=7)


def booked(visit: Appointment, *, now: datetime) -> None:
    _tell(visit, "visit_booked", now)


def moved(visit: Appointment, *, now: datetime) -> None:
    _tell(visit, "visit_moved", now)


def cancelled(visit: Appointment, *, now: datetime) -> None:
    _tell(visit, "visit_cancelled", now)


def context(visit: Appointment, *, now: datetime) -> dict[str, str]:
    """The words a message may use: the visit's time on the patient's clock, and a fresh link to manage it."""
    token = links.issue(
        patient=visit.patient,
        clinic=visit.clinic,
        purpose=AccessLink.Purpose.MANAGE_VISIT,
        subject=visit.subject,
        expires_at=visit.ends_at + LINK_OUTLIVES_VISIT,
    )
    with translation.override(visit.patient.language):
        when = format_when(visit.starts_at, visit.patient.zone(visit.clinic))
    return {"when": when, "link": f"{settings.PUBLIC_BASE_URL}/m/{token}/"}


def _tell(visit: Appointment, template_key: str, now: datetime) -> None:
    """By text and by e-mail, whichever the patient has; at once, even in quiet hours: the patient is waiting for it."""
    words = context(visit, now=now)
    drafts = [
        Draft(
            dedupe_key=f"{template_key}:{channel}:{visit.public_id}:{visit.version}",
            purpose=Purpose.VISIT,
            template_key=template_key,
            context=words,
            channel=channel,
            subject=visit.subject,
            subject_version=visit.version,
            urgent=True,
        )
        for channel in (Channel.SMS, Channel.EMAIL)
    ]
    messaging.queue_all(clinic=visit.clinic, patient=visit.patient, drafts=drafts, now=now)
