"""Free times: what patients and staff may book, why one time can't be booked, and why there is none.

Search, the check at booking and the explanation use the same masks (`availability.starts_by_rule`), so what is offered
can be booked and what is not offered is refused.
"""

import heapq
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from operator import itemgetter
from typing import NamedTuple

from clinics.models import Provider
from scheduling import candidates, rules
from scheduling.availability import Audience, Frame, Rule, horizon_end, open_starts, starts_by_rule
from scheduling.candidates import Candidate
from scheduling.models import Appointment, Hold, VisitType

NEAREST_BACK = timedelta(days=7)
NEAREST_AHEAD = timedelta(days=21)


class Slot(NamedTuple):
    """A free time of one provider, half-open, in UTC."""

    starts_at: datetime
    provider_id: int
    ends_at: datetime
    provider_public_id: str
    provider_name: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """The first rule that forbids a time: its code and its words."""

    code: str
    message: str

    @classmethod
    def by(cls, rule: Rule) -> "Refusal":
        return cls(rule.value, rule.label)


@dataclass(frozen=True, slots=True)
class Reason:
    """How many providers of a visit type lost their last free time to this rule."""

    code: str
    message: str
    providers: int


def search(
    *,
    visit_type: VisitType,
    start: datetime,
    end: datetime,
    now: datetime,
    state: str,
    provider: Provider | None = None,
    audience: str = Audience.PATIENTS,
    limit: int | None = None,
) -> list[Slot]:
    """Free times that start in [start, end), sorted by start; of one start, the provider with the least taken first.

    One SQL statement, and one more if `visit_type.clinic` is not loaded. `state` is where the patient will be.
    """
    frame = _offer_frame(visit_type, state, audience, start, end, now)
    if frame is None:
        return []
    return _first_slots(_open(frame, provider), frame, limit)


def nearest(
    *,
    visit_type: VisitType,
    around: datetime,
    now: datetime,
    state: str,
    provider: Provider | None = None,
    audience: str = Audience.PATIENTS,
    count: int = 3,
) -> list[Slot]:
    """Up to `count` free times closest to `around`, sorted by start; other providers only if this one has too few."""
    frame = _offer_frame(visit_type, state, audience, around - NEAREST_BACK, around + NEAREST_AHEAD, now)
    if frame is None or count < 1:
        return []
    slots = _around(_open(frame, provider), frame, around, count)
    if provider is not None and len(slots) < count:
        others = [(one, starts) for one, starts in _open(frame) if one.provider_id != provider.pk]
        slots += _around(others, frame, around, count - len(slots))
    return sorted(slots)


def is_bookable(
    *,
    visit_type: VisitType,
    provider: Provider,
    starts_at: datetime,
    state: str,
    now: datetime,
    audience: str = Audience.PATIENTS,
    hold: Hold | None = None,
    appointment: Appointment | None = None,
) -> Refusal | None:
    """The first rule that forbids this start, or None. The times of `hold` and `appointment` count as free."""
    refused = closed_to(visit_type, audience)
    if refused:
        return Refusal.by(refused)
    held_since = hold.created_at if hold else None
    frame = Frame(visit_type, state, audience, starts_at, starts_at + timedelta(minutes=1), now, held_since)
    found = _load(frame, provider, hold, appointment)
    if not found:
        return Refusal.by(Rule.PROVIDER)
    if rules.instant_of(rules.floor_tick(starts_at)) != starts_at:
        return Refusal.by(Rule.STEP)
    refused = _stopping_rule(found[0], frame)
    return Refusal.by(refused) if refused else None


def why_none(
    *,
    visit_type: VisitType,
    start: datetime,
    end: datetime,
    now: datetime,
    state: str,
    provider: Provider | None = None,
    audience: str = Audience.STAFF,
) -> list[Reason]:
    """For staff: which rule took each provider's last free time in [start, end); empty when there is a free time."""
    refused = closed_to(visit_type, audience)
    if refused:
        return [Reason(refused.value, refused.label, 0)]
    frame = Frame(visit_type, state, audience, start, end, now)
    found = _load(frame, provider)
    if not found:
        return [Reason(Rule.PROVIDER.value, Rule.PROVIDER.label, 0)]
    stopped = [_stopping_rule(one, frame) for one in found]
    if None in stopped:
        return []
    return [Reason(rule.value, rule.label, count) for rule, count in Counter(stopped).most_common()]


def closed_to(visit_type: VisitType, audience: str) -> Rule | None:
    """The rule of the visit type as a whole that keeps this audience from booking it."""
    if not (visit_type.is_active and visit_type.clinic.is_active):
        return Rule.INACTIVE
    if audience == Audience.PATIENTS and visit_type.audience != VisitType.Audience.PATIENTS:
        return Rule.AUDIENCE
    return None


def _offer_frame(
    visit_type: VisitType, state: str, audience: str, start: datetime, end: datetime, now: datetime
) -> Frame | None:
    """The part of [start, end) in which anything can be offered; None when there is none."""
    if closed_to(visit_type, audience):
        return None
    start, end = max(start, now), min(end, horizon_end(visit_type, now))
    return Frame(visit_type, state, audience, start, end, now) if start < end else None


def _open(frame: Frame, provider: Provider | None = None) -> list[tuple[Candidate, int]]:
    """Each provider with the starts that are free, as a mask. One SQL statement."""
    return [(one, open_starts(one, frame)) for one in _load(frame, provider)]


def _load(
    frame: Frame, provider: Provider | None, hold: Hold | None = None, appointment: Appointment | None = None
) -> list[Candidate]:
    start, end = frame.reach()
    return candidates.load(
        visit_type=frame.visit_type,
        start=start,
        end=end,
        now=frame.now,
        state=frame.state,
        provider_id=provider.pk if provider else None,
        hold=hold,
        appointment=appointment,
    )


def _stopping_rule(candidate: Candidate, frame: Frame) -> Rule | None:
    return next((rule for rule, starts in starts_by_rule(candidate, frame) if not starts), None)


def _first_slots(found: list[tuple[Candidate, int]], frame: Frame, limit: int | None) -> list[Slot]:
    """The providers' starts as one list: by start, then the provider with the least taken, then any fixed order."""
    starts = []
    for candidate, mask in found:
        taken = sum(last - first for first, last in candidate.busy_ticks())
        starts += [(bit, taken, candidate.provider_id, candidate) for bit in islice(rules.bits(mask), limit)]
    starts.sort(key=itemgetter(0, 1, 2))
    length = timedelta(minutes=frame.visit_type.duration)
    return [_slot(candidate, frame.origin + bit, length) for bit, _taken, _id, candidate in starts[:limit]]


def _slot(candidate: Candidate, tick: int, length: timedelta) -> Slot:
    starts_at = rules.instant_of(tick)
    return Slot(
        starts_at=starts_at,
        provider_id=candidate.provider_id,
        ends_at=starts_at + length,
        provider_public_id=candidate.provider_public_id,
        provider_name=candidate.full_name,
    )


def _around(found: list[tuple[Candidate, int]], frame: Frame, instant: datetime, count: int) -> list[Slot]:
    """The `count` free times closest to the instant; only those that may be among them are made."""
    bit = max(0, rules.ceil_tick(instant) - frame.origin)
    close = [(candidate, rules.around(starts, bit, count)) for candidate, starts in found]
    slots = _first_slots(close, frame, None)
    return heapq.nsmallest(count, slots, key=lambda slot: (abs(slot.starts_at - instant), slot))
