"""A patient's messages that are still to come, planned anew when what is known of the patient changed."""

from datetime import datetime

from messaging.actions import cancel_planned, release_keys
from messaging.drafts import Draft
from messaging.models import Message
from messaging.querysets import MessageQuerySet
from messaging.states import AHEAD, WAITING
from messaging.states import Status as MessageStatus
from patients.models import Patient
from scheduling import reminders
from scheduling.models import Appointment
from scheduling.states import Status


def renew(patient: Patient, now: datetime) -> int:
    """Plan anew what is still to come of a patient's visits: to the number and in the language of today, with a link.

    For when a number turned out to be wrong, when the right one is known, and when language or zone changed. What is
    on its way stays as it is; what waits for the end of quiet hours or for a second try is still to come. Part of the
    caller's transaction; returns how many messages are new.
    """
    recent = Appointment.objects.filter(patient=patient, ends_at__gt=now - reminders.FOLLOW_UP_OUTLIVES_DUE)
    visits = recent.exclude(status=Status.CANCELLED).select_related("patient", "clinic")
    return sum(_renew(visit, now) for visit in visits.select_for_update(of=("self",)).order_by("pk"))


def _renew(visit: Appointment, now: datetime) -> int:
    """What was skipped or taken back gives up its key as well: to today's number it may go."""
    unsent = Message.objects.about(visit.subject).filter(purpose__in=AHEAD).to_come(now)
    beside = [_same_again(message) for message in _beside_the_cadence(unsent, visit, now)]
    cancel_planned(subject=visit.subject, now=now, reason="renewed", to_come_at=now)
    release_keys(messages=unsent)
    return reminders.queue_drafts(visit, beside, now) + reminders.plan(appointment=visit, now=now)


def _beside_the_cadence(unsent: MessageQuerySet, visit: Appointment, now: datetime) -> MessageQuerySet:
    """What `plan` would not plan again: second tries, what a colleague asked, what only waits for the morning."""
    standing = unsent.with_own_key().filter(status__in=_NOT_GONE, subject_version=visit.version)
    return standing.exclude(dedupe_key__startswith=reminders.DEDUPE_PREFIX, due_at__gte=now)


_NOT_GONE = WAITING | {MessageStatus.CANCELLED, MessageStatus.SKIPPED}


def _same_again(message: Message) -> Draft:
    same = {name: getattr(message, name) for name in _SAME_AGAIN}
    written = {} if message.template_key else {"title": message.title, "body": message.body}
    return Draft(**same, **written)


_SAME_AGAIN = (
    "dedupe_key", "purpose", "template_key", "channel", "subject", "subject_version", "condition", "urgent", "due_at",
    "expires_at", "written_by",
)  # fmt: skip
