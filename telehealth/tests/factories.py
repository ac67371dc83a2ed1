"""Visit sessions for tests."""

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from scheduling.tests.factories import AppointmentFactory
from telehealth.models import Participant, VisitSession
from telehealth.states import Role


class SessionFactory(DjangoModelFactory):
    class Meta:
        model = VisitSession

    appointment = factory.SubFactory(AppointmentFactory)
    state_since = factory.LazyFunction(timezone.now)


class ParticipantFactory(DjangoModelFactory):
    class Meta:
        model = Participant

    session = factory.SubFactory(SessionFactory)
    role = Role.PATIENT
