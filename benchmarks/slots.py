"""Slot search: statements, CPU and time for one provider's 30 days, the API's request, and a pool of 200 providers."""

import logging
from datetime import timedelta
from itertools import count

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from benchmarks import probe as probes
from benchmarks.figures import Figure, at_most, milliseconds, timed
from scheduling import candidates, slots
from scheduling.models import VisitType

ROUNDS = 300
MONTH, WEEK = timedelta(days=30), timedelta(days=7)


def main() -> None:
    logging.disable(logging.INFO)  # a line for every request would be most of what is said
    now = timezone.now()
    probe = probes.build(now)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE scheduling_bookingresource")
    visit_type = VisitType.objects.select_related("clinic").get(pk=probe.visit_type.pk)

    def month() -> list:
        return slots.search(
            visit_type=visit_type, provider=probe.provider, start=probe.midnight, end=probe.midnight + MONTH,
            now=now, state=probes.STATE,
        )  # fmt: skip

    _search(month)
    _request(probe)
    _pool(probe, now)


def _search(month) -> None:
    with CaptureQueriesContext(connection) as context:
        found = month()
    at_most("SQL for a provider's 30 days", len(context), 1, str).say()
    timing = timed(month, rounds=ROUNDS)
    Figure(f"search, 30 days, {len(found)} free starts (median)", milliseconds(timing.wall)).say()
    at_most("of that CPU of ours", timing.cpu, 4).say()


def _request(probe: probes.Probe) -> None:
    """GET /api/slots through the whole stack but the socket; each from another address, or the rate limit answers."""
    client, addresses = Client(), count()
    query = {
        "visit_type": probe.visit_type.public_id,
        "provider": probe.provider.public_id,
        "state": probes.STATE,
        "from": probe.first_day.isoformat(),
        "to": (probe.first_day + timedelta(days=29)).isoformat(),
    }

    def request():
        number = next(addresses)
        response = client.get(
            "/api/slots", query, REMOTE_ADDR=f"10.0.{number // 250}.{number % 250}", headers={"host": "127.0.0.1"}
        )
        if response.status_code != 200:
            raise RuntimeError(response.content[:300])
        return response

    with CaptureQueriesContext(connection) as context:
        request()
    statements = len(context)  # the next request empties the log
    empty = timed(lambda: client.get("/healthz", headers={"host": "127.0.0.1"}), rounds=ROUNDS)
    Figure("CPU of GET /healthz, to compare machines by", milliseconds(empty.cpu)).say()
    at_most("SQL for GET /api/slots, 30 days", statements, 3, str).say()
    timing = timed(request, rounds=ROUNDS)
    Figure("GET /api/slots, 30 days (median)", milliseconds(timing.wall)).say()
    Figure("of that CPU of ours, middleware and JSON included", milliseconds(timing.cpu)).say()


def _pool(probe: probes.Probe, now) -> None:
    visit_type = VisitType.objects.select_related("clinic").get(pk=probes.pool(probe).pk)
    providers = visit_type.providers.count()

    def week() -> list:
        return slots.search(
            visit_type=visit_type, start=probe.midnight, end=probe.midnight + WEEK, now=now, state=probes.STATE, limit=3
        )

    def load() -> list:
        return candidates.load(
            visit_type=visit_type, start=probe.midnight, end=probe.midnight + WEEK, now=now, state=probes.STATE
        )

    if not week():
        raise RuntimeError("Nobody of the pool is free: nothing would be measured.")
    Figure(f"first three starts of {providers} providers, 7 days", milliseconds(timed(week, rounds=50).wall)).say()
    Figure("of that the statement", milliseconds(timed(load, rounds=50).wall)).say()
