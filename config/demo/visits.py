"""Two weeks of visits behind us and two ahead, in every state, with today placed around the present hour."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import prefetch_related_objects

from clinics.models import Clinic, Provider
from common.timeutil import combine, local_date
from insurance.models import VisitPayment
from patients.models import Patient
from scheduling import booking
from scheduling.models import Appointment, AppointmentEvent, VisitType
from scheduling.states import LIVE, CancelReason, Event, Status

DAYS = 14
# Minutes from now at which today's visits of one provider start; 15 more for each next provider.
TODAY_OFFSETS = [-165, -75, 15, 90]
USUAL_TIMES = [time(9), time(10, 30), time(14)]
HELD_TODAY = [Status.COMPLETED, Status.COMPLETED, Status.NO_SHOW]
HELD_BEFORE = [Status.COMPLETED] * 8 + [Status.NO_SHOW, Status.CANCELLED]
AHEAD_TODAY = [Status.BOOKED, Status.CONFIRMED, Status.CONFIRMED]
AHEAD = [*AHEAD_TODAY, Status.BOOKED, Status.CONFIRMED, Status.CANCELLED]
REASONS = ["Cough that stays", "Talk about new tablets", "Check of blood pressure", "Trouble sleeping", "Back pain", ""]


@dataclass(frozen=True)
class Slot:
    clinic: Clinic
    provider: Provider
    starts_at: datetime


def build(
    clinics: list[Clinic], providers: list[Provider], patients: list[Patient], now: datetime
) -> list[Appointment]:
    """All visits with their events, taken times and payments."""
    prefetch_related_objects(providers, "clinics", "licenses")
    prefetch_related_objects(patients, "coverages")
    queue = list(patients)
    random.Random(11).shuffle(queue)  # noqa: S311 - the demo has to be the same everywhere
    seen: set[tuple[int, date]] = set()
    visits = [visit for clinic in clinics for visit in _visits_of(clinic, providers, queue, seen, now)]
    Appointment.objects.bulk_create(visits)
    AppointmentEvent.objects.bulk_create(event for visit in visits for event in _events(visit))
    for visit in visits:
        if visit.status in LIVE:
            booking.take(appointment=visit, now=now)
    VisitPayment.objects.bulk_create(_payments(visits))
    return visits


def _visits_of(
    clinic: Clinic, providers: list[Provider], queue: list[Patient], seen: set[tuple[int, date]], now: datetime
) -> Iterator[Appointment]:
    """Each slot goes to the first of the queue who lives where the provider is licensed and has no visit that day."""
    dice = random.Random(clinic.slug)  # noqa: S311 - the demo has to be the same everywhere
    types = list(VisitType.objects.filter(clinic=clinic).order_by("pk"))
    here = [provider for provider in providers if clinic in provider.clinics.all()]
    licensed = {provider.pk: {license.state for license in provider.licenses.all()} for provider in here}
    for slot in _slots(clinic, here, now):
        day, states = slot.starts_at.date(), licensed[slot.provider.pk]
        patient = next(one for one in queue if one.state in states and (one.pk, day) not in seen)
        seen.add((patient.pk, day))
        queue.remove(patient)
        queue.append(patient)
        yield _visit(slot, patient, dice.choice(types[:3]), _status(slot.starts_at, now, dice), dice)


def _slots(clinic: Clinic, providers: list[Provider], now: datetime) -> Iterator[Slot]:
    today = local_date(now, clinic.zone)
    for offset in range(-DAYS, DAYS + 1):
        day = today + timedelta(days=offset)
        for position, provider in enumerate(providers):
            places = sorted(provider.clinics.all(), key=lambda place: place.pk)
            if places[day.weekday() % len(places)] != clinic:
                continue
            starts = _today(clinic, today, now, position) if offset == 0 else _usual(clinic, day)
            yield from (Slot(clinic, provider, start) for start in starts)


def _today(clinic: Clinic, today: date, now: datetime, position: int) -> list[datetime]:
    quarter = now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0)
    starts = [quarter + timedelta(minutes=offset + 15 * position) for offset in TODAY_OFFSETS]
    return [start for start in starts if local_date(start, clinic.zone) == today]


def _usual(clinic: Clinic, day: date) -> list[datetime]:
    return [] if day.weekday() == 6 else [combine(day, at, clinic.zone) for at in USUAL_TIMES]


def _status(starts_at: datetime, now: datetime, dice: random.Random) -> str:
    if starts_at > now:
        return dice.choice(AHEAD_TODAY if starts_at - now < timedelta(days=1) else AHEAD)
    if starts_at > now - timedelta(minutes=45):
        return dice.choice([Status.IN_VISIT, Status.ARRIVED])
    return dice.choice(HELD_TODAY if now - starts_at < timedelta(hours=12) else HELD_BEFORE)


def _visit(slot: Slot, patient: Patient, visit_type: VisitType, status: str, dice: random.Random) -> Appointment:
    booked_at = slot.starts_at - timedelta(days=dice.randint(2, 20), minutes=dice.randint(0, 600))
    closed = status in {Status.COMPLETED, Status.NO_SHOW}
    seen = status in {Status.ARRIVED, Status.IN_VISIT, Status.COMPLETED}
    return Appointment(
        clinic=slot.clinic,
        patient=patient,
        provider=slot.provider,
        visit_type=visit_type,
        modality=visit_type.modality,
        starts_at=slot.starts_at,
        ends_at=slot.starts_at + visit_type.length,
        status=status,
        patient_state=patient.state,
        reason=dice.choice(REASONS),
        source=dice.choice([Appointment.Source.PORTAL, Appointment.Source.DESK]),
        booked_at=booked_at,
        confirmed_at=None if status == Status.BOOKED else booked_at + timedelta(hours=5),
        arrived_at=slot.starts_at - timedelta(minutes=dice.randint(0, 4)) if seen else None,
        started_at=slot.starts_at if status in {Status.IN_VISIT, Status.COMPLETED} else None,
        closed_at=slot.starts_at + visit_type.length if closed else None,
        cancel_reason=CancelReason.PATIENT_REQUEST if status == Status.CANCELLED else "",
        interpreter_language=patient.interpreter_language,
        interpreter_arranged_at=booked_at if patient.interpreter_language and dice.random() < 0.5 else None,
    )


_LAST_EVENT = {
    Status.CANCELLED: Event.CANCEL,
    Status.NO_SHOW: Event.NO_SHOW,
    Status.COMPLETED: Event.COMPLETE,
    Status.ARRIVED: Event.ARRIVE,
    Status.IN_VISIT: Event.START,
}


def _events(visit: Appointment) -> Iterator[AppointmentEvent]:
    def event(kind: str, before: str, after: str, at: datetime, by: str) -> AppointmentEvent:
        return AppointmentEvent(
            appointment=visit, event=kind, from_status=before, to_status=after, version=1, at=at, by_label=by
        )

    yield event(Event.BOOK, "", Status.BOOKED, visit.booked_at, "portal" if visit.source == "portal" else "staff")
    state = Status.BOOKED
    if visit.confirmed_at:
        yield event(Event.CONFIRM, state, Status.CONFIRMED, visit.confirmed_at, "patient-text")
        state = Status.CONFIRMED
    if visit.status in _LAST_EVENT:
        at = visit.closed_at or visit.started_at or visit.arrived_at or visit.booked_at + timedelta(hours=20)
        yield event(_LAST_EVENT[visit.status], state, visit.status, at, "staff")


def _payments(visits: list[Appointment]) -> Iterator[VisitPayment]:
    """Most visits are paid by the coverage on file, some by the patient; a few leave the question open."""
    for position, visit in enumerate(visits):
        coverage = next(iter(visit.patient.coverages.all()), None)
        if position % 9 == 4 or not (coverage or position % 2):
            continue
        yield VisitPayment(
            clinic=visit.clinic,
            patient=visit.patient,
            subject=visit.subject,
            method="coverage" if coverage else "self_pay",
            coverage=coverage,
        )
