"""/healthz and /readyz tell the truth, quickly, and nothing else."""

import pytest
from django.db import connection

from config.health import checks, heartbeat

pytestmark = pytest.mark.django_db


@pytest.fixture
def all_alive():
    heartbeat.mark(heartbeat.WORKER)
    heartbeat.mark(heartbeat.BEAT)


@pytest.fixture
def redis_down(settings):
    settings.REDIS_URL = "unix:///nowhere/redis.sock"
    heartbeat.client.cache_clear()
    yield
    heartbeat.client.cache_clear()


def test_healthz_asks_nobody(client, django_assert_num_queries, redis_down):
    with django_assert_num_queries(0):
        response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


def test_ready_when_every_part_is_up(client, all_alive):
    response = client.get("/readyz")
    parts = ["database", "redis", "worker", "beat", "migrations"]
    assert response.json() == {"status": "ok", "checks": dict.fromkeys(parts, "ok")}
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"] or "no-cache" in response["Cache-Control"]


def test_readiness_costs_one_query(client, all_alive, django_assert_num_queries):
    client.get("/readyz")
    with django_assert_num_queries(1):
        client.get("/readyz")


@pytest.mark.parametrize("process", [heartbeat.WORKER, heartbeat.BEAT])
def test_a_process_without_a_heartbeat_is_down(client, all_alive, process):
    heartbeat.clear(process)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert [name for name, state in response.json()["checks"].items() if state == "down"] == [process]


def test_a_heartbeat_runs_out_within_five_seconds(all_alive):
    assert 0 < heartbeat.client().ttl(heartbeat.key(heartbeat.WORKER)) <= 5


def test_without_redis_the_answer_is_503_and_not_an_error(client, redis_down):
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["checks"] == {
        "database": "ok",
        "migrations": "ok",
        "redis": "down",
        "worker": "down",
        "beat": "down",
    }


def test_a_migration_that_was_not_applied_is_told(client, all_alive, monkeypatch):
    code_has = checks._expected_migrations() | {("patients", "9999_not_applied_yet")}
    monkeypatch.setattr(checks, "_expected_migrations", lambda: code_has)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["checks"]["migrations"] == "down"


@pytest.mark.django_db(transaction=True)
def test_without_the_database_the_answer_is_503_and_not_an_error(client, all_alive):
    reachable = connection.settings_dict
    connection.close()
    connection.settings_dict = {**reachable, "HOST": "/nowhere"}
    try:
        response = client.get("/readyz")
    finally:
        connection.close()
        connection.settings_dict = reachable
    assert response.status_code == 503
    assert response.json()["checks"]["database"] == "down"


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_only_reading_is_answered(client, path):
    assert client.post(path).status_code == 405
