"""Bit arithmetic against the plainest possible way to say the same, and local hours on days of 23 and 25 hours."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from common.timeutil import combine, day_bounds, local
from scheduling import rules

ZONES = ["America/New_York", "America/Phoenix", "Pacific/Honolulu", "Europe/Madrid", "Asia/Kolkata", "Asia/Kathmandu"]
SPRING, AUTUMN = date(2027, 3, 14), date(2027, 11, 7)
MASKS = st.integers(min_value=0, max_value=(1 << 288) - 1)


def as_set(mask: int) -> set[int]:
    return {bit for bit in range(mask.bit_length()) if mask >> bit & 1}


@given(free=MASKS, length=st.integers(1, 60))
def test_a_visit_fits_where_every_tick_is_free(free, length):
    free_ticks = as_set(free)
    expected = {tick for tick in free_ticks if all(tick + more in free_ticks for more in range(length))}
    assert as_set(rules.fits(free, length)) == expected


@given(mask=MASKS)
def test_bits_are_the_set_bits_in_order(mask):
    assert list(rules.bits(mask)) == sorted(as_set(mask))


@given(mask=MASKS, bit=st.integers(0, 300), count=st.integers(0, 5))
def test_around_a_bit_are_those_next_to_it(mask, bit, count):
    ticks = sorted(as_set(mask))
    before, after = [tick for tick in ticks if tick < bit], [tick for tick in ticks if tick >= bit]
    assert as_set(rules.around(mask, bit, count)) == {*before[max(0, len(before) - count) :], *after[:count]}


@given(first=st.integers(-50, 300), last=st.integers(-50, 300))
def test_a_span_is_half_open_and_starts_at_the_origin(first, last):
    assert as_set(rules.span(first, last)) == {tick for tick in range(first, last) if tick >= 0}


@given(step=st.integers(1, 12), phase=st.integers(0, 11), size=st.integers(1, 400))
def test_a_grid_is_every_step_from_its_phase(step, phase, size):
    phase %= step
    assert as_set(rules.grid(step, phase, size)) == set(range(phase, size, step))


@given(instant=st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))
def test_ticks_enclose_an_instant(instant):
    floor, ceiling = rules.instant_of(rules.floor_tick(instant)), rules.instant_of(rules.ceil_tick(instant))
    assert floor <= instant <= ceiling
    assert ceiling - floor in (timedelta(0), timedelta(minutes=5))


@given(minutes=st.integers(0, 600))
def test_ticks_of_a_length_cover_it(minutes):
    assert minutes <= rules.ticks_of(minutes) * 5 < minutes + 5


def wall_ticks(zone: str, day: date, start: int, end: int) -> list[datetime]:
    """The instants of `day` in `zone` at which a clock on the wall reads a time in [start, end)."""
    first, last = day_bounds(day, zone)
    ticks = [first + timedelta(minutes=minute) for minute in range(0, int((last - first).total_seconds()) // 60, 5)]
    return [tick for tick in ticks if start <= (wall := local(tick, zone)).hour * 60 + wall.minute < end]


def ticks_between(zone: str, day: date, start: int, end: int) -> list[datetime]:
    origin = rules.floor_tick(day_bounds(day, zone)[0]) - 100
    mask = rules.work_span(zone, day.toordinal(), start, end, origin)
    return [rules.instant_of(origin + bit) for bit in rules.bits(mask)]


@given(
    zone=st.sampled_from(ZONES),
    day=st.sampled_from([SPRING, AUTUMN]) | st.dates(date(2026, 1, 1), date(2028, 12, 31)),
    start=st.integers(0, 287).map(lambda tick: tick * 5),
    length=st.integers(1, 288).map(lambda tick: tick * 5),
)
def test_hours_are_what_the_clock_on_the_wall_shows(zone, day, start, length):
    end = min(start + length, 1440)
    for edge in (start, end % 1440):
        clock = time(edge // 60, edge % 60)
        assume(not _skipped_or_repeated(day, clock, zone))  # those are read as timeutil.combine reads them: see below
    assert ticks_between(zone, day, start, end) == wall_ticks(zone, day, start, end)


def _skipped_or_repeated(day: date, clock: time, zone: str) -> bool:
    instant = combine(day, clock, zone)
    repeated = local(instant + timedelta(hours=1), zone).time() == clock
    return repeated or local(instant, zone).time() != clock


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("America/New_York", SPRING, 23),
        ("America/New_York", AUTUMN, 25),
        ("America/Phoenix", SPRING, 24),
        ("America/Phoenix", AUTUMN, 24),
        ("Pacific/Honolulu", SPRING, 24),
        ("Pacific/Honolulu", AUTUMN, 24),
    ],
)
def test_a_whole_day_has_as_many_hours_as_it_has(zone, day, hours):
    assert len(ticks_between(zone, day, 0, 1440)) == hours * 12


def test_the_working_day_keeps_its_length_when_the_clocks_change_before_it():
    before = ticks_between("America/New_York", SPRING - timedelta(days=1), 9 * 60, 17 * 60)
    after = ticks_between("America/New_York", SPRING, 9 * 60, 17 * 60)
    assert len(before) == len(after) == 96
    assert before[0] == datetime(2027, 3, 13, 14, 0, tzinfo=UTC)
    assert after[0] == datetime(2027, 3, 14, 13, 0, tzinfo=UTC)


def test_an_hour_shown_twice_is_worked_twice():
    assert len(ticks_between("America/New_York", AUTUMN, 0, 3 * 60)) == 4 * 12


def test_a_time_that_is_skipped_means_the_same_distance_from_midnight():
    assert ticks_between("America/New_York", SPRING, 150, 240)[0] == datetime(2027, 3, 14, 7, 30, tzinfo=UTC)


@pytest.mark.parametrize("day", [SPRING, AUTUMN, date(2026, 12, 1)])
def test_one_minute_to_midnight_is_the_end_of_the_day(day):
    assert ticks_between("America/New_York", day, 1380, 1439) == ticks_between("America/New_York", day, 1380, 1440)
    assert len(ticks_between("America/New_York", day, 1380, 1439)) == 12


def test_work_shrinks_and_absence_grows_to_whole_ticks():
    ordinal = date(2026, 12, 1).toordinal()
    origin = rules.floor_tick(day_bounds(date(2026, 12, 1), "America/New_York")[0])
    assert as_set(rules.work_span("America/New_York", ordinal, 3, 18, origin)) == {1, 2}
    assert as_set(rules.blocked_span("America/New_York", ordinal, 3, 18, origin)) == {0, 1, 2, 3}


def test_days_are_counted_in_their_zone():
    origin = rules.floor_tick(combine(SPRING, time.min, "America/New_York"))
    mask = rules.days_span("America/New_York", SPRING.toordinal(), SPRING.toordinal() + 1, origin)
    assert mask == rules.span(0, 47 * 12)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("step", [1, 2, 3, 4, 6, 12])
def test_starts_stand_on_the_local_clock(zone, step):
    origin = rules.floor_tick(datetime(2027, 3, 13, 1, 25, tzinfo=UTC))
    phase = rules.grid_phase(zone, origin, step)
    for bit in rules.bits(rules.grid(step, phase, 600)):
        assert local(rules.instant_of(origin + bit), zone).minute % (step * 5) == 0
