"""A clinic that can be booked, and a patient who can be reached."""

from datetime import datetime

from clinics.tests.factories import ProviderFactory
from coordination.actions import book_visit
from patients.models import Patient
from patients.tests.factories import PatientFactory
from scheduling.models import Appointment
from scheduling.reminders import install_default_steps
from scheduling.tests.factories import NOW, TOMORROW_TEN, Scene, open_clinic, open_hours


def reachable_scene(**visit_type) -> Scene:
    """As scheduling's open clinic, with the usual reminders; the patient has a mobile and an e-mail address."""
    scene = open_clinic(**visit_type)
    install_default_steps(scene.clinic)
    patient = reachable_patient(scene)
    return Scene(clinic=scene.clinic, provider=scene.provider, visit_type=scene.visit_type, patient=patient)


def reachable_patient(scene: Scene, number: int = 101) -> Patient:
    return PatientFactory(
        clinics=[scene.clinic],
        mobile=f"+12025550{number}",
        email=f"patient{number}@example.com",
        consents=["texts", "emails"],
    )


def book(scene: Scene, starts_at: datetime = TOMORROW_TEN, *, now: datetime = NOW, **given) -> Appointment:
    """As the desk books; keywords replace what is passed to book_visit."""
    values = {
        "clinic": scene.clinic, "patient": scene.patient, "visit_type": scene.visit_type, "provider": scene.provider,
        "patient_state": "NY", "source": Appointment.Source.DESK, "by": None, "by_label": "staff", "audience": "staff",
    }  # fmt: skip
    return book_visit(**values | {"starts_at": starts_at, "now": now} | given)


def another_provider(scene: Scene) -> object:
    """Works the same hours at the same clinic and offers the same visits."""
    provider = ProviderFactory(clinics=[scene.clinic])
    open_hours(scene.clinic, provider)
    scene.visit_type.providers.add(provider)
    return provider
