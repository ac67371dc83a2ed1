"""Quiet hours and second tries: pure functions of instants and zones."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from common.timeutil import combine, local

SECOND_TRY = "second:"  # how the dedupe key of a second try begins
OTHERWISE = "otherwise:"  # and of a message that says the same on the other channel
SUNDAY = 6
SUNDAY_OPENS = time(12)  # Texas Business & Commerce Code 301.051: Sundays from noon; kept everywhere


def opens_on(day: date, opens: time) -> time:
    """When texts may start on a day."""
    return max(opens, SUNDAY_OPENS) if day.weekday() == SUNDAY else opens


def may_text(at: datetime, zone: ZoneInfo, opens: time, closes: time) -> bool:
    """Whether clocks in the zone stand within [opens, closes), on Sundays within [12:00, closes)."""
    here = local(at, zone)
    return opens_on(here.date(), opens) <= here.time() < closes


def earliest_text(at: datetime, zone: ZoneInfo, opens: time, closes: time) -> datetime:
    """The first instant from `at` on at which a text may go; `at` itself inside the hours."""
    if may_text(at, zone, opens, closes):
        return at
    day = local(at, zone).date()
    for _ in range(8):  # a clinic that closes before noon texts on no Sunday
        opening = combine(day, opens_on(day, opens), zone)
        if opening >= at and opens_on(day, opens) < closes:
            return opening
        day += timedelta(days=1)
    raise ValueError("These hours never open.")


def backoff(attempts: int) -> timedelta:
    """How long to wait after so many failed attempts: 30 s, 1, 2, 4, 8 minutes."""
    return timedelta(seconds=30 * 2 ** min(attempts, 4))
