"""What is offered can be booked, and nothing else: the masks against a second, plain implementation, and both against
the database. Days of 23 and 25 hours are among them.
"""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clinics.tests.factories import ClosureFactory, LicenseFactory
from common.timeutil import combine, day_bounds, local
from scheduling import slots
from scheduling.candidates import Candidate
from scheduling.errors import NotBookable, SlotTaken
from scheduling.models import AvailabilityException, AvailabilityRule, BookingResource, VisitType
from scheduling.tests.factories import (
    AppointmentFactory,
    AvailabilityExceptionFactory,
    AvailabilityRuleFactory,
    open_clinic,
)

ZONES = {"America/New_York": "NY", "America/Phoenix": "AZ", "Pacific/Honolulu": "HI"}
CHANGES = [date(2027, 3, 14), date(2027, 11, 7)]
MINUTE = timedelta(minutes=1)


def overlap(start, end, periods) -> bool:
    return any(start < other_end and other_start < end for other_start, other_end in periods)


class Plain:
    """The rules again, minute by minute and with nothing shared but the models."""

    def __init__(self, scene, *, state, now, audience):
        self.scene, self.state, self.now, self.audience = scene, state, now, audience
        self.type = VisitType.objects.select_related("clinic").get(pk=scene.visit_type.pk)
        self.rules = list(AvailabilityRule.objects.filter(provider=scene.provider, clinic=scene.clinic))
        self.exceptions = list(AvailabilityException.objects.filter(provider=scene.provider))
        self.closed = list(scene.clinic.closures.all())
        self.licenses = list(scene.provider.licenses.filter(state=state))
        rows = BookingResource.objects.filter(resource=f"provider:{scene.provider.pk}", live=True)
        self.busy = [(row.during.lower, row.during.upper) for row in rows]

    def allows(self, start: datetime) -> bool:
        end = start + timedelta(minutes=self.type.duration)
        notice = self.type.staff_notice if self.audience == "staff" else self.type.patient_notice
        before, after = self.type.buffer_before * MINUTE, self.type.buffer_after * MINUTE
        minutes = [start + n * MINUTE for n in range(0, self.type.duration, 5)]
        return (
            start >= self.now + notice * MINUTE
            and (self.day(start) - self.day(self.now)).days <= self.type.horizon_days
            and local(start, self.scene.provider.time_zone).minute % self.type.start_step == 0
            and all(self.works(minute) and self.open(minute) and self.licensed(minute) for minute in minutes)
            and not overlap(start - before, end + after, self.busy)
        )

    def day(self, instant):
        return local(instant, self.scene.clinic.time_zone).date()

    def works(self, instant) -> bool:
        here = local(instant, self.scene.provider.time_zone)
        today = [one for one in self.exceptions if one.date == here.date()]
        if any(one.kind == "off" and self.within(here, one) for one in today):
            return False
        extra = [one for one in today if one.kind == "extra" and one.clinic_id == self.scene.clinic.pk]
        weekly = [one for one in self.rules if one.weekday == here.weekday() and one.valid_from <= here.date()]
        weekly = [one for one in weekly if one.valid_until is None or here.date() <= one.valid_until]
        return any(self.within(here, one) for one in extra + weekly)

    @staticmethod
    def within(here, one) -> bool:
        if one.start_time is None:
            return True
        return one.start_time <= here.time() and (here.time() < one.end_time or one.end_time == time(23, 59))

    def open(self, instant) -> bool:
        return not any(one.first_date <= self.day(instant) <= one.last_date for one in self.closed)

    def licensed(self, instant) -> bool:
        zone = "Pacific/Honolulu" if self.state == "HI" else "America/New_York" if self.state == "NY" else None
        day = local(instant, zone or self.scene.clinic.time_zone).date()
        return any(one.valid_from <= day <= one.valid_until for one in self.licenses)


