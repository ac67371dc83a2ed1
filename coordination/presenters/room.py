"""One visit's room as staff see it: the state, who is there, what was said at check-in, what can be done."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.permissions import Permission
from common.phone import mask
from common.timefmt import format_clock, format_when
from common.us import state_name
from coordination.presenters.live_signs import Sign, line_sign, room_sign
from coordination.presenters.people import doer
from coordination.presenters.rows import minutes_between
from coordination.presenters.visit import Entry
from coordination.selectors.room import Seat
from coordination.states import WithoutInterpreter
from scheduling.models import Appointment
from scheduling.models.visit_type import Modality
from telehealth.models import CheckIn, SessionEvent, VisitSession
from telehealth.states import HERE, MOVES, OVER, Event, Outcome, Role, State

_LATE_WHILE = frozenset({State.SCHEDULED, State.WAITING, State.ON_HOLD})


@dataclass(frozen=True, slots=True)
class SeatLine:
    """Somebody in the room: name, role, whether they are there, how their connection is."""

    name: str
    role: str
    here: Sign
    line: Sign | None
    remove_url: str


class RoomCard:
    """A visit's room as one reader sees it. `session` comes with its visit, patient, provider and clinic."""

    def __init__(
        self,
        session: VisitSession,
        *,
        check_in: CheckIn | None,
        seats: list[Seat],
        sides: dict,
        held: frozenset[Permission],
        now: datetime,
    ):
        self.session = session
        self.visit: Appointment = session.appointment
        self.check_in = check_in
        self.seats = seats
        self.sides = sides
        self.held = held
        self.now = now
        self.url = reverse("coordination:visit", args=[self.visit.public_id])
        self.room_url = reverse("coordination:room", args=[self.visit.public_id])
        self.allowed = MOVES[State(session.state)]
        self.is_over = session.state in OVER
        self.is_video = self.visit.modality == Modality.VIDEO

    def state(self) -> Sign:
        return room_sign(self.session.state)

    def outcome(self) -> str:
        return str(Outcome(self.session.outcome).label) if self.session.outcome else ""

    def minutes(self) -> int:
        return minutes_between(self.since(), self.now)

    def since(self) -> datetime:
        waits = self.session.state == State.WAITING and self.session.arrived_at
        return self.session.arrived_at if waits else self.session.state_since

    def is_here(self) -> bool:
        return self.session.state in HERE

    def is_on_phone(self) -> bool:
        return self.session.state == State.PHONE

    def subtitle(self) -> str:
        return f"{format_when(self.visit.starts_at, self.visit.clinic.zone)} · {self.visit.provider.name}"

    def can_admit(self) -> bool:
        return self.is_video and Event.ADMIT in self.allowed

    def can_hold(self) -> bool:
        return Event.HOLD in self.allowed

    def can_phone(self) -> bool:
        return Event.TO_PHONE in self.allowed

    def can_finish(self) -> bool:
        return Event.FINISH in self.allowed

    def can_say_late(self) -> bool:
        return self.session.state in _LATE_WHILE

    def misses_interpreter(self) -> bool:
        """Whether the visit needs an interpreter who is not there."""
        there = any(seat.where for seat in self.seats if seat.participant.role == Role.INTERPRETER)
        return bool(self.visit.interpreter_language) and not there

    def was_seen(self) -> bool:
        """Whether somebody talked with the patient, or still does."""
        return bool(self.session.admitted_at) or self.session.state == State.PHONE

    def has_begun(self) -> bool:
        return self.visit.starts_at <= self.now

    def blocks(self) -> list[str]:
        """What stands in the way of letting the patient in."""
        if not self.can_admit():
            return []
        if self.check_in is None:
            return [_("The patient has not checked in: no place, no consent for this visit.")]
        if not self.check_in.is_licensed:
            return [_("The provider has no license for the state where the patient is.")]
        return []

    def facts(self) -> list[dict]:
        """What the patient said on arrival, without street and number, which are shown when asked for."""
        if self.check_in is None:
            return []
        said = self.check_in
        zone = self.visit.clinic.zone
        consent = _("agreed %(when)s") % {"when": format_when(said.consent.recorded_at, zone)}
        return [
            {"label": _("Is in"), "value": f"{said.city}, {state_name(said.state)}"},
            {"label": _("Call back"), "value": mask(said.callback_number)},
            {"label": _("Consent"), "value": consent},
            {"label": _("Checked in"), "value": format_clock(said.at, zone)},
        ]

    def people(self) -> list[SeatLine]:
        return [self._line(seat) for seat in self.seats]

    def _line(self, seat: Seat) -> SeatLine:
        person = seat.participant
        words = {"call": _("in the call"), "here": _("here")}
        here = Sign(words.get(seat.where, _("away")), *_THERE[bool(seat.where)])
        side = self.sides.get(person.role)
        removable = person.role in (Role.GUEST, Role.INTERPRETER) and not self.is_over
        args = [self.visit.public_id, person.public_id]
        return SeatLine(
            name=self._name(seat),
            role=_role(person),
            here=here,
            line=line_sign(side, self.session.state_since, self.now) if side and self._in_call() else None,
            remove_url=reverse("coordination:room_remove", args=args) if removable else "",
        )

    def _in_call(self) -> bool:
        return self.session.state in (State.IN_CALL, State.INTERRUPTED)

    def _name(self, seat: Seat) -> str:
        person = seat.participant
        if person.role == Role.PATIENT:
            return self.visit.patient.display_name
        return str(person.user) if person.user else person.name

    def history(self, events) -> list[Entry]:
        return [_entry(event) for event in events]


