"""What the desk does to a visit. Each view binds a form, calls one action and redirects to the visit."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import requires
from accounts.permissions import Permission
from clinics.models import Provider
from common.timefmt import format_when
from coordination import actions
from coordination.forms.tasks import TaskForm
from coordination.forms.visit import NO_VISIT, SELF_PAY, CancelForm, MessageForm, MoveForm, NoteForm, PaymentForm
from coordination.presenters.verbs import VERBS
from coordination.scope import check_held, visit_or_404
from coordination.selectors.visit import active_coverages
from coordination.views.answers import complain, say
from coordination.views.visit import show
from messaging.errors import NoNumberError
from patients.actions import write_note
from scheduling.availability import Audience
from scheduling.errors import SchedulingError, SlotTaken
from scheduling.models import Appointment
from scheduling.states import UPCOMING, ByLabel, Event
from worklist.actions import open_task
from worklist.models import Task

_DOERS = {
    Event.CONFIRM: actions.confirm_visit,
    Event.UNCONFIRM: actions.unconfirm_visit,
    Event.ARRIVE: actions.arrive_visit,
    Event.START: actions.start_visit,
    Event.COMPLETE: actions.complete_visit,
    Event.NO_SHOW: actions.no_show_visit,
    Event.REOPEN: actions.reopen_visit,
    Event.INTERPRETER: actions.arrange_interpreter,
}


@require_POST
@requires(Permission.VISIT_BOOK, Permission.VISIT_CONDUCT)
def visit_event(request: HttpRequest, public_id: str, event: str) -> HttpResponse:
    """Confirm, arrived, started, …: one click, with an undo where the states allow one."""
    if event not in VERBS:
        raise Http404
    found = visit_or_404(request, public_id)
    verb = VERBS[event]
    check_held(request, found.clinic, verb.permission)
    try:
        _DOERS[event](appointment=found, by=request.user, by_label=ByLabel.STAFF, now=timezone.now())
    except SchedulingError as refusal:
        complain(request, str(refusal), about=found.subject)
    else:
        undo = reverse("coordination:visit_event", args=[public_id, verb.undo]) if verb.undo else ""
        say(request, str(verb.done), undo=undo, about=found.subject)
    return _back(found)


@require_POST
@requires(Permission.VISIT_BOOK)
def visit_move(request: HttpRequest, public_id: str) -> HttpResponse:
    found = visit_or_404(request, public_id)
    check_held(request, found.clinic, Permission.VISIT_BOOK)
    form = MoveForm(request.POST)
    if not form.is_valid():
        return show(request, found, panel="move", form=form)
    provider_id, starts_at = form.cleaned_data["slot"]
    provider = Provider.objects.visible_to(request.user).filter(public_id=provider_id).first()
    if provider is None:
        raise Http404
    try:
        actions.reschedule_visit(
            appointment=found, provider=provider, starts_at=starts_at,
            by=request.user, by_label=ByLabel.STAFF, now=timezone.now(), audience=Audience.STAFF,
        )  # fmt: skip
    except SchedulingError as refusal:
        form.add_error("slot", _refusal_words(refusal))
        return show(request, found, panel="move", form=form)
    say(request, _("Moved to %(when)s.") % {"when": format_when(starts_at, found.clinic.zone)}, about=found.subject)
    return _back(found)


def _refusal_words(refusal: SchedulingError) -> str:
    if isinstance(refusal, SlotTaken):
        return _("Somebody was quicker: this time is taken. The list below is fresh.")
    return str(refusal)


@require_POST
@requires(Permission.VISIT_BOOK)
def visit_cancel(request: HttpRequest, public_id: str) -> HttpResponse:
    found = visit_or_404(request, public_id)
    check_held(request, found.clinic, Permission.VISIT_BOOK)
    form = CancelForm(request.POST)
    if not form.is_valid():
        return show(request, found, panel="cancel", form=form)
    try:
        actions.cancel_visit(
            appointment=found, by=request.user, by_label=ByLabel.STAFF, now=timezone.now(), **form.cleaned_data
        )
    except SchedulingError as refusal:
        complain(request, str(refusal), about=found.subject)
    else:
        say(request, _("Visit canceled."), about=found.subject)
    return _back(found)


@require_POST
@requires(Permission.PATIENT_EDIT, Permission.INSURANCE_EDIT)
def visit_payment(request: HttpRequest, public_id: str) -> HttpResponse:
    found = visit_or_404(request, public_id)
    check_held(request, found.clinic, Permission.PATIENT_EDIT, Permission.INSURANCE_EDIT)
    form = PaymentForm(request.POST, coverages=active_coverages(found))
    if not form.is_valid():
        return show(request, found, panel="payment", form=form)
    _pay(found, form, by=request.user, now=timezone.now())
    say(request, _("Noted how the visit is paid."), about=found.subject)
    return _back(found)


def _pay(found: Appointment, form: PaymentForm, *, by, now) -> None:
    method = form.cleaned_data["method"]
    if method == SELF_PAY:
        actions.pay_by_patient(appointment=found, by=by, now=now)
        return
    coverage = form.coverages.get(method) or form.details()
    actions.pay_by_coverage(appointment=found, coverage=coverage, by=by, now=now)


@require_POST
@requires(Permission.MESSAGE_SEND)
def visit_message(request: HttpRequest, public_id: str) -> HttpResponse:
    found = visit_or_404(request, public_id)
    check_held(request, found.clinic, Permission.MESSAGE_SEND)
    form = MessageForm(request.POST)
    if not form.is_valid():
        return show(request, found, panel="message", form=form)
    about = {"patient": found.patient, "clinic": found.clinic, "by": request.user, "now": timezone.now()}
    try:
        actions.reply(visit=found if found.status in UPCOMING else None, **about, **form.words())
    except actions.NoVisitToName:
        form.add_error("body", NO_VISIT)
        return show(request, found, panel="message", form=form)
    except NoNumberError:
        complain(request, _("There is no mobile number on file."), about=found.subject)
    else:
        say(request, _("Message on its way."), about=found.subject)
    return _back(found)


@require_POST
@requires(Permission.NOTE_WRITE)
def visit_note(request: HttpRequest, public_id: str) -> HttpResponse:
    found = visit_or_404(request, public_id)
    check_held(request, found.clinic, Permission.NOTE_WRITE)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return show(request, found, panel="note", form=form)
    write_note(
        patient=found.patient, clinic=found.clinic, body=form.cleaned_data["body"],
        by=request.user, now=timezone.now(), subject=found.subject,
    )  # fmt: skip
    say(request, _("Note added."), about=found.subject)
    return _back(found)


@require_POST
@requires(Permission.TASK_EDIT)
def visit_task(request: HttpRequest, public_id: str) -> HttpResponse:
    found = visit_or_404(request, public_id)
    check_held(request, found.clinic, Permission.TASK_EDIT)
    now = timezone.now()
    form = TaskForm(request.POST, clinic=found.clinic, now=now)
    if not form.is_valid():
        return show(request, found, panel="task", form=form)
    open_task(
        clinic=found.clinic, kind=Task.Kind.MANUAL, subject=found.subject, patient=found.patient,
        title=form.cleaned_data["title"], due_at=form.due_at, owner=form.cleaned_data["owner"],
        priority=form.cleaned_data["priority"], by=request.user, now=now,
    )  # fmt: skip
    say(request, _("Task opened."), about=found.subject)
    return _back(found)


def _back(found: Appointment) -> HttpResponse:
    return redirect("coordination:visit", public_id=found.public_id)
