"""The net below `reminders.plan`: visits that came by another road, or a step that a clinic added since."""

from collections import defaultdict
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat

from messaging.models import Message
from messaging.states import Channel
from patients.models import ContactPoint
from scheduling import reminders
from scheduling.models import Appointment, ReminderStep

HORIZON = timedelta(days=8)
BATCH = 500


def plan_missing(now: datetime) -> int:
    """Plan what is missing for visits that start within eight days; how many messages that were.

    Two queries find them, however many visits there are; only visits that miss something are touched.
    """
    steps = list(ReminderStep.objects.filter(is_active=True, offset_minutes__lt=0))
    return sum(_plan(pk, now) for pk in _missing(steps, now)) if steps else 0


def _missing(steps: list[ReminderStep], now: datetime) -> QuerySet:
    """Visits whose patient has a mobile, and for which a step that is still to come has no row."""
    clinics = defaultdict(list)
    for step in steps:
        clinics[step.key, step.offset_minutes].append(step.clinic_id)
    lacking = Q()
    for (key, offset), clinic_ids in clinics.items():
        still_due = Q(clinic__in=clinic_ids, starts_at__gte=now - timedelta(minutes=offset))
        lacking |= still_due & ~Exists(_standing(key))
    mobiles = ContactPoint.objects.filter(
        patient=OuterRef("patient"), kind=ContactPoint.Kind.MOBILE, is_primary=True, status=ContactPoint.Status.OK
    )
    soon = Appointment.objects.upcoming(now).filter(starts_at__lt=now + HORIZON)
    return soon.filter(lacking, Exists(mobiles)).order_by("starts_at", "pk").values_list("pk", flat=True)[:BATCH]


def _standing(key: str) -> QuerySet:
    """The text of a step for the visit of the outer query, found by its unique key."""
    parts = [
        Value(f"reminder:{key}:"),
        OuterRef("public_id"),
        Value(":"),
        Cast(OuterRef("version"), CharField()),
        Value(f":{Channel.SMS}"),
    ]
    return Message.objects.filter(dedupe_key=Concat(*parts, output_field=CharField()))


@transaction.atomic
def _plan(pk: int, now: datetime) -> int:
    """Under the visit's lock: it may just be moving."""
    visits = Appointment.objects.with_people().select_for_update(of=("self",), skip_locked=True)
    visit = visits.upcoming(now).filter(pk=pk).first()
    return reminders.plan(appointment=visit, now=now) if visit else 0
