"""The live board: one row a visit, sorted by who needs a person."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.permissions import Permission
from common.timefmt import format_clock
from coordination.presenters.board import Counter
from coordination.presenters.live_needs import needs_of
from coordination.presenters.live_signs import (
    Sign,
    device_sign,
    line_signs,
    patient_sign,
    provider_sign,
    state_sign,
)
from coordination.presenters.next_step import CALL, Step, next_step
from coordination.presenters.rows import minutes_between, state_of
from coordination.selectors.live import LiveVisit
from scheduling.models.visit_type import Modality
from scheduling.states import UPCOMING, Status
from telehealth.states import HERE, State

_WAITS = frozenset({State.WAITING, State.ON_HOLD})


class Band(StrEnum):
    NEEDS = "needs"
    WAITING = "waiting"
    SEEN = "seen"
    DUE = "due"


@dataclass(frozen=True, slots=True)
class LiveRow:
    """One line of the live board in words. `needs` says why somebody should look; empty when nobody has to."""

    public_id: str
    url: str
    room_url: str
    band: Band
    sort: str
    time: str
    patient: str
    about: str
    provider: str
    visit_type: str
    state: Sign
    since: datetime | None
    minutes: int
    needs: str
    is_urgent: bool
    patient_here: Sign
    provider_here: Sign
    device: Sign
    patient_line: Sign | None
    provider_line: Sign | None
    step: Step | None
    waits: bool
    is_seen: bool


@dataclass(frozen=True, slots=True)
class LiveReader:
    """Who looks, where and when."""

    now: datetime
    zone: object
    held: frozenset[Permission]


def live_row(found: LiveVisit, reader: LiveReader) -> LiveRow:
    """The row of a visit out of `selectors.live.live_visits`."""
    visit, session = found.visit, getattr(found.visit, "session", None)
    room = session.state if session else State.SCHEDULED
    since = _since(found, reader.now)
    lines = line_signs(found, room, reader.now)
    needs = needs_of(found, room, lines, reader.now)
    band = _band(room, visit.status, needs)
    return LiveRow(
        public_id=visit.public_id,
        url=reverse("coordination:visit", args=[visit.public_id]),
        room_url=reverse("coordination:room", args=[visit.public_id]),
        band=band,
        sort=_sort(found, since),
        time=format_clock(visit.starts_at, reader.zone, abbreviation=False),
        patient=visit.patient.display_name,
        about=_about(visit, reader),
        provider=visit.provider.name,
        visit_type=visit.visit_type.shown_name,
        state=state_sign(found, room, reader.now),
        since=since,
        minutes=minutes_between(since, reader.now) if since else 0,
        needs=needs,
        is_urgent=bool(session and session.is_urgent),
        patient_here=patient_sign(found, room),
        provider_here=provider_sign(found),
        device=device_sign(visit),
        patient_line=lines[0],
        provider_line=lines[1],
        step=_step(visit, room, needs, reader),
        waits=room in _WAITS or (room == State.SCHEDULED and visit.status == Status.ARRIVED),
        is_seen=room in HERE - _WAITS or visit.status == Status.IN_VISIT,
    )


def _step(visit, room: str, needs: str, reader: LiveReader) -> Step | None:
    """As on the desk, but nobody is marked as arrived at a video visit: they check in, or are called."""
    if visit.modality == Modality.VIDEO and visit.status in UPCOMING and room not in HERE:
        return CALL if needs and CALL.permission in reader.held else None
    return next_step(
        status=visit.status, starts_at=visit.starts_at, marks=(), now=reader.now, held=reader.held, room=room
    )


def _about(visit, reader: LiveReader) -> str:
    age = str(visit.patient.age_on(reader.now.astimezone(reader.zone).date()))
    if visit.interpreter_language:
        return f"{age} · " + _("%(language)s interpreter") % {"language": visit.interpreter_language}
    return f"{age} · {visit.patient.get_language_display()}" if visit.patient.language != "en" else age


def _since(found: LiveVisit, now: datetime) -> datetime | None:
    """From when the minutes count: the state's, the arrival's for who waits, the start's for who is late."""
    visit, session = found.visit, getattr(found.visit, "session", None)
    if session and session.state in HERE:
        return (session.arrived_at or session.state_since) if session.state == State.WAITING else session.state_since
    return state_of(visit, now)[3]


def _band(room: str, status: str, needs: str) -> Band:
    if needs:
        return Band.NEEDS
    if room in _WAITS or (room not in HERE and status == Status.ARRIVED):
        return Band.WAITING
    if room in HERE:
        return Band.SEEN
    return Band.DUE if status in UPCOMING else Band.SEEN


def _sort(found: LiveVisit, since: datetime | None) -> str:
    """Emergencies and urgent ones first, then who waits longest, then by the start."""
    session = getattr(found.visit, "session", None)
    first = 0 if found.visit.has_incident else 1 if session and session.is_urgent else 2
    return f"{first}{since or found.visit.starts_at:%Y%m%d%H%M%S}"


@dataclass(frozen=True, slots=True)
class BandRows:
    key: Band
    label: str
    rows: list[LiveRow]


def live_bands(rows: list[LiveRow]) -> list[BandRows]:
    """The bands that have rows, those who need somebody first."""
    labels = {
        Band.NEEDS: _("Needs somebody"),
        Band.WAITING: _("Waiting"),
        Band.SEEN: _("Being seen"),
        Band.DUE: _("Next half hour"),
    }
    ordered = sorted(rows, key=lambda row: row.sort)
    found = [BandRows(key, labels[key], [row for row in ordered if row.band == key]) for key in Band]
    return [band for band in found if band.rows]


def live_counters(rows: list[LiveRow]) -> list[Counter]:
    """How many there are of each; each leads to its band."""
    waiting = [row for row in rows if row.waits]
    longest = max((row.minutes for row in waiting), default=0)
    hint = _("longest %(minutes)d min") % {"minutes": longest} if longest else ""
    figures = [
        (Band.NEEDS, _("need somebody"), sum(bool(row.needs) for row in rows), ""),
        (Band.WAITING, _("waiting"), len(waiting), hint),
        (Band.SEEN, _("being seen"), sum(row.is_seen for row in rows), ""),
        (Band.DUE, _("next half hour"), sum(row.band == Band.DUE for row in rows), ""),
    ]
    return [Counter(key, label, value, f"#band-{key}", hint=said) for key, label, value, said in figures]