_THERE = {True: ("ready", "circle-check"), False: ("neutral", "circle-dashed")}


def _role(person) -> str:
    return f"{person.get_role_display()}, {person.language}" if person.language else person.get_role_display()


_EVENT_LOOKS = {
    Event.ARRIVE: ("hourglass", "info"),
    Event.ADMIT: ("door-open", "info"),
    Event.CONNECT: ("video", "ready"),
    Event.LOSE: ("unplug", "problem"),
    Event.FAIL: ("triangle-alert", "problem"),
    Event.HOLD: ("pause", "neutral"),
    Event.PARK: ("hourglass", "attention"),
    Event.TO_PHONE: ("phone", "info"),
    Event.FINISH: ("circle-check", "ready"),
    Event.CANCEL: ("calendar-x", "problem"),
    Event.REOPEN: ("undo-2", "neutral"),
}


def _entry(event: SessionEvent) -> Entry:
    icon, kind = _EVENT_LOOKS[event.event]
    by = _("The connection") if event.by_label == "room" else doer(event.by, event.by_label)
    return Entry(event.at, event.get_event_display(), icon, kind, by, _note_words(event.note))


def _note_words(note: str) -> str:
    what, _colon, reason = note.partition(":")
    if what != "no_interpreter" or reason not in set(WithoutInterpreter):
        return ""
    return _("Without the interpreter: %(why)s") % {"why": str(WithoutInterpreter(reason).label).lower()}


def emergency_script(card: RoomCard, *, place: str, number: str) -> list[str]:
    """What to say to 911, sentence by sentence. A call reaches the center of where the caller is."""
    clinic = card.visit.clinic
    return [
        _("I am calling from %(clinic)s, a clinic that sees patients by video.") % {"clinic": clinic.name},
        _("My patient has an emergency. The patient is not where I am, but at: %(place)s.") % {"place": place},
        _("Please connect me to the emergency center for that address."),
        _("The patient can be called at %(number)s.") % {"number": number},
        _("My patient is %(name)s, %(age)d years old.")
        % {"name": card.visit.patient.display_name, "age": card.visit.patient.age_on(card.now.date())},
    ]
