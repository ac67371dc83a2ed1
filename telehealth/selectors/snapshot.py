"""What one participant may know of a session at this moment. Socket, poll and pages all say the same."""

from datetime import datetime, timedelta

from telehealth import presence
from telehealth.models import Participant, VisitSession
from telehealth.selectors.queue import QUEUED, Turns, turns_of
from telehealth.states import ADMITTED, OVER, STAFF, Role, State

AWAY, BUSY = "away", "busy"


def snapshot(session: VisitSession, participant: Participant, now: datetime) -> dict:
    """The session as `participant` sees it, ready for JSON; it holds nothing about a person.

    `state` and `since` (ISO 8601); `admitted`: media may flow to this participant; `over`; `queue`: the patient's
    `position` (from 1) and the wait in minutes, `eta_min` to `eta_max`, None unless the patient waits; `provider`:
    `presence` is "away", "here", "call" (in this room) or "busy" (with another patient), `late_by` in minutes or None;
    `epoch` rises with each admission. Two queries and a look into Redis. `session` comes with its visit.
    """
    turns = turns_of(session, now)
    return {
        "state": session.state,
        "since": session.state_since.isoformat(),
        "admitted": is_admitted(session, participant),
        "over": session.state in OVER,
        "queue": turns.place(session, now),
        "provider": {"presence": _provider(session, turns), "late_by": late_by(session, now)},
        "epoch": session.epoch,
    }


def is_admitted(session: VisitSession, participant: Participant) -> bool:
    """Whether media may flow to and from this participant: patient and guests come in together, staff at any time."""
    if participant.removed_at is not None or session.state in OVER:
        return False
    return participant.role in STAFF or session.state in ADMITTED


def late_by(session: VisitSession, now: datetime) -> int | None:
    """Whole minutes that the provider is late, as said or, for a patient who waits, as the clock says; None if not."""
    if session.admitted_at or session.state not in QUEUED | {State.SCHEDULED}:
        return None
    said = session.provider_late_minutes or 0
    passed = (now - session.appointment.starts_at) // timedelta(minutes=1) if session.state in QUEUED else 0
    return max(said, passed, 0) or None


def _provider(session: VisitSession, turns: Turns) -> str:
    seats = Participant.objects.filter(session=session, role=Role.PROVIDER, removed_at=None)
    marks = set(presence.of(list(seats.values_list("public_id", flat=True))).values())
    if marks:
        return "call" if "call" in marks else "here"
    return BUSY if turns.others_seen(session) else AWAY
