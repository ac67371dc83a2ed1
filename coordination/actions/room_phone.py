"""The visit goes on by phone: both sides are called by the clinic's number and see no other."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from coordination.actions.room import to_phone
from messaging.actions import connect_by_phone, hang_up
from messaging.errors import NoNumberError
from messaging.models import Bridge
from patients.models import ContactPoint
from patients.selectors import primary_contact
from scheduling.models import Appointment
from telehealth.actions import session_of


@transaction.atomic
def call_both(*, appointment: Appointment, staff_number: str, by: User, by_label: str, now: datetime) -> Bridge:
    """Call the patient, at the number confirmed on arrival, and `staff_number`; whoever answers hears the other.

    Raises NoNumberError where none is known of the patient, AlreadyOnThePhone, StepRefused, MoveRefused; ValueError,
    in words, for a number that can't be called.
    """
    number = _number_of(appointment)
    if not number:
        raise NoNumberError
    to_phone(appointment=appointment, by=by, by_label=by_label, now=now)
    return connect_by_phone(
        clinic=appointment.clinic,
        patient=appointment.patient,
        subject=appointment.subject,
        patient_number=number,
        staff_number=staff_number,
        by=by,
        now=now,
    )


def end_call(*, appointment: Appointment, by: User, now: datetime) -> None:
    """Hang up on both sides; nothing happens when nobody is on the phone. The visit itself is not finished by that."""
    bridge = Bridge.objects.filter(subject=appointment.subject, ended_at=None).first()
    if bridge:
        hang_up(bridge=bridge, by=by, now=now)


def _number_of(appointment: Appointment) -> str:
    said = session_of(appointment).check_ins.order_by("-at", "-pk").first()
    if said:
        return said.callback_number
    kinds = (ContactPoint.Kind.MOBILE, ContactPoint.Kind.PHONE)
    known = (primary_contact(appointment.patient, kind) for kind in kinds)
    return next((contact.value for contact in known if contact), "")
