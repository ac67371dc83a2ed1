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
from scheduling.querysets import AppointmentQuerySet
from scheduling.states import UPCOMING, Status

HORIZON = timedelta(days=8)
LONGEST_VISIT = timedelta(days=1)
BATCH = 500


def plan_missing(now: datetime) -> int:
    """Plan what is missing for visits that start soon, or whose follow-up is still to come; how many messages.

    Soon is within eight days, or a day more than a clinic's earliest reminder. Two queries find them, however many
    visits there are; only visits that miss something are touched.
    """
    steps = list(ReminderStep.objects.filter(is_active=True))
    return sum(_plan(pk, now) for pk in _missing(steps, now)) if steps else 0


def _missing(steps: list[ReminderStep], now: datetime) -> QuerySet:
    """Visits whose patient can be reached, and for which a step that is still to come has no row."""
    lacking = Q()
    for (key, offset, channel), clinic_ids in _by_message(steps).items():
        still_due = Q(clinic__in=clinic_ids) & _still_due(offset, now)
        lacking |= still_due & Q(Exists(_address(channel))) & ~Exists(_standing(key, channel))
    # The clinics are named so that their index finds the visits.
    near = _plannable().filter(clinic__in={step.clinic_id for step in steps}).starting_in(*_reach(steps, now))
    return near.filter(lacking).order_by("starts_at", "pk").values_list("pk", flat=True)[:BATCH]


def _plannable() -> AppointmentQuerySet:
    return Appointment.objects.exclude(status=Status.CANCELLED)


def _still_due(offset: int, now: datetime) -> Q:
    """Visits for which a step's time is still to come: before one that is, or after one that may be over."""
    since = now - timedelta(minutes=offset)
    return Q(starts_at__gte=since, status__in=UPCOMING) if offset < 0 else Q(ends_at__gte=since)


def _by_message(steps: list[ReminderStep]) -> dict[tuple, list[int]]:
    """The clinics that send a step's message over a channel, by key, offset and channel."""
    clinics = defaultdict(list)
    for step in steps:
        for channel in [Channel.SMS, Channel.EMAIL] if step.by_email else [Channel.SMS]:
            clinics[step.key, step.offset_minutes, channel].append(step.clinic_id)
    return clinics


def _reach(steps: list[ReminderStep], now: datetime) -> tuple[datetime, datetime]:
    """From when to when visits start that a step may be due for."""
    offsets = [timedelta(minutes=step.offset_minutes) for step in steps]
    return now - max(*offsets, timedelta(0)) - LONGEST_VISIT, now + max(HORIZON, timedelta(days=1) - min(offsets))


def _address(channel: str) -> QuerySet:
    """Where the patient of the outer query is reached over a channel."""
    kind = ContactPoint.Kind.EMAIL if channel == Channel.EMAIL else ContactPoint.Kind.MOBILE
    return ContactPoint.objects.filter(
        patient=OuterRef("patient"), kind=kind, is_primary=True, status=ContactPoint.Status.OK
    )


def _standing(key: str, channel: str) -> QuerySet:
    """A step's message for the visit of the outer query, found by its unique key."""
    parts = [
        Value(f"reminder:{key}:"),
        OuterRef("public_id"),
        Value(":"),
        Cast(OuterRef("version"), CharField()),
        Value(f":{channel}"),
    ]
    return Message.objects.filter(dedupe_key=Concat(*parts, output_field=CharField()))


@transaction.atomic
def _plan(pk: int, now: datetime) -> int:
    """Under the visit's lock: it may just be moving."""
    visits = _plannable().with_people().select_for_update(of=("self",), skip_locked=True)
    visit = visits.filter(pk=pk).first()
    return reminders.plan(appointment=visit, now=now) if visit else 0
