"""Who is in a room right now: patients who wait for a text, visits that go on by phone, and tests of devices."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils.translation import override

from patients.models import ConsentRecord
from patients.wording import CONSENT_VERSION, TELEHEALTH_CONSENT
from scheduling.models import Appointment
from scheduling.models.visit_type import Modality
from scheduling.states import UPCOMING, Status
from telehealth.models import CheckIn, DeviceCheck, Participant, SessionEvent, VisitSession
from telehealth.states import Event, Role, State

PLACES = {
    "NY": ("Albany", "12 Elm Street"),
    "NJ": ("Trenton", "8 Canal Road"),
    "CT": ("Hartford", "31 Hill Street"),
    "IL": ("Springfield", "5 Prairie Avenue"),
    "WI": ("Madison", "77 Lake Street"),
}
TESTED_WITHIN = timedelta(hours=6)
TESTS = [("pass", []), ("pass", []), ("warn", ["slow"]), ("fail", ["camera_blocked"])]


def build(visits: list[Appointment], now: datetime) -> None:
    """Sessions of the video visits that are under way, and device tests of those that come next."""
    video = [visit for visit in visits if visit.modality == Modality.VIDEO]
    for visit in video:
        if visit.status in (Status.ARRIVED, Status.IN_VISIT):
            _under_way(visit)
    soon = [visit for visit in video if visit.status in UPCOMING and now <= visit.starts_at < now + TESTED_WITHIN]
    _device_checks(sorted(soon, key=lambda visit: visit.starts_at), now)


def _under_way(visit: Appointment) -> None:
    """Arrived and waiting elsewhere for a text, or seen by phone: states that need no open page."""
    is_seen = visit.status == Status.IN_VISIT
    session = VisitSession.objects.create(
        appointment=visit,
        state=State.PHONE if is_seen else State.WAITING,
        state_since=visit.started_at if is_seen else visit.arrived_at,
        arrived_at=visit.arrived_at,
        text_when_ready=not is_seen,
    )
    Participant.objects.create(session=session, role=Role.PATIENT, seated_at=visit.arrived_at)
    _check_in(session, visit)
    _event(session, Event.ARRIVE, State.SCHEDULED, State.WAITING, visit.arrived_at, "patient-link")
    if is_seen:
        _event(session, Event.TO_PHONE, State.WAITING, State.PHONE, visit.started_at, "staff")


def _check_in(session: VisitSession, visit: Appointment) -> None:
    city, address = PLACES[visit.patient_state]
    patient = visit.patient
    with override(patient.language):
        wording = str(TELEHEALTH_CONSENT)
    consent = ConsentRecord.objects.create(
        patient=patient,
        topic=ConsentRecord.Topic.TELEHEALTH,
        granted=True,
        source=ConsentRecord.Source.LINK,
        recorded_at=visit.arrived_at,
        wording=wording,
        wording_version=CONSENT_VERSION,
        language=patient.language,
    )
    CheckIn.objects.create(
        session=session,
        at=visit.arrived_at,
        state=visit.patient_state,
        city=city,
        address=address,
        callback_number=patient.contact_points.filter(kind="mobile").values_list("value", flat=True)[0],
        is_licensed=True,
        consent=consent,
        language=patient.language,
    )


def _event(session: VisitSession, event: str, before: str, after: str, at: datetime, by: str) -> None:
    SessionEvent.objects.create(session=session, event=event, from_state=before, to_state=after, at=at, by_label=by)


def _device_checks(visits: Iterable[Appointment], now: datetime) -> None:
    for position, visit in enumerate(visits):
        if position % (len(TESTS) + 1) == len(TESTS):
            continue  # one in five has not tested yet
        result, causes = TESTS[position % (len(TESTS) + 1)]
        session = VisitSession.objects.create(appointment=visit, state_since=visit.booked_at)
        at = now - timedelta(hours=3, minutes=7 * (position % 20))
        DeviceCheck.objects.create(session=session, at=at, result=result, causes=causes)
