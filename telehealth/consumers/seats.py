"""Who sits at the other end of a socket: staff by their sign-in, others by the seat that their browser holds."""

from datetime import datetime
from urllib.parse import parse_qs

from accounts import sockets
from accounts.permissions import Permission
from telehealth import seating
from telehealth.actions import staff_seat
from telehealth.consumers import codes
from telehealth.models import Participant, VisitSession
from telehealth.states import Role


def find(scope: dict, now: datetime) -> Participant | int:
    """The participant, with session and visit, or the code that says why not. Reads everything anew.

    A staff page says `?as=staff`, since one browser may also hold a patient's seat.
    """
    public_id = scope["url_route"]["kwargs"]["session_id"]
    if is_staff_page(scope):
        return _staff(scope, public_id)
    found = seating.participant_from(scope["cookies"], public_id, now)
    return found or codes.NO_SEAT


def why_lost(participant: Participant) -> int:
    """Why a page that had the seat has it no longer: another browser sat down, or there is no seat any more."""
    seat = participant.session.participants.filter(pk=participant.pk, removed_at=None)
    held = seat.exclude(seat_hash__in=["", participant.seat_hash]).exists()
    return codes.JOINED_ELSEWHERE if held else codes.NO_SEAT


def is_staff_page(scope: dict) -> bool:
    return parse_qs(scope["query_string"]).get(b"as") == [b"staff"]


def _staff(scope: dict, public_id: str) -> Participant | int:
    user = sockets.user_of(scope)
    if user is None:
        return codes.NO_SEAT
    clinics = user.clinic_ids(Permission.VISIT_CONDUCT, Permission.VISIT_VIEW)
    sessions = VisitSession.objects.visible_to(user).filter(appointment__clinic__in=clinics)
    session = sessions.with_visit().filter(public_id=public_id).first()
    if session is None:
        return codes.NOT_THIS_VISIT
    is_provider = session.appointment.provider.user_id == user.pk
    seat = staff_seat(session=session, user=user, role=Role.PROVIDER if is_provider else Role.COORDINATOR)
    seat.session = session
    return seat if seat.removed_at is None else codes.NO_SEAT
