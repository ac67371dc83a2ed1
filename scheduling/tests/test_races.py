"""Many at once. Each guard is shown twice: what happens without it, and that it does not happen with it."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import DatabaseError, OperationalError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from accounts.tests.factories import UserFactory
from clinics.models import License, Provider
from clinics.tests.factories import ProviderFactory
from config.owner import as_owner
from patients.actions import merge
from patients.models import Patient
from patients.tests.factories import PatientFactory
from scheduling import actions
from scheduling.actions.holds import MOST_OF_A_DAY
from scheduling.errors import PatientBusy, PatientMerged, SchedulingError, SlotTaken, TooManyHolds
from scheduling.models import Appointment, BookingResource, Hold
from scheduling.tests.factories import NOW, TOMORROW_TEN, AppointmentFactory, Scene, open_clinic, open_hours

pytestmark = pytest.mark.django_db(transaction=True)

RACERS = 50
SLOWEST = 10  # seconds; a deadlock takes each loser one, and 49 of them take 49
CONSTRAINT = "scheduling_no_double_booking"
MINUTES = timedelta(minutes=1)


def race(jobs: list[Callable]) -> list:
    """Run the jobs at the same moment, each with a connection of its own; what each returned or raised."""
    ready, outcomes = threading.Barrier(len(jobs)), [None] * len(jobs)

    def run(position: int, job: Callable) -> None:
        try:
            connection.ensure_connection()
            ready.wait()
            outcomes[position] = job()
        except Exception as error:  # noqa: BLE001 - whatever it is, the test has to see it
            outcomes[position] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(jobs)]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert time.monotonic() - started < SLOWEST
    return outcomes


def kinds(outcomes: list) -> Counter:
    return Counter(type(outcome) for outcome in outcomes)


def patients(scene: Scene, number: int) -> list[Patient]:
    return [PatientFactory(clinics=[scene.clinic]) for _ in range(number)]


def overlaps() -> int:
    """Pairs of live rows of one resource that overlap, counted without the help of the constraint."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM scheduling_bookingresource a JOIN scheduling_bookingresource b"
            " ON a.id < b.id AND a.resource = b.resource AND a.during && b.during WHERE a.live AND b.live"
        )
        return cursor.fetchone()[0]


@pytest.fixture
def without_constraint():
    with as_owner(connection), connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE scheduling_bookingresource DROP CONSTRAINT {CONSTRAINT}")
    yield
    with as_owner(connection), connection.cursor() as cursor:
        cursor.execute("DELETE FROM scheduling_bookingresource")
        cursor.execute(
            f"ALTER TABLE scheduling_bookingresource ADD CONSTRAINT {CONSTRAINT}"
            " EXCLUDE USING gist (resource WITH =, during WITH &&) WHERE (live)"
        )


