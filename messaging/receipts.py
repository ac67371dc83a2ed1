"""Delivery receipts: they come late, twice and in any order, and may come before the answer they belong to."""

from datetime import datetime

from messaging import status
from messaging.gateways.twilio_sms import status_of
from messaging.marks import Mark
from messaging.models import Message


def take(*, message_id: str, sid: str, word: str, code: str, now: datetime) -> bool:
    """Note a receipt on the message with this public id; False when there is no such message or status."""
    known = status_of(word)
    row = Message.objects.filter(public_id=message_id).values_list("pk", "provider_sid").first()
    if known is None or row is None or (row[1] and row[1] != sid):
        return False
    status.note(row[0], Mark(known, code, "callback"), at=now, provider_sid=sid)
    return True
