"""What staff see of one visit's room."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from coordination.selectors.live import sides_of
from messaging.models import Bridge
from scheduling.models import Appointment
from telehealth import presence
from telehealth.models import CheckIn, Incident, Participant, SessionEvent, VisitSession


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody with a seat, and whether their page is open ("here", "call", empty)."""

    participant: Participant
    where: str


def check_in_of(session: VisitSession) -> CheckIn | None:
    """The newest, which counts."""
    return session.check_ins.select_related("consent").order_by("-at", "-pk").first()


def seats_of(session: VisitSession) -> list[Seat]:
    """Everybody who may come in, in the order in which they got their seats."""
    rows = session.participants.filter(removed_at=None).select_related("user").order_by("pk")
    found = list(rows)
    there = presence.of([row.public_id for row in found])
    return [Seat(row, there.get(row.public_id, "")) for row in found]


def lines_of(session: VisitSession, now: datetime) -> dict:
    """The newest report of each side, by role; see `selectors.live.Side`."""
    return sides_of([session.pk], now).get(session.pk, {})


def history_of(session: VisitSession) -> QuerySet[SessionEvent]:
    return session.events.select_related("by").order_by("-at", "-pk")


def incidents_of(session: VisitSession) -> QuerySet[Incident]:
    return session.incidents.select_related("by").order_by("at", "pk")


def bridge_of(visit: Appointment) -> Bridge | None:
    """The calls to both sides that are under way, or the last ones."""
    return Bridge.objects.filter(subject=visit.subject).prefetch_related("legs").order_by("-pk").first()
