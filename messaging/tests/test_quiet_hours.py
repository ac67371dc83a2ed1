"""No text outside the hours, in any zone, on any day of the year."""

import zoneinfo
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from messaging.rules import backoff, earliest_text, may_text

ZONES = sorted(zone for zone in zoneinfo.available_timezones() if "/" in zone and not zone.startswith("Etc"))
NEW_YORK = zoneinfo.ZoneInfo("America/New_York")
OPENS, CLOSES = time(9), time(20)

instants = st.datetimes(min_value=datetime(2026, 1, 1), max_value=datetime(2027, 12, 31)).map(
    lambda naive: naive.replace(tzinfo=UTC)
)
hours = st.tuples(st.integers(0, 11), st.integers(13, 23)).map(lambda pair: (time(pair[0]), time(pair[1])))


@settings(max_examples=500, deadline=None)
@given(at=instants, zone=st.sampled_from(ZONES).map(zoneinfo.ZoneInfo), window=hours)
def test_the_moment_chosen_is_allowed_and_never_early(at, zone, window):
    chosen = earliest_text(at, zone, *window)
    assert may_text(chosen, zone, *window)
    assert at <= chosen <= at + timedelta(hours=37), "a night and a Sunday morning at most"


@settings(max_examples=300, deadline=None)
@given(at=instants, zone=st.sampled_from(ZONES).map(zoneinfo.ZoneInfo))
def test_what_is_allowed_already_is_not_put_off(at, zone):
    if may_text(at, zone, OPENS, CLOSES):
        assert earliest_text(at, zone, OPENS, CLOSES) == at


@settings(max_examples=300, deadline=None)
@given(at=instants, zone=st.sampled_from(ZONES).map(zoneinfo.ZoneInfo), minutes=st.integers(1, 2000))
def test_nothing_allowed_lies_before_the_moment_chosen(at, zone, minutes):
    chosen = earliest_text(at, zone, OPENS, CLOSES)
    between = at + timedelta(minutes=minutes)
    assert between >= chosen or not may_text(between, zone, OPENS, CLOSES)


@pytest.mark.parametrize(
    ("local", "expected"),
    [
        (datetime(2026, 11, 24, 8, 59), datetime(2026, 11, 24, 9, 0)),
        (datetime(2026, 11, 24, 9, 0), datetime(2026, 11, 24, 9, 0)),
        (datetime(2026, 11, 24, 19, 59), datetime(2026, 11, 24, 19, 59)),
        (datetime(2026, 11, 24, 20, 0), datetime(2026, 11, 25, 9, 0)),
        (datetime(2026, 11, 28, 22, 0), datetime(2026, 11, 29, 12, 0)),  # Saturday night: Sunday noon
        (datetime(2026, 11, 29, 9, 0), datetime(2026, 11, 29, 12, 0)),
        (datetime(2026, 11, 1, 0, 30), datetime(2026, 11, 1, 12, 0)),  # the night the clocks go back is a Sunday
        (datetime(2026, 3, 8, 1, 30), datetime(2026, 3, 8, 12, 0)),  # and so is the one they go forward
    ],
)
def test_hours_in_new_york(local, expected):
    at = local.replace(tzinfo=NEW_YORK).astimezone(UTC)
    assert earliest_text(at, NEW_YORK, OPENS, CLOSES).astimezone(NEW_YORK).replace(tzinfo=None) == expected


def test_hours_that_end_before_noon_leave_sundays_out():
    sunday = datetime(2026, 11, 29, 10, tzinfo=NEW_YORK)
    assert earliest_text(sunday, NEW_YORK, time(8), time(11)).astimezone(NEW_YORK).weekday() == 0


def test_waits_grow_to_eight_minutes():
    assert [backoff(attempts).total_seconds() for attempts in range(7)] == [30, 60, 120, 240, 480, 480, 480]
