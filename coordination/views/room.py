"""A visit's room for staff: the call beside a panel that says who is there and what can be done."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import passive, requires
from accounts.permissions import Permission
from common.middleware import CALL_PERMISSIONS_POLICY
from common.phone import display
from common.us import state_name
from compliance import audit
from coordination.actions import log_incident, seat_of
from coordination.forms.room import QUICK_LINES, AdmitForm, CallForm, FinishForm, IncidentForm, InviteForm, LateForm
from coordination.presenters.people import contact_line
from coordination.presenters.phone import call_lines
from coordination.presenters.room import RoomCard, emergency_script
from coordination.scope import check_held, held_at, visit_or_404
from coordination.selectors import room as reads
from coordination.selectors.visit import contacts
from coordination.views.answers import drawer_or_page
from scheduling.models import Appointment
from telehealth.actions import session_of
from telehealth.presenters import call_context

PANEL = "room-panel"


def room_visit(request: HttpRequest, public_id: str) -> Appointment:
    """The visit that this user may conduct; out of scope is 404."""
    found = visit_or_404(request, public_id)
    check_held(request, found.clinic, Permission.VISIT_CONDUCT)
    return found


def in_panel(request: HttpRequest) -> bool:
    """Whether only the panel beside the call is asked for: the call itself goes on."""
    return bool(request.htmx) and request.htmx.target == PANEL


@require_GET
@requires(Permission.VISIT_CONDUCT)
def room(request: HttpRequest, public_id: str) -> HttpResponse:
    return show_room(request, room_visit(request, public_id))


@require_GET
@passive
@requires(Permission.VISIT_CONDUCT)
def room_panel(request: HttpRequest, public_id: str) -> HttpResponse:
    """The panel again, after something changed in the room."""
    return _panel(request, room_visit(request, public_id))


@require_POST
@requires(Permission.VISIT_CONDUCT)
def room_reveal(request: HttpRequest, public_id: str) -> HttpResponse:
    """Where the patient is to the house number, and the number that reaches them; written down before it is shown."""
    found = room_visit(request, public_id)
    said = reads.check_in_of(session_of(found))
    audit.record(
        action="coordination.check_in_read",
        clinic=found.clinic,
        patient=found.patient,
        subject=found.subject,
        detail={"check_in": said.public_id if said else ""},
    )
    context = {"said": said, "state": state_name(said.state) if said else ""}
    if request.htmx:
        return render(request, "coordination/room/whereabouts.html", context)
    return show_room(request, found, whereabouts=context)


def show_room(request: HttpRequest, found: Appointment, *, status: int = 200, **extra) -> HttpResponse:
    """The whole page, or the panel alone where only that is asked for. `extra` goes to the template."""
    if in_panel(request):
        return _panel(request, found, status=status, **extra)
    seat = seat_of(appointment=found, user=request.user)
    context = _context(request, found) | extra
    if context["card"].is_video and not context["card"].is_over:
        context["call"] = call_context(context["card"].session, seat)
    response = render(request, "coordination/room/page.html", context, status=status)
    response.headers["Permissions-Policy"] = CALL_PERMISSIONS_POLICY
    return response


def _panel(request: HttpRequest, found: Appointment, *, status: int = 200, **extra) -> HttpResponse:
    return render(request, "coordination/room/panel.html", _context(request, found) | extra, status=status)


def _context(request: HttpRequest, found: Appointment) -> dict:
    card = card_of(request, found)
    audit.record_view(request, found.patient, "visit_room", clinic=found.clinic, detail=_shown(card))
    return {
        "card": card,
        "visit": found,
        "patient": found.patient,
        "clinic": found.clinic,
        "zone": found.clinic.zone,
        "history": card.history(reads.history_of(card.session)),
        "finish_form": FinishForm(was_seen=card.was_seen(), has_begun=card.has_begun()),
        "late_form": LateForm(initial={"minutes": card.session.provider_late_minutes}),
        "admit_form": AdmitForm(),
        "call_lines": call_lines(reads.bridge_of(found)),
        "call_form": CallForm(initial={"number": display(found.clinic.phone)}),
        "invite_form": InviteForm(initial={"role": "interpreter" if card.misses_interpreter() else "guest"}),
        "contacts": [] if card.check_in else [contact_line(one, found.patient.public_id) for one in contacts(found)],
        "can_message": Permission.MESSAGE_SEND in card.held,
    }


def _shown(card: RoomCard) -> dict:
    """A visit that goes on by phone shows the number to dial: who opens it has read it."""
    return {"check_in": card.check_in.public_id} if card.check_in and card.is_on_phone() else {}


def card_of(request: HttpRequest, found: Appointment) -> RoomCard:
    """The room with everything its panel says."""
    now, session = timezone.now(), session_of(found)
    return RoomCard(
        session,
        check_in=reads.check_in_of(session),
        seats=reads.seats_of(session),
        sides=reads.lines_of(session, now),
        held=held_at(request, found.clinic),
        now=now,
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.VISIT_CONDUCT)
def emergency(request: HttpRequest, public_id: str) -> HttpResponse:
    """Where the patient is, whom to call and what to say; the log of what was done. All of it is written down."""
    found = room_visit(request, public_id)
    form = IncidentForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        log_incident(appointment=found, body=form.line(), by=request.user, now=timezone.now())
        return redirect("coordination:emergency", public_id=public_id)
    audit.record_view(request, found.patient, "emergency", clinic=found.clinic)
    context = _emergency_context(card_of(request, found)) | {"form": form}
    page = {"drawer": "coordination/room/emergency_drawer.html", "page": "coordination/room/emergency.html"}
    return drawer_or_page(request, context, status=422 if form.errors else 200, **page)


def _emergency_context(card: RoomCard) -> dict:
    said, patient = card.check_in, card.visit.patient
    place = f"{said.address}, {said.city}, {state_name(said.state)}" if said else ""
    number = display(said.callback_number) if said else ""
    return {
        "card": card,
        "patient": patient,
        "clinic": card.visit.clinic,
        "zone": card.visit.clinic.zone,
        "said": said,
        "place": place,
        "script": emergency_script(card, place=place or "…", number=number or "…"),
        "contacts": [contact_line(one, patient.public_id) for one in contacts(card.visit)],
        "lines": reads.incidents_of(card.session),
        "quick_lines": QUICK_LINES.items(),
        "room_url": card.room_url,
    }
