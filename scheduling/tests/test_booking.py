"""Booking, moving and holding, one after the other. What happens at the same time is in test_races.py."""

from datetime import date, timedelta

import pytest
from django.db import transaction

from accounts.tests.factories import UserFactory
from clinics.models import License
from clinics.tests.factories import LicenseFactory, ProviderFactory
from compliance.models import AuditEvent
from patients.tests.factories import PatientFactory
from scheduling import actions, booking, licensing
from scheduling.availability import Rule
from scheduling.errors import HoldExpired, MoveRefused, NotBookable, PatientBusy, SlotTaken
from scheduling.models import Appointment, AppointmentEvent, BookingResource, Hold
from scheduling.periodic import sweep_expired_holds
from scheduling.states import LIVE, Event, Status
from scheduling.tests.factories import NOW, TOMORROW_TEN, AppointmentFactory, open_clinic, open_hours

pytestmark = pytest.mark.django_db

QUARTER = timedelta(minutes=15)
HOUR = timedelta(hours=1)


def taken(visit) -> dict:
    rows = BookingResource.objects.filter(appointment=visit, live=True)
    return {row.resource.split(":")[0]: (row.during.lower, row.during.upper) for row in rows}


def move(visit: Appointment, starts_at=None, *, provider=None, now=NOW, **given) -> Appointment:
    values = {"by": None, "by_label": "staff", "audience": "staff"} | given
    values |= {"provider": provider or visit.provider, "starts_at": starts_at or visit.starts_at, "now": now}
    with transaction.atomic():
        return actions.move(appointment=visit, **values)


def nothing_written() -> bool:
    tables = (Appointment, AppointmentEvent, BookingResource, AuditEvent)
    return not any(table.objects.exists() for table in tables)


class TestBook:
    def test_a_visit_stands_with_its_time_history_and_trail(self):
        scene, user = open_clinic(buffer_before=10, buffer_after=5), UserFactory()
        visit = scene.book(by=user, reason="Cough", idempotency_key="abc")
        visit.refresh_from_db()
        assert (visit.status, visit.version, visit.starts_at) == (Status.BOOKED, 1, TOMORROW_TEN)
        assert visit.ends_at == TOMORROW_TEN + timedelta(minutes=30)
        assert (visit.booked_by, visit.booked_at, visit.reason, visit.idempotency_key) == (user, NOW, "Cough", "abc")
        assert taken(visit) == {
            "patient": (visit.starts_at, visit.ends_at),
            "provider": (visit.starts_at - timedelta(minutes=10), visit.ends_at + timedelta(minutes=5)),
        }
        event = AppointmentEvent.objects.get(appointment=visit)
        assert (event.event, event.from_status, event.to_status) == (Event.BOOK, "", Status.BOOKED)
        assert (event.new_starts_at, event.by, event.at) == (TOMORROW_TEN, user, NOW)
        trail = AuditEvent.objects.get()
        assert (trail.action, trail.subject) == ("scheduling.visit_booked", f"visit:{visit.public_id}")
        assert "Cough" not in str(AuditEvent.objects.values().get())

    def test_a_taken_time_is_refused(self):
        scene = open_clinic()
        scene.book()
        with pytest.raises(SlotTaken):
            scene.book(patient=PatientFactory(clinics=[scene.clinic]))
        assert Appointment.objects.count() == 1

    def test_a_patient_can_not_be_in_two_visits(self):
        scene, elsewhere = open_clinic(), open_clinic()
        AppointmentFactory(clinic=elsewhere.clinic, patient=scene.patient, starts_at=TOMORROW_TEN + QUARTER)
        with pytest.raises(PatientBusy):
            scene.book()
        scene.book(TOMORROW_TEN - QUARTER)

    @pytest.mark.parametrize(
        ("given", "code"),
        [
            ({"patient_state": "NJ"}, Rule.LICENSE),
            ({"starts_at": TOMORROW_TEN + timedelta(hours=9)}, Rule.HOURS),
            ({"starts_at": TOMORROW_TEN + timedelta(minutes=5)}, Rule.STEP),
            ({"now": TOMORROW_TEN + QUARTER}, Rule.PAST),
        ],
    )
    def test_rules_are_asked_again(self, given, code):
        with pytest.raises(NotBookable) as refusal:
            open_clinic().book(**given)
        assert refusal.value.code == code
        assert nothing_written()

    def test_the_license_is_looked_at_once_more_when_the_visit_is_written(self, monkeypatch):
        """The rules said yes, and before the row was written an administrator ended the license."""
        scene = open_clinic()
        take = booking.take

        def take_after_the_license_ended(**given):
            License.objects.update(valid_until=date(2026, 11, 23))
            take(**given)

        monkeypatch.setattr(booking, "take", take_after_the_license_ended)
        with pytest.raises(NotBookable) as refusal:
            scene.book()
        assert refusal.value.code == Rule.LICENSE
        assert nothing_written()

    def test_clinic_visit_type_and_patient_belong_together(self):
        scene, other = open_clinic(), open_clinic()
        for wrong in ({"patient": other.patient}, {"visit_type": other.visit_type}):
            with pytest.raises(ValueError, match="belong together"):
                scene.book(**wrong)
        assert nothing_written()

    def test_the_interpreter_a_patient_needs_goes_with_the_visit(self):
        scene = open_clinic()
        scene.patient.interpreter_language = "Vietnamese"
        assert scene.book().interpreter_language == "Vietnamese"

    def test_statements(self, django_assert_num_queries):
        scene = open_clinic()
        with django_assert_num_queries(9):  # check, visit, lock, take, license, history, trail; a savepoint takes two
            scene.book()


