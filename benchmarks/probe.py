"""What is measured on: a clinic whose calendar is the same however many visits stand around it."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from clinics.models import Clinic, License, Organization, Provider
from common.ids import new_public_id
from common.timeutil import combine
from patients.models import Patient
from scheduling import booking
from scheduling.models import Appointment, AvailabilityRule, VisitType

DAYS = 30
VISITS_A_DAY = 8
PROVIDERS_OF_A_POOL = 200
STATE = "NY"


@dataclass(frozen=True, slots=True)
class Probe:
    clinic: Clinic
    visit_type: VisitType
    provider: Provider
    patients: list[Patient]
    first_day: date

    @property
    def midnight(self) -> datetime:
        return combine(self.first_day, time.min, self.clinic.time_zone)


def build(now: datetime, *, patients: int = 1) -> Probe:
    """A provider who works from nine to five, every second half hour of the next 30 days booked, beginning tomorrow."""
    name = f"Probe {new_public_id()}"
    organization = Organization.objects.create(name=name)
    clinic = Clinic.objects.create(
        organization=organization,
        name=name,
        slug=name.replace(" ", "-").lower(),
        message_name="Probe",
        time_zone="America/New_York",
        phone="+12125550198",
        state=STATE,
    )
    visit_type = VisitType.objects.create(clinic=clinic, name="Half an hour", duration=30, start_step=15)
    provider = _provider(clinic, visit_type)
    people = [_patient(clinic, number) for number in range(patients)]
    probe = Probe(clinic, visit_type, provider, people, now.date() + timedelta(days=1))
    _book(probe, now)
    return probe


def pool(probe: Probe) -> VisitType:
    """A visit type that 200 providers with calendars of their own offer at the probe's clinic."""
    visit_type = VisitType.objects.create(clinic=probe.clinic, name="Anybody", duration=30, start_step=15)
    licensed = Provider.objects.filter(licenses__state=STATE, name__startswith="Scale")
    visit_type.providers.set(licensed.order_by("pk")[:PROVIDERS_OF_A_POOL])
    for provider in visit_type.providers.all():
        provider.clinics.add(probe.clinic)
        _hours(probe.clinic, provider, first=8, last=18)  # longer than the scale's visits: an hour is free at each end
    return visit_type


def _provider(clinic: Clinic, visit_type: VisitType) -> Provider:
    provider = Provider.objects.create(
        organization=clinic.organization, name="Probe provider", time_zone=clinic.time_zone
    )
    provider.clinics.add(clinic)
    License.objects.create(
        provider=provider, state=STATE, number="P1", valid_from=date(2020, 1, 1), valid_until=date(2099, 1, 1)
    )
    _hours(clinic, provider)
    visit_type.providers.add(provider)
    return provider


def _hours(clinic: Clinic, provider: Provider, *, first: int = 9, last: int = 17) -> None:
    AvailabilityRule.objects.bulk_create(
        AvailabilityRule(
            clinic=clinic,
            provider=provider,
            weekday=weekday,
            start_time=time(first),
            end_time=time(last),
            valid_from=date(2020, 1, 1),
        )
        for weekday in range(7)
    )


def _patient(clinic: Clinic, number: int) -> Patient:
    patient = Patient.objects.create(
        organization=clinic.organization,
        first_name="Probe",
        last_name=f"Patient {number}",
        birth_date=date(1980, 1, 1),
        state=STATE,
    )
    patient.clinics.add(clinic)
    return patient


def _book(probe: Probe, now: datetime) -> None:
    for day in range(DAYS):
        for number in range(VISITS_A_DAY):
            nine = combine(probe.first_day + timedelta(days=day), time(9), probe.clinic.time_zone)
            start = nine + timedelta(hours=number)
            visit = Appointment.objects.create(
                clinic=probe.clinic,
                patient=probe.patients[0],
                provider=probe.provider,
                visit_type=probe.visit_type,
                modality=probe.visit_type.modality,
                starts_at=start,
                ends_at=start + probe.visit_type.length,
                patient_state=STATE,
                source=Appointment.Source.DESK,
                booked_at=now,
            )
            booking.take(appointment=visit, now=now)
