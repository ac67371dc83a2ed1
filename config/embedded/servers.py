"""Both servers of one `var` directory together."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from config.embedded import postgres, roles, valkey
from config.embedded.places import Place
from config.embedded.secrets import demo_secret


@dataclass(frozen=True)
class Servers:
    """Where the running servers are."""

    database_url: str
    database_owner_url: str
    redis_url: str


def database_url(var: Path) -> str:
    """The role that runs the portal. Starts nothing."""
    return _postgres_url(var, roles.APP)


def database_owner_url(var: Path) -> str:
    """The role that migrates. Starts nothing."""
    return _postgres_url(var, roles.OWNER)


def redis_url(var: Path, db: int = 0) -> str:
    """Starts nothing. `db` is one of 512 numbered databases."""
    return f"unix://{Place.of(var).valkey_socket}?db={db}"


def _postgres_url(var: Path, role: str) -> str:
    place = Place.of(var)
    password = quote(demo_secret(place.var, f"{role}-password"), safe="")
    return f"postgres://{role}:{password}@{quote(str(place.postgres_sockets), safe='')}/{roles.DATABASE}"


def ensure_running(
    var: Path, *, purpose: str = "run", tied: bool = False, database: bool = True, redis: bool = True
) -> Servers:
    """Start what does not run yet, wait until it answers, and say where it is. Raises ServerError with one clear line.

    purpose: "test" trades durability for speed. tied: the servers end with our process, whatever kills it.
    """
    place = Place.of(var)
    place.prepare()
    with place.locked("servers"):
        if database:
            postgres.ensure_running(place, test=purpose == "test", tied=tied)
            roles.ensure(place)
        if redis:
            valkey.ensure_running(place, tied=tied)
    return Servers(database_url(place.var), database_owner_url(place.var), redis_url(place.var))


def alive(var: Path, *, database: bool = True, redis: bool = True) -> bool:
    """Whether the processes are there; cheap enough to ask twice a second."""
    place = Place.of(var)
    return (not database or postgres.is_alive(place)) and (not redis or valkey.is_alive(place))


def stop(var: Path) -> None:
    """Stop both. Servers that do not run are no error."""
    place = Place.of(var)
    if not place.var.exists():
        return
    with place.locked("servers"):
        valkey.stop(place)
        postgres.stop(place)


def erase(var: Path) -> None:
    """Stop both and remove their data, passwords and logs for good."""
    place = Place.of(var)
    stop(var)
    for folder in (place.postgres.resolve(), place.var / "secrets", place.logs, place.runtime):
        shutil.rmtree(folder, ignore_errors=True)
    place.postgres.unlink(missing_ok=True)
