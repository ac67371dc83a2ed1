"""Each booking rule from both sides: the time that is just allowed and the one that is not."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from clinics.models import License
from clinics.tests.factories import ClinicFactory, ClosureFactory, LicenseFactory, ProviderFactory
from common.timeutil import local
from scheduling import slots
from scheduling.availability import Rule
from scheduling.models import AvailabilityException, AvailabilityRule
from scheduling.tests.factories import (
    NOW,
    TOMORROW_TEN,
    AppointmentFactory,
    AvailabilityExceptionFactory,
    AvailabilityRuleFactory,
    VisitTypeFactory,
    open_clinic,
    open_hours,
)

pytestmark = pytest.mark.django_db

TUESDAY = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)  # midnight in New York
DAY = timedelta(days=1)


def found(scene, start=TUESDAY, end=None, *, now=NOW, state="NY", **given):
    end = end or start + DAY
    return slots.search(visit_type=scene.visit_type, start=start, end=end, now=now, state=state, **given)


def clocks(offers, zone="America/New_York"):
    return [local(slot.starts_at, zone).strftime("%H:%M") for slot in offers]


def refusal(scene, starts_at, *, now=NOW, state="NY", audience="patients", provider=None):
    refused = slots.is_bookable(
        visit_type=scene.visit_type,
        provider=provider or scene.provider,
        starts_at=starts_at,
        state=state,
        now=now,
        audience=audience,
    )
    return refused and refused.code


def test_a_free_day_is_offered_from_the_first_to_the_last_start_that_fits():
    scene = open_clinic(duration=30, start_step=30)
    offers = found(scene)
    assert clocks(offers) == [f"{hour:02}:{minute:02}" for hour in range(9, 17) for minute in (0, 30)]
    assert offers[0] == slots.Slot(
        starts_at=datetime(2026, 11, 24, 14, 0, tzinfo=UTC),
        ends_at=datetime(2026, 11, 24, 14, 30, tzinfo=UTC),
        provider_id=scene.provider.pk,
        provider_public_id=scene.provider.public_id,
        provider_name=str(scene.provider),
    )


def test_one_statement_finds_a_month_of_times(django_assert_num_queries):
    scene = open_clinic()
    with django_assert_num_queries(1):
        offers = found(scene, end=TUESDAY + 30 * DAY)
    assert len(offers) == 30 * 31


def test_the_number_of_providers_costs_no_statements(django_assert_num_queries):
    scene = open_clinic()
    others = [ProviderFactory(clinics=[scene.clinic]) for _ in range(5)]
    for other in others:
        open_hours(scene.clinic, other)
    scene.visit_type.providers.add(*others)
    with django_assert_num_queries(1):
        assert len(found(scene)) == 6 * 31


def test_a_visit_blocks_its_time_and_its_buffers():
    scene = open_clinic(duration=30, start_step=15, buffer_before=10, buffer_after=5)
    scene.book(TOMORROW_TEN)
    taken = {"09:30", "09:45", "10:00", "10:15", "10:30", "10:45"} & set(clocks(found(scene)))
    # 09:15 ends 09:45, its buffer 09:50, and the visit's own starts there; 10:45 needs 10:35, where the buffer ends.
    assert taken == {"10:45"}
    assert "09:15" in clocks(found(scene))


def test_buffers_may_reach_beyond_the_hours():
    scene = open_clinic(duration=60, start_step=60, buffer_before=30, buffer_after=30)
    assert clocks(found(scene))[0] == "09:00"
    assert clocks(found(scene))[-1] == "16:00"


def test_visits_of_other_kinds_and_clinics_take_the_providers_time():
    scene = open_clinic(start_step=30)
    elsewhere = AppointmentFactory(provider=scene.provider, starts_at=TOMORROW_TEN)
    assert elsewhere.clinic != scene.clinic
    assert "10:00" not in clocks(found(scene))


@pytest.mark.parametrize("status", ["completed", "no_show", "cancelled"])
def test_a_visit_that_is_over_takes_no_time(status):
    scene = open_clinic()
    AppointmentFactory(provider=scene.provider, clinic=scene.clinic, starts_at=TOMORROW_TEN, status=status)
    assert "10:00" in clocks(found(scene))


def test_a_hold_takes_time_until_it_expires(settings):
    scene = open_clinic()
    hold = scene.hold(TOMORROW_TEN)
    assert hold.expires_at == NOW + timedelta(seconds=settings.BOOKING_HOLD_SECONDS)
    assert "10:00" not in clocks(found(scene, now=hold.expires_at - timedelta(seconds=1)))
    assert "10:00" in clocks(found(scene, now=hold.expires_at))


def test_only_providers_of_the_visit_type_who_are_active_are_offered():
    scene = open_clinic()
    stranger = ProviderFactory(clinics=[scene.clinic])
    open_hours(scene.clinic, stranger)
    assert {slot.provider_id for slot in found(scene)} == {scene.provider.pk}
    assert refusal(scene, TOMORROW_TEN, provider=stranger) == Rule.PROVIDER
    scene.provider.is_active = False
    scene.provider.save()
    assert found(scene) == []


class TestLicense:
    def test_only_licensed_providers_are_shown(self):
        scene = open_clinic()
        assert found(scene, state="NJ") == []
        assert refusal(scene, TOMORROW_TEN, state="NJ") == Rule.LICENSE
        LicenseFactory(provider=scene.provider, state="NJ")
        assert len(found(scene, state="NJ")) == 31

    def test_the_last_day_of_a_license_counts_and_the_next_does_not(self):
        scene = open_clinic(start_step=60)
        License.objects.update(valid_until=date(2026, 11, 24))
        days = {local(slot.starts_at, "America/New_York").date() for slot in found(scene, end=TUESDAY + 5 * DAY)}
        assert days == {date(2026, 11, 24)}

    def test_the_day_is_the_patients(self):
        """8 PM in Honolulu is 1 AM of the next day in New York."""
        scene = open_clinic(time_zone="America/New_York", start_step=60)
        AvailabilityRule.objects.all().delete()
        open_hours(scene.clinic, scene.provider, time(1), time(2))
        LicenseFactory(
            provider=scene.provider, state="HI", valid_from=date(2026, 11, 24), valid_until=date(2026, 11, 24)
        )
        offers = found(scene, end=TUESDAY + 5 * DAY, state="HI")
        assert [local(slot.starts_at, "Pacific/Honolulu").date() for slot in offers] == [date(2026, 11, 24)]
        assert [local(slot.starts_at, "America/New_York").date() for slot in offers] == [date(2026, 11, 25)]


class TestHours:
    def test_hours_are_the_providers_own(self):
        scene = open_clinic(start_step=60)
        scene.provider.time_zone = "America/Los_Angeles"
        scene.provider.save()
        assert clocks(found(scene))[0] == "12:00"

    def test_hours_of_another_clinic_do_not_count(self):
        scene = open_clinic()
        AvailabilityRule.objects.all().delete()
        AvailabilityRuleFactory(provider=scene.provider, weekday=1)
        assert found(scene) == []

    def test_versions_of_hours_follow_each_other(self):
        scene = open_clinic(start_step=60)
        AvailabilityRule.objects.update(valid_until=date(2026, 11, 24))
        for weekday in range(7):
            AvailabilityRuleFactory(
                clinic=scene.clinic, provider=scene.provider, weekday=weekday,
                start_time=time(12), end_time=time(14), valid_from=date(2026, 11, 25),
            )  # fmt: skip
        assert len(found(scene)) == 8
        assert clocks(found(scene, start=TUESDAY + DAY)) == ["12:00", "13:00"]

    def test_windows_that_touch_are_one(self):
        scene = open_clinic(duration=60, start_step=30)
        AvailabilityRule.objects.update(end_time=time(12))
        open_hours(scene.clinic, scene.provider, time(12), time(13))
        assert "11:30" in clocks(found(scene))

    def test_work_over_midnight_is_one_stretch(self):
        scene = open_clinic(duration=60, start_step=30)
        AvailabilityRule.objects.all().delete()
        open_hours(scene.clinic, scene.provider, time(23), time(23, 59))
        open_hours(scene.clinic, scene.provider, time(0), time(1))
        start = TUESDAY + timedelta(hours=12)
        assert clocks(found(scene, start=start, end=start + DAY)) == ["23:00", "23:30", "00:00"]

    def test_extra_hours_add_to_the_week(self):
        scene = open_clinic(start_step=30)
        AvailabilityExceptionFactory(
            provider=scene.provider, clinic=scene.clinic, kind=AvailabilityException.Kind.EXTRA,
            start_time=time(18), end_time=time(19),
        )  # fmt: skip
        assert clocks(found(scene))[-2:] == ["18:00", "18:30"]
        assert "18:00" not in clocks(found(scene, start=TUESDAY + DAY))

    def test_time_off_wins_over_extra_hours(self):
        scene = open_clinic(start_step=60)
        AvailabilityExceptionFactory(
            provider=scene.provider, clinic=scene.clinic, kind=AvailabilityException.Kind.EXTRA,
            start_time=time(18), end_time=time(19),
        )  # fmt: skip
        AvailabilityExceptionFactory(provider=scene.provider)
        assert found(scene) == []
        assert refusal(scene, TOMORROW_TEN) == Rule.TIME_OFF

    def test_an_hour_off(self):
        scene = open_clinic(start_step=30)
        AvailabilityExceptionFactory(provider=scene.provider, start_time=time(12), end_time=time(13))
        assert {"11:30", "12:00", "12:30", "13:00"} & set(clocks(found(scene))) == {"11:30", "13:00"}

    def test_closed_days(self):
        scene = open_clinic(start_step=60)
        ClosureFactory(clinic=scene.clinic, first_date=date(2026, 11, 25), last_date=date(2026, 11, 26))
        days = {local(slot.starts_at, "America/New_York").day for slot in found(scene, end=TUESDAY + 4 * DAY)}
        assert days == {24, 27}
        assert refusal(scene, TOMORROW_TEN + DAY) == Rule.CLOSED


class TestWhenItMayBeBooked:
    def test_notice_differs_for_patients_and_staff(self):
        scene = open_clinic(patient_notice=120, staff_notice=30)
        ten = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
        assert refusal(scene, ten, now=ten - timedelta(minutes=120)) is None
        assert refusal(scene, ten, now=ten - timedelta(minutes=119)) == Rule.NOTICE
        assert refusal(scene, ten, now=ten - timedelta(minutes=30), audience="staff") is None
        assert refusal(scene, ten, now=ten - timedelta(minutes=29), audience="staff") == Rule.NOTICE

    def test_the_past_is_over(self):
        scene = open_clinic()
        assert refusal(scene, TOMORROW_TEN, now=TOMORROW_TEN + timedelta(minutes=1), audience="staff") == Rule.PAST
        assert found(scene, now=TOMORROW_TEN + DAY) == []

    def test_the_horizon_ends_with_a_day_of_the_clinic(self):
        scene = open_clinic(horizon_days=2, start_step=60)
        days = {local(slot.starts_at, "America/New_York").day for slot in found(scene, end=TUESDAY + 30 * DAY)}
        assert days == {24, 25}
        assert refusal(scene, TOMORROW_TEN + 2 * DAY) == Rule.HORIZON

    def test_starts_stand_on_the_step(self):
        scene = open_clinic(start_step=20)
        assert clocks(found(scene))[:4] == ["09:00", "09:20", "09:40", "10:00"]
        assert refusal(scene, TOMORROW_TEN + timedelta(minutes=5)) == Rule.STEP
        assert refusal(scene, TOMORROW_TEN + timedelta(seconds=30)) == Rule.STEP

    def test_staff_only_types_are_hidden_from_patients(self):
        scene = open_clinic(audience="staff")
        assert found(scene) == []
        assert refusal(scene, TOMORROW_TEN) == Rule.AUDIENCE
        assert len(found(scene, audience="staff")) == 31

    @pytest.mark.parametrize("which", ["visit_type", "clinic"])
    def test_what_is_switched_off_can_not_be_booked(self, which):
        scene = open_clinic()
        thing = scene.visit_type if which == "visit_type" else scene.visit_type.clinic
        thing.is_active = False
        thing.save()
        assert found(scene, audience="staff") == []
        assert refusal(scene, TOMORROW_TEN, audience="staff") == Rule.INACTIVE


class TestSeveralProviders:
    def test_of_one_start_the_least_taken_comes_first(self):
        scene = open_clinic(start_step=60)
        idle = ProviderFactory(clinics=[scene.clinic])
        open_hours(scene.clinic, idle)
        scene.visit_type.providers.add(idle)
        scene.book(TOMORROW_TEN + timedelta(hours=3))
        first = found(scene)[:2]
        assert [slot.provider_id for slot in first] == [idle.pk, scene.provider.pk]
        assert first[0].starts_at == first[1].starts_at

    def test_a_limit_cuts_the_same_list(self):
        scene = open_clinic()
        other = ProviderFactory(clinics=[scene.clinic])
        open_hours(scene.clinic, other, time(10), time(11))
        scene.visit_type.providers.add(other)
        everything = found(scene, end=TUESDAY + 3 * DAY)
        for limit in (0, 1, 5, 40):
            assert found(scene, end=TUESDAY + 3 * DAY, limit=limit) == everything[:limit]

    def test_one_provider_alone(self):
        scene = open_clinic()
        other = ProviderFactory(clinics=[scene.clinic])
        open_hours(scene.clinic, other)
        scene.visit_type.providers.add(other)
        assert {slot.provider_id for slot in found(scene, provider=other)} == {other.pk}

    def test_who_left_the_clinic_is_not_offered_and_can_not_be_booked(self):
        """Hours and kinds of visit stay behind when somebody takes a provider off a clinic."""
        scene = open_clinic()
        scene.provider.clinics.set([ClinicFactory(organization=scene.clinic.organization)])
        assert found(scene) == []
        assert refusal(scene, TOMORROW_TEN) == Rule.PROVIDER


class TestNearest:
    def nearest(self, scene, **given):
        given = {"around": TOMORROW_TEN, "now": NOW, "state": "NY", "provider": scene.provider} | given
        return slots.nearest(visit_type=scene.visit_type, **given)

    def test_the_three_closest_times_in_order(self):
        scene = open_clinic(start_step=30)
        scene.book(TOMORROW_TEN)
        assert clocks(self.nearest(scene)) == ["09:00", "09:30", "10:30"]

    def test_other_providers_fill_up(self):
        scene = open_clinic(start_step=60, horizon_days=1)
        AvailabilityRule.objects.update(start_time=time(10), end_time=time(11))
        other = ProviderFactory(clinics=[scene.clinic])
        open_hours(scene.clinic, other)
        scene.visit_type.providers.add(other)
        offers = self.nearest(scene, now=NOW + timedelta(hours=4))
        assert clocks(offers) == ["09:00", "10:00", "10:00"]
        assert [slot.provider_id for slot in offers] == [other.pk, scene.provider.pk, other.pk]

    def test_none_when_there_is_none(self):
        assert self.nearest(open_clinic(), state="NJ") == []


class TestWhyNone:
    def reasons(self, scene, start=TUESDAY, end=None, **given):
        given = {"now": NOW, "state": "NY", "end": end or start + DAY} | given
        reasons = slots.why_none(visit_type=scene.visit_type, start=start, **given)
        return {reason.code: reason.providers for reason in reasons}

    def test_nothing_to_explain_while_there_is_a_time(self):
        assert self.reasons(open_clinic()) == {}

    def test_each_provider_is_counted_once_under_the_rule_that_took_the_last_time(self):
        scene = open_clinic(duration=60, start_step=60, horizon_days=30)
        away, elsewhere, idle = (ProviderFactory(clinics=[scene.clinic]) for _ in range(3))
        unlicensed = ProviderFactory(clinics=[scene.clinic], states=["NJ"])
        for provider in (away, elsewhere, unlicensed):
            open_hours(scene.clinic, provider)
        AvailabilityExceptionFactory(provider=away)
        AppointmentFactory(
            provider=elsewhere, starts_at=TUESDAY + timedelta(hours=9), ends_at=TUESDAY + timedelta(hours=17)
        )
        scene.visit_type.providers.set([away, elsewhere, idle, unlicensed])
        assert self.reasons(scene) == {"time_off": 1, "taken": 1, "hours": 1, "license": 1}

    @pytest.mark.parametrize(
        ("given", "code"),
        [
            ({"start": TUESDAY + 90 * DAY}, "horizon"),
            ({"start": TUESDAY - 10 * DAY}, "past"),
            ({"state": "NJ"}, "license"),
        ],
    )
    def test_reasons(self, given, code):
        assert self.reasons(open_clinic(), **given) == {code: 1}

    def test_notice(self):
        scene = open_clinic(staff_notice=60 * 24 * 7)
        assert self.reasons(scene) == {"notice": 1}

    def test_nobody_offers_it(self):
        scene = open_clinic()
        scene.visit_type.providers.clear()
        assert self.reasons(scene) == {"provider": 0}

    def test_switched_off(self):
        assert self.reasons(open_clinic(is_active=False)) == {"inactive": 0}


def test_the_check_is_one_statement(django_assert_num_queries):
    scene = open_clinic()
    with django_assert_num_queries(1):
        assert refusal(scene, TOMORROW_TEN) is None


def test_a_visit_type_of_a_length_that_is_no_multiple_of_five_takes_whole_ticks():
    scene = open_clinic(duration=17, start_step=5)
    VisitTypeFactory(clinic=scene.clinic)
    scene.book(TOMORROW_TEN)
    assert "10:20" in clocks(found(scene))
    assert "10:15" not in clocks(found(scene))
    assert "09:40" in clocks(found(scene))
    assert "09:45" not in clocks(found(scene))
