"""Both sides of a visit on the phone, by one click."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import requires
from accounts.permissions import Permission
from coordination import actions
from coordination.forms.room import CallForm
from coordination.views.answers import complain, say
from coordination.views.room import in_panel, room_visit, show_room
from messaging.errors import AlreadyOnThePhone, NoNumberError
from scheduling.errors import SchedulingError
from scheduling.states import ByLabel
from telehealth.errors import RoomError


@require_POST
@requires(Permission.VISIT_CONDUCT)
def room_call(request: HttpRequest, public_id: str) -> HttpResponse:
    """Call the patient and the number typed in; the visit goes on by phone."""
    found = room_visit(request, public_id)
    form = CallForm(request.POST)
    if not form.is_valid():
        return show_room(request, found, status=422, call_form=form)
    who = {"by": request.user, "by_label": ByLabel.STAFF, "now": timezone.now()}
    try:
        actions.call_both(appointment=found, staff_number=form.cleaned_data["number"], **who)
    except ValueError as problem:
        form.add_error("number", str(problem))
        return show_room(request, found, status=422, call_form=form)
    except NoNumberError:
        complain(request, _("No number of the patient is known."), about=found.subject)
    except (AlreadyOnThePhone, RoomError, SchedulingError) as refusal:
        complain(request, str(refusal), about=found.subject)
    else:
        say(request, _("We are calling both of you."), about=found.subject)
    return _back(request, public_id)


@require_POST
@requires(Permission.VISIT_CONDUCT)
def room_hang_up(request: HttpRequest, public_id: str) -> HttpResponse:
    found = room_visit(request, public_id)
    actions.end_call(appointment=found, by=request.user, now=timezone.now())
    return _back(request, public_id)


def _back(request: HttpRequest, public_id: str) -> HttpResponse:
    return redirect("coordination:room_panel" if in_panel(request) else "coordination:room", public_id=public_id)
