"""First free times, as the move panel and the booking page offer them."""

from datetime import datetime, timedelta

from clinics.models import Provider
from scheduling import slots
from scheduling.availability import Audience
from scheduling.day_parts import DayPart
from scheduling.models import VisitType

DAYS_SEARCHED = 21
OFFERED = 8


def first_times(
    *,
    visit_type: VisitType,
    state: str,
    start: datetime,
    now: datetime,
    provider: Provider | None = None,
    part: str = "",
    limit: int = OFFERED,
) -> list[slots.Slot]:
    """The first free times from `start` on, of one or of any licensed provider, at most one a provider and hour.

    With a `part` of the day only times within it, by the clinic's clock. Without the thinning the list would show the
    next two hours of a free day and nothing of the day after.
    """
    found = slots.search(
        visit_type=visit_type,
        start=start,
        end=start + timedelta(days=DAYS_SEARCHED),
        now=now,
        state=state,
        provider=provider,
        audience=Audience.STAFF,
        limit=None if part else limit * 8,
    )
    zone = visit_type.clinic.zone
    seen: set[tuple[int, datetime]] = set()
    kept = []
    for slot in found:
        hour = (slot.provider_id, slot.starts_at.replace(minute=0, second=0, microsecond=0))
        suits = not part or DayPart.of(slot.starts_at, zone) == part
        if suits and hour not in seen:
            seen.add(hour)
            kept.append(slot)
    return kept[:limit]


def why_no_times(
    *, visit_type: VisitType, state: str, start: datetime, now: datetime, provider: Provider | None = None
) -> list[slots.Reason]:
    """Which rules took the free times of the days that were searched, with how many providers each."""
    end = start + timedelta(days=DAYS_SEARCHED)
    return slots.why_none(
        visit_type=visit_type, start=start, end=end, now=now, state=state, provider=provider, audience=Audience.STAFF
    )