class TestOneSlot:
    def test_control_looking_first_and_writing_then_books_many(self, without_constraint):
        visits = [AppointmentFactory(status="cancelled") for _ in range(10)]
        looked = threading.Barrier(len(visits))
        during = DateTimeTZRange(TOMORROW_TEN, TOMORROW_TEN + 30 * MINUTES)

        def look_and_write(visit: Appointment) -> bool:
            free = not BookingResource.objects.filter(resource="provider:1", during__overlap=during).exists()
            looked.wait()
            if free:
                BookingResource.objects.bulk_create(
                    [BookingResource(resource="provider:1", during=during, appointment=visit)]
                )
            return free

        assert race([lambda visit=visit: look_and_write(visit) for visit in visits]) == [True] * len(visits)
        assert overlaps() == 45

    def test_control_a_plain_insert_ends_in_database_errors(self):
        """The constraint holds, but its losers meet IntegrityError or, when two wait for each other, a deadlock."""
        visits = [AppointmentFactory(status="cancelled") for _ in range(5)]
        during = DateTimeTZRange(TOMORROW_TEN, TOMORROW_TEN + 30 * MINUTES)

        def write(visit: Appointment) -> None:
            BookingResource.objects.bulk_create(
                [BookingResource(resource="provider:1", during=during, appointment=visit)]
            )

        outcomes = race([lambda visit=visit: write(visit) for visit in visits])
        assert outcomes.count(None) == 1
        assert all(isinstance(outcome, DatabaseError) for outcome in outcomes if outcome is not None)
        assert overlaps() == 0

    def test_fifty_want_it_and_one_gets_it(self):
        scene = open_clinic()
        outcomes = race([lambda one=one: scene.book(patient=one) for one in patients(scene, RACERS)])
        assert kinds(outcomes) == {Appointment: 1, SlotTaken: RACERS - 1}
        assert Appointment.objects.count() == 1
        assert BookingResource.objects.count() == 2
        assert overlaps() == 0

    def test_neighbours_are_no_rivals(self):
        scene = open_clinic(duration=30, start_step=30)
        starts = [TOMORROW_TEN + 30 * number * MINUTES for number in range(12)]
        people = patients(scene, len(starts))
        pairs = zip(people, starts, strict=True)
        outcomes = race([lambda who=who, at=at: scene.book(at, patient=who) for who, at in pairs])
        assert kinds(outcomes) == {Appointment: len(starts)}

    def test_overlapping_wishes_never_overlap_when_granted(self):
        scene = open_clinic(duration=30, start_step=5)
        starts = [TOMORROW_TEN + 5 * number * MINUTES for number in range(24)]
        people = patients(scene, len(starts))
        pairs = zip(people, starts, strict=True)
        outcomes = race([lambda who=who, at=at: scene.book(at, patient=who) for who, at in pairs])
        assert set(kinds(outcomes)) == {Appointment, SlotTaken}
        assert overlaps() == 0


class TestOnePatient:
    def test_many_providers_at_once_see_a_patient_once(self):
        scene = open_clinic()
        others = [ProviderFactory(clinics=[scene.clinic]) for _ in range(15)]
        for other in others:
            open_hours(scene.clinic, other)
        scene.visit_type.providers.add(*others)
        outcomes = race([lambda other=other: scene.book(provider=other) for other in others])
        assert kinds(outcomes) == {Appointment: 1, PatientBusy: len(others) - 1}


class TestHolds:
    def test_a_hold_and_a_booking_are_rivals(self):
        scene = open_clinic()
        people = patients(scene, 20)
        jobs = [scene.hold for _ in range(20)] + [lambda one=one: scene.book(patient=one) for one in people]
        outcomes = kinds(race(jobs))
        assert outcomes.pop(SlotTaken) == 39
        assert list(outcomes.values()) == [1]
        assert Appointment.objects.count() + Hold.objects.count() == 1

    def test_an_expired_hold_goes_to_one(self):
        scene = open_clinic()
        hold = scene.hold()
        people = patients(scene, 20)
        outcomes = race([lambda one=one: scene.book(patient=one, now=hold.expires_at) for one in people])
        assert kinds(outcomes) == {Appointment: 1, SlotTaken: 19}

    def test_control_counting_before_the_lock_lets_a_crowd_keep_the_whole_day(self):
        scene = open_clinic(start_step=30)
        starts = [TOMORROW_TEN + 30 * n * MINUTES for n in range(8)]
        counted = threading.Barrier(len(starts))

        def count_and_hold(starts_at) -> Hold:
            kept = Hold.objects.filter(holder="someone").count()
            counted.wait()
            assert kept < MOST_OF_A_DAY
            return scene.hold(starts_at)

        assert kinds(race([lambda at=at: count_and_hold(at) for at in starts])) == {Hold: 8}

    def test_one_visitor_keeps_a_few_times_of_a_day_however_many_requests_come_at_once(self):
        scene = open_clinic(start_step=30)
        starts = [TOMORROW_TEN + 30 * n * MINUTES for n in range(12)]
        outcomes = race([lambda at=at: scene.hold(at, holder="someone") for at in starts])
        assert kinds(outcomes) == {Hold: MOST_OF_A_DAY, TooManyHolds: 12 - MOST_OF_A_DAY}
        assert BookingResource.objects.count() == MOST_OF_A_DAY

    def test_a_double_click_uses_a_hold_once(self):
        scene = open_clinic()
        hold = scene.hold()
        outcomes = race([lambda: scene.book(hold=hold) for _ in range(8)])
        assert kinds(outcomes)[Appointment] == 1
        assert all(isinstance(outcome, Appointment | SchedulingError) for outcome in outcomes)


