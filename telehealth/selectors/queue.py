"""Whose turn it is at a provider, and how long the others wait."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from telehealth.models import VisitSession
from telehealth.rules import CLOSES_AFTER, wait_range
from telehealth.states import ADMITTED, State

QUEUED = frozenset({State.WAITING, State.ON_HOLD})
SEEN_NOW = ADMITTED | {State.PHONE}


@dataclass(frozen=True, slots=True)
class Turns:
    """A provider's rooms of today: those who wait, in order, and those whom the provider sees now."""

    waiting: list[VisitSession]
    seen: list[VisitSession]

    def others_seen(self, session: VisitSession) -> list[VisitSession]:
        return [each for each in self.seen if each.pk != session.pk]

    def place(self, session: VisitSession, now: datetime) -> dict | None:
        """The session's place, counted from 1, and the wait in whole minutes; None for whom nobody waits."""
        ids = [each.pk for each in self.waiting]
        if session.pk not in ids:
            return None
        ahead = self.waiting[: ids.index(session.pk)]
        low, high = wait_range(_wait(session, ahead, self.others_seen(session), now) / timedelta(minutes=1))
        return {"position": len(ahead) + 1, "eta_min": low, "eta_max": high}


def turns_of(session: VisitSession, now: datetime) -> Turns:
    """Everybody who waits for or is seen by the provider of this session: one query.

    Urgent ones come first, then whose visit begins first, then who came first. A room left open by mistake counts
    until it closes.
    """
    visit = session.appointment
    rooms = VisitSession.objects.filter(
        appointment__provider=visit.provider_id,
        appointment__ends_at__gt=now - CLOSES_AFTER,
        state__in=QUEUED | SEEN_NOW,
    ).select_related("appointment")
    waiting = sorted((each for each in rooms if each.state in QUEUED), key=_turn)
    return Turns(waiting, [each for each in rooms if each.state in SEEN_NOW])


def _turn(session: VisitSession) -> tuple:
    arrived = session.arrived_at or session.state_since
    return not session.is_urgent, session.appointment.starts_at, arrived, session.pk


def _wait(session: VisitSession, ahead: list[VisitSession], seen: list[VisitSession], now: datetime) -> timedelta:
    """What is left of the visit under way and the booked time of those ahead; never less than until the start."""
    booked = sum((_length(each) for each in ahead), timedelta())
    running = max((_left(each, now) for each in seen), default=timedelta())
    if session.admitted_at:  # sent back for a moment
        return running + booked
    late = timedelta(minutes=session.provider_late_minutes or 0)
    return max(running + booked, session.appointment.starts_at + late - now, timedelta())


def _length(session: VisitSession) -> timedelta:
    return session.appointment.ends_at - session.appointment.starts_at


def _left(session: VisitSession, now: datetime) -> timedelta:
    began = session.admitted_at or session.state_since
    return max(began + _length(session) - now, timedelta())
