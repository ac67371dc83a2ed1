"""How many statements the pages cost that everybody waits for."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinics.tests.factories import ProviderFactory
from portal.tests.walk import AGREED
from scheduling.reminders import install_default_steps
from scheduling.tests.factories import open_hours

pytestmark = pytest.mark.django_db
TRANSACTION_CONTROL = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT")


def statements(context: CaptureQueriesContext) -> list[str]:
    """What reads or writes; the marks of nested transactions are left out."""
    found = [query["sql"] for query in context.captured_queries]
    return [sql for sql in found if not sql.startswith(TRANSACTION_CONTROL)]


@pytest.mark.parametrize("insured", [False, True])
def test_the_confirming_post_is_twenty_statements_at_most(walk, scene, insured):
    """With session, audit and outbox, the notice and three reminders."""
    install_default_steps(scene.clinic)
    walk.until_check(insured=insured)
    with CaptureQueriesContext(connection) as context:
        response = walk.post("check", AGREED)
    assert response.status_code == 302
    found = statements(context)
    assert len(found) <= 20, "\n".join(found)


def test_the_slots_api_is_three_statements_at_most(client, scene, django_assert_max_num_queries):
    query = {"visit_type": scene.visit_type.public_id, "provider": scene.provider.public_id, "state": "NY"}
    with django_assert_max_num_queries(3):
        assert client.get("/api/slots", query).json()["slots"]


def test_the_page_of_times_costs_the_same_however_many_providers(walk, scene, django_assert_num_queries):
    walk.until_time()
    with django_assert_num_queries(6):  # session, clinic, visit type, providers, first free, week
        walk.get("time")
    for _more in range(3):
        provider = ProviderFactory(clinics=[scene.clinic])
        scene.visit_type.providers.add(provider)
        open_hours(scene.clinic, provider)
    with django_assert_num_queries(6):
        walk.get("time")
