"""What PostgreSQL refuses, whatever code does; and that only one module writes to the table it guards."""

import ast
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from scheduling.models import Appointment, AvailabilityException, AvailabilityRule, BookingResource, Hold, VisitType
from scheduling.tests.factories import (
    NOW,
    TOMORROW_TEN,
    AppointmentFactory,
    AvailabilityExceptionFactory,
    AvailabilityRuleFactory,
    VisitTypeFactory,
    open_clinic,
)

HALF_HOUR = timedelta(minutes=30)
WRITES = {"create", "bulk_create", "update", "add", "get_or_create", "update_or_create"}
OWN_MODULES = ("scheduling/booking.py", "scheduling/models/", "scheduling/migrations/", "scheduling/querysets.py")


def refused(name: str):
    return pytest.raises(IntegrityError, match=name)


def row(visit: Appointment, resource: str, start, end, **given) -> BookingResource:
    return BookingResource(appointment=visit, resource=resource, during=DateTimeTZRange(start, end), **given)


@pytest.mark.django_db
class TestDoubleBooking:
    @pytest.mark.parametrize("shift", [-29, 0, 15, 29])
    @pytest.mark.parametrize("whose", ["provider", "patient"])
    def test_bulk_create_can_not_overlap(self, whose, shift):
        visit = AppointmentFactory()
        resource = f"{whose}:{getattr(visit, whose).pk}"
        start = visit.starts_at + timedelta(minutes=shift)
        with refused("scheduling_no_double_booking"), transaction.atomic():
            BookingResource.objects.bulk_create([row(AppointmentFactory(), resource, start, start + HALF_HOUR)])

    @pytest.mark.parametrize("shift", [-30, 30])
    def test_times_that_touch_do_not_overlap(self, shift):
        visit, other = AppointmentFactory(), AppointmentFactory()
        start = visit.starts_at + timedelta(minutes=shift)
        resource = f"provider:{visit.provider_id}"
        BookingResource.objects.bulk_create([row(other, resource, start, start + HALF_HOUR)])

    def test_update_can_not_bring_a_released_time_back_over_another(self):
        first = AppointmentFactory(status="cancelled")
        BookingResource.objects.bulk_create(
            [row(first, f"provider:{first.provider_id}", first.starts_at, first.ends_at, live=False)]
        )
        AppointmentFactory(provider=first.provider)
        with refused("scheduling_no_double_booking"), transaction.atomic():
            BookingResource.objects.filter(appointment=first).update(live=True)

    def test_raw_sql_can_not_move_a_visit_over_another(self):
        first = AppointmentFactory()
        AppointmentFactory(provider=first.provider, starts_at=first.starts_at + timedelta(hours=2))
        with refused("scheduling_no_double_booking"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "UPDATE scheduling_bookingresource SET during = tstzrange(%s, %s) WHERE resource = %s",
                [first.starts_at, first.ends_at, f"provider:{first.provider_id}"],
            )

    def test_a_hold_keeps_a_visit_out(self):
        scene = open_clinic()
        scene.hold(TOMORROW_TEN)
        stranger = AppointmentFactory()
        with refused("scheduling_no_double_booking"), transaction.atomic():
            BookingResource.objects.bulk_create(
                [row(stranger, f"provider:{scene.provider.pk}", TOMORROW_TEN, TOMORROW_TEN + HALF_HOUR)]
            )


