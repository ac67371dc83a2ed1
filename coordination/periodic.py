"""Tasks that rules open: what a person would have to notice otherwise."""

from datetime import datetime, timedelta

from celery import shared_task
from django.db.models import CharField, Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from compliance.context import acting_service
from coordination import lateness
from coordination.chasing import PREFIX, unconfirmed_key
from messaging.rules import earliest_text
from scheduling.models import Appointment
from scheduling.states import Status
from worklist.actions import open_task, resolve
from worklist.models import Task

UNCONFIRMED_BEFORE = timedelta(hours=24)
JUST_BOOKED = timedelta(hours=2)  # who booked so lately has just spoken for the time
AT_ONCE = 500


@shared_task
def open_rule_tasks() -> None:
    """Every minute: ask for confirmations that are missing a day before and for people who are late for their visit.

    Questions that settled themselves are dropped.
    """
    with acting_service("coordination.rules"):
        now = timezone.now()
        settle_unconfirmed(now)
        ask_for_confirmations(now)
        lateness.watch(now)


def ask_for_confirmations(now: datetime) -> int:
    """Open a task for each visit that starts within a day and is not confirmed; how many visits that are."""
    visits = list(_unconfirmed(now)[:AT_ONCE])
    for visit in visits:
        open_task(
            clinic=visit.clinic,
            kind=Task.Kind.UNCONFIRMED,
            subject=visit.subject,
            patient=visit.patient,
            due_at=_due(visit, now),
            dedupe_key=unconfirmed_key(visit),
            now=now,
        )
    return len(visits)


def settle_unconfirmed(now: datetime) -> int:
    """Resolve questions about visits that were confirmed, moved, cancelled or have begun; how many those were."""
    open_keys = set(Task.objects.open().filter(kind=Task.Kind.UNCONFIRMED).values_list("dedupe_key", flat=True))
    named = Appointment.objects.filter(public_id__in=[key.split(":")[1] for key in open_keys])
    still = {unconfirmed_key(visit) for visit in _waiting(named, now).only("public_id", "version")}
    return sum(resolve(dedupe_key=key, now=now) for key in sorted(open_keys - still))


def _unconfirmed(now: datetime) -> QuerySet[Appointment]:
    """Without those that were asked about already, also when somebody has ticked the question off."""
    subject = Concat(Value("visit:"), OuterRef("public_id"))
    key = Concat(Value(f"{PREFIX}:"), OuterRef("public_id"), Value(":"), Cast(OuterRef("version"), CharField()))
    asked = Task.objects.filter(subject=subject, dedupe_key=key)
    settled = Appointment.objects.filter(booked_at__lte=now - JUST_BOOKED)
    waiting = _waiting(settled.exclude(Exists(asked)), now)
    return waiting.select_related("clinic", "patient").order_by("starts_at")


def _waiting(visits: QuerySet[Appointment], now: datetime) -> QuerySet[Appointment]:
    """Those that begin within a day and are not confirmed."""
    return visits.filter(status=Status.BOOKED, starts_at__gt=now, starts_at__lte=now + UNCONFIRMED_BEFORE)


def _due(visit: Appointment, now: datetime) -> datetime:
    """Two hours from now or when the clinic's day begins, but before the visit, and never in the past."""
    clinic = visit.clinic
    by_day = earliest_text(now + timedelta(hours=2), clinic.zone, clinic.quiet_until, clinic.quiet_from)
    return max(now, min(by_day, visit.starts_at - timedelta(hours=1)))
