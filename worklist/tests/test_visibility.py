"""Whose tasks a person sees: a task names a patient, so it follows the rules for patients."""

import pytest

from accounts.permissions import Role
from clinics.tests.factories import ClinicFactory, MembershipFactory, ProviderFactory
from patients.tests.factories import PatientFactory
from scheduling.tests.factories import AppointmentFactory
from worklist.models import Task
from worklist.tests.factories import TaskFactory


@pytest.fixture
def provider(clinic):
    user = MembershipFactory(clinic=clinic, role=Role.PROVIDER).user
    return ProviderFactory(clinics=[clinic], user=user)


def seen(user) -> set[Task]:
    return set(Task.objects.visible_to(user))


def test_the_desk_sees_every_task_of_its_clinic_and_no_other(clinic, user):
    here = TaskFactory(clinic=clinic, patient=PatientFactory(clinics=[clinic]))
    TaskFactory(clinic=ClinicFactory())
    assert seen(user) == {here}


def test_a_provider_sees_tasks_about_own_patients_and_about_nobody(clinic, provider):
    own, other = PatientFactory(clinics=[clinic]), PatientFactory(clinics=[clinic])
    AppointmentFactory(clinic=clinic, provider=provider, patient=own)
    about_own, about_nobody = TaskFactory(clinic=clinic, patient=own), TaskFactory(clinic=clinic)
    TaskFactory(clinic=clinic, patient=other)
    TaskFactory(clinic=ClinicFactory())
    assert seen(provider.user) == {about_own, about_nobody}


def test_a_provider_sees_what_was_handed_over(clinic, provider):
    task = TaskFactory(clinic=clinic, patient=PatientFactory(clinics=[clinic]), owner=provider.user)
    assert seen(provider.user) == {task}


def test_each_clinic_counts_for_itself(clinic, provider):
    """A coordinator here who is a provider there sees there only what a provider sees."""
    there = ClinicFactory(organization=clinic.organization)
    MembershipFactory(user=provider.user, clinic=there, role=Role.COORDINATOR)
    TaskFactory(clinic=clinic, patient=PatientFactory(clinics=[clinic]))
    whole = TaskFactory(clinic=there, patient=PatientFactory(clinics=[there]))
    assert seen(provider.user) == {whole}
