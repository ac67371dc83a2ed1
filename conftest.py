"""What every test shares: real servers, the two database roles, an empty Redis, real processes and a real browser."""

import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import nullcontext

import pytest
import redis
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test.utils import setup_databases, teardown_databases

from config import embedded
from config.catalogs import compile_catalogs
from config.health.status import TROUBLED
from config.owner import as_owner

pytest_plugins = ["tests.plugins.processes", "tests.plugins.browser"]


def pytest_configure() -> None:
    """Told to stop from outside, a test run ends like one stopped by Ctrl-C: in order, leaving no server behind."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def servers() -> Iterator[None]:
    """PostgreSQL and Valkey under var/test, shared by all test processes; the last one to leave stops them."""
    wanted = {"database": not os.environ.get("DATABASE_URL"), "redis": not os.environ.get("REDIS_URL")}
    if not any(wanted.values()):
        yield
        return
    place = embedded.Place.of(settings.VAR_DIR)
    place.prepare()
    with place.locked("users", shared=True):
        embedded.ensure_running(place.var, purpose="test", **wanted)
        yield
    with place.locked("users", wait=False) as alone:
        if alone:
            embedded.stop(place.var)


@pytest.fixture(scope="session", autouse=True)
def no_files_of_earlier_runs() -> None:
    shutil.rmtree(settings.MEDIA_ROOT, ignore_errors=True)


@pytest.fixture(scope="session", autouse=True)
def translations() -> None:
    """Spanish pages are tested in Spanish."""
    compile_catalogs(settings.LOCALE_PATHS)


@pytest.fixture(scope="session")
def django_db_setup(
    request, servers, django_test_environment, django_db_blocker, django_db_keepdb, django_db_createdb
) -> Iterator[None]:
    """The database is made and migrated by its owner; the tests then run as the role that runs the portal."""
    keep = django_db_keepdb and not django_db_createdb
    with django_db_blocker.unblock(), as_owner(connection):
        databases = setup_databases(
            verbosity=request.config.option.verbose, interactive=False, keepdb=keep, serialized_aliases=[]
        )  # no copy of the rows is kept: no test asks for them back
        _let_tests_empty_tables()
    yield
    if not django_db_keepdb:
        with django_db_blocker.unblock():
            _end_other_sessions()
            with as_owner(connection):
                teardown_databases(databases, verbosity=request.config.option.verbose)


def _end_other_sessions() -> None:
    """A thread of a live server may still hold a connection, and a database in use can't be dropped.
    Asked by the portal's role: only sessions of one's own role may be ended."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def _let_tests_empty_tables() -> None:
    """Here, and only here, the portal's role may TRUNCATE: that is how Django empties tables after a test that commits.
    The trail in the schema `audit` stays closed to it."""
    with connection.cursor() as cursor:
        cursor.execute("GRANT TRUNCATE ON ALL TABLES IN SCHEMA public TO portal_runtime")


@pytest.fixture(autouse=True)
def empty_redis(servers) -> None:
    """Counters, queues and caches of the test before are gone. That no worker runs is no trouble to warn desks of."""
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        client.flushdb()
    cache.set(TROUBLED, 0, None)


@pytest.fixture(autouse=True)
def empty_trail(request) -> Iterator[None]:
    """After a test that commits, the audit trail is emptied by its owner, since Django's flush may not touch it."""
    marker = request.node.get_closest_marker("django_db")
    commits = "transactional_db" in request.fixturenames or (marker and marker.kwargs.get("transaction"))
    blocker = request.getfixturevalue("django_db_blocker") if commits else None
    yield
    with blocker.unblock() if blocker else nullcontext():
        if commits:
            _empty_trail()


def _empty_trail() -> None:
    with as_owner(connection), connection.cursor() as cursor:
        cursor.execute(
            "SET ROLE audit_owner;"
            "ALTER TABLE audit.event DISABLE TRIGGER refuse_change;"
            "ALTER TABLE audit.seal DISABLE TRIGGER refuse_change;"
            "TRUNCATE audit.event, audit.seal, audit.outbox;"
            "ALTER TABLE audit.event ENABLE TRIGGER refuse_change;"
            "ALTER TABLE audit.seal ENABLE TRIGGER refuse_change;"
        )
