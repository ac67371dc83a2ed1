"""The desk with 500 visits on one day: statements, server time, and the size of the page."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.test.client import ClientHandler
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from accounts.permissions import Role
from benchmarks.figures import Figure, at_most, milliseconds, timed
from clinics.models import Clinic, License, Membership, Organization, Provider
from common.timeutil import day_bounds, local_date
from insurance.models import VisitPayment
from patients.models import Patient
from scheduling.models import Appointment, VisitType

VISITS = 500
PROVIDERS = 20
ROUNDS = 30
ZONE = "America/New_York"
STATUSES = ["booked", "confirmed", "arrived", "completed"]


@transaction.atomic
def main() -> None:
    logging.disable(logging.INFO)  # a line for every request would be most of what is said
    open_desk = _desk_of(_build(timezone.now()))
    open_desk()
    with CaptureQueriesContext(connection) as queries:
        page = open_desk()
    rows = page.content.count(b'data-visit="')
    at_most(f"SQL for a desk with {rows} visits", len(queries), 12, str).say()
    timing = timed(open_desk, rounds=ROUNDS)
    at_most("server time of that desk (median)", timing.wall, 200).say()
    Figure("of that CPU of ours", milliseconds(timing.cpu)).say()
    Figure("HTML of that desk", f"{len(page.content) // 1024} KiB").say()
    transaction.set_rollback(True)  # the next run finds the stage as this one did


def _desk_of(user: User) -> Callable[[], HttpResponse]:
    """GET /desk/ through all of the middleware, but not through the test client: its own work would count as ours."""
    client = Client()
    client.force_login(user)
    cookie = f"{settings.SESSION_COOKIE_NAME}={client.session.session_key}"
    requests, handler = RequestFactory(headers={"cookie": cookie}), ClientHandler()
    return lambda: handler(requests.get("/desk/").environ)


def _build(now: datetime) -> User:
    """A clinic with a coordinator, and visits spread over today; half of them say how they are paid."""
    organization = Organization.objects.create(name="Desk benchmark")
    clinic = Clinic.objects.create(
        organization=organization, name="Desk benchmark", slug="desk-benchmark", message_name="Benchmark",
        time_zone=ZONE, phone="+12025550100", state="NY",
    )  # fmt: skip
    visit_type = VisitType.objects.create(clinic=clinic, name="Visit", duration=20)
    today = local_date(now, clinic.zone)
    start, _end = day_bounds(today, clinic.zone)
    providers = [_provider(number, organization, today) for number in range(PROVIDERS)]
    patients = [
        Patient(organization=organization, first_name="Pat", last_name=f"Example{number}", birth_date=today, state="NY")
        for number in range(VISITS)
    ]
    Patient.objects.bulk_create(patients)
    visits = [
        _visit(number, patient, visit_type, providers[number % PROVIDERS], start)
        for number, patient in enumerate(patients)
    ]
    Appointment.objects.bulk_create(visits)
    VisitPayment.objects.bulk_create(
        VisitPayment(clinic=clinic, patient=visit.patient, subject=visit.subject, method="self_pay")
        for visit in visits[::2]
    )
    user = User.objects.create_user("desk-benchmark@example.com", None, name="Desk benchmark")
    Membership.objects.create(user=user, clinic=clinic, role=Role.COORDINATOR)
    return user


def _provider(number: int, organization: Organization, today) -> Provider:
    provider = Provider.objects.create(organization=organization, name=f"Provider {number}", time_zone=ZONE)
    period = {"valid_from": today, "valid_until": today}
    License.objects.create(provider=provider, state="NY", number=f"B{number}", **period)
    return provider


def _visit(number: int, patient: Patient, visit_type: VisitType, provider: Provider, start: datetime) -> Appointment:
    at = start + timedelta(minutes=2 * number)
    return Appointment(
        clinic=visit_type.clinic, patient=patient, provider=provider, visit_type=visit_type, modality="video",
        starts_at=at, ends_at=at + visit_type.length, status=STATUSES[number % len(STATUSES)], patient_state="NY",
        source=Appointment.Source.DESK, booked_at=start, arrived_at=at, started_at=at,
    )  # fmt: skip
