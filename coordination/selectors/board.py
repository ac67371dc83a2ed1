"""The desk's day: visits of one clinic with the facts of their readiness, in one query whatever their number."""

from collections.abc import Collection
from datetime import date, datetime

from django.db.models import CharField, Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Concat

from clinics.models import Clinic, License, Provider
from common.timeutil import day_bounds, local_date
from coordination.models import SavedView
from insurance.models import Coverage, VisitPayment
from messaging.models import Message
from messaging.rules import OTHERWISE
from messaging.states import NOT_DELIVERED, ON_THE_PHONE
from scheduling.models import Appointment, VisitType
from telehealth.models import DeviceCheck
from worklist.models import Task

_SHOWN = (
    "public_id", "status", "starts_at", "ends_at", "modality", "patient_state", "arrived_at", "started_at",
    "interpreter_language", "interpreter_arranged_at", "clinic_id",
    "patient__public_id", "patient__first_name", "patient__last_name", "patient__name_to_use", "patient__birth_date",
    "patient__language", "provider_id", "visit_type_id",
)  # fmt: skip
_NAMES = ("name", "name_es")


def board(user, clinic: Clinic, day: date, providers: Collection[str] = ()) -> QuerySet[Appointment]:
    """The visits of `day` (in the clinic's zone) that the user may see, by time, ready for `facts_of`.

    `providers` are public ids; none means everybody's visits.
    """
    start, end = day_bounds(day, clinic.zone)
    visits = Appointment.objects.visible_to(user).filter(clinic=clinic).starting_in(start, end)
    if providers:
        visits = visits.filter(provider__public_id__in=providers)
    # A day has many patients and few providers and visit types: the latter are read once, not once a row.
    few = (Prefetch("provider", Provider.objects.only("name")), Prefetch("visit_type", VisitType.objects.only(*_NAMES)))
    with_patients = with_readiness(visits, day).select_related("patient").prefetch_related(*few)
    return with_patients.only(*_SHOWN).order_by("starts_at", "pk")


def with_readiness(visits: QuerySet[Appointment], day: date) -> QuerySet[Appointment]:
    """Adds `payment`, `has_coverage`, `is_licensed` (on `day`), `room`, `tech` and `failure` to each visit.

    `tech` is result and gravest cause of the newest device test ("fail:camera_blocked"), empty while nobody tested.
    `room` is the state of the visit's session (telehealth.states.State), None while there is none.
    `failure` is state and code of the newest message that did not arrive ("undelivered:30006"), else empty.
    """
    subject = Concat(Value("visit:"), OuterRef("public_id"))
    payment = VisitPayment.objects.filter(subject=subject).values("method")[:1]
    coverage = Coverage.objects.filter(patient=OuterRef("patient"), is_active=True)
    licenses = License.objects.valid_on(day).filter(provider=OuterRef("provider"), state=OuterRef("patient_state"))
    return visits.annotate(
        payment=Coalesce(Subquery(payment), Value("")),
        has_coverage=Exists(coverage),
        is_licensed=Exists(licenses),
        room=F("session__state"),
        tech=Coalesce(Subquery(_device_tests()), Value("")),
        failure=Coalesce(Subquery(_failures(subject)), Value("")),
    )


def _device_tests() -> QuerySet[DeviceCheck]:
    """Newest first. A test without a cause has none to name, which Concat takes for empty."""
    tests = DeviceCheck.objects.filter(session__appointment=OuterRef("pk")).order_by("-at", "-pk")
    return tests.values(words=Concat("result", Value(":"), "causes__0", output_field=CharField()))[:1]


def _failures(subject) -> QuerySet[Message]:
    """What did not arrive and was not made up for: by a later message on its channel, or the same on the other one."""
    instead = Concat(Value(OTHERWISE), OuterRef("public_id"))
    later = Message.objects.about(OuterRef("subject")).filter(
        Q(channel=OuterRef("channel")) | Q(dedupe_key=instead), status__in=ON_THE_PHONE, pk__gt=OuterRef("pk")
    )
    failed = Message.objects.about(subject).filter(~Exists(later), status__in=NOT_DELIVERED)
    return failed.order_by("-pk").values(words=Concat("status", Value(":"), "error_code"))[:1]


def saved_views(user, clinic: Clinic) -> QuerySet[SavedView]:
    return SavedView.objects.visible_to(user).filter(clinic=clinic).select_related("owner").order_by("name", "pk")


def overdue_count(user, clinic: Clinic, now: datetime) -> int:
    """Overdue tasks of the clinic that are the user's or nobody's."""
    mine = Q(owner=None) | Q(owner=user)
    return Task.objects.visible_to(user).filter(mine, clinic=clinic).overdue(now).count()


def next_day_with_visits(user, clinic: Clinic, day: date) -> tuple[date, int] | None:
    """The first later day that has live visits, and how many the user may see; None when nothing is booked."""
    _start, after = day_bounds(day, clinic.zone)
    live = Appointment.objects.visible_to(user).filter(clinic=clinic).live()
    first = live.filter(starts_at__gte=after).order_by("starts_at").values_list("starts_at", flat=True).first()
    if first is None:
        return None
    found = local_date(first, clinic.zone)
    return found, live.starting_in(*day_bounds(found, clinic.zone)).count()
