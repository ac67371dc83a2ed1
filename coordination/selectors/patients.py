"""One patient's page."""

from datetime import datetime

from django.db.models import QuerySet

from accounts.permissions import Permission
from clinics.models import Clinic
from messaging import optout
from patients.models import ConsentRecord, ContactPoint, Patient, PatientMerge
from patients.selectors import find_duplicates, newest_consent, primary_contact
from scheduling.models import Appointment
from worklist.models import Task


def clinics_in_common(user, patient: Patient, *any_of: Permission) -> QuerySet[Clinic]:
    """Clinics that know the patient and where the user holds one of the rights."""
    return patient.clinics.filter(pk__in=user.clinic_ids(*any_of)).order_by("name")


def visits_of(user, patient: Patient) -> QuerySet[Appointment]:
    """The patient's visits that the user may see, newest first."""
    return Appointment.objects.visible_to(user).filter(patient=patient).with_people().order_by("-starts_at")


def next_visit(user, patient: Patient, now: datetime) -> Appointment | None:
    return visits_of(user, patient).upcoming(now).order_by("starts_at").first()


def open_tasks_of(user, patient: Patient) -> QuerySet[Task]:
    tasks = Task.objects.visible_to(user).open().filter(patient=patient)
    return tasks.select_related("clinic", "patient", "owner").order_by("due_at")


def contacts_of(patient: Patient) -> list[ContactPoint]:
    return list(patient.contact_points.order_by("-is_primary", "kind", "pk"))


def consents_that_count(patient: Patient) -> list[ConsentRecord]:
    """The newest word of each topic."""
    newest = (newest_consent(patient, topic) for topic in ConsentRecord.Topic.values)
    return [record for record in newest if record]


def shown_to(user, patients: list[Patient]) -> list[Patient]:
    """Those of the patients whom the user may see, in their order."""
    wanted = [one.pk for one in patients]
    seen = set(Patient.objects.visible_to(user).filter(pk__in=wanted).values_list("pk", flat=True))
    return [one for one in patients if one.pk in seen]


def likely_duplicates(user, patient: Patient) -> list[Patient]:
    """Other records that may be the same person, as far as the user may see them."""
    mobile = primary_contact(patient, ContactPoint.Kind.MOBILE)
    found = find_duplicates(
        organization=patient.organization,
        first_name=patient.first_name,
        last_name=patient.last_name,
        birth_date=patient.birth_date,
        mobile=mobile.value if mobile else None,
        limit=6,
    )
    return shown_to(user, [one for one in found if one.pk != patient.pk])


def merges_of(patient: Patient) -> QuerySet[PatientMerge]:
    """Records that were merged into this one and can be set free again."""
    standing = PatientMerge.objects.filter(kept=patient, undone_at=None)
    return standing.select_related("merged", "merged_by").order_by("-merged_at")


def why_no_text(patient: Patient, clinic: Clinic) -> str:
    """A code for why a text can't be sent now: `no_number`, `dead`, `stopped`; empty when it can."""
    mobile = primary_contact(patient, ContactPoint.Kind.MOBILE)
    if mobile is None:
        return "no_number"
    if mobile.status != ContactPoint.Status.OK:
        return "dead"
    return "stopped" if optout.is_stopped(clinic=clinic, number_index=mobile.value_index) else ""
