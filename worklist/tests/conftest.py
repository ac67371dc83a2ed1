import pytest

from accounts.permissions import Role
from clinics.tests.factories import ClinicFactory, MembershipFactory


@pytest.fixture
def clinic(db):
    return ClinicFactory()


@pytest.fixture
def user(clinic):
    return MembershipFactory(clinic=clinic, role=Role.COORDINATOR).user
