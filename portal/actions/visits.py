"""What a link's holder may ask for besides the visit itself."""

from datetime import datetime

from django.db import transaction

from common import ratelimit
from compliance import audit
from messaging.actions import queue
from messaging.states import Purpose
from patients.models import AccessLink
from portal.limits import HOUR
from scheduling import reminders
from scheduling.models import Appointment

FRESH_LINKS = 3  # an hour and visit


def send_fresh_link(*, link: AccessLink, visit: Appointment, now: datetime) -> bool:
    """Text a new link to the patient's number on record, never to another one; False when asked for too often."""
    if not ratelimit.hit("portal.fresh-link", visit.public_id, FRESH_LINKS, HOUR):
        return False
    with transaction.atomic():
        queue(
            clinic=visit.clinic,
            patient=visit.patient,
            template_key="reply_reschedule",
            context=reminders.words(visit),
            dedupe_key=f"fresh_link:{visit.public_id}:{now:%Y%m%dT%H%M%S}",
            purpose=Purpose.REPLY,
            subject=visit.subject,
            subject_version=visit.version,
            urgent=True,
            now=now,
        )
        audit.record(
            action="portal.link_requested",
            clinic=visit.clinic,
            patient=visit.patient,
            subject=visit.subject,
            detail={"old_link": link.public_id},
        )
    return True
