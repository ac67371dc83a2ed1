"""Several rows of the board at once: text the patients to confirm, hand the tasks over, print."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.access import requires
from accounts.permissions import Permission
from common.timeutil import local_date
from coordination import actions
from coordination.forms.tasks import AssignForm
from coordination.scope import check_held
from coordination.selectors.patients import why_no_text
from coordination.selectors.visit import open_tasks_about
from coordination.views.answers import TOASTS, complain, say, toasts, wants
from coordination.views.preferences import safe_next
from coordination.views.visit_tasks import hand_over, say_handed_over
from scheduling.models import Appointment

AT_ONCE = {"ask": 30, "assign": 30, "print": 100}  # a text takes fourteen statements, a page none


@require_POST
@requires(Permission.DESK_VIEW)
def selected(request: HttpRequest) -> HttpResponse:
    """`do` is ask, assign or print; `visit` the public ids. Visits that are out of scope are passed over."""
    ids = request.POST.getlist("visit")
    do = request.POST.get("do", "")
    most = AT_ONCE.get(do, 0)
    named = Appointment.objects.visible_to(request.user).filter(public_id__in=ids[:most]).with_people()
    visits = list(named.order_by("starts_at"))
    if not visits:
        complain(request, _("Choose visits first."))
    elif len(ids) > most:
        complain(request, _("At most %(n)d visits at once.") % {"n": most})
    elif (answer := _DOERS[do](request, visits)) is not None:
        return answer
    if wants(request) == TOASTS:
        return toasts(request, *(visit.subject for visit in visits))
    return redirect(safe_next(request, reverse("coordination:desk")))


def _ask(request: HttpRequest, visits: list[Appointment]) -> None:
    """Text those to confirm who have not, and can be reached by text."""
    _check_held(request, visits, Permission.MESSAGE_SEND)
    now = timezone.now()
    reached = [visit for visit in visits if not why_no_text(visit.patient, visit.clinic)]
    sent = sum(actions.ask_to_confirm(appointment=visit, by=request.user, now=now) is not None for visit in reached)
    if sent:
        say(request, ngettext("%(n)d text on its way.", "%(n)d texts on their way.", sent) % {"n": sent})
    unreached, asked = len(visits) - len(reached), len(reached) - sent
    if unreached:
        words = ngettext("%(n)d can't be reached by text: call.", "%(n)d can't be reached by text: call.", unreached)
        complain(request, words % {"n": unreached})
    if asked:
        words = ngettext("%(n)d needs no text today.", "%(n)d need no text today.", asked)
        say(request, words % {"n": asked})


def _assign(request: HttpRequest, visits: list[Appointment]) -> None:
    """Hand the open tasks about the visits over to one colleague."""
    _check_held(request, visits, Permission.TASK_EDIT)
    form = AssignForm(request.POST, clinic=visits[0].clinic)
    if not form.is_valid() or any(visit.clinic != visits[0].clinic for visit in visits):
        complain(request, _("This colleague can't be given tasks of this clinic."))
        return
    tasks = open_tasks_about(request.user, [visit.subject for visit in visits])
    say_handed_over(request, hand_over(tasks, owner=form.cleaned_data["owner"], by=request.user))


def _print(_request: HttpRequest, visits: list[Appointment]) -> HttpResponse:
    """The day list with these visits alone."""
    clinic = visits[0].clinic
    about = {"clinic": clinic.public_id, "day": local_date(visits[0].starts_at, clinic.zone)}
    query = urlencode(about | {"visit": [visit.public_id for visit in visits]}, doseq=True)
    return redirect(f"{reverse('coordination:day_list')}?{query}")


_DOERS = {"ask": _ask, "assign": _assign, "print": _print}


def _check_held(request: HttpRequest, visits: list[Appointment], permission: Permission) -> None:
    for clinic in {visit.clinic for visit in visits}:
        check_held(request, clinic, permission)
