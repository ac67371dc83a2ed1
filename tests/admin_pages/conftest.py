"""Two organizations, each with a clinic and an administrator, and one row of everything a clinic sets up."""

from dataclasses import dataclass, field
from datetime import date

import pytest
from django.test import Client

from accounts.models import User
from accounts.permissions import Role
from clinics.models import Clinic, Provider
from clinics.tests.factories import ClinicFactory, ClosureFactory, MembershipFactory, ProviderFactory
from insurance.models import Payer
from messaging.models import MessageTemplate
from scheduling.models import AvailabilityException, VisitType
from scheduling.reminders import install_default_steps
from scheduling.tests.factories import AvailabilityRuleFactory, VisitTypeFactory

HOLIDAY = date(2026, 12, 24)


@dataclass
class House:
    """One organization with what it set up. `rows` holds one row of each registered model."""

    clinic: Clinic
    admin: User
    colleague: User
    provider: Provider
    visit_type: VisitType
    rows: list = field(default_factory=list)

    def browser(self, user: User | None = None) -> Client:
        client = Client()
        client.force_login(user or self.admin)
        return client


def build() -> House:
    clinic = ClinicFactory()
    provider = ProviderFactory(clinics=[clinic])
    visit_type = VisitTypeFactory(clinic=clinic, providers=[provider])
    rule = AvailabilityRuleFactory(clinic=clinic, provider=provider)
    install_default_steps(clinic)
    ClosureFactory(clinic=clinic, first_date=HOLIDAY, last_date=HOLIDAY)
    house = House(
        clinic=clinic,
        admin=MembershipFactory(clinic=clinic, role=Role.ADMIN).user,
        colleague=MembershipFactory(clinic=clinic, role=Role.COORDINATOR).user,
        provider=provider,
        visit_type=visit_type,
    )
    organization = clinic.organization
    house.rows = [
        organization, clinic, provider, provider.licenses.get(), visit_type, rule, house.colleague,
        AvailabilityException.objects.create(provider=provider, kind="off", date=HOLIDAY),
        clinic.reminder_steps.first(),
        Payer.objects.create(organization=organization, name="Evergreen Health"),
        MessageTemplate.objects.create(
            organization=organization, key="visit_booked", channel="sms", language="en", body="{{ clinic }}: {{ when }}"
        ),
    ]  # fmt: skip
    return house


@pytest.fixture
def house(db) -> House:
    return build()


@pytest.fixture
def other(db) -> House:
    return build()