class TestMove:
    def test_a_moved_visit_has_to_be_confirmed_again(self):
        scene = open_clinic()
        visit = actions.confirm(appointment=scene.book(), by=None, by_label="portal", now=NOW)
        moved = move(visit, TOMORROW_TEN + HOUR)
        assert (moved.status, moved.version, moved.confirmed_at) == (Status.BOOKED, 2, None)
        assert taken(moved)["provider"] == taken(moved)["patient"] == (moved.starts_at, moved.ends_at)
        event = AppointmentEvent.objects.get(event=Event.MOVE)
        assert (event.old_starts_at, event.new_starts_at) == (TOMORROW_TEN, TOMORROW_TEN + HOUR)
        assert (event.from_status, event.to_status, event.version) == (Status.CONFIRMED, Status.BOOKED, 2)
        assert scene.book(patient=PatientFactory(clinics=[scene.clinic])).starts_at == TOMORROW_TEN

    def test_by_less_than_its_own_length(self):
        visit = open_clinic().book()
        assert move(visit, TOMORROW_TEN + QUARTER).starts_at == TOMORROW_TEN + QUARTER

    def test_to_another_provider_at_the_same_time(self):
        scene = open_clinic()
        other = ProviderFactory(clinics=[scene.clinic])
        open_hours(scene.clinic, other)
        scene.visit_type.providers.add(other)
        moved = move(scene.book(), provider=other)
        assert moved.provider == other
        assert BookingResource.objects.filter(resource=f"provider:{scene.provider.pk}").count() == 0

    def test_the_old_time_stands_when_the_new_one_is_gone(self):
        scene = open_clinic()
        visit = scene.book()
        scene.book(TOMORROW_TEN + HOUR, patient=PatientFactory(clinics=[scene.clinic]))
        before = taken(visit)
        with pytest.raises(SlotTaken):
            move(visit, TOMORROW_TEN + HOUR)
        visit.refresh_from_db()
        assert (visit.starts_at, visit.version, taken(visit)) == (TOMORROW_TEN, 1, before)
        assert not AppointmentEvent.objects.filter(event=Event.MOVE).exists()

    def test_the_license_counts_on_the_new_day(self):
        scene = open_clinic()
        visit = scene.book()
        License.objects.update(valid_until=date(2026, 11, 24))
        with pytest.raises(NotBookable) as refusal:
            move(visit, TOMORROW_TEN + timedelta(days=1))
        assert refusal.value.code == Rule.LICENSE

    def test_to_where_it_is_changes_nothing(self):
        visit = open_clinic().book()
        assert move(visit).version == 1
        assert not AppointmentEvent.objects.filter(event=Event.MOVE).exists()

    @pytest.mark.parametrize("status", [status for status in Status if status not in {"booked", "confirmed"}])
    def test_only_before_the_visit(self, status):
        visit = AppointmentFactory(status=status)
        with pytest.raises(MoveRefused):
            move(visit, TOMORROW_TEN + HOUR)

    def test_patients_move_until_the_start(self):
        visit = open_clinic().book()
        with pytest.raises(MoveRefused):
            move(visit, TOMORROW_TEN + HOUR, now=TOMORROW_TEN, by_label="patient-link")

    def test_an_arranged_interpreter_is_arranged_again(self):
        visit = open_clinic().book()
        actions.arrange_interpreter(appointment=visit, by=None, by_label="staff", now=NOW)
        assert move(visit, TOMORROW_TEN + HOUR).interpreter_arranged_at is None


