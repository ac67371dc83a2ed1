"""A visit's room with a patient in it, for tests."""

from datetime import datetime, timedelta

from django.utils import timezone

from clinics.tests.factories import ProviderFactory
from patients.tests.factories import ConsentRecordFactory, PatientFactory
from scheduling.models import Appointment
from scheduling.states import Status
from scheduling.tests.factories import AppointmentFactory, Scene
from telehealth import presence
from telehealth.models import CheckIn, Participant, VisitSession
from telehealth.states import Role, State
from telehealth.tests.factories import ParticipantFactory, SessionFactory


def visit_now(scene: Scene, *, minutes: int = 0, now: datetime | None = None, **given) -> Appointment:
    """A video visit that begins so many minutes from now, of a provider and a patient of its own unless given."""
    values = {
        "clinic": scene.clinic,
        "visit_type": scene.visit_type,
        "provider": given.pop("provider", None) or ProviderFactory(clinics=[scene.clinic]),
        "patient": given.pop("patient", None) or PatientFactory(clinics=[scene.clinic], mobile="+12025550101"),
        "starts_at": (now or timezone.now()) + timedelta(minutes=minutes),
        "status": Status.BOOKED,
    }
    return AppointmentFactory(**values | given)


def room_of(
    visit: Appointment, state: str = State.SCHEDULED, *, since: datetime | None = None, **given
) -> VisitSession:
    """The visit's session in a state, the patient's seat with it."""
    since = since or timezone.now()
    session = SessionFactory(appointment=visit, state=state, state_since=since, **given)
    ParticipantFactory(session=session, role=Role.PATIENT)
    return session


def checked_in(visit: Appointment, *, at: datetime | None = None, **given) -> VisitSession:
    """The patient waits: checked in, page open."""
    at = at or timezone.now()
    session = room_of(visit, State.WAITING, since=at, arrived_at=at)
    say_where(session, at=at, **given)
    visit.status, visit.arrived_at = Status.ARRIVED, at
    visit.save(update_fields=["status", "arrived_at"])
    here(session, Role.PATIENT)
    return session


def say_where(session: VisitSession, *, at: datetime | None = None, **given) -> CheckIn:
    values = {
        "state": "NY", "city": "Albany", "address": "12 Elm Street", "callback_number": "+12025550177",
        "is_licensed": True, "consent": ConsentRecordFactory(patient=session.appointment.patient, topic="telehealth"),
    }  # fmt: skip
    return CheckIn.objects.create(session=session, at=at or timezone.now(), **values | given)


def here(session: VisitSession, role: str, where: str = "here", **given) -> Participant:
    """Somebody of that role has the page open."""
    seat = session.participants.filter(role=role).first() or ParticipantFactory(session=session, role=role, **given)
    presence.mark(seat.public_id, where)
    return seat
