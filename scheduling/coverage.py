"""The net below `reminders.plan`: visits that came by another road, or a step that a clinic added since."""

from collections import defaultdict
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Cast, Concat
from django.db.models import CharField, Exists, OuterRef

from messaging.models import Message
from scheduling import reminders
from scheduling.models import Appointment, ReminderStep

HORIZON = timedelta(days=8)
BATCH = 500


def plan_missing(now: datetime) -> int:
    """Plan what is missing for visits that start within eight days; how many messages that were.

    Two queries find the visits, however many there are; only those that miss something are touched.
    """
    steps = defaultdict(list)
    for step in ReminderStep.objects.filter(is_active=True, offset_minutes__lt=0):
        steps[step.clinic_id].append(step)
    return sum(_plan(visit, steps[visit.clinic_id], now) for visit in _missing(steps, now))


def _missing(steps: dict[int, list[ReminderStep]], now: datetime) -> list[Appointment]:
    """Visits for which a step that is still to come has no row."""
    wanted = Q(pk__in=[])
    for clinic_id, of_clinic in steps.items():
        for step in of_clinic:
            due_later = Q(clinic=clinic_id, starts_at__gte=now - timedelta(minutes=step.offset_minutes))
            wanted |= due_later & ~Exists(_standing(step))
    upcoming = Appointment.objects.upcoming(now).filter(starts_at__lt=now + HORIZON)
    return list(upcoming.filter(wanted).with_people().order_by("starts_at")[:BATCH])
