"""Two people on the phone who do not see each other's numbers."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from clinics.models import Clinic
from common.phone import is_domestic, to_e164
from common.tasks import enqueue
from compliance import audit
from messaging import tasks
from messaging.errors import AlreadyOnThePhone
from messaging.models import Bridge, Leg
from messaging.states import CALL_OVER, CallStatus
from patients.models import Patient


def connect_by_phone(
    *, clinic: Clinic, patient: Patient, subject: str, patient_number: str, staff_number: str, by, now: datetime
) -> Bridge:
    """Call both numbers and put them into one conference.

    ValueError, in words, for what is no number or one outside the United States, which may cost its caller dearly.
    Raises AlreadyOnThePhone while a bridge about `subject` stands.
    """
    numbers = {Leg.Side.PATIENT: _callable(patient_number), Leg.Side.STAFF: _callable(staff_number)}
    with transaction.atomic():
        # One at a time: the constraint is the last word, the lock keeps two clicks from meeting it.
        Clinic.objects.select_for_update(no_key=True).get(pk=clinic.pk)
        if Bridge.objects.filter(subject=subject, ended_at=None).exists():
            raise AlreadyOnThePhone
        bridge = Bridge.objects.create(clinic=clinic, patient=patient, subject=subject, started_at=now, started_by=by)
        for side, number in numbers.items():
            leg = Leg.objects.create(bridge=bridge, side=side, number=number, status_at=now)
            enqueue(tasks.dial, leg_id=leg.pk)
        audit.record(action="messaging.bridge_started", actor=by, clinic=clinic, patient=patient, subject=subject)
    return bridge


def hang_up(*, bridge: Bridge, by, now: datetime) -> None:
    """End what is left of both calls."""
    with transaction.atomic():
        Bridge.objects.select_for_update().get(pk=bridge.pk)
        legs = list(bridge.legs.exclude(status__in=CALL_OVER).order_by("pk"))
        Leg.objects.filter(pk__in=[leg.pk for leg in legs]).update(status=CallStatus.ENDED, status_at=now)
        for leg in legs:
            enqueue(tasks.end_call, leg_id=leg.pk)
        if not Bridge.objects.filter(pk=bridge.pk, ended_at=None).update(ended_at=now):
            return
        audit.record(
            action="messaging.bridge_ended",
            actor=by,
            clinic=bridge.clinic,
            patient=bridge.patient,
            subject=bridge.subject,
        )


def _callable(text: str) -> str:
    number = to_e164(text)
    if not is_domestic(number):
        raise ValueError(_("Only numbers within the United States can be called."))
    return number
