"""One visit: the drawer beside the board, the same as a page, and the menu of a row."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.access import passive, requires
from accounts.permissions import Permission
from common.timeutil import day_bounds, local_date
from compliance import audit
from coordination.forms.room import LateForm
from coordination.forms.tasks import AssignForm, SnoozeForm, TaskForm
from coordination.forms.times import MoveTimesForm
from coordination.forms.visit import CancelForm, MessageForm, MoveForm, NoteForm, PaymentForm
from coordination.presenters.device import device_lines
from coordination.presenters.messages import shown
from coordination.presenters.people import contact_line
from coordination.presenters.times import time_options
from coordination.presenters.visit import VisitCard, event_entry
from coordination.scope import held_at, visit_or_404
from coordination.selectors import visit as reads
from coordination.selectors.patients import why_no_text
from coordination.selectors.times import first_times, why_no_times
from coordination.views.answers import TOASTS, complain, drawer_or_page, toasts, wants
from scheduling.models import Appointment

_SEES_VISITS = (Permission.VISIT_VIEW, Permission.VISIT_VIEW_OWN)


@require_GET
@requires(*_SEES_VISITS)
def visit(request: HttpRequest, public_id: str) -> HttpResponse:
    """`?panel=` opens one of the drawer's forms."""
    found = visit_or_404(request, public_id)
    if wants(request) == TOASTS:  # the redirect after a row's button: the board fetches its row by itself
        audit.record_view(request, found.patient, "visit_toast", clinic=found.clinic)
        return toasts(request, found.subject, visit=found)
    return show(request, found, panel=request.GET.get("panel", ""))


@require_GET
@passive
@requires(*_SEES_VISITS)
def visit_refresh(request: HttpRequest, public_id: str) -> HttpResponse:
    """The open drawer again, after somebody else changed the visit."""
    return show(request, visit_or_404(request, public_id))


@require_GET
@requires(*_SEES_VISITS)
def row_menu(request: HttpRequest, public_id: str) -> HttpResponse:
    """Every action of one row, for its menu."""
    found = visit_or_404(request, public_id)
    audit.record_view(request, found.patient, "visit_menu", clinic=found.clinic)
    return render(request, "coordination/visit/menu.html", {"card": _card(request, found)})


def show(request: HttpRequest, found: Appointment, *, panel: str = "", form=None) -> HttpResponse:
    """The visit, with one panel open; a form with errors is shown again with status 422.

    Where a colleague has changed the visit meanwhile, so that its panel no longer opens, the errors are said above.
    """
    audit.record_view(request, found.patient, "visit", clinic=found.clinic)
    card = _card(request, found)
    zone = found.clinic.zone
    opened = _panel(request, card, panel, form)
    if form is not None and not opened["panel"]:
        for words in form.errors.values():
            complain(request, " ".join(words), about=found.subject)
    context = {
        "card": card,
        "visit": card.visit,
        "patient": card.patient,
        "clinic": card.clinic,
        "zone": zone,
        "contacts": [contact_line(point, found.patient.public_id) for point in reads.contacts(found)],
        "device": device_lines(reads.device_test(found), zone) if card.is_video else None,
        "tasks": reads.open_tasks(request.user, found),
        "messages_about": shown(reads.messages(request.user, found)),
        "history": _history(found, zone),
        **opened,
    }
    status = 422 if form is not None else 200
    return drawer_or_page(
        request,
        context,
        drawer="coordination/visit/drawer.html",
        page="coordination/visit/page.html",
        changed=(found.subject,),
        status=status,
    )


def _card(request: HttpRequest, found: Appointment) -> VisitCard:
    return VisitCard(reads.ready_visit(found), held=held_at(request, found.clinic), now=timezone.now())


def _history(found: Appointment, zone) -> list:
    return [event_entry(event, zone) for event in reads.events(found)]


def _panel(request: HttpRequest, card: VisitCard, panel: str, form) -> dict:
    """What the open panel needs. Without a form of its own the blank one is made."""
    allowed = {link.key for link in card.panels()} | {"contact", "device"}
    if card.needs_interpreter():
        allowed.add("interpreter")
    if card.is_upcoming():
        allowed.add("confirm")
    if panel not in allowed:
        return {"panel": ""}
    makers = {"payment": _payment_form, "task": _task_form, "assign": _assign_form}
    plain = {
        "move": MoveForm, "cancel": CancelForm, "message": MessageForm, "note": NoteForm, "snooze": SnoozeForm,
        "late": LateForm,
    }  # fmt: skip
    if form is None:
        maker = makers.get(panel)
        form = maker(request, card) if maker else plain.get(panel, lambda: None)()
    extras = {"move": _times, "message": _reach}
    extra = extras[panel](request, card) if panel in extras else {}
    template = f"coordination/visit/panels/{panel}.html"
    return {"panel": panel, "panel_form": form, "panel_template": template, **extra}


def _payment_form(_request: HttpRequest, card: VisitCard) -> PaymentForm:
    return PaymentForm(coverages=reads.active_coverages(card.visit), paid_by=reads.paid_by(card.visit))


def _task_form(_request: HttpRequest, card: VisitCard) -> TaskForm:
    return TaskForm(clinic=card.clinic, now=card.now)


def _assign_form(request: HttpRequest, card: VisitCard) -> AssignForm:
    """Most often it is oneself who takes over."""
    return AssignForm(clinic=card.clinic, initial={"owner": request.user.public_id})


def _times(request: HttpRequest, card: VisitCard) -> dict:
    """First free times for the move panel: from which day on, at what time of day, and with whom."""
    visit, zone = card.visit, card.clinic.zone
    form = MoveTimesForm(request.GET, today=local_date(card.now, zone))
    if not form.is_valid():
        return {"times_form": form, "times": [], "reasons": []}
    asked = form.cleaned_data
    first, _after = day_bounds(asked["day"], zone)
    start, provider = max(first, card.now), visit.provider if asked["provider"] else None
    period = {"visit_type": visit.visit_type, "state": visit.patient_state, "start": start, "now": card.now}
    found = first_times(provider=provider, part=asked["part"], **period)
    reasons = [] if found else why_no_times(provider=provider, **period)
    return {"times_form": form, "times": time_options(found, zone, first_chosen=False), "reasons": reasons}


def _reach(_request: HttpRequest, card: VisitCard) -> dict:
    """Why no text can be sent, if so."""
    return {"no_text": why_no_text(card.patient, card.clinic)}
