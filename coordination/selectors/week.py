"""A week of one clinic, provider by provider: visits and the free stretches between them."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from clinics.models import Clinic, Provider
from common.timeutil import combine, day_bounds, local_date
from scheduling.models import Appointment, AvailabilityException, AvailabilityRule
from scheduling.states import Status

DAYS = 7


@dataclass(frozen=True, slots=True)
class Stretch:
    """Half-open, in UTC: a visit, or free working time when `visit` is None."""

    starts_at: datetime
    ends_at: datetime
    visit: Appointment | None = None


def week(
    user, clinic: Clinic, first: date, now: datetime, provider: Provider | None = None
) -> dict[tuple[int, date], list[Stretch]]:
    """(provider id, day in the clinic's zone) → visits and free stretches in their order, for seven days from `first`.

    Four queries whatever the number of visits. Free is the provider's working time at this clinic from `now` on,
    without visits; whether a certain visit fits, the slot search says.
    """
    days = [first + timedelta(days=offset) for offset in range(DAYS)]
    start, end = day_bounds(first, clinic.zone)[0], day_bounds(days[-1], clinic.zone)[1]
    visits = Appointment.objects.visible_to(user).filter(clinic=clinic).starting_in(start, end)
    visits = visits.exclude(status=Status.CANCELLED).select_related("patient", "provider", "visit_type")
    if provider:
        visits = visits.filter(provider=provider)
    booked: dict[tuple[int, date], list[Appointment]] = defaultdict(list)
    for visit in visits.order_by("starts_at"):
        booked[visit.provider_id, local_date(visit.starts_at, clinic.zone)].append(visit)
    windows = _windows(clinic, days, provider)
    ahead = {key: _without(there, (start, now)) if now > start else there for key, there in windows.items()}
    return {key: _stretches(ahead.get(key, []), booked.get(key, [])) for key in {*booked, *ahead}}


def _windows(clinic: Clinic, days: list[date], provider: Provider | None) -> dict:
    """(provider id, day) → working windows at the clinic as UTC pairs, without days off and closures."""
    of_one = {"provider": provider} if provider else {"provider__clinics": clinic}
    rules = list(AvailabilityRule.objects.filter(clinic=clinic, **of_one).select_related("provider"))
    changes = AvailabilityException.objects.filter(date__in=days, **of_one).select_related("provider")
    by_day = defaultdict(list)
    for change in changes:
        by_day[change.provider_id, change.date].append(change)
    closed = _closed_days(clinic, days)
    found = defaultdict(list)
    for day in days:
        if day in closed:
            continue
        for rule in rules:
            if _holds(rule, day):
                found[rule.provider_id, day].append(_span(rule.provider, day, rule.start_time, rule.end_time))
    for (provider_id, day), there in by_day.items():
        if day not in closed:
            found[provider_id, day] = _changed(found[provider_id, day], there, clinic)
    return {key: sorted(windows) for key, windows in found.items()}


def _holds(rule: AvailabilityRule, day: date) -> bool:
    within = rule.valid_from <= day and (rule.valid_until is None or day <= rule.valid_until)
    return within and rule.weekday == day.weekday()


def _span(provider: Provider, day: date, start, end) -> tuple[datetime, datetime]:
    return combine(day, start, provider.zone), combine(day, end, provider.zone)


def _closed_days(clinic: Clinic, days: list[date]) -> set[date]:
    closures = clinic.closures.filter(first_date__lte=days[-1], last_date__gte=days[0])
    return {day for day in days for closure in closures if closure.first_date <= day <= closure.last_date}


def _changed(windows: list, changes: list[AvailabilityException], clinic: Clinic) -> list:
    """The windows of a day with its extra hours and without its time off."""
    extra = [one for one in changes if one.kind == AvailabilityException.Kind.EXTRA and one.clinic_id == clinic.pk]
    windows = windows + [_span(one.provider, one.date, one.start_time, one.end_time) for one in extra]
    for off in (one for one in changes if one.kind == AvailabilityException.Kind.OFF):
        if off.start_time is None:
            return []
        windows = _without(windows, _span(off.provider, off.date, off.start_time, off.end_time))
    return windows


def _without(windows: list, hole: tuple[datetime, datetime]) -> list:
    """The windows with [hole) cut out of them."""
    left = [(start, min(end, hole[0])) for start, end in windows]
    right = [(max(start, hole[1]), end) for start, end in windows]
    return sorted({(start, end) for start, end in left + right if start < end})


def _stretches(windows: list, visits: list[Appointment]) -> list[Stretch]:
    free = windows
    for visit in visits:
        free = _without(free, (visit.starts_at, visit.ends_at))
    stretches = [Stretch(start, end) for start, end in free]
    stretches += [Stretch(visit.starts_at, visit.ends_at, visit) for visit in visits]
    return sorted(stretches, key=lambda one: one.starts_at)
