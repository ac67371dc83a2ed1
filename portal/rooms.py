"""The patient's side of a visit's room: who is at the door of `/visit/<id>/`, and what they find behind it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property, wraps
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.access import public
from common import ratelimit
from compliance import context as audit_context
from compliance.audit import record_view
from portal.limits import MINUTE, address_of, too_many
from portal.links import WRONG_TOKENS, speak_to
from scheduling.models import Appointment
from scheduling.states import LIVE, Status
from telehealth.models import CheckIn, Participant, VisitSession
from telehealth.rules import OPENS_BEFORE, is_open
from telehealth.seating import SEAT_LIFETIME, cookie_name, cookie_value, named_in, participant_from
from telehealth.states import ADMITTED, HERE, OVER, Role, State


class Stage(StrEnum):
    """What somebody with a seat finds. Each has a part of its own in templates/portal/room/."""

    EARLY = "early"
    CHECK_IN = "check_in"
    UNLICENSED = "unlicensed"
    EXPECTING = "expecting"  # a guest is here before the patient
    WAITING = "waiting"
    CALL = "call"
    PHONE = "phone"
    OVER = "over"
    CANCELLED = "cancelled"


@dataclass
class Room:
    """One request of somebody who holds a seat: the visit, and how far it has come."""

    request: HttpRequest
    participant: Participant
    now: datetime

    @property
    def session(self) -> VisitSession:
        return self.participant.session

    @property
    def visit(self) -> Appointment:
        return self.session.appointment

    @property
    def is_patient(self) -> bool:
        return self.participant.role == Role.PATIENT

    @property
    def zone(self) -> ZoneInfo:
        """The patient's own zone; guests are told the clinic's, since nobody knows where they are."""
        return self.visit.patient.zone(self.visit.clinic) if self.is_patient else self.visit.clinic.zone

    @property
    def posted(self) -> QueryDict | None:
        return self.request.POST if self.request.method == "POST" else None

    @cached_property
    def check_in(self) -> CheckIn | None:
        """What the patient said last on arrival."""
        return self.session.check_ins.order_by("-at", "-pk").first()

    @cached_property
    def stage(self) -> Stage:
        return _ended(self) or _before(self) or _STAGES.get(self.session.state, Stage.WAITING)

    def url(self, name: str = "room") -> str:
        return reverse(f"portal:{name}", args=[self.session.public_id])

    def home(self) -> HttpResponse:
        return redirect(self.url())

    def note_look(self, page: str) -> None:
        record_view(self.request, self.visit.patient, page=f"portal-{page}", clinic=self.visit.clinic)

    def page(self, template: str, status: int = 200, **context) -> HttpResponse:
        """A page of the room; the trail says who saw it."""
        self.note_look(template.replace("/", "-"))
        shown = {
            "clinic": self.visit.clinic,
            "visit": self.visit,
            "session": self.session,
            "zone": self.zone,
            "is_patient": self.is_patient,
            "room_url": self.url(),
        }
        return render(self.request, f"portal/{template}.html", shown | context, status=status)


def _ended(room: Room) -> Stage | None:
    session, visit = room.session, room.visit
    if session.state == State.CANCELLED or visit.status == Status.CANCELLED:
        return Stage.CANCELLED
    if session.state in OVER or visit.status not in LIVE:
        return Stage.OVER
    closed = not is_open(starts_at=visit.starts_at, ends_at=visit.ends_at, now=room.now)
    return Stage.OVER if closed and room.now >= visit.ends_at and session.state not in HERE else None


def _before(room: Room) -> Stage | None:
    """What comes before the waiting room: its opening, and for the patient the check-in."""
    if room.session.state not in (State.SCHEDULED, State.WAITING):
        return None
    if room.session.state == State.SCHEDULED and room.now < room.visit.starts_at - OPENS_BEFORE:
        return Stage.EARLY
    if not room.is_patient:
        return Stage.EXPECTING if room.session.state == State.SCHEDULED else None
    if room.check_in is None:
        return Stage.CHECK_IN
    return None if room.check_in.is_licensed else Stage.UNLICENSED


_STAGES = dict.fromkeys(ADMITTED, Stage.CALL) | {State.PHONE: Stage.PHONE}


def room_page(view: Callable[[Room], HttpResponse]) -> Callable:
    """A page behind `/visit/<id>/`, for the browser that holds a seat there; others are told how to get one."""

    @public("a seat that one browser holds")
    @wraps(view)
    def wrapped(request: HttpRequest, public_id: str) -> HttpResponse:
        audit_context.note(role="patient")
        now = timezone.now()
        participant = participant_from(request.COOKIES, public_id, now)
        response = (
            _without_seat(request, public_id, now) if participant is None else _seated(view, request, participant, now)
        )
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return wrapped


def _seated(view: Callable, request: HttpRequest, participant: Participant, now: datetime) -> HttpResponse:
    room = Room(request, participant, now)
    if room.is_patient:
        speak_to(request, room.visit)
    return view(room)


def _without_seat(request: HttpRequest, public_id: str, now: datetime) -> HttpResponse:
    """Nobody here, or somebody who sat here: on another device by now, asked out, or half a day ago."""
    named = named_in(request.COOKIES, public_id)
    if named is None:
        if not ratelimit.hit("portal.wrong-token", address_of(request), WRONG_TOKENS, MINUTE):
            return too_many(request, MINUTE)
        return render(request, "portal/room_unknown.html", status=404)
    participant, _secret = named
    if participant.role == Role.PATIENT:
        speak_to(request, participant.session.appointment)
    elsewhere = participant.removed_at is None and now - participant.seated_at < SEAT_LIFETIME
    context = {"clinic": participant.session.appointment.clinic, "elsewhere": elsewhere}
    return render(request, "portal/room_taken.html", context, status=409)


def seat_limited(scope: str, limit: int, window: int, *, methods: tuple[str, ...] = ("POST",)) -> Callable:
    """At most `limit` requests of these methods from one seat in `window` seconds, then 429; below `room_page`.

    Not by address: a mobile carrier puts a whole waiting room behind one.
    """

    def decorate(view: Callable[[Room], HttpResponse]) -> Callable[[Room], HttpResponse]:
        @wraps(view)
        def wrapped(room: Room) -> HttpResponse:
            counts = room.request.method in methods
            if counts and not ratelimit.hit(scope, room.participant.public_id, limit, window):
                return too_many(room.request, window)
            return view(room)

        return wrapped

    return decorate


def take_seat(response: HttpResponse, participant: Participant, secret: str) -> HttpResponse:
    """Bind this browser to the seat: as careful a cookie as the session's, for half a day."""
    response.set_cookie(
        cookie_name(participant.session.public_id),
        cookie_value(participant, secret),
        max_age=SEAT_LIFETIME,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response
