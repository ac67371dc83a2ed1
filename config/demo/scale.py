"""A database of a million visits, for measuring. Rows are made by PostgreSQL itself; nothing in them is sealed."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from django.db import connection, transaction

from clinics.models import Clinic, License, Organization, Provider
from config.owner import as_owner
from scheduling.models import AvailabilityRule, VisitType

SLOTS_PER_DAY = 16  # half hours from 9:00 to 17:00
PROVIDERS = 200  # at most
LEAST_PER_PROVIDER = 96  # six days: a small measure too has a past and a future
PATIENTS_PER_PROVIDER = 100
CLINICS = 10

# 22 url-safe characters of a random UUID: enough for rows that only get measured.
_PUBLIC_ID = "left(translate(encode(uuid_send(gen_random_uuid()), 'base64'), '+/=', 'xy'), 22)"

_PATIENTS = f"""
    INSERT INTO patients_patient (public_id, created_at, organization_id, first_name, last_name, name_to_use, pronouns,
        birth_date, sex, language, interpreter_language, state, time_zone, emergency_name, emergency_relationship,
        emergency_phone)
    SELECT {_PUBLIC_ID}, now(), %(organization)s, 'Scale', 'Measured' || n, '', '',
        date '1950-01-01' + (n %% 18000), 'unknown', 'en', '', 'NY', '', '', '', ''
    FROM generate_series(1, %(count)s) n RETURNING id
"""  # noqa: S608 - the only text pasted in is the constant above
_REGISTRATIONS = "INSERT INTO patients_patient_clinics (patient_id, clinic_id) SELECT unnest(%(ids)s), %(clinic)s"
_VISITS = f"""
    WITH slot AS (
        SELECT n, %(first)s::timestamptz + (n / {SLOTS_PER_DAY}) * interval '1 day'
            + (n %% {SLOTS_PER_DAY}) * interval '30 minutes' AS start
        FROM generate_series(0, %(count)s - 1) n
    ), visit AS (
        INSERT INTO scheduling_appointment (public_id, created_at, clinic_id, patient_id, provider_id, visit_type_id,
            modality, starts_at, ends_at, status, version, patient_state, reason, source, booked_at, confirmed_at,
            closed_at, cancel_reason, interpreter_language)
        SELECT {_PUBLIC_ID}, now(), %(clinic)s, (%(ids)s)[1 + n %% {PATIENTS_PER_PROVIDER}], %(provider)s,
            %(visit_type)s, 'video', start, start + interval '30 minutes',
            CASE WHEN start < now() THEN 'completed' WHEN n %% 3 = 0 THEN 'booked' ELSE 'confirmed' END, 1, 'NY', '',
            'desk', start - interval '7 days', CASE WHEN n %% 3 = 0 THEN NULL ELSE start - interval '3 days' END,
            CASE WHEN start < now() THEN start + interval '30 minutes' END, '', ''
        FROM slot RETURNING id, patient_id, starts_at, ends_at, status
    )
    INSERT INTO scheduling_bookingresource (resource, during, live, appointment_id)
    SELECT 'provider:' || %(provider)s, tstzrange(starts_at, ends_at), status <> 'completed', id FROM visit
    UNION ALL
    SELECT 'patient:' || patient_id, tstzrange(starts_at, ends_at), status <> 'completed', id FROM visit
"""  # noqa: S608 - the only texts pasted in are the constants above


def fill(visits: int, now: datetime, progress: Callable[[int], None]) -> Organization:
    """An organization of ten clinics and up to 200 providers with `visits` visits, two thirds of them past.

    Calls `progress` with the number of visits written so far. `analyze` comes next, once this is committed.
    """
    organization = Organization.objects.create(name=f"Scale {now:%Y-%m-%d %H:%M:%S}")
    clinics = [_clinic(organization, number, now.date()) for number in range(CLINICS)]
    per_provider = max(-(-visits // PROVIDERS), LEAST_PER_PROVIDER)
    first = _first_day(per_provider, now)
    written = 0
    for number in range(PROVIDERS):
        clinic, visit_type = clinics[number % CLINICS]
        count = min(per_provider, visits - written)
        if count:
            _fill_provider(organization, clinic, visit_type, number, count, first)
            written += count
            progress(written)
    return organization


def analyze() -> None:
    """Fresh statistics, or PostgreSQL would plan blindly. Only the owner of a table may; others are ignored."""
    with as_owner(connection), connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _first_day(per_provider: int, now: datetime) -> datetime:
    days = per_provider // SLOTS_PER_DAY + 1
    return now.replace(hour=14, minute=0, second=0, microsecond=0) - timedelta(days=days * 2 // 3)


def _clinic(organization: Organization, number: int, today: date) -> tuple[Clinic, VisitType]:
    clinic = Clinic.objects.create(
        organization=organization,
        name=f"Scale clinic {number}",
        slug=f"scale-{organization.pk}-{number}",
        message_name="Scale clinic",
        time_zone="America/New_York",
        phone="+12125550199",
        state="NY",
    )
    visit_type = VisitType.objects.create(clinic=clinic, name="Half an hour", duration=30, start_step=30)
    return clinic, visit_type


@transaction.atomic
def _fill_provider(
    organization: Organization, clinic: Clinic, visit_type: VisitType, number: int, count: int, first: datetime
) -> None:
    provider = _provider(organization, clinic, number, first.date())
    visit_type.providers.add(provider)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(_PATIENTS, {"organization": organization.pk, "count": PATIENTS_PER_PROVIDER})
        ids = [row[0] for row in cursor.fetchall()]
        cursor.execute(_REGISTRATIONS, {"ids": ids, "clinic": clinic.pk})
        values = {"clinic": clinic.pk, "provider": provider.pk, "visit_type": visit_type.pk}
        cursor.execute(_VISITS, {**values, "ids": ids, "count": count, "first": first})


def _provider(organization: Organization, clinic: Clinic, number: int, since: date) -> Provider:
    provider = Provider.objects.create(
        organization=organization, name=f"Scale provider {number}", time_zone=clinic.time_zone
    )
    provider.clinics.add(clinic)
    far = date(since.year + 9, 12, 31)
    License.objects.create(provider=provider, state="NY", number=f"S{number}", valid_from=since, valid_until=far)
    AvailabilityRule.objects.bulk_create(
        AvailabilityRule(
            provider=provider, clinic=clinic, weekday=weekday, start_time="08:00", end_time="18:00", valid_from=since
        )
        for weekday in range(7)
    )
    return provider
