"""The trail's defences: what the portal's role cannot do, and that nobody can do the rest unnoticed."""

from contextlib import contextmanager

import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction

from compliance import sealing
from compliance.models import AuditEvent
from compliance.periodic import make_partitions, seal, verify
from compliance.tests.factories import write_events
from config.owner import as_owner

pytestmark = pytest.mark.django_db(transaction=True)

INSERT_COLUMNS = (
    "actor_id, actor_label, role, clinic_id, patient_id, patient_ids,"
    " action, subject, outcome, purpose, detail, request_id"
)
INSERT_VALUES = "'', 'forger', '', '', '', '{}', 'test.forged', '', 'ok', '', '{}', ''"


@contextmanager
def behind_our_back():
    """A cursor with the power of the tables' owner, and every trigger off."""
    with as_owner(connection), connection.cursor() as cursor:
        cursor.execute("SET ROLE audit_owner")
        for table in ("event", "seal"):
            cursor.execute(f"ALTER TABLE audit.{table} DISABLE TRIGGER USER")
        yield cursor
        for table in ("event", "seal"):
            cursor.execute(f"ALTER TABLE audit.{table} ENABLE TRIGGER USER")


def kinds() -> set[str]:
    return {problem.kind for problem in sealing.problems()}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit.event SET action = 'test.other'",
        "DELETE FROM audit.event",
        "TRUNCATE audit.event",
        f"INSERT INTO audit.event (id, {INSERT_COLUMNS}) OVERRIDING SYSTEM VALUE VALUES (1, {INSERT_VALUES})",
        f"INSERT INTO audit.event (at, {INSERT_COLUMNS}) VALUES ('2020-01-01', {INSERT_VALUES})",
        f"INSERT INTO audit.event (row_hash, {INSERT_COLUMNS}) VALUES ('x', {INSERT_VALUES})",
        f"INSERT INTO audit.event_default ({INSERT_COLUMNS}) VALUES ({INSERT_VALUES})",
        "INSERT INTO audit.outbox (event_id, event_at) VALUES (1, now())",
        "DELETE FROM audit.outbox",
        "INSERT INTO audit.seal (seq, at, n, ids, prev, root) VALUES (1, now(), 1, '{1}', '', '')",
        "UPDATE audit.seal SET n = 0",
        "DELETE FROM audit.seal",
        "TRUNCATE audit.seal",
        "DROP TABLE audit.event",
        "ALTER TABLE audit.event DISABLE TRIGGER ALL",
        "CREATE TABLE audit.other (id int)",
        "SET ROLE audit_owner",
        "CREATE OR REPLACE FUNCTION audit.do_seal(most integer) RETURNS integer LANGUAGE sql AS 'SELECT 0'",
    ],
)
def test_the_portals_role_can_only_add(statement):
    write_events(1)
    with connection.cursor() as cursor, pytest.raises(ProgrammingError, match="permission denied|must be owner"):
        cursor.execute(statement)
    assert kinds() == set()


def test_even_the_owner_meets_the_append_only_trigger():
    write_events(1)
    with as_owner(connection), connection.cursor() as cursor:
        cursor.execute("SET ROLE audit_owner")
        with pytest.raises(ProgrammingError, match="append-only"):
            cursor.execute("DELETE FROM audit.event")


def test_the_portals_role_runs_the_portal_and_cannot_reshape_it():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM compliance_cspreportcount")
        with pytest.raises(ProgrammingError, match="must be owner"):
            cursor.execute("ALTER TABLE compliance_cspreportcount ADD COLUMN extra int")
        with pytest.raises(ProgrammingError, match="permission denied"):
            cursor.execute("DELETE FROM django_migrations")


def test_sealing_takes_every_waiting_event_once():
    events = write_events(5)
    assert sealing.waiting() == 5
    assert sealing.seal_waiting() == 5
    assert sealing.seal_waiting() == 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq, n, ids FROM audit.seal")
        assert cursor.fetchall() == [(1, 5, [event.id for event in events])]
    assert kinds() == set()


def test_seals_form_a_chain():
    for _ in range(3):
        write_events(2)
        seal()
    with connection.cursor() as cursor:
        cursor.execute("SELECT s.prev = p.root FROM audit.seal s JOIN audit.seal p ON p.seq = s.seq - 1")
        assert cursor.fetchall() == [(True,), (True,)]
    assert sealing.head().seq == 3


def test_a_rolled_back_event_leaves_the_trail_whole():
    write_events(1)
    with transaction.atomic():
        write_events(1)  # its id is used up
        transaction.set_rollback(True)
    write_events(1)
    seal()
    assert AuditEvent.objects.count() == 2
    assert kinds() == set()


