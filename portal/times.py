"""Free times as the booking page, the manage page and the API show them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from common.timeutil import day_bounds, local_date
from scheduling import slots
from scheduling.availability import Audience
from scheduling.slots import Slot

WEEK = timedelta(days=7)
FIRST_FREE = 5
_SEARCHED = 400  # times looked at to find the five
_APART = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Wish:
    """What the patient looks for: a kind of visit, a state, a clock, perhaps one provider."""

    visit_type: object
    state: str
    zone: ZoneInfo
    provider: object = None

    def search(self, start: datetime, end: datetime, now: datetime, limit: int | None = None) -> list[Slot]:
        """Free times that start in [start, end); of one start, the provider with the least taken first."""
        return slots.search(
            visit_type=self.visit_type,
            start=start,
            end=end,
            now=now,
            state=self.state,
            provider=self.provider,
            audience=Audience.PATIENTS,
            limit=limit,
        )

    def first_free(self, now: datetime, count: int = FIRST_FREE) -> list[Slot]:
        """The earliest free times up to the horizon, an hour apart where there are enough of them."""
        end = now + timedelta(days=self.visit_type.horizon_days + 1)
        found = one_a_start(self.search(now, end, now, limit=_SEARCHED))
        apart = _spaced(found, _APART)
        return (apart if len(apart) >= count else found)[:count]

    def nearest(self, around: datetime, now: datetime) -> list[Slot]:
        """The three free times closest to one that somebody else was quicker to take."""
        return slots.nearest(
            visit_type=self.visit_type,
            around=around,
            now=now,
            state=self.state,
            provider=self.provider,
            audience=Audience.PATIENTS,
        )

    def week(self, first: date, now: datetime) -> dict[date, list[Slot]]:
        """The free times of seven days on the patient's clock, by day; days without any are there too."""
        days = {first + timedelta(days=offset): [] for offset in range(WEEK.days)}
        start, end = day_bounds(first, self.zone)[0], day_bounds(max(days), self.zone)[1]
        for slot in one_a_start(self.search(start, end, now)):
            days[local_date(slot.starts_at, self.zone)].append(slot)
        return days


def one_a_start(found: list[Slot]) -> list[Slot]:
    """The first slot of each start: a patient chooses a time, not among everybody who is free then."""
    return list({slot.starts_at: slot for slot in reversed(found)}.values())[::-1]


def _spaced(found: list[Slot], gap: timedelta) -> list[Slot]:
    """The first time, and each one at least `gap` after the one before: five minutes later is no other choice."""
    chosen: list[Slot] = []
    for slot in found:
        if not chosen or slot.starts_at - chosen[-1].starts_at >= gap:
            chosen.append(slot)
    return chosen
