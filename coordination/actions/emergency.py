"""An emergency during a visit: what was done, line by line, and the supervisors are called."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from compliance import audit
from scheduling.models import Appointment
from telehealth import live
from telehealth.actions import session_of
from telehealth.models import Incident
from worklist import actions as worklist
from worklist.models import Task


@transaction.atomic
def log_incident(*, appointment: Appointment, body: str, by: User, now: datetime) -> Incident:
    """One more line of the log, which nobody changes later. The first one opens an urgent task for the supervisors."""
    session = session_of(appointment)
    line = Incident.objects.create(session=session, at=now, by=by, body=body)
    audit.record(
        action="coordination.incident_logged",
        actor=by,
        clinic=appointment.clinic,
        patient=appointment.patient,
        subject=appointment.subject,
        detail={"incident": line.public_id},
    )
    worklist.open_task(
        clinic=appointment.clinic,
        kind=Task.Kind.EMERGENCY,
        subject=appointment.subject,
        patient=appointment.patient,
        priority=Task.Priority.URGENT,
        due_at=now,
        dedupe_key=f"emergency:{appointment.public_id}",
        by=by,
        now=now,
    )
    live.room_changed(session)
    return line
