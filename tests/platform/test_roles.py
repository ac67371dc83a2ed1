"""The portal runs as a role that can use tables and not shape them."""

import pytest
from django.db import ProgrammingError, connection, transaction

pytestmark = pytest.mark.django_db


def test_tests_run_as_the_apps_role():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, rolsuper, rolcreaterole FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == ("portal_app", False, False)


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE public.mine (id int)",
        "ALTER TABLE django_migrations ADD COLUMN note text",
        "DROP TABLE django_migrations",
        "CREATE ROLE mine",
        "SET ROLE portal_owner",
    ],
)
def test_the_apps_role_shapes_nothing(statement):
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
