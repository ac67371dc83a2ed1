"""The one statement behind every slot search: who could see the patient, when they work, and when they are taken."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from scheduling.models import Appointment, Hold, VisitType

# Days are Python ordinals and hours are minutes of the local day, so that Python receives nothing but whole numbers.
# date_part gives a double; extract would give a numeric, at several times the price. A taken time is one number and not
# a pair (first · 65536 + ticks = first · 65535 + end): arrays of arrays would take as long as finding the rows.
_SQL = """
SELECT p.id, p.public_id, p.name, p.credentials, p.time_zone,
    ARRAY(SELECT ARRAY[r.weekday, ceil(date_part('epoch', r.start_time) / 60)::int,
                       floor(date_part('epoch', r.end_time) / 60)::int,
                       r.valid_from - DATE '0001-01-01' + 1,
                       coalesce(r.valid_until, DATE '9999-01-01') - DATE '0001-01-01' + 1]
          FROM scheduling_availabilityrule r
          WHERE r.provider_id = p.id AND r.clinic_id = %(clinic)s),
    ARRAY(SELECT ARRAY[x.date - DATE '0001-01-01' + 1, ceil(date_part('epoch', x.start_time) / 60)::int,
                       floor(date_part('epoch', x.end_time) / 60)::int]
          FROM scheduling_availabilityexception x
          WHERE x.provider_id = p.id AND x.kind = 'extra' AND x.clinic_id = %(clinic)s
            AND x.date BETWEEN %(start)s::date - 2 AND %(end)s::date + 2),
    ARRAY(SELECT ARRAY[x.date - DATE '0001-01-01' + 1,
                       coalesce(floor(date_part('epoch', x.start_time) / 60)::int, 0),
                       coalesce(ceil(date_part('epoch', x.end_time) / 60)::int, 1440)]
          FROM scheduling_availabilityexception x
          WHERE x.provider_id = p.id AND x.kind = 'off'
            AND x.date BETWEEN %(start)s::date - 2 AND %(end)s::date + 2),
    ARRAY(SELECT ARRAY[c.first_date - DATE '0001-01-01' + 1, c.last_date - DATE '0001-01-01' + 1]
          FROM clinics_closure c
          WHERE c.clinic_id = %(clinic)s
            AND c.last_date >= %(start)s::date - 2 AND c.first_date <= %(end)s::date + 2),
    ARRAY(SELECT ARRAY[l.valid_from - DATE '0001-01-01' + 1, l.valid_until - DATE '0001-01-01' + 1]
          FROM clinics_license l
          WHERE l.provider_id = p.id AND l.state = %(state)s),
    ARRAY(SELECT floor(date_part('epoch', lower(b.during)) / 300)::bigint * 65535
                 + ceil(date_part('epoch', upper(b.during)) / 300)::bigint
          FROM scheduling_bookingresource b
          WHERE b.live AND b.resource = 'provider:' || p.id
            AND b.during && tstzrange(%(start)s, %(end)s)
            AND (b.expires_at IS NULL OR b.expires_at > %(now)s)
            AND coalesce(b.hold_id, 0) <> %(hold)s AND coalesce(b.appointment_id, 0) <> %(appointment)s)
FROM clinics_provider p
JOIN scheduling_visittype_providers v ON v.provider_id = p.id AND v.visittype_id = %(visit_type)s
JOIN clinics_provider_clinics w ON w.provider_id = p.id AND w.clinic_id = %(clinic)s
WHERE p.is_active AND (%(provider)s IS NULL OR p.id = %(provider)s)
ORDER BY p.id
"""


_TICKS_IN_ONE = 65536  # 227 days: no visit with its buffers takes that long


@dataclass(frozen=True, slots=True)
class Candidate:
    """A provider of the visit type with everything that decides when a visit may start.

    hours: (weekday, start, end, first day, last day); extra and off: (day, start, end); closures and licenses: (first
    day, last day). Days are ordinals, starts and ends are minutes of the local day. busy: first tick · 65536 + ticks.
    """

    provider_id: int
    provider_public_id: str
    name: str
    credentials: str
    zone: str
    hours: list[list[int]]
    extra: list[list[int]]
    off: list[list[int]]
    closures: list[list[int]]
    licenses: list[list[int]]
    busy: list[int]

    def busy_ticks(self) -> Iterator[tuple[int, int]]:
        """What is taken, as half-open periods of ticks."""
        for code in self.busy:
            first, ticks = divmod(code, _TICKS_IN_ONE)
            yield first, first + ticks

    @property
    def full_name(self) -> str:
        return f"{self.name}, {self.credentials}" if self.credentials else self.name


def load(
    *,
    visit_type: VisitType,
    start: datetime,
    end: datetime,
    now: datetime,
    state: str,
    provider_id: int | None = None,
    hold: Hold | None = None,
    appointment: Appointment | None = None,
) -> list[Candidate]:
    """One SQL statement: the visit type's active providers who work at its clinic, with what is taken in [start, end).

    The times of `hold` and `appointment` count as free: whoever owns them may give them up for others.
    """
    values = {
        "clinic": visit_type.clinic_id,
        "visit_type": visit_type.pk,
        "provider": provider_id,
        "start": start,
        "end": end,
        "now": now,
        "state": state,
        "hold": hold.pk if hold else -1,
        "appointment": appointment.pk if appointment else -1,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SQL, values)
        return [Candidate(*row) for row in cursor.fetchall()]
