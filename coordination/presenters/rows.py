"""The rows of the desk's board: one a visit. Words are made here, `drawing.row_html` turns a row into markup."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.permissions import Permission
from common.timefmt import format_clock
from coordination.models import Show
from coordination.presenters.causes import cause_of
from coordination.presenters.next_step import Step, next_step
from coordination.readiness import Facts, Mark, marks
from scheduling.models import Appointment
from scheduling.models.visit_type import Modality
from scheduling.states import CLOSED, UPCOMING, Status

SOON = timedelta(hours=2)
A_MINUTE = timedelta(minutes=1)  # "Late 0 min" would alarm about nothing
_PLACEHOLDER = "0" * 22  # reversed once and filled in: reverse() for each of 500 rows would cost more than the query


class Band(StrEnum):
    NOW = "now"
    SOON = "soon"
    REST = "rest"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks, where and when: what decides about words and buttons besides the visit itself."""

    now: datetime
    zone: ZoneInfo
    day: date
    held: frozenset[Permission]
    url_pattern: str = field(default_factory=lambda: reverse("coordination:visit", args=[_PLACEHOLDER]))
    _minutes: str = field(default_factory=lambda: _("%(minutes)d min"), repr=False)

    def clock(self, moment: datetime) -> str:
        """The time without its zone, which the heading names."""
        return format_clock(moment, self.zone, abbreviation=False)

    def minutes_since(self, moment: datetime) -> str:
        return self._minutes % {"minutes": minutes_between(moment, self.now)}

    def url(self, public_id: str) -> str:
        return self.url_pattern.replace(_PLACEHOLDER, public_id)


@dataclass(frozen=True, slots=True)
class VisitRow:
    """One line of the board in words. `about` is the age; `failure` says why a message about it did not arrive."""

    public_id: str
    url: str
    band: Band
    sort: str
    starts_at: datetime
    time: str
    patient: str
    about: str
    language: str
    failure: str
    provider: str
    visit_type: str
    state: str
    state_kind: str
    state_icon: str
    since: str
    minutes: str
    is_done: bool
    marks: list[Mark]
    step: Step | None
    waits_since: datetime | None
    filters: frozenset[Show]


def row_of(visit: Appointment, reader: Reader) -> VisitRow:
    """The row of a visit that carries the facts of `selectors.board.with_readiness`."""
    found = marks(facts_of(visit))
    state, kind, state_icon, since = state_of(visit, reader.now)
    return VisitRow(
        public_id=visit.public_id,
        url=reader.url(visit.public_id),
        band=_band(visit, found, reader.now),
        sort=f"{visit.starts_at:%Y%m%d%H%M}",
        starts_at=visit.starts_at,
        time=reader.clock(visit.starts_at),
        patient=visit.patient.display_name,
        about=str(visit.patient.age_on(reader.day)),
        language=_language(visit),
        failure=_failure(visit),
        provider=visit.provider.name,
        visit_type=visit.visit_type.shown_name,
        state=state,
        state_kind=kind,
        state_icon=state_icon,
        since=since.strftime("%Y-%m-%dT%H:%M:%SZ") if since else "",
        minutes=reader.minutes_since(since) if since else "",
        is_done=visit.status in CLOSED,
        marks=found,
        step=next_step(
            status=visit.status,
            starts_at=visit.starts_at,
            marks=found,
            now=reader.now,
            held=reader.held,
            room=visit.room,
        ),
        waits_since=visit.arrived_at if visit.status == Status.ARRIVED else None,
        filters=_filters(visit, found),
    )


def facts_of(visit: Appointment) -> Facts:
    """What `marks` needs, out of the visit and its annotations."""
    return Facts(
        status=visit.status,
        payment=visit.payment,
        has_coverage=visit.has_coverage,
        is_licensed=visit.is_licensed,
        provider_name="" if visit.is_licensed else visit.provider.name,
        patient_state="" if visit.is_licensed else visit.patient_state,
        interpreter_language=visit.interpreter_language,
        interpreter_arranged=visit.interpreter_arranged_at is not None,
        message_failed=bool(visit.failure),
        tech=visit.tech if visit.modality == Modality.VIDEO else "",
    )


def minutes_between(earlier: datetime, later: datetime) -> int:
    """Full minutes, never below zero."""
    return max(0, int((later - earlier).total_seconds() // 60))


def _band(visit: Appointment, found: list[Mark], now: datetime) -> Band:
    if visit.status in CLOSED:
        return Band.DONE
    if visit.status not in UPCOMING or visit.starts_at <= now:
        return Band.NOW
    not_ready = any(mark.is_open for mark in found)
    return Band.SOON if not_ready and visit.starts_at - now <= SOON else Band.REST


def _filters(visit: Appointment, found: list[Mark]) -> frozenset[Show]:
    open_marks = {mark.key for mark in found if mark.is_open}
    shows = {Show.ALL}
    if "confirmed" in open_marks:
        shows.add(Show.UNCONFIRMED)
    if "insurance" in open_marks:
        shows.add(Show.INSURANCE)
    if visit.status == Status.ARRIVED:
        shows.add(Show.WAITING)
    return frozenset(shows)


_STATUS_ICONS = {
    Status.CONFIRMED: "check",
    Status.COMPLETED: "circle-check",
    Status.NO_SHOW: "user-x",
    Status.CANCELLED: "calendar-x",
}
STATE_ICONS = frozenset({"hourglass", "video", "clock-alert", "circle-dashed", *_STATUS_ICONS.values()})


def state_of(visit: Appointment, now: datetime) -> tuple[str, str, str, datetime | None]:
    """Words, kind, icon, and the moment that minutes are counted from."""
    is_late = visit.status in UPCOMING and visit.starts_at + A_MINUTE <= now
    words, kind, icon = _looks("late" if is_late else visit.status, get_language())
    since = {Status.ARRIVED: visit.arrived_at, Status.IN_VISIT: visit.started_at}.get(visit.status)
    return words, kind, icon, visit.starts_at if is_late else since


@lru_cache(maxsize=64)
def _looks(state: str, _language: str) -> tuple[str, str, str]:
    """Words, kind and icon; kept, since each word costs a look-up in the catalog."""
    alarming = {
        "late": (_("Late"), "problem", "clock-alert"),
        Status.ARRIVED: (_("Waiting"), "attention", "hourglass"),
        Status.IN_VISIT: (_("In visit"), "info", "video"),
    }
    return alarming.get(state) or (str(Status(state).label), "neutral", _STATUS_ICONS.get(state, "circle-dashed"))


def _language(visit: Appointment) -> str:
    if visit.interpreter_language:
        return _("%(language)s interpreter") % {"language": visit.interpreter_language}
    return visit.patient.get_language_display() if visit.patient.language != "en" else ""


def _failure(visit: Appointment) -> str:
    if visit.status in CLOSED or not visit.failure:
        return ""
    status, _colon, code = visit.failure.partition(":")
    return _cause(code, status, get_language())


@lru_cache(maxsize=256)
def _cause(code: str, status: str, _language: str) -> str:
    return cause_of(code, status)
