"""What every write asks before it writes."""

from datetime import datetime

from clinics.models import Provider
from scheduling import slots
from scheduling.availability import Rule
from scheduling.errors import MoveRefused, NotBookable, SlotTaken
from scheduling.models import Appointment, Hold, VisitType
from scheduling.states import MOVES, PATIENT_DOORS, Event

ENDS_AT_START = frozenset({Event.CONFIRM, Event.MOVE, Event.CANCEL})


def lock(appointment: Appointment) -> Appointment:
    """The row as it stands now, locked until commit, with clinic, patient, provider and visit type."""
    rows = Appointment.objects.select_for_update(of=("self",))
    return rows.select_related("clinic", "patient", "provider", "visit_type__clinic").get(pk=appointment.pk)


def next_status(appointment: Appointment, event: str, *, by_label: str, now: datetime) -> str:
    """Where the event leads, or MoveRefused.

    Patients confirm, move and cancel until the visit starts; afterwards it is the staff's. Nobody is a no-show early.
    """
    status = MOVES[appointment.status].get(event)
    too_late = by_label in PATIENT_DOORS and event in ENDS_AT_START and now >= appointment.starts_at
    too_early = event == Event.NO_SHOW and now < appointment.starts_at
    if status is None or too_late or too_early:
        raise MoveRefused(event, appointment.status)
    return status


def refuse_unbookable(
    *,
    visit_type: VisitType,
    provider: Provider,
    starts_at: datetime,
    state: str,
    now: datetime,
    audience: str,
    hold: Hold | None = None,
    appointment: Appointment | None = None,
) -> None:
    """SlotTaken, or NotBookable with the first rule that forbids this start. One SQL statement."""
    refusal = slots.is_bookable(
        visit_type=visit_type,
        provider=provider,
        starts_at=starts_at,
        state=state,
        now=now,
        audience=audience,
        hold=hold,
        appointment=appointment,
    )
    if refusal is None:
        return
    if refusal.code == Rule.TAKEN:
        raise SlotTaken
    raise NotBookable(refusal.code, refusal.message)


def matching(hold: Hold | None, *, visit_type: VisitType, provider: Provider, starts_at: datetime) -> Hold | None:
    """The hold, if it keeps exactly this time; another one gives no right to it."""
    if hold is None:
        return None
    kept = (hold.visit_type_id, hold.provider_id, hold.starts_at)
    return hold if kept == (visit_type.pk, provider.pk, starts_at) else None
