"""`seed_demo --scale N` as it is typed, on a database of its own rows."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from clinics.models import Organization
from scheduling.models import Appointment

COUNT = 200


@pytest.mark.django_db(transaction=True)
def test_it_says_how_far_it_is_and_leaves_fresh_statistics():
    """PostgreSQL ignores an ANALYZE of the role that runs the portal; without it, it would plan for an empty table."""
    said = StringIO()
    call_command("seed_demo", scale=COUNT, stdout=said)
    assert f"{COUNT} of {COUNT} visits" in said.getvalue()
    assert Organization.objects.get().name in said.getvalue()
    assert Appointment.objects.count() == COUNT
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'scheduling_appointment'")
        assert cursor.fetchone()[0] == COUNT
