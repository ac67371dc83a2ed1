"""A clinic with its people, and a coordinator who is signed in."""

import pytest

from accounts.permissions import Role
from clinics.tests.factories import ClinicFactory, MembershipFactory
from scheduling.tests.factories import open_clinic


@pytest.fixture
def scene(db):
    """A clinic that can be booked, with a provider and a patient."""
    return open_clinic()


@pytest.fixture
def clinic(scene):
    return scene.clinic


@pytest.fixture
def coordinator(clinic):
    return MembershipFactory(clinic=clinic, role=Role.COORDINATOR).user


@pytest.fixture
def supervisor(clinic):
    return MembershipFactory(clinic=clinic, role=Role.SUPERVISOR).user


@pytest.fixture
def stranger(db):
    """A coordinator of another clinic."""
    return MembershipFactory(clinic=ClinicFactory(), role=Role.COORDINATOR).user


@pytest.fixture
def desk(client, coordinator):
    """A test client with the coordinator signed in."""
    client.force_login(coordinator)
    return client