class TestMoves:
    @staticmethod
    def move(visit: Appointment, starts_at, provider: Provider | None = None) -> Appointment:
        provider = provider or visit.provider
        with transaction.atomic():
            return actions.move(
                appointment=visit, provider=provider, starts_at=starts_at, by=None, by_label="staff", now=NOW
            )

    def test_a_move_and_a_booking_are_rivals(self):
        scene = open_clinic(start_step=30)
        people = patients(scene, 20)
        movers = [scene.book(TOMORROW_TEN + 60 * (1 + n) * MINUTES, patient=people[n]) for n in range(5)]
        jobs = [lambda visit=visit: self.move(visit, TOMORROW_TEN) for visit in movers]
        jobs += [lambda one=one: scene.book(patient=one) for one in people[5:]]
        outcomes = race(jobs)
        assert kinds(outcomes) == {Appointment: 1, SlotTaken: 19}
        assert Appointment.objects.filter(starts_at=TOMORROW_TEN).count() == 1
        assert BookingResource.objects.filter(live=True, resource__startswith="provider:").count() == (
            Appointment.objects.count()
        )
        assert overlaps() == 0

    def test_control_giving_back_before_taking_deadlocks_without_the_lock(self):
        """Each gives back its time, and wants what the other has just given back but not yet committed."""
        scene = open_clinic(start_step=15)
        first, second = (scene.book(TOMORROW_TEN + n * 30 * MINUTES, patient=PatientFactory(clinics=[scene.clinic]))
                         for n in range(2))  # fmt: skip
        given_back = threading.Barrier(2)

        def move_without_lock(visit: Appointment, starts_at) -> None:
            with transaction.atomic(), connection.cursor() as cursor:
                BookingResource.objects.filter(appointment=visit).delete()
                given_back.wait()
                cursor.execute(
                    "INSERT INTO scheduling_bookingresource (resource, during, live, appointment_id)"
                    " VALUES (%s, tstzrange(%s, %s), true, %s) ON CONFLICT DO NOTHING",
                    [f"provider:{visit.provider_id}", starts_at, starts_at + 30 * MINUTES, visit.pk],
                )

        outcomes = race(
            [lambda: move_without_lock(first, second.starts_at), lambda: move_without_lock(second, first.starts_at)]
        )
        [error] = [outcome for outcome in outcomes if outcome is not None]
        assert isinstance(error, OperationalError)
        assert "deadlock detected" in str(error)

    @pytest.mark.parametrize("round_", range(3))
    def test_swapping_providers_ends_without_a_deadlock(self, round_):
        """Pairs of visits at one time, each wanting the other's provider: all are refused, nobody waits for ever."""
        scene = open_clinic()
        providers = [scene.provider, *(ProviderFactory(clinics=[scene.clinic]) for _ in range(7))]
        for provider in providers[1:]:
            open_hours(scene.clinic, provider)
        scene.visit_type.providers.set(providers)
        pairs = zip(patients(scene, 8), providers, strict=True)
        visits = [scene.book(patient=who, provider=provider) for who, provider in pairs]
        wanted = zip(visits, providers[::-1], strict=True)
        outcomes = race([lambda visit=visit, to=to: self.move(visit, TOMORROW_TEN, to) for visit, to in wanted])
        assert kinds(outcomes) == {SlotTaken: 8}
        assert overlaps() == 0

    def test_who_waits_too_long_is_offered_another_time(self):
        scene = open_clinic()
        booked, refused = threading.Event(), threading.Event()

        def book_slowly() -> Appointment:
            with transaction.atomic():
                visit = scene.book()
                booked.set()
                refused.wait(SLOWEST)
                return visit

        def book_impatiently() -> Appointment:
            try:
                booked.wait(SLOWEST)
                with transaction.atomic(), connection.cursor() as cursor:
                    cursor.execute("SET LOCAL lock_timeout = '100ms'")
                    return scene.book(patient=PatientFactory(clinics=[scene.clinic]))
            finally:
                refused.set()

        assert kinds(race([book_slowly, book_impatiently])) == {Appointment: 1, SlotTaken: 1}

    @pytest.mark.parametrize("round_", range(3))
    def test_crossing_moves_end_without_a_deadlock(self, round_):
        """Everybody moves a quarter of an hour: into the end of the neighbour's time, and out of the own."""
        scene = open_clinic(start_step=15)
        people = patients(scene, 12)
        visits = [scene.book(TOMORROW_TEN + n * 30 * MINUTES, patient=people[n]) for n in range(12)]
        shift = [15 * MINUTES if n % 2 else -15 * MINUTES for n in range(12)]
        pairs = zip(visits, shift, strict=True)
        outcomes = race([lambda visit=visit, by=by: self.move(visit, visit.starts_at + by) for visit, by in pairs])
        assert set(kinds(outcomes)) <= {Appointment, SlotTaken}
        assert overlaps() == 0


