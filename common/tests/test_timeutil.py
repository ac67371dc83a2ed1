"""Days and clock times around the days when clocks change."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from common import us
from common.timeutil import combine, day_bounds, local, local_date, zone_of

NEW_YORK = "America/New_York"
SPRING, AUTUMN = date(2027, 3, 14), date(2026, 11, 1)


def utc(*parts) -> datetime:
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "at", "zone", "instant"),
    [
        (date(2026, 11, 20), time(9), NEW_YORK, utc(2026, 11, 20, 14)),
        (SPRING, time(1, 30), NEW_YORK, utc(2027, 3, 14, 6, 30)),
        (SPRING, time(2, 30), NEW_YORK, utc(2027, 3, 14, 7, 30)),  # skipped: shown as 03:30
        (SPRING, time(3, 30), NEW_YORK, utc(2027, 3, 14, 7, 30)),
        (AUTUMN, time(1, 30), NEW_YORK, utc(2026, 11, 1, 5, 30)),  # shown twice: the first
        (AUTUMN, time(1, 30, fold=1), NEW_YORK, utc(2026, 11, 1, 5, 30)),
        (AUTUMN, time(2), NEW_YORK, utc(2026, 11, 1, 7)),
        (SPRING, time(2, 30), "America/Phoenix", utc(2027, 3, 14, 9, 30)),
    ],
)
def test_a_clock_time_is_one_instant(day, at, zone, instant):
    assert combine(day, at, zone) == instant
    assert combine(day, at, zone).tzinfo is UTC


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 11, 20), 24), (SPRING, 23), (AUTUMN, 25)])
def test_a_day_is_as_long_as_its_clocks_say(day, hours):
    start, end = day_bounds(day, NEW_YORK)
    assert end - start == timedelta(hours=hours)
    assert local_date(start, NEW_YORK) == local_date(end - timedelta(seconds=1), NEW_YORK) == day
    assert local_date(end, NEW_YORK) == day + timedelta(days=1)


def test_the_same_instant_on_other_clocks():
    noon = utc(2026, 11, 20, 12)
    assert local(noon, zone_of(NEW_YORK)) == noon
    assert local(noon, NEW_YORK).time() == time(7)


@pytest.mark.parametrize("zone", [NEW_YORK, "America/Chicago", "America/Phoenix", "Pacific/Honolulu"])
@pytest.mark.parametrize("day", [date(2026, 3, 8), date(2026, 11, 1), date(2027, 3, 14), date(2027, 11, 7)])
def test_every_quarter_hour_comes_back_except_the_skipped_hour(day, zone):
    moved = []
    for minutes in range(0, 24 * 60, 15):
        at = time(minutes // 60, minutes % 60)
        shown = local(combine(day, at, zone), zone).replace(tzinfo=None)
        if shown != datetime.combine(day, at):
            moved.append((at, shown - datetime.combine(day, at)))
    skipped = [time(2, minute) for minute in (0, 15, 30, 45)]
    springs = day.month == 3 and zone in {NEW_YORK, "America/Chicago"}
    assert moved == ([(at, timedelta(hours=1)) for at in skipped] if springs else [])


def test_every_state_has_a_name_and_only_undivided_ones_a_zone():
    codes = {code for code, _name in us.STATES}
    assert len(us.STATES) == len(codes) == 56
    assert us.state_name("NY") == "New York"
    assert us.state_name("XX") == "XX"
    assert us.zone_of_state("NY") == NEW_YORK
    assert us.zone_of_state("TX") is None
    assert set(us._ZONES) < codes
