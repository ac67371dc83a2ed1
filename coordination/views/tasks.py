"""Tasks: the lists, and what is done with one."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import passive, requires
from accounts.permissions import Permission
from clinics.models import Clinic
from compliance import audit
from coordination.clinic_choice import current_clinic
from coordination.forms.tasks import AssignForm, Snooze, SnoozeForm, TaskForm, team_of
from coordination.presenters.tasks import task_line
from coordination.scope import check_held, held_at, patient_or_404, task_or_404
from coordination.selectors.tasks import Queue, queue_sizes
from coordination.selectors.tasks import tasks as tasks_in
from coordination.views.answers import TOASTS, complain, say, toasts, wants
from coordination.views.preferences import safe_next
from worklist import actions
from worklist.errors import TaskClosedError
from worklist.models import Task

PER_PAGE = 50


@require_GET
@requires(Permission.TASK_VIEW)
def tasks(request: HttpRequest) -> HttpResponse:
    """`?queue=` one of Queue; the user's own tasks by default."""
    return show(request)


@require_GET
@passive
@requires(Permission.TASK_VIEW)
def tasks_refresh(request: HttpRequest) -> HttpResponse:
    """The same page, asked for by the open page itself."""
    return show(request)


def show(request: HttpRequest) -> HttpResponse:
    clinic, now = current_clinic(request), timezone.now()
    wanted = request.GET.get("queue", "")
    queue = Queue(wanted) if wanted in set(Queue) else Queue.MINE
    page = Paginator(tasks_in(request.user, clinic, queue, now), PER_PAGE).get_page(request.GET.get("page"))
    lines = [task_line(task, now) for task in page.object_list]
    audit.record_view(request, _patients(page.object_list), "tasks", clinic=clinic)
    context = {
        "clinic": clinic,
        "queue": queue,
        "page": page,
        "lines": lines,
        "tabs": _tabs(request, clinic, queue, now),
        "team": team_of(clinic),
        "snoozes": Snooze.choices,
        "can_edit": Permission.TASK_EDIT in held_at(request, clinic),
        "here": f"{reverse('coordination:tasks')}?queue={queue}",
    }
    return render(request, "coordination/tasks/list.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.TASK_EDIT)
def task_new(request: HttpRequest) -> HttpResponse:
    """A task by hand, about a patient (`?patient=`) or about nobody."""
    clinic, now = current_clinic(request), timezone.now()
    check_held(request, clinic, Permission.TASK_EDIT)
    about = request.GET.get("patient", "")
    patient = patient_or_404(request, about) if about else None
    form = TaskForm(request.POST or None, clinic=clinic, now=now)
    if request.method == "POST" and form.is_valid():
        actions.open_task(
            clinic=clinic, kind=Task.Kind.MANUAL, patient=patient, title=form.cleaned_data["title"],
            due_at=form.due_at, owner=form.cleaned_data["owner"], priority=form.cleaned_data["priority"],
            by=request.user, now=now,
        )  # fmt: skip
        say(request, _("Task opened."))
        if patient:
            return redirect("coordination:patient", public_id=patient.public_id)
        return redirect(f"{reverse('coordination:tasks')}?queue={Queue.TEAM}")
    if patient:
        audit.record_view(request, patient, "task_new", clinic=clinic)
    return render(request, "coordination/tasks/new.html", {"form": form, "clinic": clinic, "patient": patient})


@require_POST
@requires(Permission.TASK_EDIT)
def task_done(request: HttpRequest, public_id: str) -> HttpResponse:
    task = _editable(request, public_id)
    actions.complete(task=task, by=request.user, now=timezone.now())
    say(request, _("Done."), undo=reverse("coordination:task_reopen", args=[public_id]))
    return _back(request)


@require_POST
@requires(Permission.TASK_EDIT)
def task_reopen(request: HttpRequest, public_id: str) -> HttpResponse:
    actions.reopen(task=_editable(request, public_id), by=request.user, now=timezone.now())
    say(request, _("Open again."))
    return _back(request)


@require_POST
@requires(Permission.TASK_EDIT)
def task_snooze(request: HttpRequest, public_id: str) -> HttpResponse:
    """Without a choice the task comes back at once."""
    task, now = _editable(request, public_id), timezone.now()
    form = SnoozeForm(request.POST)
    chosen = bool(request.POST.get("until"))
    if chosen and not form.is_valid():
        complain(request, form.errors["until"][0])
        return _back(request)
    until = form.moment(task.clinic, now) if chosen else None
    try:
        actions.snooze(task=task, until=until, by=request.user, now=now)
    except TaskClosedError:
        complain(request, _("This task is done already."))
    else:
        say(request, _("Put off.") if until else _("Back in the list."))
    return _back(request)


@require_POST
@requires(Permission.TASK_EDIT)
def task_assign(request: HttpRequest, public_id: str) -> HttpResponse:
    """To a colleague of the clinic; without a choice, to the whole team."""
    task = _editable(request, public_id)
    form = AssignForm(request.POST, clinic=task.clinic)
    if not form.is_valid():
        complain(request, _("This colleague can't be given tasks of this clinic."))
        return _back(request)
    try:
        actions.assign(task=task, owner=form.cleaned_data["owner"], by=request.user, now=timezone.now())
    except TaskClosedError:
        complain(request, _("This task is done already."))
    else:
        say(request, _("Handed over."))
    return _back(request)


def _editable(request: HttpRequest, public_id: str) -> Task:
    task = task_or_404(request, public_id)
    check_held(request, task.clinic, Permission.TASK_EDIT)
    return task


def _back(request: HttpRequest) -> HttpResponse:
    if wants(request) == TOASTS:
        return toasts(request)
    return redirect(safe_next(request, reverse("coordination:tasks")))


def _tabs(request: HttpRequest, clinic: Clinic, queue: Queue, now) -> list[dict]:
    sizes = queue_sizes(request.user, clinic, now)
    url = reverse("coordination:tasks")
    return [
        {"label": one.label, "url": f"{url}?queue={one}", "active": one == queue, "count": sizes.get(one, 0)}
        for one in Queue
    ]


def _patients(found) -> list[str]:
    return list(dict.fromkeys(task.patient.public_id for task in found if task.patient))
