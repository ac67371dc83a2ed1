"""Every visit that is here or due now at a clinic, with who is there and how good their connection is.

Four queries and one look into Redis, whatever the number of visits.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Subquery

from clinics.models import Clinic, Provider
from scheduling.models import Appointment, VisitType
from scheduling.states import LIVE, Status
from telehealth import presence
from telehealth.models import DeviceCheck, Incident, Participant, QualityWindow
from telehealth.rules import CLOSES_AFTER, OPENS_BEFORE
from telehealth.states import HERE, Role

A_SHIFT = timedelta(hours=12)  # who came longer ago was forgotten, and is no longer here
SHOWN_WITHIN = timedelta(minutes=10)  # older reports say nothing about now
MOST = 200


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a visit: whether its page is open ("here", "call", empty), and its newest report if there is one."""

    where: str = ""
    window: QualityWindow | None = None


@dataclass(frozen=True, slots=True)
class LiveVisit:
    """A visit with its session (None before anybody asked for it) and both sides."""

    visit: Appointment
    patient: Side
    provider: Side
    interpreter: Side


def live_visits(user, clinic: Clinic, now: datetime, *, only: Iterable[str] = ()) -> list[LiveVisit]:
    """What the user may see of the visits that are here or due now; `only` names some of them by public id."""
    visits = _now_at(user, clinic, now)
    if only:
        visits = visits.filter(public_id__in=only)
    found = list(visits[:MOST])
    sides = sides_of([visit.session.pk for visit in found if hasattr(visit, "session")], now)
    return [LiveVisit(visit, *_of(visit, sides)) for visit in found]


def _now_at(user, clinic: Clinic, now: datetime) -> QuerySet[Appointment]:
    arrived = Q(status__in=[Status.ARRIVED, Status.IN_VISIT], starts_at__gt=now - A_SHIFT)
    due = Q(starts_at__lte=now + OPENS_BEFORE, ends_at__gt=now - CLOSES_AFTER)
    checks = DeviceCheck.objects.filter(session__appointment=OuterRef("pk")).order_by("-at", "-pk")
    incidents = Incident.objects.filter(session__appointment=OuterRef("pk"))
    visits = Appointment.objects.visible_to(user).filter(clinic=clinic, status__in=LIVE)
    # Many patients, few providers and visit types: the latter are read once, not once a row.
    few = (Prefetch("provider", Provider.objects.only("name")), Prefetch("visit_type", VisitType.objects.all()))
    return (
        visits.filter(Q(session__state__in=HERE) | arrived | due)
        .annotate(
            device=Subquery(checks.values("result")[:1]),
            device_causes=Subquery(checks.values("causes")[:1]),
            has_incident=Exists(incidents),
        )
        .select_related("patient", "session")
        .prefetch_related(*few)
        .order_by("starts_at", "pk")
    )


def _of(visit: Appointment, sides: dict[int, dict[str, Side]]) -> tuple[Side, Side, Side]:
    known = sides.get(visit.session.pk, {}) if hasattr(visit, "session") else {}
    return tuple(known.get(role, Side()) for role in (Role.PATIENT, Role.PROVIDER, Role.INTERPRETER))


def sides_of(session_ids: list[int], now: datetime) -> dict[int, dict[str, Side]]:
    """By session and role: of several on one side, the one who is there counts."""
    seats = list(
        Participant.objects.filter(session__in=session_ids, removed_at=None).only("public_id", "role", "session")
    )
    there = presence.of([seat.public_id for seat in seats])
    windows = _newest_windows(seats, now)
    found: dict[int, dict[str, Side]] = defaultdict(dict)
    for seat in sorted(seats, key=lambda seat: seat.public_id in there):
        found[seat.session_id][seat.role] = Side(there.get(seat.public_id, ""), windows.get(seat.pk))
    return found


def _newest_windows(seats: list[Participant], now: datetime) -> dict[int, QualityWindow]:
    windows = QualityWindow.objects.filter(participant__in=seats, at__gt=now - SHOWN_WITHIN)
    newest = windows.order_by("participant", "-at").distinct("participant")
    return {window.participant_id: window for window in newest}
