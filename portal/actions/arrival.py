"""Whether the person with the link is the patient: they know the birth date, and have few tries to say it."""

from datetime import date, datetime

from common import ratelimit
from compliance import audit
from coordination.actions import from_waiting
from portal.limits import HOUR
from scheduling.models import Appointment

TRIES = 5  # an hour and visit


class NotRecognized(Exception):
    """The birth date is another one."""


class TooManyTries(Exception):
    """It was another one too often; the desk was asked to call."""


def recognize(*, visit: Appointment, born: date, now: datetime) -> None:
    """Raises NotRecognized or TooManyTries. Every try counts, also a right one."""
    if not ratelimit.hit("portal.birth-date", visit.public_id, TRIES, HOUR):
        from_waiting.ask(visit=visit, what=from_waiting.Wish.IDENTITY, now=now)
        raise TooManyTries
    if born != visit.patient.birth_date:
        audit.record(
            action="portal.identity_refused",
            clinic=visit.clinic,
            patient=visit.patient,
            subject=visit.subject,
            outcome=audit.REFUSED,
        )
        raise NotRecognized
