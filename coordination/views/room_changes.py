"""What staff do in a visit's room. Each view binds a form, calls one action and answers where it was asked from."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect

from accounts.access import requires
from accounts.permissions import Permission
from compliance import audit
from coordination import actions
from coordination.forms.room import AdmitForm, FinishForm, InviteForm, LateForm
from coordination.scope import check_held
from coordination.views.answers import TOASTS, complain, say, wants
from coordination.views.room import card_of, in_panel, room_visit, show_room
from coordination.views.visit import show as show_visit
from scheduling.errors import SchedulingError
from scheduling.models import Appointment
from scheduling.states import ByLabel
from telehealth.actions import session_of
from telehealth.errors import RoomError
from telehealth.models import Participant
from telehealth.states import OVER, Role


@require_POST
@requires(Permission.VISIT_CONDUCT)
def room_admit(request: HttpRequest, public_id: str) -> HttpResponse:
    """Let the patient in; with a reason also while the interpreter is missing. The provider's desk goes to the room."""
    found = room_visit(request, public_id)
    waived = {}
    if "reason" in request.POST:
        form = AdmitForm(request.POST)
        if not form.is_valid():
            return show_room(request, found, status=422, admit_form=form)
        waived = {"override_interpreter": True, "override_reason": form.cleaned_data["reason"]}
    done = _try(request, found, actions.admit, _("The patient is coming in."), **waived)
    if done and wants(request) == TOASTS and found.provider.user_id == request.user.pk:
        return HttpResponseClientRedirect(reverse("coordination:room", args=[public_id]))
    return _back(request, found)


@require_POST
@requires(Permission.VISIT_CONDUCT)
def room_hold(request: HttpRequest, public_id: str) -> HttpResponse:
    found = room_visit(request, public_id)
    _try(request, found, actions.hold, _("The patient waits again. Nobody hears the call."))
    return _back(request, found)


@require_POST
@requires(Permission.VISIT_CONDUCT)
def room_phone(request: HttpRequest, public_id: str) -> HttpResponse:
    found = room_visit(request, public_id)
    _try(request, found, actions.to_phone, _("The visit goes on by phone: call the number that is shown."))
    return _back(request, found)


@require_POST
@requires(Permission.VISIT_CONDUCT)
def room_finish(request: HttpRequest, public_id: str) -> HttpResponse:
    found = room_visit(request, public_id)
    card = card_of(request, found)
    form = FinishForm(request.POST, was_seen=card.was_seen(), has_begun=card.has_begun())
    if not form.is_valid():
        return show_room(request, found, status=422, finish_form=form)
    _try(request, found, actions.finish, _("The visit is over."), outcome=form.cleaned_data["outcome"])
    return _back(request, found)


@require_POST
@requires(Permission.VISIT_CONDUCT)
def room_late(request: HttpRequest, public_id: str) -> HttpResponse:
    """From the room, or from a panel of the visit's drawer."""
    found = room_visit(request, public_id)
    form = LateForm(request.POST)
    if not form.is_valid():
        if in_panel(request):
            return show_room(request, found, status=422, late_form=form)
        return show_visit(request, found, panel="late", form=form)
    actions.say_late(appointment=found, by=request.user, minutes=form.cleaned_data["minutes"])
    say(request, _("Everybody who waits sees it."), about=found.subject)
    return _back(request, found)


@require_POST
@requires(Permission.VISIT_CONDUCT)
def room_urgent(request: HttpRequest, public_id: str) -> HttpResponse:
    found = room_visit(request, public_id)
    urgent = request.POST.get("urgent") == "yes"
    actions.set_urgent(appointment=found, by=request.user, urgent=urgent)
    say(request, _("The next to be seen.") if urgent else _("In line again."), about=found.subject)
    return _back(request, found)


@require_POST
@requires(Permission.MESSAGE_SEND)
def room_link(request: HttpRequest, public_id: str) -> HttpResponse:
    """Text the patient a new link; older ones go on working."""
    found = room_visit(request, public_id)
    check_held(request, found.clinic, Permission.MESSAGE_SEND)
    sent = actions.text_link(appointment=found, by=request.user, now=timezone.now())
    if sent:
        say(request, _("A new link is on its way."), about=found.subject)
    else:
        complain(request, _("No text was sent: there is no number for it, or one has just gone."), about=found.subject)
    return _back(request, found)


@require_POST
@requires(Permission.VISIT_CONDUCT)
def room_invite(request: HttpRequest, public_id: str) -> HttpResponse:
    """The new link is shown once, on the answer to this request."""
    found = room_visit(request, public_id)
    form = InviteForm(request.POST)
    if not form.is_valid():
        return show_room(request, found, status=422, invite_form=form)
    given = form.cleaned_data
    inviter = actions.invite_interpreter if given["role"] == Role.INTERPRETER else actions.invite_guest
    about = {"name": given["name"], "mobile": given["mobile"]}
    try:
        link = inviter(appointment=found, by=request.user, now=timezone.now(), **about)
    except RoomError as refusal:
        _refused(request, found, refusal)
        return _back(request, found)
    return show_room(request, found, invited={"link": link, **about})


@require_POST
@requires(Permission.VISIT_CONDUCT)
def room_remove(request: HttpRequest, public_id: str, participant_id: str) -> HttpResponse:
    found = room_visit(request, public_id)
    invited = Participant.objects.visible_to(request.user).filter(role__in=(Role.GUEST, Role.INTERPRETER))
    people = invited.select_related("session__appointment__clinic", "session__appointment__patient")
    participant = people.filter(session__appointment=found, public_id=participant_id).first()
    if participant is None:
        raise Http404
    actions.remove_participant(participant=participant, by=request.user, now=timezone.now())
    say(request, _("Their seat and link no longer work."), about=found.subject)
    return _back(request, found)


def _try(request: HttpRequest, found: Appointment, action: Callable, done: str, **given) -> bool:
    """Whether the step was taken; what was refused is said, and written down."""
    who = {"by": request.user, "by_label": ByLabel.STAFF, "now": timezone.now()}
    try:
        action(appointment=found, **who, **given)
    except (RoomError, SchedulingError) as refusal:
        _refused(request, found, refusal)
        return False
    say(request, done, about=found.subject)
    return True


def _refused(request: HttpRequest, found: Appointment, refusal: Exception) -> None:
    audit.record(
        action="coordination.room_step_refused",
        clinic=found.clinic,
        patient=found.patient,
        subject=found.subject,
        outcome=audit.REFUSED,
        detail={"step": request.resolver_match.url_name, "why": type(refusal).__name__},
    )
    complain(request, str(refusal), about=found.subject)


def _back(request: HttpRequest, found: Appointment) -> HttpResponse:
    """To the panel, the room's page, or the visit, wherever the button was."""
    if in_panel(request) and session_of(found).state in OVER:
        return HttpResponseClientRedirect(reverse("coordination:room", args=[found.public_id]))  # the call is over
    if in_panel(request):
        return redirect("coordination:room_panel", public_id=found.public_id)
    name = "coordination:room" if request.POST.get("back") == "room" else "coordination:visit"
    return redirect(name, public_id=found.public_id)