def wait_until_somebody_waits(seconds: float = SLOWEST) -> None:
    """Until another connection stands at a lock of this database."""
    end = time.monotonic() + seconds
    with connection.cursor() as cursor:
        while time.monotonic() < end:
            cursor.execute(
                "SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid)"
                " WHERE NOT l.granted AND a.datname = current_database()"
            )
            if cursor.fetchone()[0]:
                return
            time.sleep(0.01)
    raise AssertionError("Nobody waits.")


class TestMerge:
    def test_a_booking_that_meets_a_merge_does_not_land_on_the_merged_record(self):
        scene, by = open_clinic(), UserFactory()
        kept = PatientFactory(clinics=[scene.clinic])
        merged = threading.Event()

        def merge_slowly() -> None:
            with transaction.atomic():
                merge(kept=kept, merged=scene.patient, by=by, now=NOW)
                merged.set()
                wait_until_somebody_waits()

        def book_meanwhile() -> Appointment:
            merged.wait(SLOWEST)
            return scene.book()

        assert kinds(race([merge_slowly, book_meanwhile])) == {type(None): 1, PatientMerged: 1}
        assert not Appointment.objects.exists()

    def test_a_merge_that_meets_a_booking_takes_the_visit_along(self):
        scene, by = open_clinic(), UserFactory()
        kept = PatientFactory(clinics=[scene.clinic])
        booked = threading.Event()

        def book_slowly() -> Appointment:
            with transaction.atomic():
                visit = scene.book()
                booked.set()
                wait_until_somebody_waits()
                return visit

        def merge_meanwhile() -> None:
            booked.wait(SLOWEST)
            merge(kept=kept, merged=scene.patient, by=by, now=NOW)

        assert kinds(race([book_slowly, merge_meanwhile])) == {type(None): 1, Appointment: 1}
        assert Appointment.objects.get().patient == kept


class TestLicense:
    def test_it_can_not_end_while_a_booking_relies_on_it(self):
        scene = open_clinic()
        booked, tried = threading.Event(), threading.Event()

        def book_slowly() -> Appointment:
            with transaction.atomic():
                visit = scene.book()
                booked.set()
                tried.wait(SLOWEST)
                return visit

        def end_license() -> None:
            try:
                booked.wait(SLOWEST)
                with transaction.atomic(), connection.cursor() as cursor:
                    cursor.execute("SET LOCAL lock_timeout = '100ms'")
                    License.objects.update(valid_until=NOW.date())
            finally:
                tried.set()

        visit, error = race([book_slowly, end_license])
        assert isinstance(visit, Appointment)
        assert isinstance(error, OperationalError)
