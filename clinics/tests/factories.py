"""Organizations, clinics, providers, licenses and memberships for tests."""

from datetime import date

import factory
from factory.django import DjangoModelFactory

from accounts.permissions import Role
from accounts.tests.factories import UserFactory
from clinics.models import Clinic, Closure, License, Membership, Organization, Provider


class OrganizationFactory(DjangoModelFactory):
    class Meta:
        model = Organization

    name = factory.Sequence(lambda number: f"Riverside Health {number}")


class ClinicFactory(DjangoModelFactory):
    """A clinic in New York's time zone."""

    class Meta:
        model = Clinic

    organization = factory.SubFactory(OrganizationFactory)
    name = factory.Sequence(lambda number: f"Riverside Clinic {number}")
    slug = factory.Sequence(lambda number: f"riverside-{number}")
    message_name = "Riverside"
    time_zone = "America/New_York"
    phone = "+12025550100"
    state = "NY"


class ClosureFactory(DjangoModelFactory):
    class Meta:
        model = Closure

    clinic = factory.SubFactory(ClinicFactory)
    first_date = date(2026, 11, 26)
    last_date = date(2026, 11, 26)
    reason = "Thanksgiving"


class ProviderFactory(DjangoModelFactory):
    """`ProviderFactory(clinics=[clinic], states=["NY"])`: of the first clinic's organization and zone, licensed there.

    Without clinics it has one of its own; without states the first clinic's; `states=[]` for no license.
    """

    class Meta:
        model = Provider
        skip_postgeneration_save = True

    name = factory.Sequence(lambda number: f"Jordan Provider{number}")
    credentials = "MD"
    time_zone = "America/New_York"
    languages = ["en"]

    @classmethod
    def _create(cls, model_class, *args, clinics=None, states=None, **fields):
        clinics = clinics or [ClinicFactory()]
        provider = super()._create(model_class, *args, organization=clinics[0].organization, **fields)
        provider.clinics.set(clinics)
        for state in [clinics[0].state] if states is None else states:
            LicenseFactory(provider=provider, state=state)
        return provider


class LicenseFactory(DjangoModelFactory):
    class Meta:
        model = License

    provider = factory.SubFactory(ProviderFactory, states=[])
    state = "NY"
    number = factory.Sequence(lambda number: f"L{number:06}")
    valid_from = date(2020, 1, 1)
    valid_until = date(2039, 12, 31)


class MembershipFactory(DjangoModelFactory):
    """A user's role at a clinic: `MembershipFactory(clinic=clinic, role=Role.SUPERVISOR).user`."""

    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    clinic = factory.SubFactory(ClinicFactory)
    role = Role.COORDINATOR
