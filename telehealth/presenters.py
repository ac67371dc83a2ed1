"""What the call's part of a page needs to know."""

from telehealth.models import Participant, VisitSession
from telehealth.states import STAFF, Role


def call_context(session: VisitSession, participant: Participant) -> dict:
    """For `telehealth/call.html`, under the name `call`. `session` comes with its visit.

    `socket` is the path of the room's socket. A coordinator comes into a call only by pressing a button
    (`joins_alone` is False): seeing that a visit goes well needs no ear in it.
    """
    is_staff = participant.role in STAFF
    return {
        "socket": f"/ws/visit/{session.public_id}/" + ("?as=staff" if is_staff else ""),
        "role": participant.role,
        "is_staff": is_staff,
        "joins_alone": participant.role != Role.COORDINATOR,
        "phone": session.appointment.clinic.phone,
        "clinic": session.appointment.clinic.name,
    }
