"""Visit types, hours, visits and holds for tests, and a whole clinic that can be booked."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import factory
from django.db import transaction
from factory.django import DjangoModelFactory

from clinics.models import Clinic, Provider
from clinics.tests.factories import ClinicFactory, ProviderFactory
from patients.models import Patient
from patients.tests.factories import PatientFactory
from scheduling import booking
from scheduling.actions import book, hold_slot
from scheduling.models import Appointment, AvailabilityException, AvailabilityRule, Hold, VisitType
from scheduling.states import LIVE, Status

NOW = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)  # a Monday, 8 AM in New York
TOMORROW_TEN = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)  # 10 AM in New York
EVERY_DAY = range(7)


class VisitTypeFactory(DjangoModelFactory):
    """`VisitTypeFactory(clinic=clinic, providers=[provider])`: 30 minutes, starts every 15, no buffers, no notice."""

    class Meta:
        model = VisitType
        skip_postgeneration_save = True

    clinic = factory.SubFactory(ClinicFactory)
    name = factory.Sequence(lambda number: f"Visit {number}")
    duration = 30
    start_step = 15
    patient_notice = 0

    @classmethod
    def _create(cls, model_class, *args, providers=(), **fields):
        visit_type = super()._create(model_class, *args, **fields)
        visit_type.providers.set(providers)
        return visit_type


class AvailabilityRuleFactory(DjangoModelFactory):
    """Mondays from nine to five."""

    class Meta:
        model = AvailabilityRule

    clinic = factory.SubFactory(ClinicFactory)
    provider = factory.LazyAttribute(lambda rule: ProviderFactory(clinics=[rule.clinic]))
    weekday = 0
    start_time = time(9)
    end_time = time(17)
    valid_from = date(2020, 1, 1)


class AvailabilityExceptionFactory(DjangoModelFactory):
    """A whole day off."""

    class Meta:
        model = AvailabilityException

    provider = factory.SubFactory(ProviderFactory)
    kind = AvailabilityException.Kind.OFF
    date = date(2026, 11, 24)


class AppointmentFactory(DjangoModelFactory):
    """A visit as it stands, its time taken while its state is live; of a clinic of its own unless told otherwise."""

    class Meta:
        model = Appointment

    clinic = factory.SubFactory(ClinicFactory)
    visit_type = factory.LazyAttribute(lambda visit: VisitTypeFactory(clinic=visit.clinic))
    provider = factory.LazyAttribute(lambda visit: ProviderFactory(clinics=[visit.clinic]))
    patient = factory.LazyAttribute(lambda visit: PatientFactory(clinics=[visit.clinic]))
    modality = factory.LazyAttribute(lambda visit: visit.visit_type.modality)
    starts_at = TOMORROW_TEN
    ends_at = factory.LazyAttribute(lambda visit: visit.starts_at + visit.visit_type.length)
    status = Status.BOOKED
    cancel_reason = factory.LazyAttribute(lambda visit: "other" if visit.status == Status.CANCELLED else "")
    patient_state = factory.LazyAttribute(lambda visit: visit.patient.state)
    source = Appointment.Source.DESK
    booked_at = factory.LazyAttribute(lambda visit: visit.starts_at - timedelta(days=3))

    @classmethod
    def _create(cls, model_class, *args, **fields):
        visit = super()._create(model_class, *args, **fields)
        if visit.status in LIVE:
            booking.take(appointment=visit, now=visit.booked_at)
        return visit


@dataclass(frozen=True, slots=True)
class Scene:
    """A clinic, a provider who works there every day from nine to five, what they offer, and a patient."""

    clinic: Clinic
    provider: Provider
    visit_type: VisitType
    patient: Patient

    def book(self, starts_at: datetime = TOMORROW_TEN, *, now: datetime = NOW, **given) -> Appointment:
        values = {
            "clinic": self.clinic, "patient": self.patient, "visit_type": self.visit_type, "provider": self.provider,
            "patient_state": "NY", "source": Appointment.Source.DESK, "by": None, "by_label": "staff",
            "audience": "staff",
        }  # fmt: skip
        with transaction.atomic():
            return book(**values | {"starts_at": starts_at, "now": now} | given)

    def hold(self, starts_at: datetime = TOMORROW_TEN, *, now: datetime = NOW, **given) -> Hold:
        values = {"visit_type": self.visit_type, "provider": self.provider, "state": "NY", "audience": "patients"}
        return hold_slot(**values | {"starts_at": starts_at, "now": now} | given)


def open_clinic(*, time_zone: str = "America/New_York", state: str = "NY", **visit_type) -> Scene:
    """A clinic that can be booked; keywords go to the visit type."""
    clinic = ClinicFactory(time_zone=time_zone, state=state)
    provider = ProviderFactory(clinics=[clinic], time_zone=time_zone)
    open_hours(clinic, provider)
    return Scene(
        clinic=clinic,
        provider=provider,
        visit_type=VisitTypeFactory(clinic=clinic, providers=[provider], **visit_type),
        patient=PatientFactory(clinics=[clinic], state=state),
    )


def open_hours(clinic: Clinic, provider: Provider, start: time = time(9), end: time = time(17)) -> None:
    """The same hours on every day of the week."""
    for weekday in EVERY_DAY:
        AvailabilityRuleFactory(clinic=clinic, provider=provider, weekday=weekday, start_time=start, end_time=end)