class TestHold:
    def test_is_used_up_by_the_booking(self):
        scene = open_clinic()
        hold = scene.hold()
        visit = scene.book(hold=hold)
        assert set(taken(visit)) == {"provider", "patient"}
        assert not BookingResource.objects.filter(hold=hold).exists()

    def test_keeps_others_out(self):
        scene = open_clinic()
        scene.hold()
        with pytest.raises(SlotTaken):
            scene.book()
        with pytest.raises(SlotTaken):
            scene.hold()

    def test_gives_no_right_to_another_time(self):
        scene = open_clinic()
        hold = scene.hold(TOMORROW_TEN + HOUR)
        scene.hold(TOMORROW_TEN)
        with pytest.raises(SlotTaken):
            scene.book(TOMORROW_TEN, hold=hold)

    def test_keeps_the_notice_it_had(self):
        scene = open_clinic(patient_notice=120)
        hold = scene.hold(now=TOMORROW_TEN - timedelta(minutes=120))
        late = TOMORROW_TEN - timedelta(minutes=115)
        with pytest.raises(NotBookable):
            scene.book(now=late, audience="patients", patient=PatientFactory(clinics=[scene.clinic]))
        assert scene.book(now=late, audience="patients", hold=hold)

    def test_that_expired_is_no_obstacle_and_no_right(self):
        scene = open_clinic()
        hold = scene.hold()
        visit = scene.book(now=hold.expires_at)
        assert not BookingResource.objects.filter(hold=hold).exists()
        with pytest.raises(SlotTaken):
            scene.book(now=hold.expires_at, hold=hold, patient=PatientFactory(clinics=[scene.clinic]))
        assert Appointment.objects.get() == visit

    def test_that_expired_still_books_a_time_that_is_free(self):
        scene = open_clinic()
        hold = scene.hold()
        assert scene.book(now=hold.expires_at + HOUR, hold=hold)

    def test_can_be_swapped_for_another(self):
        scene = open_clinic()
        first = scene.hold()
        second = scene.hold(TOMORROW_TEN + QUARTER, instead_of=first)
        assert list(BookingResource.objects.values_list("hold", flat=True)) == [second.pk]

    def test_is_lengthened_while_it_lasts(self, settings):
        hold = open_clinic().hold()
        later = NOW + timedelta(minutes=5)
        actions.extend_hold(hold=hold, now=later)
        expires_at = later + timedelta(seconds=settings.BOOKING_HOLD_SECONDS)
        assert Hold.objects.get().expires_at == expires_at
        assert BookingResource.objects.get().expires_at == expires_at
        with pytest.raises(HoldExpired):
            actions.extend_hold(hold=hold, now=expires_at)

    def test_is_not_lengthened_for_ever(self, settings):
        """A script that extends just in time keeps a time for two hours at most."""
        hold, span = open_clinic().hold(), timedelta(seconds=settings.BOOKING_HOLD_SECONDS)
        for _again in range(12):
            actions.extend_hold(hold=hold, now=hold.expires_at - timedelta(seconds=1))
        assert hold.expires_at == NOW + 11 * span
        with pytest.raises(HoldExpired):
            actions.extend_hold(hold=hold, now=hold.expires_at)

    def test_is_given_back(self):
        scene = open_clinic()
        hold = scene.hold()
        actions.release_hold(hold=hold)
        actions.release_hold(hold=hold)
        assert scene.book()

    def test_of_a_move(self):
        scene = open_clinic()
        visit = scene.book()
        hold = scene.hold(TOMORROW_TEN + HOUR)
        assert move(visit, TOMORROW_TEN + HOUR, hold=hold).starts_at == TOMORROW_TEN + HOUR
        assert not BookingResource.objects.filter(hold=hold).exists()

    def test_the_sweeper_takes_only_what_expired(self, settings):
        settings.BOOKING_HOLD_SECONDS = 10**9
        scene = open_clinic()
        kept = scene.hold()
        settings.BOOKING_HOLD_SECONDS = -(10**9)
        scene.hold(TOMORROW_TEN + HOUR)
        sweep_expired_holds()
        assert list(Hold.objects.all()) == [kept]
        assert list(BookingResource.objects.values_list("hold", flat=True)) == [kept.pk]


