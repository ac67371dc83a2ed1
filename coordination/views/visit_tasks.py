"""The open tasks of one visit, all at once: to a colleague, or off the list for a while."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.access import requires
from accounts.permissions import Permission
from coordination.forms.tasks import AssignForm, SnoozeForm
from coordination.scope import check_held, visit_or_404
from coordination.selectors.visit import open_tasks
from coordination.views.answers import complain, say
from coordination.views.visit import show
from worklist import actions
from worklist.errors import TaskClosedError
from worklist.models import Task


@require_POST
@requires(Permission.TASK_EDIT)
def visit_assign(request: HttpRequest, public_id: str) -> HttpResponse:
    """To a colleague of the clinic; without a choice, to the whole team."""
    found = visit_or_404(request, public_id)
    check_held(request, found.clinic, Permission.TASK_EDIT)
    form = AssignForm(request.POST, clinic=found.clinic)
    if not form.is_valid():
        return show(request, found, panel="assign", form=form)
    tasks = open_tasks(request.user, found)
    say_handed_over(request, hand_over(tasks, owner=form.cleaned_data["owner"], by=request.user))
    return redirect("coordination:visit", public_id=public_id)


@require_POST
@requires(Permission.TASK_EDIT)
def visit_snooze(request: HttpRequest, public_id: str) -> HttpResponse:
    """Without a choice the tasks come back at once: that is how it is undone."""
    found, now = visit_or_404(request, public_id), timezone.now()
    check_held(request, found.clinic, Permission.TASK_EDIT)
    form = SnoozeForm(request.POST)
    chosen = bool(request.POST.get("until"))
    if chosen and not form.is_valid():
        return show(request, found, panel="snooze", form=form)
    until = form.moment(found.clinic, now) if chosen else None
    if not _put_off(open_tasks(request.user, found), until=until, by=request.user, now=now):
        complain(request, _("There was no open task."))
    elif until:
        say(request, _("Put off."), undo=reverse("coordination:visit_snooze", args=[public_id]))
    else:
        say(request, _("Back in the list."))
    return redirect("coordination:visit", public_id=public_id)


def _put_off(tasks: Iterable[Task], *, until: datetime | None, by, now: datetime) -> int:
    """Hide the tasks until then; how many there were. Those that somebody closed meanwhile are passed over."""
    done = 0
    for task in tasks:
        with suppress(TaskClosedError):
            actions.snooze(task=task, until=until, by=by, now=now)
            done += 1
    return done


def hand_over(tasks: Iterable[Task], *, owner, by) -> int:
    """Give the tasks to one colleague; how many there were. Those that somebody closed meanwhile are passed over."""
    done = 0
    for task in tasks:
        with suppress(TaskClosedError):
            actions.assign(task=task, owner=owner, by=by, now=timezone.now())
            done += 1
    return done


def say_handed_over(request: HttpRequest, count: int) -> None:
    if count:
        say(request, ngettext("%(n)d task handed over.", "%(n)d tasks handed over.", count) % {"n": count})
    else:
        complain(request, _("There was no open task."))