TAMPERING = {
    "edit a sealed event": ("UPDATE audit.event SET actor_label = 'nobody' WHERE id = %(first)s", "event_changed"),
    "edit it and its hash": (
        "UPDATE audit.event SET actor_label = 'nobody', row_hash = sha256('x') WHERE id = %(first)s",
        "seal_broken",
    ),
    "delete a sealed event": ("DELETE FROM audit.event WHERE id = %(first)s", "event_missing"),
    "delete an unsealed event": ("DELETE FROM audit.event WHERE id = %(unsealed)s", "event_missing"),
    "delete an unsealed event and its note": (
        "DELETE FROM audit.event WHERE id = %(unsealed)s; DELETE FROM audit.outbox WHERE event_id = %(unsealed)s",
        None,  # the limit of any chain: seconds until the seal
    ),
    "insert an event": (
        f"INSERT INTO audit.event (row_hash, {INSERT_COLUMNS}) VALUES ('x', {INSERT_VALUES})",
        "event_unaccounted",
    ),
    "delete a seal": ("DELETE FROM audit.seal WHERE seq = 1", "chain_broken"),
    "delete the last seal": ("DELETE FROM audit.seal WHERE seq = 2", "event_unaccounted"),
    "rewrite a seal": ("UPDATE audit.seal SET ids = ids[2:], n = n - 1 WHERE seq = 1", "seal_broken"),
    "redate a seal": ("UPDATE audit.seal SET at = at - interval '1 day' WHERE seq = 1", "seal_broken"),
}


@pytest.mark.parametrize(("statement", "kind"), TAMPERING.values(), ids=TAMPERING.keys())
def test_tampering_is_found(statement, kind):
    first = write_events(3)[0]
    seal()
    write_events(3)
    seal()
    unsealed = write_events(1)[0]
    assert kinds() == set()
    with behind_our_back() as cursor:
        cursor.execute(statement, {"first": first.id, "unsealed": unsealed.id})
    assert (kind in kinds()) if kind else (kinds() == set())


def test_an_event_deleted_before_its_seal_is_found_after_it():
    event = write_events(2)[0]
    with behind_our_back() as cursor:
        cursor.execute("DELETE FROM audit.event WHERE id = %s", [event.id])
    seal()
    assert kinds() == {"event_missing"}


def test_only_an_anchor_kept_elsewhere_shows_a_cut_tail():
    write_events(2)
    seal()
    cut = write_events(2)
    seal()
    anchor = sealing.head()
    with behind_our_back() as cursor:
        cursor.execute("DELETE FROM audit.seal WHERE seq = 2")
        cursor.execute("DELETE FROM audit.event WHERE id = ANY(%s)", [[event.id for event in cut]])
    assert kinds() == set()
    assert [problem.kind for problem in sealing.problems([anchor])] == ["anchor_differs"]


def test_the_anchor_goes_to_its_own_log(caplog):
    write_events(1)
    seal()
    with caplog.at_level("INFO", logger="compliance.anchor"):
        sealing.write_anchor()
    record = caplog.records[-1]
    assert (record.name, record.seq, record.root) == ("compliance.anchor", 1, sealing.head().root)


def test_the_command_compares_with_anchors(tmp_path, capsys):
    write_events(1)
    seal()
    log = tmp_path / "anchors.log"
    log.write_text(f'not json\n{{"seq": 1, "root": "{sealing.head().root}"}}\n')
    call_command("audit_verify", anchors=log)
    assert "Whole up to seal 1" in capsys.readouterr().out
    log.write_text('{"seq": 2, "root": "00"}\n')
    with pytest.raises(CommandError, match="not as it was written"):
        call_command("audit_verify", anchors=log)


def test_the_nightly_check_writes_its_result_into_the_trail(caplog):
    event = write_events(1)[0]
    verify()
    assert AuditEvent.objects.get(action="audit.verified").outcome == "ok"
    with behind_our_back() as cursor:
        cursor.execute("UPDATE audit.event SET subject = 'x' WHERE id = %s", [event.id])
    verify()
    failed = AuditEvent.objects.get(action="audit.verified", outcome="failed")
    assert failed.detail == {"problems": 1, "kinds": ["event_changed"]}
    assert "audit_trail_damaged" in caplog.text


def test_partitions_are_made_ahead_and_only_once():
    assert make_partitions() is None
    assert sealing.make_partitions() == 0
    event = write_events(1)[0]
    with connection.cursor() as cursor:
        cursor.execute("SELECT tableoid::regclass::text FROM audit.event WHERE id = %s", [event.id])
        assert cursor.fetchone() == (f"audit.event_{event.at:%Y_%m}",)
        cursor.execute("SELECT count(*) FROM pg_inherits WHERE inhparent = 'audit.event'::regclass")
        assert cursor.fetchone()[0] >= 5