class TestLicensing:
    """The check under lock reads days as the search does."""

    @pytest.mark.parametrize(
        ("valid_from", "valid_until", "covered"),
        [
            (date(2026, 11, 24), date(2026, 11, 24), True),
            (date(2026, 11, 25), date(2027, 11, 24), False),
            (date(2025, 11, 24), date(2026, 11, 23), False),
        ],
    )
    def test_the_day_of_the_visit(self, valid_from, valid_until, covered):
        visit = AppointmentFactory()
        License.objects.update(valid_from=valid_from, valid_until=valid_until)
        assert licensing.covers(visit) is covered

    def test_over_midnight_two_licenses_may_follow_each_other(self):
        midnight = TOMORROW_TEN.replace(hour=5)
        visit = AppointmentFactory(starts_at=midnight - QUARTER)
        License.objects.update(valid_until=date(2026, 11, 23))
        assert not licensing.covers(visit)
        LicenseFactory(provider=visit.provider, valid_from=date(2026, 11, 24))
        assert licensing.covers(visit)

    def test_a_visit_that_ends_at_midnight_needs_no_license_for_the_next_day(self):
        visit = AppointmentFactory(starts_at=TOMORROW_TEN.replace(hour=4, minute=30))
        License.objects.update(valid_until=date(2026, 11, 23))
        assert licensing.covers(visit)


class TestFollowPatients:
    def test_times_go_with_the_visits(self):
        visit, other = AppointmentFactory(), PatientFactory()
        Appointment.objects.filter(pk=visit.pk).update(patient=other)
        booking.follow_patients(visit.patient_id, other.pk)
        assert BookingResource.objects.filter(resource=f"patient:{other.pk}", live=True).count() == 1
        assert not BookingResource.objects.filter(resource=f"patient:{visit.patient_id}").exists()

    def test_visits_that_would_overlap_are_refused(self):
        first, second = AppointmentFactory(), AppointmentFactory(starts_at=TOMORROW_TEN + QUARTER)
        Appointment.objects.filter(pk=second.pk).update(patient=first.patient)
        with pytest.raises(PatientBusy), transaction.atomic():
            booking.follow_patients(first.patient_id, second.patient_id)

    def test_others_are_left_alone(self):
        visit, stranger = AppointmentFactory(), AppointmentFactory()
        booking.follow_patients(visit.patient_id, stranger.patient_id + 1000)
        assert set(taken(stranger)) == set(taken(visit)) == {"provider", "patient"}


def test_live_visits_and_taken_times_go_together():
    """The invariant that no constraint can say: a visit holds time exactly while its state is live."""
    scene = open_clinic()
    for position, status in enumerate(Status):
        AppointmentFactory(clinic=scene.clinic, status=status, starts_at=TOMORROW_TEN + position * HOUR)
    for visit in Appointment.objects.all():
        assert bool(taken(visit)) == (visit.status in LIVE)
