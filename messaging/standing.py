"""Whether a message may go in this moment.

The common case, a message that may go, is one statement: `take` asks everything and marks the row in the same breath.
When it says no, `judge` finds out why, under the row's lock.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Q

from messaging import optout, registry
from messaging.models import Message
from messaging.outbox import zone_of
from messaging.rules import earliest_text
from messaging.states import ANSWERS, DESPITE_STOP, RANK, WAITING, Channel, SkipReason, Status
from patients.models import ConsentRecord, ContactPoint
from patients.selectors import has_agreed

# Texts need the patient's word first; an e-mail goes unless the patient said no (as patients.selectors.has_agreed).
_TAKE = """
    UPDATE messaging_message AS m
       SET status = 'sending', status_rank = %(rank)s, sending_at = %(now)s, claimed_at = %(now)s
      FROM clinics_clinic AS c
     WHERE m.id = %(pk)s AND c.id = m.clinic_id
       AND (m.status = 'claimed' OR (m.status = 'planned' AND m.next_attempt_at <= %(now)s))
       AND (m.expires_at IS NULL OR m.expires_at > %(now)s)
       AND (m.channel <> 'sms' OR m.purpose = ANY(%(despite_stop)s) OR NOT EXISTS (
            SELECT FROM messaging_stoppednumber AS s
             WHERE s.organization_id = c.organization_id AND s.number_index = m.to_index))
       AND NOT EXISTS (
            SELECT FROM patients_contactpoint AS p
             WHERE p.patient_id = m.patient_id AND p.value_index = m.to_index AND p.status <> 'ok')
       AND (m.patient_id IS NULL OR m.purpose = ANY(%(answers)s) OR COALESCE((
            SELECT r.granted
              FROM patients_consentrecord AS r LEFT JOIN patients_contactpoint AS p ON p.id = r.contact_point_id
             WHERE r.patient_id = m.patient_id
               AND r.topic = CASE m.channel WHEN 'sms' THEN 'texts' ELSE 'emails' END
               AND (r.contact_point_id IS NULL OR p.value_index = m.to_index)
             ORDER BY r.recorded_at DESC, r.id DESC LIMIT 1), m.channel = 'email'))
"""


_VALUES = {
    "rank": RANK[Status.SENDING],
    "answers": [str(one) for one in ANSWERS],
    "despite_stop": [str(one) for one in DESPITE_STOP],
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """Empty: nothing speaks against it. `later`: not before that instant. `status` and `reason`: never."""

    status: str = ""
    reason: str = ""
    later: datetime | None = None


_NOTHING_AGAINST = Verdict()


def take(message: Message, now: datetime) -> bool:
    """Mark the message as being sent if nothing speaks against it. Committed when it returns (outside a transaction).

    The subject is asked first: what is moved or cancelled takes its messages back in the same transaction, so after
    that the row's own state tells.
    """
    if _quiet(message, now) or not registry.is_current(message):
        return False
    values = {"pk": message.pk, "now": now, **_VALUES}
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, values)
        taken = cursor.rowcount == 1
    if taken:
        message.sending_at = now
    return taken


def locked(pk: int, now: datetime) -> Message | None:
    """A row that is due, locked; None when it is not to be sent now (any more)."""
    rows = Message.objects.select_related("clinic", "patient").select_for_update(of=("self",), skip_locked=True)
    due = Q(status=Status.CLAIMED) | Q(status=Status.PLANNED, next_attempt_at__lte=now)
    return rows.filter(due, pk=pk, status__in=WAITING).first()


def judge(message: Message, now: datetime) -> Verdict:
    """Why a row from `locked` was not taken."""
    if message.expires_at and now >= message.expires_at:
        return Verdict(Status.EXPIRED)
    if not registry.is_current(message):
        return Verdict(Status.SKIPPED, SkipReason.STALE)
    return _unreachable(message) or _quiet(message, now) or _NOTHING_AGAINST


def _unreachable(message: Message) -> Verdict | None:
    heeds_stop = message.channel == Channel.SMS and message.purpose not in DESPITE_STOP
    if heeds_stop and optout.is_stopped(clinic=message.clinic, number_index=message.to_index):
        return Verdict(Status.SKIPPED, SkipReason.STOPPED)
    points = ContactPoint.objects.filter(patient=message.patient_id, value_index=message.to_index)
    if points.exclude(status=ContactPoint.Status.OK).exists():
        return Verdict(Status.SKIPPED, SkipReason.CONTACT)
    if message.patient_id is None or message.purpose in ANSWERS or _agreed(message):
        return None
    return Verdict(Status.SKIPPED, SkipReason.NO_CONSENT)


def _agreed(message: Message) -> bool:
    topic = ConsentRecord.Topic.TEXTS if message.channel == Channel.SMS else ConsentRecord.Topic.EMAILS
    return has_agreed(patient_id=message.patient_id, topic=topic, value_index=message.to_index)


def _quiet(message: Message, now: datetime) -> Verdict | None:
    if message.urgent or message.channel != Channel.SMS:
        return None
    clinic = message.clinic
    allowed = earliest_text(now, zone_of(clinic, message.patient), clinic.quiet_until, clinic.quiet_from)
    if allowed == now:
        return None
    if message.expires_at and allowed >= message.expires_at:
        return Verdict(Status.SKIPPED, SkipReason.QUIET)
    return Verdict(later=allowed)
