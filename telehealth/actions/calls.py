"""What the browsers of a call report, and what follows from it. The server decides what state the visit is in."""

from datetime import datetime, timedelta

from django.db import transaction

from compliance import audit
from telehealth import presence
from telehealth.actions.sessions import move
from telehealth.errors import StepRefused
from telehealth.models import Participant, RoomMessage, VisitSession
from telehealth.states import ADMITTED, STAFF, Event, Role, State

BY_ROOM = "room"  # in the history: nobody did it, the connection did
CONNECTS_WITHIN = timedelta(seconds=30)
PARKED_AFTER = timedelta(minutes=5)
LONGEST_TEXT = 2000
MOST_IN_CALL = 4  # everybody sends to everybody


@transaction.atomic
def join_call(*, participant: Participant, now: datetime) -> bool:
    """The participant comes into the call with sound and picture; False when the call is full.

    Audited, since staff who come into a call hear a patient.
    """
    others = participant.session.participants.exclude(pk=participant.pk).values_list("public_id", flat=True)
    if sum(where == "call" for where in presence.of(list(others)).values()) >= MOST_IN_CALL:
        return False
    Participant.objects.filter(pk=participant.pk, joined_at=None).update(joined_at=now)
    visit = participant.session.appointment
    audit.record(
        action="telehealth.call_joined",
        actor=participant.user,
        actor_label=participant.role,
        clinic=visit.clinic,
        patient=visit.patient,
        subject=visit.subject,
        detail={"role": participant.role},
    )
    return True


def note_linked(*, participant: Participant, now: datetime) -> None:
    """This side has the other's sound and picture. Once patient and staff both say so, the visit is in the call."""
    presence.mark(participant.public_id, "call")
    roles = dict(participant.session.participants.values_list("public_id", "role"))
    linked = {roles[each] for each, where in presence.of(list(roles)).items() if where == "call"}
    if Role.PATIENT in linked and linked & STAFF:
        _try(participant.session, Event.CONNECT, now)


def note_lost(*, participant: Participant, now: datetime) -> None:
    """This side lost the other for good, not for a moment."""
    presence.mark(participant.public_id)
    _try(participant.session, Event.LOSE, now)


def note_unconnected(*, session: VisitSession, now: datetime) -> None:
    """Some time after an admission: if nobody has connected since, the visit is in trouble, and the desk sees it."""
    fresh = VisitSession.objects.get(pk=session.pk)
    if fresh.state == State.CONNECTING and now - fresh.state_since >= CONNECTS_WITHIN:
        _try(fresh, Event.FAIL, now)


def sweep_calls(*, now: datetime) -> int:
    """Mend what no open page is left to report; how many sessions moved.

    A call that nobody is in any more was lost, an admission that led nowhere failed, and who was gone for five minutes
    waits again with the place kept.
    """
    moved = 0
    for session in VisitSession.objects.filter(state__in=ADMITTED - {State.TROUBLE}):
        event = _overdue(session, now)
        moved += bool(event and _try(session, event, now))
    return moved


def _overdue(session: VisitSession, now: datetime) -> Event | None:
    lasts = now - session.state_since
    if session.state == State.CONNECTING and lasts >= 2 * CONNECTS_WITHIN:
        return Event.FAIL
    if session.state == State.INTERRUPTED and lasts >= PARKED_AFTER:
        return Event.PARK
    if session.state == State.IN_CALL and lasts >= CONNECTS_WITHIN:
        ids = list(session.participants.values_list("public_id", flat=True))
        return None if "call" in presence.of(ids).values() else Event.LOSE
    return None


def say(*, participant: Participant, text: str, now: datetime) -> RoomMessage | None:
    """A line of the call's chat. None, and nothing is kept, when it is empty or the patient is not in the call."""
    session = VisitSession.objects.get(pk=participant.session_id)
    body = text.strip()[:LONGEST_TEXT]
    if not body or session.state not in ADMITTED:
        return None
    return RoomMessage.objects.create(session=session, sender=participant, at=now, body=body)


def _try(session: VisitSession, event: Event, now: datetime) -> bool:
    """What the room reports may come late: then the state stays as it is."""
    try:
        move(session=session, event=event, by=None, by_label=BY_ROOM, now=now)
    except StepRefused:
        return False
    return True
