"""Patients and what belongs to them, for tests. Everybody here is invented; numbers are 555-01xx."""

from datetime import UTC, date, datetime, timedelta

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from accounts.tests.factories import UserFactory
from clinics.tests.factories import ClinicFactory
from patients.models import AccessLink, ConsentRecord, ContactPoint, Note, Patient, Proxy
from patients.rules import indexes


class PatientFactory(DjangoModelFactory):
    """`PatientFactory(clinics=[clinic], mobile="+12025550123", email="…", consents=["texts"])`.

    Without clinics the patient has one of its own. `mobile` and `email` make verified primary contact points.
    """

    class Meta:
        model = Patient
        skip_postgeneration_save = True

    first_name = "Alex"
    last_name = factory.Sequence(lambda number: f"Example{number}")
    birth_date = date(1984, 5, 17)
    state = "NY"

    @classmethod
    def _create(cls, model_class, *args, clinics=None, mobile="", email="", consents=(), **fields):
        clinics = clinics or [ClinicFactory()]
        patient = super()._create(model_class, *args, organization=clinics[0].organization, **fields)
        patient.clinics.set(clinics)
        for kind, value in (("mobile", mobile), ("email", email)):
            if value:
                ContactPointFactory(patient=patient, kind=kind, value=value)
        for topic in consents:
            ConsentRecordFactory(patient=patient, topic=topic)
        return patient


class ContactPointFactory(DjangoModelFactory):
    class Meta:
        model = ContactPoint

    patient = factory.SubFactory(PatientFactory)
    kind = ContactPoint.Kind.MOBILE
    value = factory.Sequence(lambda number: f"+1202555{100 + number % 100:04}")
    value_index = factory.LazyAttribute(lambda point: indexes(point.kind, point.value)["value_index"])
    tail_index = factory.LazyAttribute(lambda point: indexes(point.kind, point.value)["tail_index"])
    verified_at = factory.LazyFunction(timezone.now)


class ConsentRecordFactory(DjangoModelFactory):
    class Meta:
        model = ConsentRecord

    patient = factory.SubFactory(PatientFactory)
    topic = ConsentRecord.Topic.TEXTS
    granted = True
    source = ConsentRecord.Source.STAFF
    recorded_at = datetime(2026, 1, 1, tzinfo=UTC)


class ProxyFactory(DjangoModelFactory):
    class Meta:
        model = Proxy

    patient = factory.SubFactory(PatientFactory)
    name = "Robin Example"
    relationship = "Mother"
    basis = Proxy.Basis.PARENT
    rights = [Proxy.Right.BOOK]
    starts_on = date(2026, 1, 1)


class NoteFactory(DjangoModelFactory):
    class Meta:
        model = Note

    patient = factory.SubFactory(PatientFactory)
    clinic = factory.SubFactory(ClinicFactory)
    body = "Called back, no answer."
    written_at = factory.LazyFunction(timezone.now)
    written_by = factory.SubFactory(UserFactory)


class AccessLinkFactory(DjangoModelFactory):
    """A row only: the token of a link is known to `patients.links.issue` alone."""

    class Meta:
        model = AccessLink

    patient = factory.SubFactory(PatientFactory)
    clinic = factory.SubFactory(ClinicFactory)
    purpose = AccessLink.Purpose.MANAGE_VISIT
    subject = factory.Sequence(lambda number: f"visit:{number:022}")
    token_hash = factory.Sequence(lambda number: f"{number:064x}")
    expires_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=1))
