"""Moments for tests of pages, which ask the real clock."""

from datetime import datetime, time, timedelta

from django.utils import timezone

from common.timeutil import combine, local_date


def tomorrow_at(clinic, hour: int, minute: int = 0) -> datetime:
    """That time of tomorrow on the clinic's clocks, as a UTC instant."""
    return combine(local_date(timezone.now(), clinic.zone) + timedelta(days=1), time(hour, minute), clinic.zone)
