"""The first organization of an empty installation."""

from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from accounts.models import User
from accounts.permissions import Role
from clinics.models import Clinic, Organization

pytestmark = pytest.mark.django_db

ASKED = {
    "clinic": "Northside Clinic", "state": "ny", "zone": "America/New_York", "phone": "(202) 555-0118",
    "email": "First@Example.com", "name": "Robin First",
}  # fmt: skip


def start(organization="Northside Health", **changes) -> str:
    said = StringIO()
    call_command("start_clinic", organization, stdout=said, **ASKED | changes)
    return said.getvalue()


def test_administrator_is_invited_and_may_set_up(client):
    link = start().splitlines()[-1].removeprefix(settings.PUBLIC_BASE_URL)
    password = "three quiet green lamps"
    client.post(link, {"new_password1": password, "new_password2": password})
    client.post("/accounts/login/", {"login": "first@example.com", "password": password})
    assert client.get("/admin/").status_code == 200
    clinic = Clinic.objects.get()
    assert (clinic.slug, clinic.state, clinic.phone) == ("northside-clinic", "NY", "+12025550118")
    assert User.objects.get().memberships.get().role == Role.ADMIN


@pytest.mark.parametrize("fault", [{"zone": "Mars/Base"}, {"phone": "12"}, {"email": "nobody"}, {"state": "XX"}])
def test_fault_is_told_and_leaves_nothing(fault):
    with pytest.raises(CommandError):
        start(**fault)
    assert not Organization.objects.exists() and not User.objects.exists()


def test_second_start_is_refused():
    start()
    with pytest.raises(CommandError, match="already"):
        start()
