"""Visits that a change of hours pushes out: somebody has to offer the patients another time."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.models import User
from clinics.models import Clinic
from common.timeutil import combine, day_bounds
from scheduling.models import Appointment, AvailabilityException
from worklist.actions import open_task
from worklist.models import Task


def by_time_off(exception: AvailabilityException, now: datetime) -> QuerySet[Appointment]:
    """The provider's visits still to come that overlap the time off; none for extra hours."""
    if exception.kind != AvailabilityException.Kind.OFF:
        return Appointment.objects.none()
    zone = exception.provider.zone
    start, end = day_bounds(exception.date, zone)
    if exception.start_time is not None:
        start, end = (combine(exception.date, at, zone) for at in (exception.start_time, exception.end_time))
    mine = Appointment.objects.filter(provider=exception.provider)
    return mine.upcoming(now).filter(starts_at__lt=end, ends_at__gt=start)


def by_closures(clinic: Clinic, now: datetime) -> QuerySet[Appointment]:
    """The clinic's visits still to come that start on one of its closed days."""
    closed = Q(pk__in=[])
    for closure in clinic.closures.filter(last_date__gte=now.date()):
        start, _ = day_bounds(closure.first_date, clinic.zone)
        _, end = day_bounds(closure.last_date, clinic.zone)
        closed |= Q(starts_at__gte=start, starts_at__lt=end)
    return Appointment.objects.filter(closed, clinic=clinic).upcoming(now)


@transaction.atomic
def reoffer(*, visits: Iterable[Appointment], by: User | None, now: datetime) -> list[Task]:
    """One open task for each visit, due now: offer the patient another time. A visit that has one keeps it."""
    return [
        open_task(
            clinic=visit.clinic,
            kind=Task.Kind.REOFFER,
            subject=visit.subject,
            patient=visit.patient,
            due_at=now,
            dedupe_key=f"reoffer:{visit.public_id}",
            by=by,
            now=now,
        )
        for visit in visits
    ]
