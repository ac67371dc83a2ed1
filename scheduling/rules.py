"""Arithmetic on free time, without a database: a stretch of days is one Python int, a bit for every five minutes.

A tick is five real minutes, counted from the Unix epoch in UTC, so a day of 23 or 25 hours needs no special case: only
the edges of local hours are converted, each through its own zone on its own date. In a mask, bit 0 is the origin that
the caller chose, and a set bit means "free" or "may start here".
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice

from common.timeutil import combine, local

TICK_MINUTES = 5
TICK_SECONDS = TICK_MINUTES * 60
DAY_MINUTES = 24 * 60
LAST_MINUTE = DAY_MINUTES - 1


def floor_tick(instant: datetime) -> int:
    """The tick that `instant` falls into."""
    return int(instant.timestamp() // TICK_SECONDS)


def ceil_tick(instant: datetime) -> int:
    """The first tick that begins at or after `instant`."""
    return -int(-instant.timestamp() // TICK_SECONDS)


def instant_of(tick: int) -> datetime:
    """When `tick` begins, in UTC."""
    return datetime.fromtimestamp(tick * TICK_SECONDS, UTC)


def ticks_of(minutes: int) -> int:
    """How many ticks cover `minutes`: 17 minutes take four."""
    return -(-minutes // TICK_MINUTES)


def span(first: int, last: int) -> int:
    """Bits [first, last); what lies before bit 0 is cut off, and an empty span is 0."""
    first = max(first, 0)
    return ((1 << (last - first)) - 1) << first if last > first else 0


def fits(free: int, length: int) -> int:
    """The bits at which `length` free ticks in a row begin, in log2(length) shifts."""
    have = 1
    while have < length:
        step = min(have, length - have)
        free &= free >> step
        have += step
    return free


@lru_cache(maxsize=512)
def grid(step: int, phase: int, size: int) -> int:
    """Bits phase, phase + step, phase + 2·step … below `size`: the geometric series (2^(n·step) - 1) / (2^step - 1)."""
    count = max(0, -(-(size - phase) // step))
    return (((1 << (count * step)) - 1) // ((1 << step) - 1)) << phase


def bits(mask: int) -> Iterator[int]:
    """The set bits, lowest first."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


def around(mask: int, bit: int, count: int) -> int:
    """Of the set bits only the `count` last ones before `bit` and the `count` first ones from `bit` on."""
    kept = 0
    before = mask & span(0, bit)
    for _ in range(count):
        top = before.bit_length() - 1
        if top < 0:
            break
        kept |= 1 << top
        before ^= 1 << top
    for one in islice(bits(mask >> bit), count):
        kept |= 1 << (bit + one)
    return kept


@lru_cache(maxsize=20_000)
def _local_day(zone: str, ordinal: int) -> tuple[int, bool]:
    """UTC seconds of the day's first instant in `zone`, and whether the day is not 24 hours long."""
    day = date.fromordinal(ordinal)
    first = int(combine(day, time.min, zone).timestamp())
    following = int(combine(day + timedelta(days=1), time.min, zone).timestamp())
    return first, following - first != DAY_MINUTES * 60


def local_seconds(zone: str, ordinal: int, minute: int) -> int:
    """UTC seconds at which clocks in `zone` show `minute` (0 to 1440, counted as clocks do) on the day `ordinal`.

    1439 (23:59) means the end of the day: a time field can't say 24:00. Times that are skipped or shown twice are read
    as `common.timeutil.combine` reads them.
    """
    if minute >= LAST_MINUTE:
        return _local_day(zone, ordinal + 1)[0]
    first, uneven = _local_day(zone, ordinal)
    if not uneven:
        return first + minute * 60
    hour, rest = divmod(minute, 60)
    return int(combine(date.fromordinal(ordinal), time(hour, rest), zone).timestamp())


def work_span(zone: str, ordinal: int, start: int, end: int, origin: int) -> int:
    """The ticks that lie wholly inside local minutes [start, end) of a day."""
    first = -(-local_seconds(zone, ordinal, start) // TICK_SECONDS)
    last = local_seconds(zone, ordinal, end) // TICK_SECONDS
    return span(first - origin, last - origin)


def blocked_span(zone: str, ordinal: int, start: int, end: int, origin: int) -> int:
    """The ticks that touch local minutes [start, end) of a day."""
    first = local_seconds(zone, ordinal, start) // TICK_SECONDS
    last = -(-local_seconds(zone, ordinal, end) // TICK_SECONDS)
    return span(first - origin, last - origin)


def days_span(zone: str, first: int, last: int, origin: int) -> int:
    """The ticks of the local days first..last (ordinals), both included."""
    start = -(-local_seconds(zone, first, 0) // TICK_SECONDS)
    end = local_seconds(zone, last, DAY_MINUTES) // TICK_SECONDS
    return span(start - origin, end - origin)


def grid_phase(zone: str, origin: int, step: int) -> int:
    """The first bit whose local clock shows a multiple of `step` ticks past the hour.

    All steps divide an hour, so a change of the clocks by an hour does not move the grid.
    """
    clock = local(instant_of(origin), zone)
    return -((clock.hour * 60 + clock.minute) // TICK_MINUTES) % step
