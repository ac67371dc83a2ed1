"""The call's chat as its people see it."""

from telehealth.models import Participant, RoomMessage, VisitSession
from telehealth.states import Role

NEWEST = 50


def lines_of(session: VisitSession) -> list[dict]:
    """The newest lines since the first admission, oldest first: what staff wrote before it is for nobody."""
    if session.admitted_at is None:
        return []
    found = RoomMessage.objects.filter(session=session, at__gte=session.admitted_at).select_related("sender")
    return [line(each) for each in found.order_by("-at", "-pk")[:NEWEST]][::-1]


def line(message: RoomMessage) -> dict:
    """A line, ready for JSON."""
    sender = message.sender
    return {"id": message.public_id, "from": sender.public_id, "role": sender.role, "text": message.body} | {
        "at": message.at.isoformat()
    }


def name_of(participant: Participant, session: VisitSession) -> str:
    """How the others see somebody called; empty where the role says enough. `session` comes with its visit."""
    visit = session.appointment
    names = {Role.PROVIDER: visit.provider.name, Role.PATIENT: visit.patient.name_to_use or visit.patient.first_name}
    return names.get(participant.role, participant.name)
