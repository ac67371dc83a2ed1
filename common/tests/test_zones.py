"""A zone that nobody can read clocks in is refused at every write."""

import pytest
from django.core.exceptions import ValidationError

from clinics.models import Clinic, Provider
from clinics.tests.factories import ClinicFactory, ProviderFactory
from patients.models import Patient
from patients.tests.factories import PatientFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("factory", [ClinicFactory, ProviderFactory, PatientFactory])
def test_an_unknown_zone_is_refused_by_save_and_by_update(factory):
    row = factory(time_zone="America/Chicago")
    row.time_zone = "America/Gotham"
    with pytest.raises(ValidationError, match="time zone"):
        row.save()
    with pytest.raises(ValidationError, match="time zone"):
        type(row).objects.filter(pk=row.pk).update(time_zone="Mars/Base")


@pytest.mark.parametrize("model", [Clinic, Provider])
def test_a_clinic_and_a_provider_always_have_one(model):
    with pytest.raises(ValidationError, match="time zone"):
        model.objects.bulk_create([model(name="A", time_zone="")])


def test_a_patient_may_have_none():
    patient = PatientFactory(time_zone="")
    Patient.objects.filter(pk=patient.pk).update(time_zone="")
    assert Patient.objects.get(pk=patient.pk).time_zone == ""
