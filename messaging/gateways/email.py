"""E-mail through Django's mail settings.

SMTP has no list one could ask what became of a message. What is certain comes back as refused or to be tried again; a
connection that breaks after the words went over is unknown, and is not sent twice.
"""

import smtplib
from datetime import datetime
from email.utils import make_msgid
from urllib.parse import urlsplit

from django.conf import settings
from django.core import mail

from messaging.gateways.base import Accepted, Found, Missing, Rejected, Result, Retry, Unanswerable, Unknown
from messaging.gateways.local_email import MESSAGE_HEADER
from messaging.marks import Mark
from messaging.models import LocalDelivery
from messaging.states import Status

_LOCAL_BACKEND = "messaging.gateways.local_email.EmailBackend"
_NOT_TAKEN = (smtplib.SMTPConnectError, smtplib.SMTPHeloError, smtplib.SMTPAuthenticationError, ConnectionRefusedError)


class EmailGateway:
    name = "email"
    answers_keywords = False

    def send(self, message, now: datetime) -> Result:
        try:
            _email(message).send()
        except smtplib.SMTPRecipientsRefused as error:
            return _refused(error)
        except smtplib.SMTPResponseException as error:
            return _answered(error)
        except _NOT_TAKEN as error:
            return Retry(type(error).__name__)
        except (smtplib.SMTPException, OSError) as error:
            return Unknown(type(error).__name__)
        return Accepted(None, (Mark(Status.SENT, source="answer"),))

    def find(self, message) -> Found | Missing | Unanswerable:
        if settings.EMAIL_BACKEND != _LOCAL_BACKEND:
            return Unanswerable(ever=False)
        taken = LocalDelivery.objects.filter(message_id=message.public_id).order_by("pk").first()
        return Found(taken.sid, Status.SENT) if taken else Missing()

    def fetch(self, sid: str) -> Unanswerable:
        return Unanswerable(ever=False)


def _email(message) -> mail.EmailMessage:
    host = urlsplit(settings.PUBLIC_BASE_URL).hostname
    headers = {
        "Message-ID": make_msgid(message.public_id, domain=host),
        MESSAGE_HEADER: message.public_id,
        "Auto-Submitted": "auto-generated",  # RFC 3834: out-of-office programs keep quiet
    }
    return mail.EmailMessage(message.title, message.body, to=[message.to], headers=headers)


def _refused(error: smtplib.SMTPRecipientsRefused) -> Result:
    codes = [answer[0] for answer in error.recipients.values()]
    return Rejected("bad_address") if codes and all(code >= 500 for code in codes) else Retry("greylisted", 600)


def _answered(error: smtplib.SMTPResponseException) -> Result:
    """4yz is "try later", 5yz is final, and a 5yz to our greeting or sign-in waits for the set-up (RFC 5321)."""
    if isinstance(error, (smtplib.SMTPAuthenticationError, smtplib.SMTPSenderRefused, smtplib.SMTPHeloError)):
        return Retry(f"smtp_{error.smtp_code}", 900, counted=False)
    return Rejected(f"smtp_{error.smtp_code}") if error.smtp_code >= 500 else Retry(f"smtp_{error.smtp_code}", 600)
