"""Texts through Twilio's official SDK.

Creating a message has no idempotency key, so a lost answer is never answered by sending again: `find` lists what the
account sent to that number. https://www.twilio.com/docs/messaging/api/message-resource
"""

import logging
from datetime import datetime, timedelta
from functools import cache
from urllib.parse import urlsplit, urlunsplit

import requests
from django.conf import settings
from django.urls import reverse
from twilio.base.exceptions import TwilioException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from messaging.gateways.base import Accepted, Found, Missing, Rejected, Result, Retry, Unanswerable, Unknown
from messaging.marks import Mark
from messaging.models import Message
from messaging.states import Status

logger = logging.getLogger(__name__)

TIMEOUT_SECONDS = 10  # the SDK would wait for ever, and a worker thread cannot be interrupted
_LISTED = 50
_CLOCK_SKEW = timedelta(minutes=5)
_TOO_MANY = 429
_SERVER_FAULT = 500
# Faults of the account, number or registration: every message would fail, so they wait for somebody to mend it.
_SET_UP = frozenset({20003, 20404, 21408, 21606, 21603, 21659, 21660, 30032, 30034})
_QUEUE_FULL = frozenset({21611, 30001})
_STATUSES = {
    "accepted": Status.ACCEPTED,
    "scheduled": Status.ACCEPTED,
    "queued": Status.ACCEPTED,
    "sending": Status.ACCEPTED,
    "sent": Status.SENT,
    "delivered": Status.DELIVERED,
    "read": Status.DELIVERED,
    "undelivered": Status.UNDELIVERED,
    "failed": Status.FAILED,
    "canceled": Status.FAILED,
}


def status_of(word: str) -> str | None:
    """Our status for Twilio's; None for words we do not know, such as those of received messages."""
    return _STATUSES.get(word)


class HostClient(TwilioHttpClient):
    """The SDK's client with a time limit, sent to another address when one is set (a proxy, a double for tests).

    The address is changed here and not on the SDK's domain object, whose own host rewriting would garble it.
    """

    def __init__(self, base_url: str):
        super().__init__(timeout=TIMEOUT_SECONDS)
        self.base = urlsplit(base_url) if base_url else None

    def request(self, method, url, *args, **kwargs):
        if self.base:
            parts = urlsplit(url)
            path = self.base.path.rstrip("/") + parts.path
            url = urlunsplit((self.base.scheme, self.base.netloc, path, parts.query, ""))
        return super().request(method, url, *args, **kwargs)


@cache
def _client(sid: str, token: str, base_url: str) -> Client:
    return Client(sid, token, http_client=HostClient(base_url), environment={"TWILIO_REGION": ""})


def client() -> Client:
    return _client(settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN, settings.TWILIO_API_BASE_URL)


class TwilioGateway:
    name = "twilio"
    answers_keywords = True

    def send(self, message, now: datetime) -> Result:
        try:
            created = client().messages.create(
                to=message.to,
                body=message.body,
                status_callback=_callback(message),
                **_sender(),
                **_limit(message, now),
            )
        except TwilioException as error:
            return _refused(error)
        except requests.ConnectTimeout:
            return Retry("connect_timeout")  # not one byte of the message left
        except requests.RequestException as error:
            return Unknown(type(error).__name__)
        return _taken(created)

    def find(self, message) -> Found | Missing | Unanswerable:
        since = message.sending_at - _CLOCK_SKEW
        try:
            listed = client().messages.list(to=message.to, limit=_LISTED)
        except (TwilioException, requests.RequestException):
            return Unanswerable(ever=True)
        alike = [one for one in listed if one.body == message.body and one.date_created and one.date_created >= since]
        taken = _known({one.sid for one in alike})  # equal words to one number: the others' sids are on their rows
        return next((_found(one) for one in alike if one.sid not in taken), Missing())

    def fetch(self, sid: str) -> Found | Missing | Unanswerable:
        try:
            return _found(client().messages(sid).fetch())
        except TwilioException as error:
            return Missing() if getattr(error, "status", 0) == 404 else Unanswerable(ever=True)
        except requests.RequestException:
            return Unanswerable(ever=True)


def _known(sids: set[str]) -> set[str]:
    return set(Message.objects.filter(provider_sid__in=sids).values_list("provider_sid", flat=True))


def _sender() -> dict:
    if settings.TWILIO_MESSAGING_SERVICE_SID:
        return {"messaging_service_sid": settings.TWILIO_MESSAGING_SERVICE_SID}
    return {"from_": settings.TWILIO_FROM}


def _callback(message) -> str:
    """Receipts name the message by our own id, so they count even when the answer with Twilio's id was lost."""
    return f"{settings.PUBLIC_BASE_URL}{reverse('messaging:twilio_status')}?message={message.public_id}"


def _limit(message, now: datetime) -> dict:
    """A text that is stuck at the carrier dies instead of arriving late (seconds, 1 to 36,000)."""
    if message.expires_at is None:
        return {}
    return {"validity_period": max(1, min(36_000, int((message.expires_at - now).total_seconds())))}


def _taken(created) -> Result:
    status = status_of(created.status)
    if status == Status.FAILED:
        return Rejected(str(created.error_code or "failed"))
    receipts = (Mark(status, source="answer"),) if status and status != Status.ACCEPTED else ()
    return Accepted(created.sid, receipts)


def _found(sent) -> Found:
    return Found(sent.sid, status_of(sent.status) or Status.ACCEPTED, str(sent.error_code or ""))


def _refused(error: TwilioException) -> Result:
    """429 was surely not processed. 5xx may have been: it is settled by listing. The rest are Twilio's reasons."""
    http, code = getattr(error, "status", 0), getattr(error, "code", None)
    if code in _SET_UP or http in (401, 403):
        logger.error("sender_misconfigured", extra={"code": code or http})
        return Retry(str(code or http), 900, counted=False)
    if http == _TOO_MANY:
        return Retry(str(code or http))
    if code in _QUEUE_FULL:
        return Retry(str(code), 900)
    if not http or http >= _SERVER_FAULT:
        return Unknown(str(code or http or type(error).__name__))
    return Rejected(str(code or http))
