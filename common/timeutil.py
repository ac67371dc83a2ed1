"""Days and wall-clock times in a zone. Instants are UTC everywhere else."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

YEARS = range(2000, 2200)  # a date beyond is nobody's wish, and the next day or another zone may not exist there


def read_date(text: str) -> date:
    """A date out of an address or a form, as ISO 8601 writes it. ValueError for anything else, and outside YEARS."""
    day = date.fromisoformat(text)
    if day.year not in YEARS:
        raise ValueError("This date is too far away.")
    return day


def read_instant(text: str) -> datetime:
    """An ISO 8601 instant with its offset, in UTC. ValueError for anything else, and outside YEARS."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None or moment.year not in YEARS:
        raise ValueError("An instant has an offset and is not too far away.")
    return moment.astimezone(UTC)


def zone_of(zone: str | ZoneInfo) -> ZoneInfo:
    return ZoneInfo(zone) if isinstance(zone, str) else zone


def local(instant: datetime, zone: str | ZoneInfo) -> datetime:
    """The same instant on the clocks of `zone`."""
    return instant.astimezone(zone_of(zone))


def combine(day: date, at: time, zone: str | ZoneInfo) -> datetime:
    """The UTC instant at which clocks in `zone` show `at` on `day`.

    A time that the clocks skip in spring means the same distance past midnight as on other days, read with the offset
    from before the change: 02:30 becomes 03:30. A time shown twice in autumn means its first showing.
    """
    return datetime.combine(day, at.replace(tzinfo=None, fold=0), tzinfo=zone_of(zone)).astimezone(UTC)


def day_bounds(day: date, zone: str | ZoneInfo) -> tuple[datetime, datetime]:
    """The half-open period [start, end) of `day` in `zone`, as UTC instants; 23, 24 or 25 hours long."""
    return combine(day, time.min, zone), combine(day + timedelta(days=1), time.min, zone)


def local_date(instant: datetime, zone: str | ZoneInfo) -> date:
    """The calendar day that `instant` falls on in `zone`."""
    return local(instant, zone).date()
