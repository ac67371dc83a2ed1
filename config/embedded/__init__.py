"""Real PostgreSQL and Valkey servers out of wheels, for laptops, demos and tests.

Plain Python, usable before Django's settings exist. Addresses are known ahead of any start: they follow from the `var`
directory, so that settings, workers and shells find the servers that `manage.py up` or the test suite runs.
Production uses managed servers through DATABASE_URL and REDIS_URL instead.
"""

from config.embedded.errors import ServerError
from config.embedded.places import Place
from config.embedded.secrets import demo_secret
from config.embedded.servers import (
    Servers,
    alive,
    database_owner_url,
    database_url,
    ensure_running,
    erase,
    redis_url,
    stop,
)

__all__ = [
    "Place",
    "ServerError",
    "Servers",
    "alive",
    "database_owner_url",
    "database_url",
    "demo_secret",
    "ensure_running",
    "erase",
    "redis_url",
    "stop",
]
