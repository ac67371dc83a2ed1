"""What the portal does when somebody in a visit's phone bridge answers, hangs up or is not reached."""

from datetime import datetime

from messaging.models import Bridge
from scheduling.models import Appointment
from telehealth import live
from telehealth.actions import session_of


def call_changed(bridge: Bridge, now: datetime) -> None:
    """The pages of the visit ask anew how its calls stand."""
    visit = Appointment.objects.select_related("clinic").filter(public_id=bridge.subject.partition(":")[2]).first()
    if visit:
        live.room_changed(session_of(visit))
