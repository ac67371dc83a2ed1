"""The seals over the audit trail: making them, sending their head away, checking them."""

import json
import logging
from dataclasses import dataclass

from django.db import connection, transaction

anchor_log = logging.getLogger("compliance.anchor")

BATCH = 5000
MAX_BATCHES = 20


@dataclass(frozen=True, slots=True)
class Head:
    """The newest seal: its number and its root as 64 hex characters."""

    seq: int
    root: str


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in the trail that is not as it was written."""

    kind: str  # chain_broken, seal_broken, event_missing, event_changed, event_unaccounted, anchor_differs
    seal_seq: int | None
    event_id: int | None


def seal_waiting() -> int:
    """Seal what waits, in batches of 5,000; returns how many events were sealed."""
    total = 0
    for _ in range(MAX_BATCHES):
        sealed = _call("SELECT audit.do_seal(%s)", [BATCH])
        total += sealed
        if sealed < BATCH:
            break
    return total


def waiting() -> int:
    """How many events no seal covers yet."""
    return _call("SELECT count(*) FROM audit.outbox")


def make_partitions() -> int:
    """Partitions for this month and the next three; returns how many were new."""
    return _call("SELECT audit.ensure_partitions()")


def head() -> Head | None:
    """The newest seal; None before the first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq, encode(root, 'hex') FROM audit.seal ORDER BY seq DESC LIMIT 1")
        row = cursor.fetchone()
    return Head(*row) if row else None


def write_anchor() -> Head | None:
    """Send the newest seal to the log `compliance.anchor`, which belongs on a host the database's admin cannot write.

    A chain cannot show that its own end was cut off; a copy of its head elsewhere can.
    """
    newest = head()
    if newest:
        anchor_log.info("audit_anchor", extra={"seq": newest.seq, "root": newest.root})
    return newest


def problems(anchors: list[Head] | None = None) -> list[Problem]:
    """Everything in the trail that is not as it was written, compared with `anchors` kept elsewhere when given."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")  # a million events take up to a minute
        cursor.execute("SELECT problem, seal_seq, event_id FROM audit.verify()")
        found = [Problem(*row) for row in cursor.fetchall()]
    return found + [_differing(anchor) for anchor in anchors or () if not _is_sealed(anchor)]


def parse_anchors(lines) -> list[Head]:
    """Anchors from JSON log lines with `seq` and `root`; lines without them are skipped."""
    entries = (json.loads(line) for line in lines if line.strip().startswith("{"))
    return [Head(int(entry["seq"]), entry["root"]) for entry in entries if "seq" in entry and "root" in entry]


def _is_sealed(anchor: Head) -> bool:
    query = "SELECT count(*) FROM audit.seal WHERE seq = %s AND root = decode(%s, 'hex')"
    return _call(query, [anchor.seq, anchor.root]) == 1


def _differing(anchor: Head) -> Problem:
    return Problem("anchor_differs", anchor.seq, None)


def _call(query: str, params=None) -> int:
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        return cursor.fetchone()[0]