@pytest.mark.django_db
class TestOwners:
    """A taken time belongs to one visit for good, or to one hold for a while."""

    @pytest.mark.parametrize("case", ["nobody", "both", "visit that expires", "hold that does not"])
    def test_refused(self, case):
        scene = open_clinic()
        visit, hold = AppointmentFactory(), scene.hold(TOMORROW_TEN)
        given = {
            "nobody": {},
            "both": {"appointment": visit, "hold": hold, "expires_at": NOW},
            "visit that expires": {"appointment": visit, "expires_at": NOW},
            "hold that does not": {"hold": hold},
        }[case]
        with refused("scheduling_resource_owner"), transaction.atomic():
            BookingResource.objects.bulk_create(
                [BookingResource(resource="kit:1", during=DateTimeTZRange(NOW, NOW + HALF_HOUR), **given)]
            )

    def test_an_empty_time_is_refused(self):
        with refused("scheduling_resource_not_empty"), transaction.atomic():
            BookingResource.objects.bulk_create([row(AppointmentFactory(), "kit:1", NOW, NOW)])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("factory", "model", "values", "name"),
    [
        (AppointmentFactory, Appointment, {"ends_at": TOMORROW_TEN}, "scheduling_visit_order"),
        (AppointmentFactory, Appointment, {"status": "lost"}, "scheduling_visit_status"),
        (AppointmentFactory, Appointment, {"status": "cancelled"}, "scheduling_visit_cancel_reason"),
        (AvailabilityRuleFactory, AvailabilityRule, {"end_time": "09:00"}, "scheduling_rule_order"),
        (AvailabilityRuleFactory, AvailabilityRule, {"valid_until": "2019-12-31"}, "scheduling_rule_validity"),
        (AvailabilityExceptionFactory, AvailabilityException, {"kind": "extra"}, "scheduling_exception"),
        (
            AvailabilityExceptionFactory,
            AvailabilityException,
            {"kind": "extra", "start_time": "09:00", "end_time": "10:00"},
            "scheduling_exception_clinic",
        ),
        (
            AvailabilityExceptionFactory,
            AvailabilityException,
            {"start_time": "10:00", "end_time": "09:00"},
            "scheduling_exception_times",
        ),
        (VisitTypeFactory, VisitType, {"duration": 4}, "scheduling_visit_type_duration"),
        (VisitTypeFactory, VisitType, {"modality": "link"}, "scheduling_visit_type_link"),
    ],
)
def test_rows_that_make_no_sense_are_refused(factory, model, values, name):
    thing = factory()
    with refused(name), transaction.atomic():
        model.objects.filter(pk=thing.pk).update(**values)


@pytest.mark.django_db
def test_times_off_need_both_times_or_none():
    off = AvailabilityExceptionFactory()
    with refused("scheduling_exception_times"), transaction.atomic():
        AvailabilityException.objects.filter(pk=off.pk).update(start_time="09:00")


@pytest.mark.django_db
def test_a_hold_ends_after_it_starts():
    hold = open_clinic().hold(TOMORROW_TEN)
    with refused("scheduling_hold_order"), transaction.atomic():
        Hold.objects.filter(pk=hold.pk).update(ends_at=TOMORROW_TEN)


@pytest.mark.django_db
def test_an_idempotency_key_is_used_once():
    AppointmentFactory(idempotency_key="once")
    with refused("idempotency_key"), transaction.atomic():
        AppointmentFactory(idempotency_key="once")


def product_modules() -> list[Path]:
    root = Path(settings.BASE_DIR)
    apps = [root / app for app in settings.INSTALLED_APPS if (root / app).is_dir()]
    found = [path for app in apps for path in app.rglob("*.py")]
    return [path for path in found if "tests" not in path.relative_to(root).parts]


@pytest.mark.parametrize("word", ["BookingResource", "scheduling_bookingresource"])
def test_only_booking_touches_the_table_of_taken_times(word):
    """`candidates` reads it in its one statement; a bulk filler of demo rows names itself here or is refused."""
    readers = {"scheduling/candidates.py", "config/demo/scale.py"}
    root = Path(settings.BASE_DIR)
    users = {str(path.relative_to(root)) for path in product_modules() if word in path.read_text()}
    strangers = {path for path in users - readers if not path.startswith(OWN_MODULES)}
    assert strangers == set()


def test_nobody_reaches_the_table_through_a_relation():
    """`appointment.resources.create(…)` would be a plain insert, which deadlocks in a race."""
    for path in product_modules():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute) and node.attr in WRITES:
                inner = node.value
                assert not (isinstance(inner, ast.Attribute) and inner.attr == "resources"), path
