"""When a room is open and how long somebody waits: values in, values out."""

from datetime import datetime, timedelta

OPENS_BEFORE = timedelta(minutes=30)
CLOSES_AFTER = timedelta(hours=2)


def is_open(*, starts_at: datetime, ends_at: datetime, now: datetime) -> bool:
    """Whether people may come in: from half an hour before the start to two hours after the end."""
    return starts_at - OPENS_BEFORE <= now < ends_at + CLOSES_AFTER


def wait_range(minutes: float) -> tuple[int, int]:
    """An honest estimate is a range: 20 % less and 30 % more, never below one minute, in steps of five from ten on."""
    low, high = max(1, minutes * 0.8), max(2, minutes * 1.3)
    return _rounded(low), max(_rounded(high), _rounded(low) + 1)


def _rounded(minutes: float) -> int:
    return round(minutes) if minutes < 10 else 5 * round(minutes / 5)  # noqa: PLR2004
