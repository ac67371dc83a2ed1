"""What the portal needs to work, asked once each."""

import logging
from functools import cache

import redis
from django.db import DatabaseError, ProgrammingError, connection
from django.db.migrations.loader import MigrationLoader

from config.health import heartbeat

logger = logging.getLogger(__name__)


def readiness() -> dict[str, bool]:
    """Whether each part is as it must be, by name. Never raises for a part that is down."""
    return _database() | _redis()


def migrated() -> bool:
    """Whether every migration of this code was applied; False too when the portal's role may not read which."""
    try:
        return _expected_migrations() <= _applied_migrations()
    except ProgrammingError:
        return False


def _database() -> dict[str, bool]:
    try:
        applied = _applied_migrations()
    except DatabaseError:
        logger.warning("database_not_ready")
        connection.close()
        return {"database": False, "migrations": False}
    return {"database": True, "migrations": _expected_migrations() <= applied}


def _applied_migrations() -> set[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations")
        return set(cursor.fetchall())


@cache
def _expected_migrations() -> frozenset[tuple[str, str]]:
    """Every migration of this code. Read from disk once: the code of a running process does not change."""
    return frozenset(MigrationLoader(None).graph.nodes)


def _redis() -> dict[str, bool]:
    try:
        pipeline = heartbeat.client().pipeline(transaction=False)
        for process in (heartbeat.WORKER, heartbeat.BEAT):
            pipeline.exists(heartbeat.key(process))
        worker, beat = pipeline.execute()
    except redis.RedisError:
        logger.warning("redis_not_ready")
        return {"redis": False, "worker": False, "beat": False}
    return {"redis": True, "worker": bool(worker), "beat": bool(beat)}
