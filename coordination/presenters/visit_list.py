"""Visits as lines of a patient's list."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from coordination.presenters.rows import state_of
from scheduling.models import Appointment


@dataclass(frozen=True, slots=True)
class VisitLine:
    visit: Appointment
    url: str
    state: str
    kind: str
    icon: str


def visit_lines(visits: Iterable[Appointment], now: datetime) -> list[VisitLine]:
    return [_line(visit, now) for visit in visits]


def _line(visit: Appointment, now: datetime) -> VisitLine:
    state, kind, icon, _since = state_of(visit, now)
    url = reverse("coordination:visit", args=[visit.public_id])
    return VisitLine(visit, url, state, kind, icon)
