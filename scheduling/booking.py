"""Taking and giving back time. The only writer of BookingResource.

Three things keep a double booking out, and each has a race test:

- The exclusion constraint refuses it, whatever any code does.
- Rows are inserted with ON CONFLICT DO NOTHING. A plain insert that meets the constraint waits for the other
  transaction and often ends as `deadlock detected`; this one waits for the winner and then returns nothing.
- One transaction-level advisory lock per resource comes first, in sorted order. Without it two moves that each give up
  the time the other wants would wait for each other for ever.

Losers wait until the winner has committed: nothing slow belongs into a transaction that takes time.
"""

from datetime import datetime, timedelta

from django.db import OperationalError, connection, transaction

from scheduling.errors import PatientBusy, PatientMerged, SlotTaken
from scheduling.models import Appointment, BookingResource, Hold

Times = dict[str, tuple[datetime, datetime]]

# What is given back is locked too: two visits that swap their providers want each other's.
# A new visit's patient comes before everything else, as in a merge, which waits for us or is waited for. (The foreign
# key is checked at commit: too late.) A visit that moves holds its own row, and a merge would wait for that.
_LOCK = """
SELECT (SELECT merged_into_id FROM patients_patient WHERE id = %(new_for)s FOR KEY SHARE),
       pg_advisory_xact_lock(hashtextextended(sorted.resource, 0))
FROM (
    SELECT unnest(%(resources)s::text[]) AS resource
    UNION SELECT resource FROM scheduling_bookingresource WHERE appointment_id = %(appointment)s AND live
    UNION SELECT resource FROM scheduling_bookingresource WHERE hold_id = %(instead_of)s AND live
    ORDER BY resource
) AS sorted
"""
_LOCK_NOT_AVAILABLE = "55P03"  # PostgreSQL's lock_timeout
# The count makes the insert wait for the delete; the constraint looks at rows as they are now, so it sees them gone.
_TAKE = """
WITH wanted AS (
    SELECT resource, tstzrange(start, stop) AS during
    FROM unnest(%(resources)s::text[], %(starts)s::timestamptz[], %(ends)s::timestamptz[]) AS t(resource, start, stop)
), given_back AS (
    DELETE FROM scheduling_bookingresource WHERE id IN (
        SELECT id FROM scheduling_bookingresource WHERE hold_id = %(instead_of)s
        UNION ALL SELECT id FROM scheduling_bookingresource WHERE appointment_id = %(appointment)s
        UNION ALL
        SELECT r.id FROM wanted w
        JOIN scheduling_bookingresource r ON r.live AND r.resource = w.resource AND r.during && w.during
        WHERE r.expires_at <= %(now)s
    )
    RETURNING id
)
INSERT INTO scheduling_bookingresource (resource, during, live, appointment_id, hold_id, expires_at)
SELECT w.resource, w.during, true, %(appointment)s, %(hold)s, %(expires_at)s
FROM wanted w
WHERE (SELECT count(*) FROM given_back) >= 0
ORDER BY w.resource
ON CONFLICT ON CONSTRAINT scheduling_no_double_booking DO NOTHING
RETURNING resource
"""
_RENAME = """
UPDATE scheduling_bookingresource r
SET resource = 'patient:' || a.patient_id
FROM scheduling_appointment a
WHERE a.id = r.appointment_id AND a.patient_id = ANY(%(patients)s)
  AND r.resource = ANY(%(resources)s) AND r.resource <> 'patient:' || a.patient_id
"""
_WOULD_OVERLAP = """
SELECT EXISTS (
    SELECT 1 FROM scheduling_bookingresource one
    JOIN scheduling_appointment a ON a.id = one.appointment_id
    JOIN scheduling_appointment b ON b.patient_id = a.patient_id AND b.id > a.id
    JOIN scheduling_bookingresource other ON other.appointment_id = b.id AND other.during && one.during
    WHERE a.patient_id = ANY(%(patients)s) AND one.live AND other.live
      AND one.resource = ANY(%(resources)s) AND other.resource = ANY(%(resources)s)
)
"""


def provider_key(provider_id: int) -> str:
    return f"provider:{provider_id}"


def patient_key(patient_id: int) -> str:
    return f"patient:{patient_id}"


def times_of(owner: Appointment | Hold) -> Times:
    """What a visit takes: the provider with both buffers, the patient without. A hold knows no patient yet."""
    before = timedelta(minutes=owner.visit_type.buffer_before)
    after = timedelta(minutes=owner.visit_type.buffer_after)
    times = {provider_key(owner.provider_id): (owner.starts_at - before, owner.ends_at + after)}
    if isinstance(owner, Appointment):
        times[patient_key(owner.patient_id)] = (owner.starts_at, owner.ends_at)
    return times


def take(
    *,
    now: datetime,
    appointment: Appointment | None = None,
    hold: Hold | None = None,
    instead_of: Hold | None = None,
    new: bool = False,
) -> None:
    """Take the time of a visit or of a hold; all of it, or SlotTaken / PatientBusy / PatientMerged and nothing.

    What the visit itself held before, the hold `instead_of`, and expired holds in the way are given back in the same
    stroke. `new`: the visit was written just now, and its patient's record has to stand on its own until commit.
    Must run in a transaction, and the refusal must end it: two SQL statements.
    """
    times = times_of(appointment or hold)
    resources = sorted(times)
    values = {
        "resources": resources,
        "starts": [times[resource][0] for resource in resources],
        "ends": [times[resource][1] for resource in resources],
        "now": now,
        "appointment": appointment.pk if appointment else None,
        "new_for": appointment.patient_id if appointment and new else None,
        "hold": hold.pk if hold else None,
        "expires_at": hold.expires_at if hold else None,
        "instead_of": instead_of.pk if instead_of else None,
    }
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        _lock(cursor, values)
        if any(merged_into for merged_into, _locked in cursor.fetchall()):
            raise PatientMerged
        cursor.execute(_TAKE, values)
        _refuse_if_lost(set(resources) - {row[0] for row in cursor.fetchall()})


def _lock(cursor, values: dict) -> None:
    """Whoever waits as long as lock_timeout for somebody else's booking to end is better off with another time."""
    try:
        cursor.execute(_LOCK, values)
    except OperationalError as error:
        if getattr(error.__cause__, "pgcode", "") == _LOCK_NOT_AVAILABLE:
            raise SlotTaken from error
        raise


def _refuse_if_lost(resources: set[str]) -> None:
    if any(resource.startswith("patient:") for resource in resources):
        raise PatientBusy
    if resources:
        raise SlotTaken


def extend(*, hold: Hold, expires_at: datetime, now: datetime) -> bool:
    """Keep a held time longer; False when it is no longer held."""
    rows = BookingResource.objects.filter(hold=hold, live=True, expires_at__gt=now)
    return bool(rows.update(expires_at=expires_at))


def release(*, appointment: Appointment) -> None:
    """The visit no longer needs its time (cancelled, completed, not attended). The rows stay, for the record."""
    BookingResource.objects.filter(appointment=appointment, live=True).update(live=False)


def follow_patients(*patient_ids: int) -> None:
    """After records were merged or parted: the visits' times go under the patients they belong to now.

    PatientBusy when two visits that now belong to one patient overlap.
    """
    resources = [patient_key(patient_id) for patient_id in patient_ids]
    values = {
        "patients": list(patient_ids),
        "resources": resources,
        "appointment": None,
        "new_for": None,
        "instead_of": None,
    }
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        _lock(cursor, values)
        cursor.execute(_WOULD_OVERLAP, values)
        if cursor.fetchone()[0]:
            raise PatientBusy
        cursor.execute(_RENAME, values)
