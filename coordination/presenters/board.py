"""The desk's board: rows in bands, counters that are filters. Words are made here; the templates only print them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from accounts.permissions import Permission
from common.templatetags.ui import icon
from common.timefmt import format_clock
from coordination.presenters.drawing import marks_html
from coordination.presenters.next_step import Step, next_step
from coordination.readiness import Facts, Mark, marks
from scheduling.models import Appointment
from scheduling.states import CLOSED, UPCOMING, Status

SOON = timedelta(hours=2)
_PLACEHOLDER = "0" * 22  # reversed once and filled in: reverse() for each of 500 rows would cost more than the query


class Band(StrEnum):
    NOW = "now"
    SOON = "soon"
    REST = "rest"
    DONE = "done"


class Show(StrEnum):
    """The filters. Each is the name of a counter."""

    ALL = "all"
    UNCONFIRMED = "unconfirmed"
    INSURANCE = "insurance"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks, where and when: what decides about words and buttons besides the visit itself."""

    now: datetime
    zone: ZoneInfo
    day: date
    held: frozenset[Permission]
    url_pattern: str = field(default_factory=lambda: reverse("coordination:visit", args=[_PLACEHOLDER]))
    _clocks: dict[datetime, str] = field(default_factory=dict, repr=False)
    _minutes: str = field(default_factory=lambda: _("%(minutes)d min"), repr=False)

    def clock(self, moment: datetime) -> str:
        """The time without its zone, which the heading names; visits of one day share their times."""
        if moment not in self._clocks:
            self._clocks[moment] = format_clock(moment, self.zone, abbreviation=False)
        return self._clocks[moment]

    def minutes_since(self, moment: datetime) -> str:
        return self._minutes % {"minutes": minutes_between(moment, self.now)}

    def url(self, public_id: str) -> str:
        return self.url_pattern.replace(_PLACEHOLDER, public_id)


@dataclass(frozen=True, slots=True)
class VisitRow:
    """One line of the board, ready to print.

    Templates ask an object for `row["time"]` before `row.time`: answering the first saves them an exception a value.
    """

    public_id: str
    url: str
    band: Band
    sort: str
    starts_at: datetime
    time: str
    patient: str
    about: str
    language: str
    provider: str
    visit_type: str
    state: str
    state_kind: str
    state_icon: SafeString
    since: str
    minutes: str
    is_done: bool
    marks: list[Mark]
    marks_html: SafeString
    step: Step | None
    waits_since: datetime | None
    filters: frozenset[Show]

    def __getitem__(self, name: str):
        return getattr(self, name)


@dataclass(frozen=True, slots=True)
class BandRows:
    key: Band
    label: str
    rows: list[VisitRow]


@dataclass(frozen=True, slots=True)
class Counter:
    key: str
    label: str
    value: int
    url: str
    active: bool = False
    hint: str = ""


def row_of(visit: Appointment, reader: Reader) -> VisitRow:
    """The row of a visit that carries the facts of `selectors.board.with_readiness`."""
    found = marks(facts_of(visit))
    state, kind, state_icon, since = state_of(visit, reader.now)
    url = reader.url(visit.public_id)
    return VisitRow(
        public_id=visit.public_id,
        url=url,
        band=_band(visit, found, reader.now),
        sort=f"{visit.starts_at:%Y%m%d%H%M}-{visit.public_id}",
        starts_at=visit.starts_at,
        time=reader.clock(visit.starts_at),
        patient=visit.patient.display_name,
        about=str(visit.patient.age_on(reader.day)),
        language=_language(visit),
        provider=visit.provider.name,
        visit_type=visit.visit_type.name,
        state=state,
        state_kind=kind,
        state_icon=icon(state_icon),
        since=since.strftime("%Y-%m-%dT%H:%M:%SZ") if since else "",
        minutes=reader.minutes_since(since) if since else "",
        is_done=visit.status in CLOSED,
        marks=found,
        marks_html=marks_html(found, url),
        step=next_step(status=visit.status, starts_at=visit.starts_at, marks=found, now=reader.now, held=reader.held),
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
        message_failed=visit.message_failed,
    )


def bands(rows: Iterable[VisitRow], show: Show, *, today: bool) -> list[BandRows]:
    """The bands that have rows under this filter, in their order."""
    labels = {
        Band.NOW: _("Now"),
        Band.SOON: _("Next 2 hours, not ready"),
        Band.REST: _("Rest of today") if today else _("Booked"),
        Band.DONE: _("Done"),
    }
    shown = [row for row in rows if show in row.filters]
    found = [BandRows(key, labels[key], [row for row in shown if row.band == key]) for key in Band]
    return [band for band in found if band.rows]


def counters(rows: list[VisitRow], *, overdue: int, now: datetime, chosen: Show, urls: dict[str, str]) -> list[Counter]:
    """The five figures at the top of the desk. All but the last are filters of the board; `urls` is by counter key."""
    labels = {
        Show.ALL: ngettext("visit", "visits", len(rows)),
        Show.UNCONFIRMED: _("not confirmed"),
        Show.INSURANCE: _("insurance open"),
        Show.WAITING: _("waiting now"),
    }
    hints = {Show.WAITING: _longest_wait(rows, now)}
    filters = [
        Counter(show, label, sum(show in row.filters for row in rows), urls[show], show == chosen, hints.get(show, ""))
        for show, label in labels.items()
    ]
    return [*filters, Counter("overdue", ngettext("overdue task", "overdue tasks", overdue), overdue, urls["overdue"])]


def minutes_between(earlier: datetime, later: datetime) -> int:
    """Full minutes, never below zero."""
    return max(0, int((later - earlier).total_seconds() // 60))


def _longest_wait(rows: list[VisitRow], now: datetime) -> str:
    waits = [row.waits_since for row in rows if row.waits_since]
    return _("longest %(minutes)d min") % {"minutes": minutes_between(min(waits), now)} if waits else ""


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


_ICONS = {
    Status.CONFIRMED: "check",
    Status.COMPLETED: "circle-check",
    Status.NO_SHOW: "user-x",
    Status.CANCELLED: "calendar-x",
}


def state_of(visit: Appointment, now: datetime) -> tuple[str, str, str, datetime | None]:
    """Words, kind, icon, and the moment that minutes are counted from."""
    if visit.status == Status.ARRIVED:
        return _("Waiting"), "attention", "hourglass", visit.arrived_at
    if visit.status == Status.IN_VISIT:
        return _("In visit"), "info", "video", visit.started_at
    if visit.status in UPCOMING and visit.starts_at <= now:
        return _("Late"), "problem", "clock-alert", visit.starts_at
    return _status_words(visit.status, get_language()), "neutral", _ICONS.get(visit.status, "circle-dashed"), None


@lru_cache(maxsize=64)
def _status_words(status: str, _language: str) -> str:
    return str(Status(status).label)


def _language(visit: Appointment) -> str:
    if visit.interpreter_language:
        return _("%(language)s interpreter") % {"language": visit.interpreter_language}
    return visit.patient.get_language_display() if visit.patient.language != "en" else ""