clock = st.integers(0, 287).map(lambda tick: time(tick // 12, tick % 12 * 5))
# Times at which clocks are changed are read as timeutil.combine reads them: test_rules.py.
outside_the_change = clock.filter(lambda at: at.hour not in {1, 2})
any_window = st.tuples(outside_the_change, outside_the_change).filter(lambda pair: pair[0] < pair[1])
long_window = st.sampled_from([(time(0), time(23, 59)), (time(7, 10), time(20)), (time(9), time(17))])
window = any_window | long_window
near = st.integers(-2, 3)


@pytest.mark.django_db
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_the_masks_say_what_the_plain_rules_say(data):
    zone = data.draw(st.sampled_from(sorted(ZONES)), "provider's zone")
    change = data.draw(st.sampled_from(CHANGES), "day")
    scene = build(data, zone, change)
    state = data.draw(st.sampled_from([scene.clinic.state, "HI"]), "state")
    now = combine(change, time(0), zone) - data.draw(st.integers(0, 72)) * timedelta(minutes=37)
    audience = data.draw(st.sampled_from(["staff", "patients"]))
    start = combine(change - timedelta(days=1), time(0), zone)
    end = start + timedelta(days=3)
    offers = slots.search(visit_type=scene.visit_type, start=start, end=end, now=now, state=state, audience=audience)
    plain = Plain(scene, state=state, now=now, audience=audience)
    ticks = [start + n * 5 * MINUTE for n in range(3 * 288)]
    assert [offer.starts_at for offer in offers] == [tick for tick in ticks if plain.allows(tick)]


def build(data, zone, change):
    draw = data.draw
    scene = open_clinic(
        time_zone=draw(st.sampled_from(sorted(ZONES)), "clinic's zone"),
        state=ZONES[zone],
        duration=draw(st.sampled_from([5, 20, 45, 60, 120])),
        start_step=draw(st.sampled_from([5, 10, 15, 20, 30, 60])),
        buffer_before=draw(st.sampled_from([0, 5, 15, 40])),
        buffer_after=draw(st.sampled_from([0, 10])),
        patient_notice=draw(st.sampled_from([0, 0, 90, 1500])),
        horizon_days=draw(st.integers(1, 5)),
    )
    scene.provider.time_zone = zone
    scene.provider.save()
    AvailabilityRule.objects.all().delete()
    for offset in range(-1, 3):
        day = change + timedelta(days=offset)
        for start, end in draw(st.lists(window, min_size=1, max_size=2), f"hours {day}"):
            AvailabilityRuleFactory(
                clinic=scene.clinic, provider=scene.provider, weekday=day.weekday(), start_time=start, end_time=end
            )
    for kind, offset, hours in draw(st.lists(st.tuples(st.sampled_from(["off", "extra"]), near, window), max_size=2)):
        AvailabilityExceptionFactory(
            provider=scene.provider, clinic=scene.clinic, kind=kind, date=change + timedelta(days=offset),
            start_time=hours[0], end_time=hours[1],
        )  # fmt: skip
    for offset in draw(st.lists(near, max_size=1), "closed"):
        ClosureFactory(
            clinic=scene.clinic, first_date=change + timedelta(days=offset), last_date=change + timedelta(days=offset)
        )
    LicenseFactory(
        provider=scene.provider, state="HI", valid_from=change + timedelta(days=draw(near, "license from")),
        valid_until=change + timedelta(days=3),
    )  # fmt: skip
    for hour in draw(st.lists(st.integers(0, 71), max_size=12, unique=True), "visits"):
        AppointmentFactory(provider=scene.provider, starts_at=day_bounds(change, "UTC")[0] + timedelta(hours=hour - 24))
    return scene


@pytest.mark.django_db
@pytest.mark.parametrize("zone", sorted(ZONES))
@pytest.mark.parametrize("change", CHANGES)
def test_every_offered_time_can_be_booked_and_every_other_is_refused(zone, change):
    """Every five minutes of the day on which the clocks change, tried for real."""
    scene = open_clinic(
        time_zone=zone, state=ZONES[zone], duration=50, buffer_after=10, start_step=20, horizon_days=400
    )
    scene.visit_type.save()
    now = combine(change - timedelta(days=1), time(12), zone)
    start, end = day_bounds(change, zone)
    request = {"visit_type": scene.visit_type, "start": start, "end": end, "now": now, "state": ZONES[zone]}
    AppointmentFactory(provider=scene.provider, starts_at=combine(change, time(11, 40), zone))
    tick = start
    booked = 0
    while tick < end:
        offered = tick in {slot.starts_at for slot in slots.search(**request)}
        granted = book_if_possible(scene, tick, now, ZONES[zone])
        assert granted == offered, local(tick, zone)
        booked += granted
        tick += 5 * MINUTE
    assert booked == 6  # nine to five in steps of an hour with its buffer, around the visit at 11:40


def book_if_possible(scene, starts_at, now, state) -> bool:
    try:
        scene.book(starts_at, now=now, patient_state=state)
    except (NotBookable, SlotTaken):
        return False
    return True


@pytest.mark.parametrize(
    ("zone", "first", "second"),
    [
        ("America/New_York", datetime(2027, 3, 13, 14, tzinfo=UTC), datetime(2027, 3, 14, 13, tzinfo=UTC)),
        ("America/New_York", datetime(2027, 11, 6, 13, tzinfo=UTC), datetime(2027, 11, 7, 14, tzinfo=UTC)),
        ("America/Phoenix", datetime(2027, 3, 13, 16, tzinfo=UTC), datetime(2027, 3, 14, 16, tzinfo=UTC)),
        ("Pacific/Honolulu", datetime(2027, 11, 6, 19, tzinfo=UTC), datetime(2027, 11, 7, 19, tzinfo=UTC)),
    ],
)
@pytest.mark.django_db
def test_nine_in_the_morning_stays_nine_in_the_morning(zone, first, second):
    scene = open_clinic(time_zone=zone, state=ZONES[zone], start_step=60, horizon_days=400)
    for morning in (first, second):
        offers = slots.search(
            visit_type=scene.visit_type, start=morning - timedelta(hours=8), end=morning + timedelta(hours=1),
            now=first - timedelta(days=2), state=ZONES[zone],
        )  # fmt: skip
        assert [offer.starts_at for offer in offers] == [morning]


def test_a_patient_two_zones_away_gets_the_same_instants():
    """A slot is an instant; only its words depend on who reads them."""
    instant = datetime(2027, 3, 14, 13, tzinfo=UTC)
    assert local(instant, "America/New_York").hour == 9
    assert local(instant, "America/Denver").hour == 7
    assert local(instant - timedelta(days=1), "America/New_York").hour == 8


def test_a_candidate_is_called_as_its_provider_is():
    parts = dict.fromkeys(Candidate.__slots__, None) | {"name": "Jordan Example"}
    assert Candidate(**parts | {"credentials": "MD"}).full_name == "Jordan Example, MD"
    assert Candidate(**parts | {"credentials": ""}).full_name == "Jordan Example"
