"""The transport that needs no account: texts appear on /phone/ of the demo.

Twilio's magic test numbers fail here as they do there, so that every ending can be seen:
https://www.twilio.com/docs/iam/test-credentials
"""

from datetime import datetime
from uuid import uuid4

from messaging.gateways.base import Accepted, Found, Missing, Rejected, Result
from messaging.marks import Mark
from messaging.models import LocalDelivery
from messaging.states import Status

REFUSED_NUMBERS = {
    "+15005550001": "21211",  # not a number
    "+15005550002": "21612",  # cannot be reached from here
    "+15005550003": "21408",  # country not enabled: a fault of the set-up
    "+15005550004": "21610",  # has sent STOP
    "+15005550009": "21614",  # cannot receive texts
}
UNREACHABLE_NUMBER = "+15005550008"  # ours, not Twilio's: accepted, then not delivered
_ARRIVES = (Mark(Status.SENT, source="callback"), Mark(Status.DELIVERED, source="callback"))
_FAILS = (Mark(Status.SENT, source="callback"), Mark(Status.UNDELIVERED, "30003", source="callback"))


class LocalGateway:
    name = "local"
    answers_keywords = False

    def send(self, message, now: datetime) -> Result:
        if code := REFUSED_NUMBERS.get(message.to):
            return Rejected(code)
        sid = f"SM{uuid4().hex}"
        LocalDelivery.objects.create(
            message_id=message.public_id,
            sid=sid,
            channel=message.channel,
            to_index=message.to_index,
            accepted_at=now,
        )
        return Accepted(sid, _FAILS if message.to == UNREACHABLE_NUMBER else _ARRIVES)

    def find(self, message) -> Found | Missing:
        taken = LocalDelivery.objects.filter(message_id=message.public_id).order_by("pk").first()
        return Found(taken.sid, Status.DELIVERED) if taken else Missing()

    def fetch(self, sid: str) -> Found | Missing:
        taken = LocalDelivery.objects.filter(sid=sid).first()
        return Found(taken.sid, Status.DELIVERED) if taken else Missing()
