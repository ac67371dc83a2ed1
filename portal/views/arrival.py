"""The ways into the waiting room: the patient's link, the guests' links, and the patient's check-in."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from accounts.access import public
from common import ratelimit
from common.timeutil import local_date
from compliance.audit import record_view
from coordination.actions import Whereabouts, check_in, standing_consent
from patients import links
from patients.actions import Agreement
from patients.models import ConsentRecord, ContactPoint
from patients.selectors import primary_contact
from patients.wording import CONSENT_VERSION, TELEHEALTH_CONSENT
from portal import actions
from portal.forms import CheckInForm, IdentityForm
from portal.limits import HOUR, MINUTE, address_of, limited, too_many
from portal.links import WRONG_TOKENS, LinkVisit, link_page, token_page
from portal.rooms import Room, Stage, room_page, seat_limited, take_seat
from portal.views.visit import form_page
from scheduling.errors import SchedulingError
from scheduling.states import LIVE
from telehealth import invites
from telehealth.actions import seat, session_of
from telehealth.errors import RoomError
from telehealth.models import Invite
from telehealth.rules import OPENS_BEFORE, is_open
from telehealth.seating import participant_from
from telehealth.states import HERE, Role


@form_page
@limited("portal.join", 60, HOUR)
@link_page
def join(door: LinkVisit) -> HttpResponse:
    """Sit down with this browser. Once the patient waits, another browser has to know the birth date first."""
    if door.posted is None or not door.joinable:
        return door.home()
    session = session_of(door.visit)
    sitting = participant_from(door.request.COOKIES, session.public_id, door.now)
    room = redirect("portal:room", session.public_id)
    if sitting and sitting.role == Role.PATIENT:
        return room
    if session.state in HERE:
        form = IdentityForm(door.posted if "birth_date_year" in door.posted else None)
        form.fields["birth_date"].today = local_date(door.now, door.visit.clinic.zone)
        if problem := _unproved(form, door.visit, door.now):
            return door.page("room_again" if problem == "ask" else "room_locked", form=form)
    links.mark_opened(door.link, door.now)
    participant, secret = seat(session=session, role=Role.PATIENT, now=door.now)
    return take_seat(room, participant, secret)


def _unproved(form: IdentityForm, visit, now: datetime) -> str:
    """Empty when the form proves who it is; "ask" when it does not (yet), "locked" after too many tries."""
    if not form.is_valid():
        return "ask"
    try:
        actions.recognize(visit=visit, born=form.cleaned_data["birth_date"], now=now)
    except actions.NotRecognized:
        form.not_recognized()
        return "ask"
    except actions.TooManyTries:
        return "locked"
    return ""


@form_page
@room_page
@seat_limited("portal.check-in", 60, HOUR)
def room_check_in(room: Room) -> HttpResponse:
    """Who, where, which number, and the word on visits at a distance: one page."""
    if room.stage not in (Stage.CHECK_IN, Stage.UNLICENSED):
        return room.home()
    mobile = primary_contact(room.visit.patient, ContactPoint.Kind.MOBILE)
    phone = mobile or primary_contact(room.visit.patient, ContactPoint.Kind.PHONE)
    standing = standing_consent(room.visit.patient)
    form = CheckInForm(
        room.posted,
        number=phone.value if phone else "",
        consented=standing is not None,
        today=local_date(room.now, room.visit.clinic.zone),
    )
    problem = _unproved(form, room.visit, room.now)
    if not problem:
        problem = _let_in(room, form)
    if problem == "locked":
        return room.page("room_locked")
    if problem:
        return room.page("room_check_in", form=form, standing=standing)
    return room.home()


def _let_in(room: Room, form: CheckInForm) -> str:
    given = form.cleaned_data
    names = ("state", "city", "address", "callback_number")
    try:
        check_in(
            appointment=room.visit,
            whereabouts=Whereabouts(**{name: given[name] for name in names}),
            agreement=_agreement() if given.get("telehealth") else None,
            language=get_language(),
            now=room.now,
        )
    except (RoomError, SchedulingError) as refusal:
        form.add_error(None, str(refusal))
        return "ask"
    return ""


def _agreement() -> Agreement:
    return Agreement(
        topic=ConsentRecord.Topic.TELEHEALTH,
        source=ConsentRecord.Source.LINK,
        wording=str(TELEHEALTH_CONSENT),
        wording_version=CONSENT_VERSION,
        language=get_language(),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@limited("portal.join", 60, HOUR)
@public("a link that only one guest or interpreter has")
@token_page
def guest(request: HttpRequest, token: str) -> HttpResponse:
    """`/v/<token>/`: a guest's or interpreter's own way in. Opening it changes nothing; the button takes the seat."""
    now = timezone.now()
    invite = invites.find(token)
    if invite is None:
        if not ratelimit.hit("portal.wrong-token", address_of(request), WRONG_TOKENS, MINUTE):
            return too_many(request, MINUTE)
        return render(request, "portal/link_unknown.html", status=404)
    visit = invite.participant.session.appointment
    if not invites.opens(invite, now) or visit.status not in LIVE:
        return render(request, "portal/guest_closed.html", {"clinic": visit.clinic}, status=410)
    joinable = is_open(starts_at=visit.starts_at, ends_at=visit.ends_at, now=now)
    if request.method == "POST" and joinable:
        return _seat_guest(request, invite, now)
    record_view(request, visit.patient, page="portal-guest", clinic=visit.clinic)
    context = {"clinic": visit.clinic, "visit": visit, "joinable": joinable, "opens_at": visit.starts_at - OPENS_BEFORE}
    return render(request, "portal/guest.html", context | {"zone": visit.clinic.zone, "invite": invite})


def _seat_guest(request: HttpRequest, invite: Invite, now: datetime) -> HttpResponse:
    participant = invite.participant
    room = redirect("portal:room", participant.session.public_id)
    if participant_from(request.COOKIES, participant.session.public_id, now) == participant:
        return room
    invites.mark_opened(invite, now)
    participant, secret = seat(session=participant.session, role=participant.role, now=now, participant=participant)
    return take_seat(room, participant, secret)
