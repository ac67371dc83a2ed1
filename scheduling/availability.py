"""Which starts each booking rule leaves, as bitmasks: what search, the check at booking and "why no slot" share."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from common.timeutil import day_bounds, local_date
from common.us import zone_of_state
from scheduling import rules
from scheduling.candidates import Candidate
from scheduling.models import VisitType


class Audience(TextChoices):
    PATIENTS = "patients", _("Patients")
    STAFF = "staff", _("Staff")


class Rule(TextChoices):
    """Why a time can't be booked, in the order in which the rules are asked."""

    INACTIVE = "inactive", _("This kind of visit is not offered at the moment.")
    AUDIENCE = "audience", _("Only staff can book this kind of visit.")
    PROVIDER = "provider", _("This provider does not offer this kind of visit.")
    HOURS = "hours", _("Outside the provider's hours.")
    TIME_OFF = "time_off", _("The provider is away.")
    CLOSED = "closed", _("The clinic is closed.")
    LICENSE = "license", _("The provider has no license for this state on this day.")
    PAST = "past", _("This time is over.")
    NOTICE = "notice", _("Too soon: this kind of visit needs more notice.")
    HORIZON = "horizon", _("Too far ahead: these days are not open for booking yet.")
    STEP = "step", _("Visits of this kind do not start at this minute.")
    TAKEN = "taken", _("This time is taken.")


@dataclass(frozen=True)
class Frame:
    """The stretch of time that is looked at. Bit 0 of every mask is the tick `origin`; instants are UTC.

    held_since: a time that is held keeps the notice it had when the hold was made.
    """

    visit_type: VisitType
    state: str
    audience: str
    start: datetime
    end: datetime
    now: datetime
    held_since: datetime | None = None

    @cached_property
    def origin(self) -> int:
        return rules.floor_tick(self.start) - self.before

    @cached_property
    def size(self) -> int:
        return rules.ceil_tick(self.end) + self.length + self.after - self.origin

    @cached_property
    def length(self) -> int:
        return rules.ticks_of(self.visit_type.duration)

    @cached_property
    def before(self) -> int:
        return rules.ticks_of(self.visit_type.buffer_before)

    @cached_property
    def after(self) -> int:
        return rules.ticks_of(self.visit_type.buffer_after)

    def reach(self) -> tuple[datetime, datetime]:
        """The period in which taken times matter, buffers included."""
        return rules.instant_of(self.origin), rules.instant_of(self.origin + self.size)

    def starts_from(self, instant: datetime) -> int:
        """The starts at or after `instant`."""
        return rules.span(rules.ceil_tick(instant) - self.origin, self.size)

    def starts_before(self, instant: datetime) -> int:
        return rules.span(0, rules.ceil_tick(instant) - self.origin)


def earliest_start(frame: Frame) -> datetime:
    visit_type = frame.visit_type
    notice = visit_type.staff_notice if frame.audience == Audience.STAFF else visit_type.patient_notice
    return (frame.held_since or frame.now) + timedelta(minutes=notice)


def horizon_end(visit_type: VisitType, now: datetime) -> datetime:
    """The end of the last day that is open for booking, as the clinic's calendar counts."""
    zone = visit_type.clinic.time_zone
    return day_bounds(local_date(now, zone) + timedelta(days=visit_type.horizon_days), zone)[1]


def starts_by_rule(candidate: Candidate, frame: Frame) -> Iterator[tuple[Rule, int]]:
    """Rule by rule, the starts in [frame.start, frame.end) that are left once that rule was applied too.

    The visit itself must lie within hours, license and open days. Buffers may reach beyond the hours, but never into
    time that is taken.
    """
    wanted = frame.starts_from(frame.start) & frame.starts_before(frame.end)
    free = _work(candidate, frame)
    yield Rule.HOURS, rules.fits(free, frame.length) & wanted
    free &= ~_time_off(candidate, frame)
    yield Rule.TIME_OFF, rules.fits(free, frame.length) & wanted
    free &= ~_closed(candidate, frame)
    yield Rule.CLOSED, rules.fits(free, frame.length) & wanted
    free &= _licensed(candidate, frame)
    starts = rules.fits(free, frame.length) & wanted
    yield Rule.LICENSE, starts
    starts &= frame.starts_from(frame.now)
    yield Rule.PAST, starts
    starts &= frame.starts_from(earliest_start(frame))
    yield Rule.NOTICE, starts
    starts &= frame.starts_before(horizon_end(frame.visit_type, frame.now))
    yield Rule.HORIZON, starts
    step = frame.visit_type.start_step // rules.TICK_MINUTES
    starts &= rules.grid(step, rules.grid_phase(candidate.zone, frame.origin, step), frame.size)
    yield Rule.STEP, starts
    yield Rule.TAKEN, starts & _undisturbed(candidate, frame)


def open_starts(candidate: Candidate, frame: Frame) -> int:
    """The starts that every rule leaves."""
    starts = 0
    for _rule, starts in starts_by_rule(candidate, frame):
        if not starts:
            return 0
    return starts


def _work(candidate: Candidate, frame: Frame) -> int:
    """Weekly hours and extra hours, each day through the provider's zone."""
    zone, origin = candidate.zone, frame.origin
    first, last = _local_days(zone, frame)
    mask = 0
    for weekday, start, end, valid_from, valid_until in candidate.hours:
        begin = max(first, valid_from)
        begin += (weekday - (begin - 1)) % 7  # the day with ordinal 1 was a Monday
        for day in range(begin, min(last, valid_until) + 1, 7):
            mask |= rules.work_span(zone, day, start, end, origin)
    for day, start, end in candidate.extra:
        mask |= rules.work_span(zone, day, start, end, origin)
    return mask & rules.span(0, frame.size)


def _local_days(zone: str, frame: Frame) -> tuple[int, int]:
    start, end = frame.reach()
    return local_date(start, zone).toordinal(), local_date(end, zone).toordinal()


def _time_off(candidate: Candidate, frame: Frame) -> int:
    """Time off wins over extra hours: nobody is booked with a provider who said to be away."""
    mask = 0
    for day, start, end in candidate.off:
        mask |= rules.blocked_span(candidate.zone, day, start, end, frame.origin)
    return mask


def _closed(candidate: Candidate, frame: Frame) -> int:
    return _whole_days(frame.visit_type.clinic.time_zone, candidate.closures, frame)


def _licensed(candidate: Candidate, frame: Frame) -> int:
    """Days count where the patient is; a state with several zones is read on the clinic's calendar."""
    zone = zone_of_state(frame.state) or frame.visit_type.clinic.time_zone
    return _whole_days(zone, candidate.licenses, frame)


def _whole_days(zone: str, periods: list[list[int]], frame: Frame) -> int:
    """The ticks of these periods of days, no further than the frame goes: a license may last for decades."""
    earliest, latest = _local_days(zone, frame)
    mask = 0
    for first, last in periods:
        if first <= latest and last >= earliest:
            mask |= rules.days_span(zone, max(first, earliest), min(last, latest), frame.origin)
    return mask


def _undisturbed(candidate: Candidate, frame: Frame) -> int:
    """The starts whose visit and buffers touch nothing that is taken."""
    taken, origin = 0, frame.origin
    for first, last in candidate.busy_ticks():
        taken |= rules.span(first - origin, last - origin)
    free = rules.span(0, frame.size) & ~taken
    return rules.fits(free, frame.before + frame.length + frame.after) << frame.before
