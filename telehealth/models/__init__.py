"""Visit sessions: who comes, how, and what happened."""

from telehealth.models.check_in import CheckIn
from telehealth.models.device import DeviceCheck
from telehealth.models.incident import Incident
from telehealth.models.message import RoomMessage
from telehealth.models.participant import Invite, Participant
from telehealth.models.quality import QualityWindow
from telehealth.models.session import SessionEvent, VisitSession

__all__ = [
    "CheckIn",
    "DeviceCheck",
    "Incident",
    "Invite",
    "Participant",
    "QualityWindow",
    "RoomMessage",
    "SessionEvent",
    "VisitSession",
]
